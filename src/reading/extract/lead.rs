//! Words that lead to a name and are none of it: “Holder Umber Hills Apartments”, “El nombre es …”. Knows no field.

use super::names;

/// Words before a name that say whose it is.
const LEADS: [&str; 28] = [
    "holder",
    "its",
    "it's",
    "it’s",
    "lessee",
    "lessor",
    "lienholder",
    "mortgagee",
    "borrower",
    "lender",
    "landlord",
    "owner",
    "venue",
    "insured",
    "tenant",
    "member",
    "name",
    "nombre",
    "ai",
    "coi",
    "they're",
    "they’re",
    "take",
    "drop",
    "remove",
    "hired",
    "so",
    "gc",
];

/// The paper that a name is to stand on, however it is written.
pub const PAPER: &str = "cert";

/// How far into the words a verb may stand that leads to the name, in bytes.
const VERB: usize = 36;

/// How many bytes at the front of a name only lead to it.
pub fn lead_len(words: &str) -> usize {
    let item = item_len(words);
    item + worded_len(words.get(item..).unwrap_or(""))
}

/// How many bytes number an item of a list: “1) ”, “(2) ”, “3. ”, “#4 ”, “b) ”.
pub fn item_len(words: &str) -> usize {
    let Some((mark, rest)) = words.split_once([' ', '\n']) else { return 0 };
    let inner = mark.trim_start_matches(['(', '#']).trim_end_matches([')', '.', ':']);
    let counts = matches!(inner.as_bytes(), [b'0'..=b'9'] | [b'1'..=b'2', b'0'..=b'9']);
    let letter = matches!(inner.as_bytes(), [b'a'..=b'f' | b'A'..=b'F']) && mark.ends_with(')');
    if inner.len() == mark.len() || !(counts || letter) { 0 } else { words.len() - rest.trim_start().len() }
}

/// How many bytes are words that lead to a name.
fn worded_len(words: &str) -> usize {
    let verb = [" is ", " es ", " reads ", " to read ", " are "]
        .iter()
        .filter_map(|v| names::joint(words, v).map(|i| i + v.len()));
    let mut at = verb.filter(|i| *i < VERB && capital(words, *i)).max().unwrap_or(0);
    for _ in 0..3 {
        let rest = words.get(at..).unwrap_or("");
        let Some((first, behind)) = rest.split_once([' ', '\n']) else { break };
        let next = rest.len() - behind.trim_start().len() + at;
        let first = names::bare(first);
        let leads = LEADS.contains(&first.as_str()) || first.starts_with(PAPER);
        if !leads || !capital(words, next) || !behind.contains(' ') {
            break;
        }
        at = next;
    }
    at
}

/// Whether a capital or a digit stands at a place.
fn capital(words: &str, at: usize) -> bool {
    words.get(at..).and_then(|w| w.chars().next()).is_some_and(|c| c.is_uppercase() || c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::lead_len;

    #[test]
    fn what_leads_to_a_name_is_taken_off_and_nothing_of_the_name() {
        for (words, name) in [
            ("Holder Umber Hills Apartments LP", "Umber Hills Apartments LP"),
            ("AI. Its Heartland Ethanol Partners LP", "Heartland Ethanol Partners LP"),
            ("El nombre es Harmon Tower Condominium Association", "Harmon Tower Condominium Association"),
            ("The holder is City of Pell Hollow", "City of Pell Hollow"),
            ("Owner LLC", "Owner LLC"),
            (
                "Gateway Savings Bank, its successors and/or assigns",
                "Gateway Savings Bank, its successors and/or assigns",
            ),
            ("Landlord Services Group", "Services Group"),
            ("Calder Homes LLC", "Calder Homes LLC"),
            ("1) Brightwater Schools", "Brightwater Schools"),
            ("(2) Holder Umber Hills Apartments LP", "Umber Hills Apartments LP"),
            ("3.  Cornerstone Dental Group", "Cornerstone Dental Group"),
            ("b) Hope Church", "Hope Church"),
            ("#4 Hope Church", "Hope Church"),
            ("3 Rivers Paving", "3 Rivers Paving"),
            ("A. Duie Pyle Inc", "A. Duie Pyle Inc"),
            ("84 Lumber Company", "84 Lumber Company"),
            ("GC Keel & Wyatt Builders", "Keel & Wyatt Builders"),
            ("Contractor Services Group", "Contractor Services Group"),
            ("", ""),
        ] {
            assert_eq!(&words[lead_len(words)..], name, "{words}");
        }
    }
}
