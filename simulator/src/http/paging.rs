//! Lists, a page at a time.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::http::error::ServiceError;
use crate::http::message::Query;

/// What a page has without `$top`.
const DEFAULT_TOP: usize = 100;
/// More than this no page has, whatever `$top` says.
const LARGEST_TOP: usize = 1_000;

/// The part of a list that is asked for.
pub(crate) struct Page {
    top: usize,
    skip: usize,
}

impl Page {
    pub(crate) const WHOLE: Self = Self { top: usize::MAX, skip: 0 };

    pub(crate) fn read(query: &Query) -> Result<Self, ServiceError> {
        let top = number(query, "$top")?.unwrap_or(DEFAULT_TOP).min(LARGEST_TOP);
        Ok(Self { top, skip: number(query, "$skip")?.unwrap_or(0) })
    }

    /// Lets so many of the last come to the front, unless this is the first page.
    pub(crate) fn turn<T>(&self, all: &mut [T], by: usize) {
        if self.skip > 0 && !all.is_empty() {
            all.rotate_right(by % all.len());
        }
    }

    /// Cuts this page out of all that matched.
    pub(crate) fn of<T>(&self, all: Vec<T>, total: TotalElements) -> Listing<T> {
        let count = all.len();
        let content: Vec<T> = all.into_iter().skip(self.skip).take(self.top).collect();
        let total_elements = match total {
            TotalElements::Told => Some(count),
            TotalElements::LeftOut => None,
            TotalElements::OfThePage => Some(content.len()),
        };
        Listing { number_of_elements: content.len(), content, total_elements }
    }
}

fn number(query: &Query, name: &str) -> Result<Option<usize>, ServiceError> {
    let Some(text) = query.get(name) else { return Ok(None) };
    let number = text.parse().map_err(|_| {
        ServiceError::bad_request(format!("{name} must be a non-negative integer, not '{text}'"))
    });
    number.map(Some)
}

/// `MachineResult`, `RequestTrackerResult`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Listing<T> {
    content: Vec<T>,
    number_of_elements: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    total_elements: Option<usize>,
}

impl<T> Listing<T> {
    /// The same page in another form: only what is sent needs to be written.
    pub(crate) fn map<U>(self, form: impl FnMut(T) -> U) -> Listing<U> {
        let Self { content, number_of_elements, total_elements } = self;
        let content = content.into_iter().map(form).collect();
        Listing { content, number_of_elements, total_elements }
    }
}

/// What `totalElements` of a list tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(try_from = "Value")]
pub enum TotalElements {
    /// How many there are.
    #[default]
    Told,
    /// Nothing; the field is left out.
    LeftOut,
    /// How many are on the page.
    OfThePage,
}

impl TryFrom<Value> for TotalElements {
    type Error = &'static str;

    fn try_from(value: Value) -> Result<Self, Self::Error> {
        match value {
            Value::Bool(true) => Ok(Self::Told),
            Value::Bool(false) => Ok(Self::LeftOut),
            Value::String(text) if text == "page" => Ok(Self::OfThePage),
            _ => Err("totalElements must be true, false or \"page\""),
        }
    }
}
