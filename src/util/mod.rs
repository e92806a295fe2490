//! What every other part may use, and what knows nothing of the service.

pub(crate) mod clock;
pub(crate) mod index;
pub(crate) mod names;
pub(crate) mod text;
pub(crate) mod value;
