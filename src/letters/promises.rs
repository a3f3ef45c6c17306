//! What every letter says, whatever an agency makes of its template: that nothing is bound, changed or cancelled by it,
//! or that it is internal. A template that forgot gets the sentence added rather than sent without.

use super::Words;
use crate::domain::letter::Audience;

/// The sentence that every automatic letter to anybody outside holds (DESIGN promise 10).
pub(super) const NO_COVERAGE: &str =
    "No coverage is bound, changed or cancelled by this message until you hear from a licensed person.";
/// The same in Spanish.
pub(super) const NO_COVERAGE_ES: &str = "Este mensaje no contrata, modifica ni cancela ninguna cobertura hasta que \
                                         usted reciba respuesta de una persona con licencia.";
/// The first line of every letter to staff.
pub(super) const INTERNAL: &str = "Internal. Do not forward.";

/// The sentence in this language; English where there is no translation.
pub(super) fn no_coverage(language: &str) -> &'static str {
    if language == "es" { NO_COVERAGE_ES } else { NO_COVERAGE }
}

/// The letter with what it must say.
#[must_use]
pub(super) fn kept(mut words: Words, language: &str, audience: Audience) -> Words {
    match audience {
        Audience::Client => {
            let sentence = no_coverage(language);
            if !holds(&words.text, sentence) {
                words.text.push_str(&super::layout::laid_out(&format!("\n{sentence}\n")));
            }
            if let Some(html) = words.html.as_mut().filter(|html| !holds(html, sentence)) {
                put_at_end(html, &format!("<p>{sentence}</p>\n"));
            }
        }
        Audience::Staff => {
            if !words.text.starts_with(INTERNAL) {
                words.text = format!("{INTERNAL}\n\n{}", words.text);
            }
            if let Some(html) = words.html.as_mut().filter(|html| !holds(html, INTERNAL)) {
                put_at_start(html, &format!("<p>{INTERNAL}</p>\n"));
            }
        }
    }
    words
}

/// Is `sentence` in `text`, however its lines are broken?
pub(super) fn holds(text: &str, sentence: &str) -> bool {
    // Usually it stands in one piece; folding the whole letter is only for where it is broken over lines.
    if memchr::memmem::find(text.as_bytes(), sentence.as_bytes()).is_some() {
        return true;
    }
    let Some(first) = sentence.split(' ').next() else { return true };
    text.match_indices(first).any(|(at, _)| {
        let mut rest = text.get(at..).unwrap_or("").split_whitespace();
        sentence.split(' ').all(|word| rest.next().is_some_and(|r| r == word || r.strip_prefix('>') == Some(word)))
    })
}

fn put_at_end(html: &mut String, piece: &str) {
    let at = html.rfind("</body>").unwrap_or(html.len());
    html.insert_str(at, piece);
}

fn put_at_start(html: &mut String, piece: &str) {
    let at = html.find("<body").and_then(|b| html.get(b..)?.find('>').map(|end| b + end + 1)).unwrap_or(0);
    html.insert_str(at, piece);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bare() -> Words {
        Words {
            subject: "s".into(),
            text: "We will bind it now.\n".into(),
            html: Some("<html><body class=\"x\"><p>hi</p></body></html>".into()),
        }
    }

    #[test]
    fn a_client_letter_that_forgot_says_that_nothing_is_bound() {
        for (language, sentence) in [("en", NO_COVERAGE), ("es", NO_COVERAGE_ES), ("fr", NO_COVERAGE)] {
            let words = kept(bare(), language, Audience::Client);
            assert!(holds(&words.text, sentence), "{}", words.text);
            assert!(words.html.unwrap().ends_with(&format!("<p>{sentence}</p>\n</body></html>")));
        }
    }
    #[test]
    fn a_staff_letter_begins_with_internal() {
        let words = kept(bare(), "en", Audience::Staff);
        assert!(words.text.starts_with("Internal. Do not forward.\n\nWe will"));
        assert!(words.html.unwrap().starts_with("<html><body class=\"x\"><p>Internal. Do not forward.</p>"));
    }
    #[test]
    fn the_sentence_is_found_across_line_breaks_and_not_added_twice() {
        let mut words = bare();
        words.text = super::super::layout::laid_out(&format!("{} {NO_COVERAGE}", "word ".repeat(9)));
        let text = words.text.clone();
        assert_eq!(kept(words, "en", Audience::Client).text, text);
    }
}
