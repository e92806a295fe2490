//! What refusals cost a fleet, and what a fleet costs a service that refuses.

mod halving;
mod world;

use vra_snapshots::Throttle;

use self::halving::Halving;
use self::world::{Course, Refusal, Refuses, Rule, Size, Unlimited, drive};

/// Operations of a minute, as in practice; and of a few seconds, which ask most of a throttle: the fleet always has calls to
/// send.
const FLEETS: [Size; 5] = [
    Size { machines: 300, concurrency: 50, takes: 60_000 },
    Size { machines: 1_000, concurrency: 100, takes: 60_000 },
    Size { machines: 300, concurrency: 50, takes: 4_000 },
    Size { machines: 1_000, concurrency: 100, takes: 4_000 },
    Size { machines: 10_000, concurrency: 1_000, takes: 60_000 },
];

const AT_ONCE: Refusal = Refusal { status: 429, retry_after: Some("0") };
const IN_A_SECOND: Refusal = Refusal { status: 429, retry_after: Some("1") };
const UNNAMED: Refusal = Refusal { status: 429, retry_after: None };
const UNAVAILABLE: Refusal = Refusal { status: 503, retry_after: None };

fn course(fleet: Size, refuses: Refuses, refusal: Refusal) -> Course {
    drive(fleet, refuses, refusal, Box::<Throttle>::default())
}

#[test]
fn one_refusal_in_a_hundred_costs_no_more_than_a_quarter_of_the_time() {
    for fleet in FLEETS.into_iter().filter(|fleet| fleet.machines <= 1_000) {
        let quiet = course(fleet, Refuses::Share(0), AT_ONCE).time;
        for refusal in [AT_ONCE, IN_A_SECOND, UNNAMED, UNAVAILABLE] {
            let it = course(fleet, Refuses::Share(10), refusal);
            // After a 503 to a request the fleet checks for 30 s what became of it: more than a short fleet takes, and
            // no rule of a throttle changes that.
            let least = match refusal.status {
                503 => drive(fleet, Refuses::Share(10), refusal, Box::new(Unlimited)).time,
                _ => quiet,
            };
            let what = format!("{fleet:?} {refusal:?}: {it:?}, {least} of {quiet} ms");
            assert!(it.refused > 0 && it.time * 4 <= least * 5, "{what}");
            assert!(fleet.takes < 60_000 || it.time * 4 <= quiet * 5, "{what}");
        }
    }
}

/// The rate is not the reason for such refusals, and lowering it without end would help nobody.
#[test]
fn one_refusal_in_five_at_any_rate_costs_less_than_two_fifths_of_the_time() {
    let fleet = FLEETS[0];
    let quiet = course(fleet, Refuses::Share(0), AT_ONCE).time;
    for refusal in [AT_ONCE, UNAVAILABLE] {
        let it = course(fleet, Refuses::Share(200), refusal);
        assert!(it.time * 5 < quiet * 7, "{refusal:?}: {it:?}, {quiet} ms");
    }
}

/// The bound tells the rules apart: it does not hold under the one before.
#[test]
fn under_the_rule_before_one_refusal_in_a_hundred_cost_more_than_that() {
    let fleet = FLEETS[3];
    let quiet = course(fleet, Refuses::Share(0), AT_ONCE).time;
    let it = drive(fleet, Refuses::Share(10), AT_ONCE, Box::<Halving>::default());
    assert!(it.time * 4 > quiet * 5, "{it:?}, {quiet} ms");
}

#[test]
fn a_service_that_refuses_all_is_asked_about_once_a_second() {
    let fleet = FLEETS[2];
    let it = course(fleet, Refuses::Share(1000), AT_ONCE);
    assert!(it.refused_at_most <= 20, "{it:?}");
    assert_eq!(it.finished, 0);
}

#[test]
fn a_true_limit_is_found_and_kept_to() {
    let fleet = FLEETS[2];
    for refuses in [Refuses::Above(5), Refuses::Above(20), Refuses::AtOnce(4)] {
        let it = course(fleet, refuses, AT_ONCE);
        assert!(it.refused_at_most <= 60, "{it:?}");
        assert!(it.refused * 3 <= it.calls, "most calls are accepted: {it:?}");
        assert!(it.finished * 100 >= fleet.machines as u32 * 98, "{it:?}");
    }
}

/// `cargo test -q --test core throttle::table -- --ignored --nocapture`
#[test]
#[ignore = "prints a table"]
fn table() {
    let services = [
        ("nothing", Refuses::Share(0), AT_ONCE),
        ("0.5 %", Refuses::Share(5), AT_ONCE),
        ("1 %", Refuses::Share(10), AT_ONCE),
        ("1 %, 429 without a time", Refuses::Share(10), UNNAMED),
        ("1 %, Retry-After: 1", Refuses::Share(10), IN_A_SECOND),
        ("0.5 %, 503", Refuses::Share(5), UNAVAILABLE),
        ("1 %, 503", Refuses::Share(10), UNAVAILABLE),
        ("5 %, 503", Refuses::Share(50), UNAVAILABLE),
        ("20 %, 503", Refuses::Share(200), UNAVAILABLE),
        ("5 %", Refuses::Share(50), AT_ONCE),
        ("20 %", Refuses::Share(200), AT_ONCE),
        ("100 %", Refuses::Share(1000), AT_ONCE),
        ("above 5 calls/s", Refuses::Above(5), AT_ONCE),
        ("above 20 calls/s", Refuses::Above(20), AT_ONCE),
        ("above 20 calls/s, Retry-After: 1", Refuses::Above(20), IN_A_SECOND),
        ("more than 4 at once", Refuses::AtOnce(4), AT_ONCE),
    ];
    println!("| refused | machines | rule | time | | calls | refused | most in 10 s | finished |");
    println!("|---|---:|---|---:|---:|---:|---:|---:|---:|");
    for fleet in FLEETS {
        let machines = format!("{} of {} s", fleet.machines, fleet.takes / 1000);
        let quiet = course(fleet, Refuses::Share(0), AT_ONCE).time;
        for (name, refuses, refusal) in services {
            // Each check reads a list of thousands of trackers: minutes for a row.
            if refusal.status == 503 && fleet.machines > 1_000 {
                continue;
            }
            let rules: [(&str, Box<dyn Rule>); 3] = [
                ("none", Box::new(Unlimited)),
                ("halving", Box::<Halving>::default()),
                ("share", Box::<Throttle>::default()),
            ];
            // What no throttle would change is of interest where requests are reconciled.
            let first = usize::from(refusal.status != 503);
            for (rule, throttle) in rules.into_iter().skip(first) {
                let it = drive(fleet, refuses, refusal, throttle);
                println!(
                    "| {name} | {machines} | {rule} | {} s | {:.2} | {} | {} | {} | {} |",
                    it.time / 1000,
                    it.time as f64 / quiet as f64,
                    it.calls,
                    it.refused,
                    it.refused_at_most,
                    it.finished,
                );
            }
        }
    }
}
