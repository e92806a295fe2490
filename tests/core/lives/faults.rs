//! What can go wrong with a call.

use serde_json::Value as Json;
use vra_snapshots::{FailureKind, Ms, Outcome};

use super::chance::Chance;
use crate::replies::{bare, failure, failure_after, html, later, refusal, unsent};

/// How the call ends, whether it was carried out all the same, and how long it takes.
pub(crate) fn fault(chance: &mut Chance, latency: Ms) -> (Outcome<Json>, bool, Ms) {
    let either = chance.one_in(2);
    let seconds = chance.pick(&["0", "1", "7", "40"]);
    let (outcome, has_effect) = match chance.below(20) {
        0 | 1 => (failure(FailureKind::Network), either),
        2 => (failure(FailureKind::Cut), either),
        3 => return (failure(FailureKind::Timeout), either, 30_000),
        4 => (bare(401), false),
        5 => (bare(429), false),
        6 => (later(429, seconds), false),
        7 => (refusal(500, "oops"), either),
        8 => (html(502), either),
        9 => (bare(503), either),
        10 | 11 => (later(503, seconds), either),
        12 => (bare(504), either),
        13 => (html(200), either),
        14 => (bare(202), either),
        15 => (refusal(408, "late"), either),
        16 => (html(302), false),
        17 => (failure_after(FailureKind::TooLarge, 202), true),
        18 if chance.one_in(4) => (refusal(403, "forbidden"), false),
        _ => (unsent(), false),
    };
    (outcome, has_effect, latency)
}
