//! A single call, driven like everything else.

use crate::engine::contract::{Action, Event, SendId, StateMachine};
use crate::engine::exchange::Exchange;
use crate::engine::outcome::Payload;
use crate::engine::policy::Policy;
use crate::error::Error;
use crate::protocol::call::Call;
use crate::util::clock::Now;
use crate::util::value::{FromValue, Unreadable, Value};

/// Checks a body and gives what the user gets of it.
pub type Check<V> = fn(&Payload<V>) -> Result<Option<V>, Unreadable>;

/// One call on its way to its result.
///
/// ```
/// use serde_json::{Value, json};
/// use vra_snapshots::{
///     About, Action, BaseUrl, Call, Event, Now, Outcome, Policy, Single, StateMachine, body_of,
/// };
///
/// # fn main() -> Result<(), vra_snapshots::InvalidInput> {
/// let policy = Policy::new(BaseUrl::new("https://vra.example", false)?);
/// let mut about = Single::<Value>::new(Call::about(), body_of::<About, Value>, &policy);
///
/// let now = Now { monotonic: 0, wall: 1_800_000_000_000 };
/// let Action::Send { id, call, .. } = about.poll(now) else { unreachable!() };
/// assert_eq!(call.url(&policy.base, &policy.api_version), "https://vra.example/iaas/api/about");
/// let body = json!({ "latestApiVersion": "2021-07-15", "supportedApis": [] });
/// about.handle(Event::Outcome { id, outcome: Outcome::json(200, body) }, now, 0);
/// assert_eq!(about.poll(now), Action::Done);
/// assert!(matches!(about.result(), Some(Ok(Some(body))) if body["latestApiVersion"] == "2021-07-15"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Single<V> {
    check: Check<V>,
    exchange: Exchange,
    sends: SendId,
    result: Option<Result<Option<V>, Error<V>>>,
}

impl<V: Value> Single<V> {
    /// `check` is one of [`body_of`], [`list_of`] and [`no_body`].
    pub fn new(call: Call, check: Check<V>, policy: &Policy) -> Self {
        Self { exchange: Exchange::new(call, policy), check, sends: 0, result: None }
    }

    /// What it brought, once it is done.
    pub fn result(&self) -> Option<&Result<Option<V>, Error<V>>> {
        self.result.as_ref()
    }
}

impl<V: Value> StateMachine<V> for Single<V> {
    fn next_action(&mut self, now: Now, may_send: bool) -> Action {
        if self.result.is_some() {
            return Action::Done;
        }
        self.exchange.poll(now, may_send, &mut self.sends).unwrap_or(Action::Wait { until: None })
    }

    fn handle(&mut self, event: Event<V>, now: Now, random: u32) {
        match event {
            Event::Outcome { id, outcome } if self.result.is_none() => {
                self.result =
                    self.exchange.outcome(id, outcome, now, random).map(|end| match end {
                        Ok(read) => (self.check)(&read.payload).map_err(|_| read.unexpected()),
                        Err(failed) => Err(failed.error),
                    });
            }
            Event::Nudge => self.exchange.nudge(),
            Event::Abandoned => self.exchange.abandon(),
            _ => {}
        }
    }
}

/// A body that is a `T`.
pub fn body_of<T: FromValue, V: Value>(payload: &Payload<V>) -> Result<Option<V>, Unreadable> {
    let body = payload.json()?;
    body.decode::<T>()?;
    Ok(Some(body.clone()))
}

/// A body that is an array of `T`, or holds one as its `content`: the array.
pub fn list_of<T: FromValue, V: Value>(payload: &Payload<V>) -> Result<Option<V>, Unreadable> {
    let list = payload.list()?;
    list.decode::<Vec<T>>()?;
    Ok(Some(list))
}

/// Whatever came: the status says it all.
pub fn no_body<V>(_: &Payload<V>) -> Result<Option<V>, Unreadable> {
    Ok(None)
}
