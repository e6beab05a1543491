//! What the guide claims, as figures of comparisons with fixed seeds; and that the comparisons themselves can be trusted.

mod support;

use eventyard::diagram::{Distribution, Document, Fault, NodeKind, list_problems};
use eventyard::exchange::run::{Export, series_csv};
use eventyard::kernel::{SECOND, Time};
use eventyard::lessons::{comparisons, guide};
use eventyard::services::What;
use eventyard::simulation::past::Past;
use eventyard::simulation::study::{
    Breaking, Comparison, Conditions, Criterion, Design, Estimate, Metric, NamedFault, Parameter, Range, Recovery,
    Sweep, Table, Verdict,
};
use eventyard::simulation::{Command, Simulation};
use serde_json::{Value, json};
use support::{check_conservation, figure, run_for, simulate};

fn document(id: &str) -> Document {
    guide::find(id).expect("a diagram of the guide").document()
}

fn design(id: &str) -> Design {
    Design::new(id.to_string(), document(id))
}

#[track_caller]
fn compare(designs: Vec<Design>, conditions: Conditions, seeds: &[u64]) -> Comparison {
    let comparison = Comparison::new(designs, conditions, seeds);
    let mut comparison = comparison.unwrap_or_else(|problems| panic!("{}", list_problems(&problems)));
    while !comparison.work(1 << 20).done() {}
    comparison
}

#[track_caller]
fn ready(id: &str, seeds: &[u64]) -> Table {
    let ready = comparisons::find(id).expect("a ready-made comparison");
    let comparison = Comparison::new(ready.designs(), ready.conditions(), seeds).expect("valid designs");
    let mut comparison = comparison.with_metrics(ready.metrics.iter().cloned());
    while !comparison.work(1 << 20).done() {}
    comparison.table()
}

/// A metric of each design.
#[track_caller]
fn row(table: &Table, metric: Metric) -> Vec<f64> {
    let row = table.rows.iter().find(|row| row.metric == metric).expect("a row of the table");
    row.cells.iter().map(|cell| cell.estimate.expect("a figure").mean).collect()
}

#[track_caller]
fn mark(table: &Table, metric: Metric) -> &'static str {
    let row = table.rows.iter().find(|row| row.metric == metric).expect("a row of the table");
    row.cells[1].mark.map_or("", |mark| mark.name())
}

fn outage_of_sales(at: f64, until: f64) -> NamedFault {
    let fault = Fault { outage: true, ..Fault::default() };
    NamedFault { target: "Sales".to_string(), at, until: Some(until), fault }
}

const SEEDS: [u64; 5] = [1, 2, 3, 4, 5];

/// Means of a metric while more and more latency is added to Sales.
fn with_slow_sales(id: &str, metrics: &[Metric]) -> Vec<Vec<f64>> {
    let document = document(id);
    let parameter = Parameter::parse(&document, "Sales.AddedLatency").expect("a number");
    let range = Range { from: 0.0, to: 1_000.0, steps: 3 };
    let conditions = Conditions { span: 600 * SECOND, ..Conditions::default() };
    let sweep = Sweep::new(&document, parameter, range, metrics.to_vec(), conditions, &SEEDS);
    let mut sweep = sweep.expect("a valid sweep");
    while !sweep.work(1 << 20).done() {}
    let points = sweep.points();
    let of = |place: usize| points.iter().map(move |point| point.estimates[place].expect("a figure").mean).collect();
    (0..metrics.len()).map(of).collect()
}

#[test]
fn the_chains_p99_rises_with_sales_latency_one_for_one_and_the_queues_does_not() {
    let chain = &with_slow_sales("gateway-multiple", &[Metric::P99])[0];
    for (more, pair) in [500.0, 500.0].into_iter().zip(chain.windows(2)) {
        let rise = pair[1] - pair[0];
        assert!((rise / more - 1.0).abs() < 0.06, "{rise} ms for {more} ms: {chain:?}");
    }
    let queue = &with_slow_sales("decouple-queue", &[Metric::P99])[0];
    assert!((queue[2] - queue[0]).abs() < 10.0, "{queue:?}");
}

#[test]
fn payments_is_billed_for_every_millisecond_of_sales_in_the_chain_and_not_in_front_of_the_queue() {
    let of = |node: &str, figure: &str| Metric::Figure { node: node.to_string(), figure: figure.to_string() };
    let billed = |id: &str, node: &str| {
        let figures = with_slow_sales(id, &[of(node, "billed_ms"), of(node, "invocations")]);
        figures[0].iter().zip(&figures[1]).map(|(billed, invocations)| billed / invocations).collect::<Vec<f64>>()
    };
    let chain = billed("gateway-multiple", "Payments");
    for pair in chain.windows(2) {
        assert!(((pair[1] - pair[0]) / 500.0 - 1.0).abs() < 0.02, "{chain:?}");
    }
    // In front of the queue the customer's payment is taken by the function called Customer.
    let queue = billed("decouple-queue", "Customer");
    assert!((queue[2] - queue[0]).abs() < 1.0, "{queue:?}");
}

#[test]
fn ten_minutes_without_sales_fail_every_request_of_the_chain_and_none_in_front_of_the_queue() {
    let conditions =
        Conditions { span: 1_500 * SECOND, faults: vec![outage_of_sales(60.0, 660.0)], ..Conditions::default() };
    let comparison = compare(vec![design("gateway-multiple"), design("decouple-queue")], conditions, &[1, 2, 3]);
    let [chain, queue] = comparison.outcomes() else { panic!("two designs") };
    for (chain, queue) in chain.iter().zip(queue) {
        let (chain, queue) = (chain.window, queue.window);
        assert!(chain.sent > 1_000 && chain.sent == queue.sent, "the same requests: {chain:?}, {queue:?}");
        // Whoever sent in the last moments reached Sales when it was back.
        assert!(chain.failed + chain.lost >= chain.sent - 3, "{chain:?}");
        assert_eq!((queue.succeeded, queue.failed, queue.lost), (queue.sent, 0, 0));
    }
}

/// Runs the queue's design through ten minutes without Sales and gives the payments of that time that never got there,
/// once everything has been worked off.
fn missing_in_sales(down: Command, up: Command, redrive: bool) -> f64 {
    let document = document("decouple-queue");
    let node = |name: &str| document.nodes.iter().find(|node| node.name == name).expect("a node").id;
    let mut simulation = simulate(&document, 7);
    let apply = |simulation: &mut Simulation, command| simulation.apply(command).expect("a command");
    run_for(&mut simulation, 60);
    apply(&mut simulation, down);
    run_for(&mut simulation, 600);
    assert_eq!(figure(&simulation, node("Front end"), "failed"), 0.0);
    apply(&mut simulation, up);
    let nobody = json!({ "constant": 0 });
    let quiet = Command::Set { target: node("Front end"), setting: "Arrivals".to_string(), value: nobody };
    apply(&mut simulation, quiet);
    run_for(&mut simulation, 900);
    if redrive {
        assert!(figure(&simulation, node("Sales dead letters"), "visible") > 100.0);
        let redrive = Command::Redrive { queue: node("Sales dead letters"), rate: None, destination: None };
        apply(&mut simulation, redrive);
        run_for(&mut simulation, 900);
    }
    check_conservation(&simulation);
    figure(&simulation, node("Front end"), "sent") - figure(&simulation, node("Sales database"), "rows")
}

#[test]
fn every_payment_of_the_outage_reaches_sales_in_the_end() {
    let document = document("decouple-queue");
    let sales = document.nodes.iter().find(|node| node.name == "Sales").expect("a node").id;
    // Out of service, nobody polls: the queue keeps everything.
    let stop = (Command::Stop { node: sales }, Command::Resume { node: sales });
    assert_eq!(missing_in_sales(stop.0, stop.1, false), 0.0);
    // Failing, it takes messages and fails until they are set aside; moving them back brings each of them home.
    let fail = Command::Inject { target: sales, fault: Fault { outage: true, ..Fault::default() } };
    let heal = Command::Inject { target: sales, fault: Fault::default() };
    assert_eq!(missing_in_sales(fail, heal, true), 0.0);
}

#[test]
fn ready_made_comparisons_show_what_they_say() {
    let slow = ready("chain-or-queue", &SEEDS);
    assert_eq!((mark(&slow, Metric::P99), mark(&slow, Metric::Done)), ("better", "worse"));
    let down = ready("chain-or-queue-outage", &SEEDS);
    let success = row(&down, Metric::Success);
    assert!(success[0] < 85.0 && success[1] == 100.0, "{success:?}");
    assert_eq!(row(&down, Metric::Lost), [0.0, 0.0]);
    // The chain has written Customer's rows before it fails; the customer was told that nothing happened.
    let unasked = row(&down, Metric::Unasked);
    assert!(unasked[0] > 100.0 && unasked[1] == 0.0, "{unasked:?}");
    assert!(row(&down, Metric::Recovery)[1] > row(&down, Metric::Recovery)[0]);
    let hot = ready("one-or-several-gateways", &SEEDS);
    let success = row(&hot, Metric::Success);
    assert!(success[0] == 100.0 && success[1] < 50.0, "{success:?}");
    assert_eq!(mark(&hot, Metric::Success), "worse");
    let bus = ready("topic-or-bus", &SEEDS);
    assert_eq!(row(&bus, Metric::Success), [100.0, 100.0]);
    assert_eq!((mark(&bus, Metric::P50), mark(&bus, Metric::Messaging)), ("worse", "better"));
    let options = ready("bus-option-1-or-2", &SEEDS);
    assert_eq!(mark(&options, Metric::Cost), "better");
    assert_eq!((mark(&options, Metric::P50), mark(&options, Metric::Messaging)), ("better", "better"));
    let messaging = row(&options, Metric::Messaging);
    assert!((messaging[0] / messaging[1] - 3.0).abs() < 0.05, "{messaging:?}");
}

/// When requests set out and with what, in the first minutes.
fn arrivals(document: &Document, seed: u64) -> Vec<(Time, Value)> {
    let mut simulation = Simulation::new(document, seed).expect("a valid document");
    simulation.run_until(Time(120 * SECOND), u64::MAX);
    let client = simulation.plan().node_indices().find(|node| simulation.plan().node(*node).kind == NodeKind::Client);
    let client = client.expect("a client");
    let mut seen = 0;
    let mut arrivals = Vec::new();
    for (_, record) in simulation.journal().since(0).filter(|(_, record)| record.node == client) {
        // A request's first message is its own; later ones ask for its status or try again.
        if let What::Created { payload, .. } = record.what
            && record.trace > seen
        {
            seen = record.trace;
            let payload: Value = serde_json::from_str(&simulation.payload_text(payload, record.trace)).expect("JSON");
            arrivals.push((record.time, payload["customerId"].clone()));
        }
    }
    arrivals
}

#[test]
fn every_design_gets_the_same_requests_at_the_same_moments() {
    let designs: Vec<Design> = guide::DIAGRAMS.iter().map(|diagram| design(diagram.id)).collect();
    let documents = Conditions::default().prepare(&designs).expect("valid designs");
    let first = arrivals(&documents[0], 11);
    assert!(first.len() > 150);
    for (document, design) in documents.iter().zip(&designs) {
        assert!(arrivals(document, 11) == first, "{}", design.name);
    }
}

#[test]
fn failures_and_retries_do_not_shift_the_requests_behind_them() {
    let healthy = design("gateway-multiple");
    let mut retrying = healthy.clone();
    for node in retrying.document.nodes.iter_mut().filter(|node| node.kind == NodeKind::Client) {
        node.settings.insert("Retries".to_string(), json!(3));
    }
    let failing = Conditions {
        faults: vec![NamedFault {
            target: "Sales".to_string(),
            at: 0.0,
            until: None,
            fault: Fault { error_rate: 0.5, ..Fault::default() },
        }],
        ..Conditions::default()
    };
    let failing = failing.prepare(&[retrying]).expect("a valid design");
    let mut simulation = Simulation::new(&failing[0], 5).expect("a valid document");
    run_for(&mut simulation, 120);
    assert!(figure(&simulation, simulation.document().nodes[0].id, "retries") > 50.0);
    assert!(arrivals(&failing[0], 5) == arrivals(&healthy.document, 5));
}

#[test]
fn a_payload_keeps_what_only_its_own_design_needs() {
    let designs = [design("pubsub-topic"), design("pubsub-bus-rules")];
    let documents = Conditions::default().prepare(&designs).expect("valid designs");
    let payload = &documents[1].nodes.iter().find(|node| node.kind == NodeKind::Client).expect("a client").settings["Payloads"]
        [0];
    assert!(payload["contact"]["email"].is_string() && payload["notify"] == "email", "{payload}");
}

#[test]
fn a_branch_is_compared_with_everything_that_was_done_in_it() {
    let document = document("decouple-queue");
    let node = |name: &str| document.nodes.iter().find(|node| node.name == name).expect("a node").id;
    let mut simulation = simulate(&document, 7);
    run_for(&mut simulation, 5);
    let set = Command::Set { target: node("Sales queue"), setting: "VisibilityTimeout".to_string(), value: json!(7) };
    simulation.apply(set).expect("a command");
    simulation.apply(Command::Stop { node: node("Sales") }).expect("a command");
    let design = Design::branch("a branch".to_string(), &document, simulation.log());
    assert_eq!(&design.edited(), simulation.document());
    run_for(&mut simulation, 55);
    let conditions = Conditions { span: 60 * SECOND, ..Conditions::default() };
    let comparison = compare(vec![Design::of(document), design], conditions, &[7]);
    let [parent, branch] = comparison.outcomes() else { panic!("two designs") };
    assert_eq!(branch[0].journal_hash, simulation.journal().hash(), "the very run, where the seed is the same");
    assert_ne!(parent[0].journal_hash, branch[0].journal_hash);
}

#[test]
fn a_design_beside_itself_is_not_different() {
    let conditions = Conditions { span: 120 * SECOND, ..Conditions::default() };
    let table = compare(vec![design("pubsub-topic"), design("pubsub-topic")], conditions, &SEEDS).table();
    assert_eq!(table.designs, ["pubsub-topic", "pubsub-topic (2)"]);
    for row in &table.rows {
        assert_eq!(row.cells[1].mark, None, "{}", row.metric.label());
        assert_eq!(row.cells[0].estimate, row.cells[1].estimate);
    }
}

#[test]
fn the_same_design_drawn_anew_differs_only_by_noise() {
    // Other ids, other random streams: everything but the requests is different by chance.
    let anew = document("gateway-multiple").to_text().replace("00000003-", "00000013-");
    let anew = Design::new("anew".to_string(), Document::parse(&anew).expect("a document"));
    let conditions = Conditions { span: 300 * SECOND, ..Conditions::default() };
    let seeds: Vec<u64> = (1..=8).collect();
    let comparison = compare(vec![design("gateway-multiple"), anew], conditions, &seeds);
    let [first, second] = comparison.outcomes() else { panic!("two designs") };
    assert!(first.iter().zip(second).all(|(a, b)| a.journal_hash != b.journal_hash));
    for row in comparison.table().rows {
        assert_eq!(row.cells[1].mark, None, "{}: {:?}", row.metric.label(), row.cells);
    }
}

#[test]
fn slices_and_straight_runs_come_to_the_same() {
    let conditions =
        Conditions { span: 60 * SECOND, faults: vec![outage_of_sales(10.0, 20.0)], ..Conditions::default() };
    let designs = vec![design("gateway-single"), design("decouple-queue")];
    let straight = compare(designs.clone(), conditions.clone(), &[3, 4]);
    let mut sliced = Comparison::new(designs, conditions, &[3, 4]).expect("valid designs");
    let (mut last, mut slices) = (0.0, 0);
    loop {
        let progress = sliced.work(97);
        assert!(progress.share >= last, "it never goes back");
        (last, slices) = (progress.share, slices + 1);
        if progress.done() {
            break;
        }
    }
    assert!(slices > 100);
    assert_eq!(sliced.table(), straight.table());
}

#[test]
fn a_comparisons_run_is_the_run_of_the_command_line() {
    let document = document("gateway-multiple");
    let conditions = Conditions { span: 60 * SECOND, ..Conditions::default() };
    let comparison = compare(vec![design("gateway-multiple"), design("combined")], conditions, &[7]);
    let mut simulation = simulate(&document, 7);
    run_for(&mut simulation, 60);
    let outcome = &comparison.outcomes()[0][0];
    assert_eq!(outcome.journal_hash, simulation.journal().hash());
    assert_eq!(outcome.latency, simulation.headline().latency);
    assert_eq!((outcome.missed, outcome.recovery), (0, Recovery::NoFault));
}

#[test]
fn the_command_line_prints_what_the_library_finds() {
    let run = |arguments: &[&str]| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_eventyard")).args(arguments).output();
        let output = output.expect("the command line");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice::<Value>(&output.stdout).expect("JSON")
    };
    let printed = run(&[
        "compare",
        "gateway-multiple",
        "decouple-queue",
        "--for",
        "60s",
        "--seed",
        "3",
        "--seeds",
        "2",
        "--fault",
        "Sales:latencyMillis=400@10s..30s",
        "--json",
    ]);
    let latency = Some(Distribution::Constant(400.0));
    let fault = NamedFault {
        target: "Sales".to_string(),
        at: 10.0,
        until: Some(30.0),
        fault: Fault { latency, ..Fault::default() },
    };
    let conditions = Conditions { span: 60 * SECOND, faults: vec![fault], ..Conditions::default() };
    let table = compare(vec![design("gateway-multiple"), design("decouple-queue")], conditions, &[3, 4]).table();
    let found: Value = serde_json::from_str(&table.to_json().to_string()).expect("JSON");
    assert_eq!(printed["rows"].as_array().map(Vec::len), Some(Metric::table().count()));
    for (printed, found) in
        printed["rows"].as_array().expect("rows").iter().zip(found["rows"].as_array().expect("rows"))
    {
        for (printed, found) in
            printed["designs"].as_array().expect("cells").iter().zip(found["designs"].as_array().expect("cells"))
        {
            assert_eq!((&printed["value"], &printed["mark"]), (&found["value"], &found["mark"]));
        }
    }
    let printed = run(&[
        "simulate",
        "--guide",
        "decouple-queue",
        "--for",
        "60s",
        "--sweep",
        "Front end.Rate=1..3:2",
        "--seeds",
        "2",
        "--metric",
        "p99",
        "--format",
        "json",
    ]);
    let document = document("decouple-queue");
    let parameter = Parameter::parse(&document, "Front end.Rate").expect("a number");
    let range = Range { from: 1.0, to: 3.0, steps: 2 };
    let conditions = Conditions { span: 60 * SECOND, ..Conditions::default() };
    let mut sweep = Sweep::new(&document, parameter, range, vec![Metric::P99], conditions, &[1, 2]).expect("a sweep");
    while !sweep.work(1 << 20).done() {}
    let found: Value = serde_json::from_str(&sweep.to_json().to_string()).expect("JSON");
    assert_eq!(printed, found);
}

#[test]
fn sales_falls_behind_where_its_capacity_ends() {
    let document = document("decouple-queue");
    let parameter = Parameter::parse(&document, "Front end.Rate").expect("a number");
    let range = Range { from: 1.0, to: 10.0, steps: 2 };
    let conditions = Conditions { span: 600 * SECOND, ..Conditions::default() };
    let breaking = Breaking::new(&document, parameter, range, Criterion::FallsBehind, conditions, &SEEDS);
    let mut breaking = breaking.expect("a search");
    while !breaking.work(1 << 20).done() {}
    let Some(Verdict::Between { holds, breaks }) = breaking.verdict() else { panic!("{:?}", breaking.verdict()) };
    // Two environments, each 447 ms a message in the mean (median 400, 99th percentile 1,200), a write, one in fifty again.
    let capacity = 2.0 / (0.447 + 0.012) * 0.98;
    assert!(breaks - holds < 0.5 && *holds < capacity * 1.05 && *breaks > capacity * 0.95, "{holds} to {breaks}");
    assert!(breaking.sentence().starts_with("Sales falls behind above "), "{}", breaking.sentence());
}

#[test]
fn whoever_does_not_recover_within_the_run_is_not_given_a_time() {
    let conditions =
        Conditions { span: 100 * SECOND, faults: vec![outage_of_sales(10.0, 95.0)], ..Conditions::default() };
    let comparison = compare(vec![design("decouple-queue"), design("gateway-multiple")], conditions, &[1, 2]);
    let table = comparison.table();
    let row = table.rows.iter().find(|row| row.metric == Metric::Recovery).expect("a row");
    assert_eq!((row.cells[0].estimate, row.cells[0].missing), (None, 2));
    assert_eq!(row.cells[0].words(&row.metric), "not within the run");
    assert_eq!(row.cells[1].difference.map(|it: Estimate| it.count), Some(0));
}

#[test]
fn what_does_not_fit_is_refused_with_its_place() {
    let refused = |conditions: Conditions| {
        let designs = vec![design("gateway-multiple"), design("decouple-queue")];
        let problems = Comparison::new(designs, conditions, &[1]).err().expect("a refusal");
        list_problems(&problems)
    };
    let nowhere = NamedFault { target: "Payments".to_string(), ..outage_of_sales(1.0, 2.0) };
    let text = refused(Conditions { faults: vec![nowhere], ..Conditions::default() });
    assert!(text.contains("decouple-queue") && text.contains("“Payments”"), "{text}");
    let text = refused(Conditions { client: Some("Nobody".to_string()), ..Conditions::default() });
    assert!(text.contains("“Nobody”"), "{text}");
}

#[test]
fn an_exported_run_can_be_read_by_itself_and_holds_everything() {
    let document = document("decouple-queue");
    let sales = document.nodes.iter().find(|node| node.name == "Sales").expect("a node").id;
    let mut simulation = simulate(&document, 7);
    run_for(&mut simulation, 20);
    simulation.apply(Command::Stop { node: sales }).expect("a command");
    run_for(&mut simulation, 10);
    simulation.apply(Command::Resume { node: sales }).expect("a command");
    run_for(&mut simulation, 30);
    let mut export = Export::new(&document, 7, simulation.log(), simulation.now().0, SECOND).expect("a run");
    let mut journal = String::new();
    loop {
        let progress = export.work(1_000);
        journal += &export.take_journal();
        if progress.done() {
            break;
        }
    }
    assert_eq!(journal.lines().count() as u64, simulation.journal().count());
    for line in journal.lines().step_by(50) {
        let record: Value = serde_json::from_str(line).expect("a line is JSON");
        assert!(record["what"].is_string() && record["words"].is_string() && record["time_us"].is_u64());
    }
    let files = export.into_files();
    let file = |name: &str| &files.iter().find(|file| file.name == name).expect("a file").text;
    let page = file("report.html");
    for needed in [
        &simulation.journal().hash(),
        "Seed",
        "<svg",
        "chart-line",
        "Sales queue",
        "VisibilityTimeout",
        "Business ledger",
        "Bill",
        "Stop",
    ] {
        assert!(page.contains(needed), "{needed}");
    }
    for unwanted in ["<script", "<link", "src=", "href=", "url(", "@import", "NaN"] {
        assert!(!page.contains(unwanted), "{unwanted}");
    }
    let csv = file("metrics.csv");
    assert_eq!(csv.lines().count(), 61);
    let columns: Vec<&str> = csv.lines().next().expect("a header").split(',').collect();
    let depth = columns.iter().position(|column| *column == "Sales queue.visible").expect("a column");
    let at = |second: usize| csv.lines().nth(second).and_then(|line| line.split(',').nth(depth)).map(str::to_string);
    assert!(at(30).expect("a figure").parse::<f64>().expect("a number") > 5.0, "it grew while Sales was stopped");
    let rows: Vec<Value> = serde_json::from_str(file("metrics.json")).expect("JSON");
    assert_eq!((rows.len(), rows[0]["time_s"].as_f64()), (60, Some(1.0)));
    assert_eq!(Document::parse(file("diagram.eventyard.json")).as_ref(), Ok(&document));
}

#[test]
fn time_series_are_a_table_of_what_the_charts_show() {
    let mut simulation = simulate(&document("decouple-queue"), 7);
    let mut past = Past::of(&simulation);
    past.run_until(&mut simulation, Time(20 * SECOND + 1), u64::MAX);
    let csv = series_csv(&simulation, past.metrics());
    let mut lines = csv.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let header = lines.next().expect("a header");
    let rows: Vec<Vec<&str>> = lines.collect();
    assert_eq!((rows.len(), rows[3][0]), (80, "1"), "four samples a second");
    let column = |name: &str| {
        let place = header.iter().position(|column| *column == name).expect("a column");
        rows.iter().map(|row| row[place].parse::<f64>().ok()).collect::<Vec<_>>()
    };
    // As many requests as the client made; nobody is answered in no time, and some quarters of a second have no answer.
    let requests = column("Front end.rate_per_s").into_iter().flatten().sum::<f64>() / 4.0;
    assert_eq!(requests.round() as u64, simulation.headline().requests);
    let answers = column("Front end.p99_ms");
    assert!(answers.contains(&None) && answers.iter().flatten().all(|span| *span > 10.0 && *span < 1_000.0));
    assert!(column("Payments API → Customer.rate_per_s").iter().flatten().sum::<f64>() > 0.0);
    let costs: Vec<f64> = column("Customer.cost_usd").into_iter().flatten().collect();
    assert!(costs.is_sorted() && costs.last() > costs.first());
}
