//! One attempt of one call: the token, the request, the answer, within one time limit.

use std::cell::Cell;
use std::pin::pin;
use std::rc::Rc;

use gloo_net::http::{Headers, Response};
use js_sys::{Function, JSON, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, AbortSignal, RequestInit, RequestRedirect};

use super::Shell;
use super::body::{BodyFailure, read};
use super::clock::{Sleep, now};
use super::failure::words_of;
use super::notify::{Either, first};
use super::value::{Js, get, to_js};
use crate::{Answer, Body, Call, Code, Error, Failure, FailureKind, Outcome, Payload};

impl Shell {
    /// Sends the call once, and gives how it ended. The controller ends it early.
    pub(super) async fn attempt(
        self: Rc<Self>,
        call: Rc<Call>,
        controller: AbortController,
    ) -> Outcome<Js> {
        let token = match call.authorized {
            true => self.token().await,
            false => Ok(None),
        };
        let token = match token {
            Ok(token) => token,
            Err(error) => return Outcome::Unsent(error),
        };
        if controller.signal().aborted() {
            // Given up meanwhile: nobody listens to what becomes of it, and it must not be sent.
            return Outcome::Unsent(Error::new(Code::Network, "The call was given up"));
        }
        let status = Cell::new(None);
        let work = pin!(self.send(&call, token, controller.signal(), &status));
        let limit = pin!(Sleep::until(now().monotonic.saturating_add(self.request_timeout_ms)));
        match first(work, limit).await {
            Either::First(Ok(answer)) => Outcome::Answer(answer),
            Either::First(Err(failure)) => Outcome::Failure(failure),
            Either::Second(()) => {
                controller.abort();
                Outcome::Failure(failure(FailureKind::Timeout, status.get()))
            }
        }
    }

    async fn send(
        &self,
        call: &Call,
        token: Option<String>,
        signal: AbortSignal,
        head: &Cell<Option<u16>>,
    ) -> Result<Answer<Js>, Failure<Js>> {
        let init = RequestInit::new();
        init.set_method(call.method.as_str());
        // A redirect is never followed: it would carry the token elsewhere.
        init.set_redirect(RequestRedirect::Manual);
        init.set_signal(Some(&signal));
        let headers = Headers::new();
        headers.set("accept", "application/json");
        if let Some(token) = &token {
            headers.set("authorization", &format!("Bearer {token}"));
        }
        if let Some(body) = &call.body {
            let (kind, text) = encode(body);
            headers.set("content-type", kind);
            init.set_body(&text);
        }
        init.set_headers(&headers.into_raw());

        let url = call.url(&self.policy.base, &self.policy.api_version);
        let response = self.fetch(&url, &init).await?;
        let status = response.status();
        head.set(Some(status));
        self.answered.set(true);
        if status == 401
            && let Some(token) = &token
        {
            self.session.refuse(token);
        }
        let retry_after = response.headers().get("retry-after");
        let payload = match read(&response, self.max_body_bytes).await {
            Ok(Payload::Other(text)) if self.session.is_in(&text) => Payload::Other("…".into()),
            Ok(payload) => payload,
            Err(BodyFailure::TooLarge) => return Err(failure(FailureKind::TooLarge, status)),
            Err(BodyFailure::Cut(reason)) => {
                return Err(self.thrown(FailureKind::Cut, Some(status), reason));
            }
        };
        Ok(Answer { status, payload, retry_after })
    }

    /// Calls the user's `fetch`, or the global one as it is now - not `gloo_net`'s request: that binds
    /// the global one, and panics on a rejection that is no `Error`.
    async fn fetch(&self, url: &str, init: &RequestInit) -> Result<Response, Failure<Js>> {
        let fetch = match &self.fetch {
            Some(fetch) => fetch.clone(),
            None => match get(&js_sys::global(), "fetch").dyn_into::<Function>() {
                Ok(fetch) => fetch,
                Err(_) => {
                    let failure = failure(FailureKind::Network, None);
                    return Err(Failure {
                        detail: "there is no global `fetch`: give one".into(),
                        ..failure
                    });
                }
            },
        };
        let thrown = |reason| self.thrown(FailureKind::Network, None, reason);
        let promise = fetch.call2(&JsValue::UNDEFINED, &url.into(), init).map_err(thrown)?;
        let response = JsFuture::from(Promise::resolve(&promise)).await.map_err(thrown)?;
        if is_response(&response) {
            Ok(response.unchecked_into::<web_sys::Response>().into())
        } else {
            Err(failure(FailureKind::NoResponse, None))
        }
    }

    /// A failure with what was thrown - unless that repeats the token.
    fn thrown(&self, kind: FailureKind, status: Option<u16>, reason: JsValue) -> Failure<Js> {
        let mut detail = words_of(&reason);
        let cause = if self.session.is_in(&detail) {
            detail.clear();
            None
        } else {
            Some(Js(reason))
        };
        if self.cross_origin && !self.answered.get() {
            // A browser tells a page no more than that there was no answer.
            detail.push_str(
                "; it is on another origin, and the service does not allow calls from pages of others (CORS): \
                 go through the page's own origin, by a proxy or an edge worker",
            );
        }
        Failure { kind, status, cause, detail }
    }
}

fn failure(kind: FailureKind, status: impl Into<Option<u16>>) -> Failure<Js> {
    Failure { kind, status: status.into(), cause: None, detail: String::new() }
}

/// By its shape: a `Response` may come from another realm, where `instanceof` fails.
fn is_response(value: &JsValue) -> bool {
    let body = get(value, "body");
    value.is_object()
        && get(value, "status").as_f64().is_some()
        && get(&get(value, "headers"), "get").is_function()
        && (body.is_null() || get(&body, "getReader").is_function())
}

fn encode(body: &Body) -> (&'static str, JsValue) {
    let json = |value: JsValue| JSON::stringify(&value).map_or(JsValue::UNDEFINED, JsValue::from);
    match body {
        Body::Specification(specification) => ("application/json", json(to_js(specification))),
        Body::Login(login) => ("application/json", json(to_js(login))),
        Body::Form(form) => ("application/x-www-form-urlencoded", form.into()),
    }
}
