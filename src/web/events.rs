//! What the user's `onEvent` is told.

use js_sys::{Function, Object};
use wasm_bindgen::prelude::*;

use super::value::{Js, set, word};
use crate::engine::outcome::Outcome;
use crate::protocol::call::Call;
use crate::util::clock::Ms;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = console, js_name = error)]
    pub(crate) fn console_error(reason: &JsValue);
}

/// The user's callback, if there is one.
pub(crate) struct Events(pub(crate) Option<Function>);

impl Events {
    /// An attempt is about to be sent; all but the first of a call are retries, and told as such too.
    pub(crate) fn request(&self, call: &Call, attempt: u32) {
        let Some(callback) = &self.0 else { return };
        if attempt > 1 {
            tell(callback, &about("retry", call, attempt));
        }
        tell(callback, &about("request", call, attempt));
    }

    /// An attempt has ended.
    pub(crate) fn response(&self, call: &Call, attempt: u32, outcome: &Outcome<Js>, duration: Ms) {
        let Some(callback) = &self.0 else { return };
        let told = about("response", call, attempt);
        set(&told, "durationMs", duration as f64);
        match outcome {
            Outcome::Answer(answer) => set(&told, "status", answer.status),
            Outcome::Failure(failure) => set(&told, "failure", failure.kind.as_str()),
            Outcome::Unsent(_) => set(&told, "failure", "unsent"),
        }
        tell(callback, &told);
    }

    pub(crate) fn wait(&self, delay: Ms, operation: impl Fn() -> Option<String>) {
        let Some(callback) = &self.0 else { return };
        let told = event("wait");
        set(&told, "delayMs", delay as f64);
        if let Some(operation) = operation() {
            set(&told, "operationId", operation);
        }
        tell(callback, &told);
    }

    pub(crate) fn renewal(&self) {
        let Some(callback) = &self.0 else { return };
        tell(callback, &event("renewal"));
    }
}

fn event(kind: &'static str) -> Object {
    let told = Object::new();
    set(&told, "type", word(kind));
    told
}

fn about(kind: &'static str, call: &Call, attempt: u32) -> Object {
    let told = event(kind);
    set(&told, "method", word(call.method.as_str()));
    set(&told, "path", &call.path);
    set(&told, "attempt", attempt);
    told
}

/// Calls the user's callback; what it throws changes no outcome.
pub(crate) fn tell(callback: &Function, what: &JsValue) {
    if let Err(reason) = callback.call1(&JsValue::UNDEFINED, what) {
        console_error(&reason);
    }
}
