//! What a list asks of its storage: the little that an array and a vector do differently.

#[cfg(feature = "alloc")]
pub(crate) mod heap;
pub(crate) mod inline;

use crate::Full;

/// A contiguous, initialised run of elements that can grow and shrink at its end.
pub trait Store<T> {
    /// Holds nothing, needs nothing.
    const EMPTY: Self;
    /// Yields the elements by value, front to back.
    type IntoIter: DoubleEndedIterator<Item = T> + ExactSizeIterator;

    fn as_slice(&self) -> &[T];
    fn as_mut_slice(&mut self) -> &mut [T];
    /// Makes room for `additional` more, or changes nothing.
    fn reserve(&mut self, additional: usize) -> Result<(), Full>;
    fn push(&mut self, value: T) -> Result<(), (Full, T)>;
    fn pop(&mut self) -> Option<T>;
    fn truncate(&mut self, len: usize);
    fn duplicate(&self) -> Self
    where
        T: Clone;
    fn into_elements(self) -> Self::IntoIter;
}
