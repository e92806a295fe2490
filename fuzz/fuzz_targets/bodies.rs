//! Any body, wherever one is decoded: nothing panics, whatever a service sends.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value as Json;
use vra_snapshots::{
    About, Machine, Payload, RequestTracker, ServiceError, Snapshot, SnapshotSpecification, Value, body_of,
    check, list_of,
};

fuzz_target!(|bytes: &[u8]| {
    let Ok(body) = serde_json::from_slice::<Json>(bytes) else { return };
    let payload = Payload::Json(body.clone());
    let _ = body_of::<About, Json>(&payload);
    let _ = body_of::<RequestTracker, Json>(&payload);
    let _ = list_of::<Snapshot, Json>(&payload);
    let _ = ServiceError::of(&body, 404);
    if let Ok(machine) = body.decode::<Machine>() {
        let memory = SnapshotSpecification { snapshot_memory: Some(true), ..Default::default() };
        let _ = check(&machine, 1, &memory);
    }
});
