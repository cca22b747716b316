//! What answers keep in memory.

use std::collections::HashMap;

use bytes::Bytes;

use crate::state::reply::Reply;

/// What a value costs beside its bytes.
const VALUE_BYTES: usize = 64;
/// A value of so many bytes is counted once, in however many answers it is.
const SHARED_BYTES: usize = 1 << 10;

/// The memory of one connection's answers that wait.
///
/// Their values are the state's own, without a copy. But a value that an answer has stays in memory
/// when its key is given another one, or removed.
#[derive(Debug, Default)]
pub(crate) struct Held {
    bytes: usize,
    /// How often there is a large value, by its address and length.
    shared: HashMap<(usize, usize), usize>,
}

impl Held {
    /// How much it is.
    pub(crate) const fn bytes(&self) -> usize {
        self.bytes
    }

    /// An answer waits.
    pub(crate) fn add(&mut self, reply: &Reply) {
        match reply {
            Reply::Array(parts) => {
                self.bytes = self.bytes.saturating_add(room_bytes(parts.len()));
                parts.iter().for_each(|part| self.add(part));
            }
            Reply::Bulk(data) if data.len() >= SHARED_BYTES => {
                let count = self.shared.entry(place(data)).or_default();
                *count = count.saturating_add(1);
                if *count == 1 {
                    self.bytes = self.bytes.saturating_add(value_bytes(reply));
                }
            }
            _ => self.bytes = self.bytes.saturating_add(value_bytes(reply)),
        }
    }

    /// An answer that was added waits no longer.
    pub(crate) fn remove(&mut self, reply: &Reply) {
        match reply {
            Reply::Array(parts) => {
                parts.iter().for_each(|part| self.remove(part));
                self.remove_room(parts.len());
            }
            Reply::Bulk(data) if data.len() >= SHARED_BYTES => {
                let place = place(data);
                let Some(count) = self.shared.get_mut(&place) else { return };
                *count = count.saturating_sub(1);
                if *count == 0 {
                    self.shared.remove(&place);
                    self.bytes = self.bytes.saturating_sub(value_bytes(reply));
                }
                if self.shared.is_empty() {
                    // It may have been large.
                    self.shared = HashMap::new();
                }
            }
            _ => self.bytes = self.bytes.saturating_sub(value_bytes(reply)),
        }
    }

    /// The room of an array that had so many parts is given back, after all of them.
    pub(crate) fn remove_room(&mut self, parts: usize) {
        self.bytes = self.bytes.saturating_sub(room_bytes(parts));
    }
}

fn place(data: &Bytes) -> (usize, usize) {
    (data.as_ptr().addr(), data.len())
}

const fn room_bytes(parts: usize) -> usize {
    parts.saturating_mul(size_of::<Reply>())
}

fn value_bytes(reply: &Reply) -> usize {
    let len = match reply {
        Reply::Bulk(data) => data.len(),
        Reply::Error(text) => text.len(),
        Reply::Simple(_) | Reply::Integer(_) | Reply::Nil | Reply::Array(_) => 0,
    };
    len.saturating_add(VALUE_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_value_counts_once_as_long_as_an_answer_has_it() {
        let value = |byte| Reply::Bulk(Bytes::from(vec![byte; 5_000]));
        let (first, second) = (value(1), value(2));
        let both = Reply::Array(vec![first.clone(), second, first.clone(), Reply::Nil]);
        let mut held = Held::default();
        held.add(&both);
        let bytes = held.bytes();
        assert!((10_000..11_000).contains(&bytes), "{bytes}");
        held.add(&first);
        assert_eq!(held.bytes(), bytes);
        held.remove(&both);
        assert!((5_000..5_500).contains(&held.bytes()), "{}", held.bytes());
        held.remove(&first);
        assert_eq!((held.bytes(), held.shared.len()), (0, 0));
    }
}
