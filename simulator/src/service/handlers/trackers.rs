//! Request trackers.

use super::{Answer, Asked};
use crate::http::error::ServiceError;
use crate::http::filter::Filter;
use crate::http::message::Response;
use crate::http::paging::Page;
use crate::operations::tracker::TrackerAt;
use crate::options::{TrackerOrder, TrackerPaging};
use crate::service::Simulator;

impl Simulator {
    pub(super) fn list_trackers(&self, Asked { query, turn_list_by, .. }: Asked<'_>) -> Answer {
        let asked = ["$top", "$skip", "$filter"].into_iter().find(|name| query.get(name).is_some());
        let (page, filter) = match (self.options.tracker_paging, asked) {
            (TrackerPaging::Obeyed, _) => (Page::read(query)?, query.get("$filter")),
            (TrackerPaging::Refused, Some(name)) => {
                let message = format!("Unsupported query parameter '{name}'");
                return Err(ServiceError::bad_request(message));
            }
            (TrackerPaging::Ignored | TrackerPaging::Refused, _) => (Page::WHOLE, None),
        };
        let filter = Filter::read::<TrackerAt<'_>>(filter)?;
        let mut found = self.operations.trackers(&filter, self.now);
        if self.options.tracker_order == TrackerOrder::NewestFirst {
            found.reverse();
        }
        page.turn(&mut found, turn_list_by);
        let listing = page.of(found, self.options.total_elements);
        Ok(Response::json(200, &listing.map(|tracker| tracker.sent(self.now))))
    }

    pub(super) fn get_tracker(&self, id: &str) -> Answer {
        let tracker = self.operations.tracker(id, self.now)?;
        Ok(Response::json(200, &tracker.sent(self.now)))
    }

    pub(super) fn delete_tracker(&mut self, id: &str) -> Answer {
        self.operations.forget(id, self.now)?;
        Ok(Response::empty(204))
    }
}
