//! What holds whatever comes.

mod addresses;
pub(crate) mod arbitrary;
mod bodies;
mod events;
mod fleets;
mod states;
mod world;
