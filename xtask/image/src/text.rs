//! Somewhere to write text to.

use core::fmt;

/// Text of a fixed length; what does not fit is an error.
pub struct Buffer {
    bytes: [u8; 64],
    len: usize,
}

impl fmt::Write for Buffer {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let free = self.bytes.get_mut(self.len..).ok_or(fmt::Error)?;
        for (slot, byte) in
            free.get_mut(..text.len()).ok_or(fmt::Error)?.iter_mut().zip(text.bytes())
        {
            *slot = byte;
        }
        self.len = self.len.saturating_add(text.len());
        Ok(())
    }
}
