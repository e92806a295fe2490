//! The line of the drivers that wait until they may send.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use super::Shell;
use super::driver::Driver;
use crate::util::clock::Now;

impl Shell {
    /// Whether this driver may send now: the throttle is open, there is room for another attempt, and no other driver
    /// has waited longer.
    pub(crate) fn may_send(&self, driver: &Rc<Driver>, now: Now) -> bool {
        self.throttle.borrow().opens_at() <= now.monotonic
            && (driver.goes_first.get()
                || self.line.is_open_to(driver) && !self.attempts.are_many())
    }

    /// Wakes the driver that has waited longest to send, now or when the throttle opens. While there is no room, the end
    /// of an attempt does so.
    pub(crate) fn admit_next(shell: &Rc<Self>, now: Now) {
        let Some(first) = shell.line.first() else { return };
        if shell.attempts.are_many() {
            return;
        }
        let opens_at = shell.throttle.borrow().opens_at();
        if opens_at <= now.monotonic { first.wake() } else { first.run_by(opens_at, now) }
    }
}

/// The driver that has waited longest stands first.
#[derive(Default)]
pub(crate) struct Line(RefCell<VecDeque<Rc<Driver>>>);

impl Line {
    /// Whether no other driver has waited longer.
    fn is_open_to(&self, driver: &Rc<Driver>) -> bool {
        self.0.borrow().front().is_none_or(|first| Rc::ptr_eq(first, driver))
    }

    /// A driver that is in line already keeps its place.
    pub(crate) fn join(&self, driver: &Rc<Driver>) {
        if !driver.is_in_line.replace(true) {
            self.0.borrow_mut().push_back(driver.clone());
        }
    }

    pub(crate) fn leave(&self, driver: &Rc<Driver>) {
        if driver.is_in_line.replace(false) {
            self.0.borrow_mut().retain(|other| !Rc::ptr_eq(other, driver));
        }
    }

    fn first(&self) -> Option<Rc<Driver>> {
        self.0.borrow().front().cloned()
    }
}
