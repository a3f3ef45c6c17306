//! Many plain words in one table, walked letter by letter from one place of a text: which of them stand right there.
//!
//! A double array: the way from letter to letter is an addition and a comparison, and a node takes twelve bytes, where
//! an automaton that knows its way on from every letter takes hundreds. Knows no word's meaning: words have numbers.

/// A way through the words' first letters.
#[derive(Debug, Clone, Copy)]
struct Node {
    /// Where a letter leads is found at this place plus the letter.
    base: u32,
    /// Whose letter leads here; [`NONE`] where nobody's does.
    parent: u32,
    /// The word that ends here, or [`NONE`].
    word: u32,
}

/// No node, no word.
const NONE: u32 = u32::MAX;
/// The parent of the first node.
const NOBODY: u32 = u32::MAX - 1;
const FREE: Node = Node { base: 0, parent: NONE, word: NONE };

/// Words, ready to be found.
#[derive(Debug)]
pub(super) struct Trie {
    nodes: Vec<Node>,
    /// A bit for what the first three letters of a word come to: most places are told by them.
    first_three: Box<[u64; 1 << 10]>,
    /// A bit for each word of a single letter, of which the next two tell nothing.
    single: [u64; 4],
}

impl Trie {
    /// Takes words by number; of two that are the same the first one is kept.
    pub(super) fn new<'w>(words: impl Iterator<Item = (&'w [u8], u32)>) -> Self {
        let mut words: Vec<(&[u8], u32)> = words.filter(|(word, _)| !word.is_empty()).collect();
        words.sort_by_key(|(word, _)| *word);
        words.dedup_by_key(|(word, _)| *word);
        let (mut first_three, mut single) = (Box::new([0; 1 << 10]), [0; 4]);
        for (word, _) in &words {
            match *word {
                [first] => set(&mut single, usize::from(*first)),
                [first, second] => {
                    (0..=u8::MAX).for_each(|third| set(&mut *first_three, three([*first, *second, third])));
                }
                [first, second, third, ..] => set(&mut *first_three, three([*first, *second, *third])),
                [] => {}
            }
        }
        let mut trie = Self { nodes: vec![Node { parent: NOBODY, ..FREE }], first_three, single };
        let mut room = Room { from: 1 };
        let mut todo = vec![(0_usize, 0_usize, &words[..])];
        while let Some((node, depth, all)) = todo.pop() {
            let ended = all.first().filter(|(word, _)| word.len() == depth);
            let longer = if ended.is_some() { all.get(1..).unwrap_or_default() } else { all };
            let letter = |word: &(&[u8], u32)| word.0.get(depth).copied().unwrap_or_default();
            let ways: Vec<&[(&[u8], u32)]> = longer.chunk_by(|a, b| letter(a) == letter(b)).collect();
            let letters: Vec<u8> = ways.iter().filter_map(|way| way.first().map(letter)).collect();
            let base = room.find(&trie.nodes, &letters);
            if let Some(node) = trie.nodes.get_mut(node) {
                node.word = ended.map_or(NONE, |(_, number)| *number);
                node.base = u32::try_from(base).unwrap_or_default();
            }
            for (way, letter) in ways.into_iter().zip(letters) {
                let next = base + usize::from(letter);
                if next >= trie.nodes.len() {
                    trie.nodes.resize(next + 1, FREE);
                }
                if let Some(slot) = trie.nodes.get_mut(next) {
                    slot.parent = u32::try_from(node).unwrap_or(NOBODY);
                }
                todo.push((next, depth + 1, way));
            }
        }
        trie.nodes.shrink_to_fit();
        trie
    }

    /// Whether a word can begin with these three letters; most cannot, and need no walk.
    #[inline]
    pub(super) fn may_begin(&self, letters: [u8; 3]) -> bool {
        has(&*self.first_three, three(letters)) || has(&self.single, usize::from(letters[0]))
    }

    /// The places from `from` on where a word may stand.
    #[inline]
    pub(super) fn places<'t>(&'t self, text: &'t [u8], from: usize) -> impl Iterator<Item = usize> + 't {
        let rest = text.get(from..).unwrap_or_default();
        let threes = rest.array_windows::<3>().enumerate().filter(|(_, letters)| self.may_begin(**letters));
        let last = rest.len().saturating_sub(2)..rest.len();
        threes.map(|(at, _)| at).chain(last).map(move |at| from + at)
    }

    /// Calls `found` with each word that stands right at `at`, and where it ends; the shorter ones first.
    #[inline]
    pub(super) fn each_at(&self, text: &[u8], at: usize, mut found: impl FnMut(u32, usize)) {
        let rest = text.get(at..).unwrap_or_default();
        let (mut here, mut base) = (0, self.nodes.first().map_or(0, |root| root.base));
        for (end, byte) in (at + 1..).zip(rest) {
            let next = base + u32::from(*byte);
            let Some(node) = self.nodes.get(next as usize).filter(|n| n.parent == here) else { return };
            (here, base) = (next, node.base);
            if node.word != NONE {
                found(node.word, end);
            }
        }
    }
}

/// What three letters come to: one of 65,536 numbers.
#[inline]
fn three([first, second, third]: [u8; 3]) -> usize {
    (u32::from_le_bytes([first, second, third, 0]).wrapping_mul(0x9E37_79B1) >> 16) as usize
}

#[inline]
fn has(bits: &[u64], at: usize) -> bool {
    bits.get(at / 64).is_some_and(|word| word >> (at % 64) & 1 == 1)
}

fn set(bits: &mut [u64], at: usize) {
    if let Some(word) = bits.get_mut(at / 64) {
        *word |= 1 << (at % 64);
    }
}

/// Looks for free places in a table that fills from the front.
struct Room {
    /// Hardly any place before this one is free.
    from: usize,
}

impl Room {
    /// A place from which each of these letters leads to a free one.
    fn find(&mut self, nodes: &[Node], letters: &[u8]) -> usize {
        let Some(first) = letters.first().map(|l| usize::from(*l)) else { return 0 };
        let is_free = |at: usize| nodes.get(at).is_none_or(|n| n.parent == NONE);
        let (mut at, mut taken) = (self.from.max(first), 0);
        loop {
            let base = at - first;
            if !is_free(at) {
                taken += 1;
            } else if letters.iter().all(|l| is_free(base + usize::from(*l))) {
                break;
            }
            at += 1;
        }
        if taken * 20 >= (at - self.from) * 19 {
            self.from = at;
        }
        at - first
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_word_is_found_where_it_stands(
            words in prop::collection::btree_set("[abc'\u{e9}]{1,5}", 0..40), text in "[abc'\u{e9} ]{0,40}",
        ) {
            let words: Vec<&[u8]> = words.iter().map(|w| w.as_bytes()).collect();
            let trie = Trie::new(words.iter().copied().zip(0..));
            let places: Vec<usize> = trie.places(text.as_bytes(), 0).collect();
            for at in 0..=text.len() {
                let rest = &text.as_bytes()[at..];
                let mut slow: Vec<(u32, usize)> = (0..)
                    .zip(&words)
                    .filter(|(_, word)| rest.starts_with(word))
                    .map(|(number, word)| (number, at + word.len()))
                    .collect();
                slow.sort_by_key(|(_, end)| *end);
                let mut found = Vec::new();
                trie.each_at(text.as_bytes(), at, |number, end| found.push((number, end)));
                prop_assert!(found.is_empty() || places.contains(&at));
                prop_assert_eq!(found, slow);
            }
        }
    }

    #[test]
    fn many_words_take_little_more_room_than_their_letters() {
        let words: Vec<String> = (0..3000_u32).map(|n| format!("{:x}{n}", n.wrapping_mul(2_654_435_761))).collect();
        let trie = Trie::new(words.iter().map(|w| w.as_bytes()).zip(0..));
        let letters: usize = words.iter().map(String::len).sum();
        assert!(trie.nodes.len() < letters + 512, "{} nodes for {letters} letters", trie.nodes.len());
    }
}
