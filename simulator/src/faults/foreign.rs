//! What somebody else does with a machine.

use serde::Deserialize;

use crate::util::options_error::OptionsError;

/// An operation that somebody else begins, whatever is under way. It occupies the machine like any other. Its times
/// are those at speed 1.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Foreign {
    /// The id of the machine. Default: that of the call, if it comes with a fault.
    pub machine: Option<String>,
    /// What it does. Default: it switches the machine off, which changes no snapshot.
    pub operation: ForeignOperation,
    /// How long it takes. Default: as long as its kind does.
    pub duration_ms: Option<u64>,
    /// Whether it fails. Default: no.
    pub fails: bool,
    /// Whether there is a tracker for it. Default: yes.
    pub tracker: bool,
    /// The name of a snapshot that it makes. Default: that in the body of the call, if it comes with a fault.
    pub name: Option<String>,
    /// The description of a snapshot that it makes. Default: none.
    pub description: Option<String>,
    /// The id of the snapshot that it reverts to or deletes. Default: the newest.
    pub snapshot: Option<String>,
}

impl Default for Foreign {
    fn default() -> Self {
        Self {
            machine: None,
            operation: ForeignOperation::default(),
            duration_ms: None,
            fails: false,
            tracker: true,
            name: None,
            description: None,
            snapshot: None,
        }
    }
}

impl Foreign {
    /// Reads it from a JSON object. The error names what is unknown or of the wrong type.
    pub fn from_json(text: &str) -> Result<Self, OptionsError> {
        serde_json::from_str(text).map_err(OptionsError::of)
    }
}

/// What somebody else's operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ForeignOperation {
    /// Switches the machine off; it stays `ON` in lists.
    #[default]
    PowerOff,
    /// Makes a snapshot.
    CreateSnapshot,
    /// Reverts to a snapshot.
    RevertSnapshot,
    /// Deletes a snapshot.
    DeleteSnapshot,
}
