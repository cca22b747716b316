//! Pairs in blocks, one after the other.

use core::{iter::FusedIterator, slice};

/// The pairs of blocks, in order.
#[derive(Debug)]
pub(crate) struct Pairs<'a, K, V, B> {
    block: slice::Iter<'a, (K, V)>,
    blocks: B,
}

impl<'a, K, V, B> Pairs<'a, K, V, B> {
    pub(crate) fn new((first, blocks): (&'a [(K, V)], B)) -> Self {
        Self { block: first.iter(), blocks }
    }
}

impl<K, V, B: Clone> Clone for Pairs<'_, K, V, B> {
    fn clone(&self) -> Self {
        Self { block: self.block.clone(), blocks: self.blocks.clone() }
    }
}

impl<'a, K, V, B: Iterator<Item = &'a [(K, V)]>> Iterator for Pairs<'a, K, V, B> {
    type Item = &'a (K, V);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(pair) = self.block.next() {
                return Some(pair);
            }
            self.block = self.blocks.next()?.iter();
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let pairs = self.block.len();
        let is_last_block = self.blocks.size_hint().1 == Some(0);
        (pairs, is_last_block.then_some(pairs))
    }
}

// Blocks end for good, in every storage.
impl<'a, K, V, B: Iterator<Item = &'a [(K, V)]>> FusedIterator for Pairs<'a, K, V, B> {}
