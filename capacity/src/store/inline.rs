//! Elements in an array.

use super::{Full, Store};

#[derive(Debug)]
pub struct InlineStore<T, const N: usize>(heapless::Vec<T, N>);

impl<T, const N: usize> Store<T> for InlineStore<T, N> {
    const EMPTY: Self = Self(heapless::Vec::new());
    type IntoIter = InlineElements<T, N>;

    fn as_slice(&self) -> &[T] {
        self.0.as_slice()
    }

    fn as_mut_slice(&mut self) -> &mut [T] {
        self.0.as_mut_slice()
    }

    fn reserve(&mut self, additional: usize) -> Result<(), Full> {
        let needed = self.0.len().saturating_add(additional);
        if needed > N { Err(Full { needed, capacity: N }) } else { Ok(()) }
    }

    fn push(&mut self, value: T) -> Result<(), (Full, T)> {
        let needed = self.0.len().saturating_add(1);
        self.0.push(value).map_err(|value| (Full { needed, capacity: N }, value))
    }

    fn pop(&mut self) -> Option<T> {
        self.0.pop()
    }

    fn truncate(&mut self, len: usize) {
        self.0.truncate(len);
    }

    fn duplicate(&self) -> Self
    where
        T: Clone,
    {
        Self(self.0.clone())
    }

    fn into_elements(self) -> Self::IntoIter {
        InlineElements { left: self.0, reversed: false }
    }
}

/// The elements by value, taken off the end; for the other end the rest is turned around.
///
/// The vector's own iterator has checks of its bounds that can panic, for all the compiler knows.
#[derive(Debug)]
pub struct InlineElements<T, const N: usize> {
    left: heapless::Vec<T, N>,
    /// Whether the first element is last.
    reversed: bool,
}

impl<T, const N: usize> InlineElements<T, N> {
    fn pop(&mut self, reversed: bool) -> Option<T> {
        if self.reversed != reversed {
            self.left.as_mut_slice().reverse();
            self.reversed = reversed;
        }
        self.left.pop()
    }
}

impl<T, const N: usize> Iterator for InlineElements<T, N> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.pop(true)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left.len(), Some(self.left.len()))
    }
}

impl<T, const N: usize> DoubleEndedIterator for InlineElements<T, N> {
    fn next_back(&mut self) -> Option<T> {
        self.pop(false)
    }
}

impl<T, const N: usize> ExactSizeIterator for InlineElements<T, N> {}
