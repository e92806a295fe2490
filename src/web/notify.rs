//! A bell that many may wait for, and the few futures that are built from it.

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

/// Counts its rings, so that none is missed between a look and a wait.
#[derive(Default)]
pub(super) struct Bell {
    rings: Cell<u32>,
    wakers: RefCell<Vec<Waker>>,
}

impl Bell {
    pub(super) fn ring(&self) {
        self.rings.set(self.rings.get().wrapping_add(1));
        let wakers = std::mem::take(&mut *self.wakers.borrow_mut());
        for waker in wakers {
            waker.wake();
        }
    }

    pub(super) fn rings(&self) -> u32 {
        self.rings.get()
    }

    /// Whether it has rung since; if not, wakes the caller when it does.
    pub(super) fn poll_since(&self, rings: u32, cx: &mut Context<'_>) -> Poll<()> {
        if self.rings.get() != rings {
            return Poll::Ready(());
        }
        let mut wakers = self.wakers.borrow_mut();
        if !wakers.iter().any(|waker| waker.will_wake(cx.waker())) {
            wakers.push(cx.waker().clone());
        }
        Poll::Pending
    }
}

/// Lets everything else that is ready run first.
pub(super) async fn yield_now() {
    let mut yielded = false;
    poll_fn(|cx| {
        if std::mem::replace(&mut yielded, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// The first of two, the first one looked at first.
pub(super) enum Either<A, B> {
    First(A),
    Second(B),
}

pub(super) async fn first<A: Future, B: Future>(
    mut a: Pin<&mut A>,
    mut b: Pin<&mut B>,
) -> Either<A::Output, B::Output> {
    poll_fn(|cx| match a.as_mut().poll(cx) {
        Poll::Ready(value) => Poll::Ready(Either::First(value)),
        Poll::Pending => b.as_mut().poll(cx).map(Either::Second),
    })
    .await
}
