//! Many operations as one.

mod bench;
mod keys;
mod limits;
pub(crate) mod lives;
