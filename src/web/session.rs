//! The access token: one renewal at a time, however many calls wait for it.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;

use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::Shell;
use super::clock::{Sleep, now};
use super::failure::words_of;
use super::notify::{Bell, Either, first};
use super::task::{Task, spawn};
use super::value::Js;
use super::wait::{Limits, Wait};
use crate::model::Login;
use crate::{Call, Code, Error, Id, Single, Value, body_of};

/// Where tokens come from.
pub(super) enum Source {
    /// Nobody: a proxy adds them.
    None,
    /// The user, once.
    Fixed(String),
    /// The user's function.
    Function(Function),
    /// The service, for a refresh token: at VCF Automation 9's endpoint with an organization.
    Login { refresh_token: String, organization: Option<Id> },
}

/// The token in use, and how to get another.
pub(super) struct Session {
    source: Source,
    token: RefCell<Option<String>>,
    /// The token that was refused.
    stale: RefCell<Option<String>>,
    renewal: RefCell<Option<Rc<Renewal>>>,
    renewed: Cell<bool>,
}

/// A renewal under way, and its end.
#[derive(Default)]
struct Renewal {
    end: RefCell<Option<Result<String, Error<Js>>>>,
    ended: Bell,
}

impl Session {
    pub(super) fn new(source: Source) -> Self {
        let token = match &source {
            Source::Fixed(token) => Some(token.clone()),
            _ => None,
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
        matches!(self.source, Source::Function(_) | Source::Login { .. })
    }

    /// The service refused this token: it is not to be used again, unless another has come meanwhile.
    pub(super) fn refuse(&self, token: &str) {
        let mut current = self.token.borrow_mut();
        if self.is_renewable() && current.as_deref() == Some(token) {
            *self.stale.borrow_mut() = current.take();
        }
    }

    /// Whether a text repeats a secret, and must not be shown.
    pub(super) fn is_in(&self, text: &str) -> bool {
        let shows = |secret: Option<&str>| {
            secret.is_some_and(|secret| is_in(secret.as_bytes(), text.as_bytes()))
        };
        let refresh_token = match &self.source {
            Source::Login { refresh_token, .. } => Some(refresh_token.as_str()),
            _ => None,
        };
        shows(self.token.borrow().as_deref())
            || shows(self.stale.borrow().as_deref())
            || shows(refresh_token)
    }
}

impl Shell {
    /// The token to send, if one is sent at all; or why none can be had.
    pub(super) async fn token(self: &Rc<Self>) -> Result<Option<String>, Error<Js>> {
        let token = self.session.token.borrow().clone();
        if token.is_some() || !self.session.is_renewable() {
            return Ok(token);
        }
        let under_way = self.session.renewal.borrow().clone();
        let renewal = under_way.unwrap_or_else(|| self.renew());
        let ended = poll_fn(|cx| match renewal.end.borrow().is_some() {
            true => std::task::Poll::Ready(()),
            false => renewal.ended.poll_since(renewal.ended.rings(), cx),
        });
        let limit = Sleep::until(now().monotonic.saturating_add(self.request_timeout_ms));
        if let Either::Second(()) = first(pin!(ended), pin!(limit)).await {
            // The next call asks anew.
            self.session.renewal.take();
            let error = Error::new(
                Code::Timeout,
                "`auth` took longer than `requestTimeoutMs` to give a token",
            );
            return Err(error.again());
        }
        let end = renewal.end.borrow().clone();
        end.map_or(Ok(None), |end| end.map(Some))
    }

    /// Begins a renewal, which goes on whoever waits for it.
    fn renew(self: &Rc<Self>) -> Rc<Renewal> {
        let renewal = Rc::new(Renewal::default());
        *self.session.renewal.borrow_mut() = Some(renewal.clone());
        if self.session.renewed.replace(true) {
            self.events.renewal();
        }
        let (shell, ending) = (self.clone(), renewal.clone());
        spawn(async move {
            let end = shell.obtain().await;
            if let Ok(token) = &end {
                *shell.session.token.borrow_mut() = Some(token.clone());
            }
            shell.session.renewal.borrow_mut().take_if(|current| Rc::ptr_eq(current, &ending));
            *ending.end.borrow_mut() = Some(end);
            ending.ended.ring();
        });
        renewal
    }

    async fn obtain(self: &Rc<Self>) -> Result<String, Error<Js>> {
        match &self.session.source {
            Source::Function(function) => self.ask(function).await,
            Source::Login { refresh_token, organization } => {
                self.log_in(match organization {
                    Some(organization) => Call::tenant_login(organization, refresh_token),
                    None => Call::login(refresh_token.clone()),
                })
                .await
            }
            Source::None | Source::Fixed(_) => {
                Err(Error::new(Code::Unauthorized, "There is no other token"))
            }
        }
    }

    async fn ask(&self, function: &Function) -> Result<String, Error<Js>> {
        let stale =
            self.session.stale.borrow().as_deref().map_or(JsValue::UNDEFINED, JsValue::from);
        let answer = match function.call1(&JsValue::UNDEFINED, &stale) {
            Ok(answer) => JsFuture::from(Promise::resolve(&answer)).await,
            Err(reason) => Err(reason),
        };
        match answer {
            Ok(token) => readable(&token).ok_or_else(|| {
                Error::new(Code::Unauthorized, "`auth` gave no string of visible ASCII characters")
            }),
            Err(reason) => {
                let words = words_of(&reason);
                if self.session.is_in(&words) {
                    return Err(Error::new(Code::Unauthorized, "`auth` threw"));
                }
                let mut error = Error::new(Code::Unauthorized, format!("`auth` threw: {words}"));
                error.cause = Some(Js(reason));
                Err(error)
            }
        }
    }

    async fn log_in(self: &Rc<Self>, call: Call) -> Result<String, Error<Js>> {
        let task = Task::new(self.clone(), Single::new(call, body_of::<Login, Js>, &self.policy));
        let ended = match Wait::new(&task, Limits::default()) {
            Ok(mut wait) => wait.until(|single: &mut Single<Js>| single.result().cloned()).await,
            Err(reason) => Err(reason),
        };
        // Without limits nothing else ends the wait.
        let result =
            ended.unwrap_or_else(|_| Err(Error::new(Code::Unauthorized, "The login was given up")));
        let body = result.map_err(|mut error| {
            // Only these say that the refresh token is no good; all else keeps its own code.
            if matches!(error.status, Some(400 | 401 | 403)) {
                error.code = Code::Unauthorized;
                error.retryable = false;
            }
            error
        })?;
        let login = body.and_then(|body| body.decode::<Login>().ok());
        let token = login.and_then(|login| login.token.or(login.access_token));
        token.and_then(|token| readable(&token.into())).ok_or_else(|| {
            Error::new(Code::UnexpectedResponse, "The login gave no token that can be sent")
        })
    }
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
