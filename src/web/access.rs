//! The access token, for those who send calls of their own with it.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::Promise;
use wasm_bindgen_futures::spawn_local;

use super::Shell;
use super::clock::read_clocks;
use super::driver::task::{Driven, Task};
use super::failure::to_error;
use super::session::no_other_token;
use super::value::Js;
use super::wait::Limits;
use crate::engine::contract::{Action, Event, StateMachine};
use crate::error::{Code, Error};
use crate::util::clock::{Ms, Now};

/// A wait for a token. It sends nothing itself.
struct Access {
    /// When it is given up.
    limit: Ms,
    end: Option<Result<String, Error<Js>>>,
    shell: Rc<Shell>,
}

impl StateMachine<Js> for Access {
    fn next_action(&mut self, now: Now, _: bool) -> Action {
        if self.end.is_none() && now.monotonic >= self.limit {
            self.end = Some(Err(self.shell.session.late()));
        }
        match self.end {
            Some(_) => Action::Done,
            None => Action::Wait { until: Some(self.limit) },
        }
    }

    fn handle(&mut self, _: Event<Js>, _: Now, _: u32) {}
}

impl Driven for Access {}

impl Shell {
    /// The token in use, or another one than `stale`.
    pub(crate) fn access_token(self: &Rc<Self>, stale: Option<String>, limits: Limits) -> Promise {
        // A login has time limits of its own, one for each attempt.
        let limit = match self.session.asks_the_user() {
            true => read_clocks().monotonic.saturating_add(self.request_timeout_ms),
            false => Ms::MAX,
        };
        let task = Task::new(self.clone(), Access { limit, end: None, shell: self.clone() });
        let (shell, machine, driver) = (self.clone(), task.machine.clone(), task.driver.clone());
        spawn_local(async move {
            let end = shell.present(stale).await;
            machine.borrow_mut().end.get_or_insert(end);
            driver.wake();
        });
        let machine: Rc<RefCell<Access>> = task.machine;
        let ready = move || {
            let end = machine.borrow().end.clone()?;
            Some(end.map(Into::into).map_err(|error| to_error(error, None)))
        };
        task.driver.wait(limits, Box::new(ready))
    }

    async fn present(self: &Rc<Self>, stale: Option<String>) -> Result<String, Error<Js>> {
        if let Some(stale) = &stale {
            self.session.learn(stale);
            self.session.refuse(stale);
        }
        match self.session.token() {
            None => self.renewed().await,
            Some(Some(token)) if stale.as_ref() == Some(&token) => Err(no_other_token()),
            Some(Some(token)) => Ok(token),
            Some(None) => Err(Error::new(Code::Unauthorized, "The client was given no `auth`")),
        }
    }
}
