//! A snapshot of every well-known machine.

use vra_simulator::{ErrorBodies, Options, READ_ONLY_TOKEN, Speed, TrackerResources};
use vra_snapshots::{Code, Method, Phase};

use super::service::{Simulated, create};
use crate::bench::Bench;

/// How a snapshot ends: else with a code, and the status of an answer if that was one.
type End = Result<(), (Code, Option<u16>)>;

/// Names and ids, and how a snapshot of each ends.
const MACHINES: [(&str, &str, End); 14] = [
    ("erp-db-01", "9e49c1f0a2b34d57", Ok(())),
    ("web-prod-01", "8b7e4a52-3c1d-4f60-9a2e-1d5c7b8e9f01", Ok(())),
    ("files-01", "6f0b9d3c2e5a48718c7d9e0f1a2b3", Ok(())),
    ("history-01", "2a4c6e8f0b1d3f57", Ok(())),
    ("gcp-web-01", "4718263544556677", Ok(())),
    ("slow-01", "7f8091a2b3c4d5e6", Ok(())),
    ("limited-01", "3b5d7f90-1c2e-4a6b-8d0f-2e4a6c8b0d1f", Err((Code::ServiceError, Some(400)))),
    ("ft-ledger-01", "5d6e7f8091a2b3c4", Err((Code::ServiceError, Some(400)))),
    ("aws-batch-01", "aws-i-0c1d2e3f4a5b6c7d8", Err((Code::ServiceError, Some(400)))),
    ("lost-host-01", "6e7f8091-a2b3-4c4d-9e5f-60718293a4b5", Err((Code::ServiceError, Some(400)))),
    ("denied-01", "8091a2b3c4d5e6f7", Err((Code::Forbidden, Some(403)))),
    ("gone-01", "91a2b3c4d5e6f708", Err((Code::NotFound, Some(404)))),
    ("busy-01", "b3c4d5e6f708192a", Err((Code::Conflict, Some(409)))),
    ("failing-01", "a2b3c4d5e6f70819", Err((Code::OperationFailed, None))),
];

fn check(options: &Options) {
    for (name, id, expected) in MACHINES {
        let mut bench = Bench::new(create(id));
        let spent = bench.run(&mut Simulated::new(options.clone()));
        let operation = &bench.machine;
        let posts = bench.sent.iter().filter(|call| call.method == Method::Post).count();
        assert_eq!(posts, 1, "{name}");
        match expected {
            Ok(()) => {
                assert_eq!(operation.phase(), Phase::Finished, "{name}");
                assert_eq!(operation.snapshot().unwrap()["name"], "before", "{name}");
                assert_eq!(operation.tracker().unwrap()["status"], "FINISHED", "{name}");
                let (takes, calls) = if name == "slow-01" { (80_000, 20) } else { (8_000, 12) };
                assert!((takes..takes * 5 / 4).contains(&spent), "{name} took {spent} ms");
                assert!(bench.sent.len() <= calls, "{name} took {} calls", bench.sent.len());
            }
            Err((code, status)) => {
                assert_eq!(operation.phase(), Phase::Failed, "{name}");
                let error = operation.error().unwrap();
                assert_eq!((error.code, error.status), (code, status), "{name}");
                assert!(operation.snapshot().is_none(), "{name}");
            }
        }
    }
}

#[test]
fn each_ends_as_it_should() {
    check(&Options::default());
}

#[test]
fn whatever_errors_and_trackers_carry() {
    for error_bodies in [ErrorBodies::Full, ErrorBodies::None] {
        for tracker_resources in
            [TrackerResources::Machine, TrackerResources::Snapshot, TrackerResources::None]
        {
            let options = Options { error_bodies, tracker_resources, ..Options::default() };
            check(&Options { strict_bodies: true, ..options });
        }
    }
}

#[test]
fn a_failed_request_tells_the_reason_of_the_service() {
    let mut bench = Bench::new(create("a2b3c4d5e6f70819"));
    bench.run(&mut Simulated::new(Options::default()));
    let error = bench.machine.error().unwrap();
    assert!(error.message.contains("Insufficient disk space"), "{error:?}");
    assert_eq!(error.tracker.as_ref(), bench.machine.tracker());
    assert_eq!(bench.machine.tracker().unwrap()["progress"], 60);
}

#[test]
fn a_machine_that_is_not_there_is_told_before_anything_is_sent() {
    let mut bench = Bench::new(create("no-such-machine"));
    bench.run(&mut Simulated::new(Options::default()));
    assert_eq!(bench.machine.phase(), Phase::Prepared);
    assert_eq!(bench.sent.len(), 1);
}

#[test]
fn a_user_who_may_only_read_is_refused() {
    let mut service = Simulated::new(Options::default());
    service.token = READ_ONLY_TOKEN.into();
    let mut bench = Bench::new(create("9e49c1f0a2b34d57"));
    bench.run(&mut service);
    assert_eq!(bench.machine.error().unwrap().code, Code::Forbidden);
}

#[test]
fn a_second_request_on_one_machine_is_refused() {
    let mut service = Simulated::new(Options::default());
    let mut first = Bench::new(create("7f8091a2b3c4d5e6"));
    first.run_until(&mut service, |operation| operation.phase() == Phase::Tracking);
    let mut second = Bench::new(create("7f8091a2b3c4d5e6"));
    second.run(&mut service);
    assert_eq!(second.machine.error().unwrap().code, Code::Conflict);
    first.run(&mut service);
    assert_eq!(first.machine.phase(), Phase::Finished);
}

#[test]
fn a_service_in_a_hurry_is_followed() {
    let fast = Options { speed: Speed::new(1_000.0).unwrap(), ..Options::default() };
    let mut bench = Bench::new(create("9e49c1f0a2b34d57"));
    let spent = bench.run(&mut Simulated::new(fast));
    assert!(spent < 1_500, "{spent}");
    assert_eq!(bench.sent.len(), 4, "list, request, poll, list");
}
