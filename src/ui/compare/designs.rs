//! What can be compared: the diagram on the screen, the guide's, and those that this browser keeps.

use crate::language::{translated, translation_of};
use crate::lessons::guide;
use crate::simulation::past::Past;
use crate::simulation::study::Design;
use crate::ui::keep::storage;
use crate::ui::state::State;

/// The diagram on the screen, as it stands.
pub const THIS: &str = "this";

/// The run on the screen, with everything that was done to it.
const THIS_RUN: &str = "run";

/// Before the number of a branch of the run on the screen.
const BRANCH: &str = "branch-";

/// A design that can be chosen.
#[derive(Clone, PartialEq)]
pub struct Candidate {
    pub key: String,
    pub name: String,
}

pub fn candidates(state: State) -> Vec<Candidate> {
    let name = state.read(|simulation| simulation.document().name.clone());
    let this = Candidate { key: THIS.to_string(), name: tr!("On the screen: {name}", name = translation_of(&name)) };
    let branches: Vec<Candidate> =
        branches(state).into_iter().map(|(key, design)| Candidate { key, name: design.name }).collect();
    // Beside another branch it is the run that matters.
    let run = (!branches.is_empty())
        .then(|| Candidate { key: THIS_RUN.to_string(), name: tr!("This run, with all that was done").to_string() });
    let of_guide = guide::DIAGRAMS
        .iter()
        .map(|diagram| Candidate { key: diagram.id.to_string(), name: translated(diagram.title).to_string() });
    let kept = storage::keys().into_iter().filter(|key| guide::find(key).is_none());
    let kept = kept.filter_map(|key| {
        let name = storage::read(&key)?.ok()?.document.name;
        Some(Candidate { key, name: tr!("Yours: {name}", name = translation_of(&name)) })
    });
    [this].into_iter().chain(run).chain(branches).chain(of_guide).chain(kept).collect()
}

pub fn load(state: State, key: &str) -> Option<Design> {
    if key == THIS {
        return Some(Design::of(state.read(|simulation| simulation.document().clone())));
    }
    if key == THIS_RUN {
        return state.read(|simulation| {
            let name = tr!("This run").to_string();
            Some(Design::branch(name, simulation.beginning(), simulation.log()))
        });
    }
    if key.starts_with(BRANCH) {
        return branches(state).into_iter().find(|(own, _)| own == key).map(|(_, design)| design);
    }
    match guide::find(key) {
        Some(diagram) => Some(Design::new(diagram.title.to_string(), diagram.document())),
        None => storage::read(key)?.ok().map(|kept| Design::of(kept.document)),
    }
}

/// The other branches of the run on the screen, each with what was done in it.
fn branches(state: State) -> Vec<(String, Design)> {
    let branches = state.with_companion(|companion, simulation| {
        let past = companion.as_any().downcast_mut::<Past>()?;
        let lines = past.lines().into_iter().filter(|line| !line.current);
        let branches = lines.filter_map(|line| {
            let log = past.log_of(line.id)?;
            let name = tr!("{branch} of this run", branch = line.name);
            Some((format!("{BRANCH}{}", line.id), Design::branch(name, simulation.beginning(), log)))
        });
        Some(branches.collect::<Vec<_>>())
    });
    branches.flatten().unwrap_or_default()
}
