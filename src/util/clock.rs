//! Time, as the core is told it.

/// Milliseconds. The core measures nothing finer and no `f64` crosses into its arithmetic.
pub type Ms = u64;

/// The two clocks: schedules use the first, what is written down uses the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// Never goes back; starts anywhere.
    pub monotonic: Ms,
    /// Since 1970, UTC; may jump either way.
    pub wall: Ms,
}
