//! What goes wrong: each fault alone, and together.

mod answers;
mod connections;
mod control;
mod operations;
mod others;
mod presets;
mod targets;

use vra_simulator::{Connection, Fault, Options, Response};

use crate::bench::*;

const CREATE: &str = "/iaas/api/machines/8b7e4a52-3c1d-4f60-9a2e-1d5c7b8e9f01/operations/snapshots";
const LIST: &str = "/iaas/api/machines/8b7e4a52-3c1d-4f60-9a2e-1d5c7b8e9f01/snapshots";
const TRACKERS: &str = "/iaas/api/request-tracker";

/// A service with these faults.
fn bench(faults: &str) -> Bench {
    let mut bench = Bench::new();
    bench.simulator.inject(Fault::list_from_json(faults).unwrap());
    bench
}

/// A service with these options.
fn optional(options: &str) -> Bench {
    Bench::with(Options::from_json(options).unwrap())
}

/// How many snapshots a machine has when all that was begun is over, and how many were asked for.
fn made(bench: &mut Bench) -> (usize, u64) {
    let now = bench.after(1_000_000).now;
    bench.simulator.advance(now);
    (bench.simulator.snapshots_of(WEB).len(), bench.simulator.created(WEB))
}

fn is_lost(response: &Response, connection: Connection) -> bool {
    let nothing = response.status == 0 && response.headers.is_empty() && response.body.is_empty();
    nothing && response.connection == connection
}
