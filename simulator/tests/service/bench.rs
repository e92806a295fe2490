//! A service under a clock that is told the time.

use serde_json::Value;
use vra_simulator::{Options, Request, Response, Simulator, TOKEN};

/// 2026-03-01 at 08:00 UTC.
pub(crate) const START: u64 = 1_772_352_000_000;

pub(crate) const ERP: &str = "9e49c1f0a2b34d57";
pub(crate) const WEB: &str = "8b7e4a52-3c1d-4f60-9a2e-1d5c7b8e9f01";
pub(crate) const OFF: &str = "6f0b9d3c2e5a48718c7d9e0f1a2b3";
pub(crate) const HISTORY: &str = "2a4c6e8f0b1d3f57";
pub(crate) const LIMITED: &str = "3b5d7f90-1c2e-4a6b-8d0f-2e4a6c8b0d1f";
pub(crate) const GOOGLE: &str = "4718263544556677";
pub(crate) const FAULT_TOLERANT: &str = "5d6e7f8091a2b3c4";
pub(crate) const AWS: &str = "aws-i-0c1d2e3f4a5b6c7d8";
pub(crate) const LOST: &str = "6e7f8091-a2b3-4c4d-9e5f-60718293a4b5";
pub(crate) const SLOW: &str = "7f8091a2b3c4d5e6";
pub(crate) const DENIED: &str = "8091a2b3c4d5e6f7";
pub(crate) const GONE: &str = "91a2b3c4d5e6f708";
pub(crate) const FAILING: &str = "a2b3c4d5e6f70819";
pub(crate) const BUSY: &str = "b3c4d5e6f708192a";

pub(crate) struct Bench {
    pub(crate) simulator: Simulator,
    pub(crate) now: u64,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self::with(Options::default())
    }

    pub(crate) fn with(options: Options) -> Self {
        Self { simulator: Simulator::new(options), now: START }
    }

    pub(crate) fn send(&mut self, request: &Request) -> Response {
        self.simulator.handle(request, self.now)
    }

    pub(crate) fn call(&mut self, method: &str, target: &str) -> Response {
        self.send(&Request::new(method, target).with_bearer(TOKEN))
    }

    pub(crate) fn get(&mut self, target: &str) -> Value {
        let response = self.call("GET", target);
        assert_eq!(response.status, 200, "{target}");
        json(&response)
    }

    pub(crate) fn create(&mut self, machine: &str, body: &str) -> Response {
        let target = format!("/iaas/api/machines/{machine}/operations/snapshots");
        self.send(&Request::new("POST", target).with_bearer(TOKEN).with_json(body))
    }

    /// Creates a snapshot that the service must accept, and gives the path of its tracker.
    pub(crate) fn accepted(&mut self, machine: &str, body: &str) -> String {
        let response = self.create(machine, body);
        assert_eq!(response.status, 202);
        json(&response)["selfLink"].as_str().unwrap().to_owned()
    }

    pub(crate) fn snapshots(&mut self, machine: &str) -> Vec<Value> {
        let list = self.get(&format!("/iaas/api/machines/{machine}/snapshots"));
        list.as_array().unwrap().clone()
    }

    pub(crate) fn after(&mut self, ms: u64) -> &mut Self {
        self.now += ms;
        self
    }
}

pub(crate) fn json(response: &Response) -> Value {
    assert_eq!(response.header("content-type"), Some("application/json"));
    serde_json::from_slice(&response.body).unwrap()
}

/// The message of a refusal, whose body must be the service's error body.
pub(crate) fn message(response: &Response) -> String {
    let body = json(response);
    assert_eq!(body["statusCode"], response.status);
    assert_eq!(body["documentKind"], "com:vmware:xenon:common:ServiceErrorResponse");
    assert!(body["serverErrorId"].is_string());
    body["message"].as_str().unwrap().to_owned()
}

/// The values of one field, as texts.
pub(crate) fn texts<'a>(list: &'a [Value], field: &str) -> Vec<&'a str> {
    list.iter().map(|item| item[field].as_str().unwrap()).collect()
}
