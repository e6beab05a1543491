//! The forms of one step: its text, question, run, limits, goals, hints, solution and what to say in the end.

use super::conditions::{Wanted, condition};
use super::draft::Draft;
use super::fields::{Bound, add, check, chips, prose, section, text};
use super::question;
use super::record;
use super::recording::{Recorder, Target};
use crate::diagram::{Document, FAULT_KINDS, NodeKind, settings};
use crate::kernel::SECOND;
use crate::language::translated;
use crate::lessons::labs::{Act, Goal, Judged, MAXIMUM_ITEMS, Run, Step};
use crate::ui::format::{parse_number, with_code};
use crate::ui::labs::places::name_of;
use crate::ui::reactive::{live_flag, live_part, live_text};
use leptos::prelude::*;

/// A text of the step that is shown.
pub fn of_step(
    draft: Draft,
    place: &'static str,
    read: fn(&Step) -> String,
    write: impl Fn(&mut Step, String) + Copy + Send + Sync + 'static,
) -> Bound {
    Bound::new(move || draft.of_step(read), move |text| draft.edit_step(place, |step| write(step, text)))
}

/// How many there are, in words; `words` are for more than none.
fn count(draft: Draft, read: fn(&Step) -> usize, words: fn(usize) -> String) -> Signal<String> {
    live_text(move || match draft.of_step(read) {
        0 => tr!("none").to_string(),
        count => words(count),
    })
}

/// All forms of the step that is shown. They are built once; what they show follows the step.
pub fn view(draft: Draft, document: Signal<Document>, recorder: Recorder) -> AnyView {
    let question_note = live_text(move || {
        draft.of_step(|step| if step.question.is_some() { tr!("question" => "one") } else { tr!("question" => "none") })
    });
    let run_note = live_text(move || {
        draft.of_step(|step| if step.run.is_some() { tr!("run" => "one") } else { tr!("run" => "none") })
    });
    let may_note = live_text(move || {
        draft.of_step(|step| match &step.allow {
            allow if allow.anything => tr!("everything").to_string(),
            allow if allow.is_nothing() => tr!("nothing").to_string(),
            allow => {
                let count = allow.settings.len() + allow.faults.len() + allow.acts.len();
                tr!("{n} thing" | "{n} things" % count)
            }
        })
    });
    view! {
        <div class="lab-step-form" data-testid="author-step">
            {text(tr!("Title"), "author-step-title", of_step(draft, "title", |step| step.title.clone(), |step, text| step.title = text))}
            {prose(tr!("Text"), "author-step-text", "5", of_step(draft, "text", |step| step.text.clone(), |step, text| step.text = text))}
            {section(tr!("Points at"), "author-highlight", false, count(draft, |step| step.highlight.len(), |n| tr!("{n} place" | "{n} places" % n)), highlight(draft, document))}
            {section(tr!("Question"), "author-question", false, question_note, question::view(draft, document))}
            {section(tr!("May be changed"), "author-allow", false, may_note, allow(draft, document))}
            {section(tr!("noun" => "Run"), "author-run", false, run_note, run(draft, document, recorder))}
            {section(tr!("Goals"), "author-goals", false, count(draft, |step| step.goals.len(), |n| tr!("{n} goal" | "{n} goals" % n)), goals(draft, document, recorder))}
            {section(tr!("Hints"), "author-hints", false, count(draft, |step| step.hints.len(), |n| tr!("{n} hint" | "{n} hints" % n)), hints(draft))}
            {section(
                tr!("Solution"),
                "author-solution",
                false,
                count(draft, |step| step.solution.len(), |n| tr!("{n} thing done" | "{n} things done" % n)),
                solution(draft, recorder),
            )}
            {prose(
                tr!("What to say in the end"),
                "author-step-reveal",
                "4",
                of_step(draft, "reveal", |step| step.reveal.clone(), |step, text| step.reveal = text),
            )}
            <p class="quiet">
                {with_code(
                    tr!(
                        "Texts are Markdown. `[visibility timeout](glossary:visibility-timeout)` leads into the glossary; in what is said in the end, `{{p99 of Front end}}` stands for what was measured."
                    ),
                )}
            </p>
        </div>
    }
    .into_any()
}

/// Nodes and edges by the names that labs call them.
pub fn places(document: &Document) -> Vec<(String, String)> {
    let ids = document.nodes.iter().map(|node| node.id).chain(document.edges.iter().map(|edge| edge.id));
    ids.filter_map(|id| name_of(document, id)).map(|name| (name.clone(), name.replace("->", "→"))).collect()
}

fn highlight(draft: Draft, document: Signal<Document>) -> AnyView {
    let points = move |name: String| {
        draft.edit_step("", |step| {
            if !step.highlight.contains(&name) {
                step.highlight.push(name);
            }
        });
    };
    view! {
        {chips("author-highlighted", move || draft.of_step(|step| step.highlight.clone()), move |place| {
            draft.edit_step("", |step| drop(step.highlight.remove(place)));
        })}
        {add(tr!("Point at…"), "author-highlight-add", move || document.with(places), points)}
    }
    .into_any()
}

fn allow(draft: Draft, document: Signal<Document>) -> AnyView {
    let lists: [fn(&mut Step) -> &mut Vec<String>; 3] =
        [|step| &mut step.allow.settings, |step| &mut step.allow.faults, |step| &mut step.allow.acts];
    let more = move |list: usize, name: String| {
        draft.edit_step("", |step| {
            let list = lists[list](step);
            if !list.contains(&name) {
                list.push(name);
            }
        });
    };
    let remove = move |list: usize, place: usize| draft.edit_step("", |step| drop(lists[list](step).remove(place)));
    let as_solved = move |_| {
        draft.edit_step("", |step| {
            let mut allow = std::mem::take(&mut step.allow);
            step.solution.iter().for_each(|act| record::permit(&mut allow, act));
            step.allow = allow;
        });
    };
    let anything = live_flag(move || draft.of_step(|step| step.allow.anything));
    view! {
        {check(tr!("Everything, as in a diagram of one's own"), "author-allow-anything", move || draft.of_step(|step| step.allow.anything), move |on| {
            draft.edit_step("", |step| step.allow.anything = on);
        })}
        <div class="lab-section-body" class:hidden=anything>
            {chips("author-allowed", move || draft.of_step(|step| step.allow.settings.clone()), move |place| remove(0, place))}
            {add(tr!("A setting…"), "author-allow-setting", move || document.with(all_settings), move |name| more(0, name))}
            {chips("author-allowed", move || draft.of_step(|step| step.allow.faults.clone()), move |place| remove(1, place))}
            {add(tr!("A fault…"), "author-allow-fault", move || document.with(all_faults), move |name| more(1, name))}
            {chips("author-allowed", move || draft.of_step(|step| step.allow.acts.clone()), move |place| remove(2, place))}
            {add(tr!("An act…"), "author-allow-act", move || document.with(all_acts), move |name| more(2, name))}
            <button type="button" data-testid="author-allow-solution" on:click=as_solved>{tr!("Whatever the solution does")}</button>
        </div>
    }
    .into_any()
}

fn all_settings(document: &Document) -> Vec<(String, String)> {
    let ids = document.nodes.iter().map(|node| node.id).chain(document.edges.iter().map(|edge| edge.id));
    let of = |id| {
        let name = name_of(document, id).unwrap_or_default();
        settings::fields_of(document, id)
            .iter()
            .flat_map(|list| list.iter())
            .map(move |field| format!("{name}.{}", field.name))
            .collect::<Vec<_>>()
    };
    ids.flat_map(of).map(|name| (name.clone(), name.replace("->", "→"))).collect()
}

fn all_faults(document: &Document) -> Vec<(String, String)> {
    let nodes = document.nodes.iter().filter(|node| node.kind != NodeKind::Other);
    let of = |name: &String| {
        let name = name.clone();
        FAULT_KINDS
            .iter()
            .map(move |kind| (format!("{name}.{}", kind.name), format!("{name}: {}", translated(kind.label))))
            .collect::<Vec<_>>()
    };
    nodes.flat_map(|node| of(&node.name)).collect()
}

fn all_acts(document: &Document) -> Vec<(String, String)> {
    let mut list = Vec::new();
    for node in &document.nodes {
        let name = &node.name;
        if matches!(
            node.kind,
            NodeKind::Client | NodeKind::Queue | NodeKind::Topic | NodeKind::Bus | NodeKind::Function
        ) {
            list.push((format!("send {name}"), tr!("Send to or from {node}", node = name)));
        }
        if node.kind != NodeKind::Other {
            list.push((format!("run {name}"), tr!("Stop, freeze and start {node}", node = name)));
        }
        if node.kind == NodeKind::Queue {
            list.push((format!("purge {name}"), tr!("Purge {node}", node = name)));
            list.push((format!("redrive {name}"), tr!("Redrive {node}", node = name)));
        }
    }
    list
}

fn seconds(microseconds: u64) -> String {
    format!("{}", microseconds as f64 / SECOND as f64)
}

fn run(draft: Draft, document: Signal<Document>, recorder: Recorder) -> AnyView {
    let has = Memo::new(move |_| draft.of_step(|step| step.run.is_some()));
    let edit = move |place: &'static str, change: &dyn Fn(&mut Run)| {
        draft.edit_step(place, |step| step.run.iter_mut().for_each(change))
    };
    let of = |step: &Step, read: fn(&Run) -> String| step.run.as_ref().map(read).unwrap_or_default();
    let number = move |place: &'static str, read: fn(&Run) -> String, write: fn(&mut Run, f64)| {
        Bound::new(
            move || draft.of_step(|step| of(step, read)),
            move |text| {
                if let Some(number) = parse_number(&text).filter(|number| *number > 0.0) {
                    edit(place, &|run| write(run, number));
                }
            },
        )
    };
    let until = Bound::new(
        move || draft.of_step(|step| of(step, |run| run.until.clone())),
        move |text| edit("until", &|run| run.until.clone_from(&text)),
    );
    view! {
        {check(tr!("This step runs"), "author-has-run", move || has.get(), move |on| {
            draft.edit_step("", |step| step.run = on.then(|| Run { anew: false, acts: Vec::new(), until: String::new(), limit: 60 * SECOND, speed: 10.0 }));
        })}
        <div class="lab-section-body" class:hidden=live_flag(move || !has.get())>
            {check(tr!("Time begins again at zero"), "author-run-anew", move || draft.of_step(|step| step.run.as_ref().is_some_and(|run| run.anew)), move |on| {
                edit("", &|run| run.anew = on);
            })}
            {condition(tr!("Pauses as soon as"), "author-run-until", Wanted::Pause, document, until)}
            <div class="lab-build-figure">
                {text(tr!("After at most (simulated s)"), "author-run-limit", number("limit", |run| seconds(run.limit), |run, number| run.limit = (number * SECOND as f64) as u64))}
                {text(tr!("Speed (simulated s a second)"), "author-run-speed", number("speed", |run| run.speed.to_string(), |run, number| run.speed = number))}
            </div>
            <p class="lab-kicker">{tr!("What happens when it begins")}</p>
            {acts(draft, Target::Run, recorder)}
        </div>
    }
    .into_any()
}

/// What was recorded, and the button to record.
fn acts(draft: Draft, target: Target, recorder: Recorder) -> AnyView {
    let lines = move || draft.of_step(|step| target.acts(step).iter().map(record::words).collect::<Vec<_>>());
    view! {
        {chips(target.test(), lines, move |place| {
            draft.edit_step("", |step| {
                if let Some(list) = target.list(step) && place < list.len() {
                    list.remove(place);
                }
            });
        })}
        {recorder.button(target)}
    }
    .into_any()
}

fn solution(draft: Draft, recorder: Recorder) -> AnyView {
    view! {
        <p class="quiet">{tr!("Do it on the diagram: what you change, break, heal or send is written down here, and the diagram goes back afterwards.")}</p>
        {acts(draft, Target::Solution, recorder)}
    }
    .into_any()
}

fn goals(draft: Draft, document: Signal<Document>, recorder: Recorder) -> AnyView {
    let places = Memo::new(move |_| draft.of_step(|step| step.goals.len()));
    let goal = move |place: usize| {
        let edit = move |what: &'static str, change: &dyn Fn(&mut Goal)| {
            let key = if what.is_empty() { String::new() } else { format!("goal {place} {what}") };
            draft.edit_step(&key, |step| step.goals.get_mut(place).into_iter().for_each(change));
        };
        let bound = move |what: &'static str, read: fn(&Goal) -> String, write: fn(&mut Goal, String)| {
            Bound::new(
                move || draft.of_step(|step| step.goals.get(place).map(read).unwrap_or_default()),
                move |text| edit(what, &|goal| write(goal, text.clone())),
            )
        };
        view! {
            <fieldset class="lab-box" data-testid="author-goal">
                <legend>{tr!("Goal {number}", number = place + 1)}</legend>
                {text(tr!("What to reach"), "author-goal-title", bound("title", |goal| goal.title.clone(), |goal, text| goal.title = text))}
                {condition(tr!("It is reached if"), "author-goal-holds", Wanted::Condition, document, bound("holds", |goal| goal.holds.clone(), |goal, text| goal.holds = text))}
                {check(
                    tr!("Reached as soon as it holds, not by what holds in the end"),
                    "author-goal-once",
                    move || draft.of_step(|step| step.goals.get(place).is_some_and(|goal| goal.judged == Judged::Once)),
                    move |on| edit("", &|goal| goal.judged = if on { Judged::Once } else { Judged::End }),
                )}
                {check(
                    tr!("Counts from the beginning of time"),
                    "author-goal-from-start",
                    move || draft.of_step(|step| step.goals.get(place).is_some_and(|goal| goal.from_start)),
                    move |on| edit("", &|goal| goal.from_start = on),
                )}
                <p class="lab-kicker">{tr!("What misses it, where doing nothing does not")}</p>
                {acts(draft, Target::Wrong(place), recorder)}
                <div class="buttons">
                    <button type="button" data-testid="author-goal-remove" on:click=move |_| draft.edit_step("", |step| drop(step.goals.remove(place)))>{tr!("Remove this goal")}</button>
                </div>
            </fieldset>
        }
        .into_any()
    };
    let more = move |_| {
        draft.edit_step("", |step| {
            step.goals.push(Goal {
                title: "No payment is lost".to_string(),
                holds: "missing = 0".to_string(),
                judged: Judged::End,
                from_start: false,
                wrong: Vec::new(),
            });
        });
    };
    view! {
        {live_part(move || (0..places.get()).map(goal).collect_view())}
        <button type="button" data-testid="author-goal-add" disabled=live_flag(move || places.get() >= MAXIMUM_ITEMS) on:click=more>{tr!("Add a goal")}</button>
    }
    .into_any()
}

fn hints(draft: Draft) -> AnyView {
    let places = Memo::new(move |_| draft.of_step(|step| step.hints.len()));
    let hint = move |place: usize| {
        let bound = Bound::new(
            move || draft.of_step(|step| step.hints.get(place).cloned().unwrap_or_default()),
            move |text| {
                draft.edit_step(&format!("hint {place}"), |step| {
                    if let Some(hint) = step.hints.get_mut(place) {
                        *hint = text;
                    }
                })
            },
        );
        view! {
            <div class="lab-row">
                {prose(tr!("Hint"), "author-hint", "2", bound)}
                <button
                    type="button" class="bare" aria-label=tr!("Remove hint {number}", number = place + 1) title=tr!("Remove")
                    on:click=move |_| draft.edit_step("", |step| drop(step.hints.remove(place)))
                >
                    "✕"
                </button>
            </div>
        }
        .into_any()
    };
    view! {
        {live_part(move || (0..places.get()).map(hint).collect_view())}
        <button
            type="button" data-testid="author-hint-add" disabled=live_flag(move || places.get() >= MAXIMUM_ITEMS)
            on:click=move |_| draft.edit_step("", |step| step.hints.push(String::new()))
        >
            {tr!("Add a hint")}
        </button>
    }
    .into_any()
}

impl Target {
    /// The list that is recorded into; `None` where the step has none.
    pub fn list(self, step: &mut Step) -> Option<&mut Vec<Act>> {
        match self {
            Target::Solution => Some(&mut step.solution),
            Target::Run => step.run.as_mut().map(|run| &mut run.acts),
            Target::Wrong(goal) => step.goals.get_mut(goal).map(|goal| &mut goal.wrong),
        }
    }

    fn acts(self, step: &Step) -> &[Act] {
        match self {
            Target::Solution => &step.solution,
            Target::Run => step.run.as_ref().map_or(&[], |run| &run.acts),
            Target::Wrong(goal) => step.goals.get(goal).map_or(&[], |goal| &goal.wrong),
        }
    }

    fn test(self) -> &'static str {
        match self {
            Target::Solution => "author-solution-act",
            Target::Run => "author-run-act",
            Target::Wrong(_) => "author-wrong-act",
        }
    }
}
