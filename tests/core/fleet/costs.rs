//! What it costs does not grow with the number of machines.

use super::bench::*;

/// A fleet of so many to its end, and how often it was asked what to do; all of them are in deployments of ten.
fn polls(count: usize) -> (u64, usize) {
    let mut machines = machines(&"-".repeat(count));
    for (number, machine) in machines.iter_mut().enumerate() {
        machine.deployment = Some(format!("d-{}", number % (count / 10)));
    }
    let mut bench = Fleets::with(machines, before(), at_once(20), crate::bench::policy());
    bench.run(&mut |call| {
        let machine: usize = call.split('-').next_back().unwrap().parse().unwrap();
        match &call[..4] {
            "POST" => running(machine),
            "POLL" => tracked(machine, "FINISHED"),
            _ => made(machine, &format!("[0123456789abcdef.{}]", machine + 1)),
        }
    });
    assert!(bench.fleet.is_over());
    (bench.polls, bench.sent.len())
}

#[test]
fn ten_times_as_many_cost_ten_times_as_much() {
    let ((few, calls), (many, more)) = (polls(1_000), polls(10_000));
    assert_eq!((calls, more), (3_000, 30_000));
    assert!(many <= 11 * few, "{many} and {few}");
    assert!(many <= 5 * more as u64, "{many} for {more} calls");
}

#[test]
fn a_checkpoint_of_many_holds_what_moved() {
    let mut bench = Fleets::new(&"-".repeat(5_000), at_once(20));
    bench.go();
    let kept = bench.fleet.kept();
    for machine in 0..20 {
        bench.tells(&post(machine), running(machine));
    }
    bench.stop_at_persist();
    let changes = serde_json::to_value(bench.fleet.changes_since(kept)).unwrap();
    assert_eq!(changes["entries"].as_array().unwrap().len(), 20);
    assert_eq!(bench.fleet.changed_since(kept).count(), 20);
}
