//! Sets of UIDs as commands write them (RFC 9051, `sequence-set`). Built from numbers only, so that nothing can be
//! injected into a command.

use std::fmt::Write;

/// `1:3,7,9:10` of an ascending list.
pub(super) fn set(uids: &[u32]) -> String {
    let mut out = String::new();
    let mut rest = uids.iter().copied().peekable();
    while let Some(first) = rest.next() {
        let mut last = first;
        while rest.next_if(|next| last.checked_add(1) == Some(*next)).is_some() {
            last += 1;
        }
        if !out.is_empty() {
            out.push(',');
        }
        // Writing to a String cannot fail.
        let _ = if first == last { write!(out, "{first}") } else { write!(out, "{first}:{last}") };
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_become_ranges() {
        assert_eq!(set(&[1, 2, 3, 7, 9, 10]), "1:3,7,9:10");
        assert_eq!(set(&[u32::MAX - 1, u32::MAX]), "4294967294:4294967295");
        assert_eq!(set(&[5]), "5");
        assert_eq!(set(&[]), "");
    }
}
