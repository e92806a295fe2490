//! What the state machines of one client share.

use std::cell::Cell;
use std::rc::Rc;

use crate::engine::polling::Polling;
use crate::engine::retry::Retry;
use crate::protocol::base_url::BaseUrl;
use crate::util::clock::Ms;

/// What the machines of one client share: where they call, and how patiently.
#[derive(Debug, Clone)]
pub struct Policy {
    /// The service.
    pub base: BaseUrl,
    /// Attempts of one call.
    pub retry: Retry,
    /// The pace of tracker polls.
    pub polling: Polling,
    /// How long a snapshot may be listed late, in milliseconds.
    pub settle: Ms,
    /// The pause between two looks at the snapshots.
    pub look: Ms,
    /// Whether another token can be had after a 401.
    pub renewable: bool,
    /// Whether the token is a text that the user gave: an error then says what else it may be.
    pub token_is_fixed: bool,
    /// The API version that calls name.
    pub api_version: String,
    /// Whether a specification is sent with the `id` and `_links` that the description requires.
    pub conformant: bool,
    /// The service refuses `$orderby` on the list of machines, as far as has been learnt: clones share it.
    pub unsorted: Rc<Cell<bool>>,
}

impl Policy {
    /// The defaults.
    pub fn new(base: BaseUrl) -> Self {
        Self {
            base,
            retry: Retry::default(),
            polling: Polling::default(),
            settle: 30_000,
            look: 2_000,
            renewable: true,
            token_is_fixed: false,
            api_version: "2021-07-15".into(),
            conformant: true,
            unsorted: Rc::default(),
        }
    }
}
