//! The access token: one renewal at a time, however many calls wait for it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Array, Function, Object, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::Shell;
use super::driver::task::Task;
use super::value::{Js, answer_of, set};
use super::wait::{Deferred, Limits};
use crate::engine::single::{Single, body_of};
use crate::error::{Code, Error};
use crate::protocol::call::{Call, Id};
use crate::protocol::model::Login;
use crate::protocol::secrets::Secrets;
use crate::util::text::concat;
use crate::util::value::Value;

/// Where tokens come from.
pub(crate) enum Source {
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
pub(crate) struct Session {
    source: Source,
    token: RefCell<Option<String>>,
    /// The token that was refused.
    stale: RefCell<Option<String>>,
    renewal: RefCell<Option<Rc<Renewal>>>,
    /// Counts the renewals; and which one `token` is of.
    renewals: Cell<u32>,
    newest: Cell<u32>,
    /// What must not be shown, even if the service repeats it.
    secrets: RefCell<Secrets>,
    /// The clues of the secrets, as the transport looks for them in a body.
    clues: RefCell<Array>,
    /// The headers of the last request, and their token: the next one has the same, in general.
    headers: RefCell<Option<(Option<String>, Object)>>,
}

/// A renewal under way, and its end.
struct Renewal {
    end: End,
    ended: Promise,
}

/// A token, or why there is none - once that is known.
type End = Rc<RefCell<Option<Result<String, Error<Js>>>>>;

impl Session {
    pub(crate) fn new(source: Source) -> Self {
        let token = match &source {
            Source::Fixed(token) => Some(token.clone()),
            _ => None,
        };
        let mut secrets = Secrets::default();
        if let Source::Fixed(secret) | Source::Login { refresh_token: secret, .. } = &source {
            secrets.keep(secret);
        }
        Self {
            source,
            token: RefCell::new(token),
            clues: RefCell::new(clues_of(&secrets)),
            secrets: RefCell::new(secrets),
            stale: RefCell::default(),
            renewal: RefCell::default(),
            renewals: Cell::default(),
            newest: Cell::default(),
            headers: RefCell::default(),
        }
    }

    /// The token to send, or that none is sent; `None`: it is to be asked for.
    pub(crate) fn token(&self) -> Option<Option<String>> {
        let token = self.token.borrow().clone();
        (token.is_some() || !self.is_renewable()).then_some(token)
    }

    /// The headers of a request with this token.
    pub(crate) fn headers(&self, token: Option<&str>) -> Object {
        if let Some((with, headers)) = &*self.headers.borrow()
            && with.as_deref() == token
        {
            return headers.clone();
        }
        let headers = Object::new();
        set(&headers, "accept", "application/json");
        if let Some(token) = token {
            set(&headers, "authorization", "Bearer ".to_owned() + token);
        }
        *self.headers.borrow_mut() = Some((token.map(str::to_owned), headers.clone()));
        headers
    }

    /// There was no token in time: the next call asks anew.
    pub(crate) fn late(&self) -> Error<Js> {
        self.renewal.take();
        let message = "`auth` took longer than `requestTimeoutMs` to give a token";
        Error::new(Code::Timeout, message).again()
    }

    /// Whether another token can be had.
    pub(crate) fn is_renewable(&self) -> bool {
        matches!(self.source, Source::Function(_) | Source::Login { .. })
    }

    /// Whether it is a function of the user's that gives another.
    pub(crate) fn asks_the_user(&self) -> bool {
        matches!(self.source, Source::Function(_))
    }

    /// The service refused this token: it is not to be used again, unless another has come meanwhile.
    pub(crate) fn refuse(&self, token: &str) {
        let mut current = self.token.borrow_mut();
        if self.is_renewable() && current.as_deref() == Some(token) {
            *self.stale.borrow_mut() = current.take();
        }
    }

    /// What those who waited for this renewal get. One that was given up may end after a later one, whose token counts.
    fn accept(&self, renewal: u32, end: Result<String, Error<Js>>) -> Result<String, Error<Js>> {
        if renewal < self.newest.get() {
            return self.token.borrow().clone().map_or(end, Ok);
        }
        if let Ok(token) = &end {
            self.newest.set(renewal);
            *self.token.borrow_mut() = Some(token.clone());
        }
        end
    }

    /// Whether the token is a text that the user gave.
    pub(crate) fn is_fixed(&self) -> bool {
        matches!(self.source, Source::Fixed(_))
    }

    /// Learns a token, which must not be shown from now on, even if the service repeats it.
    pub(crate) fn learn(&self, token: &str) {
        let mut secrets = self.secrets.borrow_mut();
        secrets.learn(token);
        *self.clues.borrow_mut() = clues_of(&secrets);
    }

    /// The text with its secrets masked, if it holds any.
    pub(crate) fn mask(&self, text: &str) -> Option<String> {
        self.secrets.borrow().mask(text)
    }

    /// What the transport looks for in a body before it has its texts masked.
    pub(crate) fn clues(&self) -> Array {
        self.clues.borrow().clone()
    }
}

fn clues_of(secrets: &Secrets) -> Array {
    secrets.clues().into_iter().map(JsValue::from).collect()
}

impl Shell {
    /// A token that was not at hand.
    pub(crate) async fn renewed(self: &Rc<Self>) -> Result<String, Error<Js>> {
        let under_way = self.session.renewal.borrow().clone();
        let renewal = under_way.unwrap_or_else(|| self.renew());
        // It resolves always.
        let _ = JsFuture::from(renewal.ended.clone()).await;
        let end = renewal.end.borrow().clone();
        end.unwrap_or_else(|| Err(no_other_token()))
    }

    /// Begins a renewal, which goes on whoever waits for it.
    fn renew(self: &Rc<Self>) -> Rc<Renewal> {
        let number = self.session.renewals.get() + 1;
        self.session.renewals.set(number);
        if number > 1 {
            self.events.renewal();
        }
        let end = End::default();
        let (shell, ending) = (self.clone(), end.clone());
        let ended = Deferred::new();
        let renewal = Rc::new(Renewal { end, ended: ended.promise() });
        *self.session.renewal.borrow_mut() = Some(renewal.clone());
        spawn_local(async move {
            let end = shell.obtain().await;
            if let Ok(token) = &end {
                shell.session.learn(token);
            }
            let end = shell.session.accept(number, end);
            shell.session.renewal.borrow_mut().take_if(|current| Rc::ptr_eq(&current.end, &ending));
            *ending.borrow_mut() = Some(end);
            ended.resolve(&JsValue::UNDEFINED);
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
            Source::None | Source::Fixed(_) => Err(no_other_token()),
        }
    }

    async fn ask(self: &Rc<Self>, function: &Function) -> Result<String, Error<Js>> {
        let stale =
            self.session.stale.borrow().as_deref().map_or(JsValue::UNDEFINED, JsValue::from);
        match answer_of(function, &stale).await {
            Ok(token) => readable(&token).ok_or_else(|| {
                Error::new(Code::Unauthorized, "`auth` gave no string of visible ASCII characters")
            }),
            Err(reason) => {
                let (words, cause) = self.told_by(reason);
                let words = concat(&["`auth` threw: ", &words]);
                let mut error = Error::new(Code::Unauthorized, words);
                error.cause = cause;
                Err(error)
            }
        }
    }

    async fn log_in(self: &Rc<Self>, call: Call) -> Result<String, Error<Js>> {
        let task = Task::new(self.clone(), Single::new(call, body_of::<Login, Js>, &self.policy));
        let machine = task.machine.clone();
        // All others wait for it.
        task.driver.goes_first.set(true);
        // The wait has no limits: nothing else ends it.
        let over = move || machine.borrow().result().map(|_| Ok(JsValue::UNDEFINED));
        let _ = JsFuture::from(task.driver.wait(Limits::default(), Box::new(over))).await;
        let result = task.machine.borrow().result().cloned();
        let result = result.unwrap_or_else(|| Err(no_other_token()));
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

pub(crate) fn no_other_token() -> Error<Js> {
    Error::new(Code::Unauthorized, "There is no other token")
}

/// A token that a header can carry.
pub(crate) fn readable(token: &JsValue) -> Option<String> {
    let token = token.as_string()?;
    (!token.is_empty() && token.bytes().all(|byte| (0x21..0x7f).contains(&byte))).then_some(token)
}
