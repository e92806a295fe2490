//! Reading the body of an answer, up to a limit.

use gloo_net::http::Response;
use js_sys::{JSON, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::ReadableStreamDefaultReader;

use super::value::{Js, get};
use crate::Payload;

/// Why a body could not be read.
pub(super) enum BodyFailure {
    TooLarge,
    Cut(JsValue),
}

impl From<JsValue> for BodyFailure {
    fn from(reason: JsValue) -> Self {
        Self::Cut(reason)
    }
}

/// How much of a body that is not JSON is shown.
const EXCERPT: usize = 120;

pub(super) async fn read(response: &Response, limit: usize) -> Result<Payload<Js>, BodyFailure> {
    let bytes = read_bytes(response, limit).await?;
    let text = String::from_utf8_lossy(&bytes);
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.is_empty() {
        return Ok(Payload::Empty);
    }
    Ok(match JSON::parse(text) {
        Ok(value) => Payload::Json(Js(value)),
        Err(_) => Payload::Other(excerpt(text)),
    })
}

async fn read_bytes(response: &Response, limit: usize) -> Result<Vec<u8>, BodyFailure> {
    let announced =
        response.headers().get("content-length").and_then(|length| length.parse::<u64>().ok());
    let Some(stream) = response.body() else { return Ok(Vec::new()) };
    let reader: ReadableStreamDefaultReader = stream.get_reader().unchecked_into();
    if announced.is_some_and(|length| length > limit as u64) {
        return Err(too_large(&reader));
    }
    let mut bytes = Vec::new();
    loop {
        let chunk = JsFuture::from(reader.read()).await?;
        if get(&chunk, "done").is_truthy() {
            return Ok(bytes);
        }
        let chunk: Uint8Array = get(&chunk, "value").dyn_into()?;
        let start = bytes.len();
        let end = start + chunk.length() as usize;
        if end > limit {
            return Err(too_large(&reader));
        }
        bytes.resize(end, 0);
        if let Some(place) = bytes.get_mut(start..) {
            chunk.copy_to(place);
        }
    }
}

/// The rest is not wanted: the connection is let go.
fn too_large(reader: &ReadableStreamDefaultReader) -> BodyFailure {
    let cancelled = reader.cancel();
    // A rejection says nothing new, but somebody must hear it.
    spawn_local(async move { drop(JsFuture::from(cancelled).await) });
    BodyFailure::TooLarge
}

/// The beginning of a text, on one line.
fn excerpt(text: &str) -> String {
    let visible = |character: char| if character.is_control() { ' ' } else { character };
    let mut short: String = text.chars().take(EXCERPT).map(visible).collect();
    if text.len() > short.len() {
        short.push('…');
    }
    short
}
