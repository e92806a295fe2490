//! Ids, as the service hands them out: opaque strings of several shapes.

use fastrand::Rng;

pub(crate) fn uuid(random: &mut Rng) -> String {
    let [a, b, c, d, e] = [8, 4, 3, 3, 12].map(|digits| hex(random, digits));
    format!("{a}-{b}-4{c}-a{d}-{e}")
}

/// An id of any of the shapes that are seen on live systems.
pub(crate) fn any(random: &mut Rng) -> String {
    match random.u8(0..3) {
        0 => hex(random, 16),
        1 => hex(random, 29),
        _ => uuid(random),
    }
}

pub(crate) fn hex(random: &mut Rng, digits: usize) -> String {
    (0..digits).map(|_| random.digit(16)).collect()
}
