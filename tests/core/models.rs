//! What a body must have to be believed.

use serde_json::{Value as Json, json};
use vra_snapshots::{
    About, FromValue, Machine, PowerState, RequestStatus, RequestTracker, Snapshot, Value,
};

use crate::fixtures::{ABOUT, MACHINE, SNAPSHOT, TRACKER, fixture};

/// A body is believed with each of its fields, and without any that decides nothing. Those that
/// decide must be there, and of their type.
#[track_caller]
fn needs<T: FromValue>(text: &str, required: &[&str]) {
    let body = fixture(text);
    assert!(body.decode::<T>().is_ok(), "{body}");
    let fields = body.as_object().unwrap();
    for field in required {
        assert!(fields.contains_key(*field), "there is no field {field} to take away");
    }
    for field in fields.keys() {
        let is_required = required.contains(&field.as_str());
        let mut without = body.clone();
        without.as_object_mut().unwrap().remove(field);
        assert_eq!(without.decode::<T>().is_err(), is_required, "without {field}");

        for wrong in [json!(null), json!({}), json!([1])] {
            let mut of_another_type = body.clone();
            of_another_type[field] = wrong;
            let refused = of_another_type.decode::<T>().is_err();
            assert!(refused || !is_required, "{of_another_type}");
        }
    }
}

#[test]
fn a_body_needs_the_fields_that_decide() {
    needs::<RequestTracker>(TRACKER, &["id", "status", "progress"]);
    needs::<Snapshot>(SNAPSHOT, &["id"]);
    needs::<Machine>(MACHINE, &["id", "powerState"]);
    needs::<About>(ABOUT, &["latestApiVersion", "supportedApis"]);
}

#[test]
fn a_version_of_the_api_needs_its_name() {
    let mut about = fixture(ABOUT);
    about["supportedApis"][0].as_object_mut().unwrap().remove("documentationLink");
    assert!(about.decode::<About>().is_ok());
    about["supportedApis"][0].as_object_mut().unwrap().remove("apiVersion");
    assert!(about.decode::<About>().is_err());
}

#[test]
fn what_is_no_object_is_no_body() {
    let fields_in_order = json!(["an-id", "FINISHED", 100, "message", []]);
    for body in [json!(null), json!(true), json!(7), json!("text"), json!([]), fields_in_order] {
        assert!(body.decode::<RequestTracker>().is_err(), "{body}");
        assert!(body.decode::<Snapshot>().is_err(), "{body}");
        assert!(body.decode::<Machine>().is_err(), "{body}");
        assert!(body.decode::<About>().is_err(), "{body}");
    }
}

#[test]
fn a_status_of_a_request_keeps_its_text() {
    let cases = [
        ("FINISHED", RequestStatus::Finished),
        ("INPROGRESS", RequestStatus::InProgress),
        ("FAILED", RequestStatus::Failed),
        ("COMPLETION_PENDING", RequestStatus::Other("COMPLETION_PENDING".into())),
        ("finished", RequestStatus::Other("finished".into())),
        ("", RequestStatus::Other(String::new())),
    ];
    for (text, expected) in cases {
        keeps_its_text(text, expected);
    }
}

#[test]
fn a_power_state_keeps_its_text() {
    let cases = [
        ("ON", PowerState::On),
        ("OFF", PowerState::Off),
        ("GUEST_OFF", PowerState::GuestOff),
        ("UNKNOWN", PowerState::Unknown),
        ("SUSPEND", PowerState::Suspend),
        ("HIBERNATE", PowerState::Other("HIBERNATE".into())),
    ];
    for (text, expected) in cases {
        keeps_its_text(text, expected);
    }
}

#[track_caller]
fn keeps_its_text<T>(text: &str, expected: T)
where
    T: FromValue + serde::Serialize + PartialEq + std::fmt::Debug,
{
    let read: T = json!(text).decode().unwrap();
    assert_eq!(read, expected);
    assert_eq!(serde_json::to_value(read).unwrap(), Json::from(text));
}
