//! Fetching a document from an address that somebody put into a link: only GET, without credentials or referrer, no
//! larger than a file may be, and not for ever. What comes is read as a diagram and nothing else.

use crate::ui::keep::MAXIMUM_BYTES;
use leptos::prelude::window;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortSignal, ReadableStreamDefaultReader, ReferrerPolicy, Request, RequestCredentials, RequestInit, Response, Url,
};

/// In milliseconds.
const TIMEOUT: u32 = 15_000;

/// The address in full, if it is one that may be fetched.
fn resolve(source: &str) -> Result<Url, String> {
    let base = leptos::prelude::document().base_uri().ok().flatten().unwrap_or_default();
    let url = Url::new_with_base(source, &base).map_err(|_| tr!("“{source}” is no address.", source = source))?;
    let own = window().location().origin().unwrap_or_default();
    let loopback = url.protocol() == "http:" && ["127.0.0.1", "localhost"].contains(&url.hostname().as_str());
    if url.protocol() == "https:" || loopback || url.origin() == own {
        Ok(url)
    } else {
        Err(tr!("“{source}” is not fetched: an address has to begin with https://.", source = source))
    }
}

/// The text at an address, or why it cannot be had.
pub async fn fetch(source: &str) -> Result<String, String> {
    let url = resolve(source)?;
    let name = url.href();
    let unreachable = |error: JsValue| {
        let timeout = js_sys::Reflect::get(&error, &"name".into()).is_ok_and(|name| name == "TimeoutError");
        if timeout {
            tr!("{address} did not answer within {n} seconds.", address = name, n = TIMEOUT / 1000)
        } else {
            tr!(
                "{address} cannot be reached, or its server does not allow other pages to read it (CORS).",
                address = name
            )
        }
    };
    let how = RequestInit::new();
    how.set_method("GET");
    how.set_credentials(RequestCredentials::Omit);
    how.set_referrer_policy(ReferrerPolicy::NoReferrer);
    how.set_signal(Some(&AbortSignal::timeout_with_u32(TIMEOUT)));
    let request =
        Request::new_with_str_and_init(&name, &how).map_err(|_| tr!("“{source}” is no address.", source = source))?;
    let answer = JsFuture::from(window().fetch_with_request(&request)).await.map_err(unreachable)?;
    let answer: Response = answer.dyn_into().map_err(unreachable)?;
    if !answer.ok() {
        return Err(tr!(
            "{address} answered {status} {text}.",
            address = name,
            status = answer.status(),
            text = answer.status_text()
        ));
    }
    let bytes = read(&answer).await.map_err(|error| match error {
        Some(error) => unreachable(error),
        None => tr!("What lies at {address} is larger than 8 MB. A diagram is much smaller.", address = name),
    })?;
    String::from_utf8(bytes).map_err(|_| tr!("What lies at {address} is no text.", address = name))
}

/// All bytes of an answer, piece by piece; `Err(None)` as soon as they are too many.
async fn read(answer: &Response) -> Result<Vec<u8>, Option<JsValue>> {
    let mut bytes = Vec::new();
    let Some(stream) = answer.body() else { return Ok(bytes) };
    let reader: ReadableStreamDefaultReader = stream.get_reader().dyn_into().map_err(|reader| Some(reader.into()))?;
    loop {
        let piece = JsFuture::from(reader.read()).await.map_err(Some)?;
        if js_sys::Reflect::get(&piece, &"done".into()).is_ok_and(|done| done.is_truthy()) {
            return Ok(bytes);
        }
        let piece = js_sys::Reflect::get(&piece, &"value".into()).map_err(Some)?;
        let piece: js_sys::Uint8Array = piece.dyn_into().map_err(Some)?;
        if (bytes.len() + piece.length() as usize) as f64 > MAXIMUM_BYTES {
            // The rest is not waited for.
            let _ = reader.cancel();
            return Err(None);
        }
        bytes.extend(piece.to_vec());
    }
}
