//! `check`: plays labs headless and says whether what they promise can be missed and can be reached.
//!
//! Exit codes: 0 all promises are kept, 1 some are not, 2 something is no lab.

use super::source::invalid;
use super::{INVALID, print};
use crate::lessons::labs::{Finding, LABS, Lab, prove};
use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;
use std::rc::Rc;

#[derive(Args)]
pub struct Arguments {
    /// The lab: a document.
    #[arg(required_unless_present_any = ["all", "list"])]
    lab: Option<PathBuf>,
    /// Every lab that comes with Eventyard.
    #[arg(long, conflicts_with = "lab")]
    all: bool,
    /// Only lists the labs that come with Eventyard.
    #[arg(long, conflicts_with_all = ["lab", "all"])]
    list: bool,
    /// Prints what was measured even where everything is in order.
    #[arg(long, short)]
    verbose: bool,
}

pub fn run(arguments: &Arguments) -> ExitCode {
    if arguments.list {
        for entry in LABS {
            if let Ok(lab) = entry.lab() {
                print(&format!("{:24} {}", entry.id, lab.title));
            }
        }
        return ExitCode::SUCCESS;
    }
    let texts: Vec<String> = match &arguments.lab {
        None => LABS.iter().map(|entry| entry.text().to_string()).collect(),
        Some(path) => match std::fs::read_to_string(path) {
            Ok(text) => vec![text],
            Err(error) => {
                eprintln!("{}: {error}", path.display());
                return ExitCode::from(INVALID);
            }
        },
    };
    let mut kept = true;
    for text in texts {
        let lab = match Lab::parse(&text) {
            Ok(lab) => Rc::new(lab),
            Err(problems) => return invalid(&problems),
        };
        match prove(&lab) {
            Ok(findings) => kept &= tell(&lab, &findings, arguments.verbose),
            Err(problems) => {
                print(&format!("{}: cannot be played", lab.id));
                problems.iter().for_each(|problem| print(&format!("  {problem}")));
                kept = false;
            }
        }
    }
    if kept { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Says what was found; gives whether everything is in order.
fn tell(lab: &Lab, findings: &[Finding], verbose: bool) -> bool {
    let broken = findings.iter().filter(|finding| !finding.is_kept()).count();
    let promises = findings.len();
    match broken {
        0 => print(&format!("{}: all {promises} promises can be kept and broken", lab.id)),
        _ => print(&format!("{}: {broken} of {promises} promises fail", lab.id)),
    }
    for finding in findings.iter().filter(|finding| verbose || !finding.is_kept()) {
        let verdict = match (finding.can_pass, finding.can_fail) {
            (true, true) => "ok",
            (false, true) => "CANNOT PASS",
            (true, false) => "CANNOT FAIL",
            (false, false) => "CAN NEITHER PASS NOR FAIL",
        };
        let step = lab.steps.get(finding.step).map_or("", |step| step.title.as_str());
        print(&format!("  step {} “{step}”, {}: {verdict}: {}", finding.step + 1, finding.about, finding.words));
    }
    broken == 0
}
