//! `RequestTracker`: what a client sees of an operation.

use serde::Serialize;
use serde_json::Value;

use super::kind::Kind;
use crate::faults::operation::Phase;
use crate::http::filter::Fields;
use crate::util::merge::merge;

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
    /// What it says in the end, if it fails.
    pub(crate) fails: Option<Option<String>>,
    /// What it shows instead, at times.
    pub(crate) phases: Vec<Phase>,
}

impl Tracker {
    pub(crate) fn is_shown(&self, now: u64) -> bool {
        !self.phases(now).any(|phase| phase.missing)
    }

    /// The tracker, as it is sent.
    pub(crate) fn sent(&self, now: u64) -> Sent<'_> {
        let view = self.at(now);
        if self.phases.is_empty() {
            return Sent::Plain(view);
        }
        let mut sent = serde_json::to_value(view).unwrap_or_default();
        if let Value::Object(fields) = &mut sent {
            self.phases(now).for_each(|phase| merge(fields, &phase.patch));
        }
        Sent::Patched(sent)
    }

    fn phases(&self, now: u64) -> impl Iterator<Item = &Phase> {
        let elapsed = now.saturating_sub(self.begins);
        self.phases.iter().filter(move |phase| phase.covers(elapsed))
    }

    fn status(&self, now: u64) -> &'static str {
        match &self.fails {
            _ if now < self.ends => "INPROGRESS",
            Some(_) => "FAILED",
            None => "FINISHED",
        }
    }

    fn at(&self, now: u64) -> TrackerView<'_> {
        let status = self.status(now);
        let (progress, message) = match &self.fails {
            _ if now < self.ends => {
                let progress = self.progress(now);
                (progress, Some(self.kind.message(progress)))
            }
            Some(message) => (FAILS_AT, message.as_deref()),
            None => (100, Some("Finished")),
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
        let goal = if self.fails.is_some() { FAILS_AT } else { 100 };
        let whole = self.ends.saturating_sub(self.begins).max(1);
        let elapsed = now.saturating_sub(self.begins);
        (elapsed.saturating_mul(goal) / whole).min(goal - 1)
    }
}

#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum Sent<'a> {
    Plain(TrackerView<'a>),
    Patched(Value),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TrackerView<'a> {
    id: &'a str,
    name: &'static str,
    status: &'static str,
    progress: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resources: Option<Vec<&'a str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deployment_id: Option<&'a str>,
    self_link: String,
}

/// A tracker at a time, for filters: they look at thousands of which few are written.
#[derive(Clone, Copy)]
pub(crate) struct TrackerAt<'a> {
    pub(crate) tracker: &'a Tracker,
    pub(crate) now: u64,
}

impl Fields for TrackerAt<'_> {
    const NAMES: &'static [&'static str] = &["id", "name", "status", "deploymentId"];

    fn field(&self, name: &str) -> Option<&str> {
        match name {
            "id" => Some(&self.tracker.id),
            "name" => Some(self.tracker.kind.name()),
            "status" => Some(self.tracker.status(self.now)),
            "deploymentId" => self.tracker.deployment.as_deref(),
            _ => None,
        }
    }
}
