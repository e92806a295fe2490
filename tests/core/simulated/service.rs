//! The simulated service, as the machines of the core meet it.

use serde_json::Value as Json;
use vra_simulator::{Options, Request, Response, Simulator, TOKEN};
use vra_snapshots::{
    Answer, BaseUrl, Body, Call, Ms, Now, Operation, Outcome, Payload, Policy,
    SnapshotSpecification,
};

use crate::bench::id;
use crate::service::Service;

const BASE: &str = "https://vra.example";

pub(crate) fn policy() -> Policy {
    Policy::new(BaseUrl::new(BASE, false).unwrap())
}

/// A snapshot named `before` of a machine.
pub(crate) fn create(machine: &str) -> Operation<Json> {
    let name = Some("before".into());
    let specification = SnapshotSpecification { name, ..SnapshotSpecification::default() };
    let mut operation = Operation::create("o-1".into(), policy(), id(machine), specification);
    operation.submit().unwrap();
    operation
}

/// A simulated service some way off, and the token that its callers have.
pub(crate) struct Simulated {
    pub(crate) simulator: Simulator,
    pub(crate) token: String,
}

impl Simulated {
    pub(crate) fn new(options: Options) -> Self {
        Self { simulator: Simulator::new(options), token: TOKEN.into() }
    }

    pub(crate) fn send(&mut self, call: &Call, now: Now) -> Response {
        let url = call.url(&policy().base, &policy().api_version);
        let target = url.strip_prefix(BASE).unwrap();
        let mut request = Request::new(call.method.as_str(), target);
        if call.authorized {
            request = request.with_bearer(&self.token);
        }
        let json = |body: &dyn Fn() -> serde_json::Result<Vec<u8>>| body().unwrap();
        request = match &call.body {
            None => request,
            Some(Body::Specification(it)) => request.with_json(json(&|| serde_json::to_vec(it))),
            Some(Body::Login(it)) => request.with_json(json(&|| serde_json::to_vec(it))),
            Some(Body::Form(form)) => {
                let mut request =
                    request.with_header("content-type", "application/x-www-form-urlencoded");
                request.body = form.clone().into_bytes();
                request
            }
        };
        self.simulator.handle(&request, now.wall)
    }
}

impl Service for Simulated {
    fn answer(&mut self, call: &Call, now: Now) -> Outcome<Json> {
        let response = self.send(call, now);
        let payload = match serde_json::from_slice(&response.body) {
            Ok(body) => Payload::Json(body),
            Err(_) if response.body.is_empty() => Payload::Empty,
            Err(_) => Payload::Other(String::from_utf8_lossy(&response.body).into_owned()),
        };
        let retry_after = response.header("retry-after").map(str::to_owned);
        Outcome::Answer(Answer { status: response.status, payload, retry_after })
    }

    fn latency(&self) -> Ms {
        40
    }
}
