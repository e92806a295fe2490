//! Values that cross between JavaScript and the core.
//!
//! A body is parsed by `JSON.parse` and stays a JavaScript value: the core decodes the few fields that
//! it decides on, and the user gets the value itself, with every field that nobody modelled.

use std::cell::RefCell;

use js_sys::{Array, Function, Object, Promise};
use serde::Serialize;
use serde::ser::Serializer;
use serde_wasm_bindgen::preserve;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use crate::util::value::Value;

#[wasm_bindgen(raw_module = "./host.js")]
extern "C" {
    #[wasm_bindgen(js_name = property)]
    fn property(object: &JsValue, name: &JsValue) -> JsValue;

    /// Whether a value holds a text that masking changes. It runs the user's code.
    #[wasm_bindgen(js_name = repeats)]
    pub(crate) fn repeats(value: &JsValue, mask: &JsValue) -> bool;

    /// What an iterable gives; nothing where it is none, or throws. It runs the user's code.
    #[wasm_bindgen(js_name = listed)]
    pub(crate) fn listed(value: &JsValue) -> Option<Array>;
}

#[wasm_bindgen]
extern "C" {
    type Indexed;

    #[wasm_bindgen(method, structural, indexing_setter)]
    fn set(this: &Indexed, name: &JsValue, value: &JsValue);
}

thread_local! {
    static WORDS: RefCell<Vec<(&'static str, JsValue)>> = RefCell::default();
}

/// A JavaScript value as the core carries it.
#[derive(Debug, Clone)]
pub(crate) struct Js(pub(crate) JsValue);

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
pub(crate) fn to_js(value: &impl Serialize) -> JsValue {
    let serializer = serde_wasm_bindgen::Serializer::json_compatible();
    // Nothing that this library writes down can fail to be serialised: no map has keys but strings.
    value.serialize(&serializer).unwrap_or(JsValue::UNDEFINED)
}

/// A text of the program as JavaScript has it: it crosses once, and not at each use.
pub(crate) fn word(text: &'static str) -> JsValue {
    WORDS.with_borrow_mut(|words| {
        // The same text at the same place: a word is written where it is used, and there are few of them.
        let known = words.iter().find(|(known, _)| std::ptr::eq(*known, text));
        if let Some((_, word)) = known {
            return word.clone();
        }
        let word = JsValue::from_str(text);
        words.push((text, word.clone()));
        word
    })
}

/// A property; undefined where there is none, or where reading it throws. It may run the user's code.
pub(crate) fn get(object: &JsValue, name: &'static str) -> JsValue {
    property(object, &word(name))
}

/// The same for a name that is the user's.
pub(crate) fn get_named(object: &JsValue, name: &str) -> JsValue {
    property(object, &JsValue::from_str(name))
}

/// What a function of the user's gives, now or later - or throws.
pub(crate) async fn answer_of(function: &Function, argument: &JsValue) -> Result<JsValue, JsValue> {
    let answer = function.call1(&JsValue::UNDEFINED, argument)?;
    JsFuture::from(Promise::resolve(&answer)).await
}

/// The names of an object's own properties.
pub(crate) fn keys(object: &JsValue) -> Vec<String> {
    let names = Object::keys(object.unchecked_ref::<Object>());
    let mut texts = Vec::new();
    for place in 0..names.length() {
        texts.extend(names.get(place).as_string());
    }
    texts
}

/// Whether this is an object, and no array.
pub(crate) fn is_record(value: &JsValue) -> bool {
    value.is_object() && !Array::is_array(value)
}

/// Sets a property of an object of our own, which cannot fail.
pub(crate) fn set(object: &Object, name: &'static str, value: impl Into<JsValue>) {
    object.unchecked_ref::<Indexed>().set(&word(name), &value.into());
}
