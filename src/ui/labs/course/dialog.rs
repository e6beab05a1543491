//! Makes a package of a lab: what the app consists of is fetched from where it came from, and packed in the page.

use super::{MASTERY, activity};
use crate::diagram::Problem;
use crate::exchange::course::{Course, Standard};
use crate::exchange::zip::Archive;
use crate::language::decimal;
use crate::lessons::labs::{Lab, check};
use crate::ui::dialogs::follow;
use crate::ui::format::{parse_number, slug};
use crate::ui::keep::download;
use crate::ui::labs::cards::cards;
use crate::ui::labs::shelf::{Key, Shelf};
use crate::ui::labs::{kept, shipped};
use crate::ui::language::current;
use crate::ui::reactive::{live_flag, live_part, live_text};
use crate::ui::state::{State, said, use_state};
use leptos::html::Dialog;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

/// What the site consists of: the build lists it.
const LIST: &str = "files.json";

/// How it is going.
#[derive(Clone, PartialEq)]
enum Going {
    Nothing,
    /// So many files of so many are packed.
    Packing(usize, usize),
    Saved(String),
    Failed(String),
}

#[derive(Clone, Copy)]
struct Packing {
    state: State,
    shelf: Shelf,
    going: RwSignal<Going>,
    /// A package that is not wanted any longer carries an older number.
    generation: StoredValue<u32>,
}

async fn fetch(name: &str) -> Option<Vec<u8>> {
    let answer = JsFuture::from(window().fetch_with_str(&format!("./{name}"))).await.ok()?;
    let answer: web_sys::Response = answer.dyn_into().ok().filter(web_sys::Response::ok)?;
    let bytes = JsFuture::from(answer.array_buffer().ok()?).await.ok()?;
    Some(js_sys::Uint8Array::new(&bytes).to_vec())
}

impl Packing {
    fn lab(self, key: &Key) -> Result<Lab, Vec<Problem>> {
        let lab = match key {
            Key::Shipped(id) => shipped(id)?,
            Key::Own(id) => kept(self.shelf, id)?,
        };
        let problems = check(&lab);
        if problems.is_empty() { Ok(lab) } else { Err(problems) }
    }

    fn stop(self) {
        self.generation.update_value(|generation| *generation += 1);
        self.going.set(Going::Nothing);
    }

    fn begin(self, key: Key, standard: Standard, mastery: f64) {
        self.stop();
        let generation = self.generation.get_value();
        match self.lab(&key) {
            Err(problems) => {
                self.going.set(Going::Failed(tr!("This lab has problems. {problems}", problems = said(&problems))))
            }
            Ok(lab) => leptos::task::spawn_local(async move {
                let packed = self.pack(&key, &lab, standard, mastery, generation).await;
                if self.generation.get_value() != generation {
                    return;
                }
                let name = slug(&lab.title);
                let name = format!("{}.{}.zip", if name.is_empty() { "lab" } else { &name }, standard.id());
                match packed {
                    Some(bytes) => {
                        let size = decimal(bytes.len() as f64 / 1e6, 1);
                        download::hand_over(self.state, download::zip(&bytes), &name);
                        self.going.set(Going::Saved(tr!("Saved {name}: {size} MB.", name = name, size = size)));
                    }
                    None => self.going.set(Going::Failed(
                        tr!(
                            "What Eventyard consists of could not be fetched. Is the connection there? Please try again."
                        )
                        .to_string(),
                    )),
                }
            }),
        }
    }

    /// The archive; `None` where a part of the app cannot be had, or it is not wanted any longer.
    async fn pack(self, key: &Key, lab: &Lab, standard: Standard, mastery: f64, generation: u32) -> Option<Vec<u8>> {
        let app: Vec<String> = serde_json::from_slice(&fetch(LIST).await?).ok()?;
        let shipped = if let Key::Shipped(id) = key { Some(id.as_str()) } else { None };
        let language = current();
        let course = Course { lab, shipped, standard, mastery, activity: activity(&lab.id), language };
        let mut archive = Archive::default();
        for (path, text) in course.files(&app) {
            archive.add_compressed(&path, text.as_bytes());
        }
        for (place, name) in app.iter().enumerate() {
            self.going.set(Going::Packing(place, app.len()));
            let bytes = fetch(name).await?;
            if self.generation.get_value() != generation {
                return None;
            }
            archive.add_compressed(&Course::place(name), &bytes);
        }
        Some(archive.finish())
    }
}

#[component]
pub fn PackageDialog() -> impl IntoView {
    let (state, shelf) = (use_state(), expect_context::<Shelf>());
    let dialog = NodeRef::<Dialog>::new();
    follow(dialog, move || shelf.packing.with(Option::is_some));
    let packing = Packing { state, shelf, going: RwSignal::new(Going::Nothing), generation: StoredValue::new(0) };
    let going = packing.going;
    let standard = RwSignal::new(Standard::Scorm12);
    let mastery = RwSignal::new(MASTERY);
    let close = move || {
        packing.stop();
        shelf.packing.set(None);
    };
    let choose = move |event: leptos::ev::Event| {
        packing.stop();
        shelf.packing.set(Some(Key::parse(&event_target_value(&event))));
    };
    let own = move || shelf.own().into_iter().filter_map(|(id, lab)| Some((Key::Own(id).text(), lab.ok()?.title)));
    let shipped = || cards().iter().map(|card| (card.id.to_string(), card.title.clone())).collect::<Vec<_>>();
    let option = move |(value, title): (String, String)| {
        let own = value.clone();
        let chosen = live_flag(move || shelf.packing.with(|key| key.as_ref().is_some_and(|key| key.text() == own)));
        view! { <option value=value selected=chosen>{title}</option> }
    };
    let labs = live_part(move || {
        view! {
            <optgroup label=tr!("Labs of Eventyard")>{shipped().into_iter().map(option).collect_view()}</optgroup>
            <optgroup label=tr!("Your labs")>{own().map(option).collect_view()}</optgroup>
        }
    });
    let standards = Standard::ALL.into_iter().map(|it| view! { <option value=it.id()>{it.name()}</option> });
    let begin = move |_| {
        if let Some(key) = shelf.packing.get_untracked() {
            packing.begin(key, standard.get_untracked(), mastery.get_untracked());
        }
    };
    let is_packing = move || going.with(|going| matches!(going, Going::Packing(..)));
    let words = live_text(move || match going.get() {
        Going::Nothing => String::new(),
        Going::Packing(done, all) => tr!("Packing: {done} of {all} files…", done = done, all = all),
        Going::Saved(words) | Going::Failed(words) => words,
    });
    view! {
        <dialog node_ref=dialog class="lab-course" aria-labelledby="lab-course-title" data-testid="course" on:close=move |_| close()>
            <h2 id="lab-course-title">{tr!("Course package")}</h2>
            <p class="quiet">
                {tr!("A lab for a learning management system: with everything that it needs, so that it also runs where there is no way to this site. It reports completion, score and answers, and goes on where it was left.")}
            </p>
            <div class="lab-course-fields">
                <label>{tr!("Lab")}<select data-testid="course-lab" on:change=choose>{labs}</select></label>
                <label>
                    {tr!("Format")}
                    <select
                        data-testid="course-standard"
                        on:change=move |event| standard.set(Standard::find(&event_target_value(&event)).unwrap_or(Standard::Scorm12))
                    >
                        {standards.collect_view()}
                    </select>
                </label>
                <label>
                    {tr!("Passed from, in %")}
                    <input
                        type="number" min="0" max="100" step="5" data-testid="course-mastery"
                        prop:value=live_text(move || (mastery.get() * 100.0).round().to_string())
                        on:change=move |event| {
                            if let Some(percent) = parse_number(&event_target_value(&event)) {
                                mastery.set(percent.clamp(0.0, 100.0) / 100.0);
                            }
                        }
                    />
                </label>
            </div>
            <p class="quiet">{tr!("Counted are the goals that are reached and the predictions that are right. A lab is complete when every step was gone through.")}</p>
            <p role="status" data-testid="course-status">{words}</p>
            <div class="buttons">
                <button class="primary" data-testid="course-save" disabled=live_flag(is_packing) on:click=begin>{tr!("Save package")}</button>
                <span class="space"></span>
                <button class="bare" data-testid="course-close" on:click=move |_| close()>{tr!("Close")}</button>
            </div>
        </dialog>
    }
}
