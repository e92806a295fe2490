//! Any state given to `resume`: it is refused, or it is an operation that can be driven and written down again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::{Value as Json, json};
use vra_snapshots::{
    Action, BaseUrl, Claims, Event, Now, Operation, Outcome, Policy, StateMachine,
};

fuzz_target!(|bytes: &[u8]| {
    let Ok(state) = serde_json::from_slice::<Json>(bytes) else { return };
    let base = BaseUrl::new("https://a.test", false).expect("is one");
    let Ok(mut operation) = Operation::<Json>::resume(&state, Policy::new(base), Claims::default()) else { return };
    let mut now = Now { monotonic: 0, wall: 0 };
    for _ in 0..200 {
        match operation.poll(now) {
            Action::Send { id, .. } => {
                let outcome = Outcome::json(200, json!([]));
                operation.handle(Event::Outcome { id, outcome }, now, 7);
            }
            Action::Wait { until } | Action::Throttled { until } => now.monotonic = until.unwrap_or(now.monotonic + 1).max(now.monotonic),
            Action::Persist => operation.handle(Event::Persisted, now, 7),
            Action::Cancel { .. } => {}
            Action::Done => break,
        }
    }
    let text = serde_json::to_string(&operation.state()).expect("is JSON");
    let again: Json = serde_json::from_str(&text).expect("is JSON");
    let base = BaseUrl::new("https://a.test", false).expect("is one");
    Operation::<Json>::resume(&again, Policy::new(base), Claims::default()).expect("what is written is taken up");
});
