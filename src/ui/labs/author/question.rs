//! The form of a prediction: what is asked, and what makes an answer right.

use super::conditions::{Wanted, condition};
use super::draft::Draft;
use super::fields::{Bound, prose, select, text};
use crate::diagram::Document;
use crate::language::translated;
use crate::lessons::labs::{Answers, Choice, MAXIMUM_ITEMS, Question, Right};
use crate::ui::format::parse_number;
use crate::ui::reactive::{live_flag, live_part};
use leptos::prelude::*;

const KINDS: [(&str, &str); 4] = [
    ("none", phrase!("No question")),
    ("choice", phrase!("Choose one")),
    ("number", phrase!("A number")),
    ("node", phrase!("Which node?")),
];

fn kind(question: Option<&Question>) -> &'static str {
    match question.map(|question| &question.answer) {
        None => "none",
        Some(Answers::Choice(_)) => "choice",
        Some(Answers::Number { .. }) => "number",
        Some(Answers::Node { .. }) => "node",
    }
}

fn fresh(kind: &str, document: &Document) -> Option<Answers> {
    let choice = |text: &str, right| Choice { text: text.to_string(), right: Right::Always(right) };
    Some(match kind {
        "choice" => Answers::Choice(vec![choice("Yes", true), choice("No", false)]),
        "number" => Answers::Number { measure: "duplicates".to_string(), unit: String::new(), tolerance: 0.1 },
        "node" => Answers::Node {
            node: document.nodes.first().map(|node| node.name.clone()).unwrap_or_default(),
            holds: String::new(),
        },
        _ => return None,
    })
}

pub fn view(draft: Draft, document: Signal<Document>) -> AnyView {
    let now = Memo::new(move |_| draft.of_step(|step| kind(step.question.as_ref())));
    let change = move |wanted: String| {
        let answer = document.with_untracked(|document| fresh(&wanted, document));
        draft.edit_step("", |step| {
            step.question = answer.map(|answer| match step.question.take() {
                Some(before) => Question { answer, ..before },
                None => Question { ask: "What will happen?".to_string(), answer, after: String::new() },
            });
        });
    };
    let kinds = || KINDS.iter().map(|(value, name)| (value.to_string(), translated(name).to_string())).collect();
    let bound = move |place: &'static str, read: fn(&Question) -> String, write: fn(&mut Question, String)| {
        Bound::new(
            move || draft.of_step(|step| step.question.as_ref().map(read).unwrap_or_default()),
            move |text| draft.edit_step(place, |step| step.question.iter_mut().for_each(|it| write(it, text.clone()))),
        )
    };
    let none = live_flag(move || now.get() == "none");
    let answers = live_part(move || match now.get() {
        "choice" => choices(draft, document),
        "number" => number(draft, document),
        "node" => node(draft, document),
        _ => ().into_any(),
    });
    view! {
        {select(tr!("Kind"), "author-question-kind", kinds, Bound::new(move || now.get().to_string(), change))}
        <div class="lab-section-body" class:hidden=none>
            {prose(tr!("What is asked"), "author-ask", "2", bound("ask", |it| it.ask.clone(), |it, text| it.ask = text))}
            {answers}
            {prose(tr!("What to say once the answer is known"), "author-after", "2", bound("after", |it| it.after.clone(), |it, text| it.after = text))}
        </div>
    }
    .into_any()
}

fn edit_answer(draft: Draft, place: &str, change: impl FnOnce(&mut Answers)) {
    draft.edit_step(place, |step| {
        if let Some(question) = &mut step.question {
            change(&mut question.answer);
        }
    });
}

fn of_answer<T: Default>(draft: Draft, look: impl FnOnce(&Answers) -> Option<T>) -> T {
    draft.of_step(|step| step.question.as_ref().and_then(|question| look(&question.answer))).unwrap_or_default()
}

fn choices(draft: Draft, document: Signal<Document>) -> AnyView {
    let list = |answers: &Answers| if let Answers::Choice(list) = answers { Some(list.clone()) } else { None };
    let count = Memo::new(move |_| of_answer(draft, |it| list(it)).len());
    let edit = move |place: &str, change: &dyn Fn(&mut Vec<Choice>)| {
        edit_answer(draft, place, |answers| {
            if let Answers::Choice(list) = answers {
                change(list);
            }
        });
    };
    let one = move |place: usize| {
        let of =
            move |read: fn(&Choice) -> String| of_answer(draft, |it| list(it)).get(place).map(read).unwrap_or_default();
        let words = Bound::new(
            move || of(|choice| choice.text.clone()),
            move |text| {
                edit(&format!("choice {place}"), &|list| {
                    list.iter_mut().skip(place).take(1).for_each(|it| it.text.clone_from(&text))
                })
            },
        );
        let right = Bound::new(
            move || {
                of(|choice| {
                    match &choice.right {
                        Right::Always(true) => "right",
                        Right::Always(false) => "wrong",
                        Right::If(_) => "if",
                    }
                    .to_string()
                })
            },
            move |wanted| {
                edit("", &|list| {
                    for (other, choice) in list.iter_mut().enumerate() {
                        match (wanted.as_str(), other == place) {
                            ("right", own) if own || choice.right == Right::Always(true) => {
                                choice.right = Right::Always(own)
                            }
                            ("wrong", true) => choice.right = Right::Always(false),
                            ("if", true) => choice.right = Right::If("missing = 0".to_string()),
                            _ => {}
                        }
                    }
                });
            },
        );
        let condition_of = Bound::new(
            move || of(|choice| if let Right::If(text) = &choice.right { text.clone() } else { String::new() }),
            move |text| {
                edit(&format!("choice {place} if"), &|list| {
                    list.iter_mut().skip(place).take(1).for_each(|it| it.right = Right::If(text.clone()));
                });
            },
        );
        let options = || {
            [
                ("wrong", tr!("answer" => "wrong")),
                ("right", tr!("answer" => "right")),
                ("if", tr!("right if the run shows it")),
            ]
            .map(|(value, name)| (value.to_string(), name.to_string()))
            .to_vec()
        };
        let conditional = live_flag(move || right.value.get() != "if");
        view! {
            <fieldset class="lab-box" data-testid="author-choice">
                <legend>{tr!("Answer {number}", number = place + 1)}</legend>
                {text(tr!("Text"), "author-choice-text", words)}
                {select(tr!("It is"), "author-choice-right", options, right)}
                <div class:hidden=conditional>{condition(tr!("If"), "author-choice-if", Wanted::Condition, document, condition_of)}</div>
                <div class="buttons">
                    <button type="button" on:click=move |_| edit("", &|list| drop(list.remove(place)))>{tr!("Remove this answer")}</button>
                </div>
            </fieldset>
        }
        .into_any()
    };
    view! {
        {live_part(move || (0..count.get()).map(one).collect_view())}
        <button
            type="button" data-testid="author-choice-add" disabled=live_flag(move || count.get() >= MAXIMUM_ITEMS)
            on:click=move |_| edit("", &|list| list.push(Choice { text: String::new(), right: Right::Always(false) }))
        >
            {tr!("Add an answer")}
        </button>
    }
    .into_any()
}

fn number(draft: Draft, document: Signal<Document>) -> AnyView {
    type Parts = (String, String, f64);
    let parts = |answers: &Answers| -> Option<Parts> {
        if let Answers::Number { measure, unit, tolerance } = answers {
            Some((measure.clone(), unit.clone(), *tolerance))
        } else {
            None
        }
    };
    let bound =
        move |place: &'static str, read: fn(Parts) -> String, write: fn(&mut String, &mut String, &mut f64, String)| {
            Bound::new(
                move || read(of_answer(draft, |it| parts(it))),
                move |text| {
                    edit_answer(draft, place, |answers| {
                        if let Answers::Number { measure, unit, tolerance } = answers {
                            write(measure, unit, tolerance, text);
                        }
                    });
                },
            )
        };
    view! {
        {condition(tr!("The right number is"), "author-number", Wanted::Quantity, document, bound("number", |it| it.0, |measure, _, _, text| *measure = text))}
        <div class="lab-build-figure">
            {text(tr!("Unit"), "author-number-unit", bound("unit", |it| it.1, |_, unit, _, text| *unit = text))}
            {text(tr!("Tolerance (%)"), "author-number-tolerance", bound("tolerance", |it| (it.2 * 100.0).to_string(), |_, _, tolerance, text| {
                if let Some(number) = parse_number(&text).filter(|number| (0.0..=100.0).contains(number)) {
                    *tolerance = number / 100.0;
                }
            }))}
        </div>
    }
    .into_any()
}

fn node(draft: Draft, document: Signal<Document>) -> AnyView {
    let bound = move |place: &'static str,
                      read: fn((String, String)) -> String,
                      write: fn(&mut String, &mut String, String)| {
        Bound::new(
            move || {
                read(of_answer(draft, |it| {
                    if let Answers::Node { node, holds } = it { Some((node.clone(), holds.clone())) } else { None }
                }))
            },
            move |text| {
                edit_answer(draft, place, |answers| {
                    if let Answers::Node { node, holds } = answers {
                        write(node, holds, text);
                    }
                });
            },
        )
    };
    let nodes = move || {
        document.with(|document| document.nodes.iter().map(|node| (node.name.clone(), node.name.clone())).collect())
    };
    view! {
        {select(tr!("The right node is"), "author-node", nodes, bound("node", |it| it.0, |node, _, text| *node = text))}
        {condition(tr!("Because (optional)"), "author-node-if", Wanted::Condition, document, bound("node if", |it| it.1, |_, holds, text| *holds = text))}
    }
    .into_any()
}
