//! A driver's polls of trackers: offered to the lists of the whole client first, and sent if none answers them.

use std::rc::Rc;

use super::Driver;
use crate::engine::contract::{Event, SendId};
use crate::poll_batch::{Poll, Told};
use crate::protocol::call::Call;
use crate::util::clock::Now;
use crate::web::Shell;
use crate::web::value::Js;

/// An attempt as it would be sent.
pub(crate) struct Held {
    pub(crate) id: SendId,
    pub(crate) call: Rc<Call>,
    /// Which attempt of the call it is.
    pub(crate) number: u32,
    /// No list has shown it: it is sent when its turn comes.
    is_released: bool,
}

impl Driver {
    /// Whether this is a poll that the next list is to answer.
    pub(crate) fn hold(
        self: &Rc<Self>,
        id: SendId,
        call: &Rc<Call>,
        number: u32,
        now: Now,
    ) -> bool {
        let tracker = self.machine.borrow().polled(id).filter(|_| !self.polls_singly.get());
        let Some(tracker) = tracker else { return false };
        let poll = Poll { owner: self.number.get(), id, tracker };
        if !self.shell.tracking.borrow_mut().offer(poll, now) {
            return false;
        }
        let held = Held { id, call: call.clone(), number, is_released: false };
        self.held.borrow_mut().push(held);
        Shell::list_trackers(&self.shell);
        true
    }

    /// Lets go what is held for this attempt.
    pub(crate) fn unhold(&self, id: SendId) -> Option<Held> {
        self.take_held(&|held| held.id == id)
    }

    /// The next one that is to be sent after all.
    pub(crate) fn next_released(&self) -> Option<Held> {
        if self.released.get() == 0 { None } else { self.take_held(&|held| held.is_released) }
    }

    fn take_held(&self, which: &dyn Fn(&Held) -> bool) -> Option<Held> {
        let mut all = self.held.borrow_mut();
        let place = all.iter().position(which)?;
        let held = all.remove(place);
        self.released.set(self.released.get() - u32::from(held.is_released));
        Some(held)
    }

    fn release(&self, id: SendId) {
        for held in self.held.borrow_mut().iter_mut() {
            if held.id == id && !held.is_released {
                held.is_released = true;
                self.released.set(self.released.get() + 1);
            }
        }
    }

    /// Sends by itself every poll that a list was to answer.
    pub(crate) fn release_all(&self) {
        let ids: Vec<SendId> = self.held.borrow().iter().map(|held| held.id).collect();
        for id in ids {
            self.release(id);
            self.shell.tracking.borrow_mut().let_go(self.number.get(), id);
        }
    }

    /// A list has shown, or not, what this machine polls.
    fn take_told(self: &Rc<Self>, told: Told<Js>) {
        match told {
            Told::Seen { id, tracker, .. } => {
                self.unhold(id);
                self.inbox.borrow_mut().push(Event::Seen { id, tracker });
            }
            Told::Single { id, .. } => self.release(id),
        }
        self.wake();
    }

    /// Passes on what the machine has to tell others.
    pub(crate) fn pass_on(&self) {
        loop {
            let told = self.machine.borrow_mut().told();
            let Some(told) = told else { return };
            let (Told::Seen { owner, .. } | Told::Single { owner, .. }) = told;
            if let Some(driver) = self.shell.scheduler.numbered(owner) {
                driver.take_told(told);
            }
        }
    }
}

impl Shell {
    /// Sees to it that a list answers the polls that are held for one.
    fn list_trackers(shell: &Rc<Self>) {
        let driver = shell.lister.borrow().upgrade();
        let driver = driver.unwrap_or_else(|| {
            let driver = Rc::new(Driver::new(shell.clone(), shell.tracking.clone()));
            driver.detach(None);
            *shell.lister.borrow_mut() = Rc::downgrade(&driver);
            driver
        });
        driver.begin();
    }
}
