//! A text cut into words as the learned tables of fields hear them, and the traits that are made of them. What a piece of
//! a trait comes to is reckoned once; a table then knows a trait without a look at its letters. Knows neither what a word
//! means nor who listens.

/// Longer words are codes.
const WORD_MAX: usize = 24;

/// What a byte is part of: nothing that is heard, a number, a word, or marks of which some end a sentence.
const KIND: [u8; 256] = {
    let mut kinds = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        // `byte` is a constant below the array's length.
        #[expect(clippy::indexing_slicing)]
        {
            kinds[byte] = match byte as u8 {
                b'0'..=b'9' => NUMBER,
                b'a'..=b'z' | b'\'' | 0x80.. => WORD,
                b'\n' | b'?' | b'!' | b'.' => MARK,
                _ => 0,
            };
        }
        byte += 1;
    }
    kinds
};
const NUMBER: u8 = 1;
const WORD: u8 = 2;
const MARK: u8 = 3;

/// A piece of a trait: its letters, and what they come to.
#[derive(Debug, Clone, Copy)]
pub struct Piece<'p> {
    letters: &'p [u8],
    sum: u64,
    /// By what a sum is multiplied when this piece follows.
    shift: u64,
}

impl Piece<'_> {
    /// Whether it begins with a figure, as no word does.
    pub fn is_number(&self) -> bool {
        self.letters.first() == Some(&b'0')
    }
}

/// What a letter multiplies the sum of those before it by: odd, and its bits well mixed.
const BASE: u64 = 0x9E37_79B9_7F4A_7C15;

/// Letters as a piece.
#[inline]
pub const fn piece(letters: &[u8]) -> Piece<'_> {
    let (mut sum, mut shift, mut rest) = (0_u64, 1_u64, letters);
    while let [letter, others @ ..] = rest {
        sum = sum.wrapping_mul(BASE).wrapping_add(*letter as u64 + 1);
        shift = shift.wrapping_mul(BASE);
        rest = others;
    }
    Piece { letters, sum, shift }
}

/// What a trait comes to that consists of these pieces, wherever it is cut. Of two traits that are not the same it is the
/// same by a chance of one in 2^64.
#[inline]
pub fn sum_of(pieces: &[Piece<'_>]) -> u64 {
    pieces.iter().fold(0, |sum, piece| sum.wrapping_mul(piece.shift).wrapping_add(piece.sum))
}

/// The letters of a trait.
pub fn letters_of(pieces: &[Piece<'_>]) -> Vec<u8> {
    pieces.iter().flat_map(|piece| piece.letters).copied().collect()
}

impl PartialEq for Piece<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.letters == other.letters
    }
}

/// A single figure; the last one for what is more.
pub fn figure(number: usize) -> Piece<'static> {
    const FIGURES: &[u8] = b"0123456789";
    let at = number.min(FIGURES.len() - 1);
    piece(FIGURES.get(at..=at).unwrap_or_default())
}

/// A number, whatever it is.
const ANY_NUMBER: Piece<'_> = piece(b"0");

/// The words of a text, a number as one 0, with `None` where a sentence ends.
pub fn pieces(low: &[u8]) -> Pieces<'_> {
    Pieces { rest: low, shortened: false }
}

/// A text on its way to be cut into words.
pub struct Pieces<'t> {
    rest: &'t [u8],
    /// Whether a full stop behind the last word only shortens it.
    shortened: bool,
}

impl<'t> Iterator for Pieces<'t> {
    type Item = Option<Piece<'t>>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let kind = kind(*self.rest.first()?);
            let len = self.rest.iter().position(|b| self::kind(*b) != kind).unwrap_or(self.rest.len());
            let (run, rest) = self.rest.split_at_checked(len)?;
            self.rest = rest;
            let piece = match (kind, run) {
                (NUMBER, _) => Some(ANY_NUMBER),
                (WORD, word) if word.len() <= WORD_MAX => Some(piece(word)),
                // “$1.50”, “mail.example”: no sentence ends there.
                (MARK, b".") if rest.first().is_some_and(|b| !b.is_ascii_whitespace()) => continue,
                // “12:01 a.m. November 12”, “eff. 10/1”.
                (MARK, b".") if self.shortened => continue,
                (MARK, _) => None,
                _ => continue,
            };
            self.shortened = piece.is_some_and(|word| shortened(word.letters));
            return Some(piece);
        }
    }
}

#[inline]
fn kind(byte: u8) -> u8 {
    KIND.get(usize::from(byte)).copied().unwrap_or_default()
}

/// Whether a full stop behind a word only shortens it.
fn shortened(word: &[u8]) -> bool {
    word.len() == 1 && word != b"0"
        || matches!(word, b"eff" | b"exp" | b"approx" | b"no" | b"st" | b"mr" | b"mrs" | b"ms")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::{Rulebook, wording::Table};
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn a_trait_comes_to_the_same_wherever_it_is_cut(letters in "[a-c0' ]{0,12}", first in 0..12_usize, second in 0..12_usize) {
            let letters = letters.as_bytes();
            let (first, rest) = letters.split_at(first.min(letters.len()));
            let (second, third) = rest.split_at(second.min(rest.len()));
            let cut = [piece(first), piece(second), piece(third)];
            prop_assert_eq!(sum_of(&cut), sum_of(&[piece(letters)]));
            prop_assert_eq!(letters_of(&cut), letters);
            prop_assert_ne!(sum_of(&cut), sum_of(&[piece(letters), piece(b"d")]));
        }
    }

    #[test]
    fn no_two_traits_of_the_tables_come_to_the_same() {
        let rulebook = Rulebook::built_in();
        for file in [rulebook.dates_file(), rulebook.kinds_file(), rulebook.names_file(), rulebook.complex_file()] {
            let table = Table::read(file, &mut Vec::new());
            let sums: BTreeSet<u64> = table.rows.keys().map(|row| sum_of(&[piece(row.as_bytes())])).collect();
            assert!(sums.len() > 1000 && sums.len() == table.rows.len(), "{}", file.name);
        }
    }

    #[test]
    fn a_full_stop_ends_a_sentence_where_it_shortens_no_word() {
        let heard = |text: &str| -> Vec<String> {
            let told = pieces(text.as_bytes()).map(|p| p.map_or_else(|| b"|".to_vec(), |p| letters_of(&[p])));
            told.map(|letters| String::from_utf8(letters).unwrap()).collect()
        };
        assert_eq!(heard("eff. 10/1. it's $1.50"), ["eff", "0", "0", "|", "it's", "0", "0"]);
        assert_eq!(heard("no. a@b.example\ndone?!"), ["no", "a", "b", "example", "|", "done", "|"]);
    }
}
