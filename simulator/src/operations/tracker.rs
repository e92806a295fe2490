//! `RequestTracker`: what a client sees of an operation.

use serde::Serialize;

use super::Kind;
use crate::filter::Fields;

/// Where a failing operation stops.
const FAILS_AT: u64 = 60;

/// An operation, under way or over: what it looks like follows from the time.
#[derive(Debug)]
pub(crate) struct Tracker {
    pub(crate) id: String,
    pub(crate) kind: Kind,
    pub(crate) machine: String,
    pub(crate) deployment: Option<String>,
    /// What it works on, as paths; `None` to leave the field out.
    pub(crate) resources: Option<Vec<String>>,
    /// What it has made, once it has finished.
    pub(crate) made: Option<String>,
    pub(crate) begins: u64,
    pub(crate) ends: u64,
    pub(crate) fails: bool,
}

impl Tracker {
    pub(crate) fn at(&self, now: u64) -> TrackerView<'_> {
        let (status, progress, message) = match (now < self.ends, self.fails) {
            (true, _) => {
                let progress = self.progress(now);
                ("INPROGRESS", progress, self.kind.message(progress))
            }
            (false, true) => ("FAILED", FAILS_AT, self.kind.failure()),
            (false, false) => ("FINISHED", 100, "Finished"),
        };
        let made = self.made.iter().filter(|_| status == "FINISHED");
        let resources =
            self.resources.as_ref().map(|all| all.iter().chain(made).map(String::as_str).collect());
        TrackerView {
            id: &self.id,
            name: self.kind.name(),
            status,
            progress,
            message,
            resources,
            deployment_id: self.deployment.as_deref(),
            self_link: format!("/iaas/api/request-tracker/{}", self.id),
        }
    }

    /// The percentage before the end; it begins at 0 and never reaches that of the end.
    fn progress(&self, now: u64) -> u64 {
        let goal = if self.fails { FAILS_AT } else { 100 };
        let whole = self.ends.saturating_sub(self.begins).max(1);
        let elapsed = now.saturating_sub(self.begins);
        (elapsed.saturating_mul(goal) / whole).min(goal - 1)
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TrackerView<'a> {
    id: &'a str,
    name: &'static str,
    status: &'static str,
    progress: u64,
    message: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    resources: Option<Vec<&'a str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deployment_id: Option<&'a str>,
    self_link: String,
}

impl Fields for TrackerView<'_> {
    const NAMES: &'static [&'static str] = &["id", "name", "status", "deploymentId"];

    fn field(&self, name: &str) -> Option<&str> {
        match name {
            "id" => Some(self.id),
            "name" => Some(self.name),
            "status" => Some(self.status),
            "deploymentId" => self.deployment_id,
            _ => None,
        }
    }
}
