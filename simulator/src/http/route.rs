//! Which call a request is.

use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};

use crate::http::error::ServiceError;

/// The calls of the service, with the ids from their paths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Call {
    About,
    Login,
    TenantToken { organization: String },
    ListMachines,
    GetMachine { machine: String },
    ListSnapshots { machine: String },
    GetSnapshot { machine: String, snapshot: String },
    CreateSnapshot { machine: String },
    RevertSnapshot { machine: String, snapshot: String },
    DeleteSnapshot { machine: String, snapshot: String },
    ListTrackers,
    GetTracker { tracker: String },
    DeleteTracker { tracker: String },
}

/// The calls by their names, in camel case in JSON.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Deserialize, Serialize,
)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs)] // The names say it: they are those of the client's methods, or nearly.
pub enum CallName {
    /// Whatever it is.
    #[default]
    Any,
    /// A path or a method that the service does not know.
    Unknown,
    About,
    Login,
    TenantToken,
    ListMachines,
    GetMachine,
    ListSnapshots,
    GetSnapshot,
    CreateSnapshot,
    RevertSnapshot,
    DeleteSnapshot,
    ListTrackers,
    GetTracker,
    DeleteTracker,
}

impl Call {
    pub(crate) fn name(&self) -> CallName {
        match self {
            Self::About => CallName::About,
            Self::Login => CallName::Login,
            Self::TenantToken { .. } => CallName::TenantToken,
            Self::ListMachines => CallName::ListMachines,
            Self::GetMachine { .. } => CallName::GetMachine,
            Self::ListSnapshots { .. } => CallName::ListSnapshots,
            Self::GetSnapshot { .. } => CallName::GetSnapshot,
            Self::CreateSnapshot { .. } => CallName::CreateSnapshot,
            Self::RevertSnapshot { .. } => CallName::RevertSnapshot,
            Self::DeleteSnapshot { .. } => CallName::DeleteSnapshot,
            Self::ListTrackers => CallName::ListTrackers,
            Self::GetTracker { .. } => CallName::GetTracker,
            Self::DeleteTracker { .. } => CallName::DeleteTracker,
        }
    }

    /// What its path names: a machine, a tracker, or nothing of the kind.
    pub(crate) fn subject(&self) -> Subject<'_> {
        match self {
            Self::GetMachine { machine }
            | Self::ListSnapshots { machine }
            | Self::GetSnapshot { machine, .. }
            | Self::CreateSnapshot { machine }
            | Self::RevertSnapshot { machine, .. }
            | Self::DeleteSnapshot { machine, .. } => Subject::Machine(machine),
            Self::GetTracker { tracker } | Self::DeleteTracker { tracker } => {
                Subject::Tracker(tracker)
            }
            Self::About
            | Self::Login
            | Self::TenantToken { .. }
            | Self::ListMachines
            | Self::ListTrackers => Subject::Nothing,
        }
    }

    /// 404 for an unknown path, 405 for a method that the path does not have.
    pub(crate) fn read(method: &str, path: &str) -> Result<Self, ServiceError> {
        // Split first: a `%2F` belongs to its segment.
        let decode = |segment| percent_decode_str(segment).decode_utf8_lossy().into_owned();
        let segments: Vec<String> = path.split('/').skip(1).map(decode).collect();
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        let own = |id: &&str| (*id).to_owned();

        match segments.as_slice() {
            ["iaas", "api", "about"] => pick(method, [("GET", Self::About)]),
            ["iaas", "api", "login"] => pick(method, [("POST", Self::Login)]),
            ["tm", "oauth", "tenant", organization, "token"] => {
                pick(method, [("POST", Self::TenantToken { organization: own(organization) })])
            }
            ["iaas", "api", "machines"] => pick(method, [("GET", Self::ListMachines)]),
            ["iaas", "api", "machines", machine] => {
                pick(method, [("GET", Self::GetMachine { machine: own(machine) })])
            }
            ["iaas", "api", "machines", machine, "snapshots"] => {
                pick(method, [("GET", Self::ListSnapshots { machine: own(machine) })])
            }
            ["iaas", "api", "machines", machine, "snapshots", snapshot] => {
                let (machine, snapshot) = (own(machine), own(snapshot));
                let get =
                    Self::GetSnapshot { machine: machine.clone(), snapshot: snapshot.clone() };
                pick(method, [("GET", get), ("DELETE", Self::DeleteSnapshot { machine, snapshot })])
            }
            ["iaas", "api", "machines", machine, "operations", "snapshots"] => {
                pick(method, [("POST", Self::CreateSnapshot { machine: own(machine) })])
            }
            ["iaas", "api", "machines", machine, "operations", "revert", snapshot] => {
                let (machine, snapshot) = (own(machine), own(snapshot));
                pick(method, [("POST", Self::RevertSnapshot { machine, snapshot })])
            }
            ["iaas", "api", "request-tracker"] => pick(method, [("GET", Self::ListTrackers)]),
            ["iaas", "api", "request-tracker", tracker] => {
                let get = Self::GetTracker { tracker: own(tracker) };
                let delete = Self::DeleteTracker { tracker: own(tracker) };
                pick(method, [("GET", get), ("DELETE", delete)])
            }
            _ => Err(ServiceError::not_found(format!("No such path: {path}"))),
        }
    }

    /// Whether it needs no token.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self, Self::About | Self::Login | Self::TenantToken { .. })
    }

    /// Whether it changes something, so that a reader may not call it.
    pub(crate) fn is_action(&self) -> bool {
        matches!(
            self,
            Self::CreateSnapshot { .. }
                | Self::RevertSnapshot { .. }
                | Self::DeleteSnapshot { .. }
                | Self::DeleteTracker { .. }
        )
    }
}

/// What a call is about.
pub(crate) enum Subject<'a> {
    Machine(&'a str),
    Tracker(&'a str),
    Nothing,
}

fn pick<const N: usize>(method: &str, calls: [(&str, Call); N]) -> Result<Call, ServiceError> {
    let allowed = calls.each_ref().map(|(name, _)| *name).join(", ");
    calls
        .into_iter()
        .find_map(|(name, call)| (name == method).then_some(call))
        .ok_or_else(|| ServiceError::method_not_allowed(method, allowed))
}
