//! When the app itself breaks: says so, and offers the document, which is all that people could lose.

use std::cell::RefCell;
use wasm_bindgen::{JsCast, JsValue};

thread_local! {
    /// The document's text, kept outside of everything that a panic may leave half done.
    static DOCUMENT: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Keeps the document for the case of a panic.
pub fn remember(document: &str) {
    DOCUMENT.with(|kept| {
        if let Ok(mut kept) = kept.try_borrow_mut() {
            kept.clear();
            kept.push_str(document);
        }
    });
}

pub fn install() {
    std::panic::set_hook(Box::new(|information| {
        console_error_panic_hook::hook(information);
        // Whatever fails here has nobody left to be told.
        let _ = show(&information.to_string());
    }));
}

fn show(what: &str) -> Result<(), JsValue> {
    let document = web_sys::window().and_then(|window| window.document()).ok_or(JsValue::NULL)?;
    if document.get_element_by_id("broken").is_some() {
        return Ok(());
    }
    let overlay = document.create_element("div")?;
    overlay.set_id("broken");
    overlay.set_class_name("broken");
    overlay.set_attribute("role", "alertdialog")?;
    overlay.set_attribute("aria-labelledby", "broken-title")?;
    let title = document.create_element("h1")?;
    title.set_id("broken-title");
    title.set_text_content(Some(tr!("Eventyard has stopped because of an error of its own")));
    let text = document.create_element("p")?;
    text.set_text_content(Some(tr!(
        "Your diagram is safe: download it, then reload the page. Please report the lines below."
    )));
    let link = document.create_element("a")?.dyn_into::<web_sys::HtmlAnchorElement>()?;
    link.set_text_content(Some(tr!("Download the diagram")));
    link.set_class_name("button primary");
    let kept = DOCUMENT.with(|kept| kept.try_borrow().map(|kept| kept.clone()).unwrap_or_default());
    let options = web_sys::BlobPropertyBag::new();
    options.set_type("application/json");
    let blob = web_sys::Blob::new_with_str_sequence_and_options(&js_sys::Array::of1(&kept.into()), &options)?;
    link.set_href(&web_sys::Url::create_object_url_with_blob(&blob)?);
    link.set_download("diagram.eventyard.json");
    let detail = document.create_element("pre")?;
    detail.set_text_content(Some(what));
    for child in [&title, &text, link.as_ref(), &detail] {
        overlay.append_child(child)?;
    }
    document.body().ok_or(JsValue::NULL)?.append_child(&overlay)?;
    Ok(())
}
