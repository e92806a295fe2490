//! Errors as JavaScript sees them.

use js_sys::{Array, Object, Promise};
use wasm_bindgen::prelude::*;

use super::value::{Js, get, set};
use crate::error::{Code, Error, InvalidInput};

#[wasm_bindgen(raw_module = "./error.js")]
extern "C" {
    #[wasm_bindgen(extends = js_sys::Error)]
    type SnapshotError;

    #[wasm_bindgen(constructor)]
    fn new(fields: &Object) -> SnapshotError;
}

/// A `SnapshotError`; `state` is where the operation can be taken up again.
pub(crate) fn to_error(error: Error<Js>, state: Option<JsValue>) -> JsValue {
    let fields = Object::new();
    let error = *error.0;
    set(&fields, "message", &error.message);
    set(&fields, "code", error.code.as_str());
    set(&fields, "retryable", error.retryable);
    let some = |name, value: Option<JsValue>| {
        if let Some(value) = value {
            set(&fields, name, value);
        }
    };
    some("status", error.status.map(JsValue::from));
    some("service", error.service.map(|js| js.0));
    some("tracker", error.tracker.map(|js| js.0));
    some("cause", error.cause.map(|js| js.0));
    some("state", state);
    if error.code == Code::AmbiguousResult || !error.candidates.is_empty() {
        let candidates: Array = error.candidates.into_iter().map(|js| js.0).collect();
        some("candidates", Some(candidates.into()));
    }
    SnapshotError::new(&fields).into()
}

pub(crate) fn invalid(input: InvalidInput) -> JsValue {
    to_error(input.into(), None)
}

/// A promise that rejects at once.
pub(crate) fn refused(input: InvalidInput) -> Promise {
    Promise::reject(&invalid(input))
}

/// What a thrown value says of itself, if anything: its message, and the code that Node hides in the cause.
pub(crate) fn words_of(thrown: &JsValue) -> String {
    if let Some(text) = thrown.as_string() {
        return text;
    }
    let mut words = get(thrown, "message").as_string().unwrap_or_default();
    let code = get(&get(thrown, "cause"), "code");
    if let Some(code) = code.as_string() {
        words.push_str(" (");
        words.push_str(&code);
        words.push(')');
    }
    words
}
