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

/// A number that follows from an id and a seed (FNV-1a).
pub(crate) fn hash(seed: u64, id: &str) -> u64 {
    let mix = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    let start = 0xcbf2_9ce4_8422_2325 ^ seed;
    id.bytes().fold(start, mix)
}

pub(crate) fn hex(random: &mut Rng, digits: usize) -> String {
    (0..digits).map(|_| random.digit(16)).collect()
}
