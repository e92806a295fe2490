//! JSON merge patch.

use serde_json::{Map, Value};

/// JSON merge patch, RFC 7396: `null` removes, objects are merged, all else replaces.
pub(crate) fn merge(fields: &mut Map<String, Value>, patch: &Map<String, Value>) {
    for (name, value) in patch {
        match value {
            Value::Null => drop(fields.remove(name)),
            Value::Object(patch) => {
                let field = fields.entry(name.as_str()).or_insert(Value::Null);
                if !field.is_object() {
                    *field = Value::Object(Map::new());
                }
                if let Value::Object(fields) = field {
                    merge(fields, patch);
                }
            }
            other => drop(fields.insert(name.clone(), other.clone())),
        }
    }
}
