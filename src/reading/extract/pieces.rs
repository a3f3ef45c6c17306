//! A text cut into words as the learned tables of fields hear them, and traits on their way to such a table. Knows
//! neither what a word means nor who listens.

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

/// The words of a text, a number as one 0, with `None` where a sentence ends.
pub fn pieces(low: &[u8]) -> Vec<Option<&[u8]>> {
    let mut out = Vec::with_capacity(low.len() / 4 + 2);
    let mut at = 0;
    let kind_at = |at: usize| low.get(at).and_then(|b| KIND.get(usize::from(*b)));
    while let Some(kind) = kind_at(at) {
        let start = at;
        while kind_at(at) == Some(kind) {
            at += 1;
        }
        let run = low.get(start..at).unwrap_or_default();
        match (*kind, run) {
            (NUMBER, _) => out.push(Some(&b"0"[..])),
            (WORD, word) if word.len() <= WORD_MAX => out.push(Some(word)),
            // “$1.50”, “mail.example”: no sentence ends there.
            (MARK, b".") if low.get(at).is_some_and(|b| !b.is_ascii_whitespace()) => {}
            // “12:01 a.m. November 12”, “eff. 10/1”.
            (MARK, b".") if out.last().is_some_and(|w| w.is_some_and(shortened)) => {}
            (MARK, _) => out.push(None),
            _ => {}
        }
    }
    out
}

/// Whether a full stop behind a word only shortens it.
fn shortened(word: &[u8]) -> bool {
    word.len() == 1 && word != b"0"
        || matches!(word, b"eff" | b"exp" | b"approx" | b"no" | b"st" | b"mr" | b"mrs" | b"ms")
}

/// A trait on its way out, and who hears it.
pub struct Teller<F> {
    name: Vec<u8>,
    hear: F,
}

impl<F: FnMut(&[u8], f32)> Teller<F> {
    /// A teller to whom `hear` listens.
    pub fn new(hear: F) -> Self {
        Self { name: Vec::with_capacity(64), hear }
    }

    /// Tells a trait that consists of these pieces, and how loudly it counts.
    pub fn tell(&mut self, pieces: &[&[u8]], loudness: f32) {
        self.name.clear();
        for piece in pieces {
            self.name.extend_from_slice(piece);
        }
        (self.hear)(&self.name, loudness);
    }
}
