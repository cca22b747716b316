//! A heap for what needs one, and how much of it was used.

use core::{
    alloc::{GlobalAlloc, Layout},
    cell::RefCell,
    mem::MaybeUninit,
    ptr::{self, NonNull},
};

use cortex_m::interrupt::{self, Mutex};
use linked_list_allocator::Heap;

/// The smaller board has 20 KiB left for the stack.
const BYTES: usize = if cfg!(board = "lm3s6965evb") { 44 * 1024 } else { 2 * 1024 * 1024 };

static mut MEMORY: [MaybeUninit<u8>; BYTES] = [MaybeUninit::uninit(); BYTES];

#[global_allocator]
static ALLOCATOR: Measured = Measured(Mutex::new(RefCell::new((Heap::empty(), 0))));

/// The heap, and the most bytes of it in use so far.
struct Measured(Mutex<RefCell<(Heap, usize)>>);

// SAFETY: all is left to the heap; nobody else has it meanwhile.
unsafe impl GlobalAlloc for Measured {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        interrupt::free(|section| {
            let (heap, peak) = &mut *self.0.borrow(section).borrow_mut();
            let place = heap.allocate_first_fit(layout);
            *peak = heap.used().max(*peak);
            place.map_or(ptr::null_mut(), NonNull::as_ptr)
        })
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        interrupt::free(|section| {
            let (heap, _) = &mut *self.0.borrow(section).borrow_mut();
            if let Some(place) = NonNull::new(place) {
                // SAFETY: the caller says that it came from here, with this layout.
                unsafe { heap.deallocate(place, layout) };
            }
        });
    }
}

/// Makes the heap anew: what was in it must not be used any more.
pub fn begin() {
    interrupt::free(|section| {
        let (heap, peak) = &mut *ALLOCATOR.0.borrow(section).borrow_mut();
        *peak = 0;
        *heap = Heap::empty();
        // SAFETY: the memory is static, and this is the only place where it is named.
        unsafe { heap.init((&raw mut MEMORY).cast(), BYTES) };
    });
}

/// The most bytes in use since it began.
pub fn peak() -> usize {
    interrupt::free(|section| ALLOCATOR.0.borrow(section).borrow().1)
}
