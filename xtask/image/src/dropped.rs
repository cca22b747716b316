//! An element with a destructor and a clone that the optimizer cannot see through.

use core::hint::black_box;

/// Counts nothing and frees nothing, but must be dropped and cloned one by one.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub struct Dropped(pub u32);

impl Drop for Dropped {
    fn drop(&mut self) {
        black_box(self.0);
    }
}

impl Clone for Dropped {
    fn clone(&self) -> Self {
        Self(black_box(self.0))
    }
}
