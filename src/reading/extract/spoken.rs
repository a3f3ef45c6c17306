//! Numbers that were spoken, or typed as if: “H O two six dash one one eight”, “two hundred eighteen dollars”.

use super::sheet::Sheet;

/// A digit by its name.
fn digit(word: &[u8]) -> Option<char> {
    Some(match word {
        b"zero" | b"oh" => '0',
        b"one" => '1',
        b"two" => '2',
        b"three" => '3',
        b"four" => '4',
        b"five" => '5',
        b"six" => '6',
        b"seven" => '7',
        b"eight" => '8',
        b"nine" => '9',
        _ => return None,
    })
}

/// The number spelled out after a label: where it stands and how it is written in digits. At least four digits, at
/// least one of them in words.
pub fn number_after(sheet: &Sheet<'_>, at: usize) -> Option<(usize, usize, String)> {
    let (mut start, mut end, mut value) = (None, at, String::new());
    let (mut spoken, mut digits) = (0, 0);
    let mut i = at;
    let mut fillers = 0;
    loop {
        let (a, b) = sheet.word_after(i);
        let word = sheet.low(a, b);
        if word.is_empty() || a > i + 3 || (start.is_some() && sheet.sentence_ends_between(i, a)) {
            break;
        }
        if let Some(d) = digit(word) {
            value.push(d);
            spoken += 1;
            digits += 1;
        } else if word.iter().all(u8::is_ascii_digit) {
            value.push_str(sheet.slice(a, b));
            digits += word.len();
        } else if matches!(word, b"dash" | b"hyphen") && !value.is_empty() {
            value.push('-');
        } else if word.len() == 1
            && word.first().is_some_and(u8::is_ascii_alphabetic)
            && !(value.is_empty() && matches!(word, b"a" | b"i") && digits == 0 && !letter_goes_on(sheet, b))
        {
            value.push(sheet.byte(a).to_ascii_uppercase() as char);
        } else if start.is_none()
            && fillers < 4
            && matches!(word, b"is" | b"number" | b"its" | b"it" | b"s" | b"uh" | b"um" | b"the" | b"no")
        {
            fillers += 1;
            i = b;
            continue;
        } else if start.is_some() && matches!(word, b"uh" | b"um") {
            i = b;
            continue;
        } else {
            break;
        }
        start.get_or_insert(a);
        end = b;
        i = b;
    }
    let start = start?;
    (spoken >= 2 && digits >= 4).then(|| (start, end, value.trim_matches('-').to_owned()))
}

/// Whether a single letter, digit or digit's name follows: a letter alone is an article, letters in a row are spelled.
fn letter_goes_on(sheet: &Sheet<'_>, at: usize) -> bool {
    let (a, b) = sheet.word_after(at);
    let word = sheet.low(a, b);
    word.len() == 1 || digit(word).is_some()
}

/// Spelled-out words as they are written in digits: the inverse that a reader (and a test) needs to compare a value
/// with its words.
#[cfg(test)]
pub fn written(words: &str) -> String {
    let mut out = String::new();
    for word in words.split(|c: char| !c.is_alphanumeric()) {
        let low = word.to_lowercase();
        match digit(low.as_bytes()) {
            Some(d) => out.push(d),
            None if matches!(low.as_str(), "dash" | "hyphen" | "uh" | "um") => {}
            None => out.push_str(word),
        }
    }
    out
}

/// The value of a number in words that begins at `at`, such as “two hundred eighteen”; with its end.
pub fn cardinal(sheet: &Sheet<'_>, at: usize) -> Option<(f64, usize)> {
    let (mut total, mut part, mut end, mut any) = (0.0_f64, 0.0_f64, at, false);
    let mut i = at;
    for _ in 0..12 {
        let (a, b) = sheet.word_after(i);
        if a > i + 2 || (any && sheet.sentence_ends_between(i, a)) {
            break;
        }
        let word = sheet.low(a, b);
        if word == b"and" && any {
            i = b;
            continue;
        }
        if let Some(n) = small(word) {
            // “four four one nine” is spelled, not counted: only tens take a unit, only hundreds take tens.
            let room = if n < 10.0 { part % 10.0 == 0.0 && part % 100.0 != 10.0 } else { part % 100.0 == 0.0 };
            if !room {
                break;
            }
            part += n;
        } else if word == b"hundred" {
            part = part.max(1.0) * 100.0;
        } else if word == b"thousand" || word == b"grand" {
            total += part.max(1.0) * 1e3;
            part = 0.0;
        } else if word == b"million" {
            total += part.max(1.0) * 1e6;
            part = 0.0;
        } else {
            break;
        }
        any = true;
        end = b;
        i = b;
    }
    any.then_some((total + part, end))
}

/// A number word below one hundred.
pub fn small(word: &[u8]) -> Option<f64> {
    const WORDS: [&[u8]; 20] = [
        b"zero",
        b"one",
        b"two",
        b"three",
        b"four",
        b"five",
        b"six",
        b"seven",
        b"eight",
        b"nine",
        b"ten",
        b"eleven",
        b"twelve",
        b"thirteen",
        b"fourteen",
        b"fifteen",
        b"sixteen",
        b"seventeen",
        b"eighteen",
        b"nineteen",
    ];
    const TENS: [&[u8]; 8] = [b"twenty", b"thirty", b"forty", b"fifty", b"sixty", b"seventy", b"eighty", b"ninety"];
    if let Some(n) = WORDS.iter().position(|w| *w == word) {
        return Some(n as f64);
    }
    TENS.iter().position(|w| *w == word).map(|n| (n as f64 + 2.0) * 10.0)
}
