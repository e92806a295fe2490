//! Reading what the user gives: every option by its name, with the reason if it cannot be used.

use js_sys::{Array, Function, Object};
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

use super::value::get;
use crate::{Id, InvalidInput, Pairs};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = String)]
    fn text_of(value: &JsValue) -> String;
}

/// The properties of an object of the user's.
pub(super) struct Fields<'a> {
    value: JsValue,
    /// How messages name the object.
    name: &'a str,
}

type Read<T> = Result<T, InvalidInput>;

impl<'a> Fields<'a> {
    /// Takes an object, or nothing, and no key that is not known: a typo must not pass in silence.
    pub(super) fn new(value: &JsValue, name: &'a str, known: &[&str]) -> Read<Self> {
        if value.is_undefined() {
            return Ok(Self { value: Object::new().into(), name });
        }
        if !value.is_object() || Array::is_array(value) {
            return Err(InvalidInput(format!("{name} must be an object, not {}", kind_of(value))));
        }
        for key in keys(value) {
            if !known.contains(&key.as_str()) {
                let known = known.join(", ");
                return Err(InvalidInput(format!("{name} has no \"{key}\"; it has: {known}")));
            }
        }
        Ok(Self { value: value.clone(), name })
    }

    /// The property, unless it is left out.
    pub(super) fn get(&self, key: &str) -> Option<JsValue> {
        let value = get(&self.value, key);
        (!value.is_undefined()).then_some(value)
    }

    /// How messages name the property.
    pub(super) fn path(&self, key: &str) -> String {
        format!("{}.{key}", self.name)
    }

    pub(super) fn refuse<T>(&self, key: &str, right: &str, got: &JsValue) -> Read<T> {
        Err(InvalidInput(format!("{} must be {right}, not {}", self.path(key), kind_of(got))))
    }

    pub(super) fn string(&self, key: &str) -> Read<Option<String>> {
        self.typed(key, "a string", JsValue::as_string)
    }

    pub(super) fn boolean(&self, key: &str) -> Read<Option<bool>> {
        self.typed(key, "true or false", JsValue::as_bool)
    }

    pub(super) fn function(&self, key: &str) -> Read<Option<Function>> {
        self.typed(key, "a function", |value| value.dyn_ref::<Function>().cloned())
    }

    /// A whole number in these bounds, `right` in words.
    pub(super) fn whole(&self, key: &str, right: &str, least: f64, most: f64) -> Read<Option<f64>> {
        let fits = |number: &f64| number.fract() == 0.0 && (least..=most).contains(number);
        self.typed(key, right, |value| value.as_f64().filter(fits))
    }

    /// A duration.
    pub(super) fn ms(&self, key: &str) -> Read<Option<u64>> {
        const MOST: f64 = 2_147_483_647.0;
        let right = "a whole number of milliseconds from 0 to 2147483647";
        Ok(self.whole(key, right, 0.0, MOST)?.map(|ms| ms as u64))
    }

    /// By its shape: signals of other realms and polyfills are taken.
    pub(super) fn signal(&self, key: &str) -> Read<Option<AbortSignal>> {
        self.typed(key, "an AbortSignal", |value| {
            let is_signal = get(value, "aborted").as_bool().is_some()
                && get(value, "addEventListener").is_function();
            is_signal.then(|| value.clone().unchecked_into())
        })
    }

    /// An object of strings.
    pub(super) fn strings(&self, key: &str) -> Read<Option<Pairs>> {
        let Some(value) = self.get(key) else { return Ok(None) };
        if !value.is_object() || Array::is_array(&value) {
            return self.refuse(key, "an object of strings", &value);
        }
        let mut pairs = Vec::new();
        for name in keys(&value) {
            let text = get(&value, &name);
            match text.as_string() {
                Some(text) => pairs.push((name, text)),
                None => return self.refuse(&format!("{key}.{name}"), "a string", &text),
            }
        }
        Ok(Some(Pairs(pairs)))
    }

    fn typed<T>(
        &self,
        key: &str,
        right: &str,
        read: impl Fn(&JsValue) -> Option<T>,
    ) -> Read<Option<T>> {
        let Some(value) = self.get(key) else { return Ok(None) };
        match read(&value) {
            Some(read) => Ok(Some(read)),
            None => self.refuse(key, right, &value),
        }
    }
}

/// An identifier given as an argument.
pub(super) fn id(value: &JsValue, name: &str) -> Read<Id> {
    match value.as_string() {
        Some(text) => Id::new(name, &text),
        None => Err(InvalidInput(format!("{name} must be a string, not {}", kind_of(value)))),
    }
}

/// What a value is, without showing it: it may be a secret in the wrong place.
pub(super) fn kind_of(value: &JsValue) -> String {
    if value.is_null() {
        return "null".into();
    }
    if Array::is_array(value) {
        return "an array".into();
    }
    if value.as_f64().is_some() || value.as_bool().is_some() {
        return text_of(value);
    }
    if value.as_string().is_some_and(|text| text.is_empty()) {
        return "an empty string".into();
    }
    match value.js_typeof().as_string().as_deref() {
        Some("object") => "an object".into(),
        Some("undefined") => "undefined".into(),
        Some(kind) => format!("this {kind}"),
        None => "that".into(),
    }
}

fn keys(object: &JsValue) -> impl Iterator<Item = String> {
    Object::keys(object.unchecked_ref::<Object>())
        .iter()
        .filter_map(|key| key.as_string())
        .collect::<Vec<_>>()
        .into_iter()
}
