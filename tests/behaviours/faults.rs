//! Faults.

use super::*;

/// What is slow stays right: the latency of a fault adds to each answer.
#[test]
fn added_latency_on_a_function_lengthens_each_invocation_and_its_bill() {
    let mut builder = Builder::new();
    let function = function(&mut builder, "Function", works_for(100), json!({}));
    let mut simulation = simulate(&builder.build(), 5);
    let fault = Fault { latency: Some(Distribution::Constant(400.0)), ..Fault::default() };
    apply(&mut simulation, Command::Inject { target: function, fault });
    send(&mut simulation, function, json!({}), 1);
    run_for(&mut simulation, 5);
    assert_eq!(figure(&simulation, function, "billed_ms"), 500.0);
}
