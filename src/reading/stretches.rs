//! Many short lists in one long one, each known by where it begins and ends there: eight bytes a list, and no room lost.

/// From where to where a short list stands in the long one.
pub(super) type Stretch = (u32, u32);

/// Appends a short list.
pub(super) fn appended<T: Clone>(list: &mut Vec<T>, more: &[T]) -> Stretch {
    let length = |list: &[T]| u32::try_from(list.len()).unwrap_or(u32::MAX);
    let from = length(list);
    list.extend_from_slice(more);
    (from, length(list))
}

/// A short list.
#[inline]
pub(super) fn stretch<T>(list: &[T], (from, to): Stretch) -> &[T] {
    list.get(from as usize..to as usize).unwrap_or_default()
}
