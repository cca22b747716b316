//! The list.

use core::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    mem,
    ops::{Deref, DerefMut},
    slice,
};

use crate::{Capacity, Full, store::Store};

/// Elements in order, in the storage that `C` chooses.
///
/// It promises that an operation which is refused changed nothing, that an index out of range is
/// never a panic, and that lists of different capacities with equal elements are equal and hash
/// alike. It dereferences to a slice, for reading, searching and iterating.
///
/// ```
/// use synod_capacity::{Full, Inline, List};
///
/// static EMPTY: List<u32, Inline<4>> = List::new(); // usable in statics
///
/// let mut readings = EMPTY.clone();
/// readings.push(30).map_err(|(full, _)| full)?;
/// readings.insert(0, 10).map_err(|(full, _)| full)?;
/// readings.extend_from_slice(&[40, 50])?;
/// assert_eq!(readings, [10, 30, 40, 50]);
/// assert_eq!(readings.reserve(1), Err(Full { needed: 5, capacity: 4 }));
/// # Ok::<(), Full>(())
/// ```
pub struct List<T, C: Capacity> {
    store: C::Store<T>,
}

impl<T, C: Capacity> List<T, C> {
    /// An empty list. Allocates nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self { store: <C::Store<T> as Store<T>>::EMPTY }
    }

    /// The most elements it can hold; `usize::MAX` where only memory is the limit.
    #[must_use]
    pub const fn capacity(&self) -> usize {
        C::LIMIT
    }

    /// The elements.
    #[must_use]
    pub fn as_slice(&self) -> &[T] {
        self.store.as_slice()
    }

    /// The elements, to change in place.
    #[must_use]
    pub fn as_mut_slice(&mut self) -> &mut [T] {
        self.store.as_mut_slice()
    }

    /// Makes sure that `additional` more elements fit.
    ///
    /// After it, that many pushes cannot fail: this is how an operation of many steps is made all
    /// or nothing.
    ///
    /// # Errors
    ///
    /// [`Full`]: they do not fit, or the allocator refused. Nothing was changed.
    pub fn reserve(&mut self, additional: usize) -> Result<(), Full> {
        self.store.reserve(additional)
    }

    /// Appends an element. O(1), amortized where it allocates.
    ///
    /// # Errors
    ///
    /// [`Full`], with the element handed back.
    pub fn push(&mut self, value: T) -> Result<(), (Full, T)> {
        self.store.push(value)
    }

    /// Removes the last element. O(1).
    pub fn pop(&mut self) -> Option<T> {
        self.store.pop()
    }

    /// Puts an element before the one at `index`; an index past the end means the end. O(n).
    ///
    /// # Errors
    ///
    /// [`Full`], with the element handed back.
    pub fn insert(&mut self, index: usize, value: T) -> Result<(), (Full, T)> {
        self.store.push(value)?;
        if let Some((last, moved)) =
            self.as_mut_slice().get_mut(index..).and_then(<[T]>::split_last_mut)
        {
            for slot in moved {
                mem::swap(slot, last);
            }
        }
        Ok(())
    }

    /// Takes out the element at `index` and closes the gap, or gives `None` past the end. O(n).
    pub fn remove(&mut self, index: usize) -> Option<T> {
        let (first, moved) =
            self.as_mut_slice().get_mut(index..).and_then(<[T]>::split_first_mut)?;
        for slot in moved.iter_mut().rev() {
            mem::swap(slot, first);
        }
        self.pop()
    }

    /// Takes out the element at `index` and puts the last one in its place, or gives `None` past
    /// the end. O(1).
    pub fn swap_remove(&mut self, index: usize) -> Option<T> {
        let (last, rest) = self.as_mut_slice().split_last_mut()?;
        match index.cmp(&rest.len()) {
            Ordering::Less => mem::swap(rest.get_mut(index)?, last),
            Ordering::Equal => {}
            Ordering::Greater => return None,
        }
        self.pop()
    }

    /// Keeps the first `len` elements. A `len` at or past the end changes nothing.
    pub fn truncate(&mut self, len: usize) {
        self.store.truncate(len);
    }

    /// Removes every element.
    pub fn clear(&mut self) {
        self.truncate(0);
    }

    /// Keeps the elements for which `keep` holds, in their order. Calls it once an element, front
    /// to back. O(n).
    pub fn retain(&mut self, mut keep: impl FnMut(&T) -> bool) {
        let elements = self.as_mut_slice();
        let mut kept: usize = 0;
        for index in 0..elements.len() {
            if !elements.get(index).is_some_and(&mut keep) {
                continue;
            }
            if let Ok([to, from]) = elements.get_disjoint_mut([kept, index]) {
                mem::swap(to, from);
            }
            kept = kept.saturating_add(1);
        }
        self.truncate(kept);
    }
}

impl<T: Clone, C: Capacity> List<T, C> {
    /// A list of clones of `elements`.
    ///
    /// # Errors
    ///
    /// [`Full`]: they do not fit.
    pub fn from_slice(elements: &[T]) -> Result<Self, Full> {
        let mut list = Self::new();
        list.extend_from_slice(elements)?;
        Ok(list)
    }

    /// Appends clones of `elements`: all of them, or none.
    ///
    /// # Errors
    ///
    /// [`Full`]: they do not all fit. Nothing was changed.
    pub fn extend_from_slice(&mut self, elements: &[T]) -> Result<(), Full> {
        self.reserve(elements.len())?;
        for element in elements {
            self.push(element.clone()).map_err(|(full, _)| full)?;
        }
        Ok(())
    }

    /// Makes the length `len`, with clones of `filler` where it grows.
    ///
    /// # Errors
    ///
    /// [`Full`]: `len` does not fit. Nothing was changed.
    pub fn resize(&mut self, len: usize, filler: &T) -> Result<(), Full> {
        let additional = len.saturating_sub(self.len());
        self.reserve(additional)?;
        for _ in 0..additional {
            self.push(filler.clone()).map_err(|(full, _)| full)?;
        }
        self.truncate(len);
        Ok(())
    }
}

impl<T, C: Capacity> Default for List<T, C> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Clone, C: Capacity> Clone for List<T, C> {
    fn clone(&self) -> Self {
        Self { store: self.store.duplicate() }
    }
}

impl<T, C: Capacity> Deref for List<T, C> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        self.as_slice()
    }
}

impl<T, C: Capacity> DerefMut for List<T, C> {
    fn deref_mut(&mut self) -> &mut [T] {
        self.as_mut_slice()
    }
}

impl<T: fmt::Debug, C: Capacity> fmt::Debug for List<T, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_slice().fmt(f)
    }
}

#[cfg(feature = "defmt")]
impl<T: defmt::Format, C: Capacity> defmt::Format for List<T, C> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "{=[?]}", self.as_slice());
    }
}

impl<T, U, C: Capacity, D: Capacity> PartialEq<List<U, D>> for List<T, C>
where
    T: PartialEq<U>,
{
    fn eq(&self, other: &List<U, D>) -> bool {
        self.as_slice() == other.as_slice()
    }
}

impl<T: Eq, C: Capacity> Eq for List<T, C> {}

impl<T: PartialEq, C: Capacity, const N: usize> PartialEq<[T; N]> for List<T, C> {
    fn eq(&self, other: &[T; N]) -> bool {
        self.as_slice() == other
    }
}

impl<T: PartialOrd, C: Capacity, D: Capacity> PartialOrd<List<T, D>> for List<T, C> {
    fn partial_cmp(&self, other: &List<T, D>) -> Option<Ordering> {
        self.as_slice().partial_cmp(other.as_slice())
    }
}

impl<T: Ord, C: Capacity> Ord for List<T, C> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_slice().cmp(other.as_slice())
    }
}

impl<T: Hash, C: Capacity> Hash for List<T, C> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_slice().hash(state);
    }
}

impl<'a, T, C: Capacity> IntoIterator for &'a List<T, C> {
    type Item = &'a T;
    type IntoIter = slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'a, T, C: Capacity> IntoIterator for &'a mut List<T, C> {
    type Item = &'a mut T;
    type IntoIter = slice::IterMut<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter_mut()
    }
}

impl<T, C: Capacity> IntoIterator for List<T, C> {
    type Item = T;
    type IntoIter = IntoIter<T, C>;

    fn into_iter(self) -> Self::IntoIter {
        IntoIter { elements: self.store.into_elements() }
    }
}

/// The elements of a [`List`], by value, front to back.
///
/// O(1) an element. In `Inline` storage the first, and each that follows one from the other end,
/// is O(n).
pub struct IntoIter<T, C: Capacity> {
    elements: <C::Store<T> as Store<T>>::IntoIter,
}

impl<T, C: Capacity> fmt::Debug for IntoIter<T, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IntoIter").field("remaining", &self.len()).finish()
    }
}

impl<T, C: Capacity> Iterator for IntoIter<T, C> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.elements.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.elements.size_hint()
    }
}

impl<T, C: Capacity> DoubleEndedIterator for IntoIter<T, C> {
    fn next_back(&mut self) -> Option<T> {
        self.elements.next_back()
    }
}

impl<T, C: Capacity> ExactSizeIterator for IntoIter<T, C> {}
