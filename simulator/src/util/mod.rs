//! What every part may use, and what knows nothing of the service.

pub(crate) mod factor;
pub(crate) mod ids;
pub(crate) mod list;
pub(crate) mod merge;
pub(crate) mod options_error;
pub(crate) mod time;
