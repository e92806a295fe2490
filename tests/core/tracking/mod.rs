//! Tracker polls answered by one list, under a virtual clock.

mod lists;
mod offers;
mod promises;
mod world;
