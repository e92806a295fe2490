//! Moments to look again, where the platform tells them: the network is back, the tab is visible.

use std::rc::{Rc, Weak};

use wasm_bindgen::prelude::*;
use web_sys::EventTarget;

use super::Shell;
use super::value::get;

/// Listens as long as it lives.
pub(super) struct Nudges(Vec<Nudge>);

struct Nudge {
    target: EventTarget,
    event: &'static str,
    callback: Closure<dyn FnMut()>,
}

impl Nudges {
    pub(super) fn new(shell: &Rc<Shell>) -> Self {
        let global: JsValue = js_sys::global().into();
        let document = get(&global, "document");
        let has_network = get(&get(&global, "navigator"), "onLine").as_bool().is_some();
        let nudges = [
            (has_network.then(|| global.clone()), "online"),
            (document.is_object().then(|| document.clone()), "visibilitychange"),
        ];
        let listening = nudges.into_iter().filter_map(|(target, event)| {
            let target = target.filter(|target| get(target, "addEventListener").is_function())?;
            Nudge::new(target.unchecked_into(), event, Rc::downgrade(shell))
        });
        Self(listening.collect())
    }
}

impl Nudge {
    fn new(target: EventTarget, event: &'static str, shell: Weak<Shell>) -> Option<Self> {
        let callback = Closure::new(move || {
            let hidden = get(&get(&js_sys::global(), "document"), "hidden").is_truthy();
            if let (Some(shell), false) = (shell.upgrade(), hidden) {
                shell.nudge();
            }
        });
        target.add_event_listener_with_callback(event, listener(&callback)).ok()?;
        Some(Self { target, event, callback })
    }
}

impl Drop for Nudges {
    fn drop(&mut self) {
        for Nudge { target, event, callback } in &self.0 {
            let _ = target.remove_event_listener_with_callback(event, listener(callback));
        }
    }
}

fn listener(callback: &Closure<dyn FnMut()>) -> &js_sys::Function {
    callback.as_ref().unchecked_ref()
}
