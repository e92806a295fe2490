//! What can be chosen of a simulated service.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::faults::Fault;
use crate::http::error::ErrorBodies;
use crate::http::paging::TotalElements;
use crate::util::factor::{Share, Speed};
use crate::util::options_error::OptionsError;

/// The default access token.
pub const TOKEN: &str = "simulated-token";
/// The default access token that may only read.
pub const READ_ONLY_TOKEN: &str = "simulated-read-only-token";
/// The default refresh token.
pub const REFRESH_TOKEN: &str = "simulated-refresh-token";
/// The default organization.
pub const ORGANIZATION: &str = "simulated";

/// What can be chosen of a simulated service. In JSON the names are in camel case, and all may be left out.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Options {
    /// How many machines the estate has; the well-known ones come first. Default: 60.
    pub machines: u16,
    /// Another seed gives another estate; the well-known machines stay. Default: 1.
    pub seed: u64,
    /// How many times faster than a real service operations run. Tokens live as long as ever. Default: 1.
    pub speed: Speed,
    /// An access token that never expires. Default: [`TOKEN`].
    pub token: String,
    /// An access token that never expires and may read, but not change anything. Default: [`READ_ONLY_TOKEN`].
    pub read_only_token: String,
    /// The refresh token that is traded for access tokens. Default: [`REFRESH_TOKEN`].
    pub refresh_token: String,
    /// The organization whose token endpoint (VCF Automation 9) exists. Default: [`ORGANIZATION`].
    pub organization: String,
    /// How long a token lives that was traded for a refresh token. Default: one hour.
    pub token_lifetime_ms: u64,
    /// What 403 and 404 carry. Default: the service's error body.
    pub error_bodies: ErrorBodies,
    /// What becomes of paging parameters on the list of trackers. Default: obeyed.
    pub tracker_paging: TrackerPaging,
    /// Which trackers a list begins with. Default: the newest.
    pub tracker_order: TrackerOrder,
    /// What the `resources` of a tracker name. Default: the machine.
    pub tracker_resources: TrackerResources,
    /// What `totalElements` of a list tells. In JSON `true`, `false` or `"page"`. Default: how many there are.
    pub total_elements: TotalElements,
    /// How the deletion of a snapshot is answered. Default: by a tracker.
    pub delete_answer: DeleteAnswer,
    /// Whether a snapshot specification must have the `id` and `_links` that the API's description requires.
    /// Default: no.
    pub strict_bodies: bool,
    /// Machines after all others, each with this name and the same id. What goes wrong on a machine by the beginning
    /// of its name goes wrong on these. Default: none.
    pub extra_machines: Vec<String>,
    /// How many trackers of operations that ended long ago there are. Default: 0.
    pub past_trackers: u16,
    /// What becomes of a second operation on a machine. Default: 409.
    pub busy: Busy,
    /// Within what only one operation runs at a time. Default: a machine.
    pub busy_scope: BusyScope,
    /// How long a snapshot without memory takes at speed 1. Default: 8,000.
    pub snapshot_ms: u64,
    /// By which share of that it takes longer or shorter, on each machine always the same by the seed. Default: 0.
    pub snapshot_spread: Share,
    /// How far the service's clock is ahead of the given time; below 0 behind. If it is not 0, answers carry the header
    /// `Date` by that clock. Default: 0.
    pub clock_offset_ms: i64,
    /// What goes wrong from the start. Default: nothing.
    pub faults: Vec<Fault>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            machines: 60,
            seed: 1,
            speed: Speed::REAL,
            token: TOKEN.into(),
            read_only_token: READ_ONLY_TOKEN.into(),
            refresh_token: REFRESH_TOKEN.into(),
            organization: ORGANIZATION.into(),
            token_lifetime_ms: 3_600_000,
            error_bodies: ErrorBodies::default(),
            tracker_paging: TrackerPaging::default(),
            tracker_order: TrackerOrder::default(),
            tracker_resources: TrackerResources::default(),
            total_elements: TotalElements::default(),
            delete_answer: DeleteAnswer::default(),
            strict_bodies: false,
            extra_machines: Vec::new(),
            past_trackers: 0,
            busy: Busy::default(),
            busy_scope: BusyScope::default(),
            snapshot_ms: 8_000,
            snapshot_spread: Share::NONE,
            clock_offset_ms: 0,
            faults: Vec::new(),
        }
    }
}

impl Options {
    /// Reads options from a JSON object. The error names the option that is unknown or of the wrong type.
    pub fn from_json(text: &str) -> Result<Self, OptionsError> {
        let given: Map<String, Value> = serde_json::from_str(text).map_err(OptionsError::of)?;
        // One by one first: the error of the whole does not tell whose value is wrong.
        for (name, value) in &given {
            let alone = Map::from_iter([(name.clone(), value.clone())]);
            Self::from_map(alone).map_err(|error| OptionsError::of(format!("{name}: {error}")))?;
        }
        Self::from_map(given).map_err(OptionsError::of)
    }

    fn from_map(map: Map<String, Value>) -> serde_json::Result<Self> {
        serde_json::from_value(Value::Object(map))
    }
}

/// What becomes of `$top`, `$skip` and `$filter` on the list of trackers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TrackerPaging {
    /// They count; without `$top` a page has 100.
    #[default]
    Obeyed,
    /// The whole list is sent, whatever they say.
    Ignored,
    /// They get 400; without them the whole list is sent.
    Refused,
}

/// Which trackers a list begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum TrackerOrder {
    /// The newest.
    #[default]
    NewestFirst,
    /// The oldest: on the first page are those of others.
    OldestFirst,
}

/// What the `resources` of a tracker name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TrackerResources {
    /// The machine.
    #[default]
    Machine,
    /// The machine and, once it is made, the snapshot.
    Snapshot,
    /// Nothing; the field is left out.
    None,
}

/// What becomes of a second operation on a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Busy {
    /// It is refused with 409.
    #[default]
    Refused,
    /// It is accepted, and its tracker ends FAILED.
    Failed,
}

/// Within what only one operation runs at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BusyScope {
    /// A machine.
    #[default]
    Machine,
    /// A deployment, with all of its machines.
    Deployment,
}

/// How the deletion of a snapshot is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeleteAnswer {
    /// 202 and a tracker; the snapshot goes when the request has finished.
    #[default]
    Tracker,
    /// 204; the snapshot is gone.
    None,
}
