//! A list of the service, a page at a time.
//!
//! The service cuts pages out of a list by `$top` and `$skip`, and that list changes, or has no stable order: then pages
//! overlap, and what one page shows twice another page never shows. So every entry is given once, by its id, and a list
//! ends only where nothing speaks against its being complete. Otherwise it is read again from its start, with larger
//! pages, a few times; then it ends in an error.

mod reading;
mod seen;

use std::rc::Rc;

use crate::engine::contract::{Action, Event, SendId, StateMachine};
use crate::engine::exchange::{Exchange, Read, call_name};
use crate::engine::policy::Policy;
use crate::error::{Code, Error};
use crate::protocol::call::{Call, MachineOrder};
use crate::protocol::model::Page;
use crate::util::clock::Now;
use crate::util::text;
use crate::util::text::{concat, digits};
use crate::util::value::{FromValue, Unreadable, Value, required};
use reading::Reading;
use seen::{Seen, Sighting};

/// How a list is asked for its pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paging {
    /// By `$top` and `$skip`, from the first page on, in the order of [`MachineOrder`] if the service can sort.
    Sized(u32),
    /// The first call asks for no page: the service does not say that this list has any.
    Bare,
}

/// A list on its way. It reads a page when it is asked for an item that it does not have.
#[derive(Debug)]
pub struct Pages<V> {
    call: Call,
    policy: Rc<Policy>,
    paging: Paging,
    check: fn(&V) -> Result<String, Unreadable>,
    /// The caller copes with a list that lacks entries.
    may_have_gaps: bool,
    exchange: Option<Exchange>,
    sends: SendId,
    /// Those not given out yet, the next one last, each with its id.
    items: Vec<(String, V)>,
    seen: Seen,
    reading: Reading,
    /// The number of this reading, from 0.
    readings: u32,
    /// The total that every page of every reading has told, as long as they agree.
    steady_total: Option<f64>,
    order: Order,
    order_by: MachineOrder,
    over: bool,
    error: Option<Error<V>>,
}

/// A list that does not come out complete is read this many times.
const READINGS: u32 = 4;

/// No page of a repeated reading is larger, unless the caller asks for more.
const LARGEST_PAGE: u32 = 1_000;

/// What is known about `$orderby`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Untried,
    /// A page came in this order.
    Sorted,
    /// The service answered 400; it is asked without, to see whether that was the reason.
    Doubted,
    Unsorted,
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
        let order = match paging {
            Paging::Sized(_) if !policy.unsorted.get() => Order::Untried,
            _ => Order::Unsorted,
        };
        Self {
            call,
            policy,
            paging,
            check,
            may_have_gaps: false,
            exchange: None,
            sends: 0,
            items: Vec::new(),
            seen: Seen::default(),
            reading: Reading::default(),
            readings: 0,
            steady_total: None,
            order,
            order_by: MachineOrder::default(),
            over: false,
            error: None,
        }
    }

    /// The same in one reading, whatever is missing then: for a caller that reads singly what the list does not show.
    #[must_use]
    pub(crate) fn with_gaps(self) -> Self {
        Self { may_have_gaps: true, ..self }
    }

    /// The same list in this order, where the service can sort.
    #[must_use]
    pub fn ordered_by(mut self, order_by: MachineOrder) -> Self {
        self.order_by = order_by;
        self
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
        let mut call = self.call.clone();
        if let Some(top) = self.top() {
            call = call.page(top, self.reading.offset);
        }
        if matches!(self.order, Order::Untried | Order::Sorted) {
            let order_by = match self.order_by {
                MachineOrder::Id => "id asc",
                MachineOrder::Name => "name asc",
            };
            call.query.push(("$orderby", order_by.into()));
        }
        let policy = &self.policy;
        self.exchange.get_or_insert_with(|| Exchange::new(call, policy))
    }

    /// The size of the next page, if it is asked for one.
    fn top(&self) -> Option<u32> {
        match self.paging {
            Paging::Bare => (self.reading.offset > 0).then_some(self.reading.offset),
            // The fewer pages there are, the less can change between them.
            Paging::Sized(size) => {
                Some(size.saturating_mul(1 << self.readings).min(size.max(LARGEST_PAGE)))
            }
        }
    }

    fn take(&mut self, read: Read<V>) {
        match self.read(&read) {
            Ok(page) => self.add(page),
            Err(Unreadable) => self.error = Some(read.unexpected()),
        }
        match self.order {
            Order::Untried => self.order = Order::Sorted,
            Order::Doubted => {
                self.order = Order::Unsorted;
                self.policy.unsorted.set(true);
            }
            Order::Sorted | Order::Unsorted => {}
        }
    }

    fn read(&self, read: &Read<V>) -> Result<ReadPage<V>, Unreadable> {
        let body = read.payload.json()?;
        let total = if body.is_object() { body.decode::<Page>()?.total_elements } else { None };
        let content = match (body.field("content"), self.paging) {
            (Some(content), _) => content,
            (None, Paging::Sized(_)) => body.clone(),
            // An empty array that something else sent would pass for a service on which nothing runs.
            (None, Paging::Bare) => return Err(Unreadable),
        };
        let mut items = Vec::new();
        for item in content.items().ok_or(Unreadable)? {
            items.push(((self.check)(&item)?, item));
        }
        Ok(ReadPage { total, items })
    }

    fn add(&mut self, page: ReadPage<V>) {
        let asked = self.top();
        let mut ids = Vec::new();
        let mut fresh = 0;
        let mut new = Vec::new();
        for (id, item) in page.items {
            let hash = text::hash(&[&id]);
            ids.push(hash);
            let sighting = self.seen.note(&id, hash, self.readings);
            fresh += u32::from(sighting != Sighting::Repeated);
            if sighting == Sighting::New {
                new.push((id, item));
            }
        }
        new.reverse();
        let waiting = std::mem::replace(&mut self.items, new);
        self.items.extend(waiting);

        let is_first = self.reading.offset == 0 && self.readings == 0;
        // Pages of another length have told it too.
        let is_total_known = self.readings > 0 && page.total == self.steady_total;
        let is_over = self.reading.add(ids, fresh, page.total, asked, self.paging, is_total_known);
        let total = self.reading.total;
        self.steady_total = total.filter(|_| is_first || total == self.steady_total);
        if is_over || self.may_have_gaps && self.reading.has_all() {
            self.end();
        }
    }

    /// A reading has come to its end.
    fn end(&mut self) {
        let count = self.seen.count() as f64;
        let is_complete = self.reading.is_complete()
            // No reading showed everything, and all of them together did.
            || self.steady_total.is_some_and(|total| count >= total);
        if is_complete || self.may_have_gaps {
            self.over = true;
            return;
        }
        self.readings += 1;
        if self.readings == READINGS {
            self.error = Some(self.incomplete());
            self.readings = 0;
            self.steady_total = None;
        }
        self.reading = Reading::default();
    }

    fn incomplete(&self) -> Error<V> {
        let mut message = concat(&[
            &call_name(&self.call),
            " gave pages that do not make a complete list: entries were listed twice, or fewer than `totalElements` \
             says. ",
            &digits(self.seen.count() as u64),
            " different entries were listed in ",
            &digits(READINGS.into()),
            " readings",
        ]);
        if let Some(total) = self.reading.total {
            message = concat(&[&message, ", of ", &digits(total as u64)]);
        }
        if let Paging::Sized(_) = self.paging {
            message.push_str(". Ask for larger pages, or for fewer entries by a filter");
        }
        Error::new(Code::UnexpectedResponse, message).again()
    }

    /// Whether a page that was refused is no loss: the list documents no paging, and what came is all there is.
    fn is_refusal_the_end(&self, status: Option<u16>) -> bool {
        let Reading { offset, distinct, total, .. } = self.reading;
        matches!(status, Some(400..=499))
            && self.paging == Paging::Bare
            && offset > 0
            && total.is_none_or(|total| f64::from(distinct) >= total)
    }

    fn take_failure(&mut self, error: Error<V>) {
        if self.is_refusal_the_end(error.status) {
            return self.end();
        }
        match self.order {
            Order::Untried if error.status == Some(400) => {
                self.order = Order::Doubted;
                return;
            }
            // It is refused without the order too, so the order was not the reason.
            Order::Doubted => self.order = Order::Untried,
            _ => {}
        }
        self.error = Some(error);
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
                        Err(failed) => self.take_failure(failed.error),
                    }
                }
            }
            Event::Nudge => exchange.nudge(),
            Event::Abandoned => self.exchange = None,
            Event::Persisted | Event::NotPersisted | Event::Seen { .. } => {}
        }
    }
}
