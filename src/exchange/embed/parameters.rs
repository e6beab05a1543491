//! The parameters of an embed's address. What is not understood is named, and the default taken.

use crate::exchange::course::Standard;
use crate::kernel::Time;
use crate::simulation::study::parse_span;

/// What may stand around the diagram.
pub const PANELS: [&str; 6] = ["headline", "inspector", "guide", "dock", "header", "none"];
/// What there may be to drive it with.
pub const CONTROLS: [&str; 9] = ["play", "step", "back", "start", "reset", "speed", "clock", "zoom", "none"];

const DEFAULT_PANELS: &[&str] = &["headline", "inspector"];
const DEFAULT_CONTROLS: &[&str] = &["play", "step", "reset", "speed", "clock", "zoom"];

/// Whoever reads parameters, reads these; some are read before the app is there.
const KNOWN: [&str; 24] = [
    "embed", "d", "lab", "step", "src", "room", "autoplay", "speed", "seed", "t", "panels", "controls", "palette",
    "readonly", "theme", "lang", "poster", "node", "origins", "v", "progress", "course", "mastery", "activity",
];

/// A day: a run takes too long to get further.
const LATEST: u64 = 86_400_000_000;
/// More of them would cover the diagram.
const MOST_NOTES: usize = 4;
/// More of what was written is not repeated.
const QUOTED: usize = 40;

/// Whose messages are listened to.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Origins {
    /// Only those of the app's own origin.
    #[default]
    Own,
    Any,
    /// These, and the app's own.
    Listed(Vec<String>),
}

impl Origins {
    /// Whether messages from there are listened to.
    pub fn allow(&self, origin: &str, own: &str) -> bool {
        // What has no origin, such as a file or a sandbox, is nobody.
        (origin == own && own != "null")
            || match self {
                Origins::Own => false,
                Origins::Any => true,
                Origins::Listed(list) => list.iter().any(|listed| listed == origin),
            }
    }
}

/// What an embed's address asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct Embed {
    /// Whether it plays at once; unless it is said, all but the moments of links do.
    pub autoplay: Option<bool>,
    /// The moment at which it begins.
    pub time: Option<Time>,
    pub panels: Vec<&'static str>,
    pub controls: Vec<&'static str>,
    /// Whether there are building blocks to draw with.
    pub palette: bool,
    /// Whether the diagram stays as it is; it can be driven all the same.
    pub readonly: bool,
    /// The node that is selected at the beginning: its name or id.
    pub node: Option<String>,
    pub origins: Origins,
}

impl Default for Embed {
    fn default() -> Self {
        Embed {
            autoplay: None,
            time: None,
            panels: DEFAULT_PANELS.to_vec(),
            controls: DEFAULT_CONTROLS.to_vec(),
            palette: false,
            readonly: false,
            node: None,
            origins: Origins::Own,
        }
    }
}

fn quoted(text: &str) -> String {
    let mut short: String = text.chars().take(QUOTED).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    format!("“{short}”")
}

/// On or off; a parameter without a value is on.
fn flag(text: &str) -> Option<bool> {
    match text {
        "" | "1" | "true" | "on" | "yes" => Some(true),
        "0" | "false" | "off" | "no" => Some(false),
        _ => None,
    }
}

impl Embed {
    /// Reads the parameters of an address, in their order. Gives also what to tell people: what was not understood.
    pub fn read<'p>(parameters: impl IntoIterator<Item = (&'p str, &'p str)>) -> (Embed, Vec<String>) {
        let mut embed = Embed::default();
        let mut notes = Vec::new();
        for (name, text) in parameters {
            let text = text.trim();
            let understood = match name {
                "autoplay" => set(&mut embed.autoplay, flag(text).map(Some)),
                "palette" => set(&mut embed.palette, flag(text)),
                "readonly" => set(&mut embed.readonly, flag(text)),
                "t" => set(&mut embed.time, time(text).map(Some)),
                "panels" => set(&mut embed.panels, list(text, &PANELS)),
                "controls" => set(&mut embed.controls, list(text, &CONTROLS)),
                "origins" => set(&mut embed.origins, origins(text)),
                "node" => {
                    embed.node = (!text.is_empty()).then(|| text.to_string());
                    true
                }
                "theme" => ["light", "dark", "auto"].contains(&text),
                "lang" => is_language(text),
                "poster" => flag(text).is_some(),
                "course" => Standard::find(text).is_some(),
                "mastery" => text.parse::<f64>().is_ok_and(|share| (0.0..=1.0).contains(&share)),
                known if KNOWN.contains(&known) => true,
                unknown => {
                    notes.push(tr!("There is no parameter {}.", quoted(unknown)));
                    continue;
                }
            };
            if !understood {
                notes.push(tr!(
                    "{name}: {text} is not understood; {instead}.",
                    name = name,
                    text = quoted(text),
                    instead = instead(name)
                ));
            }
        }
        if notes.len() > MOST_NOTES {
            let more = notes.len() - MOST_NOTES;
            notes.truncate(MOST_NOTES);
            notes.push(tr!("And {more} more.", more = more));
        }
        (embed, notes)
    }
}

fn set<T>(place: &mut T, value: Option<T>) -> bool {
    value.map(|value| *place = value).is_some()
}

/// What would be.
fn instead(name: &str) -> String {
    match name {
        "t" => tr!("write 90, 1.5s or 2m, at most 24h").to_string(),
        "panels" => tr!("there are {}", PANELS.join(", ")),
        "controls" => tr!("there are {}", CONTROLS.join(", ")),
        "origins" => tr!("write https://example.org, several with commas, or *").to_string(),
        "course" => tr!("there are scorm12, scorm2004 and cmi5").to_string(),
        "mastery" => tr!("write a share from 0 to 1").to_string(),
        "theme" => tr!("there are light, dark and auto").to_string(),
        "lang" => tr!("write a code such as en or de, or auto").to_string(),
        _ => tr!("write 1 or 0").to_string(),
    }
}

/// A code as in BCP 47. Which languages there are is for the site to know; what it lacks is shown in English.
fn is_language(text: &str) -> bool {
    let part = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    text.len() <= 35 && text.starts_with(|first: char| first.is_ascii_alphabetic()) && text.split('-').all(part)
}

fn time(text: &str) -> Option<Time> {
    parse_span(text).ok().filter(|time| *time <= LATEST).map(Time)
}

/// Some of `known`, with commas between; `all` for everything.
fn list(text: &str, known: &[&'static str]) -> Option<Vec<&'static str>> {
    if text == "all" {
        return Some(known.iter().copied().filter(|name| *name != "none").collect());
    }
    text.split(',').map(|name| known.iter().copied().find(|known| *known == name.trim())).collect()
}

fn origins(text: &str) -> Option<Origins> {
    if text == "*" {
        return Some(Origins::Any);
    }
    let origin = |text: &str| {
        let text = text.trim().trim_end_matches('/');
        let (scheme, host) = text.split_once("://")?;
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
        let whole = ["http", "https"].contains(&scheme) && !host.is_empty() && host.bytes().all(fits);
        whole.then(|| text.to_ascii_lowercase())
    };
    text.split(',').map(origin).collect::<Option<_>>().map(Origins::Listed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> (Embed, Vec<String>) {
        Embed::read(
            query.split('&').filter(|pair| !pair.is_empty()).map(|pair| pair.split_once('=').unwrap_or((pair, ""))),
        )
    }

    #[test]
    fn every_parameter_is_read() {
        let query = "embed&d=combined&autoplay=0&t=90&panels=guide, dock&controls=play&palette&readonly=1&theme=dark\
                     &node=Sales queue&origins=https://a.example,http://localhost:8080/&lang=en&poster&speed=2&seed=7";
        let (embed, notes) = read(query);
        assert_eq!(notes, Vec::<String>::new());
        let origins = vec!["https://a.example".to_string(), "http://localhost:8080".to_string()];
        let expected = Embed {
            autoplay: Some(false),
            time: Some(Time(90_000_000)),
            panels: vec!["guide", "dock"],
            controls: vec!["play"],
            palette: true,
            readonly: true,
            node: Some("Sales queue".to_string()),
            origins: Origins::Listed(origins),
        };
        assert_eq!(embed, expected);
        assert_eq!(read("embed"), (Embed::default(), Vec::new()));
        assert_eq!(read("t=1.5s").0.time, Some(Time(1_500_000)));
    }

    #[test]
    fn what_is_not_understood_is_named_and_the_default_taken() {
        for (query, words) in [
            ("colour=red", "“colour”"),
            ("autoplay=perhaps", "1 or 0"),
            ("t=-5", "1.5s"),
            ("t=99h", "1.5s"),
            ("panels=guide,kitchen", "headline"),
            ("controls=", "play"),
            ("theme=blue", "light"),
            ("lang=de_DE", "en or de"),
            ("course=scorm9", "scorm2004"),
            ("mastery=most", "0 to 1"),
            ("origins=example.org", "https://"),
            ("origins=javascript:alert(1)", "https://"),
            ("origins=https://a.example/path", "https://"),
        ] {
            let (embed, notes) = read(query);
            assert_eq!(embed, Embed::default(), "{query}");
            assert!(notes.len() == 1 && notes[0].contains(words), "{query}: {notes:?}");
        }
        let many: String = (0..50).map(|number| format!("&x{number}={}", "y".repeat(1000))).collect();
        let (_, notes) = read(&many);
        assert_eq!(notes.len(), MOST_NOTES + 1);
        assert!(notes.iter().all(|note| note.chars().count() < 200));
    }

    #[test]
    fn only_origins_that_are_listed_are_listened_to() {
        let own = "https://app.example";
        let listed = Origins::Listed(vec!["https://a.example".to_string()]);
        assert!(Origins::Own.allow(own, own) && listed.allow(own, own) && listed.allow("https://a.example", own));
        assert!(!Origins::Own.allow("https://a.example", own) && !listed.allow("https://a.example.evil", own));
        assert!(!Origins::Own.allow("null", "null") && Origins::Any.allow("https://b.example", own));
    }
}
