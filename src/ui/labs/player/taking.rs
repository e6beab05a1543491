//! A lab that is being taken: what people do becomes a step of the session, and the session says what the diagram does.

use super::ahead::Ahead;
use super::spoken::spoken;
use crate::diagram::{Problem, list_problems};
use crate::kernel::Time;
use crate::language::translated;
use crate::lessons::labs::{Answer, Answers, GoalState, Lab, Phase, Session, Standing, same_moment};
use crate::simulation::{Command, Simulation};
use crate::ui::embed;
use crate::ui::labs::course;
use crate::ui::labs::marks::{self, Mark};
use crate::ui::labs::places;
use crate::ui::labs::shelf::{Kept, Key, Shelf};
use crate::ui::labs::stage::{Stage, Turn};
use crate::ui::selection::Selection;
use crate::ui::state::{Host, SPEEDS, State, said};
use crate::ui::time::past;
use leptos::prelude::*;
use leptos::reactive::owner::LocalStorage;
use serde_json::json;
use std::rc::Rc;
use std::time::Duration;
use uuid::Uuid;

/// While somebody reads, the state in which the next step begins is made ready.
const PAUSE: Duration = Duration::from_millis(600);

#[derive(Clone, Copy)]
pub struct Taking {
    pub state: State,
    stage: Stage,
    pub shelf: Shelf,
    key: StoredValue<Key>,
    /// The lab as it is written. The session's is in the person's language; what leaves the page does not depend on that.
    written: StoredValue<Rc<Lab>, LocalStorage>,
    session: StoredValue<Session, LocalStorage>,
    ahead: StoredValue<Ahead, LocalStorage>,
    turn: StoredValue<Option<Turn>>,
    /// Counts up when something of the session has changed.
    changed: RwSignal<u64>,
    /// The lab itself does something: it needs no leave.
    acting: StoredValue<bool>,
    /// When the run began.
    pub began: RwSignal<Time>,
    /// The node that was picked for an answer, by name.
    pub picked: RwSignal<Option<String>>,
    /// Whether the summary is shown.
    pub summary: RwSignal<bool>,
    /// What is kept of this lab cannot be read, and is not overwritten.
    pub spoilt: RwSignal<bool>,
}

impl Taking {
    /// Takes the window for a lab, at the step that was reached last.
    pub fn begin(state: State, stage: Stage, shelf: Shelf, key: Key, lab: Rc<Lab>) -> Result<Taking, Vec<Problem>> {
        let ahead = Ahead::new(&lab)?;
        let written = lab;
        let lab = match key {
            Key::Shipped(_) => Rc::new(spoken(&written)),
            Key::Own(_) => written.clone(),
        };
        let (session, spoilt) = match shelf.begun(&key, &lab.id) {
            Kept::Something(progress) => (Session::resume(lab, progress), false),
            Kept::Nothing => (Session::new(lab), false),
            Kept::Spoilt(_) => (Session::new(lab), true),
        };
        let taking = Taking {
            state,
            stage,
            shelf,
            key: StoredValue::new(key),
            written: StoredValue::new_local(written),
            session: StoredValue::new_local(session),
            ahead: StoredValue::new_local(ahead),
            turn: StoredValue::new(None),
            changed: RwSignal::new(0),
            acting: StoredValue::new(false),
            began: RwSignal::new(Time::ZERO),
            picked: RwSignal::new(None),
            summary: RwSignal::new(false),
            spoilt: RwSignal::new(spoilt),
        };
        let turn = stage.enter(Host {
            refuses: Callback::new(move |command: Command| taking.refuses(&command)),
            holds: Callback::new(move |()| taking.holds()),
            leave: Callback::new(move |()| taking.leave()),
            restart: Callback::new(move |()| taking.go_to(taking.place())),
        });
        taking.turn.set_value(Some(turn));
        // A link may lead to a step.
        let asked = state.lab_step.try_update_value(Option::take).flatten();
        if let Some(place) = asked {
            taking.session.update_value(|session| session.go_to(place));
        }
        // Somebody who came to the end before begins with what came of it.
        taking.summary.set(asked.is_none() && taking.look(|session| session.score().is_complete()));
        taking.show()?;
        taking.listen();
        taking.tell_progress();
        Ok(taking)
    }

    /// Looks at the session, without following it.
    pub fn look<T>(self, look: impl FnOnce(&Session) -> T) -> T {
        self.session.with_value(look)
    }

    /// Looks at the session, and again when it has changed.
    pub fn follow<T>(self, look: impl FnOnce(&Session) -> T) -> T {
        self.changed.track();
        self.session.with_value(look)
    }

    fn update<T>(self, change: impl FnOnce(&mut Session) -> T) -> Option<T> {
        let result = self.session.try_update_value(change);
        self.changed.update(|count| *count += 1);
        result
    }

    /// Whether the diagram is the lab's. What follows signals may run once more after it was left.
    fn is_here(self) -> bool {
        self.turn.try_get_value().flatten().is_some_and(|turn| self.stage.is_on(turn))
    }

    pub fn place(self) -> usize {
        self.look(Session::place)
    }

    fn keep(self) {
        if !self.spoilt.get_untracked() {
            let progress = self.look(|session| session.progress().clone());
            self.key.with_value(|key| self.shelf.keep_progress(key, &progress));
        }
        self.tell_progress();
    }

    /// Tells the page around an embed how far it is.
    fn tell_progress(self) {
        if embed::embedded() {
            let (lab, progress) = (self.written.get_value(), self.look(|session| session.progress().clone()));
            leptos::task::spawn_local(async move {
                // Without the connection nobody hears of it, and the next time it is tried again.
                let _ = course::report(lab, progress).await;
            });
        }
    }

    /// What cannot be read goes, and this is kept instead.
    pub fn begin_anew(self) {
        self.spoilt.set(false);
        self.keep();
    }

    fn refuses(self, command: &Command) -> Option<String> {
        if self.acting.get_value() {
            return None;
        }
        let document = self.state.read(|simulation| simulation.document().clone());
        self.look(|session| match session.phase() {
            // What was asked is about the diagram as it is.
            Phase::Asking if !matches!(command, Command::Edit(edit) if edit.only_moves()) => {
                Some(tr!("Answer the lab's question first; then this step goes on.").to_string())
            }
            _ => session.permits(&document, command).err(),
        })
    }

    /// Why time may not be moved by hand now.
    fn holds(self) -> Option<String> {
        self.look(|session| match session.phase() {
            Phase::Asking => Some(tr!("Answer the lab's question first; then the run can begin.").to_string()),
            Phase::Ready => Some(tr!("The lab's run begins with its Run button, or with Play.").to_string()),
            Phase::Running => Some(
                tr!("This run goes by itself up to the decisive moment. Afterwards you can step back and forth.")
                    .to_string(),
            ),
            Phase::Ended => None,
        })
    }

    /// The person's own diagram is open again.
    pub fn leave(self) {
        self.end_run();
        self.stage.leave();
        self.state.lab_step.set_value(None);
        self.state.lab.set(None);
    }

    /// Takes the run's breakpoints away.
    fn end_run(self) {
        self.state.playing.set(false);
        past(self.state, |past, _| self.session.update_value(|session| session.leave(past)));
    }

    /// Goes to a step, which begins from its own beginning.
    pub fn go_to(self, place: usize) {
        self.end_run();
        self.update(|session| session.go_to(place));
        self.summary.set(false);
        self.keep();
        if let Err(problems) = self.show() {
            self.state.refuse(&list_problems(&problems));
        }
        self.say_step();
        focus("lab-step-title");
    }

    fn say_step(self) {
        let (place, title) = self.look(|session| (session.place(), session.step().title.clone()));
        self.state.say(&tr!("Step {number}: {title}.", number = place + 1, title = title));
    }

    /// Shows the summary.
    pub fn finish(self) {
        self.state.playing.set(false);
        self.summary.set(true);
        let (lab, score) = self.look(|session| (session.lab().id.clone(), session.score().share()));
        embed::tell(&json!({ "type": "lab", "lab": lab, "score": score }));
        self.state.say(tr!("This is what you predicted and found."));
        focus("lab-summary-title");
    }

    /// Shows the state in which the present step begins.
    fn show(self) -> Result<(), Vec<Problem>> {
        self.picked.set(None);
        let place = self.place();
        self.state.lab_step.set_value(Some(place));
        let simulation = self.staged(place)?;
        let same = self.state.read(|present| same_moment(present, &simulation));
        if same && place > 0 {
            self.state.playing.set(false);
            self.state.forget_history();
        } else {
            self.stage.show(&self.key.with_value(Key::text), simulation);
        }
        // While somebody reads.
        set_timeout(move || self.look_ahead(place + 1), PAUSE);
        Ok(())
    }

    fn staged(self, place: usize) -> Result<Simulation, Vec<Problem>> {
        let staged = self.ahead.try_update_value(|ahead| ahead.stage(place));
        staged.unwrap_or_else(|| Err(vec![Problem::new("", tr!("The lab was left."))]))
    }

    fn look_ahead(self, place: usize) {
        let steps = self.session.try_with_value(|session| session.lab().steps.len()).unwrap_or(0);
        let resting = !self.state.playing.get_untracked();
        if place < steps && resting {
            let _ = self
                .ahead
                .try_update_value(|ahead| if ahead.known() <= place { ahead.stage(place).map(drop) } else { Ok(()) });
        }
    }

    /// Answers the question.
    pub fn answer(self, answer: Answer) {
        match self.update(|session| session.answer(answer)) {
            Some(Ok(())) => {
                self.picked.set(None);
                self.keep();
                match self.look(Session::phase) {
                    Phase::Ended => self.tell_end(),
                    _ => {
                        self.state.say(tr!("Your prediction is noted."));
                        focus("lab-run");
                    }
                }
            }
            Some(Err(why)) => self.state.refuse(translated(why)),
            None => {}
        }
    }

    /// A node that is picked on the diagram or in the list, by name.
    pub fn pick(self, name: &str) {
        self.picked.set(Some(name.to_string()));
        self.state.say(&tr!("{node} is picked.", node = name));
    }

    /// Begins the step's run.
    pub fn run(self) {
        if !self.is_here() || self.look(Session::phase) != Phase::Ready {
            return;
        }
        self.acting.set_value(true);
        let begun = self.try_run();
        self.acting.set_value(false);
        match begun {
            Ok(()) => {
                let speed = self.look(|session| session.step().run.as_ref().map_or(1.0, |run| run.speed));
                self.state.speed.set(choosable(speed));
                self.state.playing.set(true);
                self.state.say(tr!("The run has begun."));
            }
            Err(problems) => {
                self.state.playing.set(false);
                self.state.refuse(&said(&problems));
            }
        }
    }

    fn try_run(self) -> Result<(), Vec<Problem>> {
        let state = self.state;
        if self.look(Session::begins_anew) {
            let beginning = state.read(|simulation| self.look(|session| session.beginning(simulation)))?;
            self.stage.show(&self.key.with_value(Key::text), beginning);
        }
        for act in self.look(|session| session.acts().to_vec()) {
            let command = state.read(|simulation| act.command(simulation))?;
            state.carry_out(command)?;
        }
        self.began.set(state.read(Simulation::now));
        let begun = past(state, |past, simulation| {
            let mut begun = Ok(());
            self.session.update_value(|session| begun = session.begin(past, simulation));
            begun
        });
        self.changed.update(|count| *count += 1);
        let why = tr!("A part of Eventyard is still on its way. Please try again in a moment.");
        begun.unwrap_or_else(|| Err(vec![Problem::new("", why)]))
    }

    /// Makes ready for another attempt, after a goal was missed or just to see it again.
    pub fn again(self) {
        let from_stage = self.update(Session::again).unwrap_or(false);
        if from_stage && let Err(problems) = self.show() {
            self.state.refuse(&list_problems(&problems));
        }
        self.state.playing.set(false);
        self.state.say(tr!("Ready for another attempt."));
        focus("lab-run");
    }

    pub fn hint(self) {
        if self.update(Session::show_hint) == Some(true) {
            self.keep();
            self.state.say(tr!("A hint is shown."));
        }
    }

    fn listen(self) {
        let state = self.state;
        // Playing before a run means beginning it.
        Effect::new(move |_| {
            if state.playing.get() && self.is_here() && !self.look(Session::may_pass) {
                state.playing.set(false);
                match self.look(Session::phase) {
                    Phase::Ready => self.run(),
                    _ => state.refuse(tr!("Answer the lab's question first; then the run can begin.")),
                }
            }
        });
        Effect::new(move |_| {
            state.tick.track();
            if self.is_here() {
                self.look_at_run();
            }
        });
        // A node that is selected while one is asked for is the answer.
        Effect::new(move |_| {
            let chosen = state.selection.with(|selected| selected.single());
            if let (Some(Selection::Node(id)), true) = (chosen, self.is_here() && self.asks_for_node()) {
                state.select(None);
                self.pick(&state.name_of(id));
            }
        });
        marks::follow(state, Signal::derive(move || self.marks()));
    }

    pub fn asks_for_node(self) -> bool {
        self.look(|session| {
            let question = session.step().question.as_ref().map(|question| &question.answer);
            session.phase() == Phase::Asking && matches!(question, Some(Answers::Node { .. }))
        })
    }

    fn marks(self) -> Vec<(Uuid, Mark)> {
        self.changed.track();
        self.state.revision.track();
        if self.summary.get() || !self.is_here() {
            return Vec::new();
        }
        let picked = self.picked.get();
        self.state.read(|simulation| {
            let document = simulation.document();
            self.look(|session| {
                let place = session.place();
                let given = session.given(place).filter(|given| matches!(given.answer, Answer::Node(_)));
                let named = |answer: Answer| session.words(place, answer);
                let chosen = picked.or_else(|| given.map(|given| named(given.answer)));
                let right = given.and_then(|given| given.truth).filter(|_| session.phase() == Phase::Ended).map(named);
                let pointed = session.step().highlight.iter().map(|name| (name.clone(), Mark::Pointed));
                let answers =
                    chosen.map(|name| (name, Mark::Chosen)).into_iter().chain(right.map(|name| (name, Mark::Right)));
                pointed.chain(answers).filter_map(|(name, mark)| Some((places::find(document, &name)?, mark))).collect()
            })
        })
    }

    fn look_at_run(self) {
        if self.look(Session::phase) != Phase::Running {
            return;
        }
        let before: Vec<GoalState> = self.look(|session| session.goals().to_vec());
        let look = past(self.state, |past, simulation| {
            self.session.try_update_value(|session| session.look(past, simulation)).unwrap_or_default()
        });
        let Some(look) = look.filter(|look| look.changed || look.ended) else { return };
        self.changed.update(|count| *count += 1);
        let reached = self.report(&before);
        if look.ended {
            self.keep();
            self.tell_end();
        } else if !reached.is_empty() {
            self.state.say(&tr!("Goal reached: {goals}.", goals = reached.join(", ")));
        }
    }

    /// Tells the page around an embed of the goals that were just reached. Gives their titles.
    fn report(self, before: &[GoalState]) -> Vec<String> {
        let reached = |goal: &GoalState| goal.standing == Standing::Reached;
        let (step, fresh) = self.look(|session| {
            let pairs = session.goals().iter().zip(before).enumerate();
            let fresh = pairs.filter(|(_, (now, before))| reached(now) && !reached(before));
            (session.place(), fresh.map(|(place, _)| place).collect::<Vec<_>>())
        });
        let titles = |lab: &Lab| {
            let goals = lab.steps.get(step).map_or(&[][..], |step| &step.goals);
            fresh.iter().filter_map(|place| goals.get(*place)).map(|goal| goal.title.clone()).collect::<Vec<_>>()
        };
        self.written.with_value(|lab| {
            for goal in titles(lab) {
                embed::tell(&json!({ "type": "goal", "lab": lab.id, "step": step + 1, "goal": goal }));
            }
        });
        self.look(|session| titles(session.lab()))
    }

    /// The step has ended: what came of it is told and shown.
    fn tell_end(self) {
        self.state.playing.set(false);
        let words = self.look(|session| {
            let mut words = vec![tr!("The step's run has ended.").to_string()];
            match session.given(session.place()).and_then(|given| given.right) {
                Some(true) => words.push(tr!("Your prediction was right.").to_string()),
                Some(false) => words.push(tr!("Your prediction was wrong.").to_string()),
                None => {}
            }
            let goals = session.goals();
            let reached = goals.iter().filter(|goal| goal.standing == Standing::Reached).count();
            if !goals.is_empty() {
                words.push(tr!("Goals reached: {part} of {whole}.", part = reached, whole = goals.len()));
            }
            words.join(" ")
        });
        self.state.say(&words);
        focus("lab-outcome");
    }
}

/// The nearest speed that can be chosen: the transport shows those.
fn choosable(speed: f64) -> f64 {
    let apart = |known: &f64| (known.max(speed) / known.min(speed).max(f64::MIN_POSITIVE)).abs();
    SPEEDS.into_iter().min_by(|one, other| apart(one).total_cmp(&apart(other))).unwrap_or(1.0)
}

/// Gives the focus to an element of the player once it is there, and brings it into sight.
pub fn focus(id: &'static str) {
    request_animation_frame(move || {
        let element = document().get_element_by_id(id);
        if let Some(element) = element.and_then(|it| wasm_bindgen::JsCast::dyn_into::<web_sys::HtmlElement>(it).ok()) {
            let _ = element.focus();
            let options = web_sys::ScrollIntoViewOptions::new();
            options.set_block(web_sys::ScrollLogicalPosition::Nearest);
            element.scroll_into_view_with_scroll_into_view_options(&options);
        }
    });
}
