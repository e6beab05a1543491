//! The pattern tester: a pattern or filter policy, an event or message, and the verdict while they are typed.

mod examples;
mod subject;
mod verdict;

pub use subject::Subject;

use super::editor::CodeEditor;
use super::format::{parse_json, with_code};
use super::on_demand::Part;
use super::selection::Selection;
use super::state::{said, use_state};
use crate::language::translated;
use crate::simulation::Command;
use crate::ui::reactive::{live_flag, live_part, live_text};
use examples::EXAMPLES;
use leptos::html::Section;
use leptos::prelude::*;
use verdict::{Mode, Outcome, judge, marks};
use wasm_split_helpers::wasm_split;

#[wasm_split(tester, fallible)]
pub fn part() -> Part {
    Ok(view! { <Tester /> }.into_any())
}

#[component]
fn Tester() -> impl IntoView {
    let state = use_state();
    let subject = Memo::new(move |_| state.tester.get());
    // Leaving the room to look at the diagram loses nothing that was typed.
    let fields = Fields::new();
    view! { {live_part(move || subject.get().map(|subject| view! { <Room subject fields /> }))} }
}

/// What stands in the fields; each mode has texts of its own, so that changing the mode loses nothing.
#[derive(Clone, Copy)]
struct Fields {
    mode: RwSignal<Mode>,
    pattern: RwSignal<String>,
    policy: RwSignal<String>,
    event: RwSignal<String>,
    attributes: RwSignal<String>,
    body: RwSignal<String>,
    /// The pattern or policy that came with a rule or subscription.
    brought: StoredValue<Option<(Subject, Mode, String)>>,
}

impl Fields {
    /// Every field with an example in it.
    fn new() -> Fields {
        let of = |mode: Mode| EXAMPLES.iter().find(|example| example.mode == mode);
        let left = |mode| RwSignal::new(of(mode).map_or(String::new(), |example| example.left.to_string()));
        let right = |mode| RwSignal::new(of(mode).map_or(String::new(), |example| example.right.to_string()));
        Fields {
            mode: RwSignal::new(Mode::Pattern),
            pattern: left(Mode::Pattern),
            policy: left(Mode::Attributes),
            event: right(Mode::Pattern),
            attributes: right(Mode::Attributes),
            body: right(Mode::Body),
            brought: StoredValue::new(None),
        }
    }

    /// Whether somebody has changed the pattern or policy that this subject brought, and not put it back.
    fn edited_for(&self, subject: Subject) -> bool {
        self.brought.with_value(|brought| {
            brought.as_ref().is_some_and(|(owner, mode, left)| {
                *owner == subject && self.left(*mode).with_untracked(|text| text != left)
            })
        })
    }

    fn left(&self, mode: Mode) -> RwSignal<String> {
        if mode == Mode::Pattern { self.pattern } else { self.policy }
    }

    fn right(&self, mode: Mode) -> RwSignal<String> {
        match mode {
            Mode::Pattern => self.event,
            Mode::Attributes => self.attributes,
            Mode::Body => self.body,
        }
    }
}

#[component]
fn Room(subject: Subject, fields: Fields) -> impl IntoView {
    let state = use_state();
    let texts = state.read(|simulation| subject.texts(simulation));
    if let Some(texts) = texts.filter(|_| !fields.edited_for(subject)) {
        fields.mode.set(texts.mode);
        fields.brought.set_value(texts.left.clone().map(|left| (subject, texts.mode, left)));
        let brought = [
            (fields.left(texts.mode), texts.left),
            (fields.event, texts.event),
            (fields.attributes, texts.attributes),
            (fields.body, texts.body),
        ];
        for (field, text) in brought {
            if let Some(text) = text {
                field.set(text);
            }
        }
    }
    let mode = fields.mode;
    let verdict = Memo::new(move |_| {
        let mode = mode.get();
        fields.left(mode).with(|left| fields.right(mode).with(|right| judge(mode, left, right)))
    });
    let done = RwSignal::new(String::new());
    // What was said of earlier texts does not hold for these.
    Effect::new(move |_| {
        verdict.track();
        done.set(String::new());
    });
    let name = subject.id().map(|id| state.name_of(id)).unwrap_or_default();
    let about = match subject {
        Subject::Nothing => String::new(),
        Subject::Rule(_) => tr!("rule {name}", name = name),
        Subject::Subscription(_) => tr!("subscription {name}", name = name),
        Subject::Bus(_) => tr!("bus {name}", name = name),
    };
    let own = move || match subject {
        Subject::Rule(_) => mode.get() == Mode::Pattern,
        Subject::Subscription(_) => mode.get() != Mode::Pattern,
        _ => false,
    };
    let now = move || state.read(|simulation| simulation.now().to_string());
    let put_back = {
        let name = name.clone();
        move |_| {
            let mode = mode.get_untracked();
            let commands = match parse_json(&fields.left(mode).get_untracked()) {
                Ok(left) => subject.put_back(mode, left),
                Err(error) => return done.set(error),
            };
            let refused = commands.into_iter().find_map(|command| state.apply(command).err());
            done.set(match refused {
                Some(problems) => said(&problems),
                None => {
                    fields.brought.set_value(None);
                    tr!("{name} has it from {time} on.", name = name, time = now())
                }
            });
        }
    };
    let receiver = state.read(|simulation| subject.receiver(simulation));
    let receiver_name = receiver.map(|id| state.name_of(id)).unwrap_or_default();
    let bus = matches!(subject, Subject::Nothing | Subject::Bus(_) | Subject::Rule(_));
    // By hand, a topic gets bodies only: attributes are the publisher's business.
    let can_send = move || {
        let fits = if bus { mode.get() == Mode::Pattern } else { mode.get() == Mode::Body };
        fits && receiver.is_some()
    };
    let send = {
        let receiver_name = receiver_name.clone();
        move |_| {
            let Some(node) = receiver else { return };
            let payload = match parse_json(&fields.right(mode.get_untracked()).get_untracked()) {
                Ok(payload) => payload,
                Err(error) => return done.set(error),
            };
            done.set(match state.apply(Command::Send { node, payload, count: 1 }) {
                Ok(()) => tr!(
                    "Sent to {receiver} at {time}. Go back to the diagram to watch it.",
                    receiver = receiver_name,
                    time = now()
                ),
                Err(problems) => said(&problems),
            });
        }
    };
    let close = move || {
        if let Some(receiver) = receiver.filter(|_| !done.get_untracked().is_empty()) {
            state.select(Some(Selection::Node(receiver)));
        }
        state.close_tester();
    };
    let escape = window_event_listener(leptos::ev::keydown, move |event| {
        // A dialog above the room closes first.
        let dialog = document().query_selector("dialog[open]");
        if event.key() == "Escape" && !event.default_prevented() && matches!(dialog, Ok(None)) {
            close();
        }
    });
    on_cleanup(move || escape.remove());
    let room = NodeRef::<Section>::new();
    Effect::new(move |_| {
        if let Some(room) = room.get() {
            // Where the focus cannot go, it stays.
            let _ = room.focus();
        }
    });
    let mode_button = move |own: Mode, test: &'static str, label: &'static str| {
        view! {
            <button
                class="bare tab" data-testid=test aria-pressed=live_text(move || (mode.get() == own).to_string())
                on:click=move |_| mode.set(own)
            >
                {label}
            </button>
        }
    };
    let example = move |title: &str| {
        if let Some(example) = EXAMPLES.iter().find(|example| example.title == title) {
            mode.set(example.mode);
            fields.left(example.mode).set(example.left.to_string());
            fields.right(example.mode).set(example.right.to_string());
        }
    };
    let marked = Signal::derive(move || verdict.with(|verdict| marks(&verdict.leaves)));
    let left_flaws = Signal::derive(move || verdict.with(|verdict| verdict.pattern_flaws.clone()));
    let right_flaws = Signal::derive(move || verdict.with(|verdict| verdict.event_flaws.clone()));
    let none = Signal::derive(Vec::new);
    let editors = live_part(move || {
        let mode = mode.get();
        let (left, right) = match mode {
            Mode::Pattern => (tr!("Event pattern"), tr!("Event")),
            Mode::Attributes => (tr!("Filter policy"), tr!("Message attributes")),
            Mode::Body => (tr!("Filter policy"), tr!("Message body")),
        };
        view! {
            <div class="pane">
                <h3>{left}</h3>
                <CodeEditor text=fields.left(mode) marks=marked flaws=left_flaws label=left test="tester-left" />
            </div>
            <div class="pane">
                <h3>{right}</h3>
                <CodeEditor text=fields.right(mode) marks=none flaws=right_flaws label=right test="tester-right" />
            </div>
        }
    });
    let outcome = move || match verdict.with(|verdict| verdict.outcome) {
        Outcome::Match => ("good", tr!("✓ Match")),
        Outcome::NoMatch => ("bad", tr!("✗ No match")),
        Outcome::Unreadable => ("warn", tr!("! Invalid")),
    };
    let leaves = live_part(move || {
        verdict.with(|verdict| {
            let row = |leaf: &crate::rules::Leaf| {
                let sign = match (leaf.replaced, leaf.held) {
                    (true, _) => "–",
                    (false, true) => "✓",
                    (false, false) => "✗",
                };
                view! {
                    <li class:held=leaf.held class:failed=!leaf.held && !leaf.replaced>
                        <b>{sign}</b>
                        <span>{with_code(&leaf.reason)}</span>
                    </li>
                }
            };
            verdict.leaves.iter().map(row).collect_view()
        })
    });
    view! {
        <section class="room" tabindex="-1" node_ref=room data-testid="tester" aria-labelledby="tester-title">
            <div class="room-head">
                <h2 id="tester-title">{tr!("Pattern tester")}</h2>
                <span class="quiet">{about}</span>
                <div class="modes" role="group" aria-label=tr!("What is tested")>
                    {mode_button(Mode::Pattern, "mode-pattern", tr!("Event pattern"))}
                    {mode_button(Mode::Attributes, "mode-attributes", tr!("Filter policy, attributes"))}
                    {mode_button(Mode::Body, "mode-body", tr!("Filter policy, body"))}
                </div>
                <label>
                    <span class="hidden-visually">{tr!("Start from an example")}</span>
                    <select data-testid="tester-examples" on:change=move |event| example(&event_target_value(&event))>
                        <option value="">{tr!("Examples…")}</option>
                        {EXAMPLES.iter().map(|example| view! { <option value=example.title>{translated(example.title)}</option> }).collect_view()}
                    </select>
                </label>
                <span class="space"></span>
                <button data-testid="tester-close" on:click=move |_| close()>{tr!("Back to the diagram")}</button>
            </div>
            <div class="panes">{editors}</div>
            <div class="verdict">
                <p role="status" data-testid="tester-verdict" class=live_text(move || outcome().0)>
                    <b>{live_text(move || outcome().1)}</b>
                    " "
                    <span>{live_part(move || verdict.with(|verdict| with_code(&verdict.sentence)))}</span>
                </p>
                <p class="quiet">{live_text(move || verdict.with(|verdict| verdict.warning.clone()).unwrap_or_default())}</p>
                <ul class="leaves" data-testid="tester-leaves">{leaves}</ul>
                <div class="buttons">
                    <button
                        class="primary" data-testid="tester-apply" class:hidden=live_flag(move || !own())
                        disabled=live_flag(move || verdict.with(|verdict| !verdict.pattern_flaws.is_empty())) on:click=put_back
                    >
                        {tr!("Use it for {name}", name = name)}
                    </button>
                    <button
                        data-testid="tester-send" class:hidden=live_flag(move || !can_send())
                        disabled=live_flag(move || verdict.with(|verdict| !verdict.event_flaws.is_empty())) on:click=send
                    >
                        {tr!("Send this event to {receiver}", receiver = receiver_name)}
                    </button>
                    <button class="bare" data-testid="tester-fidelity" on:click=move |_| state.fidelity.set(true)>
                        {tr!("Where this differs from the service")}
                    </button>
                    <span role="status" data-testid="tester-done">{live_text(move || done.get())}</span>
                </div>
            </div>
        </section>
    }
}
