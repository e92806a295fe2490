//! The access token: one renewal at a time, however many calls wait for it.

use std::cell::{Cell, RefCell};

use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::Shell;
use super::failure::words_of;
use super::value::Js;
use crate::{Failure, FailureKind};

/// Where tokens come from.
pub(super) enum Source {
    /// Nobody: a proxy adds them.
    None,
    /// The user, once.
    Fixed(String),
    /// The user's function.
    Function(Function),
}

/// The token in use, and how to get another.
pub(super) struct Session {
    source: Source,
    token: RefCell<Option<String>>,
    /// The token that was refused.
    stale: RefCell<Option<String>>,
    renewal: RefCell<Option<Promise>>,
    renewed: Cell<bool>,
}

impl Session {
    pub(super) fn new(source: Source) -> Self {
        let token = match &source {
            Source::Fixed(token) => Some(token.clone()),
            Source::None | Source::Function(_) => None,
        };
        Self {
            source,
            token: RefCell::new(token),
            stale: RefCell::default(),
            renewal: RefCell::default(),
            renewed: Cell::default(),
        }
    }

    /// Whether another token can be had.
    pub(super) fn is_renewable(&self) -> bool {
        matches!(self.source, Source::Function(_))
    }

    /// The service refused this token: it is not to be used again, unless another has come meanwhile.
    pub(super) fn refuse(&self, token: &str) {
        let mut current = self.token.borrow_mut();
        if self.is_renewable() && current.as_deref() == Some(token) {
            *self.stale.borrow_mut() = current.take();
        }
    }

    /// A renewal that takes longer than a whole attempt may is not waited for again.
    pub(super) fn forget_renewal(&self) {
        self.renewal.borrow_mut().take();
    }

    /// Whether a text repeats a token, and must not be shown.
    pub(super) fn is_in(&self, text: &str) -> bool {
        let secret = |token: &RefCell<Option<String>>| {
            token.borrow().as_deref().is_some_and(|token| is_in(token.as_bytes(), text.as_bytes()))
        };
        secret(&self.token) || secret(&self.stale)
    }
}

impl Shell {
    /// The token to send, if one is sent at all.
    pub(super) async fn token(&self) -> Result<Option<String>, Failure<Js>> {
        let session = &self.session;
        let Source::Function(function) = &session.source else {
            return Ok(session.token.borrow().clone());
        };
        if let Some(token) = session.token.borrow().clone() {
            return Ok(Some(token));
        }
        let pending = session.renewal.borrow().clone();
        let renewal = match pending {
            Some(renewal) => renewal,
            None => {
                let renewal = self.ask(function)?;
                *session.renewal.borrow_mut() = Some(renewal.clone());
                renewal
            }
        };
        let answer = JsFuture::from(renewal.clone()).await;
        // Whoever wakes first takes it in; the others find it there.
        let mut current = session.renewal.borrow_mut();
        if current.as_ref().is_some_and(|current| js_sys::Object::is(current, &renewal)) {
            *current = None;
            if let Ok(token) = &answer {
                *session.token.borrow_mut() = readable(token);
            }
        }
        match answer {
            Ok(token) => match readable(&token) {
                Some(token) => Ok(Some(token)),
                None => {
                    Err(no_token("`auth` gave no string of visible ASCII characters".into(), None))
                }
            },
            Err(reason) => Err(self.refused_by_user(reason)),
        }
    }

    fn ask(&self, function: &Function) -> Result<Promise, Failure<Js>> {
        let stale =
            self.session.stale.borrow().as_deref().map_or(JsValue::UNDEFINED, JsValue::from);
        if self.session.renewed.replace(true) {
            self.events.renewal();
        }
        match function.call1(&JsValue::UNDEFINED, &stale) {
            Ok(token) => Ok(Promise::resolve(&token)),
            Err(reason) => Err(self.refused_by_user(reason)),
        }
    }

    fn refused_by_user(&self, reason: JsValue) -> Failure<Js> {
        let words = words_of(&reason);
        if self.session.is_in(&words) {
            return no_token("`auth` threw".into(), None);
        }
        no_token(format!("`auth` threw: {words}"), Some(Js(reason)))
    }
}

fn no_token(detail: String, cause: Option<Js>) -> Failure<Js> {
    Failure { kind: FailureKind::NoToken, status: None, cause, detail }
}

/// A token that a header can carry.
pub(super) fn readable(token: &JsValue) -> Option<String> {
    let token = token.as_string()?;
    (!token.is_empty() && token.bytes().all(|byte| (0x21..0x7f).contains(&byte))).then_some(token)
}

/// In place of `str::contains`, which brings a search made for long texts into the module.
fn is_in(token: &[u8], text: &[u8]) -> bool {
    !token.is_empty() && text.windows(token.len()).any(|window| window == token)
}
