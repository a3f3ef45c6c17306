//! The state at an address's end: two capitals, its name, or as it was shortened before there were two capitals.

use crate::reading::extract::sheet::Sheet;

/// Their abbreviations (USPS Publication 28, appendix B), each between spaces.
const STATES: &str = " AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY PR ";

/// Their names, a longer one before one that ends like it.
const STATE_NAMES: [&str; 50] = [
    "north carolina",
    "south carolina",
    "massachusetts",
    "new hampshire",
    "west virginia",
    "north dakota",
    "pennsylvania",
    "rhode island",
    "south dakota",
    "connecticut",
    "mississippi",
    "california",
    "new jersey",
    "new mexico",
    "washington",
    "louisiana",
    "minnesota",
    "tennessee",
    "wisconsin",
    "arkansas",
    "colorado",
    "delaware",
    "illinois",
    "kentucky",
    "maryland",
    "michigan",
    "missouri",
    "nebraska",
    "new york",
    "oklahoma",
    "virginia",
    "alabama",
    "arizona",
    "florida",
    "georgia",
    "indiana",
    "montana",
    "vermont",
    "wyoming",
    "alaska",
    "hawaii",
    "kansas",
    "nevada",
    "oregon",
    "idaho",
    "maine",
    "texas",
    "iowa",
    "ohio",
    "utah",
];

/// Their names as they were shortened before there were two capitals: “Orleans, Nebr.”, “Peoria, Ill.”
const STATES_SHORT: [&str; 31] = [
    "ala", "ariz", "ark", "calif", "colo", "conn", "fla", "ill", "ind", "kan", "kans", "ky", "mass", "mich", "minn",
    "miss", "mo", "mont", "neb", "nebr", "nev", "okla", "ore", "penn", "penna", "tenn", "tex", "wash", "wis", "wisc",
    "wyo",
];

/// Whether two capitals are a state's abbreviation.
pub fn is_state(code: &str) -> bool {
    code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase()) && STATES.contains(&format!(" {code} "))
}

/// States whose letters are a small word, and with which three figures their ZIP codes begin (USPS, Labeling List L002).
const SMALL_WORDS: [(&str, std::ops::RangeInclusive<u16>); 10] = [
    ("in", 460..=479),
    ("or", 970..=979),
    ("me", 39..=49),
    ("oh", 430..=459),
    ("ok", 730..=749),
    ("hi", 967..=968),
    ("de", 197..=199),
    ("la", 700..=714),
    ("al", 350..=369),
    ("id", 832..=838),
];

/// Where the state before a ZIP code begins: two capitals, its full name, or the name shortened.
pub(super) fn state_before(sheet: &Sheet<'_>, zip: usize) -> Option<usize> {
    let mut end = zip;
    while end > 0 && matches!(sheet.before(end), b' ' | b'\n' | b',' | b'.' | b'\t') && zip - end < 4 {
        end -= 1;
    }
    if end == zip {
        return None;
    }
    let start = end.checked_sub(2)?;
    let code = sheet.slice(start, end);
    if is_state(code) && !sheet.before(start).is_ascii_alphanumeric() {
        return Some(start);
    }
    // “Mendota, Il 61342”, “lemont il 60439”: typed in a hurry. Small words of the language are states where the ZIP code
    // is one of theirs.
    let word = SMALL_WORDS.iter().any(|(word, of)| {
        let region = sheet.slice(zip, zip + 3).parse::<u16>().unwrap_or_default();
        *word == code && !of.contains(&region)
    });
    if !word && is_state(&code.to_ascii_uppercase()) && sheet.before(start) == b' ' && sheet.before(zip) == b' ' {
        return Some(start);
    }
    let begins = |start: &usize| !sheet.before(*start).is_ascii_alphanumeric();
    let name = |name: &&str| {
        let start = end.checked_sub(name.len()).filter(begins)?;
        (sheet.low(start, end) == name.as_bytes()).then_some(start)
    };
    let shortened = |short: &&str| name(short).filter(|start| sheet.byte(*start).is_ascii_uppercase());
    STATE_NAMES.iter().find_map(&name).or_else(|| STATES_SHORT.iter().find_map(shortened))
}
