//! Every endpoint of the service that this library calls, as data.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::error::InvalidInput;
use crate::protocol::base_url::BaseUrl;
use crate::protocol::model::SnapshotSpecification;
use crate::util::text::{concat, digits, join, percent_encoded, split};
use crate::util::value::{FromValue, Unreadable, Value};

/// An identifier of the service that can stand in a path: not empty, and not a dot segment, which
/// every URL parser removes even when it is percent-encoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Id(String);

impl Id {
    /// Takes an identifier; `field` names it in the refusal.
    pub fn new(field: &str, text: &str) -> Result<Self, InvalidInput> {
        match text {
            "" => Err(InvalidInput(concat(&[field, " must not be empty"]))),
            "." | ".." => Err(InvalidInput(concat(&[
                field,
                " must be an identifier of the service, not \"",
                text,
                "\": no URL can carry it",
            ]))),
            _ => Ok(Self(text.into())),
        }
    }

    /// The identifier as the service gave it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromValue for Id {
    fn from_value<V: Value>(value: &V) -> Result<Self, Unreadable> {
        let text = value.text().ok_or(Unreadable)?;
        Self::new("", &text).map_err(|_| Unreadable)
    }
}

/// The methods in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Method {
    Get,
    Post,
    Delete,
}

impl Method {
    /// As it stands in a request.
    pub fn as_str(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Delete => "DELETE",
        }
    }
}

/// What a request carries.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// `SnapshotSpecification`, as JSON.
    Specification(Box<SnapshotSpecification>),
    /// The body of `/iaas/api/login`, as JSON.
    Login(LoginBody),
    /// `application/x-www-form-urlencoded`, encoded.
    Form(String),
}

/// `{"refreshToken": ...}`
#[derive(Clone, PartialEq)]
pub struct LoginBody {
    /// The secret to trade.
    pub refresh_token: String,
}

impl Serialize for LoginBody {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(Some(1))?;
        object.serialize_entry("refreshToken", &self.refresh_token)?;
        object.end()
    }
}

impl core::fmt::Debug for LoginBody {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("LoginBody")
    }
}

/// One request to be made.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// The method.
    pub method: Method,
    /// The path below the base URL, percent-encoded, with a slash in front.
    pub path: String,
    /// Names and values, not yet encoded.
    pub query: Vec<(&'static str, String)>,
    /// What it carries.
    pub body: Option<Body>,
    /// Whether sending it twice is the same as sending it once.
    pub repeatable: bool,
    /// Whether it carries the access token, where there is one.
    pub authorized: bool,
    /// Whether it names the API version.
    pub versioned: bool,
}

/// Which machines to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MachineQuery {
    /// Exactly this name.
    pub name: Option<String>,
    /// Of this project.
    pub project_id: Option<String>,
    /// In the service's own syntax.
    pub filter: Option<String>,
    /// The order of the list, where the service can sort.
    pub order_by: MachineOrder,
}

/// The order of a list of machines.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum MachineOrder {
    /// By id: no two machines share one, so that pages do not overlap.
    #[default]
    Id,
    /// By name, for people.
    Name,
}

impl Call {
    /// `POST /iaas/api/machines/{id}/operations/snapshots`
    pub fn create_snapshot(
        machine: &Id,
        specification: SnapshotSpecification,
        conformant: bool,
    ) -> Self {
        let body =
            if conformant { specification.conformant(machine.as_str()) } else { specification };
        let path = machine_path(machine) + "/operations/snapshots";
        Self {
            body: Some(Body::Specification(Box::new(body))),
            repeatable: false,
            ..Self::read(Method::Post, path)
        }
    }

    /// `GET /iaas/api/machines/{id}/snapshots`
    pub fn list_snapshots(machine: &Id) -> Self {
        Self::read(Method::Get, machine_path(machine) + "/snapshots")
    }

    /// `GET /iaas/api/machines/{id}/snapshots/{snapshotId}`
    pub fn get_snapshot(machine: &Id, snapshot: &Id) -> Self {
        Self::read(Method::Get, snapshot_path(machine, snapshot))
    }

    /// `DELETE /iaas/api/machines/{id}/snapshots/{snapshotId}`
    pub fn delete_snapshot(machine: &Id, snapshot: &Id) -> Self {
        Self { repeatable: false, ..Self::read(Method::Delete, snapshot_path(machine, snapshot)) }
    }

    /// `POST /iaas/api/machines/{id}/operations/revert/{snapshotId}`
    pub fn revert_snapshot(machine: &Id, snapshot: &Id) -> Self {
        let path = machine_path(machine) + "/operations/revert/" + &segment(snapshot);
        Self { repeatable: false, ..Self::read(Method::Post, path) }
    }

    /// `GET /iaas/api/request-tracker/{id}`
    pub fn get_tracker(tracker: &Id) -> Self {
        Self::read(Method::Get, "/iaas/api/request-tracker/".to_owned() + &segment(tracker))
    }

    /// `GET /iaas/api/request-tracker`
    pub fn list_trackers() -> Self {
        Self::read(Method::Get, "/iaas/api/request-tracker".into())
    }

    /// The same, of those that have these ids.
    pub(crate) fn list_some_trackers(ids: &[&str]) -> Self {
        let mut call = Self::list_trackers();
        let mut terms = Vec::new();
        for id in ids {
            terms.push("id eq ".to_owned() + &quoted(id));
        }
        let terms: Vec<&str> = terms.iter().map(String::as_str).collect();
        call.query.push(("$filter", join(&terms, " or ")));
        call
    }

    /// `DELETE /iaas/api/request-tracker/{id}`: only the record of a request goes, so again is harmless.
    pub fn delete_tracker(tracker: &Id) -> Self {
        Self { method: Method::Delete, ..Self::get_tracker(tracker) }
    }

    /// `GET /iaas/api/machines`
    pub fn list_machines(query: &MachineQuery) -> Self {
        let mut call = Self::read(Method::Get, "/iaas/api/machines".into());
        if let Some(filter) = query.to_filter() {
            call.query.push(("$filter", filter));
        }
        call
    }

    /// `GET /iaas/api/machines/{id}`
    pub fn get_machine(machine: &Id) -> Self {
        Self::read(Method::Get, machine_path(machine))
    }

    /// `GET /iaas/api/about`. The service needs no token for it; an edge worker in front of it does.
    pub fn about() -> Self {
        Self { versioned: false, ..Self::read(Method::Get, "/iaas/api/about".into()) }
    }

    /// `POST /iaas/api/login`
    pub fn login(refresh_token: String) -> Self {
        Self::open("/iaas/api/login".into(), Body::Login(LoginBody { refresh_token }))
    }

    /// `POST /tm/oauth/tenant/{org}/token`, VCF Automation 9
    pub fn tenant_login(organization: &Id, refresh_token: &str) -> Self {
        let form =
            "grant_type=refresh_token&refresh_token=".to_owned() + &percent_encoded(refresh_token);
        let path = "/tm/oauth/tenant/".to_owned() + &segment(organization) + "/token";
        Self::open(path, Body::Form(form))
    }

    /// The same call for one page of a list.
    #[must_use]
    pub fn page(mut self, top: u32, skip: u32) -> Self {
        self.query.push(("$top", digits(top.into())));
        self.query.push(("$skip", digits(skip.into())));
        self
    }

    /// The whole address, with one slash between base and path, and the API version where the call
    /// takes one.
    pub fn url(&self, base: &BaseUrl, api_version: &str) -> String {
        let mut url = concat(&[base.as_str(), &self.path]);
        let mut separator = "?";
        let version = self.versioned.then_some(("apiVersion", api_version));
        let query = self.query.iter().map(|(name, value)| (*name, value.as_str()));
        for (name, value) in query.chain(version) {
            url.push_str(&concat(&[separator, name, "=", &percent_encoded(value)]));
            separator = "&";
        }
        url
    }

    fn read(method: Method, path: String) -> Self {
        let (query, body) = (Vec::new(), None);
        Self { method, path, query, body, repeatable: true, authorized: true, versioned: true }
    }

    /// A login: it has no token yet.
    fn open(path: String, body: Body) -> Self {
        let call = Self::read(Method::Post, path);
        Self { body: Some(body), authorized: false, versioned: false, ..call }
    }
}

impl MachineQuery {
    fn to_filter(&self) -> Option<String> {
        let terms = [
            self.name.as_deref().map(|name| concat(&["name eq ", &quoted(name)])),
            self.project_id.as_deref().map(|id| concat(&["projectId eq ", &quoted(id)])),
            self.filter.as_deref().map(|filter| concat(&["(", filter, ")"])),
        ];
        let terms: Vec<&str> = terms.iter().flatten().map(String::as_str).collect();
        (!terms.is_empty()).then(|| join(&terms, " and "))
    }
}

/// A string of the service's filter syntax (OData): quotes inside are doubled.
fn quoted(text: &str) -> String {
    concat(&["'", &join(&split(text, b'\''), "''"), "'"])
}

fn machine_path(machine: &Id) -> String {
    "/iaas/api/machines/".to_owned() + &segment(machine)
}

fn snapshot_path(machine: &Id, snapshot: &Id) -> String {
    machine_path(machine) + "/snapshots/" + &segment(snapshot)
}

fn segment(id: &Id) -> String {
    percent_encoded(id.as_str())
}
