//! What the core needs of a parsed body - and no more, so that it can be a JavaScript object in a
//! browser and a `serde_json::Value` in a test.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde::ser::SerializeMap;

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

/// Whether this is an object.
pub(crate) fn object<V: Value>(value: &V) -> Result<(), Unreadable> {
    #[derive(serde::Deserialize)]
    struct Any {}
    value.decode().map(|Any {}| ())
}

/// Writes a field of an object, if it has a value. Objects are written as maps: what `Serialize` derives makes
/// structs, for which `serde_wasm_bindgen` keeps a table of their names.
pub(crate) fn write_some<M: SerializeMap>(
    object: &mut M,
    name: &str,
    value: Option<&impl Serialize>,
) -> Result<(), M::Error> {
    value.map_or(Ok(()), |value| object.serialize_entry(name, value))
}

/// A body is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable;

#[cfg(not(target_arch = "wasm32"))]
mod json {
    use serde::de::{DeserializeOwned, Deserializer, Error, Visitor};
    use serde_json::Value as Json;

    use super::{Unreadable, Value};

    impl Value for Json {
        fn decode<T: DeserializeOwned>(&self) -> Result<T, Unreadable> {
            T::deserialize(Strict(self)).map_err(|_| Unreadable)
        }

        fn items(&self) -> Option<Vec<Self>> {
            self.as_array().cloned()
        }

        fn field(&self, name: &str) -> Option<Self> {
            self.get(name).cloned()
        }
    }

    /// `serde_json` reads a struct from an array of its fields too. No service means that.
    struct Strict<'de>(&'de Json);

    impl<'de> Deserializer<'de> for Strict<'de> {
        type Error = serde_json::Error;

        fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
            self.0.deserialize_any(visitor)
        }

        fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
            self.0.deserialize_option(visitor)
        }

        fn deserialize_struct<V: Visitor<'de>>(
            self,
            name: &'static str,
            fields: &'static [&'static str],
            visitor: V,
        ) -> Result<V::Value, Self::Error> {
            if self.0.is_array() {
                return Err(Self::Error::custom("an array is no object"));
            }
            self.0.deserialize_struct(name, fields, visitor)
        }

        fn deserialize_enum<V: Visitor<'de>>(
            self,
            name: &'static str,
            variants: &'static [&'static str],
            visitor: V,
        ) -> Result<V::Value, Self::Error> {
            self.0.deserialize_enum(name, variants, visitor)
        }

        serde::forward_to_deserialize_any! {
            bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
            unit_struct newtype_struct seq tuple tuple_struct map identifier ignored_any
        }
    }
}
