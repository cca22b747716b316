//! What stays of the first part of an array.

/// Moves those of the first `count` items that are to be kept to the front, in their order, and
/// gives how many they are. Behind them are defaults, so that equal windows are equal values.
pub(super) fn retain<T: Default>(
    items: &mut [T],
    count: usize,
    mut keep: impl FnMut(&T) -> bool,
) -> usize {
    let mut kept = 0_usize;
    let cells = core::cell::Cell::from_mut(items).as_slice_of_cells();
    for cell in cells.iter().take(count) {
        let item = cell.take();
        if !keep(&item) {
            continue;
        }
        if let Some(slot) = cells.get(kept) {
            slot.set(item);
            kept = kept.saturating_add(1);
        }
    }
    kept
}
