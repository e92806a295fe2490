//! What is no state of an operation is refused, and says why.

use serde_json::{Value as Json, json};
use vra_snapshots::{Claims, InvalidInput, Operation};

use super::stages::{STAGES, Stage, at};
use crate::bench::impatient;

fn state(stage: Stage) -> Json {
    serde_json::to_value(at(stage).machine.state()).unwrap()
}

/// What is wrong with it.
fn refusal(state: &Json) -> Option<String> {
    let resumed = Operation::<Json>::resume(state, impatient(), Claims::default());
    resumed.err().map(|InvalidInput(message)| message)
}

#[test]
fn a_field_that_is_missing() {
    let always = ["version", "id", "kind", "baseUrl", "machineId", "phase", "specification"];
    for stage in STAGES {
        let whole = state(stage);
        assert_eq!(refusal(&whole), None, "{stage:?}");
        let by_phase: &[&str] = match whole["phase"].as_str().unwrap() {
            // Of a tracker that was lost nothing else need be known.
            "reconciling" if whole.get("trackerId").is_some() => &[],
            "submitting" | "reconciling" => &["baseline"],
            "tracking" | "resolving" => &["trackerId"],
            "finished" => &["snapshot"],
            "failed" => &["error"],
            _ => &[],
        };
        for field in whole.as_object().unwrap().keys() {
            let mut cut = whole.clone();
            cut.as_object_mut().unwrap().remove(field);
            let needed = always.contains(&field.as_str()) || by_phase.contains(&field.as_str());
            assert_eq!(refusal(&cut).is_some(), needed, "{stage:?} without {field}");
        }
    }
}

#[test]
fn a_field_of_another_type() {
    let whole = [state(Stage::Finished), state(Stage::Failed)];
    // By the type that each field has: the other types are wrong.
    let types = [
        (json!(null), &[][..]),
        (json!(true), &[]),
        (json!(7), &["progress"]),
        (json!(-7), &[]),
        (json!("text"), &["id", "machineId", "trackerId"]),
        (json!([7]), &[]),
        (json!(["text"]), &["baseline"]),
        (json!({ "text": 7 }), &["specification"]),
    ];
    for whole in whole {
        for field in whole.as_object().unwrap().keys() {
            for (value, fields) in &types {
                let mut changed = whole.clone();
                changed[field] = value.clone();
                let expected = !fields.contains(&field.as_str());
                assert_eq!(refusal(&changed).is_some(), expected, "{field}: {value}");
            }
        }
    }
}

#[test]
fn a_value_that_no_operation_writes() {
    #[rustfmt::skip]
    let cases = [
        (Stage::Tracking, json!({ "version": 2 }), "has version 2, and this library reads version 1"),
        (Stage::Tracking, json!({ "version": 0 }), "has version 0"),
        (Stage::Tracking, json!({ "baseUrl": "https://evil.example" }), "another service"),
        (Stage::Tracking, json!({ "baseUrl": "https://vra.example" }), "another service"),
        (Stage::Tracking, json!({ "id": "" }), "`id`"),
        (Stage::Tracking, json!({ "machineId": ".." }), "machineId"),
        (Stage::Tracking, json!({ "machineId": "." }), "machineId"),
        (Stage::Prepared, json!({ "machineId": "" }), "machineId"),
        (Stage::Tracking, json!({ "trackerId": "" }), "trackerId"),
        (Stage::Tracking, json!({ "trackerId": ".." }), "trackerId"),
        (Stage::Tracking, json!({ "tracker": {} }), "`tracker`"),
        (Stage::Tracking, json!({ "tracker": { "id": "t-1", "status": "FINISHED" } }), "`tracker`"),
        (Stage::Tracking, json!({ "kind": "Create" }), "`kind`"),
        (Stage::Tracking, json!({ "phase": "running" }), "`phase`"),
        (Stage::Tracking, json!({ "progress": 1e9 }), "`progress`"),
        (Stage::Tracking, json!({ "progress": 12.5 }), "`progress`"),
        (Stage::Tracking, json!({ "specification": { "name": 7 } }), "`specification`"),
        (Stage::Tracking, json!({ "specification": { "customProperties": { "a": 1 } } }), "`specification`"),
        (Stage::Finished, json!({ "snapshot": {} }), "`snapshot`"),
        (Stage::Failed, json!({ "error": { "code": "oops", "message": "", "retryable": false } }), "`error`"),
        (Stage::Failed, json!({ "error": { "code": "network", "retryable": false } }), "`error`"),
        (
            Stage::Failed,
            json!({ "error": {
                "code": "network", "message": "", "retryable": false, "candidates": 7,
            } }),
            "`error`",
        ),
        // A request that was never sent has no tracker.
        (Stage::Prepared, json!({ "trackerId": "t-1" }), "its phase"),
        (Stage::Prepared, json!({ "trackerId": "t-1", "machineId": "" }), "its phase"),
        (Stage::Posting, json!({ "trackerId": "t-1" }), "its phase"),
        // Only a create is submitted.
        (Stage::Prepared, json!({ "kind": "revert" }), "its phase"),
        (Stage::Posting, json!({ "kind": "delete" }), "its phase"),
    ];
    for (stage, changes, words) in cases {
        let mut changed = state(stage);
        for (field, value) in changes.as_object().unwrap() {
            changed[field] = value.clone();
        }
        let refusal = refusal(&changed).unwrap_or_else(|| panic!("{changes} is taken"));
        assert!(refusal.contains(words), "{changes}: {refusal:?}");
    }
}

#[test]
fn what_is_no_object() {
    for value in [json!(null), json!(7), json!("text"), json!([]), json!([{}]), json!({})] {
        assert!(refusal(&value).unwrap().contains("`version`"), "{value}");
    }
}

#[test]
fn progress_is_100_if_it_is_finished_and_else_less() {
    for (stage, written, expected) in [
        (Stage::Tracking, json!(100), Some(99)),
        (Stage::Tracking, json!(255), Some(99)),
        (Stage::Tracking, json!(40), Some(40)),
        (Stage::Finished, json!(40), Some(100)),
    ] {
        let mut changed = state(stage);
        changed["progress"] = written;
        let resumed = Operation::resume(&changed, impatient(), Claims::default()).unwrap();
        assert_eq!(resumed.progress(), expected, "{stage:?}");
    }
}
