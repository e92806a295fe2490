//! Reading the body of an answer, up to a limit.

use gloo_net::http::Response;
use js_sys::{JSON, Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::value::{Js, get};
use crate::Payload;

// Bound here rather than taken from web-sys, whose methods do not expect to be thrown at: a body that
// somebody else has read is locked, and says so by throwing.
#[wasm_bindgen]
extern "C" {
    type Stream;
    #[wasm_bindgen(method, catch, structural, js_name = getReader)]
    fn get_reader(this: &Stream) -> Result<Reader, JsValue>;

    type Reader;
    #[wasm_bindgen(method, catch, structural)]
    fn read(this: &Reader) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch, structural)]
    fn cancel(this: &Reader) -> Result<Promise, JsValue>;
}

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
    let reader = stream.unchecked_ref::<Stream>().get_reader()?;
    if announced.is_some_and(|length| length > limit as u64) {
        return Err(too_large(&reader));
    }
    let mut bytes = Vec::new();
    loop {
        let chunk = JsFuture::from(reader.read()?).await?;
        if get(&chunk, "done").is_truthy() {
            return Ok(bytes);
        }
        let chunk = get(&chunk, "value");
        if !chunk.is_object() {
            return Err(BodyFailure::Cut(chunk));
        }
        // A copy, because `instanceof` fails on the arrays of another realm.
        let chunk = Uint8Array::new(&chunk);
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
fn too_large(reader: &Reader) -> BodyFailure {
    if let Ok(cancelled) = reader.cancel() {
        // A rejection says nothing new, but somebody must hear it.
        spawn_local(async move { drop(JsFuture::from(cancelled).await) });
    }
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
