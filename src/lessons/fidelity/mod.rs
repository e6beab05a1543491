//! The Fidelity page: each behaviour of the services, what is done here, the figure used, where it comes from, and the
//! test that shows it. One file a service.

mod buses;
mod clients;
mod costs;
mod faults;
mod figure;
mod functions;
mod gateways;
mod mappings;
mod queues;
mod rule_engine;
mod simulation;
mod stores;
mod topics;

pub use figure::Figure;

/// One behaviour of a service.
#[derive(Debug)]
pub struct Behaviour {
    /// A sentence, as a person would say it.
    pub what: &'static str,
    pub figure: Figure,
    /// The page of the service's documentation, by its file name.
    pub source: &'static str,
    pub standing: Standing,
}

/// How a behaviour is followed.
#[derive(Debug)]
pub enum Standing {
    /// As the service does it; the test in `tests/behaviours/` that shows it, as `file::name`.
    Faithful { test: &'static str },
    /// In a simpler way.
    Simplified { how: &'static str },
    /// Not at all.
    Absent { why: &'static str },
}

/// One way in which we differ.
#[derive(Debug)]
pub struct Difference {
    pub what: &'static str,
    pub why: &'static str,
}

/// The behaviours of one service.
#[derive(Debug)]
pub struct Table {
    pub title: &'static str,
    pub behaviours: &'static [Behaviour],
}

/// All tables, in the order in which they are shown.
pub const TABLES: &[Table] = &[
    Table { title: phrase!("Queues, as Amazon SQS"), behaviours: queues::BEHAVIOURS },
    Table { title: phrase!("Event source mappings"), behaviours: mappings::BEHAVIOURS },
    Table { title: phrase!("Functions, as AWS Lambda"), behaviours: functions::BEHAVIOURS },
    Table { title: phrase!("Gateways, as Amazon API Gateway"), behaviours: gateways::BEHAVIOURS },
    Table { title: phrase!("Topics, as Amazon SNS"), behaviours: topics::BEHAVIOURS },
    Table { title: phrase!("Event buses and rules, as Amazon EventBridge"), behaviours: buses::BEHAVIOURS },
    Table { title: phrase!("Databases and e-mail"), behaviours: stores::BEHAVIOURS },
    Table { title: phrase!("Clients"), behaviours: clients::BEHAVIOURS },
    Table { title: phrase!("Faults"), behaviours: faults::BEHAVIOURS },
    Table { title: phrase!("Costs"), behaviours: costs::BEHAVIOURS },
];

/// What the simulation as a whole leaves out or does in a simpler way.
pub const SIMULATION: &[Difference] = simulation::DIFFERENCES;

/// Oddities of the service's rule engine that are not followed.
pub const RULE_ENGINE: &[Difference] = rule_engine::DIFFERENCES;

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use std::collections::BTreeMap;
    use std::path::Path;

    /// The text of each file of `tests/behaviours/`, by its name.
    fn sources() -> BTreeMap<String, String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/behaviours");
        let files = std::fs::read_dir(folder).expect("the folder is there").filter_map(Result::ok);
        files
            .map(|file| {
                let name = file.file_name().to_string_lossy().trim_end_matches(".rs").to_string();
                (name, std::fs::read_to_string(file.path()).expect("a text file"))
            })
            .collect()
    }

    #[test]
    fn a_behaviour_listed_as_faithful_names_a_test_that_exists() {
        let sources = sources();
        for behaviour in TABLES.iter().flat_map(|table| table.behaviours) {
            assert!(behaviour.what.ends_with('.'), "{} is a sentence", behaviour.what);
            assert!(!behaviour.source.is_empty(), "{} has a source", behaviour.what);
            if let Standing::Faithful { test } = behaviour.standing {
                let (file, name) = test.split_once("::").expect("file::name");
                let source = sources.get(file).unwrap_or_else(|| panic!("there is no tests/behaviours/{file}.rs"));
                assert!(source.contains(&format!("#[test]\nfn {name}()")), "{test} is no test");
            }
        }
    }

    #[test]
    fn a_figure_that_is_used_is_read_from_where_it_is_used() {
        for behaviour in TABLES.iter().flat_map(|table| table.behaviours) {
            let words = behaviour.figure.words();
            match behaviour.figure {
                Figure::Named(_) => {
                    // What stands in the services' own names may have digits.
                    let outside: String = words.split('`').step_by(2).collect();
                    let literal = outside.contains(|letter: char| letter.is_ascii_digit());
                    assert!(!literal, "{}: {words} is a figure, and written by hand", behaviour.what);
                }
                Figure::Documented(_) => {
                    let followed = matches!(behaviour.standing, Standing::Faithful { .. });
                    assert!(!followed, "{}: {words} is followed, so it is used somewhere", behaviour.what);
                }
                Figure::Used(_) => assert!(!words.is_empty(), "{} has a figure", behaviour.what),
                Figure::None => {}
            }
        }
    }

    #[test]
    fn every_behaviour_that_is_tested_is_listed() {
        let listed: Vec<String> =
            TABLES.iter().flat_map(|table| table.behaviours).map(|it| format!("{it:?}")).collect();
        for (file, source) in sources() {
            for after in source.split("#[test]\nfn ").skip(1) {
                let name = after.split('(').next().unwrap_or(after);
                let row = format!("{file}::{name}");
                let named = |text: &String| text.contains(&format!("\"{row}\"")) || text.contains(&format!("`{row}`"));
                assert!(listed.iter().any(named), "no table names {row}");
            }
        }
    }
}
