//! What a learner has come to in a lab, as courses count it.

use crate::lessons::labs::{Answer, Answers, Lab, Progress};

/// Descriptions are no longer than all standards take.
const DESCRIBED: usize = 250;

/// How a question is answered.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// The texts of the choices.
    Choice(Vec<String>),
    /// An answer is right within this share of the right one.
    Number { tolerance: f64 },
    /// Answers are names.
    Name,
}

/// A question that was answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Interaction {
    /// `step-1`: the same in every session.
    pub id: String,
    pub title: String,
    pub asked: String,
    pub kind: Kind,
    pub given: Response,
    /// What is right, once it is known.
    pub truth: Option<Response>,
    pub right: Option<bool>,
}

/// An answer, as standards write answers.
#[derive(Clone, Debug, PartialEq)]
pub enum Response {
    /// The place of a choice.
    Choice(u8),
    Number(f64),
    Name(String),
}

impl Response {
    /// A letter or digit for a choice, as SCORM 1.2 wants it; numbers and names as they are.
    pub fn text(&self) -> String {
        match self {
            Response::Choice(place) => letter(*place),
            Response::Number(number) => decimal(*number),
            Response::Name(name) => name.chars().take(DESCRIBED).collect(),
        }
    }
}

/// `a` to `z`, then `0` to `9`; labs have no more choices.
pub(super) fn letter(place: u8) -> String {
    let letter = match place {
        0..26 => b'a' + place,
        _ => b'0' + (place - 26) % 10,
    };
    char::from(letter).to_string()
}

/// At most seven digits after the point, without needless ones, and never `1e6`.
pub(super) fn decimal(number: f64) -> String {
    let text = format!("{number:.7}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text.is_empty() || text == "-0" { "0".to_string() } else { text.to_string() }
}

/// A goal, once its step was gone through.
#[derive(Clone, Debug, PartialEq)]
pub struct Goal {
    /// `step-3-goal-1`.
    pub id: String,
    pub title: String,
    /// `None`: not tried so far.
    pub reached: Option<bool>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Results {
    /// The lab's id and title.
    pub lab: String,
    pub title: String,
    /// The step that was reached last, from 1.
    pub step: usize,
    pub steps: usize,
    pub steps_done: usize,
    /// Goals reached and predictions right, of all there are: 0 to 1.
    pub score: f64,
    pub complete: bool,
    pub interactions: Vec<Interaction>,
    pub goals: Vec<Goal>,
}

impl Results {
    /// Of somebody who has come so far.
    pub fn of(lab: &Lab, progress: &Progress) -> Results {
        let nodes: Vec<String> =
            lab.diagram.document().map(|it| it.nodes.into_iter().map(|node| node.name).collect()).unwrap_or_default();
        let response = |answer: Answer| match answer {
            Answer::Choice(place) => Response::Choice(place),
            Answer::Number(number) => Response::Number(number),
            Answer::Node(node) => Response::Name(nodes.get(usize::from(node)).cloned().unwrap_or_default()),
        };
        let interactions = lab.steps.iter().enumerate().filter_map(|(place, step)| {
            let (question, given) = (step.question.as_ref()?, progress.given(place)?);
            Some(Interaction {
                id: format!("step-{}", place + 1),
                title: plain(&step.title),
                asked: plain(&question.ask),
                kind: match &question.answer {
                    Answers::Choice(choices) => Kind::Choice(choices.iter().map(|it| plain(&it.text)).collect()),
                    Answers::Number { tolerance, .. } => Kind::Number { tolerance: *tolerance },
                    Answers::Node { .. } => Kind::Name,
                },
                given: response(given.answer),
                truth: given.truth.map(response),
                right: given.right,
            })
        });
        let goals = lab.steps.iter().enumerate().flat_map(|(place, step)| {
            step.goals.iter().enumerate().map(move |(goal, it)| Goal {
                id: format!("step-{}-goal-{}", place + 1, goal + 1),
                title: plain(&it.title),
                reached: progress.is_done(place).then(|| progress.reached(place, goal)),
            })
        });
        let score = progress.score(lab);
        Results {
            lab: lab.id.clone(),
            title: lab.title.clone(),
            step: progress.place() + 1,
            steps: score.steps,
            steps_done: score.steps_done,
            score: score.share(),
            complete: score.is_complete(),
            interactions: interactions.collect(),
            goals: goals.collect(),
        }
    }

    /// Whether it counts as passed, where so much of the score is wanted (0 to 1); `None` before the end.
    pub fn passed(&self, mastery: f64) -> Option<bool> {
        // A share such as 3 of 4 is not to fail by a rounding.
        self.complete.then_some(self.score + 1e-9 >= mastery)
    }
}

/// A text of a lab in one line, without Markdown's marks, no longer than all standards take.
pub(super) fn plain(markdown: &str) -> String {
    let text: String = markdown.chars().filter(|letter| !['*', '`'].contains(letter)).collect();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(DESCRIBED) {
        None => text,
        Some((end, _)) => text[..end].to_string(),
    }
}
