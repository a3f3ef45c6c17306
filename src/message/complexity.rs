//! How much structure a message may have before it is left unopened: a guard in front of mail-parser, so that
//! hostile nesting costs neither the stack nor minutes. Knows only words, no MIME.

use aho_corasick::{AhoCorasick, MatchKind};
use std::sync::LazyLock;

/// A nested message is freed recursively, so a deep nest would overflow the stack, which no `catch_unwind` catches.
const NESTED_MAX: usize = 200;
/// A multipart whose boundary never comes is searched to the end of the message: multiparts × bytes is the cost.
const SEARCH_MAX: usize = 2_000_000_000;
/// The word counts below cost a pass over the message; shorter ones cannot do harm.
const HARMLESS: usize = 16 * 1024;

static WORDS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::Standard)
        .build(["multipart", "rfc822", "global", "digest"])
        .ok()
});

/// Why a message must not be opened; `None` for every message a person would write.
pub(super) fn too_much(raw: &[u8]) -> Option<&'static str> {
    if raw.len() < HARMLESS || !may_be_too_much(raw) {
        return None;
    }
    let (mut nested, mut multiparts) = (0_usize, 0_usize);
    for found in WORDS.as_ref()?.find_iter(raw) {
        match found.pattern().as_usize() {
            0 => multiparts += 1,
            _ => nested += 1,
        }
    }
    if nested > NESTED_MAX && mentions(raw) > NESTED_MAX {
        return Some("it nests messages within messages without end and was left unopened");
    }
    (multiparts.saturating_mul(raw.len()) > SEARCH_MAX)
        .then_some("it has more parts within parts than mail has and was left unopened")
}

/// Whether there is room in it for so many words at all: asked first, because it costs next to nothing.
fn may_be_too_much(raw: &[u8]) -> bool {
    let multiparts = raw.len() / "multipart".len();
    let types = || memchr::memchr_iter(b'/', raw).nth(NESTED_MAX).is_some();
    multiparts.saturating_mul(raw.len()) > SEARCH_MAX || types()
}

/// The words count only where a Content-Type can say them: prose may well speak of “global coverage”.
fn mentions(raw: &[u8]) -> usize {
    raw.split(|b| *b == b'\n')
        .filter(|line| {
            let line = line.trim_ascii_start();
            line.len() < 200 && line.contains(&b'/') && {
                let lower = line.to_ascii_lowercase();
                let has = |w: &[u8]| lower.windows(w.len()).any(|x| x == w);
                has(b"rfc822") || has(b"global") || has(b"digest")
            }
        })
        .count()
}
