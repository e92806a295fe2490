//! Values that cross between JavaScript and the core.
//!
//! A body is parsed by `JSON.parse` and stays a JavaScript value: the core decodes the few fields that
//! it decides on, and the user gets the value itself, with every field that nobody modelled.

use std::cell::RefCell;

use js_sys::{Array, Object};
use serde::Serialize;
use serde::ser::Serializer;
use serde_wasm_bindgen::preserve;
use wasm_bindgen::prelude::*;

use crate::Value;

#[wasm_bindgen(raw_module = "./transport.js")]
extern "C" {
    #[wasm_bindgen(js_name = property)]
    fn property(object: &JsValue, name: &JsValue) -> JsValue;
}

#[wasm_bindgen]
extern "C" {
    type Indexed;

    #[wasm_bindgen(method, structural, indexing_setter)]
    fn set(this: &Indexed, name: &str, value: &JsValue);
}

thread_local! {
    /// The names of properties as JavaScript has them: each crosses once, and not at each reading.
    static NAMES: RefCell<Vec<(&'static str, JsValue)>> = RefCell::default();
}

/// A JavaScript value as the core carries it.
#[derive(Debug, Clone)]
pub(super) struct Js(pub(super) JsValue);

impl Value for Js {
    fn text(&self) -> Option<String> {
        self.0.as_string()
    }

    fn number(&self) -> Option<f64> {
        self.0.as_f64()
    }

    fn flag(&self) -> Option<bool> {
        self.0.as_bool()
    }

    fn is_null(&self) -> bool {
        self.0.is_null()
    }

    fn items(&self) -> Option<Vec<Self>> {
        let array = self.0.dyn_ref::<Array>()?;
        let mut items = Vec::new();
        for place in 0..array.length() {
            items.push(Js(array.get(place)));
        }
        Some(items)
    }

    fn is_object(&self) -> bool {
        is_record(&self.0)
    }

    fn entries(&self) -> Vec<(String, Self)> {
        let mut entries = Vec::new();
        for name in keys(&self.0) {
            let value = get_named(&self.0, &name);
            entries.push((name, Js(value)));
        }
        entries
    }

    fn field(&self, name: &'static str) -> Option<Self> {
        let value = get(&self.0, name);
        (!value.is_undefined()).then_some(Js(value))
    }
}

impl Serialize for Js {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        preserve::serialize(&self.0, serializer)
    }
}

/// A plain object: maps are objects, and what is not there is left out.
pub(super) fn to_js(value: &impl Serialize) -> JsValue {
    let serializer = serde_wasm_bindgen::Serializer::json_compatible();
    // Nothing that this library writes down can fail to be serialised: no map has keys but strings.
    value.serialize(&serializer).unwrap_or(JsValue::UNDEFINED)
}

/// A property; undefined where there is none, or where reading it throws.
pub(super) fn get(object: &JsValue, name: &'static str) -> JsValue {
    NAMES.with_borrow_mut(|names| {
        // The same text at the same place: a name is written where it is used, and there are few of them.
        let place = names.iter().position(|(known, _)| std::ptr::eq(*known, name));
        let place = place.unwrap_or_else(|| {
            names.push((name, JsValue::from_str(name)));
            names.len() - 1
        });
        names.get(place).map_or(JsValue::UNDEFINED, |(_, name)| property(object, name))
    })
}

/// The same for a name that is the user's.
pub(super) fn get_named(object: &JsValue, name: &str) -> JsValue {
    property(object, &JsValue::from_str(name))
}

/// The names of an object's own properties.
pub(super) fn keys(object: &JsValue) -> Vec<String> {
    let names = Object::keys(object.unchecked_ref::<Object>());
    let mut texts = Vec::new();
    for place in 0..names.length() {
        texts.extend(names.get(place).as_string());
    }
    texts
}

/// Whether this is an object, and no array.
pub(super) fn is_record(value: &JsValue) -> bool {
    value.is_object() && !Array::is_array(value)
}

/// Sets a property of an object of our own, which cannot fail.
pub(super) fn set(object: &Object, name: &str, value: impl Into<JsValue>) {
    object.unchecked_ref::<Indexed>().set(name, &value.into());
}
