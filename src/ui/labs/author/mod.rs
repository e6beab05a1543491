//! The author: a lab is made beside the diagram that it is about. The diagram is the lab's own and can be changed as any
//! other; what a step's solution does is recorded by doing it.

mod conditions;
mod draft;
mod fields;
mod proof;
mod question;
mod record;
mod recording;
mod step;

use super::list::save;
use super::shelf::{Key, Shelf};
use super::stage::{Stage, Turn};
use crate::diagram::{Document, Problem};
use crate::lessons::labs::{Diagram, Lab, MAXIMUM_STEPS, Step, check, prepared, stage as staged};
use crate::simulation::{Command, Simulation};
use crate::ui::format::parse_number;
use crate::ui::reactive::{live_flag, live_part, live_text};
use crate::ui::sharing;
use crate::ui::state::{Host, State, said};
use draft::Draft;
use fields::{Bound, prose, section, text};
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use recording::Recorder;
use std::rc::Rc;
use std::time::Duration;

/// After a change, so that typing stays quick.
const PAUSE: Duration = Duration::from_millis(400);

#[derive(Clone, Copy)]
struct Making {
    state: State,
    stage: Stage,
    shelf: Shelf,
    id: StoredValue<String>,
    draft: Draft,
    /// The diagram as the shown step finds it: what names there are.
    document: RwSignal<Document>,
    problems: RwSignal<Vec<Problem>>,
    timer: StoredValue<Option<TimeoutHandle>>,
}

/// Makes or edits a lab of one's own.
pub fn view(state: State, stage: Stage, shelf: Shelf, id: String, lab: Lab) -> Result<AnyView, Vec<Problem>> {
    let document = prepared(&lab)?;
    let making = Making {
        state,
        stage,
        shelf,
        id: StoredValue::new(id),
        draft: Draft::new(lab),
        document: RwSignal::new(document),
        problems: RwSignal::new(Vec::new()),
        timer: StoredValue::new(None),
    };
    let recorder = Recorder::new(state, making.draft, Callback::new(move |at_step| making.show(at_step)));
    let turn = stage.enter(Host {
        refuses: Callback::new(move |command: Command| recorder.refuses(&command)),
        holds: Callback::new(|()| None),
        leave: Callback::new(move |()| making.leave()),
        restart: Callback::new(move |()| making.show(recorder.target.get_untracked().is_some())),
    });
    making.show(false);
    making.listen(recorder, turn);
    Ok(making.view(recorder))
}

impl Making {
    fn leave(self) {
        self.keep();
        self.stage.leave();
        self.state.lab.set(None);
    }

    fn keep(self) {
        let lab = self.draft.lab.get_untracked();
        self.id.with_value(|id| self.shelf.keep_lab(id, &lab));
    }

    /// Shows the lab's diagram at its beginning, or as the shown step finds it.
    fn show(self, at_step: bool) {
        let lab = Rc::new(self.draft.lab.get_untracked());
        let place = if at_step { self.draft.at.get_untracked() } else { 0 };
        match staged(&lab, place) {
            Ok(simulation) => self.stage.show(&self.id.with_value(|id| format!("edit:{id}")), simulation),
            Err(problems) => self.state.refuse(&said(&problems)),
        }
    }

    fn listen(self, recorder: Recorder, turn: Turn) {
        let Making { state, stage, draft, .. } = self;
        // What is drawn becomes the lab's diagram.
        Effect::new(move |before: Option<()>| {
            state.revision.track();
            if before.is_none() || recorder.target.get_untracked().is_some() || !stage.is_on(turn) {
                return;
            }
            let drawn = state.read(|simulation| simulation.document().clone());
            if draft.lab.with_untracked(|lab| prepared(lab).is_ok_and(|document| document != drawn)) {
                draft.edit("diagram", |lab| {
                    lab.diagram = Diagram::Document(Box::new(drawn));
                    lab.prepare.clear();
                });
            }
        });
        // And what is undone in the lab is undone in the drawing.
        Effect::new(move |before: Option<()>| {
            let now = draft.lab.with(|lab| prepared(lab).ok());
            draft.at.track();
            self.soon();
            let Some(now) = now.filter(|_| before.is_some() && stage.is_on(turn)) else { return };
            if recorder.target.get_untracked().is_none() && state.read(|simulation| *simulation.document() != now) {
                self.show(false);
            }
        });
        // A step that is left is recorded no longer.
        Effect::new(move |before: Option<usize>| {
            let at = draft.at.get();
            if before.is_some_and(|before| before != at) {
                recorder.cancel();
            }
            at
        });
    }

    /// A moment after the latest change: it is kept and looked through.
    fn soon(self) {
        if let Some(Some(timer)) = self.timer.try_update_value(Option::take) {
            timer.clear();
        }
        let look = move || {
            if self.draft.lab.is_disposed() {
                return;
            }
            self.keep();
            let lab = self.draft.lab.get_untracked();
            self.problems.set(check(&lab));
            // Names are those of the step's own diagram, as far as it can be had.
            let place = self.draft.at.get_untracked();
            let document = document_at(&lab, place);
            if let Some(document) = document.filter(|document| self.document.with_untracked(|known| known != document))
            {
                self.document.set(document);
            }
        };
        self.timer.set_value(set_timeout_with_handle(look, PAUSE).ok());
    }

    fn view(self, recorder: Recorder) -> AnyView {
        let Making { state, draft, document, problems, .. } = self;
        let title = Bound::new(
            move || draft.lab.with(|lab| lab.title.clone()),
            move |text| draft.edit("title", |lab| lab.title = text),
        );
        let save = move |_| draft.lab.with_untracked(|lab| save(state, lab));
        let link = move |_| draft.lab.with_untracked(|lab| sharing::copy_lab(state, &lab.to_json()));
        let package = move |_| {
            self.keep();
            self.shelf.packing.set(Some(self.id.with_value(|id| Key::Own(id.clone()))));
        };
        let take = move |_| {
            self.keep();
            let found = draft.lab.with_untracked(check);
            if found.is_empty() {
                state.lab.set(Some(self.id.with_value(|id| Key::Own(id.clone()).text())));
            } else {
                problems.set(found);
                state.refuse(tr!(
                    "The lab has problems; they are listed at its end. It can be taken once they are mended."
                ));
            }
        };
        let problem = |problem: Problem| {
            let place = if problem.path.is_empty() { tr!("lab").to_string() } else { problem.path };
            view! { <li data-testid="author-problem"><code>{place}</code>": "{problem.message}" "<span class="quiet">{problem.hint}</span></li> }
        };
        let trouble = live_text(move || self.shelf.words());
        view! {
            <section class="lab-author" data-testid="lab-author" aria-label=tr!("Author of labs")>
                <div class="lab-top">
                    <div class="lab-top-line">
                        <span>{tr!("Making a lab")}</span>
                        <span>
                            <button class="bare" data-testid="author-undo" disabled=live_flag(move || !draft.can_undo()) on:click=move |_| draft.undo()>{tr!("Undo")}</button>
                            <button class="bare" data-testid="author-redo" disabled=live_flag(move || !draft.can_redo()) on:click=move |_| draft.redo()>{tr!("Redo")}</button>
                            <button data-testid="author-leave" title=tr!("Back to your own diagram; the lab is kept") on:click=move |_| self.leave()>{tr!("Leave")}</button>
                        </span>
                    </div>
                    {text(tr!("Title"), "author-title", title)}
                </div>
                <div class="lab-body" tabindex="0" role="region" aria-label=tr!("The lab's forms")>
                    <p class="lab-hint" class:hidden=live_flag(move || trouble.with(String::is_empty))>{trouble}</p>
                    {about(draft)}
                    {steps(draft)}
                    {step::view(draft, document.into(), recorder)}
                    {proof::view(draft)}
                    <div class:hidden=live_flag(move || problems.with(Vec::is_empty)) data-testid="author-problems">
                        <h3>{tr!("Problems")}</h3>
                        <ul class="lab-problems">{live_part(move || problems.get().into_iter().map(problem).collect_view())}</ul>
                    </div>
                </div>
                <div class="lab-foot">
                    <button data-testid="author-save" on:click=save>{tr!("Save to a file")}</button>
                    <button data-testid="author-link" title=tr!("A link that holds the lab itself") on:click=link>{tr!("Copy link")}</button>
                    <button data-testid="author-course" title=tr!("For a learning management system: SCORM or cmi5") on:click=package>{tr!("Course package…")}</button>
                    <button class="primary lab-onward" data-testid="author-take" on:click=take>{tr!("Take it")}</button>
                </div>
            </section>
        }
        .into_any()
    }
}

/// The diagram as a step finds it; earlier solutions change it.
fn document_at(lab: &Lab, place: usize) -> Option<Document> {
    let mut document = prepared(lab).ok()?;
    for step in lab.steps.iter().take(place) {
        let acts = step.solution.iter().chain(step.run.iter().flat_map(|run| &run.acts));
        for act in acts {
            if let Ok(Some(edit)) = act.edit(&document, 0.0) {
                let _ = document.apply(edit);
            }
        }
    }
    Some(document)
}

fn about(draft: Draft) -> AnyView {
    let bound = move |place: &'static str, read: fn(&Lab) -> String, write: fn(&mut Lab, String)| {
        Bound::new(move || draft.lab.with(read), move |text| draft.edit(place, |lab| write(lab, text)))
    };
    let inside = view! {
        {text(tr!("In one sentence"), "author-summary", bound("summary", |lab| lab.summary.clone(), |lab, text| lab.summary = text))}
        {prose(tr!("The idea that it teaches"), "author-teaches", "2", bound("teaches", |lab| lab.teaches.clone(), |lab, text| lab.teaches = text))}
        <div class="lab-build-figure">
            {text(tr!("Minutes"), "author-minutes", bound("minutes", |lab| lab.minutes.to_string(), |lab, text| {
                if let Some(number) = parse_number(&text).filter(|number| (1.0..=600.0).contains(number)) {
                    lab.minutes = number as u32;
                }
            }))}
            {text(tr!("Seed"), "author-seed", bound("seed", |lab| lab.seed.to_string(), |lab, text| {
                if let Ok(seed) = text.trim().parse() {
                    lab.seed = seed;
                }
            }))}
        </div>
        {text(tr!("Id, for addresses"), "author-id", bound("id", |lab| lab.id.clone(), |lab, text| {
            lab.id = text.chars().map(|it| it.to_ascii_lowercase()).filter(|it| it.is_ascii_alphanumeric() || *it == '-').collect();
        }))}
        <p class="quiet">{tr!("The diagram is the one beside this: what you draw and set there is how the lab begins.")}</p>
    };
    section(tr!("About the lab"), "author-about", false, live_text(String::new), inside.into_any())
}

fn steps(draft: Draft) -> AnyView {
    let titles =
        Memo::new(move |_| draft.lab.with(|lab| lab.steps.iter().map(|step| step.title.clone()).collect::<Vec<_>>()));
    let list = live_part(move || {
        let one = |(place, title): (usize, String)| {
            let here = live_text(move || if draft.at.get() == place { "step" } else { "false" });
            view! {
                <li>
                    <button class="bare lab-item-step" data-testid=format!("author-step-{}", place + 1) aria-current=here on:click=move |_| draft.at.set(place)>
                        {format!("{}. {title}", place + 1)}
                    </button>
                </li>
            }
        };
        titles.get().into_iter().enumerate().map(one).collect_view()
    });
    let count = move || titles.with(Vec::len);
    let more = move |_| {
        let at = draft.at.get_untracked() + 1;
        draft.edit("", |lab| {
            let at = at.min(lab.steps.len());
            lab.steps.insert(at, Step { title: format!("Step {}", at + 1), ..Step::default() });
        });
        draft.at.set(at);
    };
    let remove = move |_| {
        let at = draft.at.get_untracked();
        draft.edit("", |lab| {
            if lab.steps.len() > 1 {
                lab.steps.remove(at);
            }
        });
    };
    let shift = move |by: isize| {
        let at = draft.at.get_untracked();
        let Some(to) = at.checked_add_signed(by).filter(|to| *to < count()) else { return };
        draft.edit("", |lab| lab.steps.swap(at, to));
        draft.at.set(to);
    };
    view! {
        <nav class="lab-box" aria-label=tr!("Steps of the lab")>
            <p class="lab-kicker">{tr!("Steps")}</p>
            <ol class="lab-step-list">{list}</ol>
            <div class="buttons">
                <button data-testid="author-step-add" disabled=live_flag(move || count() >= MAXIMUM_STEPS) on:click=more>{tr!("Add")}</button>
                <button data-testid="author-step-up" disabled=live_flag(move || draft.at.get() == 0) on:click=move |_| shift(-1)>{tr!("move" => "Up")}</button>
                <button data-testid="author-step-down" disabled=live_flag(move || draft.at.get() + 1 >= count()) on:click=move |_| shift(1)>{tr!("move" => "Down")}</button>
                <button data-testid="author-step-remove" disabled=live_flag(move || count() <= 1) on:click=remove>{tr!("Remove")}</button>
            </div>
        </nav>
    }
    .into_any()
}

/// A lab about the diagram that is open.
pub fn from_diagram(simulation: &Simulation) -> Lab {
    let document = simulation.document().clone();
    let title = format!("Lab: {}", document.name);
    let mut lab = Lab::new("my-lab", title, Diagram::Document(Box::new(document)));
    lab.seed = simulation.seed();
    lab
}
