//! Results as xAPI statements: what has happened from one moment to another.
//!
//! After the xAPI specification 1.0.3 (part 2: statements, interaction activities) and, where a course is launched by cmi5, after
//! the cmi5 specification (9: statements). Who did it, when, and how long the session took are for those to add who know it.

use super::results::{Interaction, Kind, Results, letter};
use super::scorm::pattern;
use serde_json::{Value, json};

const VERBS: &str = "http://adlnet.gov/expapi/verbs/";
const ACTIVITIES: &str = "http://adlnet.gov/expapi/activities/";
/// Marks the statements that cmi5 itself defines, and those of them that decide whether one may move on.
const CMI5: &str = "https://w3id.org/xapi/cmi5/context/categories/cmi5";
const MOVE_ON: &str = "https://w3id.org/xapi/cmi5/context/categories/moveon";
const MASTERY: &str = "https://w3id.org/xapi/cmi5/context/extensions/masteryscore";
const PROGRESS: &str = "https://w3id.org/xapi/cmi5/result/extensions/progress";

fn words(text: &str) -> Value {
    json!({ "en": text })
}

fn statement(verb: &str, object: Value) -> Value {
    json!({ "verb": { "id": format!("{VERBS}{verb}"), "display": words(verb) }, "object": object })
}

/// What has happened since `before`, about the activity with this address. Without `before`, the lab has just been opened. Where
/// `cmi5` is set, statements are marked as it wants them.
pub fn statements(before: Option<&Results>, now: &Results, activity: &str, mastery: f64, cmi5: bool) -> Vec<Value> {
    let lab = || {
        // What cmi5 defines names only the activity.
        let definition = json!({ "type": format!("{ACTIVITIES}lesson"), "name": words(&now.title) });
        if cmi5 { json!({ "id": activity }) } else { json!({ "id": activity, "definition": definition }) }
    };
    let mark = |mut statement: Value, decides: bool| {
        if cmi5 {
            let categories: &[&str] = if decides { &[CMI5, MOVE_ON] } else { &[CMI5] };
            let list: Value = categories.iter().map(|id| json!({ "id": id })).collect();
            statement["context"]["contextActivities"]["category"] = list;
        }
        statement
    };
    let Some(before) = before else { return vec![mark(statement("initialized", lab()), false)] };
    let mut said = Vec::new();
    for answer in now.interactions.iter().filter(|it| it.right.is_some()) {
        let known = before.interactions.iter().any(|it| it.id == answer.id && it.right.is_some());
        if !known {
            said.push(answered(answer, activity));
        }
    }
    let newly = now.complete && !before.complete;
    if now.steps_done > before.steps_done && !newly {
        let mut progressed = statement("progressed", lab());
        let done = (100 * now.steps_done / now.steps.max(1)).clamp(1, 99);
        progressed["result"] = json!({ "extensions": { PROGRESS: done } });
        said.push(progressed);
    }
    if newly {
        let mut completed = statement("completed", lab());
        completed["result"] = json!({ "completion": true });
        said.push(mark(completed, true));
    }
    let (was, is) = (before.passed(mastery), now.passed(mastery));
    // Passed is passed; failed is said when the end is reached, and may become passed later.
    let verb = match (was, is) {
        (None | Some(false), Some(true)) => Some("passed"),
        (None, Some(false)) => Some("failed"),
        _ => None,
    };
    if let Some(verb) = verb {
        let mut judged = statement(verb, lab());
        let scaled = (now.score * 10_000.0).round() / 10_000.0;
        judged["result"] = json!({ "success": verb == "passed", "score": { "scaled": scaled } });
        if cmi5 {
            judged["context"]["extensions"][MASTERY] = mastery.into();
        }
        said.push(mark(judged, true));
    }
    said
}

fn answered(answer: &Interaction, activity: &str) -> Value {
    let mut definition = json!({
        "type": format!("{ACTIVITIES}cmi.interaction"),
        "name": words(&answer.title),
        "description": words(&answer.asked),
    });
    definition["interactionType"] = match &answer.kind {
        Kind::Choice(choices) => {
            let choice =
                |(place, text): (usize, &String)| json!({ "id": letter(place as u8), "description": words(text) });
            definition["choices"] = choices.iter().enumerate().map(choice).collect();
            "choice"
        }
        Kind::Number { .. } => "numeric",
        Kind::Name => "fill-in",
    }
    .into();
    definition["correctResponsesPattern"] = answer.truth.iter().map(|truth| pattern(truth, &answer.kind)).collect();
    let mut statement =
        statement("answered", json!({ "id": format!("{activity}/{}", answer.id), "definition": definition }));
    statement["result"] = json!({ "response": answer.given.text(), "success": answer.right });
    statement
}
