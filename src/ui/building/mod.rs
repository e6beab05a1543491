//! The hands: everything that happens on the diagram itself, from pointer and keys to edits. Fetched on demand, because
//! the first picture needs none of it.
//!
//! One way round: pointers and keys become gestures and commands (`gestures`, `keys`), which ask `diagram::build` for a
//! change and carry it out through the state's history. While something is dragged only the elements that move are
//! touched; the document, and with it everything reactive, follows when it is let go.

pub mod arrange;
pub mod clipboard;
pub mod connecting;
mod gestures;
mod history;
mod keys;
mod menu;
mod minimap;
pub mod node_acts;
mod overlay;
mod panel;
mod picker;
mod place;
mod redrive;
mod shortcuts;
mod single_keys;

use crate::diagram::{Change, Document, Ids, NodeKind, build};
use crate::drawing::{self, Guide, NODE_HEIGHT, NODE_WIDTH, Point};
use crate::language::translated;
use crate::ui::canvas::Drawing;
use crate::ui::canvas::events::{self, Deed};
use crate::ui::commands::{self, COMMANDS, Command};
use crate::ui::labs;
use crate::ui::on_demand::Part;
use crate::ui::selection::{Selected, Selection};
use crate::ui::state::{State, is_phone, use_state};
use crate::ui::turns::in_turn;
use gestures::Gesture;
use leptos::portal::Portal;
use leptos::prelude::*;
use leptos::reactive::owner::LocalStorage;
use picker::{Choice, Question};
use uuid::Uuid;
use wasm_bindgen::JsCast;
use wasm_split_helpers::wasm_split;

/// Everything that the hands hold; cheap to copy.
#[derive(Clone, Copy)]
pub struct Hands {
    pub state: State,
    pub drawing: Drawing,
    gesture: StoredValue<Gesture, LocalStorage>,
    fingers: StoredValue<Vec<gestures::Finger>>,
    clicked: StoredValue<Option<gestures::Click>>,
    /// Space is down: dragging moves the view.
    space: StoredValue<keys::Space>,
    ids: StoredValue<Ids>,
    /// The node under the pointer, which shows its handles.
    hovered: RwSignal<Option<Uuid>>,
    /// A finger that is drawn over the plane selects instead of moving the view, and taps add to the selection.
    pub selecting: RwSignal<bool>,
    /// Two corners, in pixels of the frame.
    marquee: RwSignal<Option<(Point, Point)>>,
    guides: RwSignal<Vec<Guide>>,
    wire: RwSignal<Option<overlay::Wire>>,
    carried: RwSignal<Option<overlay::Carried>>,
    /// The edge into which what is dragged would be inserted.
    into: RwSignal<Option<Uuid>>,
    menu: RwSignal<Option<menu::Menu>>,
    /// Nodes are being moved.
    dragging: RwSignal<bool>,
    /// Where the menu of the plane was asked for: what is added next goes there.
    wanted_place: StoredValue<Option<Point>>,
    /// Counts gestures, so that each has a key of its own in the history.
    count: StoredValue<u64>,
    pub naming: RwSignal<Option<Uuid>>,
    question: RwSignal<Option<Question>>,
    pub history: RwSignal<bool>,
    pub shortcuts: RwSignal<bool>,
    /// The queue whose redrive is being asked for.
    pub redriving: RwSignal<Option<Uuid>>,
    /// Shift was held: go further.
    far: bool,
}

/// The door to this part: the overlay on the diagram, the Build panel, and the lists that open over all.
#[wasm_split(building, fallible, preload(preload))]
pub fn part() -> Part {
    Ok(view! { <Building /> }.into_any())
}

#[component]
fn Building() -> impl IntoView {
    let state = use_state();
    let drawing = expect_context::<Drawing>();
    let start = (js_sys::Math::random() * 9_007_199_254_740_992.0) as u64;
    let hands = Hands {
        state,
        drawing,
        gesture: StoredValue::new_local(Gesture::None),
        fingers: StoredValue::new(Vec::new()),
        clicked: StoredValue::new(None),
        space: StoredValue::new(keys::Space::Up),
        ids: StoredValue::new(Ids::new(start)),
        hovered: RwSignal::new(None),
        selecting: RwSignal::new(false),
        marquee: RwSignal::new(None),
        guides: RwSignal::new(Vec::new()),
        wire: RwSignal::new(None),
        carried: RwSignal::new(None),
        into: RwSignal::new(None),
        menu: RwSignal::new(None),
        dragging: RwSignal::new(false),
        wanted_place: StoredValue::new(None),
        count: StoredValue::new(0),
        naming: RwSignal::new(None),
        question: RwSignal::new(None),
        history: RwSignal::new(false),
        shortcuts: RwSignal::new(false),
        redriving: RwSignal::new(None),
        far: false,
    };
    hands.listen();
    // On a phone the inspector covers what was chosen, where the view was moved by hand.
    Effect::new(move |_| {
        let chosen = hands.state.selected();
        if chosen.is_some() && is_phone() && drawing.by_hand.get_value() {
            hands.keep_in_sight();
        }
    });
    let dialogs = move || {
        view! {
            <Portal>
                <picker::Picker hands />
                <history::HistoryDialog hands />
                <shortcuts::ShortcutsDialog hands />
                <redrive::RedriveDialog hands />
            </Portal>
        }
    };
    let panel = move || {
        let place = document().get_element_by_id("build");
        place.map(|place| view! { <Portal mount=place><panel::BuildPanel hands /></Portal> })
    };
    view! {
        <overlay::Overlay hands />
        <minimap::Minimap hands />
        <menu::ContextMenu hands />
        {in_turn(dialogs)}
        {in_turn(panel)}
    }
}

/// The node or edge that an element belongs to.
pub fn selection_of(element: &web_sys::Element) -> Option<Selection> {
    let owner = element.closest("[data-node],[data-edge]").ok().flatten()?;
    let id = |name: &str| owner.get_attribute(name).and_then(|text| Uuid::parse_str(&text).ok());
    id("data-node").map(Selection::Node).or_else(|| id("data-edge").map(Selection::Edge))
}

/// The ids of all that is selected.
pub fn ids(chosen: &Selected) -> Vec<Uuid> {
    chosen.iter().map(Selection::id).collect()
}

impl Hands {
    /// Takes over what people do.
    fn listen(self) {
        events::take(move |deed| match deed {
            Deed::Command(id) => self.run(id),
            Deed::Event(event) => self.hear(&event),
        });
        clipboard::listen(self);
    }

    fn hear(self, event: &web_sys::Event) {
        match event.type_().as_str() {
            "keydown" | "keyup" => {
                if let Some(event) = event.dyn_ref::<web_sys::KeyboardEvent>() {
                    self.key(event);
                }
            }
            "wheel" => {
                if let Some(event) = event.dyn_ref::<web_sys::WheelEvent>() {
                    self.wheel(event);
                }
            }
            "contextmenu" => {
                if let Some(event) = event.dyn_ref::<web_sys::MouseEvent>() {
                    self.ask_menu(event);
                }
            }
            _ => {
                if let Some(event) = event.dyn_ref::<web_sys::PointerEvent>() {
                    self.pointer(event);
                }
            }
        }
    }

    pub fn run(self, id: &str) {
        if let Some(command) = commands::find(id) {
            self.run_command(command);
        }
    }

    pub fn run_command(self, command: &Command) {
        if (command.enabled)(self) {
            (command.run)(self);
        } else {
            self.state.say(&tr!("{command}: not possible now.", command = translated(command.label)));
        }
    }

    /// What a command is about: what has the keyboard's focus, visibly, or else what is selected.
    pub fn subject(self) -> Selected {
        let selected = self.state.selection.get_untracked();
        let focused =
            document().active_element().filter(|element| matches!(element.matches(":focus-visible"), Ok(true)));
        match focused.as_ref().and_then(selection_of) {
            Some(one) if !selected.contains(one) => [one].into_iter().collect(),
            _ => selected,
        }
    }

    /// The one node that a command is about.
    pub fn subject_node(self) -> Option<Uuid> {
        match self.subject().single() {
            Some(Selection::Node(id)) => Some(id),
            _ => None,
        }
    }

    fn ask(self, question: Question) {
        self.question.set(Some(question));
    }

    fn take_wanted_place(self) -> Option<Point> {
        self.wanted_place.try_update_value(Option::take).flatten()
    }

    /// A key for the history that no other gesture has.
    fn new_key(self) -> String {
        self.count.update_value(|count| *count += 1);
        format!("gesture {}", self.count.get_value())
    }

    pub fn kind_of(self, node: Uuid) -> Option<NodeKind> {
        self.read(|document| document.node(node).map(|node| node.kind))
    }

    pub fn read<T>(self, look: impl FnOnce(&Document) -> T) -> T {
        self.state.read(|simulation| look(simulation.document()))
    }

    /// Lets a builder look at the document, with a source of new ids.
    pub fn build<T>(self, make: impl FnOnce(&Document, &mut Ids) -> T) -> T {
        let mut ids = self.ids.get_value();
        let made = self.read(|document| make(document, &mut ids));
        self.ids.set_value(ids);
        made
    }

    /// Carries out a change, selects what it added, and tells about it. Gives whether it could be done.
    pub fn perform(self, change: Change, key: Option<&str>) -> bool {
        let added = change.added.clone();
        let done = self.state.perform(change, key);
        self.drawing.lay_out(self.state);
        if done && !added.is_empty() {
            let selected: Selected = self.read(|document| {
                let node = |id: &Uuid| document.node(*id).is_some();
                let nodes: Vec<Selection> = added.iter().filter(|id| node(id)).map(|id| Selection::Node(*id)).collect();
                if nodes.is_empty() {
                    added.iter().map(|id| Selection::Edge(*id)).collect()
                } else {
                    nodes.into_iter().collect()
                }
            });
            // The next key is about what was added.
            if let Some(one) = selected.iter().next() {
                self.focus(one);
            }
            self.state.selection.set(selected);
        }
        done
    }

    pub fn everything(self) -> Selected {
        self.read(|document| {
            let nodes = document.nodes.iter().map(|node| Selection::Node(node.id));
            nodes.chain(document.edges.iter().map(|edge| Selection::Edge(edge.id))).collect()
        })
    }

    pub fn with_neighbours(self) -> Selected {
        let chosen = self.subject();
        self.read(|document| {
            let mut all: Vec<Selection> = chosen.iter().collect();
            for edge in &document.edges {
                let ends = [edge.from, edge.to].map(Selection::Node);
                if ends.iter().any(|end| chosen.contains(*end)) {
                    all.extend(ends);
                    all.push(Selection::Edge(edge.id));
                }
            }
            all.into_iter().collect()
        })
    }

    /// Escape: ends what is under way, else lets go of the selection.
    pub fn let_go(self) {
        if self.cancel_gesture() {
            return;
        }
        if self.menu.get_untracked().is_some() {
            self.menu.set(None);
        } else if self.selecting.get_untracked() {
            self.selecting.set(false);
        } else {
            self.state.select(None);
        }
    }

    pub fn fit_subject(self) {
        let chosen = self.subject();
        let bounds = self.drawing.layout.with_value(|layout| {
            let mut part = Document::new("");
            let ends = |id: Uuid| {
                self.read(|document| document.edges.iter().find(|edge| edge.id == id).map(|edge| [edge.from, edge.to]))
            };
            let nodes: Vec<Uuid> = chosen.nodes().chain(chosen.edges().filter_map(ends).flatten()).collect();
            part.nodes =
                self.read(|document| document.nodes.iter().filter(|node| nodes.contains(&node.id)).cloned().collect());
            for node in &mut part.nodes {
                if let Some(place) = layout.place(node.id) {
                    (node.x, node.y) = (place.x, place.y);
                }
            }
            drawing::bounds(&part)
        });
        self.drawing.show(bounds);
    }

    pub fn delete(self, chosen: &Selected) {
        let list = ids(chosen);
        if list.is_empty() {
            return;
        }
        let change = self.read(|document| build::remove(document, &list));
        if self.perform(change, None) {
            self.state.select(None);
        }
    }

    /// All commands, to search.
    pub fn ask_command(self) {
        let mac = keys::is_mac();
        let mut choices: Vec<Choice> = COMMANDS
            .iter()
            .filter(|command| command.id != "palette" && (command.enabled)(self))
            .map(|command| Choice {
                detail: command.group.title().to_string(),
                keys: command.keys.first().map_or(String::new(), |key| commands::show_key(key, mac)),
                english: command.label.to_string(),
                ..Choice::new(translated(command.label), move || self.run_command(command))
            })
            .collect();
        for kind in NodeKind::ALL {
            choices.push(Choice {
                detail: panel::words(kind).1.to_string(),
                kind: Some(kind),
                english: format!("Add: {}", kind.stands_for()),
                ..Choice::new(tr!("Add: {kind}", kind = panel::words(kind).0), move || self.add_in_sight(kind))
            });
        }
        for diagram in crate::lessons::guide::DIAGRAMS {
            choices.push(Choice {
                detail: tr!("Guide").to_string(),
                english: format!("Open: {}", diagram.title),
                ..Choice::new(tr!("Open: {diagram}", diagram = translated(diagram.title)), move || {
                    self.state.open(diagram.id)
                })
            });
        }
        self.ask(Question {
            title: tr!("All commands").to_string(),
            placeholder: tr!("What do you want to do?"),
            choices,
            test: "command-palette",
        });
        // The labs' titles come with their part of the app; where it cannot be had, the list is there without them.
        leptos::task::spawn_local(async move {
            let Ok(titles) = labs::titles().await else { return };
            self.question.update(|question| {
                let Some(question) = question.as_mut().filter(|question| question.test == "command-palette") else {
                    return;
                };
                question.choices.extend(titles.into_iter().map(|(id, title, english)| Choice {
                    detail: tr!("Lab").to_string(),
                    english: format!("Lab: {english}"),
                    ..Choice::new(tr!("Lab: {title}", title = title), move || self.state.lab.set(Some(id.to_string())))
                }));
            });
        });
    }

    /// The middle of what is seen, in drawing units.
    fn middle(self) -> Point {
        let (width, height) = self.drawing.size();
        self.drawing.viewport.get_untracked().find(Point { x: width / 2.0, y: height / 2.0 })
    }

    /// Where a new node does not lie upon another: at `wanted`, or as near to it as there is room.
    fn free_place(self, wanted: Point) -> Point {
        self.drawing.layout.with_value(|layout| place::free(layout, wanted, (NODE_WIDTH, NODE_HEIGHT)))
    }
}
