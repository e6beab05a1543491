//! The app's state: the simulation, outside the reactive graph, and signals for everything that people choose.

use super::compare::Topic;
use super::dock::Dock;
use super::embed::embedded;
use super::engine;
use super::format::parse_number;
use super::importing::Template;
use super::keep::{Stored, Wish, storage};
use super::labs::LabFile;
use super::language;
use super::panic;
use super::selection::{Selected, Selection};
use super::sharing::Incoming;
use super::tester::Subject;
use super::time::Companion;
use crate::diagram::{Change, Document, Edit, History, Problem, check, list_problems};
use crate::kernel::Time;
use crate::language::translated;
use crate::lessons::guide;
use crate::services::{Serial, Trace};
use crate::simulation::{Command, Progress, Simulation};
use leptos::prelude::*;
use leptos::reactive::owner::LocalStorage;
use uuid::Uuid;

/// A list beside the diagram.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Side {
    Guide,
    Build,
    Labs,
    Problems,
}

/// Whoever keeps diagrams is told before one is left, after one was opened, and when one is to be kept as it is.
#[derive(Clone, Copy)]
pub struct Keeper {
    pub leave: Callback<()>,
    pub opened: Callback<()>,
    pub keep_new: Callback<()>,
}

/// Whoever has the diagram for a while in place of the person's own: a lab. It is asked before anything is changed, and
/// told when something else is to be opened or begun again.
#[derive(Clone, Copy)]
pub struct Host {
    /// Why a command is not carried out; `None` where it may be.
    pub refuses: Callback<Command, Option<String>>,
    /// Why time is not to be moved by hand now.
    pub holds: Callback<(), Option<String>>,
    pub leave: Callback<()>,
    pub restart: Callback<()>,
}

/// A diagram that waits, with its run and what can be undone, while a [`Host`] has the window.
pub struct Aside {
    simulation: Simulation,
    original: Document,
    history: History,
    diagram: String,
    kept: Stored,
    seed: u64,
    in_past: bool,
}

impl Aside {
    /// The name by which the address knows it.
    pub fn name(&self) -> &str {
        &self.diagram
    }
}

/// All of the app's state; every component gets it with [`use_state`].
#[derive(Clone, Copy)]
pub struct State {
    simulation: StoredValue<Simulation, LocalStorage>,
    /// The document as it was loaded, for reset.
    original: StoredValue<Document, LocalStorage>,
    history: StoredValue<History, LocalStorage>,
    keeper: StoredValue<Option<Keeper>>,
    companion: StoredValue<Option<Box<dyn Companion>>, LocalStorage>,
    /// Where the diagram that is open came from, as the address has it, until it is kept under a name of its own.
    origin: StoredValue<Option<String>>,
    host: StoredValue<Option<Host>>,
    /// Counts up when another moment of the run is shown.
    pub jumps: RwSignal<u64>,
    /// Whether the diagram stays as it is.
    pub readonly: StoredValue<bool>,
    /// Whether what comes next is known already.
    pub in_past: RwSignal<bool>,
    /// Why time stopped by itself.
    pub stopped: RwSignal<Option<String>>,
    /// The stretch of time that the timeline and the charts show, in seconds; `None` for all of it.
    pub stretch: RwSignal<Option<(f64, f64)>>,
    /// The line of time that the present one is compared with, where somebody has chosen one.
    pub against: RwSignal<Option<u32>>,
    /// The branch that has just begun.
    pub branched: RwSignal<Option<String>>,
    /// Counts up at most ten times a second when simulated time has moved, and after every command.
    pub tick: RwSignal<u64>,
    /// Counts up when the document has changed.
    pub revision: RwSignal<u64>,
    /// Counts up when another run has begun: a diagram was opened or reset.
    pub run: RwSignal<u64>,
    pub selection: RwSignal<Selected>,
    /// The message that the log or the inspector points at.
    pub highlighted: RwSignal<Option<Serial>>,
    /// The message whose story is told beside the diagram.
    pub story: RwSignal<Option<Serial>>,
    /// The request that the Trace tab shows.
    pub request: RwSignal<Option<Trace>>,
    pub playing: RwSignal<bool>,
    /// Simulated seconds per second.
    pub speed: RwSignal<f64>,
    /// Simulated seconds per second that were reached, where the machine cannot keep up.
    pub reached_speed: RwSignal<Option<f64>>,
    /// Which diagram is open: one of the guide, one of one's own by its UUID, or one that was not kept yet.
    pub diagram: RwSignal<String>,
    /// What the browser's storage holds of it.
    pub kept: RwSignal<Stored>,
    /// The template that is being imported.
    pub importing: RwSignal<Option<Template>>,
    /// A link that is about to be opened.
    pub incoming: RwSignal<Option<Incoming>>,
    /// What somebody asked of files and of the diagrams that are kept.
    pub wish: RwSignal<Option<Wish>>,
    pub seed: RwSignal<u64>,
    /// A short message for people: what was refused, and why.
    pub notice: RwSignal<Option<String>>,
    /// What was done last, for people who listen.
    pub said: RwSignal<String>,
    /// Which list stands beside the diagram, and whether it was folded away; on a phone, whether it was opened.
    pub side: RwSignal<Side>,
    pub side_toggled: RwSignal<bool>,
    /// What is shown under the diagram.
    pub dock: Dock,
    /// How many errors and warnings the design has.
    pub problems: RwSignal<usize>,
    /// The node whose Send dialog is open.
    pub composing: RwSignal<Option<Uuid>>,
    /// The node or edge whose fault dialog is open.
    pub faulting: RwSignal<Option<Uuid>>,
    pub about: RwSignal<bool>,
    pub fidelity: RwSignal<bool>,
    /// What the pattern tester is open for.
    pub tester: RwSignal<Option<Subject>>,
    /// What the room for studies is open for.
    pub study: RwSignal<Option<Topic>>,
    /// The lab that is taken or made, or is about to be: by its id.
    pub lab: RwSignal<Option<String>>,
    /// The step of the lab at which it begins, and then the one that is shown, counted from 0.
    pub lab_step: StoredValue<Option<usize>>,
    /// The term of the glossary that is looked up; an empty one for all of them.
    pub term: RwSignal<Option<String>>,
    /// A file that may hold a lab.
    pub lab_file: RwSignal<Option<LabFile>>,
}

pub fn use_state() -> State {
    expect_context::<State>()
}

/// Speeds that can be chosen, simulated seconds per second.
pub const SPEEDS: [f64; 13] = [0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0];

/// An empty diagram's name in the address.
pub const NEW: &str = "new";

const READONLY: &str = phrase!("Here the diagram can be driven, but not changed.");

/// The pattern tester's name in the address.
const ROOM: &str = "patterns";

impl State {
    /// The state for what the address asks for; what it asks for in vain becomes a notice.
    pub fn from_address() -> State {
        let address = Address::read();
        let mut notices = Vec::new();
        // Until a link has been read there is nothing to show.
        let wanted = match (&address.incoming, address.diagram.as_deref()) {
            (Some(_), _) => NEW,
            (None, wanted) => wanted.unwrap_or(guide::OPENING),
        };
        let found = Opened::find(wanted).or_else(|| {
            notices.push(match Uuid::parse_str(wanted) {
                Ok(_) => {
                    tr!("There is no diagram “{name}” kept in this browser; this is the opening one.", name = wanted)
                }
                Err(_) => tr!("There is no diagram “{name}” in the guide; this is the opening one.", name = wanted),
            });
            Opened::find(guide::OPENING)
        });
        let opened = found.unwrap_or_else(|| Opened::empty(NEW));
        notices.extend(opened.notice.clone());
        let diagram = guide::find(&opened.key);
        let document = opened.document.clone();
        let seed = match address.seed.as_deref().map(str::parse) {
            Some(Ok(seed)) => seed,
            Some(Err(_)) => {
                notices.push(tr!("The seed in the address is not a whole number; 1 is used.").to_string());
                1
            }
            None => opened.seed,
        };
        let speed = match address.speed.as_deref().map(parse_number) {
            Some(Some(speed)) if (0.1..=1000.0).contains(&speed) => speed,
            Some(_) => {
                notices.push(tr!("The speed in the address is not a number from 0.1 to 1000.").to_string());
                diagram.map_or(1.0, |diagram| diagram.speed)
            }
            None => diagram.map_or(1.0, |diagram| diagram.speed),
        };
        let simulation = Simulation::new(&document, seed).or_else(|problems| {
            notices.push(list_problems(&problems));
            Simulation::new(&empty(), seed)
        });
        // An empty document always checks; without a simulation there would be no app to say so in.
        let Ok(mut simulation) = simulation else { panic!("an empty diagram can be simulated") };
        simulation.keep_ledger();
        panic::remember(&document.to_text());
        State {
            simulation: StoredValue::new_local(simulation),
            original: StoredValue::new_local(opened.original),
            history: StoredValue::new_local(History::default()),
            keeper: StoredValue::new(None),
            companion: StoredValue::new_local(None),
            origin: StoredValue::new(address.incoming.as_ref().map(Incoming::address)),
            host: StoredValue::new(None),
            jumps: RwSignal::new(0),
            readonly: StoredValue::new(false),
            in_past: RwSignal::new(false),
            stopped: RwSignal::new(None),
            stretch: RwSignal::new(None),
            against: RwSignal::new(None),
            branched: RwSignal::new(None),
            tick: RwSignal::new(0),
            revision: RwSignal::new(0),
            run: RwSignal::new(0),
            selection: RwSignal::new(Selected::default()),
            highlighted: RwSignal::new(None),
            story: RwSignal::new(None),
            request: RwSignal::new(None),
            playing: RwSignal::new(!address.rests),
            speed: RwSignal::new(speed),
            reached_speed: RwSignal::new(None),
            kept: RwSignal::new(opened.stored),
            importing: RwSignal::new(None),
            incoming: RwSignal::new(address.incoming),
            wish: RwSignal::new(None),
            side: RwSignal::new(match diagram {
                _ if address.lab.is_some() => Side::Labs,
                None => Side::Build,
                Some(_) => Side::Guide,
            }),
            diagram: RwSignal::new(opened.key),
            seed: RwSignal::new(seed),
            said: RwSignal::new(String::new()),
            side_toggled: RwSignal::new(false),
            notice: RwSignal::new((!notices.is_empty()).then(|| notices.join("\n"))),
            dock: Dock::new(),
            problems: RwSignal::new(0),
            composing: RwSignal::new(None),
            faulting: RwSignal::new(None),
            about: RwSignal::new(false),
            fidelity: RwSignal::new(false),
            lab: RwSignal::new(address.lab),
            lab_step: StoredValue::new(address.step),
            term: RwSignal::new(None),
            lab_file: RwSignal::new(None),
            study: RwSignal::new(address.room.as_deref().and_then(Topic::of_room)),
            tester: RwSignal::new((address.room.as_deref() == Some(ROOM)).then_some(Subject::Nothing)),
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

    /// From now on the past is noted.
    pub fn accompany(&self, begin: impl FnOnce(&Simulation) -> Box<dyn Companion>) {
        let companion = self.read(begin);
        self.companion.set_value(Some(companion));
        self.notice_commands();
    }

    /// What goes along with the simulation; `None` until its part has arrived.
    pub fn with_companion<T>(&self, go: impl FnOnce(&mut dyn Companion, &mut Simulation) -> T) -> Option<T> {
        let mut companion = self.companion.try_update_value(Option::take).flatten()?;
        let result = self.advance(|simulation| go(companion.as_mut(), simulation));
        self.companion.set_value(Some(companion));
        Some(result)
    }

    /// Lets time pass, up to a breakpoint.
    pub fn run_until(&self, until: Time, budget: u64) -> Progress {
        let passed = self.with_companion(|companion, simulation| {
            let progress = companion.run_until(simulation, until, budget);
            let (stopped, replayed) = (companion.stopped(), companion.take_replayed());
            (progress, stopped, replayed.then(|| companion.history(simulation)), companion.is_before_end(simulation))
        });
        let Some((progress, stopped, history, in_past)) = passed else {
            return self.advance(|simulation| simulation.run_until(until, budget));
        };
        if self.in_past.get_untracked() != in_past {
            self.in_past.set(in_past);
        }
        if let Some(history) = history {
            self.history.set_value(history);
            self.document_changed();
        }
        if let Some((words, message)) = stopped {
            self.playing.set(false);
            if message != 0 {
                self.highlighted.set(Some(message));
            }
            self.say(&tr!("Paused: {reason}.", reason = words));
            self.stopped.set(Some(words));
            self.ticked();
        } else if self.stopped.with_untracked(Option::is_some) {
            self.stopped.set(None);
        }
        progress
    }

    /// Shows another moment. The document and what can be undone are as of then.
    pub fn travel<T>(&self, go: impl FnOnce(&mut dyn Companion, &mut Simulation) -> T) -> Option<T> {
        if !self.may_move_time() {
            return None;
        }
        // Only what is at the end is kept: see `keep`.
        if let (false, Some(keeper)) = (self.in_past.get_untracked(), self.keeper.get_value()) {
            keeper.leave.run(());
        }
        let (result, history, changed, in_past) = self.with_companion(|companion, simulation| {
            let (before, commands) = (simulation.document().clone(), simulation.log().len());
            let result = go(companion, simulation);
            let changed = *simulation.document() != before || simulation.log().len() != commands;
            (result, companion.history(simulation), changed, companion.is_before_end(simulation))
        })?;
        self.history.set_value(history);
        self.stopped.set(None);
        self.branched.set(None);
        self.in_past.set(in_past);
        self.jumps.update(|jumps| *jumps += 1);
        // Also where only faults and stops differ.
        if changed {
            self.document_changed();
        }
        self.ticked();
        Some(result)
    }

    /// Shows the beginning of this run, at rest.
    pub fn go_to_beginning(&self) {
        self.playing.set(false);
        self.seek(Time::ZERO);
    }

    pub fn seek(&self, time: Time) {
        self.travel(|companion, simulation| companion.seek(simulation, time));
    }

    /// A command was carried out. In the past it begins a branch.
    fn notice_commands(&self) {
        let history = self.history.get_value();
        let branch = self.with_companion(|companion, simulation| companion.noticed(simulation, &history));
        if let Some(Some(name)) = branch {
            self.in_past.set(false);
            self.say(&tr!("{branch} begins here.", branch = name));
            self.branched.set(Some(name));
        }
    }

    /// Whether what keeps diagrams and what notes the past are there.
    pub fn is_settled(&self) -> bool {
        self.keeper.with_value(Option::is_some) && self.companion.with_value(Option::is_some)
    }

    /// Whether what is on the screen is not the person's own.
    pub fn is_hosted(&self) -> bool {
        self.host.with_value(Option::is_some)
    }

    fn ask_host(&self, command: &Command) -> Result<(), Vec<Problem>> {
        let refusal = self.host.get_value().and_then(|host| host.refuses.run(command.clone()));
        refusal.map_or(Ok(()), |why| Err(vec![Problem::new("", why)]))
    }

    /// Whether the host lets time be moved by hand; if not, people are told why.
    fn may_move_time(&self) -> bool {
        let why = self.host.get_value().and_then(|host| host.holds.run(()));
        let may = why.is_none();
        if let Some(why) = why {
            self.refuse(&why);
        }
        may
    }

    /// Carries out a host's own command: it is not asked, and it cannot be undone.
    pub fn carry_out(&self, command: Command) -> Result<(), Vec<Problem>> {
        self.advance(|simulation| simulation.apply(command))?;
        self.notice_commands();
        self.document_changed();
        self.ticked();
        Ok(())
    }

    /// From now on nothing that was done before can be undone.
    pub fn forget_history(&self) {
        self.history.set_value(History::default());
        self.revision.update(|revision| *revision += 1);
    }

    /// Carries out a command, or says what is wrong with it. What changes the document becomes an entry of the history.
    pub fn apply(&self, command: Command) -> Result<(), Vec<Problem>> {
        let edit = match command {
            Command::Edit(edit) => edit,
            Command::Set { target, setting, value } => {
                self.read(|simulation| Edit::set(simulation.document(), target, &setting, value))
            }
            other => {
                self.ask_host(&other)?;
                let result = self.advance(|simulation| simulation.apply(other));
                self.notice_commands();
                // What stands on the diagram may have changed: faults, stops.
                self.revision.update(|revision| *revision += 1);
                self.ticked();
                return result;
            }
        };
        let change = self.read(|simulation| Change::of(edit, simulation.document()));
        self.try_perform(change, None)
    }

    /// Like [`State::apply`], for buttons: a refusal becomes a notice.
    pub fn try_apply(&self, command: Command) {
        match self.apply(command) {
            Ok(()) => self.notice.set(None),
            Err(problems) => self.refuse(&said(&problems)),
        }
    }

    /// Changes the document, as an entry of the history; changes with the same key become one. What is wrong with it, or
    /// needs attention afterwards, becomes a notice. Gives whether it was done.
    pub fn perform(&self, change: Change, key: Option<&str>) -> bool {
        let notes = change.notes.join("\n");
        match self.try_perform(change, key) {
            Ok(()) => {
                self.notice.set((!notes.is_empty()).then_some(notes));
                true
            }
            Err(problems) => {
                self.refuse(&said(&problems));
                false
            }
        }
    }

    /// Like [`State::perform`], where the problems are shown in place.
    pub fn try_perform(&self, change: Change, key: Option<&str>) -> Result<(), Vec<Problem>> {
        let label = change.label.clone();
        if self.readonly.get_value() {
            return Err(vec![Problem::new("", translated(READONLY))]);
        }
        if self.is_hosted() {
            self.ask_host(&Command::Edit(change.edit.clone()))?;
        }
        self.with_history(|history, simulation| history.perform(change, key, |edit| simulation.edit(edit)))?;
        self.document_changed();
        self.ticked();
        self.say(&format!("{label}."));
        Ok(())
    }

    fn with_history<T>(&self, go: impl FnOnce(&mut History, &mut Simulation) -> T) -> T {
        let mut history = self.history.try_update_value(std::mem::take).unwrap_or_default();
        let result = self.advance(|simulation| go(&mut history, simulation));
        self.history.set_value(history);
        self.notice_commands();
        result
    }

    pub fn undo(&self) {
        if self.readonly.get_value() {
            return self.refuse(translated(READONLY));
        }
        let done = self.with_history(|history, simulation| history.undo(|edit| simulation.edit(edit)));
        self.went(done, tr!("Undone"));
    }

    pub fn redo(&self) {
        if self.readonly.get_value() {
            return self.refuse(translated(READONLY));
        }
        let done = self.with_history(|history, simulation| history.redo(|edit| simulation.edit(edit)));
        self.went(done, tr!("Done again"));
    }

    /// Undoes or redoes until `count` entries of the history are done.
    pub fn jump(&self, count: usize) {
        let done = self.with_history(|history, simulation| history.jump(count, |edit| simulation.edit(edit)));
        self.went(done.map(|()| Some(tr!("several steps").to_string())), tr!("Went through the history"));
    }

    fn went(&self, done: Result<Option<String>, Vec<Problem>>, how: &str) {
        match done {
            Ok(Some(label)) => {
                self.notice.set(None);
                self.document_changed();
                self.ticked();
                self.say(&format!("{how}: {label}."));
            }
            Ok(None) => {}
            Err(problems) => self.refuse(&said(&problems)),
        }
    }

    /// What undoing would take back.
    pub fn can_undo(&self) -> Option<String> {
        self.revision.track();
        self.history.with_value(|history| history.undo_label().map(str::to_string))
    }

    /// What redoing would do again.
    pub fn can_redo(&self) -> Option<String> {
        self.revision.track();
        self.history.with_value(|history| history.redo_label().map(str::to_string))
    }

    /// The labels of all entries of the history, oldest first, and how many of them are done.
    pub fn history(&self) -> (Vec<String>, usize) {
        self.history.with_value(|history| (history.labels().map(str::to_string).collect(), history.position()))
    }

    /// Tells people why something was not done.
    pub fn refuse(&self, why: &str) {
        self.notice.set(Some(why.to_string()));
    }

    /// Tells people who listen what was done.
    pub fn say(&self, words: &str) {
        // The same words again are only read out if something differs.
        let again = self.said.with_untracked(|before| before == words);
        self.said.set(if again { format!("{words}\u{a0}") } else { words.to_string() });
    }

    /// On a phone, what lies over the diagram goes away.
    pub fn close_side(&self) {
        if is_phone() {
            self.side_toggled.set(false);
        }
    }

    fn document_changed(&self) {
        panic::remember(&self.read(|simulation| simulation.document().to_text()));
        self.revision.update(|revision| *revision += 1);
        // What is gone cannot be selected.
        let left: Selected = self.read(|simulation| {
            let plan = simulation.plan();
            let is_there = |one: &Selection| match one {
                Selection::Node(id) => plan.find_node(*id).is_some(),
                Selection::Edge(id) => plan.find_edge(*id).is_some(),
            };
            self.selection.with_untracked(|selected| selected.iter().filter(is_there).collect())
        });
        if self.selection.with_untracked(|selected| *selected != left) {
            self.selection.set(left);
        }
    }

    /// Selects this and nothing else.
    pub fn select(&self, one: Option<Selection>) {
        self.selection.set(one.into_iter().collect());
    }

    /// The one thing that is selected, unless it is none or several.
    pub fn selected(&self) -> Option<Selection> {
        self.selection.with(Selected::single)
    }

    /// Tells the story of a message beside the diagram.
    pub fn tell(&self, message: Serial) {
        self.highlighted.set(Some(message));
        self.story.set(Some(message));
    }

    pub fn ticked(&self) {
        self.tick.update(|tick| *tick += 1);
    }

    /// Opens a diagram: of the guide, with the changes that were kept, or one of one's own.
    pub fn open(self, key: &str) {
        let key = key.to_string();
        engine::with_all(self, move || self.open_at_once(&key));
    }

    fn open_at_once(self, key: &str) {
        let Some(opened) = Opened::find(key) else {
            return self.refuse(tr!("This diagram is not kept in this browser any longer."));
        };
        self.leave_host();
        if let Some(diagram) = guide::find(key) {
            self.speed.set(diagram.speed);
        } else {
            self.side.set(Side::Build);
        }
        self.show(opened);
    }

    /// The person's own diagram comes back, if a host has the window.
    fn leave_host(&self) {
        if let Some(host) = self.host.get_value() {
            host.leave.run(());
        }
    }

    /// Begins a diagram of one's own.
    pub fn open_empty(&self) {
        self.leave_host();
        self.speed.set(1.0);
        self.side.set(Side::Build);
        self.show(Opened::empty(NEW));
    }

    /// Opens a document that came from elsewhere, as a diagram of one's own.
    pub fn open_document(self, document: Document) {
        engine::with_all(self, move || {
            self.show(Opened { original: document.clone(), document, ..Opened::empty(NEW) });
            if let Some(keeper) = self.keeper.get_value() {
                keeper.keep_new.run(());
            }
        });
    }

    /// Opens the document of a link, from the beginning.
    pub fn open_linked(&self, document: Document, seed: Option<u64>, origin: String) {
        let original = document.clone();
        self.show(Opened { document, original, seed: seed.unwrap_or(1), origin: Some(origin), ..Opened::empty(NEW) });
    }

    /// Opens a run that has come to a moment elsewhere, at rest. `bring_past` puts what is known of it into the companion.
    pub fn open_run(&self, simulation: Simulation, history: History, origin: String, bring_past: impl FnOnce()) {
        self.leave_host();
        if let Some(keeper) = self.keeper.get_value() {
            keeper.leave.run(());
        }
        self.playing.set(false);
        self.kept.set(Stored::default());
        self.seed.set(simulation.seed());
        self.diagram.set(NEW.to_string());
        self.original.set_value(simulation.beginning().clone());
        self.history.set_value(history);
        self.simulation.set_value(simulation);
        bring_past();
        self.in_past.set(false);
        self.began();
        self.origin.set_value(Some(origin));
        self.show_address();
        if let Some(keeper) = self.keeper.get_value() {
            keeper.opened.run(());
        }
    }

    /// What is open when a link could not be: what the address names beside it, or else the opening diagram. Only where
    /// nothing else was open before.
    pub fn open_instead(self) {
        let wanted = Address::read().diagram.unwrap_or(guide::OPENING.to_string());
        let found = Opened::find(&wanted).is_some();
        self.open(if found { &wanted } else { guide::OPENING });
    }

    fn show(&self, opened: Opened) {
        self.leave_host();
        if let Some(keeper) = self.keeper.get_value() {
            keeper.leave.run(());
        }
        self.kept.set(opened.stored);
        self.seed.set(opened.seed);
        self.diagram.set(opened.key);
        self.original.set_value(opened.original);
        self.history.set_value(History::default());
        self.run_from_start(&opened.document);
        self.playing.set(true);
        self.origin.set_value(opened.origin);
        self.show_address();
        if opened.notice.is_some() {
            self.notice.set(opened.notice);
        }
        if let Some(keeper) = self.keeper.get_value() {
            keeper.opened.run(());
        }
    }

    pub fn set_keeper(&self, keeper: Keeper) {
        self.keeper.set_value(Some(keeper));
    }

    /// The address says what is open.
    pub fn show_address(&self) {
        self.show_address_with(None);
    }

    fn show_address_with(&self, room: Option<&str>) {
        let key = self.diagram.get_untracked();
        // What came by a link stays there until it is kept here.
        let origin = self.origin.get_value().filter(|_| key == NEW);
        Address::show(&origin.unwrap_or(format!("?d={key}")), room);
    }

    /// The document as the guide has it, or as it was loaded.
    pub fn original(&self) -> Document {
        self.original.get_value()
    }

    pub fn open_tester(&self, subject: Subject) {
        self.tester.set(Some(subject));
        self.show_address_with(Some(ROOM));
    }

    pub fn close_tester(&self) {
        self.tester.set(None);
        self.show_address();
    }

    /// Opens the room for studies, or closes it.
    pub fn open_study(&self, topic: Option<Topic>) {
        self.study.set(topic);
        self.show_address_with(topic.map(Topic::room));
    }

    /// The same diagram again, from the beginning: one of the guide as it was loaded, which can be undone; one's own as
    /// it stands.
    pub fn restart(&self) {
        if let Some(host) = self.host.get_value() {
            return host.restart.run(());
        }
        let mut document = self.read(|simulation| simulation.document().clone());
        let original = self.original.get_value();
        if document != original && self.diagram.with_untracked(|id| guide::find(id).is_some()) {
            let change = Change::labelled(tr!("Reset the diagram"), Edit::Replace(Box::new(original)));
            let reset = self.with_history(|history, _| history.perform(change, None, |edit| document.apply(edit)));
            if let Err(problems) = reset {
                return self.refuse(&said(&problems));
            }
        }
        self.run_from_start(&document);
    }

    fn run_from_start(&self, document: &Document) {
        match Simulation::new(document, self.seed.get_untracked()) {
            Ok(mut simulation) => {
                simulation.keep_ledger();
                self.begin(simulation);
            }
            Err(problems) => self.refuse(&said(&problems)),
        }
    }

    /// Shows a run, of which something may have happened already.
    fn begin(&self, simulation: Simulation) {
        self.simulation.set_value(simulation);
        let history = self.history.get_value();
        self.with_companion(|companion, simulation| companion.begin(simulation, &history));
        self.in_past.set(false);
        self.began();
    }

    fn began(&self) {
        self.stopped.set(None);
        self.branched.set(None);
        self.stretch.set(None);
        self.against.set(None);
        self.select(None);
        self.highlighted.set(None);
        self.story.set(None);
        self.request.set(None);
        self.notice.set(None);
        self.run.update(|run| *run += 1);
        self.document_changed();
        self.ticked();
    }

    /// Puts what is open aside, for whoever has the diagram from now on. Until [`State::bring_back`] nothing is kept. The
    /// companion's past is the caller's business.
    pub fn set_aside(&self, host: Host) -> Aside {
        if let Some(keeper) = self.keeper.get_value() {
            keeper.leave.run(());
        }
        self.host.set_value(Some(host));
        Aside {
            simulation: self.read(Simulation::clone),
            original: self.original.get_value(),
            history: self.history.try_update_value(std::mem::take).unwrap_or_default(),
            diagram: self.diagram.get_untracked(),
            kept: self.kept.get_untracked(),
            seed: self.seed.get_untracked(),
            in_past: self.in_past.get_untracked(),
        }
    }

    /// What was set aside is open again, just as it was.
    pub fn bring_back(&self, aside: Aside) {
        self.host.set_value(None);
        self.simulation.set_value(aside.simulation);
        self.original.set_value(aside.original);
        self.history.set_value(aside.history);
        self.diagram.set(aside.diagram);
        self.kept.set(aside.kept);
        self.seed.set(aside.seed);
        self.in_past.set(aside.in_past);
        self.began();
        self.show_address();
    }

    /// Shows a host's run, at rest. The name is what stands in the address behind `?d=`, so that loading the page again
    /// comes to the same: `decouple-queue&lab=retry-storm`.
    pub fn show_hosted(&self, name: &str, simulation: Simulation) {
        self.playing.set(false);
        self.seed.set(simulation.seed());
        self.diagram.set(name.to_string());
        self.original.set_value(simulation.beginning().clone());
        self.history.set_value(History::default());
        self.begin(simulation);
        self.show_address();
    }

    /// One event further.
    pub fn step(&self) {
        if !self.may_move_time() {
            return;
        }
        self.playing.set(false);
        self.stopped.set(None);
        let stepped = self.with_companion(|companion, simulation| {
            let stepped = companion.step(simulation);
            (stepped, companion.take_replayed(), companion.history(simulation), companion.is_before_end(simulation))
        });
        let stepped = match stepped {
            Some((stepped, replayed, history, in_past)) => {
                self.in_past.set(in_past);
                if replayed {
                    self.history.set_value(history);
                    self.document_changed();
                }
                stepped
            }
            None => self.advance(Simulation::step),
        };
        if !stepped {
            self.refuse(tr!("Nothing is left to happen. Send a message, or raise the client's rate."));
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

/// Reads the diagram that the address asks for, to see what it needs.
pub fn look_ahead() {
    let address = Address::read();
    if address.incoming.is_some() {
        return;
    }
    if let Some(opened) = Opened::find(address.diagram.as_deref().unwrap_or(guide::OPENING)) {
        let _ = check(&opened.document);
    }
}

/// As wide as in style/app.css.
pub fn is_phone() -> bool {
    matches!(window().match_media("(max-width: 720px)"), Ok(Some(query)) if query.matches())
}

fn empty() -> Document {
    Document::new("Untitled")
}

/// A diagram that is about to be shown.
struct Opened {
    key: String,
    document: Document,
    original: Document,
    seed: u64,
    stored: Stored,
    notice: Option<String>,
    origin: Option<String>,
}

impl Opened {
    fn empty(key: &str) -> Opened {
        let (key, document, original) = (key.to_string(), empty(), empty());
        Opened { key, document, original, seed: 1, stored: Stored::default(), notice: None, origin: None }
    }

    /// What is kept under this name, or else what the guide has.
    fn find(key: &str) -> Option<Opened> {
        let guide = guide::find(key).map(|diagram| diagram.document());
        let mut opened = match (&guide, key) {
            (None, NEW) => return Some(Opened::empty(NEW)),
            (Some(original), _) => {
                Opened { document: original.clone(), original: original.clone(), ..Opened::empty(key) }
            }
            (None, _) => Opened::empty(key),
        };
        match storage::read(key) {
            // It was valid when it was kept; what a newer check refuses is left where it is.
            Some(Ok(kept)) => match check(&kept.document) {
                Ok(_) => {
                    opened.stored = Stored { revision: kept.revision, damaged: false };
                    opened.seed = kept.seed;
                    if guide.is_none() {
                        opened.original = kept.document.clone();
                    }
                    opened.document = kept.document;
                }
                Err(problems) => opened.damaged(&problems),
            },
            Some(Err(problems)) => opened.damaged(&problems),
            None if guide.is_none() => return None,
            None => {}
        }
        Some(opened)
    }

    fn damaged(&mut self, problems: &[Problem]) {
        self.stored.damaged = true;
        self.notice = Some(tr!(
            "What this browser keeps of this diagram cannot be read, and is left as it is. {}",
            list_problems(problems)
        ));
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
    incoming: Option<Incoming>,
    /// It begins at rest.
    rests: bool,
    lab: Option<String>,
    step: Option<usize>,
}

impl Address {
    fn read() -> Address {
        let search = window().location().search().unwrap_or_default();
        let parameters = web_sys::UrlSearchParams::new_with_str(&search).ok();
        let get = |name: &str| parameters.as_ref().and_then(|parameters| parameters.get(name));
        let incoming = Incoming::at_start(get("src"));
        let step = get("step").and_then(|step| step.parse::<usize>().ok()?.checked_sub(1));
        // Whoever reads all parameters of an embed sets it going where it should.
        let rests = incoming.is_some() || (embedded() && (get("autoplay").is_some() || get("t").is_some()));
        Address {
            diagram: get("d"),
            seed: get("seed"),
            speed: get("speed"),
            room: get("room"),
            lab: get("lab"),
            step,
            incoming,
            rests,
        }
    }

    /// `what` is open: `?d=…`, `?src=…` or `#…`.
    fn show(what: &str, room: Option<&str>) {
        // An embed's address is the business of the page around it, and the same whenever it is loaded again.
        let Some(history) = window().history().ok().filter(|_| !embedded()) else { return };
        let (search, fragment) = what.split_at(what.find('#').unwrap_or(what.len()));
        // What the address says about the language stays said.
        let asked = window().location().search().is_ok_and(|search| search.contains("lang="));
        let language = asked.then(language::current);
        let mut search = search.to_string();
        for (name, value) in [("room", room), ("lang", language.as_deref())] {
            if let Some(value) = value {
                search.push_str(&format!("{}{name}={value}", if search.is_empty() { "?" } else { "&" }));
            }
        }
        let path = window().location().pathname().unwrap_or_default();
        let address = format!("{path}{search}{fragment}");
        // Where the address may not be changed, it simply stays.
        let _ = history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&address));
    }
}
