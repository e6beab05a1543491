//! A code editor for JSON, with places marked and faults pointed at. It is loaded when it is first shown; until then,
//! and where it cannot be loaded, a plain text field does its work.

use crate::ui::reactive::{live_flag, live_text};
use leptos::html::Div;
use leptos::prelude::*;
use leptos::reactive::owner::LocalStorage;
use wasm_bindgen::prelude::*;
use web_sys::{HtmlElement, js_sys};

#[wasm_bindgen]
extern "C" {
    /// Loads `editor.js`; public/boot.js knows where it is.
    #[wasm_bindgen(catch, js_name = eventyardLoadEditor)]
    async fn load() -> Result<JsValue, JsValue>;

    type Module;
    #[wasm_bindgen(method, catch)]
    fn create(
        this: &Module,
        host: &HtmlElement,
        text: &str,
        label: &str,
        changed: &js_sys::Function,
    ) -> Result<Handle, JsValue>;

    #[derive(Clone)]
    type Handle;
    #[wasm_bindgen(method, js_name = setText)]
    fn set_text(this: &Handle, text: &str);
    #[wasm_bindgen(method, js_name = setMarks)]
    fn set_marks(this: &Handle, marks: &js_sys::Array);
    #[wasm_bindgen(method, js_name = setFaults)]
    fn set_faults(this: &Handle, faults: &js_sys::Array);
    #[wasm_bindgen(method)]
    fn destroy(this: &Handle);
}

/// What a marked span says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MarkKind {
    Held,
    Failed,
    /// Counts for nothing.
    Idle,
}

/// A span of the text, in bytes, and a note behind its last line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mark {
    pub start: usize,
    pub end: usize,
    pub kind: MarkKind,
    pub note: String,
}

/// A fault in the text, at a byte.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Flaw {
    pub at: usize,
    pub message: String,
}

/// The place of a byte in UTF-16 units, in which browsers count.
fn units(text: &str, byte: usize) -> u32 {
    let before = text.char_indices().take_while(|(place, _)| *place < byte);
    before.map(|(_, character)| character.len_utf16() as u32).sum()
}

fn object(fields: &[(&str, JsValue)]) -> js_sys::Object {
    let object = js_sys::Object::new();
    for (name, value) in fields {
        // Setting a field of a plain object cannot fail.
        let _ = js_sys::Reflect::set(&object, &(*name).into(), value);
    }
    object
}

/// An editor for `text`, which it follows and changes.
#[component]
pub fn CodeEditor(
    text: RwSignal<String>,
    #[prop(into)] marks: Signal<Vec<Mark>>,
    #[prop(into)] flaws: Signal<Vec<Flaw>>,
    label: &'static str,
    test: &'static str,
) -> impl IntoView {
    let host = NodeRef::<Div>::new();
    let handle = RwSignal::<Option<Handle>, LocalStorage>::new_local(None);
    let plain = RwSignal::new(true);
    // Lives as long as the editor.
    let changed = StoredValue::new_local(Closure::<dyn Fn(String)>::new(move |typed: String| text.set(typed)));
    Effect::new(move |_| {
        let Some(host) = host.get() else { return };
        leptos::task::spawn_local(async move {
            let Ok(module) = load().await else { return };
            let made = changed.try_with_value(|changed| {
                let changed = changed.as_ref().unchecked_ref();
                module.unchecked_ref::<Module>().create(&host, &text.get_untracked(), label, changed)
            });
            if let Some(Ok(made)) = made {
                plain.set(false);
                handle.set(Some(made));
            }
        });
    });
    Effect::new(move |_| {
        let text = text.get();
        if let Some(handle) = handle.get() {
            handle.set_text(&text);
        }
    });
    Effect::new(move |_| {
        let marks = marks.get();
        let Some(handle) = handle.get() else { return };
        let list = js_sys::Array::new();
        text.with_untracked(|text| {
            for mark in marks {
                let kind = match mark.kind {
                    MarkKind::Held => "held",
                    MarkKind::Failed => "failed",
                    MarkKind::Idle => "idle",
                };
                list.push(&object(&[
                    ("from", units(text, mark.start).into()),
                    ("to", units(text, mark.end).into()),
                    ("kind", kind.into()),
                    ("note", mark.note.into()),
                ]));
            }
        });
        handle.set_marks(&list);
    });
    Effect::new(move |_| {
        let flaws = flaws.get();
        let Some(handle) = handle.get() else { return };
        let list = js_sys::Array::new();
        text.with_untracked(|text| {
            for flaw in flaws {
                let from = units(text, flaw.at);
                list.push(&object(&[
                    ("from", from.into()),
                    ("to", (from + 1).into()),
                    ("message", flaw.message.into()),
                ]));
            }
        });
        handle.set_faults(&list);
    });
    on_cleanup(move || {
        if let Some(Some(handle)) = handle.try_get_untracked() {
            handle.destroy();
        }
    });
    view! {
        <div class="code" data-testid=test>
            <div class="code-host" class:hidden=live_flag(move || plain.get()) node_ref=host></div>
            <textarea
                class="code-plain" class:hidden=live_flag(move || !plain.get()) aria-label=label spellcheck="false"
                prop:value=live_text(move || text.get()) on:input=move |event| text.set(event_target_value(&event))
            ></textarea>
        </div>
    }
}
