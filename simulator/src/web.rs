//! The simulator as JavaScript sees it: a class that the hand-written half builds on, not an interface for users.

use js_sys::{Array, TypeError, Uint8Array};
use wasm_bindgen::prelude::*;

use crate::{Options, Request, Response, Simulator};

#[wasm_bindgen]
pub struct Simulation(Simulator);

#[wasm_bindgen]
impl Simulation {
    /// Takes the options as JSON; throws a `TypeError` that names what is wrong with them.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &str) -> Result<Simulation, TypeError> {
        let options =
            Options::from_json(options).map_err(|error| TypeError::new(&error.to_string()))?;
        Ok(Self(Simulator::new(options)))
    }

    /// Takes the headers as name, value, name, value, ...; gives `[status, [[name, value], ...], body]`.
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
    Array::of3(&response.status.into(), &headers.into(), &body.into())
}
