//! “Did you mean …?”: the known word that is most like a mistyped one. Knows no word itself.

/// The candidate that differs from `typed` in the fewest keystrokes, if that is few enough to be meant.
#[must_use]
pub fn nearest<'c>(typed: &str, candidates: impl Iterator<Item = &'c str>) -> Option<&'c str> {
    let typed = typed.to_lowercase();
    let most = (typed.chars().count() / 3).clamp(1, 4);
    candidates
        .map(|c| (keystrokes(&typed, &c.to_lowercase()), c))
        .filter(|(d, _)| *d <= most)
        .min_by_key(|(d, _)| *d)
        .map(|(_, c)| c)
}

/// Insertions, deletions, changes and swapped neighbours that lead from `a` to `b`.
fn keystrokes(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    let mut previous_char = None;
    for (i, ca) in a.chars().enumerate() {
        let mut row = Vec::with_capacity(b.len() + 1);
        row.push(i + 1);
        let mut previous_b = None;
        for (j, cb) in b.iter().enumerate() {
            let change = last.get(j).copied().unwrap_or(0) + usize::from(ca != *cb);
            let insert = row.get(j).copied().unwrap_or(0) + 1;
            let delete = last.get(j + 1).copied().unwrap_or(0) + 1;
            let mut best = change.min(insert).min(delete);
            if previous_char == Some(*cb) && previous_b == Some(ca) && j > 0 {
                best = best.min(before.get(j - 1).copied().unwrap_or(usize::MAX - 1) + 1);
            }
            row.push(best);
            previous_b = Some(*cb);
        }
        previous_char = Some(ca);
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_word_finds_its_neighbour_and_a_strange_one_finds_none() {
        let known = ["address", "phone", "zone", "after_hours"];
        assert_eq!(nearest("adress", known.into_iter()), Some("address"));
        assert_eq!(nearest("zoen", known.into_iter()), Some("zone"));
        assert_eq!(nearest("After_Hour", known.into_iter()), Some("after_hours"));
        assert_eq!(nearest("colour", known.into_iter()), None);
        assert_eq!(nearest("", known.into_iter()), None);
    }
    #[test]
    fn keystrokes_count_swaps_as_one() {
        assert_eq!(keystrokes("ab", "ba"), 1);
        assert_eq!(keystrokes("kitten", "sitting"), 3);
        assert_eq!(keystrokes("", "abc"), 3);
    }
}
