//! Files that people take with them.

use crate::exchange::{Theme, mermaid, svg};
use crate::ui::format::slug;
use crate::ui::state::State;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;

/// A PNG has this many pixels for each unit of the drawing, so that it stays sharp on slides.
const PIXELS: f64 = 2.0;

/// The diagram's name as a file's.
pub fn file_name(state: State, ending: &str) -> String {
    let name = state.read(|simulation| slug(&simulation.document().name));
    format!("{}.{ending}", if name.is_empty() { "diagram" } else { &name })
}

pub fn blob(text: &str, kind: &str) -> Option<web_sys::Blob> {
    let parts = js_sys::Array::of1(&text.into());
    let options = web_sys::BlobPropertyBag::new();
    options.set_type(kind);
    web_sys::Blob::new_with_str_sequence_and_options(&parts, &options).ok()
}

/// An archive.
pub fn zip(bytes: &[u8]) -> Option<web_sys::Blob> {
    let parts = js_sys::Array::of1(&js_sys::Uint8Array::from(bytes));
    let options = web_sys::BlobPropertyBag::new();
    options.set_type("application/zip");
    web_sys::Blob::new_with_u8_array_sequence_and_options(&parts, &options).ok()
}

pub fn hand_over(state: State, blob: Option<web_sys::Blob>, name: &str) {
    let url = blob.and_then(|blob| web_sys::Url::create_object_url_with_blob(&blob).ok());
    let link = document().create_element("a").ok().and_then(|link| link.dyn_into::<web_sys::HtmlAnchorElement>().ok());
    let (Some(url), Some(link)) = (url, link) else {
        return state.refuse(tr!("The browser did not let the page write a file."));
    };
    link.set_href(&url);
    link.set_download(name);
    link.click();
    // The browser reads it later; for a minute it may.
    set_timeout(move || drop(web_sys::Url::revoke_object_url(&url)), std::time::Duration::from_secs(60));
    state.say(&tr!("Saved {name}.", name = name));
}

/// A text under this name.
pub fn text(state: State, text: &str, kind: &str, name: &str) {
    hand_over(state, blob(text, kind), name);
}

pub fn json(state: State) {
    let text = state.read(|simulation| simulation.document().to_text());
    hand_over(state, blob(&text, "application/json"), &file_name(state, "eventyard.json"));
}

pub fn mermaid(state: State) {
    let text = state.read(|simulation| mermaid::write(simulation.document()));
    hand_over(state, blob(&text, "text/plain"), &file_name(state, "mmd"));
}

/// The picture as SVG, in the colours of the page.
pub fn picture(state: State) -> String {
    let root = document().document_element();
    let dark = root.and_then(|root| root.get_attribute("data-theme")).is_some_and(|theme| theme == "dark");
    let theme = if dark { Theme::Dark } else { Theme::Light };
    state.read(|simulation| svg::write(simulation.document(), theme))
}

pub fn svg(state: State) {
    hand_over(state, blob(&picture(state), "image/svg+xml"), &file_name(state, "svg"));
}

pub fn png(state: State) {
    let sorry = move || state.refuse(tr!("The picture could not be drawn. Save it as SVG instead."));
    let name = file_name(state, "png");
    draw(state, move |canvas| {
        let done = Closure::once_into_js(move |blob: JsValue| hand_over(state, blob.dyn_into().ok(), &name));
        if canvas.is_none_or(|canvas| canvas.to_blob(done.unchecked_ref()).is_err()) {
            sorry();
        }
    });
}

/// Draws the picture as pixels; `done` gets nothing where that is not possible.
pub fn draw(state: State, done: impl FnOnce(Option<web_sys::HtmlCanvasElement>) + 'static) {
    let url =
        blob(&picture(state), "image/svg+xml").and_then(|blob| web_sys::Url::create_object_url_with_blob(&blob).ok());
    let (Some(url), Ok(image)) = (url, web_sys::HtmlImageElement::new()) else { return done(None) };
    let (drawn, source) = (image.clone(), url.clone());
    // The same function hears that the image is there and that it cannot be; without a size it is not.
    let ready = Closure::once_into_js(move || {
        let canvas = pixels(&drawn);
        let _ = web_sys::Url::revoke_object_url(&source);
        done(canvas);
    });
    image.set_onload(Some(ready.unchecked_ref()));
    image.set_onerror(Some(ready.unchecked_ref()));
    image.set_src(&url);
}

fn pixels(image: &web_sys::HtmlImageElement) -> Option<web_sys::HtmlCanvasElement> {
    let canvas: web_sys::HtmlCanvasElement = document().create_element("canvas").ok()?.dyn_into().ok()?;
    canvas.set_width((f64::from(image.natural_width()) * PIXELS) as u32);
    canvas.set_height((f64::from(image.natural_height()) * PIXELS) as u32);
    let context: web_sys::CanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
    let (width, height) = (f64::from(canvas.width()), f64::from(canvas.height()));
    context.draw_image_with_html_image_element_and_dw_and_dh(image, 0.0, 0.0, width, height).ok()?;
    (width > 0.0).then_some(canvas)
}
