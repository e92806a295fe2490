//! The service: it keeps the estate, runs the operations, and lets in who may call.

use fastrand::Rng;

use crate::error::ServiceError;
use crate::estate::Estate;
use crate::http::{Query, Request, Response};
use crate::ids;
use crate::operations::{Change, Operations};
use crate::options::Options;
use crate::route::Call;
use crate::time::is_date;
use crate::tokens::{Role, Tokens};

/// A simulated service.
pub struct Simulator {
    pub(crate) options: Options,
    pub(crate) estate: Estate,
    pub(crate) operations: Operations,
    pub(crate) tokens: Tokens,
    pub(crate) random: Rng,
    pub(crate) now: u64,
}

impl Simulator {
    /// A service at the start of its life: no operation was ever asked for.
    pub fn new(options: Options) -> Self {
        let mut random = Rng::with_seed(options.seed);
        Self {
            estate: Estate::new(options.machines.into(), &mut random),
            operations: Operations::default(),
            tokens: Tokens::default(),
            random,
            now: 0,
            options,
        }
    }

    /// Answers a request at a time, in milliseconds since 1970. The time of the service never goes back: an
    /// earlier time than before counts as the one before.
    pub fn handle(&mut self, request: &Request, now_ms: u64) -> Response {
        self.now = self.now.max(now_ms);
        self.end_operations();
        self.answer(request).unwrap_or_else(|error| {
            error.into_response(self.options.error_bodies, ids::uuid(&mut self.random))
        })
    }

    /// The options that the service was made with.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// Carries out what was due since the last request.
    fn end_operations(&mut self) {
        while let Some(ended) = self.operations.next_ended(self.now) {
            let Ok(machine) = self.estate.find_mut(&ended.machine) else { continue };
            machine.occupied = false;
            match ended.change {
                Some(Change::Add(snapshot)) => machine.snapshots.add(snapshot),
                Some(Change::Revert(id)) => machine.snapshots.revert(&id),
                Some(Change::Remove(id)) => machine.snapshots.remove(&id),
                None => {}
            }
        }
    }

    fn answer(&mut self, request: &Request) -> Result<Response, ServiceError> {
        let target = request.path_and_query.as_str();
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let query = Query::parse(query.as_bytes());

        let call = Call::read(&request.method, path)?;
        self.admit(&call, request)?;
        check_version(&call, &query)?;
        self.carry_out(call, request, &query)
    }

    /// Whether the bearer of the token may make this call.
    fn admit(&self, call: &Call, request: &Request) -> Result<(), ServiceError> {
        if call.is_open() {
            return Ok(());
        }
        let authorization = request.header("authorization");
        match self.tokens.role(authorization, &self.options, self.now)? {
            Role::Viewer if call.is_action() => Err(ServiceError::forbidden()),
            Role::Viewer | Role::Member => Ok(()),
        }
    }
}

fn check_version(call: &Call, query: &Query) -> Result<(), ServiceError> {
    match query.get("apiVersion") {
        Some(version) if !is_date(version) => Err(ServiceError::bad_request(format!(
            "Invalid apiVersion '{version}': it must be a date as yyyy-MM-dd"
        ))),
        None if matches!(call, Call::RevertSnapshot { .. }) => {
            Err(ServiceError::bad_request("Required request parameter 'apiVersion' is not present"))
        }
        Some(_) | None => Ok(()),
    }
}
