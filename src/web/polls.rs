//! A driver's polls of trackers: offered to the lists of the whole client first, and sent if none answers them.

use std::rc::Rc;

use super::Shell;
use super::task::Driver;
use super::value::Js;
use crate::{Call, Event, Now, Poll, SendId, Told};

/// An attempt as it would be sent: its id, its call, and which attempt of the call it is.
pub(super) type Held = (SendId, Rc<Call>, u32);

impl Driver {
    /// Whether this is a poll that the next list is to answer.
    pub(super) fn hold(
        self: &Rc<Self>,
        id: SendId,
        call: &Rc<Call>,
        number: u32,
        now: Now,
    ) -> bool {
        let tracker = self.machine.borrow().polled(id).filter(|_| !self.hurried.get());
        let Some(tracker) = tracker else { return false };
        let poll = Poll { owner: self.number.get(), id, tracker };
        if !self.shell.tracking.borrow_mut().offer(poll, now) {
            return false;
        }
        self.held.borrow_mut().push((id, call.clone(), number));
        Shell::list_trackers(&self.shell);
        true
    }

    /// Lets go what is held for this attempt.
    pub(super) fn unhold(&self, id: SendId) -> Option<Held> {
        self.released.borrow_mut().retain(|(other, ..)| *other != id);
        let mut held = self.held.borrow_mut();
        let place = held.iter().position(|(other, ..)| *other == id)?;
        Some(held.swap_remove(place))
    }

    /// A list has shown, or not, what this machine polls.
    fn take_told(self: &Rc<Self>, told: Told<Js>) {
        match told {
            Told::Seen { id, tracker, .. } => {
                self.unhold(id);
                self.inbox.borrow_mut().push(Event::Seen { id, tracker });
            }
            Told::Single { id, .. } => {
                let held = self.unhold(id);
                self.released.borrow_mut().extend(held);
            }
        }
        self.wake();
    }

    /// Passes on what the machine has to tell others.
    pub(super) fn pass_on(&self) {
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
