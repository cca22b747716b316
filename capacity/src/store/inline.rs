//! Elements in an array.

use super::{Full, Store};

#[derive(Debug)]
pub struct InlineStore<T, const N: usize>(heapless::Vec<T, N>);

impl<T, const N: usize> Store<T> for InlineStore<T, N> {
    const EMPTY: Self = Self(heapless::Vec::new());
    type IntoIter = heapless::vec::IntoIter<T, N, usize>;

    fn as_slice(&self) -> &[T] {
        self.0.as_slice()
    }

    fn as_mut_slice(&mut self) -> &mut [T] {
        self.0.as_mut_slice()
    }

    fn reserve(&mut self, additional: usize) -> Result<(), Full> {
        let needed = self.0.len().saturating_add(additional);
        if needed > N {
            Err(Full {
                needed,
                capacity: N,
            })
        } else {
            Ok(())
        }
    }

    fn push(&mut self, value: T) -> Result<(), (Full, T)> {
        let needed = self.0.len().saturating_add(1);
        self.0.push(value).map_err(|value| {
            (
                Full {
                    needed,
                    capacity: N,
                },
                value,
            )
        })
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
