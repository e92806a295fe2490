//! The wire types: what the core decides on, no more. The parsed body itself goes to the user, so
//! that every other field survives.

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::util::text::hash;
use crate::util::value::{
    FromValue, Unreadable, Value, nullable, object, optional, required, write_some,
};

/// What to snapshot, and how. Everything is optional.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[allow(missing_docs)] // `js/model.d.ts` has the meaning of each
pub struct SnapshotSpecification {
    /// Sent because the description requires it: the machine's id.
    pub id: Option<String>,
    /// Sent because the description requires it: empty.
    pub links: Option<Pairs>,
    pub name: Option<String>,
    pub description: Option<String>,
    pub snapshot_memory: Option<bool>,
    pub custom_properties: Option<Pairs>,
    pub owner: Option<String>,
    pub owner_type: Option<String>,
    pub org_id: Option<String>,
    pub organization_id: Option<String>,
    pub created_at: Option<String>,
    pub updated_at: Option<String>,
}

/// As it was written down.
impl FromValue for SnapshotSpecification {
    fn from_value<V: Value>(value: &V) -> Result<Self, Unreadable> {
        object(value)?;
        let mut specification = Self::default();
        for (name, text) in specification.texts() {
            *text = optional(value, name)?;
        }
        specification.snapshot_memory = optional(value, "snapshotMemory")?;
        specification.custom_properties = optional(value, "customProperties")?;
        Ok(specification)
    }
}

impl SnapshotSpecification {
    /// Those of the fields that users may give that are texts, with their names.
    pub(crate) fn texts(&mut self) -> [(&'static str, &mut Option<String>); 8] {
        [
            ("name", &mut self.name),
            ("description", &mut self.description),
            ("owner", &mut self.owner),
            ("ownerType", &mut self.owner_type),
            ("orgId", &mut self.org_id),
            ("organizationId", &mut self.organization_id),
            ("createdAt", &mut self.created_at),
            ("updatedAt", &mut self.updated_at),
        ]
    }

    /// The same with the fields that the service's description marks as required.
    #[must_use]
    pub fn conformant(self, machine: &str) -> Self {
        Self { id: Some(machine.into()), links: Some(Pairs::default()), ..self }
    }
}

impl Serialize for SnapshotSpecification {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(None)?;
        let texts = [
            ("id", &self.id),
            ("name", &self.name),
            ("description", &self.description),
            ("owner", &self.owner),
            ("ownerType", &self.owner_type),
            ("orgId", &self.org_id),
            ("organizationId", &self.organization_id),
            ("createdAt", &self.created_at),
            ("updatedAt", &self.updated_at),
        ];
        for (name, text) in texts {
            write_some(&mut object, name, text.as_ref())?;
        }
        write_some(&mut object, "_links", self.links.as_ref())?;
        write_some(&mut object, "snapshotMemory", self.snapshot_memory.as_ref())?;
        write_some(&mut object, "customProperties", self.custom_properties.as_ref())?;
        object.end()
    }
}

/// A JSON object of strings, in the order in which it was written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pairs(pub Vec<(String, String)>);

impl Serialize for Pairs {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl FromValue for Pairs {
    fn from_value<V: Value>(value: &V) -> Result<Self, Unreadable> {
        object(value)?;
        let mut pairs = Vec::new();
        for (name, value) in value.entries() {
            pairs.push((name, value.decode()?));
        }
        Ok(Pairs(pairs))
    }
}

/// An enumeration of the service that may grow: what is not known keeps its text.
macro_rules! open_enum {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $text:literal),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum $name {
            $($(#[$variant_meta])* $variant,)*
            /// None of those; as it came.
            Other(String),
        }

        impl $name {
            /// As the service writes it.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)*
                    Self::Other(text) => text,
                }
            }
        }

        impl FromValue for $name {
            fn from_value<V: Value>(value: &V) -> Result<Self, Unreadable> {
                let text = value.text().ok_or(Unreadable)?;
                Ok(match text.as_str() {
                    $($text => Self::$variant,)*
                    _ => Self::Other(text),
                })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    };
}

open_enum! {
    /// How far a request is. An unknown status is one still running.
    RequestStatus {
        /// Over, and done.
        Finished = "FINISHED",
        /// Under way.
        InProgress = "INPROGRESS",
        /// Over, and not done.
        Failed = "FAILED",
    }
}

open_enum! {
    /// Whether a machine runs.
    PowerState {
        /// Running.
        On = "ON",
        /// Switched off.
        Off = "OFF",
        /// Switched off by its guest.
        GuestOff = "GUEST_OFF",
        /// Not known to the service.
        Unknown = "UNKNOWN",
        /// Suspended.
        Suspend = "SUSPEND",
    }
}

/// `RequestTracker`
#[derive(Debug, Clone, PartialEq)]
pub struct RequestTracker {
    /// Names the tracker.
    pub id: String,
    /// How far it is.
    pub status: RequestStatus,
    /// A percentage, in theory.
    pub progress: f64,
    /// What goes on, or why it failed.
    pub message: Option<String>,
    /// Paths of what it works on.
    pub resources: Option<Vec<String>>,
}

impl RequestTracker {
    /// The same for trackers that tell the same.
    pub(crate) fn fingerprint(&self) -> u64 {
        let mut parts =
            vec![self.id.as_str(), self.status.as_str(), self.message.as_deref().unwrap_or("")];
        for resource in self.resources.iter().flatten() {
            parts.push(resource);
        }
        hash(&parts) ^ self.progress.to_bits()
    }
}

impl FromValue for RequestTracker {
    fn from_value<V: Value>(value: &V) -> Result<Self, Unreadable> {
        Ok(Self {
            id: required(value, "id")?,
            status: required(value, "status")?,
            progress: required(value, "progress")?,
            message: nullable(value, "message")?,
            resources: nullable(value, "resources")?,
        })
    }
}

/// `Snapshot`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// Names the snapshot.
    pub id: String,
    /// Need not be unique.
    pub name: Option<String>,
    /// As the user gave it, in general.
    pub description: Option<String>,
}

impl FromValue for Snapshot {
    fn from_value<V: Value>(value: &V) -> Result<Self, Unreadable> {
        Ok(Self {
            id: required(value, "id")?,
            name: nullable(value, "name")?,
            description: nullable(value, "description")?,
        })
    }
}

/// `Machine`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Machine {
    /// Names the machine.
    pub id: String,
    /// Whether it runs.
    pub power_state: PowerState,
    /// Has what it supports now, under `operations`.
    pub links: Option<Links>,
    /// May have a `snapshotLimit`.
    pub custom_properties: Option<CustomProperties>,
}

impl FromValue for Machine {
    fn from_value<V: Value>(value: &V) -> Result<Self, Unreadable> {
        Ok(Self {
            id: required(value, "id")?,
            power_state: required(value, "powerState")?,
            links: nullable(value, "_links")?,
            custom_properties: nullable(value, "customProperties")?,
        })
    }
}

/// The custom property of a machine that the service acts on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CustomProperties {
    /// A number in a string: how many snapshots the service allows.
    pub snapshot_limit: Option<String>,
}

impl FromValue for CustomProperties {
    fn from_value<V: Value>(value: &V) -> Result<Self, Unreadable> {
        object(value)?;
        Ok(Self { snapshot_limit: nullable(value, "snapshotLimit")? })
    }
}

/// `_links`: newer servers put booleans among the links.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Links {
    /// What the machine supports now.
    pub operations: Option<Link>,
}

impl FromValue for Links {
    fn from_value<V: Value>(value: &V) -> Result<Self, Unreadable> {
        object(value)?;
        Ok(Self { operations: nullable(value, "operations")? })
    }
}

/// One value of `_links`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Link {
    /// `Href`
    Href(Href),
    /// What is no link.
    Flag(bool),
}

impl FromValue for Link {
    fn from_value<V: Value>(value: &V) -> Result<Self, Unreadable> {
        match value.flag() {
            Some(flag) => Ok(Link::Flag(flag)),
            None => value.decode().map(Link::Href),
        }
    }
}

/// `Href`
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Href {
    /// One path.
    pub href: Option<String>,
    /// Several paths.
    pub hrefs: Option<Vec<String>>,
}

impl FromValue for Href {
    fn from_value<V: Value>(value: &V) -> Result<Self, Unreadable> {
        object(value)?;
        Ok(Self { href: nullable(value, "href")?, hrefs: nullable(value, "hrefs")? })
    }
}

/// `About`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// What a call gets that names no version.
    pub latest_api_version: String,
    /// All versions.
    pub supported_apis: Vec<ApiVersion>,
}

impl FromValue for About {
    fn from_value<V: Value>(value: &V) -> Result<Self, Unreadable> {
        Ok(Self {
            latest_api_version: required(value, "latestApiVersion")?,
            supported_apis: required(value, "supportedApis")?,
        })
    }
}

/// One version of the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiVersion {
    /// `yyyy-MM-dd`
    pub api_version: String,
}

impl FromValue for ApiVersion {
    fn from_value<V: Value>(value: &V) -> Result<Self, Unreadable> {
        Ok(Self { api_version: required(value, "apiVersion")? })
    }
}

/// What surrounds a page of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// How many there are in all, where the service tells.
    pub total_elements: Option<f64>,
}

impl FromValue for Page {
    fn from_value<V: Value>(value: &V) -> Result<Self, Unreadable> {
        object(value)?;
        Ok(Self { total_elements: nullable(value, "totalElements")? })
    }
}

/// What a login is answered: `token` by the service, `access_token` by VCF Automation 9.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    /// The access token.
    pub token: Option<String>,
    /// The same.
    pub access_token: Option<String>,
}

impl FromValue for Login {
    fn from_value<V: Value>(value: &V) -> Result<Self, Unreadable> {
        object(value)?;
        Ok(Self {
            token: nullable(value, "token")?,
            access_token: nullable(value, "access_token")?,
        })
    }
}
