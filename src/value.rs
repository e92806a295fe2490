//! What the core needs of a parsed body - and no more, so that it can be a JavaScript object in a
//! browser and a `serde_json::Value` in a test.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// A value of the host: a parsed JSON body, or what a callback threw.
///
/// The core decodes from it the fields that it decides on and hands the value itself back to the
/// user, so that fields nobody modelled survive. Cloning must be cheap or rare.
pub trait Value: Clone + Serialize + 'static {
    /// Decodes the fields that `T` knows, ignoring others.
    fn decode<T: DeserializeOwned>(&self) -> Result<T, Unreadable>;
    /// The elements, if this is an array.
    fn items(&self) -> Option<Vec<Self>>;
    /// The field of that name, if this is an object that has it.
    fn field(&self, name: &str) -> Option<Self>;
}

/// The field of that name, which must be there.
pub(crate) fn required<T: DeserializeOwned, V: Value>(
    object: &V,
    name: &str,
) -> Result<T, Unreadable> {
    object.field(name).ok_or(Unreadable)?.decode()
}

/// The field of that name, if it is there.
pub(crate) fn optional<T: DeserializeOwned, V: Value>(
    object: &V,
    name: &str,
) -> Result<Option<T>, Unreadable> {
    object.field(name).map(|value| value.decode()).transpose()
}

/// A body is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable;

#[cfg(not(target_arch = "wasm32"))]
impl Value for serde_json::Value {
    fn decode<T: DeserializeOwned>(&self) -> Result<T, Unreadable> {
        T::deserialize(self).map_err(|_| Unreadable)
    }

    fn items(&self) -> Option<Vec<Self>> {
        self.as_array().cloned()
    }

    fn field(&self, name: &str) -> Option<Self> {
        self.get(name).cloned()
    }
}
