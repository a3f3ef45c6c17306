//! A text cut into words as the learned tables of fields hear them, and traits on their way to such a table. Knows
//! neither what a word means nor who listens.

/// Longer words are codes.
const WORD_MAX: usize = 24;

/// The words of a text, a number as one 0, with `None` where a sentence ends.
pub fn pieces(low: &[u8]) -> Vec<Option<&[u8]>> {
    let kind = |b: u8| match b {
        b'0'..=b'9' => 1,
        b'a'..=b'z' | b'\'' | 0x80.. => 2,
        b'\n' | b'?' | b'!' | b'.' => 3,
        _ => 0,
    };
    let mut out = Vec::with_capacity(low.len() / 5);
    let mut at = 0;
    for run in low.chunk_by(|a, b| kind(*a) == kind(*b)) {
        at += run.len();
        match (run.first().map(|b| kind(*b)), run) {
            (Some(1), _) => out.push(Some(&b"0"[..])),
            (Some(2), word) if word.len() <= WORD_MAX => out.push(Some(word.trim_ascii())),
            // “$1.50”, “mail.example”: no sentence ends there.
            (Some(3), b".") if low.get(at).is_some_and(|b| !b.is_ascii_whitespace()) => {}
            // “12:01 a.m. November 12”, “eff. 10/1”.
            (Some(3), b".") if out.last().is_some_and(|w| w.is_some_and(shortened)) => {}
            (Some(3), _) => out.push(None),
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
