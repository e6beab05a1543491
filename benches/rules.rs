//! How many events a second the compiled matcher decides, parsing included, beside the crate `quamina` in the same run,
//! and, where its corpus lies in `../shared/vectors/bench`, beside the figures of the service's own engine.
//!
//! With `EXPORT` naming a directory, it only writes its events and rule sets there, for `tests/tools/rules.mjs`, which
//! measures the same in the browser.
//!
//! `cargo bench --bench rules`, or with `-- NAME` only the rule sets of that name. The machine is noisy: both take turns and the best round counts; read the ratios.
#![allow(clippy::disallowed_methods, reason = "a benchmark measures wall time")]

use std::fmt::Write as _;
use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::time::Instant;

use eventyard::rules::json::{Document, Value};
use eventyard::rules::{Matcher, Pattern};
use quamina::{MatcherBuildMode, Quamina};

/// Events in the corpus, rounds that each engine gets, and seconds a round takes at least.
const EVENTS: usize = 2_000;
const ROUNDS: usize = 3;
const ROUND_SECONDS: f64 = 0.4;

/// Rules of one kind: the i-th of them.
type Rule = fn(usize) -> String;

fn main() {
    // What makes the crate panic goes into the table.
    std::panic::set_hook(Box::new(|panic| {
        if !panic.location().is_some_and(|location| location.file().contains("quamina")) {
            eprintln!("{panic}");
        }
    }));
    let events = corpus();
    let bytes: usize = events.iter().map(String::len).sum();
    println!("{EVENTS} generated events of {} bytes on average; thousand events a second\n", bytes / EVENTS);
    println!("| rules | count | matches/event | ours | quamina | ratio | ours, adding | quamina, adding |");
    println!("|---|---|---|---|---|---|---|---|");
    let kinds: [(&str, Rule); 8] = [
        ("exact", exact),
        ("prefix", prefix),
        ("suffix", suffix),
        ("wildcard", wildcard),
        ("equals-ignore-case", equals_ignore_case),
        ("anything-but", anything_but),
        ("exists", exists),
        ("mixed", mixed),
    ];
    if let Some(directory) = std::env::var_os("EXPORT") {
        export(Path::new(&directory), &kinds, &events).expect("a directory to write to");
        return;
    }
    for (name, rule) in kinds.into_iter().filter(|(name, _)| wanted(name)) {
        for count in [1, 100, 10_000] {
            let rules: Vec<String> = (0..count).map(rule).collect();
            compare(name, &rules, &events);
        }
    }
    engine_corpus();
}

fn export(directory: &Path, kinds: &[(&str, Rule)], events: &[String]) -> std::io::Result<()> {
    fs::create_dir_all(directory)?;
    fs::write(directory.join("events.jsonl"), events.join("\n"))?;
    for (name, rule) in kinds {
        for count in [1, 100, 10_000] {
            let rules: Vec<String> = (0..count).map(rule).collect();
            fs::write(directory.join(format!("{name}-{count}.jsonl")), rules.join("\n"))?;
        }
    }
    Ok(())
}

/// Whether a rule set was asked for; without a name, all are.
fn wanted(name: &str) -> bool {
    let mut names = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).peekable();
    names.peek().is_none() || names.any(|wanted| wanted == name)
}

fn compare(name: &str, rules: &[String], events: &[String]) {
    let start = Instant::now();
    let mut ours = Ours::new(rules);
    let our_adding = start.elapsed().as_secs_f64();
    let start = Instant::now();
    let theirs = Theirs::new(rules);
    let their_adding = start.elapsed().as_secs_f64();
    let matches = ours.pass(events);
    let (our_best, their_best) = race(&mut ours, &theirs, events);
    let beside = match their_best {
        Ok(best) => format!("{:.0} | {:.1}", best / 1e3, our_best / best),
        Err(why) => format!("{why} | "),
    };
    println!(
        "| {name} | {} | {:.2} | {:.0} | {beside} | {:.1} ms | {:.1} ms |",
        rules.len(),
        matches as f64 / events.len() as f64,
        our_best / 1e3,
        our_adding * 1e3,
        their_adding * 1e3
    );
}

/// Events a second of both engines, taking turns; of the crate only if it decides as we do.
fn race(ours: &mut Ours, theirs: &Result<Theirs, String>, events: &[String]) -> (f64, Result<f64, String>) {
    let their_events = match theirs {
        Err(why) => Err(why.clone()),
        // Where it is very slow, a part of the corpus must do.
        Ok(theirs) => theirs.pass(&events[..10]).and_then(|_| {
            let start = Instant::now();
            theirs.pass(&events[..10])?;
            let affordable = (2.0 * ROUND_SECONDS / start.elapsed().as_secs_f64() * 10.0) as usize;
            let part = &events[..affordable.clamp(10, events.len())];
            if theirs.pass(part)? == ours.pass(part) { Ok(part) } else { Err("decides otherwise".to_string()) }
        }),
    };
    let mut best = (0.0f64, their_events.clone().map(|_| 0.0f64));
    for _ in 0..ROUNDS {
        best.0 = best.0.max(rate(events, || ours.pass(events)));
        if let (Ok(theirs), Ok(part), Ok(best)) = (theirs, &their_events, &mut best.1) {
            *best = best.max(rate(part, || theirs.pass(part).unwrap_or_default()));
        }
    }
    best
}

/// Events a second of repeated passes.
fn rate(events: &[String], mut pass: impl FnMut() -> usize) -> f64 {
    let start = Instant::now();
    let mut passes = 0;
    loop {
        std::hint::black_box(pass());
        passes += 1;
        let seconds = start.elapsed().as_secs_f64();
        if seconds > ROUND_SECONDS {
            return (passes * events.len()) as f64 / seconds;
        }
    }
}

struct Ours {
    matcher: Matcher,
    matching: Vec<u32>,
}

impl Ours {
    fn new(rules: &[String]) -> Ours {
        let mut matcher = Matcher::new();
        for (rule, text) in (0..).zip(rules) {
            matcher.insert(rule, &Pattern::parse(text).expect("a valid pattern"));
        }
        Ours { matcher, matching: Vec::new() }
    }

    fn pass(&mut self, events: &[String]) -> usize {
        let mut matches = 0;
        for event in events {
            self.matching.clear();
            self.matcher.matches_text(event, &mut self.matching).expect("an event");
            matches += self.matching.len();
        }
        matches
    }
}

struct Theirs(Quamina<u32>);

impl Theirs {
    fn new(rules: &[String]) -> Result<Theirs, String> {
        let mut quamina = quamina::QuaminaBuilder::new()
            .with_arena_byte_budget(usize::MAX)
            .build()
            .map_err(|error| format!("refused: {error}"))?;
        if std::env::var_os("QUAMINA_FOR_SPEED").is_some() {
            quamina.set_matcher_build_mode(MatcherBuildMode::BuiltForSpeed);
        }
        for (rule, text) in (0..).zip(rules) {
            quamina.add_pattern(rule, text).map_err(|error| format!("refused: {error}"))?;
        }
        Ok(Theirs(quamina))
    }

    /// Some rule sets make it panic.
    fn pass(&self, events: &[String]) -> Result<usize, String> {
        let pass =
            || events.iter().map(|event| self.0.matches_for_event(event.as_bytes()).map_or(0, |ids| ids.len())).sum();
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(pass)).map_err(|_| "panics".to_string())
    }
}

/// Numbers that look random and are the same on every run.
struct Draw(u64);

impl Draw {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % limit
    }

    fn of<'t>(&mut self, options: &[&'t str]) -> &'t str {
        options[self.below(options.len())]
    }
}

const STATUSES: [&str; 6] = ["placed", "paid", "packed", "shipped", "delivered", "cancelled"];
const CITIES: [&str; 8] = ["Graz", "Linz", "Wien", "Salzburg", "Innsbruck", "Villach", "Wels", "Steyr"];
const SOURCES: [&str; 5] = ["shop.orders", "shop.payments", "shop.stock", "warehouse", "crm"];

/// Orders of a web shop as events of a bus.
fn corpus() -> Vec<String> {
    let mut draw = Draw(0x9E37_79B9_7F4A_7C15);
    (0..EVENTS)
        .map(|number| {
            let mut text = format!(
                "{{\"version\":\"0\",\"id\":\"{:08x}-4c1d-4b7e-9f3a-{:012x}\",\"detail-type\":\"order {}\",\
                 \"source\":\"{}\",\"account\":\"123456789012\",\"time\":\"2026-11-{:02}T{:02}:{:02}:{:02}Z\",\
                 \"region\":\"eu-central-1\",\"resources\":[\"arn:aws:states:eu-central-1:123456789012:execution:orders:{number}\"],\
                 \"detail\":{{\"order\":\"order-{:05}\",\"customer\":{{\"id\":\"customer-{:05}\",\"city\":\"{}\",\
                 \"email\":\"name{}@mail{:04}.example\",\"premium\":{}}},\"status\":\"{}\",\"total\":{}.{:02},\"currency\":\"EUR\",\
                 \"document\":\"/invoices/{}/{:05}/invoice-{:03}.pdf\",\"coupon\":{},\"items\":[",
                draw.below(1 << 32),
                draw.below(1 << 40),
                draw.of(&STATUSES),
                draw.of(&SOURCES),
                1 + draw.below(28),
                draw.below(24),
                draw.below(60),
                draw.below(60),
                draw.below(20_000),
                draw.below(20_000),
                draw.of(&CITIES),
                draw.below(1_000),
                draw.below(10_000),
                draw.of(&["true", "false"]),
                draw.of(&STATUSES),
                draw.below(900),
                draw.below(100),
                draw.of(&["2025", "2026"]),
                draw.below(20_000),
                draw.below(1_000),
                draw.of(&["null", "\"WELCOME\"", "\"SUMMER26\""]),
            );
            for item in 0..1 + draw.below(4) {
                let comma = if item > 0 { "," } else { "" };
                let _ = write!(
                    text,
                    "{comma}{{\"sku\":\"sku-{:05}\",\"quantity\":{},\"price\":{}.{:02},\"gift\":false}}",
                    draw.below(20_000),
                    1 + draw.below(5),
                    draw.below(300),
                    draw.below(100)
                );
            }
            text.push_str("],\"notes\":\"Please ring twice, the \\\"bell\\\" is quiet.\"}}");
            text
        })
        .collect()
}

fn exact(index: usize) -> String {
    format!(r#"{{"source": ["{}"], "detail": {{"order": ["order-{index:05}"]}}}}"#, SOURCES[index % SOURCES.len()])
}

fn prefix(index: usize) -> String {
    format!(
        r#"{{"detail": {{"customer": {{"email": [{{"prefix": "name{}@mail{:02}"}}]}}}}}}"#,
        index % 1_000,
        index / 1_000
    )
}

fn suffix(index: usize) -> String {
    format!(r#"{{"detail": {{"customer": {{"email": [{{"suffix": "@mail{index:04}.example"}}]}}}}}}"#)
}

fn wildcard(index: usize) -> String {
    format!(r#"{{"detail": {{"document": [{{"wildcard": "*/{index:05}/*.pdf"}}]}}}}"#)
}

fn equals_ignore_case(index: usize) -> String {
    format!(r#"{{"detail": {{"customer": {{"id": [{{"equals-ignore-case": "CUSTOMER-{index:05}"}}]}}}}}}"#)
}

fn anything_but(index: usize) -> String {
    let status = STATUSES[index % STATUSES.len()];
    format!(r#"{{"detail": {{"status": [{{"anything-but": ["{status}", "status-{index:05}"]}}]}}}}"#)
}

fn exists(index: usize) -> String {
    let field = ["coupon", "notes", "gift-card", "discount", "total"][index % 5];
    format!(
        r#"{{"detail": {{"order": ["order-{index:05}"], "{field}": [{{"exists": {}}}]}}}}"#,
        index.is_multiple_of(2)
    )
}

fn mixed(index: usize) -> String {
    let kinds: [Rule; 6] = [exact, prefix, suffix, wildcard, equals_ignore_case, exists];
    // One rule in a hundred is of the kind that nearly every event matches.
    if index % 100 == 99 { anything_but(index) } else { kinds[index % kinds.len()](index) }
}

/// The corpus that the service's engine was measured on, if it is here: same events, same rules.
fn engine_corpus() {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/vectors/bench");
    let place = std::env::var_os("EVENTYARD_VECTORS").map_or(place, |vectors| Path::new(&vectors).join("bench"));
    let (Ok(rules), Ok(packed)) =
        (fs::read_to_string(place.join("rules.json")), fs::File::open(place.join("events.jsonl.gz")))
    else {
        println!("\nThe engine's corpus is not here; set EVENTYARD_VECTORS to the directory that has `bench`.");
        return;
    };
    let mut text = String::new();
    flate2::read::GzDecoder::new(packed).read_to_string(&mut text).expect("events");
    let events: Vec<String> = text.lines().map(str::to_string).collect();
    println!("\n{} events of the engine's corpus; thousand events a second\n", events.len());
    println!("| rules | count | ours | event-ruler, warm JVM | ratio | quamina | ratio |");
    println!("|---|---|---|---|---|---|---|");
    let sets = Document::parse(&rules).expect("rule sets");
    for (name, set) in sets.root().members().filter(|(name, _)| wanted(&name.string().to_lowercase())) {
        let member = |wanted: &str| -> Option<Value<'_>> {
            set.members().find(|(key, _)| key.string() == wanted).map(|(_, value)| value)
        };
        let rules: Vec<String> =
            member("rules").into_iter().flat_map(|rules| rules.elements()).map(|rule| rule.raw().to_string()).collect();
        let java: f64 = member("java_eps_mean").and_then(|figure| figure.raw().parse().ok()).expect("a figure");
        let mut ours = Ours::new(&rules);
        let matches = ours.pass(&events);
        let counts = member("matches_on_synth").into_iter().flat_map(|counts| counts.elements());
        let expected: usize = counts.map(|count| count.raw().parse::<usize>().expect("a count")).sum();
        assert_eq!(matches, expected, "{}: not as the engine decides", name.string());
        let (our_best, their_best) = race(&mut ours, &Theirs::new(&rules), &events);
        let beside = match their_best {
            Ok(best) => format!("{:.0} | {:.1}", best / 1e3, our_best / best),
            Err(why) => format!("{why} | "),
        };
        println!(
            "| {} | {} | {:.0} | {:.0} | {:.1} | {beside} |",
            name.string().to_lowercase(),
            rules.len(),
            our_best / 1e3,
            java / 1e3,
            our_best / java
        );
    }
}
