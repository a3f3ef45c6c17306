//! Numbers that were spoken, or typed as if: “H O two six dash one one eight”, “two hundred eighteen dollars”.

use super::sheet::Sheet;

/// A digit by its name.
pub fn digit(word: &[u8]) -> Option<char> {
    Some(match word {
        b"zero" | b"oh" | b"cero" => '0',
        b"one" | b"uno" => '1',
        b"two" | b"dos" => '2',
        b"three" | b"tres" => '3',
        b"four" | b"cuatro" => '4',
        b"five" | b"cinco" => '5',
        b"six" | b"seis" => '6',
        b"seven" | b"siete" => '7',
        b"eight" | b"ocho" => '8',
        b"nine" | b"nueve" => '9',
        _ => return None,
    })
}

/// Small words between a label and the number that it announces, at most.
const FILLERS: usize = 8;

/// Every number that is spelled out letter by letter and figure by figure, wherever it stands: two letters or one, then
/// at least four figures in words. What is as long as a vehicle's number is none.
pub fn spelled(sheet: &Sheet<'_>) -> Vec<(usize, usize, String)> {
    let mut out: Vec<(usize, usize, String)> = Vec::new();
    let mut free = 0;
    for blank in memchr::memchr_iter(b' ', &sheet.folded) {
        if blank < free {
            continue;
        }
        let start = blank + 1;
        let letter = sheet.folded.get(start).is_some_and(u8::is_ascii_alphabetic)
            && !sheet.folded.get(start + 1).is_some_and(u8::is_ascii_alphanumeric);
        if !letter || !letter_goes_on(sheet, start + 1) {
            continue;
        }
        let Some((a, b, value)) = number_after(sheet, start) else { continue };
        let letters = value.bytes().take_while(u8::is_ascii_alphabetic).count();
        let figures = value.bytes().filter(u8::is_ascii_digit).count();
        if a == start && (1..=4).contains(&letters) && figures >= 4 && value.len() < 15 {
            out.push((a, b, value));
            free = b;
        }
    }
    out
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
        // “it's B O two”: the s of a word before, not of the number; “T R as in Robert seven”.
        let tail = word == b"s" && matches!(sheet.before(a), b'\'' | 0x80..);
        if start.is_none() && tail && fillers < FILLERS {
            fillers += 1;
            i = b;
            continue;
        }
        if start.is_some() && word == b"as" {
            let (c, d) = sheet.word_after(b);
            if sheet.low(c, d) == b"in" {
                i = sheet.word_after(d).1;
                continue;
            }
        }
        // “… nine one eight I think”.
        if digits > 0 && matches!(word, b"i" | b"a") && !letter_goes_on(sheet, b) {
            break;
        }
        if word.is_empty() || a > i + 3 || (start.is_some() && sheet.sentence_ends_between(i, a)) {
            break;
        }
        // “póO P dash four”: what an accent parts for those who read ASCII is no letter of its own.
        if is_of_longer_word(sheet, a, b) {
            break;
        }
        if let Some(d) = digit(word) {
            value.push(d);
            spoken += 1;
            digits += 1;
        } else if word.iter().all(u8::is_ascii_digit) {
            value.push_str(sheet.slice(a, b));
            digits += word.len();
        } else if matches!(word, b"dash" | b"hyphen" | b"guion") && !value.is_empty() {
            value.push('-');
        } else if word.len() == 1
            && word.first().is_some_and(u8::is_ascii_alphabetic)
            && !(value.is_empty() && matches!(word, b"a" | b"i") && digits == 0 && !letter_goes_on(sheet, b))
        {
            value.push(sheet.byte(a).to_ascii_uppercase() as char);
        } else if start.is_none()
            && fillers < FILLERS
            && matches!(
                word,
                b"is"
                    | b"number"
                    | b"its"
                    | b"it"
                    | b"s"
                    | b"uh"
                    | b"um"
                    | b"the"
                    | b"no"
                    | b"i"
                    | b"have"
                    | b"here"
                    | b"on"
                    | b"this"
                    | b"thing"
                    | b"my"
                    | b"which"
                    | b"that"
            )
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

/// Whether a letter that ASCII does not have stands right beside a word.
fn is_of_longer_word(sheet: &Sheet<'_>, a: usize, b: usize) -> bool {
    sheet.slice(b, sheet.text.len()).starts_with(char::is_alphabetic)
        || sheet.slice(0, a).ends_with(char::is_alphabetic)
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
    let mut left_out = 0;
    for word in words.split(|c: char| !c.is_alphanumeric()) {
        // “T R as in Robert seven”.
        if word == "as" {
            left_out = 3;
        }
        if left_out > 0 {
            left_out -= 1;
            continue;
        }
        let low = word.to_lowercase();
        match digit(low.as_bytes()) {
            Some(d) => out.push(d),
            None if matches!(low.as_str(), "dash" | "hyphen" | "guion" | "uh" | "um") => {}
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
        if matches!(word, b"and" | b"y") && any {
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
        } else if matches!(word, b"thousand" | b"grand" | b"mil") {
            total += part.max(1.0) * 1e3;
            part = 0.0;
        } else if matches!(word, b"million" | b"millon" | b"millones") || accented(sheet, a, b) {
            total += part.max(1.0) * 1e6;
            part = 0.0;
        } else {
            break;
        }
        any = true;
        // “millón”: what stands behind its accent belongs to it.
        end = if accented(sheet, a, b) { b + 3 } else { b };
        i = end;
    }
    any.then_some((total + part, end))
}

/// “millón”, whose accent parts it for those who read ASCII.
fn accented(sheet: &Sheet<'_>, a: usize, b: usize) -> bool {
    sheet.low(a, b) == b"mill" && sheet.low(b, b + 3) == [0xC3, 0xB3, b'n']
}

/// Spanish days of a month in words.
const DAYS: [(&str, u32); 40] = [
    ("primero", 1),
    ("uno", 1),
    ("dos", 2),
    ("tres", 3),
    ("cuatro", 4),
    ("cinco", 5),
    ("seis", 6),
    ("siete", 7),
    ("ocho", 8),
    ("nueve", 9),
    ("diez", 10),
    ("once", 11),
    ("doce", 12),
    ("trece", 13),
    ("catorce", 14),
    ("quince", 15),
    ("dieciseis", 16),
    ("dieciséis", 16),
    ("diecisiete", 17),
    ("dieciocho", 18),
    ("diecinueve", 19),
    ("veinte", 20),
    ("veintiuno", 21),
    ("veintidos", 22),
    ("veintidós", 22),
    ("veintitres", 23),
    ("veintitrés", 23),
    ("veinticuatro", 24),
    ("veinticinco", 25),
    ("veintiseis", 26),
    ("veintiséis", 26),
    ("veintisiete", 27),
    ("veintiocho", 28),
    ("veintinueve", 29),
    ("treinta", 30),
    ("treinta y uno", 31),
    ("cuarenta", 40),
    ("cincuenta", 50),
    ("sesenta", 60),
    ("setenta", 70),
];

/// The Spanish number in words before “ de ”, which ends at `month`: “quince de octubre”. With its start.
pub fn day_before(sheet: &Sheet<'_>, month: usize) -> Option<(usize, u32)> {
    let lead = sheet.low(month.saturating_sub(24), month).strip_suffix(b" de ")?;
    let end = month - 4;
    let fits = |word: &&(&str, u32)| {
        lead.ends_with(word.0.as_bytes()) && !sheet.before(end - word.0.len()).is_ascii_alphanumeric()
    };
    let (word, day) = DAYS.iter().filter(|d| d.1 <= 31).filter(fits).max_by_key(|d| d.0.len())?;
    Some((end - word.len(), *day))
}

/// A Spanish year in words: “ del noventa y ocho”, “ de mil novecientos …” is left alone. With its end.
pub fn year_after(sheet: &Sheet<'_>, at: usize) -> Option<(i32, usize)> {
    let (a, b) = sheet.word_after(at);
    if a > at + 1 || !matches!(sheet.low(a, b), b"de" | b"del") {
        return None;
    }
    let (start, end) = sheet.word_after(b);
    if let (b"dos", b"mil") = (sheet.low(start, end), sheet.low(end + 1, end + 4)) {
        let (c, d) = sheet.word_after(end + 4);
        let unit = DAYS.iter().find(|(w, _)| c == end + 5 && w.as_bytes() == sheet.low(c, d));
        return Some(unit.map_or((2000, end + 4), |(_, n)| (2000 + i32::try_from(*n).unwrap_or(0), d)));
    }
    let ten = match sheet.low(start, end) {
        b"ochenta" => 80,
        b"noventa" => 90,
        word => {
            DAYS.iter().find(|(w, n)| w.as_bytes() == word && *n >= 40).map(|(_, n)| i32::try_from(*n).unwrap_or(0))?
        }
    };
    let (y, z) = sheet.word_after(end);
    let (c, d) = sheet.word_after(z);
    let unit = DAYS.iter().find(|(w, n)| *n < 10 && sheet.low(y, z) == b"y" && w.as_bytes() == sheet.low(c, d));
    Some(unit.map_or((1900 + ten, end), |(_, n)| (1900 + ten + i32::try_from(*n).unwrap_or(0), d)))
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
    const SPANISH: [(&[u8], f64); 22] = [
        (b"un", 1.0),
        (b"dos", 2.0),
        (b"tres", 3.0),
        (b"cuatro", 4.0),
        (b"cinco", 5.0),
        (b"seis", 6.0),
        (b"siete", 7.0),
        (b"ocho", 8.0),
        (b"nueve", 9.0),
        (b"diez", 10.0),
        (b"doce", 12.0),
        (b"quince", 15.0),
        (b"veinte", 20.0),
        (b"veinticinco", 25.0),
        (b"treinta", 30.0),
        (b"cuarenta", 40.0),
        (b"cincuenta", 50.0),
        (b"sesenta", 60.0),
        (b"setenta", 70.0),
        (b"ochenta", 80.0),
        (b"noventa", 90.0),
        (b"cien", 100.0),
    ];
    if let Some((_, n)) = SPANISH.iter().find(|(w, _)| *w == word) {
        return Some(*n);
    }
    TENS.iter().position(|w| *w == word).map(|n| (n as f64 + 2.0) * 10.0)
}
