//! The service: it keeps the estate, runs the operations, lets in who may call, and lets go wrong what shall.

pub(crate) mod fault_answer;
pub(crate) mod foreign;
pub(crate) mod handlers;
pub(crate) mod stats;
pub(crate) mod tally;
pub(crate) mod tokens;

use std::collections::BTreeMap;

use fastrand::Rng;

use crate::faults::active::Faults;
use crate::faults::body;
use crate::faults::target::Seen;
use crate::faults::{Effect, Fault};
use crate::http::error::ServiceError;
use crate::http::message::{Connection, Query, Request, Response};
use crate::http::route::{Call, CallName};
use crate::http::specification::Specification;
use crate::inventory::Estate;
use crate::operations::{Change, Operations};
use crate::options::Options;
use crate::service::handlers::Asked;
use crate::service::stats::Stats;
use crate::service::tally::Tally;
use crate::service::tokens::{Role, Tokens};
use crate::util::ids;
use crate::util::time::{DateForm, http_date, is_date};

/// A simulated service.
pub struct Simulator {
    pub(crate) options: Options,
    pub(crate) estate: Estate,
    pub(crate) operations: Operations,
    pub(crate) tokens: Tokens,
    pub(crate) random: Rng,
    pub(crate) now: u64,
    pub(crate) stats: Stats,
    /// What occupies machines.
    pub(crate) occupied: Tally,
    /// Requests for snapshots that are under way, whether they do anything or not.
    pub(crate) requested: Tally,
    faults: Faults,
    /// Requests that are still on their way, by the time of their arrival and then by their number.
    on_the_way: BTreeMap<(u64, u64), OnTheWay>,
}

struct OnTheWay {
    request: Request,
    fault: Fault,
}

impl Simulator {
    /// A service at the start of its life: no operation was ever asked for.
    pub fn new(mut options: Options) -> Self {
        let mut random = Rng::with_seed(options.seed);
        let estate = Estate::new(options.machines.into(), &options.extra_machines, &mut random);
        let faults = Faults::new(std::mem::take(&mut options.faults), &estate);
        let operations = Operations::past(options.past_trackers, &estate, &mut random);
        Self {
            estate,
            operations,
            tokens: Tokens::default(),
            random,
            now: 0,
            stats: Stats::default(),
            occupied: Tally::default(),
            requested: Tally::default(),
            faults,
            on_the_way: BTreeMap::new(),
            options,
        }
    }

    /// Answers a request at a time, in milliseconds since 1970. The time of the service never goes back: an
    /// earlier time than before counts as the one before.
    ///
    /// Without faults every connection is kept. With them, what the client gets is told by
    /// [`connection`](Response::connection) and [`delay_ms`](Response::delay_ms).
    pub fn handle(&mut self, request: &Request, now_ms: u64) -> Response {
        self.advance(now_ms);
        let fault = self.meet_fault(request);
        if fault.expire_tokens {
            self.tokens.expire(self.now);
        }
        let own = self.own_answer(request, &fault);
        self.begin_with(&fault, request);
        let mut response = match (&fault.answer, own) {
            (Some(answer), _) => self.write(answer, request),
            (None, Some(own)) => own,
            (None, None) => Response::empty(0),
        };
        if let Some(patch) = &fault.patch {
            body::patch(&mut response, patch);
        }
        if fault.envelope {
            body::envelop(&mut response);
        }
        if let Some(length) = fault.body_bytes {
            body::resize(&mut response, length);
        }
        if self.options.clock_offset_ms != 0 {
            let date = http_date(self.clock(self.now), DateForm::Imf);
            response = response.with_header("date", date);
        }
        Response { delay_ms: fault.delay_ms, ..response.over(fault.ending()) }
    }

    /// Lets time pass without a request.
    pub fn advance(&mut self, now_ms: u64) {
        let now = self.now.max(now_ms);
        while let Some(next) = self.on_the_way.first_entry().filter(|next| next.key().0 <= now) {
            let ((arrives, number), OnTheWay { request, fault }) = next.remove_entry();
            self.now = self.now.max(arrives);
            self.end_operations();
            self.carry_out_now(&request, number, &fault);
        }
        self.now = now;
        self.end_operations();
    }

    /// Adds faults to those in force.
    pub fn inject(&mut self, faults: impl IntoIterator<Item = Fault>) {
        self.faults.inject(faults);
    }

    /// Ends all faults, also those of machines by their names. What they have done stays.
    pub fn clear_faults(&mut self) {
        self.faults.clear();
    }

    /// Ends the life of all tokens that were traded for the refresh token.
    pub fn expire_tokens(&mut self) {
        self.tokens.expire(self.now);
    }

    /// The options that the service was made with, but for the faults.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// The time by the service's clock.
    pub(crate) fn clock(&self, now: u64) -> u64 {
        now.saturating_add_signed(self.options.clock_offset_ms)
    }

    pub(crate) fn refuse(&mut self, error: ServiceError) -> Response {
        error.into_response(self.options.error_bodies, ids::uuid(&mut self.random))
    }
}

/// A request, from its arrival to its answer.
impl Simulator {
    /// Counts the request, and gives all that goes wrong with it.
    fn meet_fault(&mut self, request: &Request) -> Fault {
        let (path, _) = request.split_target();
        let call = Call::read(&request.method, path).ok();
        let name = call.as_ref().map_or(CallName::Unknown, Call::name);
        *self.stats.calls.entry(name).or_default() += 1;

        let machine_id = call.as_ref().and_then(|call| self.operations.machine_of(call));
        let machine = machine_id.and_then(|id| self.estate.find(id).ok());
        let seen = Seen {
            call: name,
            method: &request.method,
            path,
            machine_id,
            machine_name: machine.map(|machine| machine.name.as_str()),
        };
        self.faults.hit(&seen)
    }

    /// The service's own answer, if the request is carried out now.
    fn own_answer(&mut self, request: &Request, fault: &Fault) -> Option<Response> {
        let number = self.requests();
        match fault.effect {
            _ if fault.connection == Connection::Refused => None,
            Effect::Before if fault.hides_the_answer() => None,
            Effect::AfterMs(ms) => {
                let on_the_way = OnTheWay { request: request.clone(), fault: fault.clone() };
                self.on_the_way.insert((self.now.saturating_add(ms), number), on_the_way);
                None
            }
            Effect::Before | Effect::After => Some(self.carry_out_now(request, number, fault)),
        }
    }

    fn carry_out_now(&mut self, request: &Request, number: u64, fault: &Fault) -> Response {
        let (path, query) = request.split_target();
        let mut query = Query::parse(query.as_bytes());
        query.ignore(&fault.ignore_query);
        if let Some(name) = fault.refuse_query.iter().find(|name| query.get(name).is_some()) {
            let message = format!("Unsupported query parameter '{name}'");
            return self.refuse(ServiceError::bad_request(message));
        }
        let Fault { operation: twist, turn_list_by, .. } = fault;
        let asked = Asked { request, query: &query, number, twist, turn_list_by: *turn_list_by };
        self.answer(path, asked).unwrap_or_else(|error| self.refuse(error))
    }

    fn answer(&mut self, path: &str, asked: Asked<'_>) -> Result<Response, ServiceError> {
        let call = Call::read(&asked.request.method, path)?;
        self.admit(&call, asked.request)?;
        check_version(&call, asked.query)?;
        self.carry_out(call, asked)
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

    /// Carries out what was due since the last request.
    fn end_operations(&mut self) {
        while let Some(ended) = self.operations.next_ended(self.now) {
            let Ok(machine) = self.estate.find_mut(&ended.machine) else { continue };
            let deployment = machine.deployment_id.as_deref();
            if ended.frees {
                self.occupied.end(&machine.id, deployment);
            }
            if ended.requested {
                self.requested.end(&machine.id, deployment);
            }
            match ended.change {
                Some(Change::Add(snapshot)) => {
                    if snapshot.made_by.is_some() {
                        *self.stats.made.entry(ended.machine).or_default() += 1;
                    }
                    machine.snapshots.add(*snapshot);
                }
                Some(Change::Revert(id)) => machine.snapshots.revert(&id),
                Some(Change::Remove(id)) => machine.snapshots.remove(&id),
                None => {}
            }
        }
    }

    /// Begins what somebody else does beside this call. Where that cannot be done nothing happens.
    fn begin_with(&mut self, fault: &Fault, request: &Request) {
        let Some(mut foreign) = fault.foreign.clone() else { return };
        let (path, _) = request.split_target();
        let call = Call::read(&request.method, path).ok();
        let of_the_call = call.as_ref().and_then(|call| self.operations.machine_of(call));
        foreign.machine = foreign.machine.or_else(|| of_the_call.map(str::to_owned));
        let asked = Specification::read(request, false).ok();
        foreign.name = foreign.name.or_else(|| asked?.name);
        // It is no part of the call: its failure must not change the answer.
        drop(self.begin_others(&foreign));
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
