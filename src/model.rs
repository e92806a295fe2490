//! The wire types: what the core decides on, no more. The parsed body itself goes to the user, so
//! that every other field survives.

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};

use crate::value::{Unreadable, Value, object, optional, write_some};

/// What to snapshot, and how. Everything is optional.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[allow(missing_docs)] // `js/index.d.ts` has the meaning of each
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

impl SnapshotSpecification {
    /// Reads what was written down.
    pub(crate) fn read<V: Value>(value: &V) -> Result<Self, Unreadable> {
        // What is no object has no fields either, and would be a specification of nothing.
        object(value)?;
        Ok(Self {
            id: None,
            links: None,
            name: optional(value, "name")?,
            description: optional(value, "description")?,
            snapshot_memory: optional(value, "snapshotMemory")?,
            custom_properties: optional(value, "customProperties")?,
            owner: optional(value, "owner")?,
            owner_type: optional(value, "ownerType")?,
            org_id: optional(value, "orgId")?,
            organization_id: optional(value, "organizationId")?,
            created_at: optional(value, "createdAt")?,
            updated_at: optional(value, "updatedAt")?,
        })
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
        write_some(&mut object, "id", self.id.as_ref())?;
        write_some(&mut object, "_links", self.links.as_ref())?;
        write_some(&mut object, "name", self.name.as_ref())?;
        write_some(&mut object, "description", self.description.as_ref())?;
        write_some(&mut object, "snapshotMemory", self.snapshot_memory.as_ref())?;
        write_some(&mut object, "customProperties", self.custom_properties.as_ref())?;
        write_some(&mut object, "owner", self.owner.as_ref())?;
        write_some(&mut object, "ownerType", self.owner_type.as_ref())?;
        write_some(&mut object, "orgId", self.org_id.as_ref())?;
        write_some(&mut object, "organizationId", self.organization_id.as_ref())?;
        write_some(&mut object, "createdAt", self.created_at.as_ref())?;
        write_some(&mut object, "updatedAt", self.updated_at.as_ref())?;
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

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Pairs;

            fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str("an object of strings")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(Reader)
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

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
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
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RequestTracker {
    /// Names the tracker.
    pub id: String,
    /// How far it is.
    pub status: RequestStatus,
    /// A percentage, in theory.
    pub progress: f64,
    /// What goes on, or why it failed.
    #[serde(default)]
    pub message: Option<String>,
    /// Paths of what it works on.
    #[serde(default)]
    pub resources: Option<Vec<String>>,
}

/// `Snapshot`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Snapshot {
    /// Names the snapshot.
    pub id: String,
    /// Need not be unique.
    #[serde(default)]
    pub name: Option<String>,
    /// As the user gave it, in general.
    #[serde(default)]
    pub description: Option<String>,
}

/// `Machine`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Machine {
    /// Names the machine.
    pub id: String,
    /// Whether it runs.
    pub power_state: PowerState,
    /// Has what it supports now, under `operations`.
    #[serde(default, rename = "_links")]
    pub links: Option<Links>,
    /// May have a `snapshotLimit`.
    #[serde(default)]
    pub custom_properties: Option<CustomProperties>,
}

/// The custom property of a machine that the service acts on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CustomProperties {
    /// A number in a string: how many snapshots the service allows.
    #[serde(default)]
    pub snapshot_limit: Option<String>,
}

/// `_links`: newer servers put booleans among the links.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
pub struct Links {
    /// What the machine supports now.
    #[serde(default)]
    pub operations: Option<Link>,
}

/// One value of `_links`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Link {
    /// `Href`
    Href(Href),
    /// What is no link.
    Flag(bool),
}

// By hand: `#[serde(untagged)]` would buffer the whole value first, with code to buffer any.
impl<'de> Deserialize<'de> for Link {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Link;

            fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str("a link or a boolean")
            }

            fn visit_bool<E>(self, flag: bool) -> Result<Link, E> {
                Ok(Link::Flag(flag))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Link, A::Error> {
                Href::deserialize(MapAccessDeserializer::new(map)).map(Link::Href)
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

/// `Href`
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
pub struct Href {
    /// One path.
    #[serde(default)]
    pub href: Option<String>,
    /// Several paths.
    #[serde(default)]
    pub hrefs: Option<Vec<String>>,
}

/// `About`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct About {
    /// What a call gets that names no version.
    pub latest_api_version: String,
    /// All versions.
    pub supported_apis: Vec<ApiVersion>,
}

/// One version of the API.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApiVersion {
    /// `yyyy-MM-dd`
    pub api_version: String,
}

/// `ServiceErrorResponse`: nothing in it is required.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ServiceErrorResponse {
    /// For people.
    pub message: Option<String>,
    /// Names the message.
    pub message_id: Option<String>,
    /// To be quoted to whoever runs the service.
    pub server_error_id: Option<String>,
    /// May hold `SHOULD_RETRY`.
    pub details: Option<Vec<String>>,
}

/// What surrounds a page of a list.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Page {
    /// How many there are in all, where the service tells.
    #[serde(default)]
    pub total_elements: Option<f64>,
}
