//! What is yet to happen.

use alloc::{collections::BinaryHeap, vec::Vec};
use core::cmp::Reverse;

/// Events by time, and by the order they were put in where times are equal.
#[derive(Debug)]
pub(crate) struct Queue<E> {
    /// Small keys move in the heap; events stay in their slots.
    heap: BinaryHeap<Reverse<(u64, u64, u32)>>,
    slots: Vec<Option<E>>,
    free: Vec<u32>,
    next: u64,
}

impl<E> Default for Queue<E> {
    fn default() -> Self {
        Self { heap: BinaryHeap::new(), slots: Vec::new(), free: Vec::new(), next: 0 }
    }
}

impl<E> Queue<E> {
    /// Puts an event at a time.
    #[allow(clippy::cast_possible_truncation)] // memory ends before four thousand million events
    pub(crate) fn push(&mut self, at_us: u64, event: E) {
        let slot = if let Some(slot) = self.free.pop() {
            slot
        } else {
            self.slots.push(None);
            (self.slots.len() - 1) as u32
        };
        self.slots[slot as usize] = Some(event);
        self.heap.push(Reverse((at_us, self.next, slot)));
        self.next += 1;
    }

    /// When the first event is.
    #[cfg(feature = "std")]
    pub(crate) fn next_us(&self) -> Option<u64> {
        self.heap.peek().map(|Reverse((at_us, ..))| *at_us)
    }

    /// Takes the first event, and its time.
    pub(crate) fn pop(&mut self) -> Option<(u64, E)> {
        let Reverse((at_us, _, slot)) = self.heap.pop()?;
        self.free.push(slot);
        Some((at_us, self.slots[slot as usize].take()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_time_then_by_order() {
        let mut queue = Queue::default();
        for (at, event) in [(5, 'c'), (1, 'a'), (5, 'd'), (2, 'b')] {
            queue.push(at, event);
        }
        let order: Vec<char> =
            core::iter::from_fn(|| queue.pop()).map(|(_, event)| event).collect();
        assert_eq!(order, ['a', 'b', 'c', 'd']);
        assert_eq!(queue.pop(), None);
    }
}
