//! What each call does, once it is let in.

pub(crate) mod access;
pub(crate) mod begin;
pub(crate) mod machines;
pub(crate) mod snapshots;
pub(crate) mod trackers;

use crate::faults::operation::OperationFault;
use crate::http::error::ServiceError;
use crate::http::message::{Query, Request, Response};
use crate::http::route::Call;
use crate::service::Simulator;

type Answer = Result<Response, ServiceError>;

/// A request on its way through the service.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) request: &'a Request,
    pub(crate) query: &'a Query,
    /// The number of the request.
    pub(crate) number: u64,
    /// What is odd about an operation that it begins.
    pub(crate) twist: &'a OperationFault,
    /// By how many entries a list is turned before every page but the first.
    pub(crate) turn_list_by: usize,
}

impl Simulator {
    pub(crate) fn carry_out(&mut self, call: Call, asked: Asked<'_>) -> Answer {
        let Asked { request, query, .. } = asked;
        match call {
            Call::About => self.about(),
            Call::Login => self.login(request),
            Call::TenantToken { organization } => self.tenant_token(&organization, request),
            Call::ListMachines => self.list_machines(asked),
            Call::GetMachine { machine } => self.get_machine(&machine, query),
            Call::ListSnapshots { machine } => self.list_snapshots(&machine),
            Call::GetSnapshot { machine, snapshot } => self.get_snapshot(&machine, &snapshot),
            Call::CreateSnapshot { machine } => self.create_snapshot(&machine, asked),
            Call::RevertSnapshot { machine, snapshot } => {
                self.revert_snapshot(&machine, &snapshot, asked)
            }
            Call::DeleteSnapshot { machine, snapshot } => {
                self.delete_snapshot(&machine, &snapshot, asked)
            }
            Call::ListTrackers => self.list_trackers(asked),
            Call::GetTracker { tracker } => self.get_tracker(&tracker),
            Call::DeleteTracker { tracker } => self.delete_tracker(&tracker),
        }
    }
}
