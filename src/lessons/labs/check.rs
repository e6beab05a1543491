//! Whether what a lab says fits its diagram: every name, setting, condition and quantity, step by step, with the diagram as
//! the steps' own solutions have changed it by then.

use super::act::{Act, apply_edits};
use super::lab::{Answers, Lab, Right, Run, Step};
use super::names::{find, find_node, find_setting};
use super::permit::{act_words, split_fault};
use super::read::within;
use super::template::measures;
use crate::diagram::reader::Problems;
use crate::diagram::{Document, Problem, check as check_document};
use crate::lessons::glossary;
use crate::simulation::breakpoints::{Condition, Expression, ExpressionFault, Quantity};
use crate::simulation::metrics::Unit;

/// Every problem of a lab, each with its path. None: it can be played.
pub fn check(lab: &Lab) -> Vec<Problem> {
    let mut problems = Problems::default();
    let Some(mut document) = lab.diagram.document() else {
        problems.say("diagram", tr!("The guide has no such diagram."), tr!("`eventyard guide` lists them."));
        return problems.into_list();
    };
    // What is prepared has to be right as a whole only.
    for (place, act) in lab.prepare.iter().enumerate() {
        let path = format!("prepare[{place}]");
        match names_of(act, &document) {
            Err(message) => problems.say(path, message, ""),
            Ok(()) => {
                if let Err((_, inner)) = apply_edits(&mut document, std::slice::from_ref(act)) {
                    problems.extend(at(&path, inner));
                }
            }
        }
    }
    if let Err(inner) = check_document(&document) {
        problems.extend(within("diagram", inner));
        return problems.into_list();
    }
    for (place, step) in lab.steps.iter().enumerate() {
        Checker { document: &mut document, path: format!("steps[{place}]"), problems: &mut problems }.step(step);
    }
    problems.into_list()
}

/// Problems of what an act does, by the path of the act.
fn at(path: &str, problems: Vec<Problem>) -> Vec<Problem> {
    problems.into_iter().map(|problem| Problem { path: path.to_string(), ..problem }).collect()
}

/// Changes the document as the acts do, and complains of those that cannot be done.
fn apply(document: &mut Document, acts: &[Act], path: &str, problems: &mut Problems) {
    for (place, act) in acts.iter().enumerate() {
        let path = format!("{path}[{place}]");
        if let Err(message) = names_of(act, document) {
            problems.say(path, message, "");
            continue;
        }
        let before = document.clone();
        let changed = apply_edits(document, std::slice::from_ref(act)).map_err(|(_, inner)| inner);
        if let Err(inner) = changed.and_then(|()| check_document(document).map(drop)) {
            problems.extend(at(&path, inner));
            *document = before;
        }
    }
}

/// Whether there is what an act is done to.
fn names_of(act: &Act, document: &Document) -> Result<(), String> {
    match act {
        Act::Set { setting, .. } => find_setting(document, setting).map(drop),
        Act::Fault { target, fault, .. } => {
            let id = find(document, target)?;
            let kind = match (document.node(id), document.edge(id)) {
                (Some(node), _) => crate::diagram::FaultTarget::Node(node.kind),
                (None, Some(edge)) => crate::diagram::FaultTarget::Edge(edge.kind),
                (None, None) => return Err(tr!("The account has no faults.").to_string()),
            };
            match fault.misfits("", kind).into_iter().next() {
                Some(problem) => Err(problem.message),
                None => Ok(()),
            }
        }
        Act::Heal { target } | Act::Remove { target } => find(document, target).map(drop),
        Act::Send { node, .. } | Act::Stop { node } | Act::Freeze { node } | Act::Start { node } => {
            find_node(document, node).map(drop)
        }
        Act::Purge { queue } | Act::Redrive { queue, .. } => find_node(document, queue).map(drop),
        Act::Add { .. } => Ok(()),
        Act::Connect { from, to, .. } => find_node(document, from).and(find_node(document, to)).map(drop),
    }
}

struct Checker<'a> {
    document: &'a mut Document,
    path: String,
    problems: &'a mut Problems,
}

impl Checker<'_> {
    fn say(&mut self, field: &str, message: impl Into<String>, hint: &str) {
        self.problems.say(format!("{}.{field}", self.path), message, hint);
    }

    fn fault(&mut self, field: &str, text: &str, fault: &ExpressionFault) {
        self.say(field, fault.words(text), "");
    }

    fn expression(&mut self, field: &str, text: &str) {
        if let Err(fault) = Expression::parse(text, self.document) {
            self.fault(field, text, &fault);
        }
    }

    fn quantity(&mut self, field: &str, text: &str) -> Option<Quantity> {
        let parsed = Quantity::parse(text, self.document);
        parsed.map_err(|fault| self.fault(field, text, &fault)).ok()
    }

    /// A text, what it measures once a run has ended, and where its links lead.
    fn text(&mut self, field: &str, text: &str, measured: bool) {
        for measure in measures(text).filter(|_| measured) {
            self.quantity(field, measure);
        }
        for term in glossary::links(text) {
            if glossary::find(term).is_none() {
                self.say(field, tr!("The glossary has no `{term}`.", term = term), "");
            }
        }
    }

    fn step(&mut self, step: &Step) {
        self.text("text", &step.text, false);
        for (place, hint) in step.hints.iter().enumerate() {
            self.text(&format!("hints[{place}]"), hint, false);
        }
        for (place, name) in step.highlight.iter().enumerate() {
            if let Err(message) = find(self.document, name) {
                self.say(&format!("highlight[{place}]"), message, tr!("Use the name of a node, or A -> B."));
            }
        }
        self.allow(step);
        if step.run.is_none() && !step.goals.is_empty() {
            self.say("goals", tr!("Goals are judged by a run, and this step has none."), tr!("Add a `run`."));
        }
        for (place, goal) in step.goals.iter().enumerate() {
            let path = format!("{}.goals[{place}].wrong", self.path);
            apply(&mut self.document.clone(), &goal.wrong, &path, self.problems);
        }
        let path = format!("{}.solution", self.path);
        apply(self.document, &step.solution, &path, self.problems);
        if let Some(run) = &step.run {
            self.run(run);
        }
        // By now the diagram is as it is while the step's run goes.
        let measured = step.run.is_some();
        self.text("reveal", &step.reveal, measured);
        for (place, goal) in step.goals.iter().enumerate() {
            self.expression(&format!("goals[{place}].holds"), &goal.holds);
        }
        self.question(step, measured);
    }

    fn run(&mut self, run: &Run) {
        let path = format!("{}.run.do", self.path);
        apply(self.document, &run.acts, &path, self.problems);
        if !run.until.is_empty()
            && let Err(fault) = Condition::parse(&run.until, self.document)
        {
            self.fault("run.until", &run.until, &fault);
        }
    }

    fn question(&mut self, step: &Step, measured: bool) {
        let Some(question) = &step.question else { return };
        self.text("question.ask", &question.ask, false);
        self.text("question.after", &question.after, measured);
        let needs_run = tr!("The answer is measured by a run, and this step has none.");
        match &question.answer {
            Answers::Choice(choices) => {
                let fixed = choices.iter().filter(|choice| choice.right == Right::Always(true)).count();
                let measures = choices.iter().any(|choice| matches!(choice.right, Right::If(_)));
                if choices.len() < 2 {
                    self.say("question.choice", tr!("There is nothing to choose from."), tr!("Give at least two."));
                }
                if fixed != usize::from(!measures) {
                    let hint = tr!("Mark one with `\"right\": true`, or give conditions with `if`.");
                    self.say("question.choice", tr!("Exactly one of these is right."), hint);
                }
                if measures && !measured {
                    self.say("question.choice", needs_run, "");
                }
                for (place, choice) in choices.iter().enumerate() {
                    self.text(&format!("question.choice[{place}].text"), &choice.text, false);
                    if let Right::If(condition) = &choice.right {
                        self.expression(&format!("question.choice[{place}].if"), condition);
                    }
                }
            }
            Answers::Number { measure, unit, .. } => {
                let Some(quantity) = self.quantity("question.number.is", measure) else { return };
                if !measured && measure.parse::<f64>().is_err() {
                    self.say("question.number.is", needs_run, "");
                }
                if quantity.unit() == Unit::Span && !["ms", "s", "min"].contains(&unit.as_str()) {
                    self.say("question.number.unit", tr!("This is a span of time."), tr!("Use ms, s or min."));
                }
            }
            Answers::Node { node, holds } => {
                if let Err(message) = find_node(self.document, node) {
                    self.say("question.node.is", message, "");
                }
                if !holds.is_empty() {
                    self.expression("question.node.if", holds);
                    if !measured {
                        self.say("question.node.if", needs_run, "");
                    }
                }
            }
        }
    }

    fn allow(&mut self, step: &Step) {
        for (place, setting) in step.allow.settings.iter().enumerate() {
            if let Err(message) = find_setting(self.document, setting) {
                self.say(&format!("allow.settings[{place}]"), message, tr!("Write Node.Setting or A -> B.Setting."));
            }
        }
        for (place, fault) in step.allow.faults.iter().enumerate() {
            let known = split_fault(fault).and_then(|(target, _)| find(self.document, target));
            if let Err(message) = known {
                self.say(
                    &format!("allow.faults[{place}]"),
                    message,
                    tr!("Write Node.outage, or another kind of fault."),
                );
            }
        }
        for (place, act) in step.allow.acts.iter().enumerate() {
            let known = act_words(act).and_then(|(_, name)| find_node(self.document, name).map(drop));
            if let Err(message) = known {
                let hint = tr!("Write send, run, purge or redrive and the name of a node.");
                self.say(&format!("allow.acts[{place}]"), message, hint);
            }
        }
    }
}
