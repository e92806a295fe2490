//! What runs every state machine: the contract, and the parts that retry, page, pace and throttle calls.

pub(crate) mod contract;
pub(crate) mod exchange;
pub(crate) mod outcome;
pub(crate) mod ownership;
pub(crate) mod pages;
pub(crate) mod policy;
pub(crate) mod polling;
pub(crate) mod retry;
pub(crate) mod single;
pub(crate) mod throttle;
