//! What is asked and answered, and how lists are read.

pub(crate) mod error;
pub(crate) mod filter;
pub(crate) mod message;
pub(crate) mod paging;
pub(crate) mod route;
pub(crate) mod specification;
