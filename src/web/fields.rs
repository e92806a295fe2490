//! Reading what the user gives: each object by a table of its properties, with the reason if one cannot be used.

use js_sys::Array;
use wasm_bindgen::prelude::*;

use super::value::{Js, get, get_named, is_record, keys};
use crate::error::InvalidInput;
use crate::protocol::call::Id;
use crate::protocol::model::Pairs;
use crate::util::text::{concat, join};
use crate::util::value::Value;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = String)]
    fn text_of(value: &JsValue) -> String;
}

pub(crate) type Read<T> = Result<T, InvalidInput>;

/// A property: its name, and what it may be. All are optional; whoever needs one asks for it.
pub(crate) type Field = (&'static str, Kind);

/// What a property may be: in words, and as a test.
#[derive(Clone, Copy)]
pub(crate) struct Kind {
    pub(crate) right: &'static str,
    pub(crate) fits: fn(&JsValue) -> bool,
}

/// Looked at more closely by whoever takes it.
pub(crate) const ANY: Kind = Kind { right: "", fits: |_| true };
pub(crate) const TEXT: Kind = Kind { right: "a string", fits: JsValue::is_string };
pub(crate) const FLAG: Kind =
    Kind { right: "true or false", fits: |value| value.as_bool().is_some() };
pub(crate) const FUNCTION: Kind = Kind { right: "a function", fits: JsValue::is_function };
pub(crate) const TEXTS: Kind = Kind { right: "an object of strings", fits: is_record };
/// By its shape: signals of other realms and polyfills are taken.
pub(crate) const SIGNAL: Kind = Kind {
    right: "an AbortSignal",
    fits: |value| FLAG.fits(&get(value, "aborted")) && get(value, "addEventListener").is_function(),
};
pub(crate) const MILLIS: Kind = Kind {
    right: "a whole number of milliseconds from 0 to 2147483647",
    fits: |value| is_whole(value, 0, 2_147_483_647),
};

impl Kind {
    fn fits(self, value: &JsValue) -> bool {
        (self.fits)(value)
    }

    pub(crate) fn refuse(self, path: &str, got: &JsValue) -> InvalidInput {
        InvalidInput(concat(&[path, " must be ", self.right, ", not ", &kind_of(got)]))
    }
}

/// The properties of an object, in the order of the table: each is undefined or fits. Nothing at all is an
/// object without properties; a key that is not in the table is refused, for a typo must not pass in silence.
pub(crate) fn read<const N: usize>(
    object: &JsValue,
    name: &str,
    known: &'static [Field; N],
) -> Read<[JsValue; N]> {
    let mut values = [const { JsValue::UNDEFINED }; N];
    read_into(&mut values, object, name, known)?;
    Ok(values)
}

/// Not generic: one copy of this code serves all tables.
fn read_into(values: &mut [JsValue], object: &JsValue, name: &str, known: &[Field]) -> Read<()> {
    if object.is_undefined() {
        return Ok(());
    }
    const OBJECT: Kind = Kind { right: "an object", fits: is_record };
    if !OBJECT.fits(object) {
        return Err(OBJECT.refuse(name, object));
    }
    for key in &keys(object) {
        if !known.iter().any(|(name, _)| name == key) {
            return Err(unknown(key, name, known));
        }
    }
    for (place, (key, kind)) in values.iter_mut().zip(known) {
        let value = get(object, key);
        if !value.is_undefined() && !kind.fits(&value) {
            return Err(kind.refuse(&concat(&[name, ".", key]), &value));
        }
        *place = value;
    }
    Ok(())
}

fn unknown(key: &str, name: &str, known: &[Field]) -> InvalidInput {
    let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
    InvalidInput(concat(&[name, " has no \"", key, "\"; it has: ", &join(&names, ", ")]))
}

pub(crate) fn is_whole(value: &JsValue, least: u32, most: u32) -> bool {
    value.as_f64().is_some_and(|number| {
        // The conversion cuts off what does not fit.
        let whole = number as u32;
        f64::from(whole) == number && whole >= least && whole <= most
    })
}

/// What has been read as a whole number, or the default.
pub(crate) fn whole(value: &JsValue, default: u64) -> u64 {
    value.as_f64().map_or(default, |number| number as u64)
}

/// What has been read as a value of that type, if it was given.
pub(crate) fn given<T: JsCast>(value: &JsValue) -> Option<T> {
    (!value.is_undefined()).then(|| value.clone().unchecked_into())
}

/// What has been read as an object of strings - if all of them are.
pub(crate) fn texts(value: &JsValue, path: &str) -> Read<Option<Pairs>> {
    if value.is_undefined() {
        return Ok(None);
    }
    if let Ok(pairs) = Js(value.clone()).decode() {
        return Ok(Some(pairs));
    }
    for key in &keys(value) {
        let text = get_named(value, key);
        if !TEXT.fits(&text) {
            return Err(TEXT.refuse(&concat(&[path, ".", key]), &text));
        }
    }
    Err(TEXTS.refuse(path, value))
}

/// An identifier given as an argument.
pub(crate) fn id(value: &JsValue, path: &str) -> Read<Id> {
    match value.as_string() {
        Some(text) => Id::new(path, &text),
        None => Err(TEXT.refuse(path, value)),
    }
}

/// An identifier that may be left out.
pub(crate) fn optional_id(value: &JsValue, path: &str) -> Read<Option<Id>> {
    if value.is_undefined() { Ok(None) } else { id(value, path).map(Some) }
}

/// What a value is, without showing a text or what an object holds: it may be a secret in the wrong place.
fn kind_of(value: &JsValue) -> String {
    let kind = if Array::is_array(value) {
        "an array"
    } else if value.is_object() {
        "an object"
    } else if value.is_function() {
        "this function"
    } else if let Some(text) = value.as_string() {
        if text.is_empty() { "an empty string" } else { "this string" }
    } else {
        return text_of(value);
    };
    kind.into()
}
