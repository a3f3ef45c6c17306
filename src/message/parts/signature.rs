//! Where the text ends and the signature begins: by the `-- ` of RFC 3676, by the sender's name, by a sign-off, by a
//! name above a telephone number. Knows nothing of what the text asks for.
//!
//! In doubt a line stays new: a request taken for a signature would be lost, a signature taken for a request is only
//! noise.

use super::lines::Line;
use super::sign_off;
use crate::message::PartKind;

/// Lines with text that a signature may have.
const LINES_MAX: usize = 14;
/// Blocks, apart by blank lines, that a signature may have.
const BLOCKS_MAX: usize = 4;
/// Lines with text below a `-- `; more is a text of its own.
const DELIMITED_MAX: usize = 30;

/// The line with which the signature of the new lines in `start..end` begins, and the line after it.
pub(super) fn find(
    lines: &[Line<'_>],
    kinds: &[PartKind],
    start: usize,
    end: usize,
    from: &str,
) -> Option<(usize, usize)> {
    let new: Vec<usize> = (start..end)
        .filter(|i| kinds.get(*i) == Some(&PartKind::New) && lines.get(*i).is_some_and(|l| !l.is_blank()))
        .collect();
    let last = new.last()? + 1;
    let names = name_words(from);
    if let Some(begin) = delimiter(lines, &new) {
        let begin = with_sign_off(lines, &new, with_name(lines, &new, begin, &names));
        return (new.first().is_some_and(|f| *f < begin)).then_some((begin, last));
    }
    let begin = by_name(lines, &new, &names).or_else(|| by_telephone(lines, &new))?;
    let mut begin = with_sign_off(lines, &new, begin);
    if new.first() == Some(&begin) && lines.get(begin).is_some_and(|l| sign_off::is(l.text)) {
        // “Thanks!” and a name: the thanks are the text.
        begin = *new.get(1)?;
    }
    // What has nothing above it is the text itself.
    new.first().is_some_and(|f| *f < begin).then_some((begin, last))
}

/// `-- ` (RFC 3676 4.3; the blank is often lost), or a drawn line with nothing but a signature below it.
fn delimiter(lines: &[Line<'_>], new: &[usize]) -> Option<usize> {
    let tail = new.len().saturating_sub(DELIMITED_MAX);
    new.iter().enumerate().skip(tail).find_map(|(n, i)| {
        let text = lines.get(*i)?.text;
        let drawn = text.len() >= 3 && text.bytes().all(|b| b"-_=*~".contains(&b));
        let rest = new.get(n + 1..)?;
        let plausible = || !rest.is_empty() && rest.iter().all(|j| lines.get(*j).is_some_and(|l| fits(l.text)));
        (text == "--" || text == "—" || (drawn && rest.len() <= LINES_MAX && plausible())).then_some(*i)
    })
}

/// Blocks from the last one up, as long as every line could be a signature's: the one with the sender's name, or with a
/// sign-off and a name, begins it.
fn by_name(lines: &[Line<'_>], new: &[usize], names: &[String]) -> Option<usize> {
    let mut block_end = new.len();
    let mut taken = 0;
    for _ in 0..BLOCKS_MAX {
        let mut first = block_end;
        while first > 0 {
            let (Some(this), Some(above)) = (new.get(first - 1), first.checked_sub(2).and_then(|a| new.get(a))) else {
                first = first.saturating_sub(1);
                break;
            };
            first -= 1;
            if above + 1 != *this {
                break;
            }
        }
        // The lowest run of lines in this block that fit.
        let mut top = block_end;
        while top > first && new.get(top - 1).and_then(|i| lines.get(*i)).is_some_and(|l| fits(l.text)) {
            top -= 1;
        }
        taken += block_end - top;
        if taken > LINES_MAX || top == block_end {
            return None;
        }
        let text = |n: usize| new.get(n).and_then(|i| lines.get(*i)).map(|l| l.text);
        let begin = (top..block_end).find_map(|n| {
            let line = text(n)?;
            let above_asks = n.checked_sub(1).and_then(text).is_some_and(|t| t.ends_with(':'));
            if above_asks {
                return None;
            }
            if sign_off::is(line) && text(n + 1).is_none_or(looks_like_a_name) {
                return Some(n);
            }
            // A name higher up with more below it needs a telephone or an address of mail: a holder's block may carry
            // the sender's name too.
            let lowest = block_end == new.len();
            let reachable = || (n..new.len()).filter_map(text).any(|t| has_telephone(t) || has_address(t));
            (is_named(line, names) && (lowest || reachable()))
                .then(|| whole_block(lines, new, top, n, block_end))
                .flatten()
        });
        if let Some(n) = begin {
            return new.get(n).copied();
        }
        if top > first || first == 0 {
            return None;
        }
        block_end = first;
    }
    None
}

/// Where the signature begins whose name was found at `n`, in lines that fit from `top` to `end`: at the name below a
/// sentence; at the top where other names and titles stand above it. An address of which one line happens to hold the
/// sender's firm is none.
fn whole_block(lines: &[Line<'_>], new: &[usize], top: usize, n: usize, end: usize) -> Option<usize> {
    let texts = |from: usize, to: usize| {
        new.get(from..to).unwrap_or_default().iter().filter_map(|i| lines.get(*i)).map(|l| l.text)
    };
    let Some(above) = texts(top, n).next_back() else { return Some(n) };
    if above.ends_with(['.', '!', '?', ',']) || sign_off::is(above) {
        return Some(n);
    }
    let titles = texts(top, n).all(|t| t.len() <= 60 && !t.bytes().any(|b| b.is_ascii_digit()));
    let reachable = texts(n, end).any(|t| has_telephone(t) || has_address(t));
    (titles && reachable).then_some(top)
}

/// The last block: a name, and a telephone number or an address of mail below it.
fn by_telephone(lines: &[Line<'_>], new: &[usize]) -> Option<usize> {
    let mut first = new.len().checked_sub(1)?;
    while first > 0 && new.get(first - 1).map(|i| i + 1) == new.get(first).copied() && new.len() - first < 7 {
        first -= 1;
    }
    let block = new.get(first..)?;
    let texts: Vec<&str> = block.iter().filter_map(|i| lines.get(*i)).map(|l| l.text).collect();
    let above = first.checked_sub(1).and_then(|a| new.get(a)).and_then(|i| lines.get(*i));
    if texts.len() < 2 || above.is_none_or(|l| l.text.ends_with(':')) {
        return None;
    }
    let starts = looks_like_a_name(texts.first()?) && texts.iter().all(|t| fits(t));
    (starts && texts.iter().skip(1).any(|t| has_telephone(t) || has_address(t)))
        .then(|| block.first().copied())
        .flatten()
}

/// A line above the delimiter with nothing but the sender's name belongs to the signature.
fn with_name(lines: &[Line<'_>], new: &[usize], begin: usize, names: &[String]) -> usize {
    let above = new.iter().rev().find(|i| **i < begin);
    let named = |l: &Line<'_>| l.words() <= 3 && is_named(l.text, names);
    match above {
        Some(i) if Some(i) != new.first() && begin - i <= 2 && lines.get(*i).is_some_and(named) => *i,
        _ => begin,
    }
}

/// A sign-off directly above the signature belongs to it.
fn with_sign_off(lines: &[Line<'_>], new: &[usize], begin: usize) -> usize {
    let above = new.iter().rev().find(|i| **i < begin);
    let first = new.first();
    match above {
        Some(i) if Some(i) != first && lines.get(*i).is_some_and(|l| sign_off::is(l.text)) && begin - i <= 3 => *i,
        _ => begin,
    }
}

/// Whether a line could stand in a signature.
fn fits(text: &str) -> bool {
    if text.len() > 100
        || text.ends_with('?')
        || text.starts_with(['•', '>'])
        || text.starts_with("- ")
        || text.starts_with("* ")
    {
        return false;
    }
    let words = text.split_ascii_whitespace().count();
    let contact = has_telephone(text) || has_address(text) || text.contains(" | ") || text.contains("www.");
    if (words > 9 && !contact && !is_street_address(text))
        || (words >= 6 && text.ends_with('.') && !contact)
        || words > 16
    {
        return false;
    }
    if text.ends_with(':') {
        return false;
    }
    !asks(text) && !has_date(text) && !text.contains('$')
}

/// Whether a line holds words that no signature holds: what carries them is part of the request.
fn asks(text: &str) -> bool {
    let lower = text.to_lowercase();
    let digits = lower.bytes().any(|b| b.is_ascii_digit());
    let mut before = "";
    lower.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).any(|word| {
        let pair = (std::mem::replace(&mut before, word), word);
        let always = matches!(
            word,
            "please"
                | "need"
                | "needs"
                | "send"
                | "effective"
                | "holder"
                | "lienholder"
                | "premium"
                | "deductible"
                | "necesito"
        );
        let together = matches!(
            pair,
            ("loss", "payee") | ("additional", "insured") | ("mail" | "email", "it") | ("do", "not") | ("favor", "de")
        );
        // Words that a title may hold (“Loan Processor”) but that a number makes a fact.
        let numbered = matches!(
            word,
            "dob"
                | "vin"
                | "born"
                | "birth"
                | "policy"
                | "serial"
                | "fein"
                | "ein"
                | "claim"
                | "loan"
                | "license"
                | "driver"
                | "póliza"
        );
        always || together || (numbered && digits)
    })
}

/// “1840 Elmhurst Rd, Unit D, Elk Grove Village, IL 60007”: long, but only for its commas.
fn is_street_address(text: &str) -> bool {
    text.matches(',').count() >= 2 && text.bytes().any(|b| b.is_ascii_digit()) && !text.ends_with('.')
}

/// A short line that holds a word of the sender's name, and nothing that is not like a name.
fn is_named(text: &str, names: &[String]) -> bool {
    let bare = text.trim_start_matches(['-', '–', '—', '~', '*', ' ']);
    let mut words = 0;
    let mut known = 0;
    let mut plain = 0;
    for word in bare.split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '’').filter(|w| !w.is_empty()) {
        words += 1;
        if word.bytes().any(|b| b.is_ascii_digit()) {
            // “Jim Crossfield 262-555-0186”: digits only as a telephone number.
            if !has_telephone(bare) {
                return false;
            }
            continue;
        }
        let lower = word.to_lowercase();
        if names.contains(&lower) || (word.len() == 1 && names.iter().any(|n| n.starts_with(&lower))) {
            known += 1;
        } else if word.starts_with(char::is_lowercase)
            && !["and", "de", "la", "von", "van", "of", "y", "thanks", "thx"].contains(&lower.as_str())
        {
            plain += 1;
        }
    }
    known > 0
        && words <= 12
        && plain <= usize::from(known > 1)
        && bare.split_ascii_whitespace().count() <= 7
        && !bare.ends_with([',', ':'])
        || known > 0 && words <= 4 && plain == 0
}

/// One to five words, each with a capital: `Mrs. Colleen Ahearn`, `Kelsey D.`, `Billing Services`.
fn looks_like_a_name(text: &str) -> bool {
    let bare = text.trim_matches(|c: char| !c.is_alphanumeric());
    let mut words = 0;
    let capital = bare.split_ascii_whitespace().all(|w| {
        words += 1;
        w.starts_with(|c: char| c.is_uppercase() || !c.is_alphanumeric())
            || ["and", "de", "la", "of", "von", "van", "y"].contains(&w)
    });
    capital
        && (1..=5).contains(&words)
        && !bare.bytes().any(|b| b.is_ascii_digit())
        && !text.ends_with([':', '?'])
        && bare.len() <= 50
}

/// Seven or ten digits with the usual marks between: `(312) 555-0100`, `414.555.0162`, `555-0100`, `+1 608 555 0194`.
pub(super) fn has_telephone(text: &str) -> bool {
    let mut run = 0;
    let mut marks = 0;
    for b in text.bytes() {
        match b {
            b'0'..=b'9' => {
                run += 1;
                marks = 0;
                if run == 10 {
                    return true;
                }
            }
            b' ' | b'-' | b'.' | b'(' | b')' | b'+' | b'/' if run > 0 && marks < 2 => marks += 1,
            _ => (run, marks) = (0, 0),
        }
    }
    false
}

fn has_address(text: &str) -> bool {
    text.split_ascii_whitespace().any(|w| w.split_once('@').is_some_and(|(l, d)| !l.is_empty() && d.contains('.')))
}

/// `11/2/2026`, `2026-11-02`.
fn has_date(text: &str) -> bool {
    text.split_ascii_whitespace().any(|w| {
        let w = w.trim_matches(|c: char| !c.is_ascii_digit());
        let pieces = w.split('/').count();
        (2..=3).contains(&pieces) && w.len() >= 4 && w.len() <= 10 && w.bytes().all(|b| b.is_ascii_digit() || b == b'/')
    })
}

/// The words of a name that can stand alone under a letter: `Frye, Jamal (Gatewood)` → frye, jamal, gatewood.
fn name_words(from: &str) -> Vec<String> {
    let name = from.split('<').next().unwrap_or_default();
    let name = if name.trim().is_empty() { from } else { name };
    let name = name.split('@').next().unwrap_or_default();
    name.split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '’')
        .filter(|w| w.chars().count() >= 2 && !w.bytes().any(|b| b.is_ascii_digit()))
        .map(str::to_lowercase)
        .filter(|w| {
            ![
                "the",
                "and",
                "inc",
                "llc",
                "insurance",
                "mr",
                "mrs",
                "ms",
                "dr",
                "co",
                "of",
                "for",
                "team",
                "service",
                "services",
            ]
            .contains(&w.as_str())
        })
        .take(12)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::lines;
    use super::*;

    fn signature<'a>(text: &'a str, from: &str) -> &'a str {
        let l = lines::of(text);
        let kinds = vec![PartKind::New; l.len()];
        find(&l, &kinds, 0, l.len(), from).map_or("", |(s, e)| &text[l[s].start..l[e - 1].end])
    }

    #[test]
    fn the_senders_name_under_the_text_begins_the_signature() {
        for (text, from, expected) in [
            (
                "Please send a COI.\n\nMarcus\nTeel Concrete\n(815) 555-0104\n",
                "Marcus Teel",
                "Marcus\nTeel Concrete\n(815) 555-0104\n",
            ),
            (
                "How much is it?\nCarla Mendenhall\n920.555.0144\n",
                "Carla Mendenhall",
                "Carla Mendenhall\n920.555.0144\n",
            ),
            (
                "Can you do it\n\ngracias!!\nOdalys\n(708) 555-0171\n",
                "Odalys Prieto",
                "gracias!!\nOdalys\n(708) 555-0171\n",
            ),
            ("I need 4 yrs loss runs by fri. thx\n\nC\n", "Chuck Norberg", "C\n"),
            (
                "Which papers?\n\nKevin Sloan\n1840 Elmhurst Rd, Unit D, Elk Grove Village, IL 60007\n",
                "Kevin Sloan",
                "Kevin Sloan\n1840 Elmhurst Rd, Unit D, Elk Grove Village, IL 60007\n",
            ),
            (
                "Send it.\n\nBianca Ruiz | Loan Processor II\nSummit Lending\nO 262-555-0149\n",
                "Bianca Ruiz",
                "Bianca Ruiz | Loan Processor II\nSummit Lending\nO 262-555-0149\n",
            ),
            (
                "It ends.\n\nJanet Mulqueen, CPCU\nSenior Underwriter\nMid-Prairie Mutual\n(515) 555-0114\n",
                "Mid-Prairie Mutual",
                "Janet Mulqueen, CPCU\nSenior Underwriter\nMid-Prairie Mutual\n(515) 555-0114\n",
            ),
            ("Add the truck.\n\nBest regards,\n\nWalt Nyberg\n", "Walter Nyberg", "Best regards,\n\nWalt Nyberg\n"),
        ] {
            assert_eq!(signature(text, from), expected);
        }
    }
    #[test]
    fn a_holders_address_at_the_end_is_no_signature() {
        for text in [
            "Holder is:\n\nHarker Property Group\n77 N Fulton St\nMilwaukee, WI 53202\n",
            "Send it to\n\nHarker Property Group\n77 N Fulton St, 2nd floor\nMilwaukee, WI 53202\n",
            "Holder is\n\nWojcik Logistics\n12 Elm St\nJoliet IL 60431\n\nASAP\n",
            "The holder:\n\nOrchard Retail REIT\nc/o Wojcik Document Center\nPO Box 55190\nOmaha, NE 68155\n\nSend to docs@wojcik.example by noon.\n",
            "Please add our son as a driver:\nStan Wojcik Jr\nDOB 3/14/2010\n",
        ] {
            assert_eq!(signature(text, "Stan Wojcik"), "", "{text}");
        }
    }
    #[test]
    fn a_message_that_is_only_a_name_stays_new() {
        assert_eq!(signature("Marcus\n815 555-0104\n", "Marcus Teel"), "");
        assert_eq!(signature("Thanks!\nOdalys\n", "Odalys"), "Odalys\n");
    }
    #[test]
    fn two_dashes_begin_a_signature_whatever_it_holds() {
        assert_eq!(
            signature("ok\n\n--\nThis message was sent as a text.\n", "x"),
            "--\nThis message was sent as a text.\n"
        );
    }
}
