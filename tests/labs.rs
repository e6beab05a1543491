//! The labs that come with Eventyard keep their promises, and a session goes through them as documented.

use eventyard::diagram::{EdgeKind, NodeKind, settings};
use eventyard::lessons::labs::{
    Act, Answer, Group, LABS, Lab, Phase, Play, Progress, Session, Standing, find, prove, same_moment, stage,
};
use eventyard::lessons::{glossary, guide};
use eventyard::simulation::past::Past;
use std::collections::BTreeSet;
use std::rc::Rc;

#[track_caller]
fn lab(id: &str) -> Rc<Lab> {
    let entry = find(id).unwrap_or_else(|| panic!("no lab {id}"));
    Rc::new(entry.lab().unwrap_or_else(|problems| panic!("{id}: {problems:#?}")))
}

#[test]
fn every_goal_question_pause_and_figure_of_every_lab_can_be_missed_and_reached() {
    for entry in LABS {
        let lab = lab(entry.id);
        let findings = prove(&lab).unwrap_or_else(|problems| panic!("{}: {problems:#?}", entry.id));
        let broken: Vec<_> = findings.iter().filter(|finding| !finding.is_kept()).collect();
        assert!(broken.is_empty(), "{}: {broken:#?}", entry.id);
        assert!(!findings.is_empty(), "{} promises nothing", entry.id);
    }
}

#[test]
fn labs_have_ids_of_their_own_and_survive_being_written_and_read() {
    let mut ids = BTreeSet::new();
    for entry in LABS {
        let lab = lab(entry.id);
        assert_eq!(lab.id, entry.id);
        assert!(ids.insert(entry.id), "{} twice", entry.id);
        assert_eq!(Lab::parse(&lab.to_text()).as_ref(), Ok(&*lab), "{}", entry.id);
        assert!(lab.steps.len() <= 6 && !lab.summary.is_empty() && !lab.teaches.is_empty(), "{}", entry.id);
    }
}

#[test]
fn each_term_of_the_glossary_leads_on() {
    let mut ids = BTreeSet::new();
    for term in glossary::TERMS {
        assert!(ids.insert(term.id), "{} twice", term.id);
        assert!(term.meaning.len() > 30, "{}", term.id);
        assert_eq!(term.address().is_some(), !term.page.is_empty(), "{}", term.id);
        for related in term.related.iter().copied().chain(glossary::links(term.meaning)) {
            assert!(glossary::find(related).is_some_and(|it| it.id != term.id), "{} leads to {related}", term.id);
        }
    }
}

#[test]
fn terms_name_settings_and_are_found_by_them() {
    let edges = EdgeKind::ALL.map(settings::of_edge);
    for term in glossary::TERMS {
        let nodes = term.kinds.iter().map(|kind| settings::of_node(*kind));
        let lists = nodes.chain(edges).chain([settings::of_account()]).flatten();
        let known: BTreeSet<&str> = lists.flat_map(|list| list.iter().map(|setting| setting.name)).collect();
        for name in term.settings {
            assert!(known.contains(name), "{}: {name}", term.id);
            let kind = term.kinds[0];
            assert!(glossary::of_setting(kind, name).is_some(), "{}: {name}", term.id);
        }
        // Terms that are settings are spelt like them.
        let is_setting = !term.name.contains(' ')
            && term.name.contains(char::is_lowercase)
            && term.name.contains(char::is_uppercase);
        assert!(!is_setting || known.contains(term.name), "{}", term.name);
    }
    for kind in NodeKind::ALL.into_iter().filter(|kind| *kind != NodeKind::Other && *kind != NodeKind::Endpoint) {
        assert!(glossary::of_kind(kind).count() > 1, "{}", kind.name());
    }
    let mut names: Vec<String> =
        glossary::TERMS.iter().map(|term| term.name.replace('ç', "c").to_lowercase()).collect();
    let listed = names.clone();
    names.sort();
    assert_eq!(listed, names, "in alphabetical order");
}

#[test]
fn labs_explain_their_words() {
    for entry in LABS {
        let lab = lab(entry.id);
        let text = lab.to_text();
        assert!(glossary::links(&text).count() > 0, "{} links to no term", entry.id);
        // Whoever reads it should not meet a wall of text.
        for step in &lab.steps {
            assert!(step.text.chars().count() < 750, "{}: {}", entry.id, step.title);
            assert!(!step.title.is_empty() && (step.run.is_none() || !step.reveal.is_empty()), "{}", entry.id);
        }
        let (asks, checks) = (
            lab.steps.iter().filter(|step| step.question.is_some()).count(),
            lab.steps.iter().filter(|step| !step.goals.is_empty()).count(),
        );
        assert!(asks > 0 && checks > 0, "{} asks {asks} times and checks {checks} times", entry.id);
    }
    for diagram in guide::DIAGRAMS {
        assert!(find(diagram.id).is_some_and(|entry| entry.group == Group::Guide), "no tour of {}", diagram.id);
    }
}

#[test]
fn a_broken_promise_is_found() {
    let text = find("visibility-timeout").expect("a lab").text();
    for (from, to, about, passes, fails) in [
        // Its solution does not reach it.
        ("\"to\": 180", "\"to\": 6", "goal “No payment is booked twice”", false, true),
        // It holds whatever anybody does.
        (
            "\"Sales queue.redelivered = 0\"",
            "\"Sales queue.redelivered >= 0\"",
            "goal “No message comes back”",
            true,
            false,
        ),
        // The moment never comes.
        ("\"until\": \"Sales queue.redelivered >= 1\"", "\"until\": \"Sales.errors >= 1\"", "pause", false, true),
        // None of the choices is right.
        ("\"if\": \"Sales queue.redelivered > 0\"", "\"if\": \"Sales.errors > 0\"", "question", false, true),
        // Nobody may do what the solution does.
        ("\"settings\": [\"Sales queue.VisibilityTimeout\"]", "\"settings\": []", "solution", false, true),
    ] {
        assert!(text.contains(from), "{from}");
        let lab = Rc::new(Lab::parse(&text.replacen(from, to, 1)).expect("a lab"));
        let findings = prove(&lab).expect("it can be played");
        let found = findings.iter().find(|it| it.about == about && !it.is_kept());
        let found = found.unwrap_or_else(|| panic!("{about} after {to}: {findings:#?}"));
        assert_eq!((found.can_pass, found.can_fail), (passes, fails), "{about}");
    }
}

#[test]
fn a_session_asks_runs_judges_and_keeps_what_came_of_it() {
    let lab = lab("visibility-timeout");
    let mut play = Play::new(&lab).expect("a lab that can be played");
    assert_eq!(play.session.phase(), Phase::Asking);
    assert!(!play.session.may_pass());
    assert!(play.session.answer(Answer::Number(3.0)).is_err());
    play.session.answer(Answer::Choice(0)).expect("a choice");
    assert!(play.session.answer(Answer::Choice(1)).is_err());
    assert_eq!(play.session.phase(), Phase::Ready);
    play.step(&[]).expect("a run");
    assert_eq!(play.session.phase(), Phase::Ended);
    let given = *play.session.given(0).expect("an answer");
    assert_eq!((given.truth, given.right), (Some(Answer::Choice(1)), Some(false)));
    assert!(play.session.outcome(0).expect("an outcome").came);
    // The second step goes on, the third begins anew; its goals are missed, and reached in another attempt.
    play.session.go_to(1);
    play.session.answer(Answer::Number(130.0)).expect("a number");
    play.step(&[]).expect("a run");
    assert_eq!(play.session.given(1).and_then(|given| given.right), Some(true));
    assert!(play.session.reveal().contains("Sales ran 357 times"), "{}", play.session.reveal());
    play.session.go_to(2);
    play.step(&[]).expect("a run");
    assert!(play.session.missed());
    assert!(!play.session.again());
    let solution = lab.steps[2].solution.clone();
    play.step(&solution).expect("a run");
    assert!(play.session.goals().iter().all(|goal| goal.standing == Standing::Reached));
    let score = play.session.score();
    assert_eq!((score.goals_reached, score.right, score.is_complete()), (2, 1, true));
    assert!((score.share() - 0.75).abs() < 1e-9);
    // Kept and taken up again.
    let text = play.session.progress().to_text();
    let again = Session::resume(lab.clone(), Progress::parse(&text).expect("what was kept"));
    assert_eq!(again.progress(), play.session.progress());
    assert_eq!(again.place(), 2);
    assert_eq!(again.summary()[0].predicted.as_deref(), Some("It stays hidden until Sales has finished."));
}

#[test]
fn a_step_always_begins_in_the_labs_own_state() {
    for entry in LABS {
        let lab = lab(entry.id);
        for place in 0..lab.steps.len() {
            let (one, other) = (stage(&lab, place).expect("a state"), stage(&lab, place).expect("a state"));
            assert!(same_moment(&one, &other), "{} {place}", entry.id);
        }
    }
}

#[test]
fn a_run_ends_at_the_same_event_with_the_same_figures_however_time_is_cut() {
    for id in ["dead-letters", "visibility-timeout", "combined"] {
        let lab = lab(id);
        let mut straight = Play::new(&lab).expect("a lab that can be played");
        straight.step(&lab.steps[0].solution).expect("a run");
        // As a browser does it: frames of odd lengths, few events at a time, a look now and then.
        let mut session = Session::new(lab.clone());
        let _ = session.answer(Answer::Choice(0)).or_else(|_| session.answer(Answer::Number(1.0)));
        if let Some(answer) = session.node_answer("Sales queue").filter(|_| session.phase() == Phase::Asking) {
            session.answer(answer).expect("a node");
        }
        let mut simulation = session.beginning(&stage(&lab, 0).expect("a state")).expect("it begins");
        let mut past = Past::of(&simulation);
        for act in session.acts().to_vec() {
            let command = act.command(&simulation).expect("a command");
            simulation.apply(command).expect("it can be done");
            past.noticed(&mut simulation, None);
        }
        session.begin(&mut past, &simulation).expect("the run begins");
        let mut looks = 0;
        while session.phase() == Phase::Running {
            let frame = simulation.now() + 16_000 + 7_919 * (looks % 13);
            while past.stopped().is_none() && !past.run_until(&mut simulation, frame, 11).reached {}
            looks += 1;
            if looks % 3 == 0 || past.stopped().is_some() {
                session.look(&mut past, &simulation);
            }
        }
        assert!(
            same_moment(&simulation, &straight.simulation),
            "{id}: {} {}",
            simulation.now(),
            straight.simulation.now()
        );
        assert_eq!(session.outcome(0), straight.session.outcome(0), "{id}");
        assert_eq!(past.breakpoints.iter().count(), 0, "{id}: its breakpoints are gone");
    }
}

#[test]
fn progress_fits_where_courses_keep_it() {
    for entry in LABS {
        let lab = lab(entry.id);
        let mut play = Play::new(&lab).expect("a lab that can be played");
        for place in 0..lab.steps.len() {
            play.session.go_to(place);
            let solution = lab.steps[place].solution.clone();
            play.step(&solution).expect("a step");
        }
        let text = play.session.progress().to_text();
        assert!(text.len() <= 1_024, "{}: {} bytes", entry.id, text.len());
    }
}

#[test]
fn what_is_wrong_with_a_lab_is_said_with_its_path() {
    let text = find("visibility-timeout").expect("a lab").text();
    for (from, to, path) in [
        ("\"lab\": 1", "\"lab\": 2", "lab"),
        ("\"minutes\": 6", "\"minuten\": 6", "minuten"),
        ("\"diagram\": \"decouple-queue\"", "\"diagram\": \"nothing\"", "diagram"),
        ("\"Sales queue -> Sales.BatchSize\"", "\"Sales queue -> Sales.Size\"", "prepare[1]"),
        (
            "\"until\": \"Sales queue.redelivered >= 1\"",
            "\"until\": \"Sales queue.received twice\"",
            "steps[0].run.until",
        ),
        ("\"limit\": \"2 min\"", "\"limit\": \"2 minutes\"", "steps[0].run.limit"),
        ("glossary:function-timeout", "glossary:nonsense", "steps[2].text"),
        ("\"highlight\": [\"Sales database\"]", "\"highlight\": [\"Sales base\"]", "steps[1].highlight[0]"),
    ] {
        assert!(text.contains(from), "{from}");
        let problems = Lab::parse(&text.replacen(from, to, 1)).expect_err(to);
        assert!(problems.iter().any(|problem| problem.path == path), "{path}: {problems:?}");
    }
}

#[test]
fn only_what_a_step_allows_may_be_changed() {
    let lab = lab("visibility-timeout");
    let play = Play::at(&lab, 2).expect("a lab that can be played");
    let may = |act: Act| {
        let command = act.command(&play.simulation).expect("a command");
        play.session.permits(play.simulation.document(), &command)
    };
    let set = |setting: &str| Act::Set { setting: setting.to_string(), at: String::new(), to: 20.into() };
    assert_eq!(may(set("Sales queue.VisibilityTimeout")), Ok(()));
    let refusal = may(set("Sales.Timeout")).expect_err("not allowed");
    assert!(refusal.contains("Sales queue.VisibilityTimeout"), "{refusal}");
    assert!(may(Act::Stop { node: "Sales".to_string() }).is_err());
}
