//! What becomes of the body of an answer.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::http::message::Response;
use crate::util::merge::merge;

/// The length of a body, up to 256 MiB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "usize")]
pub struct BodyBytes(usize);

impl BodyBytes {
    const LARGEST: usize = 1 << 28;

    /// At most the largest.
    pub fn new(bytes: usize) -> Self {
        Self(bytes.min(Self::LARGEST))
    }
}

impl TryFrom<usize> for BodyBytes {
    type Error = String;

    fn try_from(bytes: usize) -> Result<Self, Self::Error> {
        let too_large = || format!("a body has at most {} bytes", Self::LARGEST);
        (bytes <= Self::LARGEST).then_some(Self(bytes)).ok_or_else(too_large)
    }
}

/// Cuts the body, or pads it with spaces, which JSON allows.
pub(crate) fn resize(response: &mut Response, length: BodyBytes) {
    response.body.resize(length.0, b' ');
}

/// Wraps the array that a response carries.
pub(crate) fn envelop(response: &mut Response) {
    let Ok(Value::Array(content)) = serde_json::from_slice(&response.body) else { return };
    let envelope = json!({ "numberOfElements": content.len(), "content": content });
    response.body = serde_json::to_vec(&envelope).unwrap_or_default();
}

/// Patches the object, or each element of the list, that a response carries.
pub(crate) fn patch(response: &mut Response, patch: &Map<String, Value>) {
    let Ok(mut body) = serde_json::from_slice(&response.body) else { return };
    match &mut body {
        Value::Array(elements) => patch_each(elements, patch),
        Value::Object(fields) => match fields.get_mut("content") {
            Some(Value::Array(elements)) => patch_each(elements, patch),
            Some(_) | None => merge(fields, patch),
        },
        _ => return,
    }
    response.body = serde_json::to_vec(&body).unwrap_or_default();
}

fn patch_each(elements: &mut [Value], patch: &Map<String, Value>) {
    for fields in elements.iter_mut().filter_map(Value::as_object_mut) {
        merge(fields, patch);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_merge_patch_removes_merges_and_replaces() {
        for (before, change, after) in [
            (json!({"a": 1}), json!({"a": 2}), json!({"a": 2})),
            (json!({"a": 1, "b": 2}), json!({"a": null}), json!({"b": 2})),
            (json!({"a": {"b": 1, "c": 2}}), json!({"a": {"b": null}}), json!({"a": {"c": 2}})),
            (json!({"a": "text"}), json!({"a": {"b": 1}}), json!({"a": {"b": 1}})),
            (json!({}), json!({"a": {"b": {"c": null}}}), json!({"a": {"b": {}}})),
            (json!({"a": [1]}), json!({"a": [2, 3]}), json!({"a": [2, 3]})),
            (json!([{"a": 1}, 7]), json!({"a": 2}), json!([{"a": 2}, 7])),
            (json!({"content": [{}]}), json!({"a": 2}), json!({"content": [{"a": 2}]})),
            (json!("text"), json!({"a": 2}), json!("text")),
        ] {
            let mut response = Response::json(200, &before);
            patch(&mut response, change.as_object().unwrap());
            let patched: Value = serde_json::from_slice(&response.body).unwrap();
            assert_eq!(patched, after, "{before} {change}");
        }
    }
}
