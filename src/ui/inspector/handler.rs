//! The handler editor: what a function's code does, step by step, each with a form made from its description, and with
//! what its templates make of the message that the function saw last.

use super::field::{Field, Write};
use crate::diagram::step_kinds::{ASKING, COMMON, FALLBACK, STEP_KINDS, StepKind, new_step, step_kind, targets};
use crate::diagram::{Change, Distribution, Document, Edit, Kind, Problem, Scope, Setting, Template};
use crate::language::translated;
use crate::ui::reactive::{live_flag, live_part, live_text};
use crate::ui::state::{State, said, use_state};
use leptos::prelude::*;
use serde_json::Value;
use uuid::Uuid;

/// Where a step or a list of steps stands in the handler: names of lists and places in them.
type Path = Vec<Part>;

#[derive(Clone, PartialEq, Eq, Debug)]
enum Part {
    List(&'static str),
    At(usize),
}

#[derive(Clone, Copy)]
struct Editor {
    state: State,
    function: Uuid,
    error: RwSignal<String>,
}

fn find<'v>(value: &'v Value, path: &[Part]) -> Option<&'v Value> {
    path.iter().try_fold(value, |value, part| match part {
        Part::List(name) => value.get(name),
        Part::At(index) => value.get(index),
    })
}

fn find_mut<'v>(value: &'v mut Value, path: &[Part]) -> Option<&'v mut Value> {
    path.iter().try_fold(value, |value, part| match part {
        Part::List(name) => value.get_mut(name),
        Part::At(index) => value.get_mut(index),
    })
}

/// Stands for a list of steps among those that are done at the same time.
const BRANCH: &str = "branch";

/// The steps' names, nested as they are: while these stay, the forms stay.
fn outline(value: &Value) -> String {
    match value {
        Value::Array(steps) => format!("[{}]", steps.iter().map(outline).collect::<Vec<_>>().join(",")),
        Value::Object(step) => {
            let name = step.get("step").and_then(Value::as_str).unwrap_or("?");
            let lists = step_kind(name).map_or(&[][..], |kind| kind.lists);
            let lists = lists.iter().chain([&FALLBACK]);
            let lists: String = lists.filter_map(|(list, _)| step.get(*list)).map(outline).collect();
            format!("{name}{lists}")
        }
        _ => "?".to_string(),
    }
}

impl Editor {
    fn handler(&self) -> Value {
        self.state.revision.track();
        self.read(|document| {
            let settings = document.node(self.function).map(|node| &node.settings);
            settings.and_then(|settings| settings.get("Handler")).cloned().unwrap_or(Value::Array(Vec::new()))
        })
    }

    fn read<T>(&self, look: impl FnOnce(&Document) -> T) -> T {
        self.state.read(|simulation| look(simulation.document()))
    }

    /// Changes the handler; what is refused changes nothing.
    fn change(&self, label: String, change: impl FnOnce(&mut Value)) -> Result<(), Vec<Problem>> {
        let mut handler = untrack(|| self.handler());
        change(&mut handler);
        let edit = self.read(|document| Edit::set(document, self.function, "Handler", handler));
        let name = self.state.name_of(self.function);
        let result =
            self.state.try_perform(Change::labelled(tr!("{what} in {name}", what = label, name = name), edit), None);
        self.error.set(result.as_ref().err().map_or(String::new(), |problems| said(problems)));
        result
    }

    /// Changes the list that `path` leads to.
    fn change_list(&self, label: &str, path: &[Part], change: impl FnOnce(&mut Vec<Value>)) {
        // What is refused is said above the steps.
        let _ = self.change(label.to_string(), |handler| {
            if let Some(Value::Array(list)) = find_mut(handler, path) {
                change(list);
            }
            // Without steps it is not written at all.
            if let Some(Part::List("fallbackSteps")) = path.last()
                && let Some(Value::Object(step)) = find_mut(handler, &path[..path.len() - 1])
                && step.get(FALLBACK.0).and_then(Value::as_array).is_some_and(Vec::is_empty)
            {
                step.shift_remove(FALLBACK.0);
            }
        });
    }

    /// A step in a few words.
    fn summary(&self, path: &[Part]) -> String {
        let handler = self.handler();
        let Some(step) = find(&handler, path) else { return String::new() };
        let name = step["step"].as_str().unwrap_or("?");
        let title = step_kind(name).map_or(name, |kind| translated(kind.title));
        let target = step["to"].as_str().and_then(|id| Uuid::parse_str(id).ok());
        let target = target.map(|id| format!(": {}", self.state.name_of(id))).unwrap_or_default();
        let detail = match name {
            "work" => Distribution::parse(&step["duration"]).map_or(String::new(), |it| format!(", {}", it.describe())),
            "write" | "read" => format!(", {}", step["table"].as_str().unwrap_or("rows")),
            "putEvents" => format!(", {}", step["detailType"].as_str().unwrap_or("")),
            _ => String::new(),
        };
        let when = step.get("when").map(|_| tr!("only if"));
        let guess = step.get("guess").and_then(Value::as_str).filter(|guess| !guess.is_empty()).map(|_| tr!("a guess"));
        let first = format!("{title}{target}{detail}");
        [Some(first.as_str()), when, guess].into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }

    /// What a template would send for the message that the function saw last.
    fn preview(&self, template: &Value) -> Option<String> {
        self.state.tick.track();
        let parsed = Template::parse(template, "").ok()?;
        let message =
            self.state.read(|simulation| simulation.latest_message(simulation.plan().find_node(self.function)?))?;
        let made = parsed.apply(Scope { message: &message, result: &Value::Null });
        let text = made.to_string();
        let needs_result = template.to_string().contains("{{result");
        // Only a run knows it.
        Some(if needs_result {
            tr!("{text} (the result of the step before stands as null here)", text = text)
        } else {
            text
        })
    }
}

/// `setting` is the handler's own description, for those who would rather write it as text.
#[component]
pub fn HandlerEditor(
    id: Uuid,
    setting: &'static Setting,
    #[prop(into)] current: Signal<Option<Value>>,
    write: Write,
) -> AnyView {
    let editor = Editor { state: use_state(), function: id, error: RwSignal::new(String::new()) };
    let shape = Memo::new(move |_| outline(&editor.handler()));
    view! {
        <section class="handler" aria-label=tr!("Handler")>
            <h3>{tr!("Handler")}</h3>
            <p class="quiet">{tr!("What the function's code does, step by step.")}</p>
            <p class="error" role="status" data-testid="handler-error">{live_text(move || editor.error.get())}</p>
            {live_part(move || {
                // Read, not only tracked: a memo that nobody reads knows no reason to change.
                shape.get();
                list(editor, Vec::new())
            })}
            <details class="more">
                <summary data-testid="handler-text">{tr!("As text")}</summary>
                <Field setting prefix="setting".to_string() current write />
            </details>
        </section>
    }
    .into_any()
}

/// A list of steps, and what can be added to it.
fn list(editor: Editor, path: Path) -> AnyView {
    let handler = untrack(|| editor.handler());
    let count = find(&handler, &path).and_then(Value::as_array).map_or(0, Vec::len);
    let inside = |index: usize| {
        let mut inner = path.clone();
        inner.push(Part::At(index));
        inner
    };
    let items = (0..count).map(|index| view! { <li>{step(editor, inside(index), count)}</li> }).collect_view();
    let side_by_side = matches!(path.split_last(), Some((Part::List(_), owner)) if find(&handler, owner).is_some_and(|step| step["step"] == "parallel"));
    let place = path.clone();
    let add = move |event| {
        let name = event_target_value(&event);
        if name == BRANCH {
            return editor.change_list(tr!("Add a branch"), &place, |list| list.push(Value::Array(Vec::new())));
        }
        let Some(kind) = step_kind(&name) else { return };
        match editor.read(|document| new_step(document, editor.function, kind)) {
            Some(new) => editor
                .change_list(&tr!("Add “{step}”", step = translated(kind.title)), &place, |list| list.push(new)),
            None => editor.error.set(tr!(
                "“{step}” needs a connection from this function first: draw the edge, then the step has a target.",
                step = translated(kind.title)
            )),
        }
    };
    let test = if path.is_empty() { "step-add" } else { "step-add-inside" };
    view! {
        <ol class="steps">{items}</ol>
        <select class="add-step" data-testid=test aria-label=tr!("Add a step") prop:value="" on:change=add>
            <option value="">{tr!("+ Add a step…")}</option>
            {STEP_KINDS.iter().map(|kind| view! { <option value=kind.name>{translated(kind.title)}</option> }).collect_view()}
            {side_by_side.then(|| view! { <option value=BRANCH>{tr!("A branch of several steps")}</option> })}
        </select>
    }
    .into_any()
}

fn step(editor: Editor, path: Path, count: usize) -> AnyView {
    let handler = untrack(|| editor.handler());
    let Some(value) = find(&handler, &path) else { return ().into_any() };
    // A branch of parallel steps may be a list of its own.
    if value.is_array() {
        return list(editor, path);
    }
    let Some(kind) = value["step"].as_str().and_then(step_kind) else {
        return view! { <p class="error">{tr!("This step is not known. Edit it under JSON.")}</p> }.into_any();
    };
    let Some((Part::At(index), parent)) = path.split_last().map(|(last, parent)| (last.clone(), parent.to_vec()))
    else {
        return ().into_any();
    };
    let words = {
        let path = path.clone();
        live_text(move || editor.summary(&path))
    };
    let moved = move |parent: &Path, to: usize| {
        editor.change_list(tr!("Move a step"), parent, |list| {
            if index < list.len() && to < list.len() {
                let step = list.remove(index);
                list.insert(to, step);
            }
        });
    };
    let (up, down, copy, gone) = (parent.clone(), parent.clone(), parent.clone(), parent);
    let asking: &'static [Setting] = if kind.edge.is_some() { ASKING } else { &[] };
    let own = kind.fields.iter().map(|setting| field(editor, path.clone(), setting)).collect_view();
    let more = COMMON.iter().chain(asking).map(|setting| field(editor, path.clone(), setting)).collect_view();
    let lists = kind
        .lists
        .iter()
        .map(|(name, title)| {
            let mut inner = path.clone();
            inner.push(Part::List(name));
            view! { <h4>{translated(title)}</h4> {list(editor, inner)} }
        })
        .collect_view();
    // Most steps have none: they are shown where there are some, and begun by a button.
    let mut instead = path.clone();
    instead.push(Part::List(FALLBACK.0));
    let has_instead = value.get(FALLBACK.0).is_some();
    let begin = path.clone();
    let begin_instead = (!has_instead).then(|| {
        let begin = move |_| {
            // What is refused is said above the steps.
            let _ = editor.change(tr!("Add steps instead of failing").to_string(), |handler| {
                if let Some(Value::Object(step)) = find_mut(handler, &begin) {
                    step.insert(FALLBACK.0.to_string(), Value::Array(Vec::new()));
                }
            });
        };
        view! { <button class="bare" data-testid="step-fallback" on:click=begin>{tr!("Steps instead of failing…")}</button> }
    });
    let fallback = has_instead.then(|| view! { <h4>{translated(FALLBACK.1)}</h4> {list(editor, instead)} });
    view! {
        <details class="step" data-testid="handler-step">
            <summary>{words}</summary>
            <div class="step-tools">
                <button class="bare" aria-label=tr!("Earlier") title=tr!("Earlier") disabled=index == 0 on:click=move |_| moved(&up, index.saturating_sub(1))>"↑"</button>
                <button class="bare" aria-label=tr!("Later") title=tr!("Later") disabled=index + 1 == count on:click=move |_| moved(&down, index + 1)>"↓"</button>
                <button class="bare" on:click=move |_| editor.change_list(tr!("Duplicate a step"), &copy, |list| {
                    if let Some(step) = list.get(index).cloned() {
                        list.insert(index + 1, step);
                    }
                })>{tr!("Duplicate")}</button>
                <button class="bare" data-testid="step-delete" on:click=move |_| editor.change_list(tr!("Delete a step"), &gone, |list| {
                    if index < list.len() {
                        list.remove(index);
                    }
                })>{tr!("Delete")}</button>
            </div>
            {target(editor, path.clone(), kind)}
            {own}
            <details class="more"><summary>{tr!("Condition, retries, time-out")}</summary>{more} {begin_instead}</details>
        </details>
        {lists} {fallback}
    }
    .into_any()
}

/// Which node the step is for.
fn target(editor: Editor, path: Path, kind: &'static StepKind) -> AnyView {
    if kind.edge.is_none() {
        return ().into_any();
    }
    let options = editor.read(|document| targets(document, editor.function, kind));
    let read = path.clone();
    let current = Memo::new(move |_| {
        let handler = editor.handler();
        find(&handler, &read).and_then(|step| step["to"].as_str()).unwrap_or_default().to_string()
    });
    let choose = move |event| {
        let id = event_target_value(&event);
        // What is refused is said above the steps.
        let _ = editor.change(tr!("Change the target of a step").to_string(), |handler| {
            if let Some(step) = find_mut(handler, &path) {
                step["to"] = id.into();
            }
        });
    };
    let option = move |id: Uuid| {
        let (text, name) = (id.to_string(), editor.state.name_of(id));
        let own = text.clone();
        view! { <option value=text selected=live_flag(move || current.get() == own)>{name}</option> }
    };
    view! {
        <label class="field">
            <span>{tr!("Target")}</span>
            <select data-testid="step-target" on:change=choose>{options.into_iter().map(option).collect_view()}</select>
        </label>
    }
    .into_any()
}

fn field(editor: Editor, path: Path, setting: &'static Setting) -> AnyView {
    let name = setting.name;
    let read = path.clone();
    let current = Memo::new(move |_| {
        let handler = editor.handler();
        find(&handler, &read).and_then(|step| step.get(name)).cloned()
    });
    let prefix = path.iter().map(|part| match part {
        Part::List(name) => (*name).to_string(),
        Part::At(index) => index.to_string(),
    });
    let prefix = format!("step-{}", prefix.collect::<Vec<_>>().join("-"));
    let write = Callback::new(move |value: Value| {
        editor.change(tr!("Set {setting}", setting = name), |handler| {
            if let Some(Value::Object(step)) = find_mut(handler, &path) {
                // Null stands for the default, and the default need not be written.
                if value.is_null() {
                    step.remove(name);
                } else {
                    step.insert(name.to_string(), value);
                }
            }
        })
    });
    let templates = ["payload", "detail", "row", "recipient", "subject", "body", "key", "event", "entries"];
    let preview = templates.contains(&name).then(|| {
        let words = live_text(move || {
            let template = current.get().unwrap_or_else(|| setting.kind.default_value());
            match matches!(setting.kind, Kind::Json { .. }).then(|| editor.preview(&template)).flatten() {
                Some(made) => tr!("With the last message: {made}", made = made),
                None => tr!("Its preview stands here once a message has come.").to_string(),
            }
        });
        view! { <p class="preview" data-testid="step-preview">{words}</p> }
    });
    view! { <Field setting prefix current write /> {preview} }.into_any()
}
