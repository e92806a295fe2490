//! HTTP, as far as the simulated service sees it.

use serde::{Deserialize, Serialize};

/// A request, as the service receives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// In capitals: `GET`.
    pub method: String,
    /// The target in origin form: `/iaas/api/machines?$top=10`.
    pub path_and_query: String,
    /// Names in any case.
    pub headers: Vec<(String, String)>,
    /// Empty where there is none.
    pub body: Vec<u8>,
}

impl Request {
    /// A request without headers and body.
    pub fn new(method: impl Into<String>, path_and_query: impl Into<String>) -> Self {
        let (method, path_and_query) = (method.into(), path_and_query.into());
        Self { method, path_and_query, headers: Vec::new(), body: Vec::new() }
    }

    /// Adds a header.
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Adds the access token.
    pub fn with_bearer(self, token: &str) -> Self {
        self.with_header("authorization", format!("Bearer {token}"))
    }

    /// Sets a JSON body, and the header that says so.
    pub fn with_json(self, body: impl Into<Vec<u8>>) -> Self {
        let mut request = self.with_header("content-type", "application/json");
        request.body = body.into();
        request
    }

    /// The path and the query, as they were sent.
    pub(crate) fn split_target(&self) -> (&str, &str) {
        self.path_and_query.split_once('?').unwrap_or((&self.path_and_query, ""))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        find_header(&self.headers, name)
    }

    /// Whether the body is declared to be of this media type, whatever its parameters.
    pub(crate) fn is_of_type(&self, media_type: &str) -> bool {
        let declared = self.header("content-type").and_then(|value| value.split(';').next());
        declared.is_some_and(|declared| declared.trim().eq_ignore_ascii_case(media_type))
    }
}

/// A response, as the service sends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// Empty where there is none.
    pub body: Vec<u8>,
    /// How the connection ends. Unless it ends well, the client does not get all of the above.
    pub connection: Connection,
    /// How much later than the request's time the answer comes, or the connection ends.
    pub delay_ms: u64,
}

/// How a connection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Connection {
    /// The whole response arrives.
    #[default]
    Keep,
    /// There is no connection. The response has status 0 and nothing else.
    Refused,
    /// It is cut before any of a response arrives. The response has status 0 and nothing else.
    Cut,
    /// It is cut after so many bytes of the body, which are fewer than it has.
    CutInBody(usize),
}

impl Response {
    /// The first header of this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        find_header(&self.headers, name)
    }

    pub(crate) fn empty(status: u16) -> Self {
        let (headers, body, connection) = (Vec::new(), Vec::new(), Connection::Keep);
        Self { status, headers, body, connection, delay_ms: 0 }
    }

    pub(crate) fn of_type(status: u16, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let mut response = Self::empty(status).with_header("content-type", media_type);
        response.body = body.into();
        response
    }

    pub(crate) fn json(status: u16, body: &impl Serialize) -> Self {
        match serde_json::to_vec(body) {
            Ok(body) => Self::of_type(status, "application/json", body),
            Err(_) => Self::empty(500),
        }
    }

    /// What is left of it when its connection ends like this.
    pub(crate) fn over(self, connection: Connection) -> Self {
        match connection {
            Connection::Keep => self,
            Connection::CutInBody(bytes) if !self.body.is_empty() => {
                Self { connection: Connection::CutInBody(bytes.min(self.body.len() - 1)), ..self }
            }
            // Without a body the end of the head is the end of all.
            Connection::CutInBody(_) => Self::empty(0).over(Connection::Cut),
            Connection::Refused | Connection::Cut => Self { connection, ..Self::empty(0) },
        }
    }

    pub(crate) fn with_header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }
}

fn find_header<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let found = headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.as_str())
}

/// The decoded query of a request.
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    /// Reads `a=b&c=d`; a form body has the same syntax.
    pub(crate) fn parse(text: &[u8]) -> Self {
        Self(form_urlencoded::parse(text).into_owned().collect())
    }

    pub(crate) fn ignore(&mut self, names: &[String]) {
        self.0.retain(|(name, _)| !names.contains(name));
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}
