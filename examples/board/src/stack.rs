//! How much stack was used: the reset handler filled it with a known word.

use core::ptr;

use cortex_m_rt::STACK_PAINT_VALUE;

unsafe extern "C" {
    /// The first word of the stack's memory; the linker's script defines it.
    static _stack_end: u32;
    /// Just past its last word, where the stack begins to grow down.
    static _stack_start: u32;
}

/// The most bytes of stack in use since the reset.
pub fn peak() -> usize {
    let mut word = &raw const _stack_end;
    let end = &raw const _stack_start;
    // SAFETY: every word between the two symbols is memory of the stack, aligned and initialized
    // by the reset handler. Nobody else runs while it is read.
    while word < end && unsafe { ptr::read_volatile(word) } == STACK_PAINT_VALUE {
        word = word.wrapping_add(1);
    }
    end as usize - word as usize
}
