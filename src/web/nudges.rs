//! Moments to look again, where the platform tells them: the network is back, the tab is visible.

use std::rc::Rc;

use js_sys::Function;
use wasm_bindgen::prelude::*;
use web_sys::EventTarget;

use super::Shell;
use super::value::get;

/// Listens as long as it lives; outside browsers there is nothing to listen to.
pub(crate) struct Nudges(Option<Closure<dyn FnMut()>>);

impl Nudges {
    pub(crate) fn new(shell: &Rc<Shell>) -> Self {
        // Browsers, in pages and in workers, say whether there is a network.
        let is_browser = get(&get(&js_sys::global(), "navigator"), "onLine").as_bool().is_some();
        let shell = Rc::downgrade(shell);
        let nudges = Self(is_browser.then(|| {
            Closure::new(move || {
                let hidden = get(&get(&js_sys::global(), "document"), "hidden").is_truthy();
                if let (Some(shell), false) = (shell.upgrade(), hidden) {
                    shell.nudge();
                }
            })
        }));
        nudges.each(|target, event, listener| {
            // A worker has no document; this then does nothing.
            let _ = target.add_event_listener_with_callback(event, listener);
        });
        nudges
    }

    fn each(&self, act: fn(&EventTarget, &str, &Function)) {
        if let Some(callback) = &self.0 {
            let listener = callback.as_ref().unchecked_ref();
            let window: JsValue = js_sys::global().into();
            act(get(&window, "document").unchecked_ref(), "visibilitychange", listener);
            act(window.unchecked_ref(), "online", listener);
        }
    }
}

impl Drop for Nudges {
    fn drop(&mut self) {
        self.each(|target, event, listener| {
            let _ = target.remove_event_listener_with_callback(event, listener);
        });
    }
}
