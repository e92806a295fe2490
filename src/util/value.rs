//! What the core needs of a parsed body - and no more, so that it can be a JavaScript object in a
//! browser and a `serde_json::Value` in a test.
//!
//! Reading goes by a handful of methods rather than by `Deserialize`: what serde derives is made for every format
//! and every order of the fields, and is several kilobytes more for a browser to load.

use serde::Serialize;
use serde::ser::SerializeMap;

/// A value of the host: a parsed JSON body, or what a callback threw.
///
/// The core decodes from it the fields that it decides on and hands the value itself back to the
/// user, so that fields nobody modelled survive. Cloning must be cheap or rare.
pub trait Value: Clone + Serialize + 'static {
    /// The text, if this is one.
    fn text(&self) -> Option<String>;
    /// The number, if this is one.
    fn number(&self) -> Option<f64>;
    /// The boolean, if this is one.
    fn flag(&self) -> Option<bool>;
    /// Whether this is `null`.
    fn is_null(&self) -> bool;
    /// The elements, if this is an array.
    fn items(&self) -> Option<Vec<Self>>;
    /// Whether this is an object, and no array.
    fn is_object(&self) -> bool;
    /// Its fields, each with its name, if this is an object.
    fn entries(&self) -> Vec<(String, Self)>;
    /// The field of that name, if this is an object that has it.
    fn field(&self, name: &'static str) -> Option<Self>;

    /// Decodes the fields that `T` knows, ignoring others.
    fn decode<T: FromValue>(&self) -> Result<T, Unreadable> {
        T::from_value(self)
    }
}

/// What can be decoded.
pub trait FromValue: Sized {
    /// Decodes it.
    fn from_value<V: Value>(value: &V) -> Result<Self, Unreadable>;
}

/// A body is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable;

/// The field of that name, which must be there.
pub(crate) fn required<T: FromValue, V: Value>(
    object: &V,
    name: &'static str,
) -> Result<T, Unreadable> {
    object.field(name).ok_or(Unreadable)?.decode()
}

/// The field of that name, if it is there.
pub(crate) fn optional<T: FromValue, V: Value>(
    object: &V,
    name: &'static str,
) -> Result<Option<T>, Unreadable> {
    object.field(name).map(|value| value.decode()).transpose()
}

/// The same of what the service writes, for which `null` is as good as nothing.
pub(crate) fn nullable<T: FromValue, V: Value>(
    object: &V,
    name: &'static str,
) -> Result<Option<T>, Unreadable> {
    object.field(name).filter(|value| !value.is_null()).map(|value| value.decode()).transpose()
}

/// What is no object has no fields either, and would pass for one that has none of the optional ones.
pub(crate) fn object<V: Value>(value: &V) -> Result<(), Unreadable> {
    value.is_object().then_some(()).ok_or(Unreadable)
}

impl FromValue for String {
    fn from_value<V: Value>(value: &V) -> Result<Self, Unreadable> {
        value.text().ok_or(Unreadable)
    }
}

impl FromValue for f64 {
    fn from_value<V: Value>(value: &V) -> Result<Self, Unreadable> {
        value.number().ok_or(Unreadable)
    }
}

impl FromValue for bool {
    fn from_value<V: Value>(value: &V) -> Result<Self, Unreadable> {
        value.flag().ok_or(Unreadable)
    }
}

impl FromValue for u32 {
    fn from_value<V: Value>(value: &V) -> Result<Self, Unreadable> {
        let number = value.number().ok_or(Unreadable)?;
        // The cast saturates, cuts fractions off, and makes 0 of what is no number.
        let whole = number as u32;
        if f64::from(whole) == number { Ok(whole) } else { Err(Unreadable) }
    }
}

impl FromValue for u16 {
    fn from_value<V: Value>(value: &V) -> Result<Self, Unreadable> {
        u32::from_value(value)?.try_into().map_err(|_| Unreadable)
    }
}

impl FromValue for u8 {
    fn from_value<V: Value>(value: &V) -> Result<Self, Unreadable> {
        u32::from_value(value)?.try_into().map_err(|_| Unreadable)
    }
}

impl<T: FromValue> FromValue for Vec<T> {
    fn from_value<V: Value>(value: &V) -> Result<Self, Unreadable> {
        let mut items = Vec::new();
        for item in value.items().ok_or(Unreadable)? {
            items.push(item.decode()?);
        }
        Ok(items)
    }
}

/// Writes a field of an object, if it has a value. Objects are written as maps: what `Serialize` derives makes
/// structs, for which `serde_wasm_bindgen` keeps a table of their names.
pub(crate) fn write_some<M: SerializeMap>(
    object: &mut M,
    name: &str,
    value: Option<&(impl Serialize + ?Sized)>,
) -> Result<(), M::Error> {
    value.map_or(Ok(()), |value| object.serialize_entry(name, value))
}

#[cfg(feature = "json")]
impl Value for serde_json::Value {
    fn text(&self) -> Option<String> {
        self.as_str().map(Into::into)
    }

    fn number(&self) -> Option<f64> {
        self.as_f64()
    }

    fn flag(&self) -> Option<bool> {
        self.as_bool()
    }

    fn is_null(&self) -> bool {
        self.is_null()
    }

    fn items(&self) -> Option<Vec<Self>> {
        self.as_array().cloned()
    }

    fn is_object(&self) -> bool {
        self.is_object()
    }

    fn entries(&self) -> Vec<(String, Self)> {
        let entries = self.as_object().into_iter().flatten();
        entries.map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    fn field(&self, name: &'static str) -> Option<Self> {
        self.get(name).cloned()
    }
}
