//! `SnapshotSpecification`: the body that asks for a snapshot.

use serde_json::{Map, Value};

use crate::http::error::ServiceError;
use crate::http::message::Request;

/// What is asked for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Specification {
    pub(crate) name: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) memory: bool,
    pub(crate) owner: Option<String>,
    pub(crate) owner_type: Option<String>,
    pub(crate) org_id: Option<String>,
}

impl Specification {
    /// Reads the body. What the API's description does not know is left unread, as the service does it;
    /// `strict` asks for the fields that the description requires.
    pub(crate) fn read(request: &Request, strict: bool) -> Result<Self, ServiceError> {
        let body = json_object(request)?;
        let body = Body(&body);
        if strict {
            body.require("id")?;
            body.require("_links")?;
        }
        for name in ["id", "organizationId", "createdAt", "updatedAt"] {
            body.text(name)?;
        }
        body.map("customProperties", "a string", Value::is_string)?;
        body.map("_links", "a link", |link| link.is_object() || link.is_boolean())?;

        let owner_type = body.text("ownerType")?;
        if owner_type.as_deref().is_some_and(|kind| !matches!(kind, "user" | "ad_group")) {
            return Err(ServiceError::bad_request("ownerType must be 'user' or 'ad_group'"));
        }
        Ok(Self {
            name: body.text("name")?,
            description: body.text("description")?,
            memory: body.flag("snapshotMemory")?,
            owner: body.text("owner")?,
            owner_type,
            org_id: body.text("orgId")?,
        })
    }
}

/// The JSON object that a request carries.
pub(crate) fn json_object(request: &Request) -> Result<Map<String, Value>, ServiceError> {
    if request.body.is_empty() {
        return Err(ServiceError::bad_request("Required request body is missing"));
    }
    if !request.is_of_type("application/json") {
        return Err(ServiceError::bad_request("The body's content type must be application/json"));
    }
    match serde_json::from_slice(&request.body) {
        Ok(Value::Object(body)) => Ok(body),
        Ok(other) => Err(wrong("The body", "an object", &other)),
        Err(error) => Err(ServiceError::bad_request(format!("The body is not JSON: {error}"))),
    }
}

/// Fields by name, their types checked. `null` counts as left out.
struct Body<'a>(&'a Map<String, Value>);

impl Body<'_> {
    fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    fn require(&self, name: &str) -> Result<(), ServiceError> {
        let missing = || ServiceError::bad_request(format!("{name} is required"));
        self.get(name).map(drop).ok_or_else(missing)
    }

    fn text(&self, name: &str) -> Result<Option<String>, ServiceError> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(other) => Err(wrong(name, "a string", other)),
        }
    }

    fn flag(&self, name: &str) -> Result<bool, ServiceError> {
        match self.get(name) {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(other) => Err(wrong(name, "a boolean", other)),
        }
    }

    fn map(
        &self,
        name: &str,
        of: &str,
        is_right: impl Fn(&Value) -> bool,
    ) -> Result<(), ServiceError> {
        match self.get(name) {
            None => Ok(()),
            Some(Value::Object(map)) => match map.iter().find(|(_, value)| !is_right(value)) {
                None => Ok(()),
                Some((key, value)) => Err(wrong(&format!("{name}.{key}"), of, value)),
            },
            Some(other) => Err(wrong(name, "a map", other)),
        }
    }
}

fn wrong(what: &str, wanted: &str, found: &Value) -> ServiceError {
    let found = match found {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    };
    ServiceError::bad_request(format!("{what} must be {wanted}, not {found}"))
}
