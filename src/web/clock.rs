//! The platform's clocks, timers and random numbers.

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use wasm_bindgen::prelude::*;

use crate::{Ms, Now};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn monotonic() -> f64;
    #[wasm_bindgen(js_namespace = Date, js_name = now)]
    fn wall() -> f64;
    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues)]
    fn fill(bytes: &mut [u8]);
    // A number in browsers, an object in Node.
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(callback: &Closure<dyn FnMut()>, ms: f64) -> JsValue;
    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(timer: &JsValue);
    #[wasm_bindgen(js_namespace = Math)]
    fn random() -> f64;
}

/// The longest delay that a timer holds.
const MAX_TIMER: Ms = (1 << 31) - 1;

pub(super) fn now() -> Now {
    Now { monotonic: monotonic() as Ms, wall: wall() as Ms }
}

/// For jitter.
pub(super) fn random_u32() -> u32 {
    (random() * 4_294_967_296.0) as u32
}

/// 128 random bits, for the id of an operation.
pub(super) fn random_id() -> String {
    let mut bytes = [0; 16];
    fill(&mut bytes);
    let digit = |nibble: u8| char::from_digit(nibble.into(), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// Ends at a time on the monotonic clock; dropping it clears the timer.
pub(super) struct Sleep {
    until: Ms,
    timer: Option<Timer>,
}

struct Timer {
    handle: JsValue,
    shared: Rc<RefCell<Shared>>,
    _callback: Closure<dyn FnMut()>,
}

#[derive(Default)]
struct Shared {
    fired: bool,
    waker: Option<Waker>,
}

impl Sleep {
    pub(super) fn until(until: Ms) -> Self {
        Self { until, timer: None }
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if let Some(timer) = &self.timer {
            let mut shared = timer.shared.borrow_mut();
            if !shared.fired {
                shared.waker = Some(cx.waker().clone());
                return Poll::Pending;
            }
        }
        // Timers fire early by a fraction, and hold no more than 2^31-1: whichever it was, the clock tells.
        let now = now().monotonic;
        if now >= self.until {
            return Poll::Ready(());
        }
        let timer = Timer::start((self.until - now).min(MAX_TIMER));
        timer.shared.borrow_mut().waker = Some(cx.waker().clone());
        self.timer = Some(timer);
        Poll::Pending
    }
}

impl Timer {
    fn start(delay: Ms) -> Self {
        let shared = Rc::new(RefCell::new(Shared::default()));
        let fired = shared.clone();
        let callback = Closure::new(move || {
            let waker = {
                let mut shared = fired.borrow_mut();
                shared.fired = true;
                shared.waker.take()
            };
            if let Some(waker) = waker {
                waker.wake();
            }
        });
        Self { handle: set_timeout(&callback, delay as f64), shared, _callback: callback }
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        clear_timeout(&self.handle);
    }
}
