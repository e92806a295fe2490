//! What is odd about an operation that is accepted. Its times are those at speed 1, as all times of operations.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::http::specification::Specification;
use crate::util::factor::Speed;

/// What is odd about an operation, and about the snapshot that it makes.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct OperationFault {
    /// How long it takes. Default: as long as its kind does.
    pub duration_ms: Option<u64>,
    /// It ends FAILED.
    pub fails: Option<Failure>,
    /// What its tracker shows, for a time or for ever, wherever it is shown.
    pub tracker: Vec<Phase>,
    /// How much later than the tracker's end its outcome can be seen. Default: 0.
    pub listed_after_ms: u64,
    /// How many characters of the name are kept; with 0 it is as if none had been given. Default: all.
    pub keep_name: Option<usize>,
    /// How many times `%`, `/` and `\` in the name are escaped, as vCenter stores them. Default: 0.
    pub escape_name: u8,
    /// How many characters of the description are kept; with 0 there is none. Default: all.
    pub keep_description: Option<usize>,
}

impl OperationFault {
    /// What is left of what was asked for.
    pub(crate) fn shorten(&self, specification: &mut Specification) {
        keep(&mut specification.name, self.keep_name);
        for _ in 0..self.escape_name {
            let escape =
                |name: String| name.replace('%', "%25").replace('/', "%2f").replace('\\', "%5c");
            specification.name = specification.name.take().map(escape);
        }
        keep(&mut specification.description, self.keep_description);
    }
}

fn keep(text: &mut Option<String>, characters: Option<usize>) {
    if let Some(kept) = characters {
        let shortened = text.take().map(|text| text.chars().take(kept).collect());
        *text = shortened.filter(|_| kept > 0);
    }
}

/// How an operation fails.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Failure {
    /// What the tracker says in the end. Default: nothing; the field is left out.
    pub message: Option<String>,
    /// Whether it did its work all the same. Default: no.
    pub done: bool,
}

/// What a tracker shows in a part of its life.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Phase {
    /// From when on, counted from the operation's beginning. Default: 0.
    pub from_ms: u64,
    /// Until when. Default: for ever.
    pub until_ms: Option<u64>,
    /// A JSON merge patch (RFC 7396).
    pub patch: Map<String, Value>,
    /// Whether it gets 404, and lists leave it out.
    pub missing: bool,
}

impl Phase {
    /// The same phase of an operation that runs faster.
    pub(crate) fn at(&self, speed: Speed) -> Self {
        let from_ms = speed.scale(self.from_ms);
        Self { from_ms, until_ms: self.until_ms.map(|until| speed.scale(until)), ..self.clone() }
    }

    pub(crate) fn covers(&self, elapsed: u64) -> bool {
        self.from_ms <= elapsed && self.until_ms.is_none_or(|until| elapsed < until)
    }
}
