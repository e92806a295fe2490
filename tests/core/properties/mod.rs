//! What holds whatever comes.

mod addresses;
pub(crate) mod arbitrary;
mod bodies;
mod events;
mod states;
mod world;
