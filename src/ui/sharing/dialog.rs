//! What a link is to hold, how long it becomes, and the ways to take it along.

use crate::exchange::link::{CHAT_LIMIT, Link, SAFE_LIMIT};
use crate::lessons::guide;
use crate::ui::dialogs::follow;
use crate::ui::format::count;
use crate::ui::keep::Wish;
use crate::ui::reactive::{live_flag, live_text};
use crate::ui::state::{State, use_state};
use leptos::html::{Dialog, Textarea};
use leptos::prelude::*;
use wasm_bindgen_futures::JsFuture;

/// What a link holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    Design,
    Run,
    Moment,
}

/// The page's own address, without what it shows.
pub fn base() -> String {
    let location = window().location();
    format!("{}{}", location.origin().unwrap_or_default(), location.pathname().unwrap_or_default())
}

/// The name by which a diagram of the guide is known, while it is as the guide has it.
pub fn name_in_guide(state: State) -> Option<String> {
    let key = state.diagram.get_untracked();
    let original = state.original();
    let unchanged = state.read(|simulation| *simulation.document() == original);
    (unchanged && guide::find(&key).is_some()).then_some(key)
}

/// While a lab is taken, its address at the present step.
fn lab_address(state: State) -> Option<String> {
    let lab = state.lab.get_untracked().filter(|lab| state.is_hosted() && !lab.contains(':'))?;
    let step = state.lab_step.get_value().unwrap_or(0) + 1;
    Some(format!("{}?lab={lab}&step={step}", base()))
}

fn address(state: State, holds: Holds) -> String {
    if let Some(lab) = lab_address(state).filter(|_| holds != Holds::Moment) {
        return lab;
    }
    let (seed, speed) = (state.seed.get_untracked(), state.speed.get_untracked());
    let link = state.read(|simulation| match holds {
        Holds::Moment => Link { speed: Some(speed), ..Link::of_moment(simulation) },
        Holds::Run => Link { seed: Some(seed), speed: Some(speed), ..Link::of(simulation.document().clone()) },
        Holds::Design => Link::of(simulation.document().clone()),
    });
    match name_in_guide(state).filter(|_| holds == Holds::Design) {
        Some(name) => format!("{}?d={name}", base()),
        None => format!("{}#{}", base(), link.to_fragment()),
    }
}

/// How long it is, and what that means.
fn verdict(length: usize) -> String {
    let number = count(length as u64);
    if length <= CHAT_LIMIT {
        tr!("{number} characters: fits into a chat message.", number = number)
    } else if length <= SAFE_LIMIT {
        tr!(
            "{number} characters: more than the 2,000 that many chat programs take. Try it there first, or save a file instead.",
            number = number
        )
    } else {
        tr!(
            "{number} characters: longer than 8 KB, and cut off by some servers, chat and mail programs. Save a file instead.",
            number = number
        )
    }
}

pub fn copy(state: State, text: String, field: NodeRef<Textarea>) {
    let clipboard = window().navigator().clipboard();
    leptos::task::spawn_local(async move {
        match JsFuture::from(clipboard.write_text(&text)).await {
            Ok(_) => state.say(tr!("Copied.")),
            Err(_) => {
                if let Some(field) = field.get_untracked() {
                    field.select();
                }
                state.refuse(tr!("The browser did not let the page copy. The text is selected: copy it by hand."));
            }
        }
    });
}

#[component]
pub fn ShareDialog() -> impl IntoView {
    let state = use_state();
    let dialog = NodeRef::<Dialog>::new();
    let field = NodeRef::<Textarea>::new();
    let open = Memo::new(move |_| state.wish.get() == Some(Wish::Share));
    follow(dialog, move || open.get());
    let holds = RwSignal::new(Holds::Design);
    let (text, moment, copied) = (RwSignal::new(String::new()), RwSignal::new(String::new()), RwSignal::new(false));
    Effect::new(move |_| {
        state.revision.track();
        let holds = holds.get();
        if open.get() {
            // A moment passes: the link holds the one at which it was asked for.
            moment.set(state.read(|simulation| simulation.now().to_string()));
            text.set(address(state, holds));
            copied.set(false);
        }
    });
    let length = move || text.with(String::len);
    let closed = move |_| {
        if state.wish.get_untracked() == Some(Wish::Share) {
            state.wish.set(None);
        }
    };
    let choice = move |own: Holds, test: &'static str, label: &'static str, help: Signal<String>| {
        view! {
            <label class="share-choice">
                <input type="radio" name="share-holds" data-testid=test checked=own == Holds::Design on:change=move |_| holds.set(own) />
                <span><b>{label}</b><small class="quiet">{help}</small></span>
            </label>
        }
    };
    view! {
        <dialog node_ref=dialog class="share" aria-labelledby="share-title" data-testid="share" on:close=closed>
            <h2 id="share-title">{tr!("Share")}</h2>
            <p class="quiet">{tr!("The link holds the diagram itself. Nothing is uploaded, and whoever opens it gets a diagram of their own.")}</p>
            <fieldset class="share-choices">
                <legend>{tr!("What the link holds")}</legend>
                {choice(Holds::Design, "share-design", tr!("The design"), live_text(|| tr!("The diagram as it is now, its run from the beginning.")))}
                {choice(Holds::Run, "share-run", tr!("The design, with seed and speed"), live_text(|| tr!("The same requests at the same moments for everybody.")))}
                {choice(Holds::Moment, "share-moment", tr!("This moment"), live_text(move || tr!("At {time}, with everything that was done up to then.", time = moment.get())))}
            </fieldset>
            <label class="share-link">
                <span class="hidden-visually">{tr!("Link")}</span>
                <textarea node_ref=field rows="3" readonly spellcheck="false" data-testid="share-link" prop:value=live_text(move || text.get())></textarea>
            </label>
            <p class="share-length" role="status" data-testid="share-length" class:share-long=live_flag(move || length() > CHAT_LIMIT)>
                {live_text(move || verdict(length()))}
            </p>
            <div class="buttons">
                <button
                    class="primary" data-testid="share-copy"
                    on:click=move |_| {
                        copy(state, text.get_untracked(), field);
                        copied.set(true);
                    }
                >
                    {live_text(move || if copied.get() { tr!("Copied") } else { tr!("Copy link") })}
                </button>
                <button data-testid="share-file" on:click=move |_| state.wish.set(Some(Wish::SaveFile))>{tr!("Save a file instead")}</button>
                <span class="space"></span>
                <button class="bare" data-testid="share-close" on:click=move |_| state.wish.set(None)>{tr!("Close")}</button>
            </div>
        </dialog>
    }
}
