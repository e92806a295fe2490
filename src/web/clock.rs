//! The platform's clocks and random numbers.

use wasm_bindgen::prelude::*;

use crate::util::clock::{Ms, Now};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn monotonic() -> f64;
    #[wasm_bindgen(js_namespace = Date, js_name = now)]
    fn wall() -> f64;
    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues)]
    fn fill(bytes: &mut [u8]);
    #[wasm_bindgen(js_namespace = Math)]
    fn random() -> f64;
}

pub(crate) fn read_clocks() -> Now {
    Now { monotonic: monotonic() as Ms, wall: wall() as Ms }
}

/// For jitter.
pub(crate) fn random_u32() -> u32 {
    (random() * 4_294_967_296.0) as u32
}

/// 128 random bits, for the id of an operation.
pub(crate) fn random_id() -> String {
    let mut bytes = [0; 16];
    fill(&mut bytes);
    let digit = |nibble: u8| char::from_digit(nibble.into(), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
