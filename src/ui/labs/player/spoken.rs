//! A lab that comes with the app, in the language of the person. Only what people read is: names, conditions and ids stay.

use crate::language::translation_of;
use crate::lessons::labs::{Answers, Lab, Question, Step};

fn say(text: &mut String) {
    *text = translation_of(text).into_owned();
}

pub fn spoken(lab: &Lab) -> Lab {
    let mut lab = lab.clone();
    [&mut lab.title, &mut lab.summary, &mut lab.teaches].into_iter().for_each(say);
    lab.steps.iter_mut().for_each(say_step);
    lab
}

fn say_step(step: &mut Step) {
    [&mut step.title, &mut step.text, &mut step.reveal].into_iter().for_each(say);
    step.question.iter_mut().for_each(say_question);
    step.goals.iter_mut().for_each(|goal| say(&mut goal.title));
    step.hints.iter_mut().for_each(say);
}

fn say_question(question: &mut Question) {
    [&mut question.ask, &mut question.after].into_iter().for_each(say);
    match &mut question.answer {
        Answers::Choice(choices) => choices.iter_mut().for_each(|choice| say(&mut choice.text)),
        // These are symbols, by which answers are counted.
        Answers::Number { unit, .. } if ["", "ms", "s", "min", "%", "$"].contains(&unit.as_str()) => {}
        Answers::Number { unit, .. } => say(unit),
        Answers::Node { .. } => {}
    }
}
