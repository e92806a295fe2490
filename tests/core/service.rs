//! Whoever answers the calls of a machine.

use serde_json::Value as Json;
use vra_snapshots::{Call, Ms, Now, Outcome};

/// A service, scripted or simulated.
pub(crate) trait Service {
    fn answer(&mut self, call: &Call, now: Now) -> Outcome<Json>;

    /// How long an answer takes.
    fn latency(&self) -> Ms {
        0
    }
}

impl<F: FnMut(&Call, Now) -> Outcome<Json>> Service for F {
    fn answer(&mut self, call: &Call, now: Now) -> Outcome<Json> {
        self(call, now)
    }
}
