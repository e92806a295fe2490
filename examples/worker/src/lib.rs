//! A Cloudflare worker in Rust that makes snapshots with the core of `vra-snapshots`.
//!
//! `POST {"machineId": "...", "name": "..."}` submits a snapshot and waits for it, half a minute at most. The answer is
//! `{"state": {...}, "error": {...}}`: with the snapshot in the state (200), with an error (502), or under way (202).
//! One that is under way may be posted back as it is, to this worker or to any other, and the wait goes on.

mod driver;
mod service;

use serde::Deserialize;
use serde_json::{Value, json};
use vra_snapshots::{
    BaseUrl, Claims, Goal, Id, InvalidInput, Operation, Policy,
    SnapshotSpecification,
};
use worker::{Context, Env, Error, Method, Request, Response, Result, event};

use driver::{drive, random};
use service::Service;

const PATIENCE_MS: u64 = 30_000;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wanted {
    machine_id: String,
    name: Option<String>,
}

#[event(fetch)]
async fn fetch(mut request: Request, env: Env, _: Context) -> Result<Response> {
    if request.method() != Method::Post {
        return Response::error("POST a machine, or the state of an operation", 405);
    }
    let Ok(asked) = request.json::<Value>().await else {
        return Response::error("the body must be JSON", 400);
    };
    let url = env.var("VRA_URL")?.to_string();
    let base = BaseUrl::new(&url, false).map_err(|InvalidInput(message)| Error::from(message))?;
    // The token is a secret of this worker: there is no other to be had.
    let policy = Policy { renewable: false, ..Policy::new(base) };
    let mut operation = match begin(asked, &policy) {
        Ok(operation) => operation,
        Err(InvalidInput(message)) => return Response::error(message, 400),
    };
    let service = Service { policy, token: env.secret("VRA_TOKEN")?.to_string() };
    let (status, error) = match drive(&mut operation, Goal::Ended, PATIENCE_MS, &service).await {
        Some(Ok(())) => (200, None),
        Some(Err(error)) => (502, Some(error)),
        None => (202, None),
    };
    let answer = json!({ "state": operation.state(), "error": error });
    Ok(Response::from_json(&answer)?.with_status(status))
}

/// A new operation, submitted; or the one whose state this is.
fn begin(asked: Value, policy: &Policy) -> Result<Operation<Value>, InvalidInput> {
    if let Some(state) = asked.get("state") {
        let mut operation = Operation::resume(state, policy.clone(), Claims::default())?;
        operation.pull();
        return Ok(operation);
    }
    let wanted: Wanted =
        serde_json::from_value(asked).map_err(|error| InvalidInput(error.to_string()))?;
    let machine = Id::new("machineId", &wanted.machine_id)?;
    let specification = SnapshotSpecification { name: wanted.name, ..Default::default() };
    let id = format!("{:08x}{:08x}", random(), random());
    let mut operation = Operation::create(id, policy.clone(), machine, specification);
    operation.submit()?;
    Ok(operation)
}
