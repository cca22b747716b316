//! Messages on their way.

use std::sync::Arc;

/// All messages that were ever sent, by number. None is ever taken out: each may arrive at any later
/// time, any number of times, in any order, or never. So what a network can do to messages (delay,
/// repeat, reorder, lose) needs no step of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Network {
    /// Ascending.
    numbers: Arc<[u32]>,
}

impl Network {
    /// Whether this one was sent.
    pub(crate) fn contains(&self, number: u32) -> bool {
        self.numbers.binary_search(&number).is_ok()
    }

    /// All of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.numbers.iter().copied()
    }

    /// These are sent, too. Gives whether one of them is new.
    pub(crate) fn send(&mut self, numbers: impl Iterator<Item = u32>) -> bool {
        let new: Vec<u32> = numbers.filter(|&number| !self.contains(number)).collect();
        if new.is_empty() {
            return false;
        }
        let mut all: Vec<u32> = self.iter().chain(new).collect();
        all.sort_unstable();
        all.dedup();
        self.numbers = all.into();
        true
    }

    /// Those for which this holds are lost.
    pub(crate) fn lose(&mut self, mut lost: impl FnMut(u32) -> bool) {
        let kept: Vec<u32> = self.iter().filter(|&number| !lost(number)).collect();
        if kept.len() < self.numbers.len() {
            self.numbers = kept.into();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set() {
        let mut network = Network::default();
        let mut send = |numbers: [u32; 2]| network.send(numbers.into_iter());
        assert!(send([7, 3]) && !send([3, 3]) && send([3, 5]));
        assert_eq!(network.iter().collect::<Vec<_>>(), [3, 5, 7]);
        assert!(network.contains(5) && !network.contains(4));
        let mut other = Network::default();
        assert!(other.send([5, 7, 3, 9].into_iter()));
        other.lose(|number| number == 9);
        assert_eq!(network, other, "whatever the order in which they were sent");
    }
}
