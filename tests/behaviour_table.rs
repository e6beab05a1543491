//! The table of behaviours: how many there are, and which of those that emulators' tests check are shown by which test here
//! (`tests/vectors/behaviours.txt`).

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// How many behaviours the shared list has.
const LISTED: usize = 282;
/// Why there is no test, where there is none.
const REASONS: [&str; 4] = ["rules", "fidelity", "names", "wire"];

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The names of all tests, by the file that they stand in.
fn tests() -> BTreeMap<String, BTreeSet<String>> {
    let files = fs::read_dir(here("tests/behaviours")).expect("the folder is there").filter_map(Result::ok);
    files
        .map(|file| {
            let source = fs::read_to_string(file.path()).expect("a text file");
            let names = source.split("#[test]\nfn ").skip(1).filter_map(|after| after.split('(').next());
            let name = file.file_name().to_string_lossy().trim_end_matches(".rs").to_string();
            (name, names.map(str::to_string).collect())
        })
        .collect()
}

/// What stands beside each number.
fn table() -> Vec<(usize, String)> {
    let text = fs::read_to_string(here("tests/vectors/behaviours.txt")).expect("the table is there");
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let row = |line: &str| {
        let (number, shown) = line.split_once(' ').expect("a number and what shows it");
        (number.parse().expect("a number"), shown.to_string())
    };
    lines.map(row).collect()
}

#[test]
fn there_are_at_least_150_behaviours_of_queues_topics_buses_functions_and_gateways() {
    let tests = tests();
    let count = |files: &[&str]| files.iter().map(|file| tests[*file].len()).sum::<usize>();
    let services = [
        ("queues", count(&["queue", "fifo_queue"])),
        ("topics", count(&["topic", "topic_fifo"])),
        ("buses", count(&["bus", "bus_time"])),
        ("functions", count(&["function", "handler", "event_source_mapping"])),
        ("gateways", count(&["gateway"])),
    ];
    println!("{services:?}");
    assert!(services.iter().all(|(_, count)| *count >= 30), "{services:?}");
    assert!(services.iter().map(|(_, count)| count).sum::<usize>() >= 150, "{services:?}");
}

#[test]
fn every_listed_behaviour_is_shown_by_a_test_or_has_a_reason() {
    let (tests, table) = (tests(), table());
    assert_eq!(table.iter().map(|row| row.0).collect::<Vec<_>>(), (1..=LISTED).collect::<Vec<_>>());
    for (number, shown) in &table {
        match shown.split_once("::") {
            Some((file, name)) => {
                assert!(
                    tests.get(file).is_some_and(|names| names.contains(name)),
                    "{number}: there is no test {shown}"
                );
            }
            None => assert!(REASONS.contains(&shown.as_str()), "{number}: {shown} is no reason"),
        }
    }
    let shown = table.iter().filter(|(_, shown)| shown.contains("::")).count();
    println!("{shown} of {LISTED} are shown by tests of their own");
    assert!(shown >= 150, "{shown}");
}

#[test]
fn the_shared_list_has_no_other_behaviours() {
    let folder = std::env::var_os("EVENTYARD_VECTORS").map_or_else(|| here("../shared/vectors"), PathBuf::from);
    match fs::read_to_string(folder.join("behaviours.jsonl")) {
        Ok(text) => assert_eq!(text.lines().filter(|line| !line.is_empty()).count(), LISTED),
        Err(_) => println!("skipped: the shared list is not there"),
    }
}
