//! Builds the snippet that puts the diagram into another page, and shows how it will look there.

use crate::exchange::link::Link;
use crate::language::translated;
use crate::ui::dialogs::follow;
use crate::ui::keep::Wish;
use crate::ui::reactive::{live_part, live_text};
use crate::ui::sharing::dialog::{base, copy, name_in_guide};
use crate::ui::state::{State, use_state};
use leptos::html::{Dialog, Textarea};
use leptos::prelude::*;

/// What stands around the diagram: name in the address, label, and whether it is there unless said otherwise.
const PANELS: [(&str, &str, bool); 5] = [
    ("headline", phrase!("Figures"), true),
    ("inspector", phrase!("Inspector"), true),
    ("guide", phrase!("Guide"), false),
    ("dock", phrase!("Log and more"), false),
    ("header", phrase!("Header"), false),
];
const CONTROLS: [(&str, &str, bool); 8] = [
    ("play", phrase!("Play"), true),
    ("step", phrase!("Step"), true),
    ("back", phrase!("Step back"), false),
    ("start", phrase!("To the start"), false),
    ("reset", phrase!("Reset"), true),
    ("speed", phrase!("Speed"), true),
    ("clock", phrase!("Clock"), true),
    ("zoom", phrase!("Zoom"), true),
];
const FLAGS: [(&str, &str, bool); 4] = [
    ("autoplay", phrase!("Plays at once"), true),
    ("readonly", phrase!("Cannot be changed"), false),
    ("palette", phrase!("Building blocks"), false),
    ("poster", phrase!("Click to load"), false),
];

/// What was chosen.
#[derive(Clone, Copy)]
struct Options {
    panels: RwSignal<Vec<&'static str>>,
    controls: RwSignal<Vec<&'static str>>,
    flags: RwSignal<Vec<&'static str>>,
    theme: RwSignal<String>,
    node: RwSignal<String>,
    height: RwSignal<u32>,
    moment: RwSignal<bool>,
    component: RwSignal<bool>,
}

fn usual(table: &[(&'static str, &'static str, bool)]) -> Vec<&'static str> {
    table.iter().filter(|(.., on)| *on).map(|(name, ..)| *name).collect()
}

impl Options {
    fn new() -> Options {
        Options {
            panels: RwSignal::new(usual(&PANELS)),
            controls: RwSignal::new(usual(&CONTROLS)),
            flags: RwSignal::new(usual(&FLAGS)),
            theme: RwSignal::new(String::new()),
            node: RwSignal::new(String::new()),
            height: RwSignal::new(400),
            moment: RwSignal::new(false),
            component: RwSignal::new(false),
        }
    }

    /// The parameters that differ from what is usual, and the link, if there is one.
    fn parameters(self, state: State) -> (Vec<(&'static str, String)>, Option<String>) {
        let mut parameters = Vec::new();
        let (seed, speed) = (state.seed.get_untracked(), state.speed.get_untracked());
        let name = name_in_guide(state).filter(|_| !self.moment.get());
        let link = name.is_none().then(|| {
            let link = state.read(|simulation| match self.moment.get() {
                true => Link::of_moment(simulation),
                false => Link { seed: Some(seed), ..Link::of(simulation.document().clone()) },
            });
            Link { speed: Some(speed), ..link }.to_fragment()
        });
        if let Some(name) = name {
            parameters.push(("d", name));
            parameters.push(("speed", speed.to_string()));
            if seed != 1 {
                parameters.push(("seed", seed.to_string()));
            }
        }
        for (name, chosen, table) in [("panels", self.panels, &PANELS[..]), ("controls", self.controls, &CONTROLS[..])]
        {
            let chosen = chosen.get();
            if chosen != usual(table) {
                parameters.push((name, if chosen.is_empty() { "none".to_string() } else { chosen.join(",") }));
            }
        }
        let flags = self.flags.get();
        for (name, _, on) in FLAGS {
            let chosen = flags.contains(&name);
            // The moment of a link rests unless it is told to play.
            if chosen != on || (name == "autoplay" && self.moment.get()) {
                parameters.push((name, u8::from(chosen).to_string()));
            }
        }
        for (name, chosen) in [("theme", self.theme), ("node", self.node)] {
            let chosen = chosen.get();
            if !chosen.is_empty() {
                parameters.push((name, chosen));
            }
        }
        (parameters, link)
    }

    fn address(self, state: State) -> String {
        let (parameters, link) = self.parameters(state);
        let mut address = format!("{}?embed", base());
        for (name, value) in parameters {
            address.push_str(&format!("&{name}={}", js_sys::encode_uri_component(&value)));
        }
        if let Some(link) = link {
            address.push_str(&format!("#{link}"));
        }
        address
    }

    fn snippet(self, state: State) -> String {
        let title = state.read(|simulation| simulation.document().name.clone());
        if !self.component.get() {
            return format!(
                "<iframe src=\"{}\" title=\"{}\" width=\"100%\" height=\"{}\" loading=\"lazy\" allow=\"fullscreen; clipboard-write\"></iframe>",
                escape(&self.address(state)),
                escape(&title),
                self.height.get(),
            );
        }
        let (parameters, link) = self.parameters(state);
        let mut attributes: Vec<String> =
            parameters.iter().map(|(name, value)| format!("{name}=\"{}\"", escape(value))).collect();
        if let Some(link) = link {
            attributes.push(format!("link=\"{link}\""));
        }
        format!(
            "<script async src=\"{}embed.js\"></script>\n<eventyard-diagram title=\"{}\" height=\"{}\" {}></eventyard-diagram>",
            escape(folder(&base())),
            escape(&title),
            self.height.get(),
            attributes.join(" "),
        )
    }
}

/// Without the page's own name.
fn folder(address: &str) -> &str {
    address.rfind('/').map_or(address, |end| &address[..=end])
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;")
}

fn boxes(
    legend: &'static str,
    table: &'static [(&'static str, &'static str, bool)],
    chosen: RwSignal<Vec<&'static str>>,
) -> impl IntoView {
    let toggle = move |name: &'static str, on: bool| {
        chosen.update(|chosen| {
            // In the table's order.
            let wanted = |other: &&str| if *other == name { on } else { chosen.contains(other) };
            *chosen = table.iter().map(|(name, ..)| *name).filter(wanted).collect();
        });
    };
    view! {
        <fieldset>
            <legend>{legend}</legend>
            {table
                .iter()
                .map(|(name, label, on)| {
                    view! {
                        <label>
                            <input
                                type="checkbox" data-testid=format!("embedding-{name}") checked=*on
                                on:change=move |event| toggle(name, event_target_checked(&event))
                            />
                            {translated(label)}
                        </label>
                    }
                })
                .collect_view()}
        </fieldset>
    }
}

#[component]
pub fn EmbedDialog() -> impl IntoView {
    let state = use_state();
    let dialog = NodeRef::<Dialog>::new();
    let field = NodeRef::<Textarea>::new();
    let open = Memo::new(move |_| state.wish.get() == Some(Wish::Embed));
    follow(dialog, move || open.get());
    let options = Options::new();
    let (snippet, preview) = (RwSignal::new(String::new()), RwSignal::new(None::<String>));
    let (nodes, copied) = (RwSignal::new(Vec::<String>::new()), RwSignal::new(false));
    Effect::new(move |_| {
        state.revision.track();
        if !open.get() {
            // What is not seen does not run.
            return preview.set(None);
        }
        nodes.set(state.read(|simulation| simulation.document().nodes.iter().map(|node| node.name.clone()).collect()));
        snippet.set(options.snippet(state));
        copied.set(false);
        let address = options.address(state);
        if preview.with_untracked(|shown| shown.as_ref() != Some(&address)) {
            preview.set(Some(address));
        }
    });
    let closed = move |_| {
        if state.wish.get_untracked() == Some(Wish::Embed) {
            state.wish.set(None);
        }
    };
    view! {
        <dialog node_ref=dialog class="embedding" aria-labelledby="embedding-title" data-testid="embedding" on:close=closed>
            <h2 id="embedding-title">{tr!("Embed")}</h2>
            <p class="quiet">{tr!("Puts the diagram, running, into a page, a course or a slide. Nothing that visitors do is kept.")}</p>
            <div class="embedding-parts">
                <section class="embedding-options" aria-label=tr!("How it looks")>
                    <label class="embedding-field">
                        {tr!("As")}
                        <select data-testid="embedding-as" on:change=move |event| options.component.set(event_target_value(&event) == "component")>
                            <option value="frame">"iframe"</option>
                            <option value="component">{tr!("Web component")}</option>
                        </select>
                    </label>
                    <label class="embedding-field">
                        {tr!("Begins")}
                        <select data-testid="embedding-begins" on:change=move |event| options.moment.set(event_target_value(&event) == "moment")>
                            <option value="start">{tr!("At the beginning")}</option>
                            <option value="moment">{tr!("At this moment")}</option>
                        </select>
                    </label>
                    <label class="embedding-field">
                        {tr!("Height")}
                        <input
                            type="number" min="160" max="2000" step="10" data-testid="embedding-height" prop:value=live_text(move || options.height.get().to_string())
                            on:change=move |event| {
                                let height = event_target_value(&event).parse().unwrap_or(400);
                                options.height.set(u32::clamp(height, 160, 2000));
                            }
                        />
                    </label>
                    <label class="embedding-field">
                        {tr!("Theme")}
                        <select data-testid="embedding-theme" on:change=move |event| options.theme.set(event_target_value(&event))>
                            <option value="">{tr!("As the visitor's")}</option>
                            <option value="light">{tr!("Light")}</option>
                            <option value="dark">{tr!("Dark")}</option>
                        </select>
                    </label>
                    <label class="embedding-field">
                        {tr!("Focus")}
                        <select data-testid="embedding-node" on:change=move |event| options.node.set(event_target_value(&event))>
                            <option value="">{tr!("The whole diagram")}</option>
                            {live_part(move || nodes.get().into_iter().map(|name| view! { <option value=name.clone()>{name.clone()}</option> }).collect_view())}
                        </select>
                    </label>
                    {boxes(tr!("Around the diagram"), &PANELS, options.panels)}
                    {boxes(tr!("Controls"), &CONTROLS, options.controls)}
                    {boxes(tr!("What it does"), &FLAGS, options.flags)}
                </section>
                <section class="embedding-show" aria-label=tr!("Preview and snippet")>
                    {live_part(move || preview.get().map(|address| {
                        view! {
                            <iframe
                                src=address title=tr!("Preview") data-testid="embedding-preview"
                                height=live_text(move || options.height.get().to_string())
                            ></iframe>
                        }
                    }))}
                    <textarea
                        node_ref=field rows="4" readonly spellcheck="false" aria-label=tr!("Snippet") data-testid="embedding-snippet"
                        prop:value=live_text(move || snippet.get())
                    ></textarea>
                </section>
            </div>
            <div class="buttons">
                <button
                    class="primary" data-testid="embedding-copy"
                    on:click=move |_| {
                        copy(state, snippet.get_untracked(), field);
                        copied.set(true);
                    }
                >
                    {live_text(move || if copied.get() { tr!("Copied") } else { tr!("Copy snippet") })}
                </button>
                <span class="space"></span>
                <button class="bare" data-testid="embedding-close" on:click=move |_| state.wish.set(None)>{tr!("Close")}</button>
            </div>
        </dialog>
    }
}
