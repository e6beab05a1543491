//! The app's state: the simulation, outside the reactive graph, and signals for everything that people choose.

use super::format::parse_number;
use super::panic;
use super::tester::Subject;
use crate::diagram::{Document, Edit, Problem, list_problems};
use crate::lessons::guide;
use crate::services::Serial;
use crate::simulation::{Command, Simulation};
use leptos::prelude::*;
use leptos::reactive::owner::LocalStorage;
use uuid::Uuid;

/// What is selected on the diagram.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Selection {
    Node(Uuid),
    Edge(Uuid),
}

impl Selection {
    pub fn id(self) -> Uuid {
        match self {
            Selection::Node(id) | Selection::Edge(id) => id,
        }
    }
}

/// All of the app's state; every component gets it with [`use_state`].
#[derive(Clone, Copy)]
pub struct State {
    simulation: StoredValue<Simulation, LocalStorage>,
    /// The document as it was loaded, for reset.
    original: StoredValue<Document, LocalStorage>,
    /// Counts up at most ten times a second when simulated time has moved, and after every command.
    pub tick: RwSignal<u64>,
    /// Counts up when the document has changed.
    pub revision: RwSignal<u64>,
    /// Counts up when another run has begun: a diagram was opened or reset.
    pub run: RwSignal<u64>,
    pub selection: RwSignal<Option<Selection>>,
    /// The message that the log or the inspector points at.
    pub highlighted: RwSignal<Option<Serial>>,
    pub playing: RwSignal<bool>,
    /// Simulated seconds per second.
    pub speed: RwSignal<f64>,
    /// Simulated seconds per second that were reached, where the machine cannot keep up.
    pub reached_speed: RwSignal<Option<f64>>,
    /// The guide's diagram that is open.
    pub diagram: RwSignal<String>,
    pub seed: RwSignal<u64>,
    /// A short message for people: what was refused, and why.
    pub notice: RwSignal<Option<String>>,
    /// The node whose Send dialog is open.
    pub composing: RwSignal<Option<Uuid>>,
    /// The node or edge whose fault dialog is open.
    pub faulting: RwSignal<Option<Uuid>>,
    pub about: RwSignal<bool>,
    pub fidelity: RwSignal<bool>,
    pub costs: RwSignal<bool>,
    /// What the pattern tester is open for.
    pub tester: RwSignal<Option<Subject>>,
    /// Whether the selected node's or edge's menu is open at its place.
    pub menu: RwSignal<bool>,
}

pub fn use_state() -> State {
    expect_context::<State>()
}

/// Speeds that can be chosen, simulated seconds per second.
pub const SPEEDS: [f64; 13] = [0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0];

/// The pattern tester's name in the address.
const ROOM: &str = "patterns";

impl State {
    /// The state for what the address asks for; what it asks for in vain becomes a notice.
    pub fn from_address() -> State {
        let address = Address::read();
        let mut notices = Vec::new();
        let wanted = address.diagram.as_deref().unwrap_or(guide::OPENING);
        let diagram = guide::find(wanted).or_else(|| {
            notices.push(format!("There is no diagram “{wanted}” in the guide; this is the opening one."));
            guide::find(guide::OPENING)
        });
        let document = diagram.map_or_else(|| Document::new("Empty"), |diagram| diagram.document());
        let seed = match address.seed.as_deref().map(str::parse) {
            Some(Ok(seed)) => seed,
            Some(Err(_)) => {
                notices.push("The seed in the address is not a whole number; 1 is used.".to_string());
                1
            }
            None => 1,
        };
        let speed = match address.speed.as_deref().map(parse_number) {
            Some(Some(speed)) if (0.1..=1000.0).contains(&speed) => speed,
            Some(_) => {
                notices.push("The speed in the address is not a number from 0.1 to 1000.".to_string());
                diagram.map_or(1.0, |diagram| diagram.speed)
            }
            None => diagram.map_or(1.0, |diagram| diagram.speed),
        };
        let empty = Document::new("Empty");
        let simulation = Simulation::new(&document, seed).or_else(|problems| {
            notices.push(list_problems(&problems));
            Simulation::new(&empty, seed)
        });
        // An empty document always checks; without a simulation there would be no app to say so in.
        let Ok(simulation) = simulation else { panic!("an empty diagram can be simulated") };
        panic::remember(&document.to_text());
        State {
            simulation: StoredValue::new_local(simulation),
            original: StoredValue::new_local(document),
            tick: RwSignal::new(0),
            revision: RwSignal::new(0),
            run: RwSignal::new(0),
            selection: RwSignal::new(None),
            highlighted: RwSignal::new(None),
            playing: RwSignal::new(true),
            speed: RwSignal::new(speed),
            reached_speed: RwSignal::new(None),
            diagram: RwSignal::new(diagram.map_or(String::new(), |diagram| diagram.id.to_string())),
            seed: RwSignal::new(seed),
            notice: RwSignal::new((!notices.is_empty()).then(|| notices.join("\n"))),
            composing: RwSignal::new(None),
            faulting: RwSignal::new(None),
            about: RwSignal::new(false),
            fidelity: RwSignal::new(false),
            costs: RwSignal::new(false),
            tester: RwSignal::new((address.room.as_deref() == Some(ROOM)).then_some(Subject::Nothing)),
            menu: RwSignal::new(false),
        }
    }

    /// Looks at the simulation.
    pub fn read<T>(&self, look: impl FnOnce(&Simulation) -> T) -> T {
        self.simulation.with_value(look)
    }

    /// Lets the simulation go on. Signals are the caller's business.
    pub fn advance<T>(&self, go: impl FnOnce(&mut Simulation) -> T) -> T {
        let mut result = None;
        self.simulation.update_value(|simulation| result = Some(go(simulation)));
        match result {
            Some(result) => result,
            None => panic!("the simulation lives as long as the app"),
        }
    }

    /// Carries out a command, or says what is wrong with it.
    pub fn apply(&self, command: Command) -> Result<(), Vec<Problem>> {
        let result = self.advance(|simulation| simulation.apply(command));
        if result.is_ok() {
            self.document_changed();
        }
        self.ticked();
        result
    }

    /// Like [`State::apply`], for buttons: a refusal becomes a notice.
    pub fn try_apply(&self, command: Command) {
        match self.apply(command) {
            Ok(()) => self.notice.set(None),
            Err(problems) => self.notice.set(Some(said(&problems))),
        }
    }

    pub fn move_node(&self, id: Uuid, x: f64, y: f64) {
        // A place beyond the drawing is refused: then the node stays where it is.
        if self.advance(|simulation| simulation.edit(Edit::Move(vec![(id, x, y)]))).is_ok() {
            self.document_changed();
        }
    }

    fn document_changed(&self) {
        panic::remember(&self.read(|simulation| simulation.document().to_text()));
        self.revision.update(|revision| *revision += 1);
    }

    pub fn ticked(&self) {
        self.tick.update(|tick| *tick += 1);
    }

    /// Opens a diagram of the guide.
    pub fn open(&self, id: &str) {
        let Some(diagram) = guide::find(id) else { return };
        self.original.set_value(diagram.document());
        self.diagram.set(id.to_string());
        self.speed.set(diagram.speed);
        self.restart();
        self.playing.set(true);
        Address::show(id, None);
    }

    pub fn open_tester(&self, subject: Subject) {
        self.tester.set(Some(subject));
        Address::show(&self.diagram.get_untracked(), Some(ROOM));
    }

    pub fn close_tester(&self) {
        self.tester.set(None);
        Address::show(&self.diagram.get_untracked(), None);
    }

    /// The same diagram again, from the beginning, as it was loaded.
    pub fn restart(&self) {
        let document = self.original.get_value();
        match Simulation::new(&document, self.seed.get_untracked()) {
            Ok(simulation) => {
                self.simulation.set_value(simulation);
                self.selection.set(None);
                self.highlighted.set(None);
                self.notice.set(None);
                self.run.update(|run| *run += 1);
                self.document_changed();
                self.ticked();
            }
            Err(problems) => self.notice.set(Some(said(&problems))),
        }
    }

    /// One event further.
    pub fn step(&self) {
        self.playing.set(false);
        if !self.advance(Simulation::step) {
            self.notice.set(Some("Nothing is left to happen. Send a message, or raise the client's rate.".to_string()));
        }
        self.ticked();
    }

    /// The name of a node, or of an edge's two ends.
    pub fn name_of(&self, id: Uuid) -> String {
        self.read(|simulation| {
            let plan = simulation.plan();
            if let Some(node) = plan.find_node(id) {
                return plan.node(node).name.clone();
            }
            plan.find_edge(id).map_or(String::new(), |edge| {
                let edge = plan.edge(edge);
                format!("{} → {}", plan.node(edge.from).name, plan.node(edge.to).name)
            })
        })
    }
}

/// Problems as a notice: without paths, which only help in documents.
pub fn said(problems: &[Problem]) -> String {
    problems.iter().map(|problem| format!("{} {}", problem.message, problem.hint)).collect::<Vec<_>>().join("\n")
}

/// What the address says.
struct Address {
    diagram: Option<String>,
    seed: Option<String>,
    speed: Option<String>,
    room: Option<String>,
}

impl Address {
    fn read() -> Address {
        let search = window().location().search().unwrap_or_default();
        let parameters = web_sys::UrlSearchParams::new_with_str(&search).ok();
        let get = |name: &str| parameters.as_ref().and_then(|parameters| parameters.get(name));
        Address { diagram: get("d"), seed: get("seed"), speed: get("speed"), room: get("room") }
    }

    fn show(id: &str, room: Option<&str>) {
        let Ok(history) = window().history() else { return };
        let room = room.map_or(String::new(), |room| format!("&room={room}"));
        let address = format!("?d={id}{room}");
        // In an embed the address may not be changed; then it simply stays.
        let _ = history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&address));
    }
}
