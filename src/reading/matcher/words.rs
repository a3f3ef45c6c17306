//! The words of a text as the matcher uses them: where each begins, and with which two bytes. Knows no program.

use super::is_word;

/// A word of a text: where it begins, and with which [`pair`] of bytes.
pub(in super::super) type WordStart = (u32, u8);

/// A text, and its words.
#[derive(Debug, Clone, Copy, Default)]
pub(in super::super) struct Worded<'a> {
    pub(in super::super) bytes: &'a [u8],
    pub(in super::super) words: &'a [WordStart],
    /// What the words' places are counted from.
    pub(in super::super) base: usize,
}

/// Two bytes as one of 64 numbers: most wrong words are told from right ones by it.
pub(super) fn pair(first: u8, second: u8) -> u8 {
    first.wrapping_mul(29).wrapping_add(second) & 63
}

/// Which of 64 kinds a byte is, or the end of a text: each small letter, each figure and the blank is one of its own, and
/// others share the rest.
#[inline]
pub(super) fn kind(byte: Option<&u8>) -> u8 {
    match byte {
        Some(letter @ b'a'..=b'z') => letter - b'a',
        Some(figure @ b'0'..=b'9') => 26 + (figure - b'0'),
        Some(b' ') => 36,
        Some(other) => 37 + other % 26,
        None => 63,
    }
}

/// Notes the words of a text that begins at `base`.
pub(in super::super) fn note_words(bytes: &[u8], base: usize, words: &mut Vec<WordStart>) {
    let mut in_word = false;
    for (at, &byte) in bytes.iter().enumerate() {
        let word = IN_WORD.get(usize::from(byte)) == Some(&true);
        if word && !in_word {
            // Past the end any byte will do: a program that asks for one fails there.
            let next = bytes.get(at + 1).copied().unwrap_or_default();
            words.push((u32::try_from(base + at).unwrap_or(u32::MAX), pair(byte, next)));
        }
        in_word = word;
    }
}

/// By byte: whether it is part of a word.
static IN_WORD: [bool; 256] = {
    let mut all = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        // `byte` is a constant below the array's length.
        #[expect(clippy::indexing_slicing)]
        {
            all[byte] = is_word(byte as u8);
        }
        byte += 1;
    }
    all
};

/// The words of a sentence by their [`pair`]s, so that a program is tried only where it may begin, without a look at all
/// the other words.
#[derive(Debug)]
pub(in super::super) struct ByPair {
    /// By pair: which of the first 64 words have it.
    words: [u64; 64],
    /// The pairs that any of them has.
    present: u64,
}

impl Default for ByPair {
    fn default() -> Self {
        Self { words: [0; 64], present: 0 }
    }
}

impl ByPair {
    /// Turns to the words of another sentence.
    pub(in super::super) fn turn(&mut self, words: &[WordStart]) {
        for pair in bits(self.present) {
            if let Some(slot) = self.words.get_mut(pair) {
                *slot = 0;
            }
        }
        self.present = 0;
        for (n, (_, pair)) in words.iter().enumerate().take(64) {
            if let Some(slot) = self.words.get_mut(usize::from(*pair)) {
                *slot |= 1 << n;
                self.present |= 1 << pair;
            }
        }
    }

    /// Which of the first 64 words begin with one of these pairs.
    pub(super) fn with(&self, pairs: u64) -> u64 {
        bits(pairs & self.present).fold(0, |all, pair| all | self.words.get(pair).copied().unwrap_or_default())
    }
}

/// The bits of a set, the lowest first.
pub(in super::super) fn bits(mut set: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let lowest = (set != 0).then(|| set.trailing_zeros() as usize);
        set &= set.wrapping_sub(1);
        lowest
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_by_their_pairs_and_those_of_an_earlier_sentence_are_forgotten() {
        let mut by_pair = ByPair::default();
        for text in ["add the truck to the policy", "the", "", "remove the red one"] {
            let mut words = Vec::new();
            note_words(text.as_bytes(), 7, &mut words);
            by_pair.turn(&words);
            for pairs in [0, u64::MAX, 1 << pair(b't', b'h'), 1 << pair(b'r', b'e') | 1 << pair(b'a', b'd')] {
                let slow: Vec<usize> = (0..words.len()).filter(|n| pairs >> words[*n].1 & 1 == 1).collect();
                assert_eq!(bits(by_pair.with(pairs)).collect::<Vec<_>>(), slow, "{text}");
            }
        }
    }
}
