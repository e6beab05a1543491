//! A learner's way through a lab: a state machine over somebody else's simulation.
//!
//! The app keeps the simulation and its past; the session says what may be done, when a run begins and ends, and how the
//! goals stand. This is all there is to it:
//!
//! 1. Entering a step: [`Session::go_to`], and the simulation of [`super::stage`] unless the present one is the same
//!    ([`super::same_moment`]): each step begins in the lab's own state.
//! 2. [`Phase::Asking`]: show the question; [`Session::answer`]. Time must not pass ([`Session::may_pass`]).
//! 3. [`Phase::Ready`]: people change what [`Session::permits`] allows, and start the run. Then, if
//!    [`Session::begins_anew`], put [`Session::beginning`] (a new simulation) in the old one's place; carry out
//!    [`Session::acts`], one after the other ([`Act::command`]); and call [`Session::begin`], which sets the breakpoints.
//! 4. [`Phase::Running`]: let time pass, up to breakpoints, and call [`Session::look`] at each tick. [`Session::goals`] says
//!    how they stand. When the session's own breakpoint stopped the run, the phase is [`Phase::Ended`].
//! 5. [`Phase::Ended`]: [`Session::after`] and [`Session::reveal`] have texts with what was measured. Missed goals:
//!    [`Session::again`]. On: `go_to(place + 1)`.

use super::act::Act;
use super::lab::{Answers, Judged, Lab, Question, Right, Step};
use super::progress::{Answer, Given, Progress, Score};
use super::read::within;
use super::template::{Measures, fill_in};
use crate::diagram::{Document, Problem};
use crate::kernel::Time;
use crate::simulation::breakpoints::{Condition, Expression, ExpressionFault, Measured, Quantity, Scene, Since};
use crate::simulation::metrics::Unit;
use crate::simulation::past::Past;
use crate::simulation::{Command, Simulation};
use std::rc::Rc;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// The question has to be answered first.
    Asking,
    /// The run can begin.
    Ready,
    /// The run goes.
    Running,
    /// Everything of the step has been seen.
    Ended,
}

/// How a goal stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It does not hold so far.
    NotYet,
    /// It holds so far; what counts is the end.
    Holds,
    Reached,
    /// The run has ended, and it did not hold.
    Missed,
}

impl Standing {
    pub fn words(self) -> &'static str {
        match self {
            Standing::NotYet => tr!("not yet"),
            Standing::Holds => tr!("holds so far"),
            Standing::Reached => tr!("reached"),
            Standing::Missed => tr!("missed"),
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct GoalState {
    pub standing: Standing,
    /// What was measured, in words: `missing is 0; p99 of Front end is 412 ms`. Empty before the run.
    pub words: String,
}

/// What a look at a run has shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// The run has just ended.
    pub ended: bool,
    /// A goal stands otherwise than before, or its words are others.
    pub changed: bool,
}

/// What the run of a step has come to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// Whether it was paused by its condition, and not only because its time was over.
    pub came: bool,
    /// What the step's texts measure, as written there and in words.
    pub measured: Vec<(String, String)>,
    /// What is wrong with the question, where there is not just one right answer; for authors.
    pub doubt: Option<String>,
}

/// A run that goes.
#[derive(Clone)]
struct Running {
    goals: Vec<(Expression, Option<Since>)>,
    measures: Measures,
    truth: Truth,
    /// The breakpoints' ids; the first one is that of the run's condition, where it has one.
    breakpoints: Vec<u32>,
    has_condition: bool,
}

/// How the right answer is found.
#[derive(Clone)]
enum Truth {
    Nothing,
    Choice(Vec<Option<(Expression, Since)>>),
    Number(Quantity, Since),
    /// A fixed answer, if this holds.
    Provided(Expression, Since),
}

#[derive(Clone)]
pub struct Session {
    lab: Rc<Lab>,
    place: usize,
    phase: Phase,
    goals: Vec<GoalState>,
    running: Option<Running>,
    /// Of each step that was gone through in this session.
    outcomes: Vec<Option<Outcome>>,
    /// The names of the diagram's nodes, in its order: answers are kept by place.
    nodes: Vec<String>,
    progress: Progress,
}

impl Session {
    /// At the first step.
    pub fn new(lab: Rc<Lab>) -> Session {
        let progress = Progress::new(&lab);
        Session::resume(lab, progress)
    }

    /// At the step that was reached last. What does not fit the lab, because it has been changed meanwhile, is forgotten.
    pub fn resume(lab: Rc<Lab>, progress: Progress) -> Session {
        let progress = progress.fitted(&lab);
        let nodes = lab.diagram.document().unwrap_or_else(|| Document::new("")).nodes;
        let mut session = Session {
            place: 0,
            phase: Phase::Ready,
            goals: Vec::new(),
            running: None,
            outcomes: vec![None; lab.steps.len()],
            nodes: nodes.into_iter().map(|node| node.name).collect(),
            progress,
            lab,
        };
        session.go_to(session.progress.place());
        session
    }

    pub fn lab(&self) -> &Rc<Lab> {
        &self.lab
    }

    /// Which step it is at, from 0.
    pub fn place(&self) -> usize {
        self.place
    }

    pub fn step(&self) -> &Step {
        // A lab has at least one step, and the place is always one of them.
        &self.lab.steps[self.place]
    }

    pub fn phase(&self) -> Phase {
        self.phase
    }

    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    pub fn score(&self) -> Score {
        self.progress.score(&self.lab)
    }

    /// Goes to a step, which begins from its own beginning; beyond the last one, to the last.
    pub fn go_to(&mut self, place: usize) {
        self.place = place.min(self.lab.steps.len().saturating_sub(1));
        self.progress.arrive(self.place);
        self.running = None;
        self.phase = match (&self.step().question, &self.step().run) {
            (Some(_), _) if self.progress.given(self.place).is_none() => Phase::Asking,
            (_, Some(_)) => Phase::Ready,
            (_, None) => Phase::Ended,
        };
        self.forget_goals();
        if self.phase == Phase::Ended {
            self.progress.finish(self.place);
        }
    }

    /// Takes the breakpoints of a run away that was left before it ended. To be called before [`Session::go_to`] if one
    /// goes.
    pub fn leave(&mut self, past: &mut Past) {
        if let Some(running) = self.running.take() {
            running.breakpoints.iter().for_each(|id| past.breakpoints.remove(*id));
        }
        if self.phase == Phase::Running {
            self.phase = Phase::Ready;
        }
    }

    fn forget_goals(&mut self) {
        let state = GoalState { standing: Standing::NotYet, words: String::new() };
        self.goals = vec![state; self.step().goals.len()];
    }

    /// Whether time may pass now. In [`Phase::Ready`] playing means beginning the run.
    pub fn may_pass(&self) -> bool {
        matches!(self.phase, Phase::Running | Phase::Ended)
    }

    /// Whether a command may be given in this step, or why not, for people.
    pub fn permits(&self, document: &Document, command: &Command) -> Result<(), String> {
        self.step().allow.permits(document, command)
    }

    /// A node as an answer, by its name.
    pub fn node_answer(&self, name: &str) -> Option<Answer> {
        let place = self.nodes.iter().position(|known| known == name)?;
        u16::try_from(place).ok().map(Answer::Node)
    }

    /// Answers the step's question. The first answer counts; refused is what is no answer to it.
    pub fn answer(&mut self, answer: Answer) -> Result<(), &'static str> {
        let Some(question) = &self.step().question else { return Err(tr!("Nothing is asked here.")) };
        if self.phase != Phase::Asking {
            return Err(tr!("This was answered already."));
        }
        match (&question.answer, answer) {
            (Answers::Choice(choices), Answer::Choice(place)) if usize::from(place) < choices.len() => {}
            (Answers::Number { .. }, Answer::Number(number)) if number.is_finite() => {}
            (Answers::Node { .. }, Answer::Node(place)) if usize::from(place) < self.nodes.len() => {}
            _ => return Err(tr!("This is no answer to the question.")),
        }
        self.progress.answer(self.place, answer);
        match self.step().run {
            Some(_) => self.phase = Phase::Ready,
            None => {
                if let Some(truth) = self.fixed_truth() {
                    self.settle_answer(truth);
                }
                self.end();
            }
        }
        Ok(())
    }

    /// What was answered in a step, and whether it was right, as far as that is known.
    pub fn given(&self, place: usize) -> Option<&Given> {
        self.progress.given(place)
    }

    /// An answer to a step's question in words.
    pub fn words(&self, place: usize, answer: Answer) -> String {
        let question = self.lab.steps.get(place).and_then(|step| step.question.as_ref());
        match (answer, question.map(|question| &question.answer)) {
            (Answer::Choice(choice), Some(Answers::Choice(choices))) => {
                choices.get(usize::from(choice)).map(|it| it.text.clone()).unwrap_or_default()
            }
            (Answer::Number(number), Some(Answers::Number { unit, .. })) => {
                let number = Unit::Count.words(number);
                match unit.as_str() {
                    "" => number,
                    "$" => format!("${number}"),
                    unit => format!("{number} {unit}"),
                }
            }
            (Answer::Node(node), _) => self.nodes.get(usize::from(node)).cloned().unwrap_or_default(),
            _ => String::new(),
        }
    }

    /// The right answer where no run has to be measured for it.
    fn fixed_truth(&self) -> Option<Answer> {
        match &self.step().question.as_ref()?.answer {
            Answers::Choice(choices) => {
                let place = choices.iter().position(|choice| choice.right == Right::Always(true))?;
                Some(Answer::Choice(place as u8))
            }
            Answers::Number { measure, .. } => measure.parse().ok().map(Answer::Number),
            Answers::Node { node, .. } => self.node_answer(node),
        }
    }

    fn settle_answer(&mut self, truth: Answer) {
        let Some(Question { answer, .. }) = &self.step().question else { return };
        let tolerance = if let Answers::Number { tolerance, .. } = answer { *tolerance } else { 0.0 };
        self.progress.settle(self.place, truth, tolerance);
    }

    /// The hints shown so far.
    pub fn hints(&self) -> &[String] {
        &self.step().hints[..self.progress.hints(self.place).min(self.step().hints.len())]
    }

    /// Shows one hint more. False where there is none.
    pub fn show_hint(&mut self) -> bool {
        let more = self.hints().len() < self.step().hints.len();
        if more {
            self.progress.take_hint(self.place);
        }
        more
    }

    /// Whether the step's run needs a new simulation: [`Session::beginning`].
    pub fn begins_anew(&self) -> bool {
        self.step().run.as_ref().is_some_and(|run| run.anew)
    }

    /// The simulation with which a run begins anew: the diagram as it has become, without what earlier runs had scheduled,
    /// with a ledger.
    pub fn beginning(&self, simulation: &Simulation) -> Result<Simulation, Vec<Problem>> {
        let mut document = simulation.document().clone();
        document.faults = simulation.beginning().faults.clone();
        let mut simulation = Simulation::new(&document, self.lab.seed)?;
        simulation.keep_ledger();
        Ok(simulation)
    }

    /// What the lab does when the step's run begins, before [`Session::begin`].
    pub fn acts(&self) -> &[Act] {
        self.step().run.as_ref().map_or(&[], |run| &run.acts)
    }

    /// Begins the step's run at the present moment, and sets the breakpoints at which it ends.
    pub fn begin(&mut self, past: &mut Past, simulation: &Simulation) -> Result<(), Vec<Problem>> {
        let lab = self.lab.clone();
        let Some((step, run)) = lab.steps.get(self.place).and_then(|step| Some((step, step.run.as_ref()?))) else {
            return Err(vec![Problem::new("", tr!("This step has no run."))]);
        };
        if self.phase == Phase::Asking {
            return Err(vec![Problem::new("", tr!("Answer the question first."))]);
        }
        self.leave(past);
        let (document, path) = (simulation.document(), format!("steps[{}]", self.place));
        let wrong = |field: String| {
            let path = path.clone();
            move |fault: ExpressionFault| within(&path, vec![Problem::new(field, fault.message)])
        };
        let mut conditions = Vec::new();
        let mut goals = Vec::new();
        let scene = Scene::new(simulation, past.metrics());
        for (place, goal) in step.goals.iter().enumerate() {
            let expression =
                Expression::parse(&goal.holds, document).map_err(wrong(format!("goals[{place}].holds")))?;
            let since = (!goal.from_start).then(|| expression.since(&scene));
            goals.push((expression, since));
        }
        if !run.until.is_empty() {
            conditions.push(Condition::parse(&run.until, document).map_err(wrong("run.until".to_string()))?);
        } else if !step.goals.is_empty() && step.goals.iter().all(|goal| goal.judged == Judged::Once) {
            conditions.push(Condition::AllHold(goals.clone()));
        }
        let has_condition = !conditions.is_empty();
        conditions.push(Condition::Reached(Time(simulation.now().0.saturating_add(run.limit))));
        let truth = truth(step, document, &scene).map_err(wrong("question".to_string()))?;
        let after = step.question.as_ref().map(|question| question.after.as_str());
        let mut measures = Measures::of(after.into_iter().chain([step.reveal.as_str()]), document);
        measures.begin(&scene);
        let breakpoints = conditions.into_iter().map(|condition| past.breakpoints.add(condition)).collect();
        self.running = Some(Running { goals, measures, truth, breakpoints, has_condition });
        self.phase = Phase::Running;
        self.forget_goals();
        Ok(())
    }

    /// Looks at the run: how the goals stand, and whether it has ended. Cheap enough for every tick.
    pub fn look(&mut self, past: &mut Past, simulation: &Simulation) -> Look {
        let Some(running) = self.running.take() else { return Look::default() };
        let stopped = past.stopped().map(|stop| stop.breakpoint).filter(|id| running.breakpoints.contains(id));
        let ended = stopped.is_some();
        let scene = Scene::new(simulation, past.metrics());
        let lab = self.lab.clone();
        let mut changed = false;
        for (place, (expression, since)) in running.goals.iter().enumerate() {
            let (Some(state), Some(goal)) = (self.goals.get_mut(place), lab.steps[self.place].goals.get(place)) else {
                continue;
            };
            if state.standing == Standing::Reached {
                continue;
            }
            let holds = expression.holds_since(&scene, since.as_ref());
            let standing = match (holds, goal.judged) {
                (true, Judged::Once) => Standing::Reached,
                (true, Judged::End) if ended => Standing::Reached,
                (true, Judged::End) => Standing::Holds,
                (false, _) if ended => Standing::Missed,
                (false, _) => Standing::NotYet,
            };
            let mut words: Vec<String> = Vec::new();
            for word in expression.measured(&scene, since.as_ref()).iter().map(Measured::words) {
                if !words.contains(&word) {
                    words.push(word);
                }
            }
            let words = words.join("; ");
            let state_now = GoalState { standing, words };
            changed |= *state != state_now;
            *state = state_now;
        }
        if !ended {
            self.running = Some(running);
            return Look { ended: false, changed };
        }
        let (truth, doubt) = self.find_truth(&running.truth, &scene);
        let came = running.has_condition && stopped == running.breakpoints.first().copied();
        let measured = running.measures.take(&scene);
        self.outcomes[self.place] = Some(Outcome { came, measured, doubt });
        running.breakpoints.iter().for_each(|id| past.breakpoints.remove(*id));
        if let Some(truth) = truth {
            self.settle_answer(truth);
        }
        self.end();
        Look { ended: true, changed: true }
    }

    /// The right answer, and what is doubtful about it.
    fn find_truth(&self, truth: &Truth, scene: &Scene<'_>) -> (Option<Answer>, Option<String>) {
        let holds = |expression: &Expression, since: &Since| expression.holds_since(scene, Some(since));
        match truth {
            Truth::Nothing => (self.fixed_truth(), None),
            Truth::Choice(choices) => {
                let hold = |it: &Option<(Expression, Since)>| it.as_ref().is_some_and(|(it, since)| holds(it, since));
                let right: Vec<usize> = (0..choices.len()).filter(|place| hold(&choices[*place])).collect();
                let doubt = (right.len() != 1).then(|| tr!("{} of the choices are right", right.len()));
                (right.first().map(|place| Answer::Choice(*place as u8)), doubt)
            }
            Truth::Number(quantity, since) => match quantity.value(scene, Some(since)) {
                Some(value) => (Some(Answer::Number(in_unit(self.step(), quantity.unit(), value))), None),
                None => (None, Some(tr!("nothing was measured").to_string())),
            },
            Truth::Provided(expression, since) => {
                let doubt = (!holds(expression, since)).then(|| tr!("`{}` does not hold", expression.text()));
                (self.fixed_truth(), doubt)
            }
        }
    }

    fn end(&mut self) {
        self.phase = Phase::Ended;
        let reached = self.goals.iter().map(|goal| goal.standing == Standing::Reached);
        self.progress.judge(self.place, reached);
        self.progress.finish(self.place);
    }

    /// How the step's goals stand, in their order.
    pub fn goals(&self) -> &[GoalState] {
        &self.goals
    }

    /// Whether the step's run has ended and a goal was missed.
    pub fn missed(&self) -> bool {
        self.goals.iter().any(|goal| goal.standing == Standing::Missed)
    }

    /// Makes ready for another attempt at the step's run. Gives whether it has to begin from the step's own state
    /// ([`super::stage`]); otherwise it begins anew, with what people have changed.
    pub fn again(&mut self) -> bool {
        if self.step().run.is_some() && self.phase != Phase::Asking {
            self.phase = Phase::Ready;
            self.running = None;
            self.forget_goals();
        }
        !self.begins_anew()
    }

    /// What the step's run has come to, if it has ended in this session.
    pub fn outcome(&self, place: usize) -> Option<&Outcome> {
        self.outcomes.get(place)?.as_ref()
    }

    /// What to see in it, once the step has ended; Markdown.
    pub fn reveal(&self) -> String {
        self.filled(&self.step().reveal)
    }

    /// What to say to the right answer, once it is known; Markdown.
    pub fn after(&self) -> String {
        self.step().question.as_ref().map(|question| self.filled(&question.after)).unwrap_or_default()
    }

    fn filled(&self, text: &str) -> String {
        fill_in(text, self.outcome(self.place).map_or(&[], |outcome| &outcome.measured))
    }

    /// What was predicted and found, step by step.
    pub fn summary(&self) -> Vec<StepSummary> {
        let of = |(place, step): (usize, &Step)| {
            let given = self.progress.given(place);
            let words = |answer: Option<Answer>| answer.map(|answer| self.words(place, answer));
            StepSummary {
                title: step.title.clone(),
                asked: step.question.as_ref().map(|question| question.ask.clone()),
                predicted: words(given.map(|given| given.answer)),
                found: words(given.and_then(|given| given.truth)),
                right: given.and_then(|given| given.right),
                goals: step
                    .goals
                    .iter()
                    .enumerate()
                    .map(|(goal, it)| (it.title.clone(), self.progress.reached(place, goal)))
                    .collect(),
                hints: self.progress.hints(place),
                done: self.progress.is_done(place),
            }
        };
        self.lab.steps.iter().enumerate().map(of).collect()
    }
}

/// What came of a step.
#[derive(Clone, Debug, PartialEq)]
pub struct StepSummary {
    pub title: String,
    pub asked: Option<String>,
    pub predicted: Option<String>,
    /// The right answer.
    pub found: Option<String>,
    pub right: Option<bool>,
    /// Each goal's title, and whether it was reached.
    pub goals: Vec<(String, bool)>,
    /// How many were shown.
    pub hints: usize,
    pub done: bool,
}

fn truth(step: &Step, document: &Document, scene: &Scene<'_>) -> Result<Truth, ExpressionFault> {
    Ok(match step.question.as_ref().map(|question| &question.answer) {
        Some(Answers::Choice(choices)) if choices.iter().any(|it| matches!(it.right, Right::If(_))) => {
            let read = |right: &Right| match right {
                Right::Always(_) => Ok(None),
                Right::If(condition) => {
                    let expression = Expression::parse(condition, document)?;
                    let since = expression.since(scene);
                    Ok(Some((expression, since)))
                }
            };
            Truth::Choice(choices.iter().map(|choice| read(&choice.right)).collect::<Result<_, _>>()?)
        }
        Some(Answers::Number { measure, .. }) => {
            let quantity = Quantity::parse(measure, document)?;
            let since = quantity.since(scene);
            Truth::Number(quantity, since)
        }
        Some(Answers::Node { holds, .. }) if !holds.is_empty() => {
            let expression = Expression::parse(holds, document)?;
            let since = expression.since(scene);
            Truth::Provided(expression, since)
        }
        _ => Truth::Nothing,
    })
}

/// A measured value in the unit in which the answer is typed.
fn in_unit(step: &Step, unit: Unit, value: f64) -> f64 {
    let typed = match step.question.as_ref().map(|question| &question.answer) {
        Some(Answers::Number { unit, .. }) => unit.as_str(),
        _ => "",
    };
    match (unit, typed) {
        (Unit::Span, "ms") => value / 1e3,
        (Unit::Span, "s") => value / 1e6,
        (Unit::Span, "min") => value / 60e6,
        _ => value,
    }
}
