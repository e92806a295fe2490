//! Numbers within limits, which options are made of.

use serde::Deserialize;

/// A positive, finite factor.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(try_from = "f64")]
pub struct Speed(f64);

impl Speed {
    /// The pace of a real service.
    pub const REAL: Self = Self(1.0);

    /// `None` unless the factor is positive and finite.
    pub fn new(factor: f64) -> Option<Self> {
        (factor.is_finite() && factor > 0.0).then_some(Self(factor))
    }

    /// How long something takes at this speed.
    pub(crate) fn scale(self, real_ms: u64) -> u64 {
        // A float saturates as it becomes an integer: a very small factor gives "never".
        (real_ms as f64 / self.0) as u64
    }
}

impl TryFrom<f64> for Speed {
    type Error = &'static str;

    fn try_from(factor: f64) -> Result<Self, Self::Error> {
        Self::new(factor).ok_or("speed must be a positive number")
    }
}

/// A part of a whole, from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(try_from = "f64")]
pub struct Share(f64);

impl Share {
    /// Nothing of it.
    pub const NONE: Self = Self(0.0);

    /// `None` unless it is from 0 to 1.
    pub fn new(share: f64) -> Option<Self> {
        (0.0..=1.0).contains(&share).then_some(Self(share))
    }

    /// A time, longer or shorter by up to this share of it; `drawn` is from 0 to 1.
    pub(crate) fn spread(self, ms: u64, drawn: f64) -> u64 {
        if self == Self::NONE {
            return ms;
        }
        (ms as f64 * (1.0 + self.0 * (2.0 * drawn - 1.0))) as u64
    }
}

impl TryFrom<f64> for Share {
    type Error = &'static str;

    fn try_from(share: f64) -> Result<Self, Self::Error> {
        Self::new(share).ok_or("a share must be a number from 0 to 1")
    }
}
