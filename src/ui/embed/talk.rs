//! Messages between an embed and the page around it: `public/embed.d.ts`. Only that page is listened to, and only if its
//! origin is among those that the address allows. What is not understood is refused with a reason, and nothing else happens.

use super::{go_to, told_so_far};
use crate::diagram::check;
use crate::exchange::embed::{self, LONGEST, Message, Origins, Refused, Request};
use crate::lessons::guide;
use crate::ui::keep::download;
use crate::ui::sharing::Incoming;
use crate::ui::state::{State, said};
use gloo_timers::callback::Interval;
use leptos::prelude::*;
use serde_json::{Value, json};
use wasm_bindgen::prelude::*;

/// Between two reports on how everything fares, in milliseconds.
const METRICS: u32 = 500;

#[derive(Clone, Copy)]
struct Talk {
    state: State,
    /// The origin of the page around, once it is known and allowed: nobody else hears anything.
    partner: StoredValue<Option<String>>,
}

/// Listens and tells, from now on.
pub fn listen(state: State, origins: Origins, notes: RwSignal<String>) {
    let Some(parent) = window().parent().ok().flatten().filter(|parent| *parent != window()) else { return };
    let own = window().location().origin().unwrap_or_default();
    let around = around().filter(|origin| origins.allow(origin, &own));
    let talk = Talk { state, partner: StoredValue::new(around) };
    let heard = Closure::<dyn Fn(web_sys::MessageEvent)>::new(move |event: web_sys::MessageEvent| {
        let data = event.data();
        let ours = js_sys::Reflect::get(&data, &"eventyard".into()).is_ok_and(|version| !version.is_undefined());
        let from_parent = event.source().is_some_and(|source| js_sys::Object::is(&source, &parent));
        if !ours || !from_parent {
            return;
        }
        let origin = event.origin();
        if !origins.allow(&origin, &own) {
            let short: String = origin.chars().take(80).collect();
            return notes.set(tr!(
                "Messages from {origin} are not listened to: the address does not list it under “origins”.",
                origin = short
            ));
        }
        talk.partner.set_value(Some(origin));
        let text = js_sys::JSON::stringify(&data).ok().filter(|text| text.length() as usize <= LONGEST);
        // What cannot be written as JSON is no message of ours.
        match text.map(|text| embed::decode(&String::from(text))) {
            None | Some(Err(Refused::NotOurs)) => talk.tell(&embed::error(&Value::Null, "The message cannot be read.")),
            Some(Err(Refused::Wrong { id, why })) => talk.tell(&embed::error(&id, &why)),
            Some(Ok(message)) => talk.follow(message),
        }
    });
    let _ = window().add_event_listener_with_callback("message", heard.as_ref().unchecked_ref());
    // It listens as long as the page lives.
    heard.forget();
    talk.report();
}

/// The origin of the page around, where the browser says so.
fn around() -> Option<String> {
    let list = js_sys::Reflect::get(&window().location(), &"ancestorOrigins".into()).ok()?;
    if let Some(origin) = js_sys::Reflect::get_u32(&list, 0).ok().and_then(|origin| origin.as_string()) {
        return Some(origin);
    }
    web_sys::Url::new(&document().referrer()).ok().map(|url| url.origin())
}

impl Talk {
    fn tell(self, message: &Value) {
        let (Some(partner), Ok(Some(parent))) = (self.partner.get_value(), window().parent()) else { return };
        if let Ok(message) = js_sys::JSON::parse(&message.to_string()) {
            let _ = parent.post_message(&message, &partner);
        }
    }

    fn now(self) -> Value {
        let (playing, speed) = (self.state.playing.get_untracked(), self.state.speed.get_untracked());
        self.state.read(|simulation| embed::state(simulation, playing, speed))
    }

    /// Tells of its own accord what happens.
    fn report(self) {
        let state = self.state;
        Effect::new(move |_| {
            state.run.track();
            self.tell(&state.read(embed::ready));
        });
        Effect::new(move |_| {
            state.run.track();
            state.jumps.track();
            state.playing.track();
            state.speed.track();
            self.tell(&self.now());
        });
        // What people are told, the page around may want to know.
        Effect::new(move |_| {
            if let Some(notice) = state.notice.get() {
                self.tell(&embed::error(&Value::Null, &notice));
            }
        });
        let told = StoredValue::new(0);
        Interval::new(METRICS, move || {
            let now = state.read(|simulation| simulation.now().0);
            if now != told.get_value() {
                told.set_value(now);
                self.tell(&state.read(embed::metrics));
            }
        })
        .forget();
        // Whoever else in the app has something to tell does so by an event of the window, with JSON as its detail.
        let relay = move |text: String| {
            if let Ok(Value::Object(fields)) = serde_json::from_str(&text) {
                let mut fields = Value::Object(fields);
                fields["eventyard"] = embed::PROTOCOL.into();
                self.tell(&fields);
            }
        };
        told_so_far().into_iter().for_each(relay);
        let relayed = Closure::<dyn Fn(web_sys::CustomEvent)>::new(move |event: web_sys::CustomEvent| {
            event.detail().as_string().into_iter().for_each(relay);
        });
        let _ = window().add_event_listener_with_callback("eventyard-tells", relayed.as_ref().unchecked_ref());
        relayed.forget();
    }

    fn done(self, id: &Value) {
        self.tell(&embed::reply(id, self.now()));
    }

    fn follow(self, message: Message) {
        let (state, id) = (self.state, message.id);
        match &message.request {
            Request::LoadDiagram(name) if guide::find(name).is_none() => {
                return self.tell(&embed::error(&id, "There is no such diagram in the guide."));
            }
            Request::LoadDiagram(name) => state.open(name),
            Request::LoadDocument(document) => match check(document) {
                Ok(_) => state.open_document(document.as_ref().clone()),
                Err(problems) => return self.tell(&embed::error(&id, &said(&problems))),
            },
            Request::LoadLink(fragment) => state.incoming.set(Some(Incoming::link(fragment.clone()))),
            Request::Play { speed } => {
                if let Some(speed) = speed {
                    state.speed.set(*speed);
                }
                state.playing.set(true);
            }
            Request::Pause => state.playing.set(false),
            Request::Step => state.step(),
            Request::Seek(time) => return go_to(state, *time, move || self.done(&id)),
            Request::GetState => {
                let document = state.read(|simulation| simulation.document().to_json());
                let mut now = self.now();
                now["document"] = document;
                now["metrics"] = state.read(embed::metrics);
                now["journalHash"] = state.read(|simulation| simulation.journal().hash()).into();
                return self.tell(&embed::reply(&id, now));
            }
            Request::Screenshot { png: false } => {
                return self.tell(&embed::reply(&id, json!({ "svg": download::picture(state) })));
            }
            Request::Screenshot { png: true } => {
                return download::draw(state, move |canvas| {
                    match canvas.and_then(|canvas| canvas.to_data_url().ok()) {
                        Some(url) => self.tell(&embed::reply(&id, json!({ "png": url }))),
                        None => self.tell(&embed::error(&id, "The picture could not be drawn.")),
                    }
                });
            }
            request => {
                let command = match state.read(|simulation| request.command(simulation.document())) {
                    Ok(command) => command,
                    Err(why) => return self.tell(&embed::error(&id, &why)),
                };
                // What is closed to visitors is open to the page that has closed it.
                let readonly = state.readonly.get_value();
                state.readonly.set_value(false);
                let result = command.map_or(Ok(()), |command| state.apply(command));
                state.readonly.set_value(readonly);
                if let Err(problems) = result {
                    return self.tell(&embed::error(&id, &said(&problems)));
                }
            }
        }
        self.done(&id);
    }
}
