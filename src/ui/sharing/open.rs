//! From a link to what it shows. A moment of a run is approached in slices, and people can stop that.

use super::fetch::fetch;
use super::{Incoming, What};
use crate::diagram::{Problem, check};
use crate::exchange::link::{Arrival, Held, Link};
use crate::language::translation_of;
use crate::ui::keep;
use crate::ui::reactive::{live_flag, live_text};
use crate::ui::state::{Side, State, said, use_state};
use crate::ui::time::past;
use leptos::prelude::*;
use std::time::Duration;

/// A slice may take this long, in milliseconds.
const BUDGET: f64 = 12.0;
/// Events between two looks at the clock.
const SLICE: u64 = 2_000;
/// After which people are told that it takes a while, in milliseconds.
const PATIENCE: f64 = 400.0;

/// A run on its way to the moment that a link shows.
#[derive(Clone, Copy)]
struct Way {
    state: State,
    arrival: StoredValue<Option<Arrival>, LocalStorage>,
    /// Slices of an older way carry an older number.
    generation: StoredValue<u32>,
    begun: StoredValue<f64>,
    /// How far it is, once it takes long.
    words: RwSignal<Option<String>>,
}

fn clock() -> f64 {
    window().performance().map_or(0.0, |clock| clock.now())
}

/// Nothing is opened; what was open stays.
fn refuse(state: State, incoming: &Incoming, why: &str) {
    if incoming.at_start {
        state.open_instead();
    } else {
        state.show_address();
    }
    state.refuse(why);
}

fn explain(problems: &[Problem]) -> String {
    // A document that is wrong in many places is explained by the first of them.
    const SHOWN: usize = 6;
    let mut words = said(&problems[..problems.len().min(SHOWN)]);
    if problems.len() > SHOWN {
        words.push('\n');
        words.push_str(&tr!("And {n} more." | "And {n} more." % problems.len() - SHOWN));
    }
    format!("{}\n{words}", tr!("The link could not be opened; everything else is as it was."))
}

impl Way {
    fn open(self, incoming: Incoming) {
        self.cancel();
        match &incoming.what {
            What::Fragment(fragment) => self.open_link(fragment, &incoming),
            What::Source(source) => {
                let source = source.clone();
                leptos::task::spawn_local(async move {
                    let document = match fetch(&source).await {
                        Ok(text) => keep::read(&text),
                        Err(why) => Err(vec![Problem::new("", why)]),
                    };
                    match document {
                        Ok(document) => {
                            let words = tr!(
                                "Opened “{name}” from {source}.",
                                name = translation_of(&document.name),
                                source = source
                            );
                            self.state.open_linked(document, None, incoming.address());
                            self.state.say(&words);
                        }
                        Err(problems) => refuse(self.state, &incoming, &explain(&problems)),
                    }
                });
            }
        }
    }

    fn open_link(self, fragment: &str, incoming: &Incoming) {
        let state = self.state;
        let held = match Held::parse(fragment) {
            Ok(Held::Lab(lab)) => return self.open_lab(incoming, lab.to_string()),
            Ok(Held::Diagram(link)) => Ok(*link),
            Err(problems) => Err(problems),
        };
        let begun = held.and_then(|link: Link| {
            check(&link.document)?;
            let arrival = link.moment.is_some().then(|| Arrival::new(&link, 1)).transpose()?;
            Ok((link, arrival))
        });
        match begun {
            Err(problems) => refuse(state, incoming, &explain(&problems)),
            Ok((link, None)) => {
                state.speed.set(link.speed.unwrap_or(1.0));
                let words = tr!("Opened “{name}” from the link.", name = translation_of(&link.document.name));
                state.open_linked(link.document, link.seed, incoming.address());
                state.say(&words);
            }
            Ok((link, Some(arrival))) => {
                self.arrival.set_value(Some(arrival));
                self.begun.set_value(clock());
                self.turn(self.generation.get_value(), incoming.clone(), link.speed.unwrap_or(1.0));
            }
        }
    }

    /// A lab is taken beside whatever is open.
    fn open_lab(self, incoming: &Incoming, text: String) {
        let state = self.state;
        if incoming.at_start {
            state.open_instead();
        } else {
            state.show_address();
        }
        state.side.set(Side::Labs);
        state.lab_file.set(Some((tr!("the link").to_string(), text)));
    }

    /// A piece of the way.
    fn turn(self, generation: u32, incoming: Incoming, speed: f64) {
        if generation != self.generation.get_value() {
            return;
        }
        let start = clock();
        let mut done = Ok(false);
        self.arrival.update_value(|arrival| {
            let Some(arrival) = arrival else { return };
            while let Ok(false) = done
                && clock() - start < BUDGET
            {
                done = arrival.work(SLICE);
            }
            if start - self.begun.get_value() > PATIENCE {
                let (now, goal) = arrival.progress();
                self.words.set(Some(tr!("On the way to {goal}: at {now}.", goal = goal, now = now)));
            }
        });
        match done {
            Ok(false) => set_timeout(move || self.turn(generation, incoming, speed), Duration::ZERO),
            Ok(true) => self.arrive(&incoming, speed),
            Err(problems) => {
                self.cancel();
                refuse(self.state, &incoming, &explain(&problems));
            }
        }
    }

    fn arrive(self, incoming: &Incoming, speed: f64) {
        let arrival = self.arrival.try_update_value(Option::take).flatten();
        self.words.set(None);
        let Some((simulation, known, history)) = arrival.map(Arrival::finish) else { return };
        let state = self.state;
        state.speed.set(speed);
        let words = {
            let (name, time) = (translation_of(&simulation.document().name), simulation.now());
            tr!("Opened “{name}” at {time} from the link.", name = name, time = time)
        };
        state.open_run(simulation, history, incoming.address(), || {
            past(state, |past, _| *past = known);
        });
        state.say(&words);
    }

    /// Gives up what is under way.
    fn cancel(self) {
        self.generation.update_value(|generation| *generation += 1);
        self.arrival.set_value(None);
        self.words.set(None);
    }

    fn stop(self, incoming: Option<Incoming>) {
        self.cancel();
        if let Some(incoming) = incoming {
            refuse(self.state, &incoming, tr!("Stopped: the link was not opened."));
        }
    }
}

/// Opens links as they come in; shows something only while one takes long.
#[component]
pub fn Opening() -> impl IntoView {
    let state = use_state();
    let way = Way {
        state,
        arrival: StoredValue::new_local(None),
        generation: StoredValue::new(0),
        begun: StoredValue::new(0.0),
        words: RwSignal::new(None),
    };
    let last = StoredValue::new(None::<Incoming>);
    Effect::new(move |_| {
        let Some(incoming) = state.incoming.get() else { return };
        last.set_value(Some(incoming.clone()));
        way.open(incoming);
        state.incoming.set(None);
    });
    view! {
        <div class="notice" role="status" data-testid="link-way" class:hidden=live_flag(move || way.words.get().is_none())>
            <p>{live_text(move || way.words.get().unwrap_or_default())}</p>
            <button data-testid="link-stop" on:click=move |_| way.stop(last.get_value())>{tr!("Stop")}</button>
        </div>
    }
}
