//! In which language the app speaks. public/boot.js has chosen it before the app was there, and fetches its catalogue beside
//! the module; another choice loads the page again, so that nothing is said in two languages.

use super::keep::Wish;
use super::state::use_state;
use leptos::prelude::*;
use tr::MoTranslator;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

const KEY: &str = "eventyard.language";
/// What everything is written in.
const SOURCE: &str = "en";

/// Before anything is said. Without the catalogue it is said in English.
pub async fn arrive() {
    let Ok(promise) = js_sys::Reflect::get(&window(), &"eventyardCatalogue".into()) else { return };
    let Ok(promise) = promise.dyn_into::<js_sys::Promise>() else { return };
    let spoken = match JsFuture::from(promise).await.map(JsCast::dyn_into::<js_sys::ArrayBuffer>) {
        Ok(Ok(catalogue)) => speak(js_sys::Uint8Array::new(&catalogue).to_vec()).await.unwrap_or(false),
        _ => false,
    };
    if !spoken && let Some(root) = document().document_element() {
        let _ = root.set_attribute("lang", SOURCE);
        let _ = root.set_attribute("dir", "ltr");
    }
}

#[wasm_split(language, fallible)]
fn speak(catalogue: Vec<u8>) -> Result<bool, SplitLoaderError> {
    Ok(MoTranslator::from_vec_u8(catalogue).map(crate::language::speak).is_ok())
}

/// As in `<html lang>`.
pub fn current() -> String {
    document().document_element().and_then(|root| root.get_attribute("lang")).unwrap_or(SOURCE.to_string())
}

/// The locale to write dates in: the browser's own kind of the language that is spoken, such as `en-GB`, if it has one.
pub fn locale() -> String {
    let spoken = current();
    let known = window().navigator().languages();
    let mut locales = known.iter().filter_map(|locale| locale.as_string());
    locales.find(|locale| locale.split('-').next() == Some(spoken.as_str())).unwrap_or(spoken)
}

/// The codes of all languages.
fn all() -> Vec<String> {
    let named = document().query_selector_all("meta[name='eventyard:language']").ok();
    let elements = (0..named.as_ref().map_or(0, web_sys::NodeList::length))
        .filter_map(|index| named.as_ref()?.get(index)?.dyn_into::<web_sys::Element>().ok());
    let codes = elements.filter_map(|element| element.get_attribute("content"));
    std::iter::once(SOURCE.to_string()).chain(codes).collect()
}

/// What a language calls itself.
fn own_name(code: &str) -> Option<String> {
    let options = js_sys::Object::new();
    js_sys::Reflect::set(&options, &"type".into(), &"language".into()).ok()?;
    let intl = js_sys::Reflect::get(&window(), &"Intl".into()).ok()?;
    let class: js_sys::Function = js_sys::Reflect::get(&intl, &"DisplayNames".into()).ok()?.dyn_into().ok()?;
    let names = js_sys::Reflect::construct(&class, &js_sys::Array::of2(&code.into(), &options)).ok()?;
    let of: js_sys::Function = js_sys::Reflect::get(&names, &"of".into()).ok()?.dyn_into().ok()?;
    of.call1(&names, &code.into()).ok()?.as_string()
}

/// From now on, and with every visit, this one of all languages. What is on the screen has been kept.
pub fn choose(place: usize) {
    let Some(code) = all().into_iter().nth(place) else { return };
    let location = window().location();
    let search = location.search().unwrap_or_default();
    let Ok(parameters) = web_sys::UrlSearchParams::new_with_str(&search) else { return };
    let stored = matches!(window().local_storage(), Ok(Some(storage)) if storage.set_item(KEY, &code).is_ok());
    // Where the address asks for a language it would go on asking; where nothing can be stored it has to.
    if parameters.has("lang") || !stored {
        parameters.set("lang", &code);
        let _ = location.set_search(&String::from(parameters.to_string()));
    } else {
        let _ = location.reload();
    }
}

/// Where people choose it.
#[component]
pub fn LanguageChoice() -> impl IntoView {
    let state = use_state();
    let options = all().into_iter().enumerate().map(|(place, code)| {
        let (selected, name) = (code == current(), own_name(&code).unwrap_or(code.clone()));
        view! { <option value=place.to_string() lang=code selected=selected>{name}</option> }.into_any()
    });
    let choose = move |event| {
        if let Ok(place) = event_target_value(&event).parse() {
            state.wish.set(Some(Wish::Speak(place)));
        }
    };
    view! {
        <label class="language">
            // In English as well, for those who do not read what is set.
            <span>{tr!("Language")}{(current() != SOURCE).then_some(" · Language")}</span>
            <select data-testid="language" on:change=choose>
                {options.collect::<Vec<_>>()}
            </select>
        </label>
    }
}
