//! The sheet of shortcuts, from the table of commands.

use super::{Hands, keys, single_keys};
use crate::language::translated;
use crate::ui::commands::{COMMANDS, Group, show_key};
use crate::ui::dialogs::follow;
use crate::ui::embed::embedded;
use crate::ui::reactive::live_part;
use leptos::html::Dialog;
use leptos::prelude::*;

/// What hands do that no command is: told, because nobody would guess it.
const GESTURES: [(&str, &str); 11] = [
    (phrase!("Tab"), phrase!("from node to node and edge to edge")),
    (phrase!("Enter"), phrase!("select what has the focus; with Shift, select it as well")),
    (phrase!("Menu key"), phrase!("the menu of what has the focus; by mouse the right button, by touch a long press")),
    (phrase!("Drag"), phrase!("a node moves; the empty plane gives a marquee; Shift adds to the selection")),
    (
        phrase!("Long press and drag"),
        phrase!("by touch on the empty plane: a marquee; so does “Select” beside the zoom"),
    ),
    (phrase!("Drag a dot"), phrase!("connects; onto the empty plane, asks what should come next")),
    (phrase!("Double click"), phrase!("renames a node")),
    (phrase!("Wheel"), phrase!("zooms where the pointer is")),
    (phrase!("Space and drag"), phrase!("moves the view; so does the middle button, or two fingers")),
    (phrase!("Alt"), phrase!("while dragging: no snapping")),
    (phrase!("Shift"), phrase!("with an arrow key: further")),
];

#[component]
pub fn ShortcutsDialog(hands: Hands) -> impl IntoView {
    let dialog = NodeRef::<Dialog>::new();
    follow(dialog, move || hands.shortcuts.get());
    let sheet = live_part(move || {
        if !hands.shortcuts.get() {
            return ().into_any();
        }
        let mac = keys::is_mac();
        let row = |keys: String, words: &'static str| view! { <div><dt><kbd>{keys}</kbd></dt><dd>{translated(words)}</dd></div> };
        let group = |group: Group| {
            let rows: Vec<_> = COMMANDS
                .iter()
                .filter(|command| command.group == group && !command.keys.is_empty())
                .map(|command| {
                    // Shift with an arrow is told once for all.
                    let keys = command.keys.iter().filter(|key| !key.starts_with("Shift+"));
                    row(keys.map(|key| show_key(key, mac)).collect::<Vec<_>>().join(", "), command.label)
                })
                .collect();
            (!rows.is_empty())
                .then(|| view! { <section><h3>{group.title()}</h3><dl class="shortcuts">{rows}</dl></section> })
        };
        view! {
            <div class="sheet">
                {Group::ALL.into_iter().filter_map(group).collect_view()}
                <section>
                    <h3>{tr!("By hand")}</h3>
                    <dl class="shortcuts">{GESTURES.map(|(keys, words)| row(translated(keys).to_string(), words)).collect_view()}</dl>
                </section>
            </div>
        }
        .into_any()
    });
    view! {
        <dialog node_ref=dialog class="wide" aria-labelledby="shortcuts-title" data-testid="shortcuts" on:close=move |_| hands.shortcuts.set(false)>
            <h2 id="shortcuts-title" tabindex="-1" autofocus=!embedded()>{tr!("Keyboard and gestures")}</h2>
            <p>
                <label>
                    <input type="checkbox" data-testid="single-keys" prop:checked=single_keys::are_on() on:change=move |event| single_keys::set(event_target_checked(&event)) />
                    " "{tr!("Letters, digits and signs are shortcuts without Ctrl, too. Switch this off if you speak to your machine.")}
                </label>
            </p>
            {sheet}
            <form method="dialog" class="buttons"><button class="primary">{tr!("Close")}</button></form>
        </dialog>
    }
}
