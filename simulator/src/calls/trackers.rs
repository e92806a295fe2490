//! Request trackers.

use super::Answer;
use crate::error::ServiceError;
use crate::filter::Filter;
use crate::http::{Query, Response};
use crate::operations::TrackerView;
use crate::options::TrackerPaging;
use crate::paging::Page;
use crate::service::Simulator;

impl Simulator {
    pub(super) fn list_trackers(&self, query: &Query) -> Answer {
        let asked = ["$top", "$skip", "$filter"].into_iter().find(|name| query.get(name).is_some());
        let (page, filter) = match (self.options.tracker_paging, asked) {
            (TrackerPaging::Obeyed, _) => (Page::read(query)?, query.get("$filter")),
            (TrackerPaging::Refused, Some(name)) => {
                let message = format!("Unsupported query parameter '{name}'");
                return Err(ServiceError::bad_request(message));
            }
            (TrackerPaging::Ignored | TrackerPaging::Refused, _) => (Page::WHOLE, None),
        };
        let filter = Filter::read::<TrackerView<'_>>(filter)?;
        let trackers = self.operations.trackers().map(|tracker| tracker.at(self.now));
        let found: Vec<_> = trackers.filter(|tracker| filter.passes(tracker)).collect();
        Ok(Response::json(200, &page.of(found, self.options.total_elements)))
    }

    pub(super) fn get_tracker(&self, id: &str) -> Answer {
        let tracker = self.operations.tracker(id)?;
        Ok(Response::json(200, &tracker.at(self.now)))
    }

    pub(super) fn delete_tracker(&mut self, id: &str) -> Answer {
        self.operations.forget(id)?;
        Ok(Response::empty(204))
    }
}
