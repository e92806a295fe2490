//! Any text that claims to be a state is refused, or is one that can be driven.

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value as Json, json};
use vra_snapshots::{Claims, Method, Operation, Phase};

use super::arbitrary::any_json;
use crate::bench::{Bench, impatient};
use crate::operation::stages::{STAGES, at};
use crate::replies::html;

/// Drives what was resumed, if it was, against a service that says nothing of use.
fn drive(state: &Json) {
    let Ok(operation) = Operation::resume(state, impatient(), Claims::default()) else { return };
    let mut bench = Bench::new(operation);
    bench.run(&mut |_: &_, _| html(200));
    bench.machine.pull();
    bench.run(&mut |_: &_, _| html(503));
    assert!(bench.sent.iter().all(|call| call.method == Method::Get), "nothing was submitted");

    let text = serde_json::to_string(&bench.machine.state()).unwrap();
    let again: Json = serde_json::from_str(&text).unwrap();
    let again = Operation::resume(&again, impatient(), Claims::default()).unwrap();
    assert_eq!(serde_json::to_string(&again.state()).unwrap(), text);

    let was_prepared = bench.machine.phase() == Phase::Prepared;
    assert_eq!(bench.machine.submit().is_ok(), was_prepared);
}

proptest! {
    #[test]
    fn any_json_is_refused_or_can_be_driven(state in any_json()) {
        drive(&state);
    }

    #[test]
    fn a_changed_state_is_refused_or_can_be_driven(
        stage in select(STAGES.to_vec()),
        field in any::<prop::sample::Index>(),
        value in prop_oneof![
            any_json(),
            select(vec!["create", "delete", "prepared", "submitting", "resolving", "finished"])
                .prop_map(Json::from),
            Just(json!({ "id": "x", "status": "FINISHED", "progress": 1e300 })),
        ],
    ) {
        let mut state = serde_json::to_value(at(stage).machine.state()).unwrap();
        let fields: Vec<String> = state.as_object().unwrap().keys().cloned().collect();
        state[field.get(&fields)] = value;
        drive(&state);
    }
}
