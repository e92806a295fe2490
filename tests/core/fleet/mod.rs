//! Many operations as one.

pub(crate) mod lives;
