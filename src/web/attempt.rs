//! One attempt of one call: the token, the request, the answer.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use gloo_net::http::Response;
use js_sys::{Array, Function, JSON, Object};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::Shell;
use super::clock::read_clocks;
use super::failure::words_of;
use super::value::{Js, repeats, to_js};
use crate::engine::contract::SendId;
use crate::engine::outcome::{Answer, Failure, FailureKind, Outcome, Payload};
use crate::engine::retry::heeds_retry_after;
use crate::protocol::call::{Body, Call};
use crate::util::clock::{Ms, Now};

#[wasm_bindgen(raw_module = "./transport.js")]
extern "C" {
    type Transport;

    #[wasm_bindgen(constructor, catch)]
    fn new(
        fetch: Option<&Function>,
        url: &str,
        method: &str,
        headers: &Object,
        kind: Option<&str>,
        body: &JsValue,
        limit: f64,
        done: &JsValue,
        key: u32,
        clues: &Array,
        mask: &JsValue,
        brings_token: bool,
    ) -> Result<Transport, JsValue>;

    #[wasm_bindgen(method)]
    fn abort(this: &Transport);

    #[wasm_bindgen(method, getter)]
    fn response(this: &Transport) -> Option<web_sys::Response>;
}

/// How the transport says that an attempt ended: the numbers of js/transport.js, those that
/// the answer does not tell by itself.
mod ending {
    pub(crate) const JSON_BODY: u32 = 0;
    pub(crate) const OTHER_BODY: u32 = 1;
    pub(crate) const NO_ANSWER: u32 = 2;
    pub(crate) const CUT: u32 = 4;
}

/// What the transport calls at the end of an attempt.
pub(crate) type Done = Closure<dyn Fn(u32, u32, JsValue, Option<web_sys::Response>)>;

/// Masks the secrets in a text.
pub(crate) type Masks = Closure<dyn Fn(String) -> String>;

/// A driver, as an attempt sees it.
pub(crate) trait Sender {
    /// Why the driver sends nothing more, if it has ended.
    fn ended(&self) -> Option<JsValue>;
    /// Takes the outcome of an attempt.
    fn take(self: Rc<Self>, id: SendId, outcome: Outcome<Js>, now: Now);
}

/// An attempt under way.
pub(crate) struct Attempt {
    pub(crate) id: SendId,
    /// Names it among all attempts of the client.
    key: u32,
    sender: Weak<dyn Sender>,
    call: Rc<Call>,
    number: u32,
    begun: Ms,
    /// The limit of what it is at: first the token, then the request and its answer.
    pub(crate) deadline: Cell<Ms>,
    token: RefCell<Option<String>>,
    /// There is one once the request is on its way.
    transport: RefCell<Option<Transport>>,
    over: Cell<bool>,
}

impl Attempt {
    /// Begins. It ends with [`Sender::take`], never before this returns.
    pub(crate) fn begin(
        shell: &Rc<Shell>,
        sender: Weak<dyn Sender>,
        id: SendId,
        call: Rc<Call>,
        number: u32,
        now: Now,
    ) -> Rc<Self> {
        let begun = now.monotonic;
        let attempt = Rc::new(Self {
            id,
            key: shell.attempts.next_key(),
            sender,
            call,
            number,
            begun,
            deadline: Cell::new(begun.saturating_add(shell.request_timeout_ms)),
            token: RefCell::default(),
            transport: RefCell::default(),
            over: Cell::default(),
        });
        shell.throttle.borrow_mut().sent(now);
        shell.events.request(&attempt.call, number);
        if !attempt.call.authorized {
            attempt.send(shell, begun);
        } else if let Some(token) = shell.session.token() {
            *attempt.token.borrow_mut() = token;
            attempt.send(shell, begun);
        } else {
            let (attempt, shell) = (attempt.clone(), shell.clone());
            spawn_local(async move {
                match shell.renewed().await {
                    // Given up meanwhile: nobody listens to what becomes of it, and it must not be sent.
                    _ if attempt.over.get() => {}
                    Ok(token) => {
                        *attempt.token.borrow_mut() = Some(token);
                        attempt.send(&shell, read_clocks().monotonic);
                    }
                    Err(error) => attempt.end(&shell, Outcome::Unsent(error), read_clocks()),
                }
            });
        }
        attempt
    }

    /// Gives it up.
    pub(crate) fn cancel(&self, shell: &Shell, now: Now) {
        self.conclude(shell, &failed(FailureKind::Network, None), now);
        abort(self.transport.take());
    }

    /// Ends it, because its time is over.
    pub(crate) fn expire(&self, shell: &Shell, now: Now) -> Outcome<Js> {
        let transport = self.transport.take();
        let outcome = match &transport {
            None => Outcome::Unsent(shell.session.late()),
            Some(transport) => {
                let status = transport.response().map(|response| response.status());
                failed(FailureKind::Timeout, status)
            }
        };
        self.conclude(shell, &outcome, now);
        abort(transport);
        outcome
    }

    /// Tells the client and the user how it ended.
    fn conclude(&self, shell: &Shell, outcome: &Outcome<Js>, now: Now) {
        self.over.set(true);
        shell.attempts.remove(self.key);
        shell.throttle.borrow_mut().note(outcome, self.begun, now);
        let duration = now.monotonic.saturating_sub(self.begun);
        shell.events.response(&self.call, self.number, outcome, duration);
    }

    fn end(&self, shell: &Rc<Shell>, outcome: Outcome<Js>, now: Now) {
        // Given up meanwhile, it has been counted out.
        let Some(sender) = self.sender.upgrade().filter(|_| !self.over.get()) else { return };
        self.conclude(shell, &outcome, now);
        sender.take(self.id, outcome, now);
        Shell::admit_next(shell, now);
    }

    fn send(self: &Rc<Self>, shell: &Rc<Shell>, now: Ms) {
        // Ended while the token was awaited, or by the user's `onEvent`: the sender has been woken, and cancels this attempt.
        if self.sender.upgrade().is_none_or(|sender| sender.ended().is_some()) {
            return;
        }
        self.deadline.set(now.saturating_add(shell.request_timeout_ms));
        let body = self.call.body.as_ref().map(encode);
        let headers = shell.session.headers(self.token.borrow().as_deref());
        // This calls the user's `fetch`.
        let transport = Transport::new(
            shell.fetch.as_ref(),
            &self.call.url(&shell.policy.base, &shell.policy.api_version),
            self.call.method.as_str(),
            &headers,
            body.as_ref().map(|(kind, _)| *kind),
            body.as_ref().map_or(&JsValue::UNDEFINED, |(_, body)| body),
            shell.max_body_bytes as f64,
            Shell::done(shell).as_ref(),
            self.key,
            &shell.session.clues(),
            Shell::masks(shell).as_ref(),
            !self.call.authorized,
        );
        match transport {
            Ok(transport) => {
                *self.transport.borrow_mut() = Some(transport);
                shell.attempts.add(self.key, self.clone());
            }
            Err(reason) => {
                let (attempt, shell) = (self.clone(), shell.clone());
                spawn_local(async move {
                    let failure = shell.thrown(FailureKind::Network, None, reason);
                    attempt.end(&shell, Outcome::Failure(failure), read_clocks());
                });
            }
        }
    }

    /// What the transport says, as the core takes it.
    fn outcome(
        &self,
        shell: &Rc<Shell>,
        how: u32,
        value: JsValue,
        response: Option<web_sys::Response>,
    ) -> Outcome<Js> {
        let Some(response) = response else {
            return match how {
                ending::NO_ANSWER => {
                    Outcome::Failure(shell.thrown(FailureKind::Network, None, value))
                }
                _ => failed(FailureKind::NoResponse, None),
            };
        };
        let response = Response::from(response);
        let status = response.status();
        shell.answered.set(true);
        if status == 401
            && let Some(token) = &*self.token.borrow()
        {
            shell.session.refuse(token);
        }
        let payload = match how {
            ending::JSON_BODY => Payload::Json(Js(value)),
            ending::OTHER_BODY => shell.other(&value.as_string().unwrap_or_default()),
            ending::CUT => {
                return Outcome::Failure(shell.thrown(FailureKind::Cut, Some(status), value));
            }
            _ => return failed(FailureKind::TooLarge, Some(status)),
        };
        // To read it costs a string.
        let retry_after = match heeds_retry_after(status) {
            true => response.headers().get("retry-after"),
            false => None,
        };
        Outcome::Answer(Answer { status, payload, retry_after })
    }
}

impl Shell {
    /// The one function that all transports of this client call.
    fn done(shell: &Rc<Self>) -> &Done {
        shell.done.get_or_init(|| {
            let shell = Rc::downgrade(shell);
            Closure::new(move |key, how, value, response| {
                if let Some(shell) = shell.upgrade()
                    && let Some(attempt) = shell.attempts.get(key)
                {
                    let outcome = attempt.outcome(&shell, how, value, response);
                    attempt.end(&shell, outcome, read_clocks());
                }
            })
        })
    }

    /// The one function that masks the secrets of this client in a text.
    fn masks(shell: &Rc<Self>) -> &Masks {
        shell.masks.get_or_init(|| {
            let shell = Rc::downgrade(shell);
            Closure::new(move |text: String| {
                let masked = shell.upgrade().and_then(|shell| shell.session.mask(&text));
                masked.unwrap_or(text)
            })
        })
    }

    /// What a thrown value says, masked; and the value itself, unless it repeats a secret somewhere.
    pub(crate) fn told_by(self: &Rc<Self>, reason: JsValue) -> (String, Option<Js>) {
        let words = words_of(&reason);
        let words = self.session.mask(&words).unwrap_or(words);
        let is_clean = !repeats(&reason, Self::masks(self).as_ref());
        (words, is_clean.then_some(Js(reason)))
    }

    /// A failure with what was thrown.
    fn thrown(
        self: &Rc<Self>,
        kind: FailureKind,
        status: Option<u16>,
        reason: JsValue,
    ) -> Failure<Js> {
        let (mut detail, cause) = self.told_by(reason);
        if self.cross_origin && !self.answered.get() {
            // A browser tells a page no more than that there was no answer.
            detail.push_str(
                "; it is on another origin, and the service does not allow calls from pages of others (CORS): \
                 go through the page's own origin, by a proxy or an edge worker",
            );
        }
        Failure { kind, status, cause, detail }
    }

    /// A body that is not JSON.
    fn other(&self, text: &str) -> Payload<Js> {
        let text = text.trim_ascii();
        if text.is_empty() {
            Payload::Empty
        } else {
            // More than is shown: a secret may begin in what is shown and end behind it.
            let beginning: String = text.chars().take(MASKED).collect();
            let masked = self.session.mask(&beginning);
            Payload::Other(excerpt(masked.as_deref().unwrap_or(text)))
        }
    }
}

/// So many attempts are open at the most: a browser lets six to a host go at a time, and lets the time limits of the
/// others run.
const MANY: u32 = 64;

/// The attempts on their way, for the transport to name.
#[derive(Default)]
pub(crate) struct Attempts {
    last: Cell<u32>,
    /// So many have begun, and not ended.
    open: Cell<u32>,
    sent: RefCell<Vec<(u32, Rc<Attempt>)>>,
}

impl Attempts {
    fn next_key(&self) -> u32 {
        self.open.set(self.open.get() + 1);
        self.last.set(self.last.get().wrapping_add(1));
        self.last.get()
    }

    fn add(&self, key: u32, attempt: Rc<Attempt>) {
        self.sent.borrow_mut().push((key, attempt));
    }

    fn get(&self, key: u32) -> Option<Rc<Attempt>> {
        let sent = self.sent.borrow();
        let (_, attempt) = sent.iter().find(|(other, _)| *other == key)?;
        Some(attempt.clone())
    }

    fn remove(&self, key: u32) {
        self.open.set(self.open.get() - 1);
        self.sent.borrow_mut().retain(|(other, _)| *other != key);
    }

    /// Whether there is no room for another.
    pub(crate) fn are_many(&self) -> bool {
        self.open.get() >= MANY
    }
}

/// It runs the listeners of the user's `fetch`.
fn abort(transport: Option<Transport>) {
    if let Some(transport) = transport {
        transport.abort();
    }
}

fn failed(kind: FailureKind, status: Option<u16>) -> Outcome<Js> {
    Outcome::Failure(Failure { kind, status, cause: None, detail: String::new() })
}

fn encode(body: &Body) -> (&'static str, JsValue) {
    let json = |value: JsValue| JSON::stringify(&value).map_or(JsValue::UNDEFINED, JsValue::from);
    match body {
        Body::Specification(specification) => ("application/json", json(to_js(specification))),
        Body::Login(login) => ("application/json", json(to_js(login))),
        Body::Form(form) => ("application/x-www-form-urlencoded", form.into()),
    }
}

/// How much of a body that is not JSON is shown.
const EXCERPT: usize = 120;

/// How much of it is masked before: no secret is so long.
const MASKED: usize = 16_384;

/// The beginning of a text, on one line.
fn excerpt(text: &str) -> String {
    let visible = |character: char| if character.is_control() { ' ' } else { character };
    let mut short: String = text.chars().take(EXCERPT).map(visible).collect();
    if text.len() > short.len() {
        short.push('…');
    }
    short
}
