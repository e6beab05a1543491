//! A list to search and choose from by mouse, touch or keyboard: commands, targets of a connection, kinds of node.

use super::Hands;
use crate::diagram::NodeKind;
use crate::drawing::icon;
use crate::ui::dialogs::follow;
use crate::ui::reactive::{live_flag, live_part, live_text};
use leptos::html::{Dialog, Input, Ul};
use leptos::prelude::*;
use std::sync::Arc;

/// One line of a list.
#[derive(Clone)]
pub struct Choice {
    pub label: String,
    /// The label, and what else it is called, in English: it is found by that as well.
    pub english: String,
    /// What else there is to know, in quiet letters.
    pub detail: String,
    /// Shortcut, ready to be shown.
    pub keys: String,
    pub kind: Option<NodeKind>,
    /// Why it cannot be chosen now, and what to do instead.
    pub refused: Option<String>,
    pub act: Arc<dyn Fn() + Send + Sync>,
}

impl Choice {
    pub fn new(label: impl Into<String>, act: impl Fn() + Send + Sync + 'static) -> Choice {
        Choice {
            label: label.into(),
            english: String::new(),
            detail: String::new(),
            keys: String::new(),
            kind: None,
            refused: None,
            act: Arc::new(act),
        }
    }

    /// Whether every word that was typed is found; a smaller number is a better find.
    fn rank(&self, words: &[String]) -> Option<u8> {
        let names = [self.label.to_lowercase(), self.english.to_lowercase()];
        let typed = words.join(" ");
        if names.contains(&typed) {
            return Some(0);
        }
        let all = format!("{} {}", names.join(" "), self.detail.to_lowercase());
        if !words.iter().all(|word| all.contains(word.as_str())) {
            return None;
        }
        let Some(first) = words.first() else { return Some(0) };
        Some(if names.iter().any(|name| name.starts_with(first.as_str())) {
            1
        } else if names.iter().any(|name| name.contains(first.as_str())) {
            2
        } else {
            3
        })
    }
}

/// A question with its possible answers.
#[derive(Clone)]
pub struct Question {
    pub title: String,
    pub placeholder: &'static str,
    pub choices: Vec<Choice>,
    pub test: &'static str,
}

/// The answers that fit what was typed, best first; those that are refused come last.
fn fitting(question: &Question, typed: &str) -> Vec<Choice> {
    let words: Vec<String> = typed.split_whitespace().map(str::to_lowercase).collect();
    let mut ranked: Vec<(bool, u8, &Choice)> = question
        .choices
        .iter()
        .filter_map(|choice| choice.rank(&words).map(|rank| (choice.refused.is_some(), rank, choice)))
        .collect();
    ranked.sort_by_key(|(refused, rank, _)| (*refused, *rank));
    ranked.into_iter().map(|(_, _, choice)| choice.clone()).collect()
}

#[component]
pub fn Picker(hands: Hands) -> impl IntoView {
    let dialog = NodeRef::<Dialog>::new();
    let field = NodeRef::<Input>::new();
    let list = NodeRef::<Ul>::new();
    let typed = RwSignal::new(String::new());
    let place = RwSignal::new(0usize);
    let question = hands.question;
    // The tap that opened the list ends with a click, which is not meant for the line that is there now.
    let pressed = StoredValue::new(false);
    Effect::new(move |before: Option<Option<String>>| {
        let now = question.with(|question| question.as_ref().map(|it| it.title.clone()));
        // The same question may get more answers while somebody types.
        if now.is_some() && before.flatten() != now {
            typed.set(String::new());
            place.set(0);
            pressed.set_value(false);
        }
        now
    });
    follow(dialog, move || question.with(Option::is_some));
    Effect::new(move |_| {
        if question.with(Option::is_some)
            && let Some(field) = field.get()
        {
            let _ = field.focus();
        }
    });
    let choices = Signal::derive(move || {
        typed.with(|typed| question.with(|question| question.as_ref().map(|it| fitting(it, typed)).unwrap_or_default()))
    });
    let close = move || question.set(None);
    let choose = move |index: usize| {
        let chosen = choices.with_untracked(|choices| choices.get(index).cloned());
        if let Some(chosen) = chosen.filter(|chosen| chosen.refused.is_none()) {
            // First the dialog goes, which gives the focus back; then what was chosen may take it.
            if let Some(dialog) = dialog.get_untracked() {
                dialog.close();
            }
            close();
            (chosen.act)();
        }
    };
    let go = move |to: usize| {
        place.set(to);
        request_animation_frame(move || {
            let line = list.get_untracked().and_then(|list| list.children().item(to as u32));
            if let Some(line) = line {
                let options = web_sys::ScrollIntoViewOptions::new();
                options.set_block(web_sys::ScrollLogicalPosition::Nearest);
                line.scroll_into_view_with_scroll_into_view_options(&options);
            }
        });
    };
    let on_key = move |event: leptos::ev::KeyboardEvent| {
        let count = choices.with_untracked(Vec::len);
        let now = place.get_untracked();
        match event.key().as_str() {
            "ArrowDown" if count > 0 => go((now + 1) % count),
            "ArrowUp" if count > 0 => go((now + count - 1) % count),
            "Enter" => choose(now),
            _ => return,
        }
        event.prevent_default();
    };
    let lines = live_part(move || {
        choices
            .get()
            .into_iter()
            .enumerate()
            .map(|(index, choice)| {
                let refused = choice.refused.is_some();
                view! {
                    <li
                        role="option" id=format!("choice-{index}") data-testid="choice" class:refused=refused
                        aria-selected=live_text(move || (place.get() == index).to_string())
                        aria-disabled=refused.then_some("true") on:click=move |_| if pressed.get_value() { choose(index) }
                        on:pointermove=move |_| if place.get_untracked() != index { place.set(index) }
                    >
                        {choice.kind.map(|kind| view! { <KindIcon kind /> })}
                        <span class="choice-label">{choice.label}</span>
                        <span class="quiet choice-detail">{choice.refused.unwrap_or(choice.detail)}</span>
                        {(!choice.keys.is_empty()).then(|| view! { <kbd>{choice.keys}</kbd> })}
                    </li>
                }
                .into_any()
            })
            .collect_view()
    });
    let title =
        live_text(move || question.with(|question| question.as_ref().map(|it| it.title.clone()).unwrap_or_default()));
    view! {
        <dialog
            node_ref=dialog class="picker" aria-labelledby="picker-title" on:close=move |_| {
                // What was chosen may have asked the next question already.
                if dialog.get_untracked().is_some_and(|dialog| !dialog.open()) {
                    close();
                }
            }
            data-testid=live_text(move || question.with(|question| question.as_ref().map_or("picker", |it| it.test)))
            on:pointerdown=move |_| pressed.set_value(true)
            // A click beside it closes it.
            on:click=move |event| {
                let on_itself = event.target().zip(dialog.get_untracked()).is_some_and(|(target, dialog)| {
                    wasm_bindgen::JsCast::dyn_ref::<web_sys::Node>(&target).is_some_and(|it| dialog.is_same_node(Some(it)))
                });
                if on_itself && pressed.get_value() {
                    close();
                }
            }
        >
            <h2 id="picker-title">{title}</h2>
            <input
                node_ref=field type="text" role="combobox" autocomplete="off" spellcheck="false" data-testid="picker-search"
                aria-labelledby="picker-title" aria-expanded="true" aria-controls="choices" aria-autocomplete="list"
                aria-activedescendant=live_text(move || format!("choice-{}", place.get()))
                placeholder=live_text(move || question.with(|question| question.as_ref().map_or("", |it| it.placeholder)))
                prop:value=live_text(move || typed.get()) on:keydown=on_key
                on:input=move |event| {
                    typed.set(event_target_value(&event));
                    place.set(0);
                }
            />
            <ul id="choices" role="listbox" aria-labelledby="picker-title" node_ref=list>{lines}</ul>
            <p class="quiet empty-choices" class:hidden=live_flag(move || choices.with(|choices| !choices.is_empty()))>
                {tr!("Nothing fits. Use fewer or other words.")}
            </p>
        </dialog>
    }
}

/// The drawing of a kind of node.
#[component]
pub fn KindIcon(kind: NodeKind) -> impl IntoView {
    view! {
        <svg class=format!("kind-icon {}", icon::family(kind)) viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
            <path d=icon::path(kind) />
        </svg>
    }
}
