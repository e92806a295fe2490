//! A list of the service, a page at a time.

use crate::model::Page;
use crate::value::required;
use crate::{
    Action, Call, Error, Event, Exchange, Failed, FromValue, Now, Policy, Read, SendId,
    StateMachine, Unreadable, Value,
};
use std::rc::Rc;

/// How a list is asked for its pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paging {
    /// By `$top` and `$skip`, from the first page on.
    Sized(u32),
    /// The first look asks for no page: the service does not say that this list has any.
    Bare,
}

/// A list on its way. It reads a page when it is asked for an item that it does not have.
#[derive(Debug)]
pub struct Pages<V> {
    call: Call,
    policy: Rc<Policy>,
    paging: Paging,
    check: fn(&V) -> Result<String, Unreadable>,
    exchange: Option<Exchange>,
    sends: SendId,
    /// Those not given out yet, the next one last, each with its id.
    items: Vec<(String, V)>,
    /// The first id of each page seen: a server that ignores `$skip` gives the same page for ever.
    firsts: Vec<String>,
    seen: u32,
    /// The service tells how many there are in all.
    told_total: bool,
    over: bool,
    error: Option<Error<V>>,
}

/// The id of an item that is a `T`.
pub fn id_of<T: FromValue, V: Value>(item: &V) -> Result<String, Unreadable> {
    item.decode::<T>()?;
    required(item, "id")
}

impl<V: Value> Pages<V> {
    /// A list of the items that `check` accepts and names: see [`id_of`].
    pub fn new(
        call: Call,
        paging: Paging,
        check: fn(&V) -> Result<String, Unreadable>,
        policy: Rc<Policy>,
    ) -> Self {
        Self {
            call,
            policy,
            paging,
            check,
            exchange: None,
            sends: 0,
            items: Vec::new(),
            firsts: Vec::new(),
            seen: 0,
            told_total: false,
            over: false,
            error: None,
        }
    }

    /// The next item, or `None` at the end of the list; `None` outside: it is yet to be read.
    pub fn take_next(&mut self) -> Option<Result<Option<V>, Error<V>>> {
        Some(self.take_named()?.map(|item| item.map(|(_, item)| item)))
    }

    /// The same with its id, which costs as much again to read.
    #[allow(clippy::type_complexity)]
    pub(crate) fn take_named(&mut self) -> Option<Result<Option<(String, V)>, Error<V>>> {
        if let Some(item) = self.items.pop() {
            return Some(Ok(Some(item)));
        }
        if let Some(error) = self.error.take() {
            return Some(Err(error));
        }
        self.over.then_some(Ok(None))
    }

    /// All items, once all have been read.
    pub fn all(&mut self) -> Option<Result<Vec<V>, Error<V>>> {
        if let Some(error) = self.error.take() {
            return Some(Err(error));
        }
        self.over.then(|| {
            let mut all = Vec::new();
            while let Some((_, item)) = self.items.pop() {
                all.push(item);
            }
            Ok(all)
        })
    }

    /// Polls on behalf of a machine that numbers the sends.
    pub(crate) fn poll_with(&mut self, now: Now, may_send: bool, sends: &mut SendId) -> Action {
        if self.over || self.error.is_some() {
            return Action::Done;
        }
        self.read_on().poll(now, may_send, sends).unwrap_or(Action::Wait { until: None })
    }

    /// Reads the page after those read.
    fn read_on(&mut self) -> &mut Exchange {
        let call = match self.paging {
            Paging::Bare if self.seen == 0 => self.call.clone(),
            Paging::Bare => self.call.clone().page(self.seen, self.seen),
            Paging::Sized(size) => self.call.clone().page(size, self.seen),
        };
        let policy = &self.policy;
        self.exchange.get_or_insert_with(|| Exchange::new(call, policy))
    }

    fn take(&mut self, read: Read<V>) {
        match self.read(&read) {
            Ok(page) => self.add(page),
            Err(Unreadable) => self.error = Some(read.unexpected()),
        }
    }

    fn read(&self, read: &Read<V>) -> Result<ReadPage<V>, Unreadable> {
        let body = read.payload.json()?;
        let content = body.field("content").and_then(|content| content.items());
        let mut items = Vec::new();
        for item in content.ok_or(Unreadable)? {
            items.push(((self.check)(&item)?, item));
        }
        Ok(ReadPage { total: body.decode::<Page>()?.total_elements, items })
    }

    /// The end is an empty page, all of the total seen, or a page already seen. A page shorter than
    /// asked for is not the end; nor is the total always there.
    fn add(&mut self, page: ReadPage<V>) {
        let first = page.items.first().map(|(id, _)| id.clone());
        let Some(first) = first.filter(|first| !self.firsts.contains(first)) else {
            self.over = true;
            return;
        };
        self.firsts.push(first);
        self.seen = self.seen.saturating_add(page.items.len() as u32);
        let waiting = std::mem::replace(&mut self.items, page.items);
        self.items.reverse();
        self.items.extend(waiting);
        self.told_total = page.total.is_some();
        self.over = page.total.is_some_and(|total| f64::from(self.seen) >= total);
    }
}

struct ReadPage<V> {
    total: Option<f64>,
    items: Vec<(String, V)>,
}

impl<V: Value> StateMachine<V> for Pages<V> {
    fn next_action(&mut self, now: Now, may_send: bool) -> Action {
        let mut sends = self.sends;
        let action = self.poll_with(now, may_send, &mut sends);
        self.sends = sends;
        action
    }

    fn handle(&mut self, event: Event<V>, now: Now, random: u32) {
        let Some(exchange) = &mut self.exchange else { return };
        match event {
            Event::Outcome { id, outcome } => {
                if let Some(end) = exchange.outcome(id, outcome, now, random) {
                    self.exchange = None;
                    match end {
                        Ok(read) => self.take(read),
                        // A list that documents no paging, tells no total and refuses to be paged: that was all.
                        Err(Failed { error, .. })
                            if matches!(error.status, Some(400..=499))
                                && self.paging == Paging::Bare
                                && self.seen > 0
                                && !self.told_total =>
                        {
                            self.over = true;
                        }
                        Err(failed) => self.error = Some(failed.error),
                    }
                }
            }
            Event::Nudge => exchange.nudge(),
            Event::Abandoned => self.exchange = None,
            Event::Persisted | Event::NotPersisted | Event::Seen { .. } => {}
        }
    }
}
