//! The service's wire contract: its endpoints, models and habits. Nothing here knows of operations or of time that passes.

pub(crate) mod base_url;
pub(crate) mod call;
pub(crate) mod http_date;
pub(crate) mod model;
pub(crate) mod secrets;
pub(crate) mod service_error;
pub(crate) mod stored_name;
