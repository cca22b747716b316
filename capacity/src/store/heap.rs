//! Elements in a vector.

use alloc::vec::{self, Vec};

use super::{Full, Store};

#[derive(Debug)]
pub struct HeapStore<T>(Vec<T>);

impl<T> Store<T> for HeapStore<T> {
    const EMPTY: Self = Self(Vec::new());
    type IntoIter = vec::IntoIter<T>;

    fn as_slice(&self) -> &[T] {
        &self.0
    }

    fn as_mut_slice(&mut self) -> &mut [T] {
        &mut self.0
    }

    fn reserve(&mut self, additional: usize) -> Result<(), Full> {
        self.0.try_reserve(additional).map_err(|_| Full {
            needed: self.0.len().saturating_add(additional),
            capacity: self.0.capacity(),
        })
    }

    fn push(&mut self, value: T) -> Result<(), (Full, T)> {
        match self.reserve(1) {
            Ok(()) => {
                self.0.push(value);
                Ok(())
            }
            Err(full) => Err((full, value)),
        }
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
        self.0.into_iter()
    }
}
