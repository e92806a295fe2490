//! One attempt of a call.

use std::pin::pin;
use std::time::Duration;

use futures_util::future::{Either, select};
use serde_json::Value;
use vra_snapshots::{Answer, Body, Call, Failure, FailureKind, Outcome, Payload, Policy};
use worker::{
    AbortController, Delay, Fetch, Headers, Method, Request, RequestInit, RequestRedirect,
    Response, Result,
};

const TIMEOUT: Duration = Duration::from_secs(30);

/// The service, and the token that it takes.
pub struct Service {
    pub policy: Policy,
    pub token: String,
}

impl Service {
    /// Sends a call once.
    pub async fn send(&self, call: &Call) -> Outcome<Value> {
        let request = match self.request(call) {
            Ok(request) => Fetch::Request(request),
            Err(error) => return failure(FailureKind::Network, error.to_string()),
        };
        let controller = AbortController::default();
        let signal = controller.signal();
        let attempt = pin!(async {
            match request.send_with_signal(&signal).await {
                Ok(response) => read(response).await,
                Err(error) => failure(FailureKind::Network, error.to_string()),
            }
        });
        match select(attempt, Delay::from(TIMEOUT)).await {
            Either::Left((outcome, _)) => outcome,
            Either::Right(((), _)) => {
                controller.abort();
                failure(FailureKind::Timeout, String::new())
            }
        }
    }

    fn request(&self, call: &Call) -> Result<Request> {
        let headers = Headers::new();
        headers.set("accept", "application/json")?;
        if call.authorized {
            headers.set("authorization", &format!("Bearer {}", self.token))?;
        }
        let body = match &call.body {
            Some(Body::Specification(specification)) => Some(serde_json::to_string(specification)?),
            // There is a token already: nothing is traded for one.
            Some(Body::Login(_) | Body::Form(_)) | None => None,
        };
        if body.is_some() {
            headers.set("content-type", "application/json")?;
        }
        let init = RequestInit {
            method: Method::from(call.method.as_str().to_owned()),
            headers,
            body: body.map(Into::into),
            // A redirect is never followed with a token.
            redirect: RequestRedirect::Manual,
            ..RequestInit::new()
        };
        let url = call.url(&self.policy.base, &self.policy.api_version);
        Request::new_with_init(&url, &init)
    }
}

async fn read(mut response: Response) -> Outcome<Value> {
    let status = response.status_code();
    let retry_after = response.headers().get("retry-after").ok().flatten();
    let Ok(text) = response.text().await else {
        return failure(FailureKind::Cut, String::new());
    };
    let payload = match serde_json::from_str(&text) {
        Ok(value) => Payload::Json(value),
        Err(_) if text.is_empty() => Payload::Empty,
        Err(_) => Payload::Other(text.chars().take(200).collect()),
    };
    Outcome::Answer(Answer { status, payload, retry_after })
}

fn failure(kind: FailureKind, detail: String) -> Outcome<Value> {
    Outcome::Failure(Failure { kind, status: None, cause: None, detail })
}
