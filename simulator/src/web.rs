//! The simulator as JavaScript sees it: a class that the hand-written half builds on, not an interface for users.

use js_sys::{Array, TypeError, Uint8Array};
use wasm_bindgen::prelude::*;

use crate::faults::Fault;
use crate::faults::foreign::Foreign;
use crate::http::message::{Connection, Request, Response};
use crate::options::Options;
use crate::service::Simulator;
use crate::util::options_error::OptionsError;

#[wasm_bindgen]
pub struct Simulation(Simulator);

#[wasm_bindgen]
impl Simulation {
    /// Takes the options as JSON; throws a `TypeError` that names what is wrong with them.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &str) -> Result<Simulation, TypeError> {
        Ok(Self(Simulator::new(Options::from_json(options).map_err(type_error)?)))
    }

    /// Takes the headers as name, value, name, value, ...; gives
    /// `[status, [[name, value], ...], body, delay, end]`, where `end` is `"kept"`, `"refused"`, `"cut"`, or the
    /// number of bytes of the body that arrive.
    pub fn handle(
        &mut self,
        method: String,
        path_and_query: String,
        headers: Vec<String>,
        body: Vec<u8>,
        now: f64,
    ) -> Array {
        let mut request = Request::new(method, path_and_query);
        let mut headers = headers.into_iter();
        while let (Some(name), Some(value)) = (headers.next(), headers.next()) {
            request.headers.push((name, value));
        }
        request.body = body;
        // As it becomes an integer, a float saturates, and NaN is 0.
        to_array(&self.0.handle(&request, now as u64))
    }

    /// Takes one fault or an array of them as JSON; throws a `TypeError`.
    pub fn inject(&mut self, faults: &str) -> Result<(), TypeError> {
        self.0.inject(Fault::list_from_json(faults).map_err(type_error)?);
        Ok(())
    }

    #[wasm_bindgen(js_name = clearFaults)]
    pub fn clear_faults(&mut self) {
        self.0.clear_faults();
    }

    #[wasm_bindgen(js_name = expireTokens)]
    pub fn expire_tokens(&mut self) {
        self.0.expire_tokens();
    }

    /// Takes the operation as JSON and gives the id of its tracker; throws a `TypeError`.
    #[wasm_bindgen(js_name = beginForeign)]
    pub fn begin_foreign(&mut self, operation: &str, now: f64) -> Result<String, TypeError> {
        let foreign = Foreign::from_json(operation).map_err(type_error)?;
        self.0.begin_foreign(&foreign, now as u64).map_err(type_error)
    }

    /// Gives JSON.
    pub fn stats(&mut self, now: f64) -> String {
        self.0.advance(now as u64);
        serde_json::to_string(self.0.stats()).unwrap_or_default()
    }

    /// Gives JSON.
    #[wasm_bindgen(js_name = snapshotsOf)]
    pub fn snapshots_of(&mut self, machine: &str, now: f64) -> String {
        self.0.advance(now as u64);
        serde_json::to_string(&self.0.snapshots_of(machine)).unwrap_or_default()
    }

    #[wasm_bindgen(getter)]
    pub fn token(&self) -> String {
        self.0.options().token.clone()
    }

    #[wasm_bindgen(getter, js_name = readOnlyToken)]
    pub fn read_only_token(&self) -> String {
        self.0.options().read_only_token.clone()
    }

    #[wasm_bindgen(getter, js_name = refreshToken)]
    pub fn refresh_token(&self) -> String {
        self.0.options().refresh_token.clone()
    }

    #[wasm_bindgen(getter)]
    pub fn organization(&self) -> String {
        self.0.options().organization.clone()
    }
}

fn to_array(response: &Response) -> Array {
    let pair = |(name, value): &(String, String)| Array::of2(&name.into(), &value.into());
    let headers: Array = response.headers.iter().map(pair).collect();
    let body = Uint8Array::from(response.body.as_slice());
    let end = match response.connection {
        Connection::Keep => "kept".into(),
        Connection::Refused => "refused".into(),
        Connection::Cut => "cut".into(),
        Connection::CutInBody(bytes) => (bytes as f64).into(),
    };
    let delay = response.delay_ms as f64;
    Array::of5(&response.status.into(), &headers.into(), &body.into(), &delay.into(), &end)
}

fn type_error(error: OptionsError) -> TypeError {
    TypeError::new(&error.to_string())
}
