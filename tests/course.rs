//! Courses: what is reported of a lab is what came of it, once, in each standard's own words; progress goes through what they
//! keep; and the files of a package are well-formed. Against the published schemas and in a real run-time:
//! `tests/e2e/course.spec.mjs`.

use eventyard::exchange::course::{
    Course, PLAYER, Response, Results, SUSPENDED, Standard, resume, scorm12, scorm2004, statements, suspend,
};
use eventyard::exchange::zip::Archive;
use eventyard::lessons::labs::{Answer, Diagram, LABS, Lab, Play, Progress, find};
use flate2::read::DeflateDecoder;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::io::Read;
use std::rc::Rc;

const ACTIVITY: &str = "https://school.example/eventyard/?lab=visibility-timeout";

fn lab(id: &str) -> Rc<Lab> {
    Rc::new(find(id).expect("a lab").lab().expect("one that can be read"))
}

fn results(play: &Play) -> Results {
    Results::of(play.session.lab(), play.session.progress())
}

/// One of the values that are to be set.
fn value<'m>(record: &'m [(&'static str, String)], name: &str) -> &'m str {
    record.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value)
}

fn verbs(statements: &[Value]) -> Vec<&str> {
    statements.iter().filter_map(|it| it["verb"]["id"].as_str()?.rsplit('/').next()).collect()
}

#[test]
fn a_lab_on_its_way_is_reported_step_by_step_in_all_standards() {
    let lab = lab("visibility-timeout");
    let mut play = Play::new(&lab).expect("a lab that can be played");
    let begun = results(&play);
    assert_eq!(verbs(&statements(None, &begun, ACTIVITY, 0.8, true)), ["initialized"]);
    let model = scorm12(&begun, "", 0.8);
    assert_eq!(value(&model.values, "cmi.core.lesson_status"), "incomplete");
    assert_eq!(value(&model.values, "cmi.core.score.raw"), "0");
    assert!(model.interactions.is_empty());
    assert_eq!(value(&model.objectives[0], "status"), "not attempted");

    // A wrong prediction, whose truth is not known yet, and then is.
    play.session.answer(Answer::Choice(0)).expect("a choice");
    let answered = results(&play);
    assert_eq!(statements(Some(&begun), &answered, ACTIVITY, 0.8, true), Vec::<Value>::new());
    assert_eq!(value(&scorm12(&answered, "", 0.8).interactions[0], "result"), "neutral");
    play.step(&[]).expect("a run");
    let first = results(&play);
    let said = statements(Some(&answered), &first, ACTIVITY, 0.8, true);
    assert_eq!(verbs(&said), ["answered", "progressed"]);
    assert_eq!(said[0]["object"]["id"], json!(format!("{ACTIVITY}/step-1")));
    assert_eq!(said[0]["result"], json!({ "response": "a", "success": false }));
    assert_eq!(said[0]["object"]["definition"]["correctResponsesPattern"], json!(["b"]));
    assert_eq!(said[0]["context"], Value::Null, "no statement of cmi5's own");
    let record = &scorm12(&first, "", 0.8).interactions[0];
    assert_eq!(
        record.iter().map(|(name, _)| *name).collect::<Vec<_>>(),
        ["id", "type", "correct_responses.0.pattern", "student_response", "result"]
    );
    assert_eq!((value(record, "student_response"), value(record, "result")), ("a", "wrong"));
    assert_eq!(value(&scorm2004(&first, "", 0.8).interactions[0], "result"), "incorrect");

    // A number, right within its tolerance.
    play.session.go_to(1);
    play.session.answer(Answer::Number(130.0)).expect("a number");
    play.step(&[]).expect("a run");
    let second = results(&play);
    let pattern = value(&scorm2004(&second, "", 0.8).interactions[1], "correct_responses.0.pattern").to_string();
    let (least, most) = pattern.split_once("[:]").expect("a range");
    let range = least.parse::<f64>().expect("a number")..=most.parse().expect("a number");
    assert!(range.contains(&130.0), "{pattern}");

    // Missed at first, which ends the lab as failed; then reached: passed, and nothing is said twice.
    play.session.go_to(2);
    play.step(&[]).expect("a run");
    let missed = results(&play);
    let said = statements(Some(&second), &missed, ACTIVITY, 0.7, true);
    assert_eq!(verbs(&said), ["completed", "failed"]);
    assert_eq!(value(&scorm12(&missed, "", 0.7).values, "cmi.core.lesson_status"), "failed");
    play.session.again();
    play.step(&lab.steps[2].solution.clone()).expect("a run");
    let reached = results(&play);
    let said = statements(Some(&missed), &reached, ACTIVITY, 0.7, true);
    assert_eq!(verbs(&said), ["passed"]);
    assert_eq!(said[0]["result"], json!({ "success": true, "score": { "scaled": 0.75 } }));
    assert_eq!(said[0]["object"], json!({ "id": ACTIVITY }));
    let categories = said[0]["context"]["contextActivities"]["category"].as_array().expect("categories");
    assert_eq!(categories.len(), 2);
    assert_eq!(statements(Some(&reached), &reached, ACTIVITY, 0.7, true), Vec::<Value>::new());
    let (old, new) = (scorm12(&reached, "x", 0.7), scorm2004(&reached, "x", 0.7));
    assert_eq!(value(&old.values, "cmi.core.lesson_status"), "passed");
    assert_eq!(value(&old.values, "cmi.core.score.raw"), "75");
    assert_eq!(value(&old.values, "cmi.core.exit"), "");
    assert_eq!(value(&new.values, "cmi.completion_status"), "completed");
    assert_eq!(value(&new.values, "cmi.success_status"), "passed");
    assert_eq!(value(&new.values, "cmi.score.scaled"), "0.75");
    assert_eq!(value(&new.values, "cmi.progress_measure"), "1");
    assert_eq!(value(&scorm2004(&reached, "x", 0.8).values, "cmi.success_status"), "failed");
}

#[test]
fn what_is_suspended_is_read_again_and_damage_is_noticed() {
    for entry in LABS {
        let lab = lab(entry.id);
        let mut play = Play::new(&lab).expect("a lab that can be played");
        for place in 0..lab.steps.len() {
            play.session.go_to(place);
            play.step(&lab.steps[place].solution.clone()).expect("a step");
        }
        let text = suspend(play.session.progress());
        println!("{}: {} bytes suspended", entry.id, text.len());
        assert!(text.len() <= SUSPENDED / 4, "{}: {} bytes", entry.id, text.len());
        assert_eq!(resume(&text).as_ref(), Some(play.session.progress()), "{}", entry.id);
        assert!(results(&play).complete);
        assert_eq!(resume(&text[..text.len() - 2]), None);
    }
    for odd in ["", "v1.", "v1.AAAA", "{}", "v9.AAAA", &"x".repeat(10_000)] {
        assert_eq!(resume(odd), None, "{odd}");
    }
}

/// Somebody's way through a lab of as many steps as there may be.
fn progress() -> impl Strategy<Value = Progress> {
    let answer = prop_oneof![
        any::<u8>().prop_map(|place| json!({ "c": place })),
        // As people type them.
        any::<i64>().prop_map(|number| json!({ "n": (number % 1_000_000_000) as f64 / 1e3 })),
        any::<u16>().prop_map(|node| json!({ "d": node })),
    ];
    let step = (
        prop::option::of((answer.clone(), prop::option::of(answer), any::<Option<bool>>())),
        any::<u16>(),
        any::<u16>(),
        any::<bool>(),
    )
        .prop_map(|(given, goals, hints, done)| {
            let mut step = json!({ "g": goals, "h": hints, "d": done });
            if let Some((given, truth, right)) = given {
                step["q"] = json!({ "a": given });
                if let Some(truth) = truth {
                    step["q"]["t"] = truth;
                }
                if let Some(right) = right {
                    step["q"]["r"] = right.into();
                }
            }
            step
        });
    ("[a-z0-9-]{1,60}", 0..30usize, prop::collection::vec(step, 0..=30)).prop_map(|(lab, at, steps)| {
        Progress::parse(&json!({ "lab": lab, "at": at, "steps": steps }).to_string()).expect("progress")
    })
}

proptest! {
    #[test]
    fn any_progress_fits_and_comes_back(progress in progress()) {
        let text = suspend(&progress);
        prop_assert!(text.len() <= SUSPENDED, "{} bytes", text.len());
        // It goes through addresses and every data model as it is.
        prop_assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)));
        prop_assert_eq!(resume(&text), Some(progress));
    }

    #[test]
    fn two_windows_lose_nothing(one in progress(), other in progress()) {
        let joined = one.joined(&one);
        prop_assert_eq!(&joined, &one);
        let text = other.to_text();
        let mut value: Value = serde_json::from_str(&text).expect("JSON");
        value["lab"] = one.lab().into();
        let other = Progress::parse(&value.to_string()).expect("progress");
        let joined = one.joined(&other);
        prop_assert_eq!(joined.place(), other.place());
        let steps = value["steps"].as_array().map_or(0, Vec::len);
        for place in 0..steps {
            prop_assert_eq!(joined.is_done(place), one.is_done(place) || other.is_done(place));
            prop_assert!(joined.hints(place) >= one.hints(place).max(other.hints(place)));
            let first = one.given(place).or(other.given(place)).map(|given| given.answer);
            prop_assert_eq!(joined.given(place).map(|given| given.answer), first);
            let count = |progress: &Progress| (0..16).filter(|goal| progress.reached(place, *goal)).count();
            prop_assert_eq!(count(&joined), count(&one).max(count(&other)));
        }
    }

    #[test]
    fn answers_are_written_as_standards_read_them(number in any::<f64>()) {
        prop_assume!(number.is_finite());
        let text = Response::Number(number).text();
        prop_assert!(text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.' || byte == b'-'), "{}", text);
        let read: f64 = text.parse().expect("a number");
        prop_assert!((read - number).abs() <= 1e-7 * number.abs().max(1.0), "{} is not {}", read, number);
    }

    #[test]
    fn texts_cannot_break_out_of_the_files_of_a_package(title in "\\PC{0,40}|[<>&\"'\\x00-\\x1f]{0,20}", summary in "\\PC{0,40}") {
        let mut lab = Lab::new("mine", title, Diagram::Guide("combined".to_string()));
        lab.summary = summary;
        let plain = Lab::new("mine", "Title", Diagram::Guide("combined".to_string()));
        for standard in Standard::ALL {
            let files = |lab: &Lab| {
                let course = Course { lab, shipped: None, standard, mastery: 0.8, activity: ACTIVITY.to_string(), language: "en".to_string() };
                course.files(&["a b&c.js".to_string()])
            };
            for ((_, text), (_, plain)) in files(&lab).iter().zip(files(&plain)) {
                prop_assert!(!text.contains(|letter: char| letter < ' ' && letter != '\n'));
                prop_assert_eq!(text.matches('<').count(), plain.matches('<').count());
                prop_assert_eq!(text.matches('"').count(), plain.matches('"').count());
            }
        }
    }
}

#[test]
fn a_package_names_its_page_and_every_file() {
    let lab = lab("dead-letters");
    let app = ["index.html".to_string(), "eventyard-1.js".to_string()];
    for standard in Standard::ALL {
        let course = Course {
            lab: &lab,
            shipped: Some("dead-letters"),
            standard,
            mastery: 0.8,
            activity: ACTIVITY.to_string(),
            language: "en".to_string(),
        };
        let files = course.files(&app);
        let (manifest, text) = &files[0];
        let page = &files[1].1;
        assert!(page.contains("app/index.html?embed&amp;course=") && page.contains("&amp;lab=dead-letters"), "{page}");
        if standard == Standard::Cmi5 {
            assert_eq!(manifest, "cmi5.xml");
            assert!(text.contains(&format!("<url>{PLAYER}</url>")) && text.contains("masteryScore=\"0.8\""));
        } else {
            assert_eq!(manifest, "imsmanifest.xml");
            for file in [PLAYER, "app/index.html", "app/eventyard-1.js"] {
                assert!(text.contains(&format!("<file href=\"{file}\"/>")), "{text}");
            }
        }
    }
    // A lab that the app does not have goes along.
    let own = Course {
        lab: &lab,
        shipped: None,
        standard: Standard::Scorm12,
        mastery: 0.5,
        activity: ACTIVITY.to_string(),
        language: "en".to_string(),
    };
    assert!(own.files(&app)[1].1.contains("mastery=0.5#v1."));
}

#[test]
fn an_archive_holds_what_was_put_into_it() {
    let text = "the same again and again, ".repeat(200);
    let mut state = 1u64;
    let noise: Vec<u8> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    })
    .take(1_000)
    .collect();
    let mut archive = Archive::default();
    archive.add("plain.txt", b"as it is");
    archive.add_compressed("app/text.txt", text.as_bytes());
    archive.add_compressed("noise", &noise);
    let bytes = archive.finish();
    let mut rest = bytes.as_slice();
    let mut found = Vec::new();
    while rest.starts_with(b"PK\x03\x04") {
        let number = |at: usize| u16::from_le_bytes([rest[at], rest[at + 1]]) as usize;
        let (method, packed, name) = (number(8), number(18) | number(20) << 16, number(26));
        let content = &rest[30 + name..30 + name + packed];
        let mut whole = Vec::new();
        match method {
            0 => whole.extend(content),
            _ => drop(DeflateDecoder::new(content).read_to_end(&mut whole).expect("DEFLATE")),
        }
        found.push((String::from_utf8_lossy(&rest[30..30 + name]).to_string(), method, whole));
        rest = &rest[30 + name + packed..];
    }
    assert_eq!(found[0], ("plain.txt".to_string(), 0, b"as it is".to_vec()));
    assert_eq!(found[1], ("app/text.txt".to_string(), 8, text.into_bytes()));
    assert_eq!((found[2].1, &found[2].2), (0, &noise));
}
