//! What buses do by the clock: archives, replays and schedules, as Amazon EventBridge.

use super::*;
use eventyard::kernel::{SECOND, Time};
use eventyard::services::ReplayState;
use eventyard::simulation::{BusView, RuleView};

/// A bus with an archive, and a queue for whatever the rule with this pattern takes.
fn archived(bus: Value, pattern: Value) -> (Simulation, Uuid, Uuid) {
    let mut builder = Builder::new();
    let mut settings = json!({ "Archive": true });
    for (name, value) in bus.as_object().into_iter().flatten() {
        settings[name] = value.clone();
    }
    let bus = builder.node(NodeKind::Bus, "Bus", settings);
    let rule = builder.node(NodeKind::Rule, "Rule", json!({ "EventPattern": pattern }));
    let queue = builder.node(NodeKind::Queue, "Queue", json!({}));
    builder.edge(bus, rule, instant());
    builder.edge(rule, queue, instant());
    (simulate(&builder.build(), 4), bus, queue)
}

fn shop() -> Value {
    json!({ "source": ["shop"] })
}

fn put(simulation: &mut Simulation, bus: Uuid, n: u64) {
    let event = json!({ "source": "shop", "detail-type": "Order", "detail": { "n": n } });
    send(simulation, bus, event, 1);
}

fn bus_view(simulation: &Simulation, bus: Uuid) -> BusView {
    match view(simulation, bus) {
        NodeView::Bus(bus) => bus,
        _ => panic!("not a bus"),
    }
}

fn rule_view(simulation: &Simulation, rule: Uuid) -> RuleView {
    match view(simulation, rule) {
        NodeView::Rule(rule) => rule,
        _ => panic!("not a rule"),
    }
}

/// What lies in a queue, in order.
fn bodies(simulation: &Simulation, queue: Uuid) -> Vec<Value> {
    let NodeView::Queue(queue) = view(simulation, queue) else { panic!("not a queue") };
    queue.visible.iter().map(|message| serde_json::from_str(&message.body).expect("JSON")).collect()
}

fn replay(simulation: &mut Simulation, bus: Uuid, start: u64, end: u64) {
    apply(simulation, Command::StartReplay { bus, start: Time(start * SECOND), end: Time(end * SECOND) });
}

// eb-archive: an archive keeps the events that its pattern takes.
#[test]
fn an_archive_keeps_only_what_its_pattern_takes() {
    let pattern = json!({ "detail": { "n": [{ "numeric": [">", 2] }] } });
    let (mut simulation, bus, _) = archived(json!({ "ArchiveEventPattern": pattern }), shop());
    (0..5).for_each(|n| put(&mut simulation, bus, n));
    run_for(&mut simulation, 1);
    let archive = bus_view(&simulation, bus).archive.expect("an archive");
    assert_eq!((archive.events, archive.archived), (2, 2));
    assert!(archive.bytes > 200);
}

// eb-archive: what no rule took is archived as well.
#[test]
fn an_archive_keeps_events_that_no_rule_takes() {
    let (mut simulation, bus, queue) = archived(json!({}), json!({ "source": ["other"] }));
    put(&mut simulation, bus, 1);
    run_for(&mut simulation, 1);
    assert_eq!((figure(&simulation, bus, "archived"), figure(&simulation, queue, "visible")), (1.0, 0.0));
}

// API_CreateArchive: RetentionDays; 0 keeps events for ever.
#[test]
fn an_archive_forgets_events_after_its_retention_period() {
    for (days, expected) in [(1, 1), (0, 2)] {
        let (mut simulation, bus, _) = archived(json!({ "RetentionDays": days }), shop());
        put(&mut simulation, bus, 1);
        run_for(&mut simulation, 86_401);
        put(&mut simulation, bus, 2);
        run_for(&mut simulation, 1);
        assert_eq!(bus_view(&simulation, bus).archive.expect("an archive").events, expected, "{days}");
    }
}

// eb-archive: replayed events are the same events, with `replay-name`.
#[test]
fn replayed_events_carry_the_name_of_the_replay() {
    let (mut simulation, bus, queue) = archived(json!({}), shop());
    run_for(&mut simulation, 10);
    put(&mut simulation, bus, 7);
    run_for(&mut simulation, 100);
    replay(&mut simulation, bus, 0, 60);
    run_for(&mut simulation, 10);
    let bodies = bodies(&simulation, queue);
    assert_eq!((bodies.len(), bodies[1]["replay-name"].as_str()), (2, Some("replay-1")));
    for field in ["id", "time", "detail", "source"] {
        assert_eq!(bodies[0][field], bodies[1][field], "{field}");
    }
    check_conservation(&simulation);
}

// eb-archive: the archive's own rule takes events without `replay-name` only.
#[test]
fn replayed_events_are_not_archived_again() {
    let (mut simulation, bus, _) = archived(json!({}), shop());
    (0..3).for_each(|n| put(&mut simulation, bus, n));
    run_for(&mut simulation, 10);
    replay(&mut simulation, bus, 0, 10);
    run_for(&mut simulation, 10);
    assert_eq!((figure(&simulation, bus, "archived"), figure(&simulation, bus, "replayed")), (3.0, 3.0));
}

// eb-archive: a rule can leave replays alone.
#[test]
fn a_rule_can_ask_for_events_without_a_replays_name() {
    let pattern = json!({ "source": ["shop"], "replay-name": [{ "exists": false }] });
    let (mut simulation, bus, queue) = archived(json!({}), pattern);
    put(&mut simulation, bus, 1);
    run_for(&mut simulation, 10);
    replay(&mut simulation, bus, 0, 10);
    run_for(&mut simulation, 10);
    assert_eq!((figure(&simulation, bus, "replayed"), figure(&simulation, queue, "visible")), (1.0, 1.0));
}

// eb-replay-archived-event: only what was accepted within the window.
#[test]
fn a_replay_covers_its_window_only() {
    let (mut simulation, bus, queue) = archived(json!({}), shop());
    for n in 0..5 {
        put(&mut simulation, bus, n);
        run_for(&mut simulation, 60);
    }
    replay(&mut simulation, bus, 60, 180);
    run_for(&mut simulation, 10);
    let replayed: Vec<Value> = bodies(&simulation, queue)[5..].iter().map(|body| body["detail"]["n"].clone()).collect();
    assert_eq!(replayed, [json!(1), json!(2)]);
    let view = &bus_view(&simulation, bus).replays[0];
    assert_eq!((view.state, view.replayed), (ReplayState::Completed, 2));
}

// eb-replay-archived-event: minute by minute; within a minute in no particular order.
#[test]
fn a_replay_goes_through_its_window_minute_by_minute() {
    let (mut simulation, bus, queue) = archived(json!({}), shop());
    for n in 0..120 {
        put(&mut simulation, bus, n);
        run_for(&mut simulation, 1);
    }
    replay(&mut simulation, bus, 0, 120);
    run_for(&mut simulation, 1);
    assert_eq!(
        (bus_view(&simulation, bus).replays[0].state, figure(&simulation, bus, "replayed")),
        (ReplayState::Running, 60.0)
    );
    run_for(&mut simulation, 10);
    assert_eq!(figure(&simulation, queue, "visible"), 240.0);
    check_conservation(&simulation);
}

// API_CancelReplay: what was replayed stays so, the rest does not come.
#[test]
fn a_cancelled_replay_stops_where_it_is() {
    let (mut simulation, bus, _) = archived(json!({}), shop());
    for n in 0..4 {
        put(&mut simulation, bus, n);
        run_for(&mut simulation, 60);
    }
    replay(&mut simulation, bus, 0, 240);
    run_for(&mut simulation, 2);
    apply(&mut simulation, Command::CancelReplay { bus });
    run_for(&mut simulation, 30);
    let view = &bus_view(&simulation, bus).replays[0];
    assert_eq!((view.state, view.replayed), (ReplayState::Cancelled, 2));
}

// API_StartReplay: the end comes after the start; ten at a time; no archive, no replay.
#[test]
fn a_replay_that_cannot_be_is_refused() {
    let (mut simulation, bus, queue) = archived(json!({}), shop());
    let mut start =
        |bus, start, end| simulation.apply(Command::StartReplay { bus, start: Time(start), end: Time(end) });
    assert!(start(bus, 5, 5).is_err() && start(queue, 0, 5).is_err());
    assert!((0..10).all(|_| start(bus, 0, 5).is_ok()));
    assert!(start(bus, 0, 5).is_err());
    let mut builder = Builder::new();
    let bus = builder.node(NodeKind::Bus, "Bus", json!({}));
    let mut simulation = simulate(&builder.build(), 4);
    assert!(simulation.apply(Command::StartReplay { bus, start: Time(0), end: Time(5) }).is_err());
    assert!(simulation.apply(Command::CancelReplay { bus }).is_err());
}

/// A rule with this schedule on the default bus, and a queue behind it.
fn scheduled(rule: Value, target: Value) -> (Simulation, Uuid, Uuid) {
    let mut builder = Builder::new();
    let bus = builder.node(NodeKind::Bus, "Bus", json!({}));
    let rule = builder.node(NodeKind::Rule, "Nightly", rule);
    let queue = builder.node(NodeKind::Queue, "Queue", json!({ "MessageRetentionPeriod": 1_209_600 }));
    builder.edge(bus, rule, instant());
    let mut settings = target;
    settings["Latency"] = 0.into();
    builder.edge(rule, queue, settings);
    (simulate(&builder.build(), 4), rule, queue)
}

// eb-create-rule-schedule: rate().
#[test]
fn a_rate_fires_at_even_intervals_from_the_start() {
    let (mut simulation, rule, queue) = scheduled(json!({ "ScheduleExpression": "rate(5 minutes)" }), json!({}));
    run_for(&mut simulation, 299);
    assert_eq!(
        (figure(&simulation, queue, "visible"), rule_view(&simulation, rule).next),
        (0.0, Some(Time(300 * SECOND)))
    );
    run_for(&mut simulation, 3_600);
    assert_eq!((figure(&simulation, queue, "visible"), figure(&simulation, rule, "fired")), (12.0, 12.0));
    check_conservation(&simulation);
}

// eb-create-rule-schedule: cron(), in UTC. Simulated time begins on a Thursday at midnight.
#[test]
fn a_cron_expression_fires_at_its_times_in_utc() {
    let rule = json!({ "ScheduleExpression": "cron(30 8 ? * MON-FRI *)" });
    let (mut simulation, _, queue) = scheduled(rule, json!({}));
    run_for(&mut simulation, 7 * 86_400);
    let times: Vec<Value> = bodies(&simulation, queue).iter().map(|body| body["time"].clone()).collect();
    let expected = ["01", "02", "05", "06", "07"].map(|day| json!(format!("2026-01-{day}T08:30:00Z")));
    assert_eq!(times, expected);
}

// eb-create-rule-schedule: the event of a schedule.
#[test]
fn a_scheduled_event_names_its_rule() {
    let (mut simulation, _, queue) = scheduled(json!({ "ScheduleExpression": "rate(1 minute)" }), json!({}));
    run_for(&mut simulation, 61);
    let body = first_body(&simulation, queue);
    assert_eq!((&body["source"], &body["detail-type"]), (&json!("aws.events"), &json!("Scheduled Event")));
    assert_eq!(body["resources"], json!(["arn:aws:events:us-east-1:123456789012:rule/Nightly"]));
    assert_eq!(body["detail"], json!({}));
}

// API_Target: a constant input is what schedules are mostly used with.
#[test]
fn a_schedule_can_send_a_constant() {
    let rule = json!({ "ScheduleExpression": "rate(1 minute)" });
    let (mut simulation, _, queue) = scheduled(rule, json!({ "Input": { "job": "report" } }));
    run_for(&mut simulation, 61);
    assert_eq!(first_body(&simulation, queue), json!({ "job": "report" }));
}

// API_DisableRule.
#[test]
fn a_disabled_rule_does_not_fire() {
    let rule = json!({ "ScheduleExpression": "rate(1 minute)", "State": "DISABLED" });
    let (mut simulation, rule, queue) = scheduled(rule, json!({}));
    run_for(&mut simulation, 600);
    assert_eq!(figure(&simulation, queue, "visible"), 0.0);
    apply(&mut simulation, Command::Set { target: rule, setting: "State".into(), value: "ENABLED".into() });
    run_for(&mut simulation, 121);
    assert_eq!(figure(&simulation, queue, "visible"), 2.0);
}

// A schedule that was changed forgets the old one.
#[test]
fn a_changed_schedule_counts_from_the_change() {
    let rule = json!({ "ScheduleExpression": "rate(1 minute)" });
    let (mut simulation, rule, queue) = scheduled(rule, json!({}));
    run_for(&mut simulation, 90);
    let setting = "ScheduleExpression".to_string();
    apply(&mut simulation, Command::Set { target: rule, setting, value: "rate(2 minutes)".into() });
    run_for(&mut simulation, 119);
    assert_eq!(figure(&simulation, queue, "visible"), 1.0);
    run_for(&mut simulation, 2);
    assert_eq!(figure(&simulation, queue, "visible"), 2.0);
}

// eb-create-rule-schedule: on the default bus only.
#[test]
fn only_rules_of_the_default_bus_have_schedules() {
    let mut builder = Builder::new();
    let bus = builder.node(NodeKind::Bus, "Bus", json!({ "Name": "orders" }));
    let rule = builder.node(NodeKind::Rule, "Rule", json!({ "ScheduleExpression": "rate(1 minute)" }));
    builder.edge(bus, rule, json!({}));
    refused(&builder.build(), "Only rules of the default bus");
}

// eb-create-rule-schedule: what is no schedule expression.
#[test]
fn a_wrong_schedule_expression_is_refused() {
    for text in ["rate(1 minutes)", "rate(10 minute)", "rate(0 minutes)", "every day", "cron(0 12 * * *)"] {
        let mut builder = Builder::new();
        builder.node(NodeKind::Rule, "Rule", json!({ "ScheduleExpression": text }));
        refused(&builder.build(), "ScheduleExpression");
    }
}

// API_PutRule: a rule may have both; then it fires for either.
#[test]
fn a_rule_with_a_pattern_and_a_schedule_fires_for_either() {
    let rule = json!({ "ScheduleExpression": "rate(1 minute)", "EventPattern": { "source": ["shop"] } });
    let (mut simulation, rule, queue) = scheduled(rule, json!({}));
    let bus = simulation.plan().nodes[0].id;
    put(&mut simulation, bus, 1);
    run_for(&mut simulation, 61);
    assert_eq!((figure(&simulation, queue, "visible"), figure(&simulation, rule, "matched")), (2.0, 1.0));
}
