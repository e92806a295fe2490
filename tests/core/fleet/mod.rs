//! Many operations as one.

mod bench;
mod costs;
mod ends;
mod keeping;
mod keys;
mod limits;
pub(crate) mod lives;
pub(crate) mod states;
