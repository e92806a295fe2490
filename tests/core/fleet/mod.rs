//! Many operations as one.

pub(crate) mod bench;
mod costs;
mod ends;
mod keeping;
mod keys;
mod limits;
pub(crate) mod lives;
pub(crate) mod states;
mod throttled;
