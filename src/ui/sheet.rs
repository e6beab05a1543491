//! Style sheets that travel with their parts: the first picture needs none of them.

use leptos::prelude::*;
use wasm_bindgen::prelude::*;

/// Lets the page have a style sheet. Where a browser cannot do that, the part works, and looks plain.
pub fn adopt(sheet: &str) {
    let _ = try_adopt(sheet);
}

fn try_adopt(text: &str) -> Result<(), JsValue> {
    let get = |object: &JsValue, name: &str| js_sys::Reflect::get(object, &name.into());
    let class: js_sys::Function = get(&window(), "CSSStyleSheet")?.dyn_into()?;
    let sheet = js_sys::Reflect::construct(&class, &js_sys::Array::new())?;
    let replace: js_sys::Function = get(&sheet, "replaceSync")?.dyn_into()?;
    replace.call1(&sheet, &text.into())?;
    let adopted = get(&document(), "adoptedStyleSheets")?;
    let push: js_sys::Function = get(&adopted, "push")?.dyn_into()?;
    push.call1(&adopted, &sheet)?;
    Ok(())
}
