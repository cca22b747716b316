//! What travels in the entries.

/// A payload, which every log under test can make its own from.
pub(crate) type Parcel = &'static [u8];

/// The longest of them. A node is told to take no more than one byte less.
pub(crate) const LONGEST: usize = 9;

static BYTES: [u8; 256 + LONGEST] = {
    let mut bytes = [0; 256 + LONGEST];
    let mut at = 0;
    while at < bytes.len() {
        bytes[at] = (at % 256) as u8;
        at += 1;
    }
    bytes
};

/// Parcels of all sizes; none is like another, but for the empty ones.
pub(crate) fn parcel(salt: u8) -> Parcel {
    let (start, len) = (usize::from(salt), usize::from(salt) % (LONGEST + 1));
    &BYTES[start..start + len]
}

/// Parcels, some of which are blanks.
pub(crate) fn parcels(salt: u8, count: u32) -> Vec<Option<Parcel>> {
    let salts = (0..count).map(|at| salt.wrapping_add((at % 256) as u8));
    salts.map(|salt| (salt % 7 != 0).then(|| parcel(salt))).collect()
}
