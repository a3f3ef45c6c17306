//! The sums of a text as they are written: “$1,000,000”, “2M”, “1/2 million”, “two hundred eighteen dollars”. Knows no
//! field.

use crate::reading::extract::cues::Seed;
use crate::reading::extract::sheet::Sheet;
use crate::reading::extract::spoken;

/// A sum in the text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sum {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// In dollars.
    pub dollars: f64,
    /// Marked as money by `$`, “dollars” or a unit; a bare number with thousands is none.
    pub marked: bool,
    /// Nothing but digits: a sum only right behind a word for one, “value 68500”.
    pub bare: bool,
}

/// Every sum of a sheet, in order.
pub fn sums(sheet: &Sheet<'_>) -> Vec<Sum> {
    if sheet.seeds().iter().any(|s| s.seed == Seed::Sum) {
        return sums_and_words(sheet);
    }
    let mut out: Vec<Sum> = Vec::new();
    for (run, _) in &sheet.runs {
        if out.last().is_some_and(|s| *run < s.end) {
            continue;
        }
        let spaces = sheet.slice(run.saturating_sub(5), *run);
        let gap = spaces.len() - spaces.trim_end_matches(' ').len();
        let start = if sheet.before(run - gap) == b'$' { run - gap - 1 } else { *run };
        let fresh = !sheet.before(start).is_ascii_alphanumeric()
            && !matches!(sheet.before(start), b'-' | b'/' | b'.' | b'#' | b',');
        // “1M/2M”: a sum of each.
        let second = sheet.before(start) == b'/' && out.last().is_some_and(|s: &Sum| s.end + 1 == start && s.marked);
        if let Some(both) = split_limits(sheet, start).filter(|_| fresh) {
            out.extend(both);
            continue;
        }
        if fresh || second || start < *run {
            out.extend(figures(sheet, start));
        }
    }
    out
}

/// The same where number words make sums too.
fn sums_and_words(sheet: &Sheet<'_>) -> Vec<Sum> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < sheet.folded.len() {
        let b = sheet.byte(at);
        let fresh =
            !sheet.before(at).is_ascii_alphanumeric() && !matches!(sheet.before(at), b'-' | b'/' | b'.' | b'#' | b',');
        let slash = sheet.before(at) == b'/' && b == b'$';
        if let Some(both) = split_limits(sheet, at).filter(|_| fresh) {
            at = both.last().map_or(at + 1, |s: &Sum| s.end);
            out.extend(both);
            continue;
        }
        if (b == b'$' || b.is_ascii_digit()) && (fresh || slash || b == b'$') {
            if let Some(sum) = figures(sheet, at) {
                at = sum.end;
                out.push(sum);
                continue;
            }
            at += 1;
            while sheet.byte(at).is_ascii_digit() {
                at += 1;
            }
            continue;
        }
        if fresh && b.is_ascii_alphabetic() {
            let (a, e) = sheet.word_after(at);
            if a == at {
                if let Some(sum) = in_words(sheet, a, e) {
                    at = sum.end;
                    out.push(sum);
                    continue;
                }
                at = e;
                continue;
            }
        }
        at += 1;
    }
    out
}

/// What autos are insured for by the person and by the accident, in thousands.
const SPLIT: [(u32, u32); 8] = [(15, 30), (20, 40), (25, 50), (30, 60), (50, 100), (100, 300), (250, 500), (500, 1000)];

/// The limits that stand as two numbers of thousands: “bump it to 250/500”, “100/300/50”.
fn split_limits(sheet: &Sheet<'_>, start: usize) -> Option<[Sum; 2]> {
    let number = |at: usize| {
        let digits = (at..at + 5).take_while(|i| sheet.byte(*i).is_ascii_digit()).count();
        let value: u32 = sheet.slice(at, at + digits).parse().ok()?;
        Some((value, at + digits))
    };
    let (first, slash) = number(start)?;
    let (second, end) = number(slash + 1).filter(|_| sheet.byte(slash) == b'/')?;
    let sum = |start, end, value: u32| Sum { start, end, dollars: f64::from(value) * 1e3, marked: true, bare: false };
    // Behind a third number stands what things are insured for; a date has a year there.
    let dated = sheet.byte(end) == b'/' && number(end + 1).is_some_and(|(third, _)| third > 500);
    let limits = SPLIT.contains(&(first, second)) && !dated && !sheet.byte(end).is_ascii_alphanumeric();
    limits.then(|| [sum(start, slash, first), sum(slash + 1, end, second)])
}

fn figures(sheet: &Sheet<'_>, start: usize) -> Option<Sum> {
    let dollar = sheet.byte(start) == b'$';
    let mut at = start + usize::from(dollar);
    while dollar && sheet.byte(at) == b' ' && at < start + 6 {
        at += 1;
    }
    let first = at;
    let mut value = 0.0_f64;
    let mut grouped = false;
    let mut digits = 0;
    loop {
        let b = sheet.byte(at);
        if b.is_ascii_digit() {
            value = value * 10.0 + f64::from(b - b'0');
            digits += 1;
            at += 1;
        } else if b == b','
            && (at + 1..at + 4).all(|i| sheet.byte(i).is_ascii_digit())
            && !sheet.byte(at + 4).is_ascii_digit()
            && digits > 0
        {
            grouped = true;
            at += 1;
        } else {
            break;
        }
    }
    if digits == 0 || digits > 11 {
        return None;
    }
    // “1/2 million”.
    if sheet.byte(at) == b'/' && value == 1.0 && sheet.byte(at + 1) == b'2' && !dollar {
        let (a, b) = sheet.word_after(at + 2);
        if sheet.low(a, b) == b"million" {
            return Some(Sum { start, end: b, dollars: 5e5, marked: true, bare: false });
        }
    }
    let mut cents = false;
    if sheet.byte(at) == b'.' && sheet.byte(at + 1).is_ascii_digit() {
        let from = at + 1;
        let mut scale = 0.1;
        at += 1;
        while sheet.byte(at).is_ascii_digit() {
            value += f64::from(sheet.byte(at) - b'0') * scale;
            scale /= 10.0;
            at += 1;
        }
        cents = at - from == 2;
        value = (value * 1e4).round() / 1e4;
    }
    let (mult, end) = unit(sheet, at);
    let mut end = end;
    let mut marked = dollar || mult > 1.0;
    let (a, b) = sheet.word_after(end);
    if a <= end + 1 && matches!(sheet.low(a, b), b"dollars" | b"usd" | b"bucks" | b"dolares") {
        marked = true;
        end = b;
    }
    let closed = !sheet.byte(end).is_ascii_alphanumeric()
        && !matches!(sheet.byte(end), b'%')
        && !(sheet.byte(end) == b'-' && sheet.byte(end + 1).is_ascii_digit() && !dollar);
    let thousands = grouped || cents && value >= 100.0;
    // A bare “2M” needs a plain number; “18k” miles is no sum, which the words around decide; so they do of “68500”.
    let bare = digits >= 4 && !grouped && !marked && (2100.0..1e8).contains(&value) && value.fract() == 0.0;
    let plain = marked || thousands || bare;
    let sum = Sum { start, end, dollars: round(value * mult), marked, bare: bare && !thousands };
    (closed && plain && first < at).then_some(sum)
}

fn round(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

/// “M”, “mil”, “million”, “K”, “thousand” after a number, with its end.
fn unit(sheet: &Sheet<'_>, at: usize) -> (f64, usize) {
    let (a, b) = sheet.word_after(at);
    if a > at + 1 || (a > at && sheet.byte(at) != b' ' && sheet.byte(at) != b'-') {
        return (1.0, at);
    }
    let glued = a == at;
    match sheet.low(a, b) {
        b"m" | b"mm" | b"mil" if glued || sheet.low(a, b).len() > 1 => (1e6, b),
        b"million" | b"millon" | b"millones" => (1e6, b),
        b"mill" if sheet.low(b, b + 3) == [0xC3, 0xB3, b'n'] => (1e6, b + 3),
        b"k" if glued => (1e3, b),
        // “411 Grand Ave” is no sum.
        b"thousand" | b"grand" | b"mil." if !sheet.byte(a).is_ascii_uppercase() => (1e3, b),
        _ => (1.0, at),
    }
}

fn in_words(sheet: &Sheet<'_>, a: usize, b: usize) -> Option<Sum> {
    spoken::small(sheet.low(a, b)).or_else(|| (sheet.low(a, b) == b"a").then_some(1.0))?;
    let (value, end) = if sheet.low(a, b) == b"a" {
        let (c, d) = sheet.word_after(b);
        // “half a million”
        let (p, q) = sheet.word_before(a);
        let whole = if sheet.low(p, q) == b"half" && q + 1 == a { 5e5 } else { 1e6 };
        match sheet.low(c, d) {
            b"million" => (whole, d),
            _ => return None,
        }
    } else {
        spoken::cardinal(sheet, a)?
    };
    let (c, d) = sheet.word_after(end);
    let dollars = c <= end + 1 && matches!(sheet.low(c, d), b"dollars" | b"bucks" | b"dolares");
    let words = sheet.low(a, end);
    let spanish = [&b"mill\xc3\xb3n"[..], b"millon", b"millones", b" mil"].iter().any(|w| words.ends_with(w));
    let million = words.ends_with(b"million") || spanish;
    (dollars || million).then_some(Sum {
        start: a,
        end: if dollars { d } else { end },
        dollars: value,
        marked: true,
        bare: false,
    })
}
