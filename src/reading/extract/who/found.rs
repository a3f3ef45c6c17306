//! Every name that a message holds: capitalised words that belong together, what stands behind a label, the lines of a
//! closing block, the From header, and what the patterns of a field take for one. Knows no field.

use crate::domain::text::{WordSet, cut, folded};
use crate::reading::extract::address::Found;
use crate::reading::extract::layout::{Layout, spoken_name};
use crate::reading::extract::lead::{item_len, lead_len};
use crate::reading::extract::named::name_len;
use crate::reading::extract::names;
use crate::reading::extract::sheet::{Line, Sheet, Stretch};
use std::sync::LazyLock;

/// Longest name, in bytes.
const NAME: usize = 90;
/// Longest line that is a name, or holds some beside each other, in bytes.
const LINE: usize = 72;
/// Longest label, in bytes.
const LABEL: usize = 44;
/// Most words of a line that is a name.
const WORDS: usize = 9;
/// Most mentions that are kept of a message; one with more is a list.
const MOST: usize = 120;

/// A place where a name stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mention {
    /// The sheet; `None` is the From header.
    pub sheet: Option<usize>,
    pub start: usize,
    pub end: usize,
    /// The label before it, on its line or the one above.
    pub label: Option<(usize, usize)>,
    /// Which of the sheet's addresses goes with it.
    pub address: Option<usize>,
}

impl Mention {
    /// A name at a place, of which no more is known.
    pub fn at(sheet: Option<usize>, start: usize, end: usize) -> Self {
        Self { sheet, start, end, label: None, address: None }
    }
}

/// Somebody or a firm, with all places where that name stands.
#[derive(Debug)]
pub struct Someone {
    /// Letters and digits, small.
    pub folded: String,
    /// Where it stands, in order.
    pub mentions: Vec<Mention>,
}

/// Everybody whom a message names. `addresses` by sheet; `claimed`: where patterns found names; `spoken`: the message was
/// spoken or typed in haste, in small letters.
pub fn everybody(
    layout: &Layout<'_, '_>,
    addresses: &[Vec<Found>],
    claimed: impl Iterator<Item = Mention>,
    spoken: bool,
) -> Vec<Someone> {
    let mut mentions: Vec<Mention> = claimed.collect();
    for (index, (sheet, addresses)) in layout.sheets.iter().zip(addresses).enumerate() {
        if sheet.stretch == Stretch::Body {
            for (at, found) in addresses.iter().enumerate().filter(|(_, f)| !f.named()) {
                let small = small_before(sheet, found.address.0);
                mentions.extend(small.map(|(a, b)| Mention { address: Some(at), ..Mention::at(Some(index), a, b) }));
            }
        }
        let mut add = |start: usize, end: usize, label| {
            let address = addresses.iter().position(|f| f.named() && f.name.0 < end && start < f.name.1);
            mentions.push(Mention { sheet: Some(index), start, end, label, address });
        };
        if sheet.stretch == Stretch::ForwardHeader {
            continue;
        }
        for found in addresses.iter().filter(|f| f.named()) {
            let (start, end) = without_office(sheet, found.name.0, found.name.1);
            add(start, end, None);
        }
        running(sheet, &mut |start, end| add(start, end, None));
        if spoken && sheet.stretch == Stretch::Body {
            in_small_letters(sheet, &mut |start, end| add(start, end, None));
        }
        if sheet.stretch != Stretch::Subject {
            for (n, line) in sheet.lines.iter().enumerate().filter(|(_, l)| !l.is_blank()) {
                in_line(sheet, n, *line, &mut add);
            }
        }
    }
    mentions.extend(of_writer(layout));
    let mut all: Vec<Someone> = Vec::new();
    for mention in mentions.into_iter().take(MOST) {
        let written = words(layout, mention);
        if is_office(written) {
            continue;
        }
        let name = folded(written);
        if name.chars().filter(|c| c.is_alphabetic()).count() < 2 || name.len() > NAME {
            continue;
        }
        let same = |old: &Mention| (old.sheet, old.start, old.end) == (mention.sheet, mention.start, mention.end);
        match all.iter_mut().find(|s| s.folded == name) {
            Some(known) => match known.mentions.iter_mut().find(|m| same(m)) {
                Some(old) => {
                    old.label = old.label.or(mention.label);
                    old.address = old.address.or(mention.address);
                }
                None => known.mentions.push(mention),
            },
            None => all.push(Someone { folded: name, mentions: vec![mention] }),
        }
    }
    for someone in &mut all {
        someone.mentions.sort_by_key(|m| (m.sheet.is_none(), m.sheet, m.start));
    }
    all
}

/// Whether words are a title or a department, and so no part of the name before them: “Public Works Dept”.
pub fn is_office(words: &str) -> bool {
    let last = words.trim().rsplit(' ').next().unwrap_or("");
    // “Cass County Health Department” is nobody's part.
    let of_a_place =
        |w: &str| ["county", "city", "village", "town", "township", "state"].iter().any(|p| names::is(w, p));
    let part = ["dept", "department", "division", "desk"].iter().any(|office| names::is(last, office));
    names::is_title(words) || part && !words.split_whitespace().skip(1).any(of_a_place)
}

/// A name without the department behind its comma.
pub fn without_office(sheet: &Sheet<'_>, start: usize, end: usize) -> (usize, usize) {
    let words = sheet.slice(start, end);
    match words.rfind([',', '\n']).filter(|i| is_office(words.get(i + 1..).unwrap_or(""))) {
        Some(at) => sheet.trimmed(start, start + at),
        None => (start, end),
    }
}

/// The words of a mention.
pub fn words<'l>(layout: &'l Layout<'_, '_>, mention: Mention) -> &'l str {
    match mention.sheet {
        Some(index) => layout.sheets.get(index).map_or("", |s| s.slice(mention.start, mention.end)),
        None => layout.from.get(mention.start..mention.end).unwrap_or(""),
    }
}

/// The From header's name, or that of a forwarded one.
fn of_writer(layout: &Layout<'_, '_>) -> Option<Mention> {
    let writer = &layout.writer;
    let spoken = spoken_name(&writer.name).is_none_or(|n| n == writer.name);
    if !spoken || writer.name.is_empty() {
        return None;
    }
    let (sheet, start, end) = match writer.at {
        Some((sheet, start, end)) => (Some(sheet), start, end),
        None => (None, 0, layout.from.find(" <")?),
    };
    Some(Mention::at(sheet, start, end))
}

/// Words in capitals that begin no name: they begin sentences, greet, or are dates.
const BEGINS_NONE: &str = " uh um i i'm i'll i've i'd we we're we've we'll our ours my mine me you your yours he she they them their his her \
    it it's its this that these those the a an there here hi hello hey dear good please pls kindly can could would will \
    should may might must do does did is are was were am be been have has had if when while where what who why how which \
    as at by for from in into of on onto off out over to up with without and or but so because since until till before \
    after also then than just only not no yes ok okay thanks thank thx sorry per re fw fwd subject sent date cc bcc attn \
    attention c/o monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun \
    january february march april june july august september october november december jan feb mar apr jun jul aug sep \
    sept oct nov dec today tomorrow yesterday let need needs needed want wants send add remove take put get got call asap \
    policy policies claim claims certificate cert coi loan vin gl wc po box suite ste unit let's lets any all both each \
    every some one two three now once again everything nothing something other another new next last first second hola \
    buenos buenas gracias el la los las un una mi su nuestro nuestra yo por para con de del que somos soy necesito \
    necesitamos favor regards best sincerely respectfully cheers warm kind ";

/// Names in running text: capitalised words that belong together.
fn running(sheet: &Sheet<'_>, add: &mut impl FnMut(usize, usize)) {
    let mut behind = 0;
    for (a, b) in sheet.words() {
        if a < behind || !sheet.byte(a).is_ascii_uppercase() && !begins_with_a_mark(sheet, a) {
            continue;
        }
        let a = if sheet.byte(a).is_ascii_uppercase() { a } else { a - 2 };
        if begins_none(sheet.low(a, b)) || sheet.low(a, b).iter().filter(|b| b.is_ascii_digit()).count() > 2 {
            continue;
        }
        let Some((start, end)) = name_from(sheet, a) else { continue };
        add(start, end);
        // “The Kiln Collective”: the article may be of the name.
        let (the, before) = sheet.word_before(start);
        if sheet.slice(the, start) == "The " && before + 1 == start {
            add(the, end);
        }
        let words = sheet.slice(start, end);
        // “Dana Ruiz and Carver Homes LLC” may be two, “Lalo de Pinturas Zamarripa” too.
        for (joint, parts) in [(" and ", true), (" de ", true), (" & ", false), (" of ", false)] {
            if let Some(i) =
                names::joint(words, joint).filter(|i| parts || words.get(..*i).is_some_and(|w| w.contains(' ')))
            {
                add(start, start + i);
                if parts {
                    add(start + i + joint.len(), end);
                }
            }
        }
        let begins = lead_len(words);
        if begins > 0 {
            add(start + begins, end);
        }
        behind = end;
    }
}

/// Whether the letter before a word is a capital with an accent, which belongs to it.
fn begins_with_a_mark(sheet: &Sheet<'_>, at: usize) -> bool {
    at.checked_sub(2).and_then(|i| sheet.text.get(i..at)).and_then(|w| w.chars().next()).is_some_and(char::is_uppercase)
        && sheet.byte(at).is_ascii_alphabetic()
}

/// Words as a list to look them up in.
fn list(words: &'static str) -> WordSet<&'static [u8]> {
    words.split_whitespace().map(str::as_bytes).collect()
}

/// Whether a word ends a name in small letters.
fn ends_small(word: &[u8]) -> bool {
    static WORDS: LazyLock<WordSet<&[u8]>> = LazyLock::new(|| list(ENDS));
    begins_none(word) || WORDS.contains(word)
}

/// Whether a letter and the next word, a letter too, begin to spell one of the words before them; all in small letters.
fn spells<'a>(mut before: impl Iterator<Item = &'a [u8]>, letter: &[u8], next: &[u8]) -> bool {
    let ([first], [second]) = (letter, next) else { return false };
    before.any(|word| word.starts_with(&[*first, *second]))
}

fn begins_none(word: &[u8]) -> bool {
    static WORDS: LazyLock<WordSet<&[u8]>> = LazyLock::new(|| list(BEGINS_NONE));
    WORDS.contains(word)
}

/// The name that begins at a capital: not beyond its line, nor a number of a policy, without an owner's “’s”.
fn name_from(sheet: &Sheet<'_>, at: usize) -> Option<(usize, usize)> {
    let at = at + names::title_len(sheet.slice(at, (at + NAME).min(sheet.text.len())));
    let text = cut(sheet.slice(at, sheet.text.len()), NAME);
    let mut len = name_len(text);
    let line = sheet.low(at, at + len).iter().position(|b| *b == b'\n');
    len = line.unwrap_or(len);
    let mut from = 0;
    for word in text.get(..len).unwrap_or("").split_inclusive([' ', '\n']) {
        let number = word.bytes().filter(u8::is_ascii_digit).count() >= 4;
        // “Ridgeline Paving GL”, “Delacroix Paving How do we …”: what begins no name ends one, but for “New”, “La”.
        let other = || {
            let low = names::bare(word);
            names::is_capitalised(word)
                && begins_none(low.as_bytes())
                && !matches!(
                    low.as_str(),
                    "la" | "el"
                        | "los"
                        | "las"
                        | "new"
                        | "first"
                        | "second"
                        | "best"
                        | "an"
                        | "one"
                        | "two"
                        | "three"
                        | "may"
                        | "will"
                        | "favor"
                        | "warm"
                        | "sun"
                        | "last"
                        | "after"
                        | "every"
                        | "march"
                        | "jan"
                )
        };
        // “Karla Demuth D E M U T H”: letters that spell a word before them are no part of the name; those of “Bethel C M E
        // Church” spell none.
        let spelled = || {
            let next = text.get(from + word.len()..).and_then(|t| t.split_inclusive(' ').next()).unwrap_or("");
            let before: Vec<String> = text.get(..from).unwrap_or("").split_whitespace().map(names::bare).collect();
            let low = |w: &str| w.trim_end().to_ascii_lowercase().into_bytes();
            let capitals = [word, next].iter().all(|w| w.starts_with(|c: char| c.is_ascii_uppercase()));
            capitals && spells(before.iter().map(|w| w.as_bytes()), &low(word), &low(next))
        };
        if from > 0 && (spelled() || number || word.starts_with('(') || names::is(word, "holder") || other()) {
            len = from;
            break;
        }
        from += word.len();
    }
    let (start, end) = sheet.trimmed(at, at + len);
    let words = sheet.slice(start, end);
    // “Ann's”, “the Bricklayers' policy”.
    let of_many = || ["s'", "s’"].iter().find(|s| words.ends_with(**s)).map(|s| s.len() - 1);
    let of_one = ["'s", "’s"].iter().find(|s| words.ends_with(**s)).map(|s| s.len());
    let owned = of_one.or_else(of_many).unwrap_or(0);
    (end - owned > start + 1).then_some((start, end - owned))
}

/// Words of a call, a text message or a mail in haste behind which a name may stand.
const LEADS: &str = " is its it's im i'm from with w at for named called name soy habla de of company insured to dad mom mother father \
    wife husband son daughter brother sister business shop neighbor ";
/// Those behind which one word alone may be a name.
const LEADS_ONE: &str = " is its it's im i'm named name soy habla ";
/// Words that end a name in small letters, beside those that begin none.
const ENDS: &str = " uh um thats that's whats he's got has had said says gonna going over about calling here we're were don't \
    like know think mean right well anyway anyways cause who's lost hit sold bought moved started starts asked told paid \
    getting doing trying looking listen look hey they're holding who whose number phone address email insurance car truck van ";

/// Names in small letters, as transcripts, text messages and mail in haste write them: what stands behind a word that leads
/// to a name, one to six words of it.
fn in_small_letters(sheet: &Sheet<'_>, add: &mut impl FnMut(usize, usize)) {
    static LISTS: LazyLock<[WordSet<&[u8]>; 2]> = LazyLock::new(|| [list(LEADS), list(LEADS_ONE)]);
    let [leads, leads_one] = &*LISTS;
    for (a, b) in sheet.words() {
        if !leads.contains(sheet.low(a, b)) {
            continue;
        }
        let one = leads_one.contains(sheet.low(a, b));
        let (mut from, mut words): (usize, Vec<(usize, usize)>) = (b, Vec::with_capacity(5));
        while words.len() < 6 {
            let (s, e) = sheet.word_after(from);
            let (gap, word) = (sheet.low(from, s), sheet.low(s, e));
            if words.is_empty() && matches!(word, b"uh" | b"um") {
                from = e;
                continue;
            }
            let joined = matches!(gap, b" " | b" & " | b"-" | b"'") || words.is_empty() && gap.len() <= 2;
            let inner = !words.is_empty() && matches!(word, b"and" | b"of" | b"the" | b"s" | b"de" | b"la");
            // “karla demuth d e m u t h”: letters that spell a name are none of it.
            let (c, d) = sheet.word_after(e);
            let taken = words.iter().map(|(a, b)| sheet.low(*a, *b));
            let ended =
                spells(taken, word, sheet.low(c, d)) || ends_small(word) || !word.iter().all(u8::is_ascii_alphabetic);
            if s == e || !joined || ended && !inner {
                break;
            }
            words.push((s, e));
            from = e;
        }
        let Some((start, _)) = words.first().copied() else { continue };
        let inner =
            |(s, e): &(usize, usize)| matches!(sheet.low(*s, *e), b"and" | b"of" | b"the" | b"s" | b"de" | b"la");
        for (n, word) in words.iter().enumerate().filter(|(n, w)| (*n > 0 || one) && !inner(w)) {
            add(start, word.1);
            // “zeke hollander hollander masonry”: the firm stands behind its owner.
            if n > 2
                && let Some(third) = words.get(2)
            {
                add(third.0, word.1);
            }
        }
    }
}

/// A name in small letters right before an address, whatever else the message is like: “make it out to bellmore motor
/// company inc, 77 hillcrest road, …”, “village of oakbury⏎12 s first ave”.
fn small_before(sheet: &Sheet<'_>, address: usize) -> Option<(usize, usize)> {
    let inner = |word: &[u8]| matches!(word, b"of" | b"the" | b"and" | b"s" | b"isaoa" | b"atima");
    let mut at = address;
    // “… at 88 canal access rd”
    let (a, b) = sheet.word_before(at);
    if b + 1 == at && matches!(sheet.low(a, b), b"at" | b"address") {
        at = a;
    }
    let end = sheet.trimmed(0, at).1;
    let end = end - usize::from(sheet.before(end) == b',');
    if at - end > 2 {
        return None;
    }
    let (mut start, mut good, mut words) = (end, end, 0);
    while words < 7 {
        let (a, b) = sheet.word_before(start);
        let (word, gap) = (sheet.low(a, b), sheet.low(b, start));
        let joined = start == end && b == end || matches!(gap, b" " | b" & " | b"-" | b"'" | b"/");
        let ends = !inner(word) && ends_small(word);
        if a == b || !joined || ends || word.iter().any(u8::is_ascii_digit) {
            break;
        }
        start = a;
        if !inner(word) || word == b"isaoa" {
            good = a;
        }
        words += 1;
    }
    let name = sheet.slice(good, end);
    (name.contains(' ') && name.starts_with(char::is_lowercase)).then_some((good, end))
}

/// What a line holds that may be a name: the value behind its label, all of it, its parts.
fn in_line(sheet: &Sheet<'_>, n: usize, line: Line, add: &mut impl FnMut(usize, usize, Option<(usize, usize)>)) {
    // “Q. And you are?”, “A. Hugh Calloway”
    let front = if matches!(sheet.low(line.start, line.start + 3), b"q. " | b"a. " | b"q: " | b"a: ") { 3 } else { 0 };
    let line = Line { start: line.start + front, end: line.end };
    let text = sheet.slice(line.start, line.end);
    let label = label_of(text);
    if let Some((label, value)) = label {
        let label = sheet.trimmed(line.start, line.start + label);
        let (start, end) = (line.start + value, line.end);
        if start < end {
            parts(sheet, start, end, Some(label), add);
        } else if let Some(next) =
            sheet.lines.get(n + 1).filter(|l| !l.is_blank() && label_of(sheet.line(n + 1)).is_none())
        {
            let front = if matches!(sheet.low(next.start, next.start + 3), b"a. " | b"a: ") { 3 } else { 0 };
            parts(sheet, next.start + front, next.end, Some(label), add);
        }
    }
    let closing = line.start >= sheet.closing;
    if text.len() <= LINE && (label.is_none() || closing) {
        parts(sheet, line.start, line.end, None, add);
    }
}

/// How long a line's label is, and where its value begins.
fn label_of(text: &str) -> Option<(usize, usize)> {
    let at = (0..=LABEL).find(|at| text.as_bytes().get(*at..).is_some_and(ends_label))?;
    let label = text.get(..at)?;
    if label.contains(['@', '.']) || label.bytes().all(|b| !b.is_ascii_alphabetic()) {
        return None;
    }
    let rest = text.get(at..)?;
    let value = rest.trim_start_matches([':', '.', '=', '|', '?', '\t', ' ', '\u{a0}', '*', '-']);
    Some((at, text.len() - value.len()))
}

/// What parts two names on a line.
const JOINTS: [&[u8]; 6] = [b" - ", b" c/o ", b" for ", b" with ", b" at ", b" d/b/a "];

/// Where a line may be cut into names, in order, and how long what parts them is: the first marks, the first of each joint,
/// the first figure.
fn cuts_of(value: &str) -> Vec<(usize, usize)> {
    let is_mark = |c: char| matches!(c, ',' | '|' | '(' | ')' | '/' | '•' | '·' | '–' | '—' | '@' | '<');
    let marks = value.char_indices().filter(|(_, c)| is_mark(*c)).map(|(at, c)| (at, c.len_utf8()));
    let mut cuts: Vec<(usize, usize)> = marks.take(6).collect();
    let mut joints = JOINTS;
    for at in memchr::memchr_iter(b' ', value.as_bytes()) {
        let rest = value.as_bytes().get(at..).unwrap_or_default();
        for joint in &mut joints {
            if joint.get(1).is_some_and(|second| rest.get(1) == Some(second)) && rest.starts_with(joint) {
                cuts.push((at, joint.len()));
                // One that was found is not looked for again.
                *joint = &[];
            }
        }
    }
    let figure = value.bytes().enumerate().skip(4).find(|(_, b)| b.is_ascii_digit());
    cuts.extend(figure.map(|(at, _)| (at, 0)));
    cuts.sort_unstable();
    cuts
}

/// Whether a label ends where the rest of its line begins.
fn ends_label(rest: &[u8]) -> bool {
    matches!(
        rest,
        [b':' | b'?']
            | [b':', b' ' | b'\t', ..]
            | [b'?' | b' ', b' ', ..]
            | [b'.', b'.', ..]
            | [b' ', b'=' | b'|', b' ', ..]
            | [b'\t', ..]
    )
}

/// Whether a table's next cell begins here.
fn ends_cell(rest: &[u8]) -> bool {
    matches!(rest, [b' ', b' ' | b'|', b' ', ..] | [b'\t', ..])
}

/// A stretch of a line as a name, and its parts: up to a comma, a bar, a dash, a bracket, a number.
fn parts(
    sheet: &Sheet<'_>,
    start: usize,
    end: usize,
    label: Option<(usize, usize)>,
    add: &mut impl FnMut(usize, usize, Option<(usize, usize)>),
) {
    let start = start + item_len(sheet.slice(start, end));
    let whole = sheet.slice(start, end);
    let cell = (0..whole.len()).find(|at| whole.as_bytes().get(*at..).is_some_and(ends_cell));
    let stop = cell.unwrap_or(whole.len());
    let mut name = |from: usize, to: usize| {
        let (s, e) = sheet.trimmed(start + from, start + to);
        let (s, e) = without_office(sheet, s, e);
        let words = sheet.slice(s, e);
        let letters = words.chars().filter(|c| c.is_alphabetic()).count();
        let digits = words.bytes().filter(u8::is_ascii_digit).count();
        let fits = letters >= 3
            && digits * 2 < letters
            && digits < 7
            && words.len() <= LINE
            && !words.contains(['@', '?', '!', '<', '>', '$'])
            && words.split_whitespace().count() <= WORDS
            && words.chars().next().is_some_and(char::is_alphanumeric);
        if fits {
            add(s, e, label);
        }
    };
    name(0, stop);
    let value = whole.get(..stop).unwrap_or("");
    let mut from = 0;
    for (at, len) in cuts_of(value) {
        if at > from {
            let suffix = names::bare(
                value.get(at..).unwrap_or("").trim_start_matches(',').split_whitespace().next().unwrap_or(""),
            );
            // “Pinnacle Masonry, Inc.” stays one, and its front is a shorter name.
            name(from, at);
            if matches!(
                suffix.replace('.', "").as_str(),
                "inc" | "llc" | "corp" | "ltd" | "lp" | "co" | "llp" | "pc" | "pllc" | "sc"
            ) {
                continue;
            }
        }
        from = at + len;
    }
    if from > 0 {
        name(from, value.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::field::Place;
    use crate::reading::extract::extract_tests::BUILT_IN;

    #[test]
    fn letters_that_spell_a_name_end_it_and_those_of_a_name_do_not() {
        let name = |text: &str| {
            let sheet = Sheet::new(Place::Text, 0, text, Stretch::Body, &BUILT_IN.cues);
            name_from(&sheet, 0).map(|(a, b)| text[a..b].to_owned()).unwrap()
        };
        assert_eq!(name("Karla Demuth D E M U T H called"), "Karla Demuth");
        assert_eq!(name("Raj Mehta R A J called"), "Raj Mehta");
        assert_eq!(name("Bethel C M E Church called"), "Bethel C M E Church");
    }

    #[test]
    fn a_label_ends_at_its_mark_and_a_line_is_cut_at_marks_joints_and_figures() {
        assert_eq!(label_of("Holder: Acme"), Some((6, 8)));
        assert_eq!(label_of("Holder  Acme"), Some((6, 8)));
        assert_eq!(label_of("Holder .. Acme"), Some((7, 10)));
        assert_eq!(label_of("Holder ="), None);
        assert_eq!(label_of("Who is it?"), Some((9, 10)));
        assert_eq!(label_of("ana@firm: Acme"), None);
        assert_eq!(cuts_of("Ana Ruiz, CSR for Acme for 60 days "), [(8, 1), (13, 5), (27, 0)]);
        assert_eq!(cuts_of("12 – Acme at 9"), [(3, "–".len()), (11, 4), (15, 0)]);
    }
}
