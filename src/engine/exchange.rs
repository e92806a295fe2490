//! One call with its retries: what an answer or a failure means, and whether the call is sent again.

use std::rc::Rc;

use crate::engine::contract::{Action, SendId};
use crate::engine::outcome::{Answer, Failure, FailureKind, Outcome, Payload};
use crate::engine::policy::Policy;
use crate::engine::retry::{Retry, is_transient, retry_after};
use crate::error::{Code, Error};
use crate::protocol::call::Call;
use crate::protocol::service_error::ServiceError;
use crate::util::clock::{Ms, Now};
use crate::util::text::{concat, digits};
use crate::util::value::Value;

/// One call on its way to an answer.
#[derive(Debug, Clone)]
pub struct Exchange {
    call: Rc<Call>,
    retry: Retry,
    attempts: u32,
    /// Whether another token may be asked for, once, after a 401.
    may_renew: bool,
    /// The token is a text that the user gave, and no other can be had.
    token_is_fixed: bool,
    next: Next,
    /// The service itself has said when to come back.
    told_to_wait: bool,
}

/// What an exchange does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// It sends when the time has come.
    SendAt(Ms),
    /// It waits for the outcome of this attempt.
    Open(SendId),
}

/// A successful answer.
#[derive(Debug, Clone)]
pub struct Read<V> {
    /// 200 to 299.
    pub status: u16,
    /// What came.
    pub payload: Payload<V>,
    /// The call, as messages name it.
    pub(crate) call: String,
}

impl<V> Read<V> {
    /// The error of a success whose body is not what was promised.
    pub(crate) fn unexpected(&self) -> Error<V> {
        let what = match &self.payload {
            Payload::Empty => [", without a body", ""],
            Payload::Other(text) => [NOT_IN_JSON, text],
            Payload::Json(_) => [", without what must be in the body", ""],
        };
        let status = digits(self.status.into());
        let message = concat(&[&self.call, " was answered ", &status, &concat(&what)]);
        let mut error = Error::new(Code::UnexpectedResponse, message);
        error.status = Some(self.status);
        error
    }
}

/// The end of an exchange that brought no successful answer.
#[derive(Debug, Clone)]
pub struct Failed<V> {
    /// Why.
    pub error: Error<V>,
    /// What is known of the call's effect.
    pub certainty: Certainty,
}

/// What a failed call did at the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certainty {
    /// Nothing: it was never sent.
    Unsent,
    /// Nothing: it was refused before any work.
    Refused,
    /// Nothing, the service says, and asks to come back after this pause (503 with `Retry-After`). It may
    /// be wrong: what stands in front of it often answers so for a service that works on.
    Claimed(Ms),
    /// It may have been carried out.
    Unknown,
}

impl Exchange {
    /// A call to be sent as soon as it is polled.
    pub fn new(call: Call, policy: &Policy) -> Self {
        Self {
            call: Rc::new(call),
            retry: policy.retry,
            attempts: 0,
            may_renew: policy.renewable,
            token_is_fixed: policy.token_is_fixed,
            next: Next::SendAt(0),
            told_to_wait: false,
        }
    }

    /// The same, sent at this time.
    #[must_use]
    pub fn at(self, time: Ms) -> Self {
        Self { next: Next::SendAt(time), ..self }
    }

    /// The attempt to make now, or when to ask again, or `None` while one is open. `may_send` as in
    /// [`StateMachine::next_action`](crate::engine::contract::StateMachine::next_action).
    pub fn poll(&mut self, now: Now, may_send: bool, ids: &mut SendId) -> Option<Action> {
        match self.next {
            Next::SendAt(time) if time > now.monotonic => Some(Action::Wait { until: Some(time) }),
            Next::SendAt(_) if !may_send => Some(Action::Throttled { until: None }),
            Next::SendAt(_) => {
                *ids = ids.wrapping_add(1);
                self.attempts += 1;
                self.next = Next::Open(*ids);
                Some(Action::Send { id: *ids, call: self.call.clone(), attempt: self.attempts })
            }
            Next::Open(_) => None,
        }
    }

    /// What it does next.
    pub fn next(&self) -> Next {
        self.next
    }

    /// Whether an attempt is open.
    pub fn is_open(&self) -> bool {
        matches!(self.next, Next::Open(_))
    }

    /// Sends now rather than later - unless the service has asked for the pause.
    pub fn nudge(&mut self) {
        if let (Next::SendAt(time), false) = (&mut self.next, self.told_to_wait) {
            *time = 0;
        }
    }

    /// The open attempt was cancelled and gets no outcome; asked again, another is made.
    pub fn abandon(&mut self) {
        if self.is_open() {
            self.next = Next::SendAt(0);
        }
    }

    /// Takes the outcome of the open attempt: the end of the exchange, or `None` if it goes on.
    /// An outcome of any other attempt is none of ours.
    pub fn outcome<V: Value>(
        &mut self,
        id: SendId,
        outcome: Outcome<V>,
        now: Now,
        random: u32,
    ) -> Option<Result<Read<V>, Failed<V>>> {
        if self.next != Next::Open(id) {
            return None;
        }
        let asked = match &outcome {
            Outcome::Answer(answer) => {
                answer.retry_after.as_deref().and_then(|at| retry_after(at, now))
            }
            Outcome::Failure(_) | Outcome::Unsent(_) => None,
        };
        match judge(&self.call, outcome, asked) {
            Verdict::Success(read) => return Some(Ok(read)),
            Verdict::Renew(_) if self.may_renew => {
                self.may_renew = false;
                // The replay is part of the same attempt: a token runs out without anybody's fault.
                self.attempts -= 1;
                self.next = Next::SendAt(now.monotonic);
            }
            Verdict::Again(_) if self.attempts < self.retry.max_attempts => {
                self.told_to_wait = asked.is_some();
                let delay = asked.unwrap_or_else(|| self.retry.backoff(self.attempts, random));
                self.next = Next::SendAt(now.monotonic.saturating_add(delay));
            }
            Verdict::Renew(mut failed) => {
                if self.token_is_fixed {
                    failed.error.message.push_str(MAY_BE_A_REFRESH_TOKEN);
                }
                return Some(Err(failed));
            }
            Verdict::Again(failed) | Verdict::Over(failed) => return Some(Err(failed)),
        }
        None
    }
}

/// What an outcome means for a call.
enum Verdict<V> {
    Success(Read<V>),
    /// The token was refused, and nothing else is wrong.
    Renew(Failed<V>),
    /// It may be sent again.
    Again(Failed<V>),
    Over(Failed<V>),
}

fn judge<V: Value>(call: &Call, outcome: Outcome<V>, asked: Option<Ms>) -> Verdict<V> {
    match outcome {
        Outcome::Answer(Answer { status: status @ 200..=299, payload, .. }) => {
            Verdict::Success(Read { status, payload, call: call_name(call) })
        }
        Outcome::Answer(answer) => judge_answer(call, answer, asked),
        // The status of an error says enough, whatever became of its body.
        Outcome::Failure(Failure { status: Some(status @ (0 | 300..)), .. }) => {
            judge_answer(call, Answer { status, payload: Payload::Empty, retry_after: None }, None)
        }
        Outcome::Failure(failure) => judge_failure(call, failure),
        Outcome::Unsent(error) => {
            // A token that did not come in time is asked for anew; other failures have had their own retries.
            let again = error.code == Code::Timeout;
            let failed = Failed { error, certainty: Certainty::Unsent };
            if again { Verdict::Again(failed) } else { Verdict::Over(failed) }
        }
    }
}

fn judge_answer<V: Value>(call: &Call, answer: Answer<V>, asked: Option<Ms>) -> Verdict<V> {
    let status = answer.status;
    let body = answer.payload.json().ok();
    let service = body.map(|body| ServiceError::of(body, status)).unwrap_or_default();
    let writer = writer_of(&answer.payload, &service);
    let certainty = certainty_of(status, asked);
    let again = match (status, writer) {
        // A 429 is given before any work, and so is a gateway's 404: even a call with an effect may be sent again.
        (429, _) | (404, Writer::Gateway) => true,
        // The service documents pages as answers for what is missing, too: only what is free to repeat is repeated.
        (404, Writer::Page) => call.repeatable,
        _ => call.repeatable && (is_transient(status) || service.should_retry),
    };
    let mut error = Error::new(code_of(status, writer), describe(call, &answer, &service));
    error.status = (status != 0).then_some(status);
    error.retryable = again && (status, writer) != (404, Writer::Page);
    if let Payload::Json(body) = answer.payload
        && body.is_object()
    {
        error.service = Some(body);
    }
    let failed = Failed { error, certainty };
    match status {
        401 if call.authorized => Verdict::Renew(failed),
        _ if again => Verdict::Again(failed),
        _ => Verdict::Over(failed),
    }
}

/// Who wrote the body of an error, as far as its form tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Writer {
    /// The service; or nobody, for the service documents errors without a body.
    Service,
    /// A gateway in front of the service that finds no handler for the request.
    Gateway,
    /// A page or another text: a proxy, a wrong address, or the service's own server.
    Page,
}

fn writer_of<V>(payload: &Payload<V>, service: &ServiceError) -> Writer {
    match payload {
        Payload::Json(_) if service.is_of_gateway => Writer::Gateway,
        Payload::Json(_) | Payload::Empty => Writer::Service,
        Payload::Other(_) => Writer::Page,
    }
}

/// A client error is a refusal; 408 alone may come from something in front of a service that works on.
fn certainty_of(status: u16, asked: Option<Ms>) -> Certainty {
    match (status, asked) {
        (408, _) => Certainty::Unknown,
        (400..=499, _) => Certainty::Refused,
        (503, Some(pause)) => Certainty::Claimed(pause),
        _ => Certainty::Unknown,
    }
}

fn code_of(status: u16, writer: Writer) -> Code {
    match status {
        // It says nothing of what was asked for.
        404 if writer == Writer::Gateway => Code::ServiceError,
        401 => Code::Unauthorized,
        403 => Code::Forbidden,
        404 => Code::NotFound,
        409 => Code::Conflict,
        429 => Code::RateLimited,
        400..=599 => Code::ServiceError,
        _ => Code::UnexpectedResponse,
    }
}

fn judge_failure<V>(call: &Call, failure: Failure<V>) -> Verdict<V> {
    use FailureKind::*;
    let (code, words) = match failure.kind {
        Network => (Code::Network, "got no answer"),
        Cut => (Code::Network, "got an answer that broke off"),
        Timeout => (Code::Timeout, "took longer than `requestTimeoutMs`"),
        TooLarge => (Code::BodyTooLarge, "was answered by more than `maxBodyBytes`"),
        NoResponse => (Code::UnexpectedResponse, "got something from `fetch` that is no Response"),
    };
    let transient = matches!(failure.kind, Network | Cut | Timeout);
    let mut message = concat(&[&call_name(call), " ", words]);
    if !failure.detail.is_empty() {
        message.push_str(": ");
        message.push_str(&failure.detail);
    }
    let mut error = Error::new(code, message);
    error.status = failure.status;
    error.retryable = transient && call.repeatable;
    error.cause = failure.cause;
    let failed = Failed { error, certainty: Certainty::Unknown };
    if transient && call.repeatable { Verdict::Again(failed) } else { Verdict::Over(failed) }
}

const NOT_IN_JSON: &str = ", not in JSON: ";

const MAY_BE_A_REFRESH_TOKEN: &str = "; a token that is given as a text cannot be renewed, and if it is a refresh token \
    (API token) it must be given as `auth: { refreshToken }`";

fn describe<V>(call: &Call, answer: &Answer<V>, service: &ServiceError) -> String {
    let mut message = match answer.status {
        0 | 300..=399 => {
            return concat(&[
                &call_name(call),
                " was answered by a redirect, which is not followed with a token: check `baseUrl`",
            ]);
        }
        status => concat(&[&call_name(call), " was answered ", &digits(status.into())]),
    };
    if service.is_of_gateway && answer.status == 404 {
        message.push_str(" by a gateway in front of the service");
    }
    let mut say = |before: &str, text: Option<&String>| {
        if let Some(text) = text {
            message.push_str(before);
            message.push_str(text);
        }
    };
    say(": ", service.reason.as_ref());
    say(", message id ", service.message_id.as_ref());
    say(", server error id ", service.server_error_id.as_ref());
    if let Payload::Other(text) = &answer.payload {
        say(NOT_IN_JSON, Some(text));
        if answer.status == 404 {
            message.push_str("; check `baseUrl` if every call is answered so");
        }
    }
    message
}

/// A call as messages name it: without host and query.
pub(crate) fn call_name(call: &Call) -> String {
    concat(&[call.method.as_str(), " ", &call.path])
}
