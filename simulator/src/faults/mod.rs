//! Faults: what goes wrong with a call, chosen as data.
//!
//! All faults that hit one request come together in one [`Fault`], whose parts take effect in this order: the query
//! loses parameters and tokens expire; the request is carried out, or not; somebody else's operation begins; the
//! answer is replaced, patched, cut or padded; the connection ends.

pub(crate) mod active;
pub(crate) mod answer;
pub(crate) mod body;
pub(crate) mod foreign;
pub(crate) mod operation;
pub(crate) mod presets;
pub(crate) mod target;

use serde::{Deserialize, Deserializer, de};
use serde_json::{Map, Value};

use crate::faults::foreign::Foreign;
use crate::http::message::Connection;
use crate::util::options_error::OptionsError;
use answer::Answer;
use body::BodyBytes;
use operation::OperationFault;
use target::Target;

/// What goes wrong, with which calls, and how often. In JSON the names are in camel case, and all may be left out.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Fault {
    /// Which calls. Default: any.
    pub on: Target,
    /// The first of these calls that is hit, counted from 1 since the fault was injected. Default: 1.
    #[serde(deserialize_with = "ordinal")]
    pub nth: u32,
    /// How many of them are hit, one after the other; 0 for all from then on. Default: 1.
    pub times: u32,
    /// Whether the request is carried out, where the client does not get its answer: where there is an `answer` in
    /// its place, or the connection is cut. Default: it is not.
    pub effect: Effect,
    /// How late the answer comes. Default: 0.
    pub delay_ms: u64,
    /// Parameters of the query that the service does not see. Default: none.
    pub ignore_query: Vec<String>,
    /// Parameters of the query that get 400. Default: none.
    pub refuse_query: Vec<String>,
    /// How many entries of a list of machines or trackers have gone from its end to its front before every page but the
    /// first: as many are shown twice, and as many never. A list that is asked for by `$orderby` keeps its order. Default: 0.
    pub turn_list_by: usize,
    /// Whether a bare array comes as `{"content": […]}`. Default: no.
    pub envelope: bool,
    /// Whether all tokens expire that were traded for the refresh token, before this call is let in. Default: no.
    pub expire_tokens: bool,
    /// An answer in place of the service's own.
    pub answer: Option<Answer>,
    /// A JSON merge patch (RFC 7396) for the answer; in a list, for each element.
    pub patch: Option<Map<String, Value>>,
    /// The answer's body is cut to this length, or padded with spaces.
    pub body_bytes: Option<BodyBytes>,
    /// How the connection ends. Default: well.
    pub connection: Connection,
    /// What is odd about the operation that the call begins.
    pub operation: OperationFault,
    /// What somebody else begins just after the call.
    pub foreign: Option<Foreign>,
}

impl Default for Fault {
    fn default() -> Self {
        Self {
            on: Target::default(),
            nth: 1,
            times: 1,
            effect: Effect::default(),
            delay_ms: 0,
            ignore_query: Vec::new(),
            refuse_query: Vec::new(),
            turn_list_by: 0,
            envelope: false,
            expire_tokens: false,
            answer: None,
            patch: None,
            body_bytes: None,
            connection: Connection::default(),
            operation: OperationFault::default(),
            foreign: None,
        }
    }
}

impl Fault {
    /// Reads one fault, or an array of them. The error names what is unknown or of the wrong type.
    pub fn list_from_json(text: &str) -> Result<Vec<Self>, OptionsError> {
        let given = serde_json::from_str(text).map_err(OptionsError::of)?;
        match given {
            Value::Array(all) => all.into_iter().zip(0_usize..).map(Self::numbered).collect(),
            one => Ok(vec![Self::deserialize(one).map_err(OptionsError::of)?]),
        }
    }

    fn numbered((given, index): (Value, usize)) -> Result<Self, OptionsError> {
        Self::deserialize(given).map_err(|error| OptionsError::of(format!("[{index}]: {error}")))
    }

    /// Whether the client does not get the service's own answer.
    pub(crate) fn hides_the_answer(&self) -> bool {
        let lost = matches!(self.connection, Connection::Refused | Connection::Cut);
        lost || self.answer.is_some() || matches!(self.effect, Effect::AfterMs(_))
    }

    /// How the connection ends. Where no answer is made up and the service's own comes too late, it is cut.
    pub(crate) fn ending(&self) -> Connection {
        match self.effect {
            Effect::AfterMs(_) if self.answer.is_none() => first(self.connection, Connection::Cut),
            _ => self.connection,
        }
    }

    /// Both at once; where they exclude each other, this one.
    fn and(self, other: Self) -> Self {
        Self {
            effect: if self.hides_the_answer() { self.effect } else { other.effect },
            delay_ms: first(self.delay_ms, other.delay_ms),
            ignore_query: first(self.ignore_query, other.ignore_query),
            refuse_query: first(self.refuse_query, other.refuse_query),
            turn_list_by: first(self.turn_list_by, other.turn_list_by),
            envelope: self.envelope || other.envelope,
            expire_tokens: self.expire_tokens || other.expire_tokens,
            answer: self.answer.or(other.answer),
            patch: self.patch.or(other.patch),
            body_bytes: self.body_bytes.or(other.body_bytes),
            connection: first(self.connection, other.connection),
            operation: first(self.operation, other.operation),
            foreign: self.foreign.or(other.foreign),
            ..Self::default()
        }
    }
}

fn first<T: Default + PartialEq>(one: T, other: T) -> T {
    if one == T::default() { other } else { one }
}

fn ordinal<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    match u32::deserialize(deserializer)? {
        0 => Err(de::Error::custom("nth counts from 1")),
        number => Ok(number),
    }
}

/// Whether a request is carried out whose answer does not come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Effect {
    /// It is not: the fault comes before.
    #[default]
    Before,
    /// It is, and then the fault comes. A connection that is refused carries nothing.
    After,
    /// It is under way for so long, and carried out then. Without an `answer` the connection is cut.
    AfterMs(u64),
}
