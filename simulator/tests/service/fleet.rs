//! Thousands of machines and trackers: the rules of concurrency, and that nothing is needlessly slow.

use std::time::{Duration, Instant};

use vra_simulator::{Busy, BusyScope, Options, Share, TrackerOrder};

use crate::bench::*;

const FLEET: usize = 10_000;

/// Machines that can be snapshot, and the deployments that they are in.
fn machines(bench: &mut Bench) -> Vec<(String, Option<String>)> {
    let mut found = Vec::new();
    for skip in (14..).step_by(1_000) {
        let list = bench.get(&format!("/iaas/api/machines?$top=1000&$skip={skip}"));
        let content = list["content"].as_array().unwrap().clone();
        if content.is_empty() {
            return found;
        }
        found.extend(content.iter().filter_map(|machine| {
            let links = machine["_links"]["operations"]["hrefs"].as_array()?;
            let is_able = links.iter().any(|link| link.as_str().unwrap().ends_with("/snapshots"));
            let is_free = machine["customProperties"].get("snapshotLimit").is_none();
            let deployment = machine["deploymentId"].as_str().map(str::to_owned);
            (is_able && is_free).then(|| (machine["id"].as_str().unwrap().to_owned(), deployment))
        }));
    }
    found
}

/// Two machines of one deployment, that one, and a machine outside of it.
fn neighbours(bench: &mut Bench) -> ([String; 2], String, String) {
    let all = machines(bench);
    let pair = all.windows(2).find(|pair| pair[0].1.is_some() && pair[0].1 == pair[1].1).unwrap();
    let deployment = pair[0].1.clone().unwrap();
    let other = all.iter().find(|(_, other)| other.as_ref() != Some(&deployment)).unwrap();
    ([pair[0].0.clone(), pair[1].0.clone()], deployment, other.0.clone())
}

fn started(options: Options) -> Bench {
    Bench::with(Options { machines: 200, ..options })
}

#[test]
fn an_operation_may_occupy_a_whole_deployment() {
    for (busy_scope, beside) in [(BusyScope::Machine, 202), (BusyScope::Deployment, 409)] {
        let mut bench = started(Options { busy_scope, ..Options::default() });
        let ([one, other], deployment, stranger) = neighbours(&mut bench);
        bench.accepted(&one, "{}");
        let response = bench.create(&other, "{}");
        assert_eq!(response.status, beside, "{busy_scope:?}");
        if beside == 409 {
            assert!(message(&response).contains(&deployment));
        }
        assert_eq!(bench.create(&one, "{}").status, 409);
        bench.accepted(&stranger, "{}");
        bench.after(8_000).accepted(&other, "{}");
    }
}

#[test]
fn a_second_one_in_a_deployment_may_be_accepted_and_fail() {
    let (busy, busy_scope) = (Busy::Failed, BusyScope::Deployment);
    let mut bench = started(Options { busy, busy_scope, ..Options::default() });
    let ([one, other], deployment, _) = neighbours(&mut bench);
    let first = bench.accepted(&one, "{}");
    let second = bench.accepted(&other, "{}");
    bench.after(8_000);
    assert_eq!(bench.get(&first)["status"], "FINISHED");
    let failed = bench.get(&second);
    assert_eq!(failed["status"], "FAILED");
    assert!(failed["message"].as_str().unwrap().contains(&deployment));
    // What failed so occupied nothing.
    bench.accepted(&one, "{}");
}

#[test]
fn stats_tell_the_most_that_was_under_way() {
    let mut bench = started(Options::default());
    let ([one, other], _, stranger) = neighbours(&mut bench);
    let most = |bench: &Bench| {
        let stats = bench.simulator.stats();
        (stats.most_under_way, stats.most_under_way_in_deployment)
    };
    assert_eq!(most(&bench), (0, 0));
    bench.accepted(&one, "{}");
    bench.accepted(&stranger, "{}");
    assert_eq!(most(&bench), (2, 1));
    // Refused: it is not under way.
    bench.create(&one, "{}");
    bench.after(7_999).accepted(&other, "{}");
    assert_eq!(most(&bench), (3, 2));
    bench.after(1).accepted(&one, "{}");
    assert_eq!(most(&bench), (3, 2));
}

#[test]
fn a_snapshot_takes_as_long_as_it_shall() {
    let options = Options { snapshot_ms: 60_000, ..Options::default() };
    let mut bench = Bench::with(options.clone());
    let tracker = bench.accepted(WEB, "{}");
    assert_eq!(bench.after(59_999).get(&tracker)["status"], "INPROGRESS");
    assert_eq!(bench.after(1).get(&tracker)["status"], "FINISHED");

    let snapshot_spread = Share::new(0.1).unwrap();
    let durations = |seed| {
        let options = Options { seed, snapshot_spread, ..options.clone() };
        let mut bench = Bench::with(options);
        [ERP, WEB, OFF, HISTORY, GOOGLE].map(|machine| {
            let tracker = bench.accepted(machine, "{}");
            let begun = bench.now;
            while bench.get(&tracker)["status"] == "INPROGRESS" {
                bench.after(100);
            }
            bench.now - begun
        })
    };
    let of_first = durations(1);
    assert!(of_first.iter().all(|taken| (54_000..=66_100).contains(taken)), "{of_first:?}");
    assert!(of_first.iter().max().unwrap() - of_first.iter().min().unwrap() > 1_000);
    assert_eq!(durations(1), of_first);
    assert_ne!(durations(2), of_first);
    assert!([-0.1, 1.1, f64::NAN].into_iter().all(|share| Share::new(share).is_none()));
}

#[test]
fn lists_of_trackers_may_begin_with_those_of_others() {
    for (tracker_order, is_first) in
        [(TrackerOrder::NewestFirst, true), (TrackerOrder::OldestFirst, false)]
    {
        let options = Options { tracker_order, past_trackers: 150, ..Options::default() };
        let mut bench = Bench::with(options);
        let tracker = bench.accepted(WEB, "{}");
        let list = bench.get("/iaas/api/request-tracker");
        let shown = list["content"].as_array().unwrap();
        let is_shown = |tracker: &str| shown.iter().any(|one| one["selfLink"] == tracker);
        assert_eq!((shown.len(), is_shown(&tracker)), (100, is_first), "{tracker_order:?}");
    }
}

#[test]
fn a_filter_of_ids_keeps_the_order_of_the_list() {
    let mut bench = Bench::with(Options { past_trackers: 50, ..Options::default() });
    let list = bench.get("/iaas/api/request-tracker");
    let ids = texts(list["content"].as_array().unwrap(), "id");
    let asked: Vec<_> =
        ["nobody", ids[30], ids[2], ids[30], ids[11]].map(|id| format!("id%20eq%20'{id}'")).into();
    let filter = format!("/iaas/api/request-tracker?$filter={}", asked.join("%20or%20"));
    let found = bench.get(&filter);
    assert_eq!(texts(found["content"].as_array().unwrap(), "id"), [ids[2], ids[11], ids[30]]);
    assert_eq!(found["totalElements"], 3);
    let none = bench.get(&format!("{filter}%20and%20status%20eq%20'FAILED'"));
    // `and` binds closer than `or`: it is about the last one alone.
    assert_eq!(none["totalElements"], 2);
}

#[test]
fn ten_thousand_are_under_way_at_once() {
    handle_ten_thousand();
}

/// Bounds that are far from what it takes, and farther from what going through everything would take. How long anything takes is
/// no test of every change, for the machine may be busy with others.
#[test]
#[ignore = "a budget of time: npm run test:long"]
fn ten_thousand_are_handled_at_the_pace_of_one() {
    for (what, taken, limit_ms) in handle_ten_thousand() {
        println!("{what}: {taken:?} of {limit_ms} ms");
        assert!(taken < Duration::from_millis(limit_ms), "{what}: {taken:?}");
    }
}

/// Gives what each call took on average, and the milliseconds that it may take.
fn handle_ten_thousand() -> [(&'static str, Duration, u64); 4] {
    let names: Vec<String> = (0..FLEET).map(|number| format!("listed-late-{number}")).collect();
    let mut bench = Bench::with(Options { extra_machines: names.clone(), ..Options::default() });

    let start = Instant::now();
    let trackers: Vec<_> = names.iter().map(|name| bench.accepted(name, "{}")).collect();
    let begun = start.elapsed() / FLEET as u32;

    let start = Instant::now();
    for tracker in &trackers {
        bench.get(tracker);
    }
    let polled = start.elapsed() / FLEET as u32;

    let every = trackers.iter().step_by(FLEET / 60).take(60);
    let ids: Vec<_> = every.map(|path| path.rsplit_once('/').unwrap().1).collect();
    let terms: Vec<_> = ids.iter().map(|id| format!("id%20eq%20'{id}'")).collect();
    let filter = format!("/iaas/api/request-tracker?$top=60&$filter={}", terms.join("%20or%20"));
    let rounds = 100;
    let start = Instant::now();
    for _ in 0..rounds {
        assert_eq!(bench.get(&filter)["numberOfElements"], 60);
    }
    let filtered = start.elapsed() / rounds;

    let start = Instant::now();
    for _ in 0..rounds {
        let list = bench.get("/iaas/api/request-tracker?$top=100&$skip=5000");
        assert_eq!(list["totalElements"], FLEET);
    }
    let paged = start.elapsed() / rounds;

    bench.after(8_000);
    assert_eq!(bench.simulator.stats().most_under_way, FLEET as u64);
    assert!(bench.snapshots(&names[0]).is_empty());
    assert_eq!(bench.after(5_000).snapshots(&names[FLEET - 1]).len(), 1);
    [("POST", begun, 1), ("poll", polled, 1), ("filter", filtered, 20), ("page", paged, 20)]
}
