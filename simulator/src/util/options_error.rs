//! Why options cannot be taken.

use std::fmt;

/// Why options, or faults, cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptionsError(String);

impl OptionsError {
    pub(crate) fn of(reason: impl fmt::Display) -> Self {
        Self(reason.to_string())
    }
}

impl fmt::Display for OptionsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "simulator options: {}", self.0)
    }
}

impl std::error::Error for OptionsError {}
