//! The account book: the agency's clients, whom they may be reached by, and what they hold.

mod difference;

pub use difference::{Difference, difference};

use super::{Timestamp, id::*, text::*};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// A client of the agency.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Account {
    /// The book's key.
    pub id: AccountId,
    /// Legal name of the firm or person.
    pub name: HeaderText,
    /// Who may write for it.
    pub contacts: Vec<Contact>,
    /// Mail domains of its own (never a free-mail one).
    pub domains: Vec<String>,
    /// Its policies.
    pub policies: Vec<Policy>,
    /// Who serves it day to day.
    pub csr: Option<PersonId>,
    /// Who answers for it.
    pub account_manager: Option<PersonId>,
    /// Who brought it.
    #[serde(default)]
    pub producer: Option<PersonId>,
    /// Who holds certificates of its insurance.
    #[serde(default)]
    pub holders: Vec<Holder>,
    /// What staff must know before they do anything for it.
    #[serde(default)]
    pub instructions: Option<String>,
    /// The language to write to it in, where the agency writes first: `en`, `es`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}

/// Somebody who may write for an account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contact {
    /// Name.
    pub name: HeaderText,
    /// Mail address.
    pub address: Option<Address>,
    /// Telephone.
    pub phone: Option<String>,
}

/// A policy that an account holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Policy {
    /// The number, as the carrier writes it.
    pub number: String,
    /// The carrier.
    pub carrier: Option<String>,
    /// Line of insurance.
    pub line: Option<String>,
    /// First day.
    pub effective: Option<NaiveDate>,
    /// Last day.
    pub expiration: Option<NaiveDate>,
    /// The premium of the term.
    #[serde(default)]
    pub premium: Option<Cents>,
    /// What it grants others, as far as the book tells: “additional insured”, “waiver of subrogation”.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grants: Vec<String>,
    /// Personal or commercial lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<Class>,
    /// Who bills it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub billing: Option<Billing>,
}

impl Policy {
    /// A policy of which nothing is known but its number.
    #[must_use]
    pub fn of(number: &str) -> Self {
        Self {
            number: number.to_owned(),
            carrier: None,
            line: None,
            effective: None,
            expiration: None,
            premium: None,
            class: None,
            billing: None,
            grants: Vec::new(),
        }
    }
}

/// Personal or commercial lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// A household's.
    Personal,
    /// A business's.
    Commercial,
}

/// Who sends the bills of a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Billing {
    /// The carrier.
    Direct,
    /// The agency.
    Agency,
}

impl std::fmt::Display for Class {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Personal => "personal",
            Self::Commercial => "commercial",
        })
    }
}

impl std::fmt::Display for Billing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Direct => "direct bill",
            Self::Agency => "agency bill",
        })
    }
}

/// A sum of US dollars, in cents; a return premium is below zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Cents(pub i64);

impl Cents {
    /// Reads `$1,234.50`, `1234.5`, `(200.00)` and `-200`; `None` for what is no sum.
    #[must_use]
    pub fn read(words: &str) -> Option<Self> {
        let bare: String = words.trim().chars().filter(|c| !matches!(c, '$' | ',' | ' ')).collect();
        let in_brackets = bare.strip_prefix('(').and_then(|b| b.strip_suffix(')'));
        let (below, digits) = match (in_brackets, bare.strip_prefix('-')) {
            (Some(inner), _) => (true, inner),
            (None, Some(rest)) => (true, rest),
            (None, None) => (false, bare.as_str()),
        };
        let (dollars, cents) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |s: &str| s.chars().all(|c| c.is_ascii_digit());
        if dollars.is_empty() || dollars.len() > 12 || cents.len() > 2 || !all_digits(dollars) || !all_digits(cents) {
            return None;
        }
        let sum = dollars.parse::<i64>().ok()? * 100 + format!("{cents:0<2}").parse::<i64>().ok()?;
        Some(Self(if below { -sum } else { sum }))
    }
}

impl std::fmt::Display for Cents {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let digits = (self.0.unsigned_abs() / 100).to_string();
        write!(f, "{sign}$")?;
        for (i, c) in digits.chars().enumerate() {
            if i > 0 && (digits.len() - i).is_multiple_of(3) {
                f.write_str(",")?;
            }
            write!(f, "{c}")?;
        }
        write!(f, ".{:02}", self.0.unsigned_abs() % 100)
    }
}

/// Somebody to whom an account's insurance is certified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Legal name.
    pub name: HeaderText,
    /// Postal address.
    pub address: Option<String>,
    /// Certificates issued to it before, the oldest first.
    pub certificates: Vec<Certificate>,
}

/// A certificate that was issued earlier.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Certificate {
    /// The day.
    pub issued: NaiveDate,
    /// For which project or contract.
    pub project: Option<String>,
}

/// An account that a request may be about, and what speaks for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// The account.
    pub account: AccountId,
    /// Its name.
    pub name: HeaderText,
    /// What speaks for it: “policy number CTP-01 is of it”.
    pub because: Vec<String>,
}

/// Where the account book comes from, and whether letters may rest on it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct BookStanding {
    /// The last import: when, by whom, from which file.
    pub imported: Option<(Timestamp, PersonId, String)>,
    /// It is a first import, and nobody has released it yet: letters outside that rest on it wait for a person.
    pub held: bool,
}

impl Policy {
    /// Whether its last day is over.
    #[must_use]
    pub fn has_expired(&self, today: NaiveDate) -> bool {
        self.expiration.is_some_and(|last| last < today)
    }

    /// On one line, for staff: `GLC-4410027, General liability, Great Lakes Casualty, 1 Mar 2026 to 1 Mar 2027`;
    /// `EXPIRED` where it has.
    #[must_use]
    pub fn told(&self, today: NaiveDate) -> String {
        let day = |d: NaiveDate| d.format("%-d %b %Y").to_string();
        let term = match (self.effective, self.expiration) {
            (Some(first), Some(last)) => Some(format!("{} to {}", day(first), day(last))),
            (Some(first), None) => Some(format!("from {}", day(first))),
            (None, Some(last)) => Some(format!("to {}", day(last))),
            (None, None) => None,
        };
        let parts = [Some(self.number.clone()), self.line.clone(), self.carrier.clone(), term];
        let told = parts.into_iter().flatten().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(", ");
        if self.has_expired(today) { format!("{told}, EXPIRED") } else { told }
    }
}

/// What links a policy to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Named {
    /// Its number stands in the request.
    Number,
    /// Its line of insurance does.
    Line,
    /// Nothing: the client simply holds it.
    Not,
}

impl Named {
    /// In words that follow the policy.
    #[must_use]
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Number => " (named in the request)",
            Self::Line => " (its line is named in the request)",
            Self::Not => "",
        }
    }
}

impl Account {
    /// The policies with what links each to a request that states `numbers` and `lines`: linked ones first, those that
    /// have expired last.
    #[must_use]
    pub fn policies_for(&self, numbers: &[String], lines: &[String], today: NaiveDate) -> Vec<(&Policy, Named)> {
        let numbers: Vec<String> = numbers.iter().map(|n| folded(n)).collect();
        let words = |text: &str| -> Vec<String> {
            text.split(|c: char| !c.is_alphanumeric()).map(folded).filter(|w| w.len() > 1).collect()
        };
        let begins = |line: &str, w: &str| line == w || (w.len() > 2 && line.starts_with(w));
        let lines: Vec<Vec<String>> = lines.iter().map(|l| words(l)).filter(|l| !l.is_empty()).collect();
        let named = |p: &Policy| {
            // People write GL and WC for what the book calls General liability and Workers compensation.
            let line = p.line.as_deref().map(words).unwrap_or_default();
            let initials: String = line.iter().filter_map(|w| w.chars().next()).collect();
            if numbers.contains(&folded(&p.number)) {
                Named::Number
            } else if lines.iter().any(|l| l.iter().all(|w| *w == initials || line.iter().any(|l| begins(l, w)))) {
                Named::Line
            } else {
                Named::Not
            }
        };
        let mut all: Vec<(&Policy, Named)> = self.policies.iter().map(|p| (p, named(p))).collect();
        all.sort_by_key(|(p, named)| (*named, p.has_expired(today)));
        all
    }

    /// An account of which nothing is known but key and name.
    #[must_use]
    pub fn new(id: AccountId, name: HeaderText) -> Self {
        Self {
            id,
            name,
            contacts: Vec::new(),
            domains: Vec::new(),
            policies: Vec::new(),
            csr: None,
            account_manager: None,
            producer: None,
            holders: Vec::new(),
            instructions: None,
            language: None,
        }
    }
}

/// Legal forms that people leave out when they write a firm's name.
const LEGAL_FORMS: [&str; 14] = [
    "co",
    "company",
    "corp",
    "corporation",
    "inc",
    "incorporated",
    "limited",
    "llc",
    "llp",
    "lp",
    "ltd",
    "pc",
    "plc",
    "pllc",
];

/// The key under which a name is looked up: folded, without the legal form at its end, so that “Marchetti Trucking,
/// LLC” and “marchetti trucking” are one. A name that is nothing but legal form keeps it.
#[must_use]
pub fn name_key(name: &str) -> String {
    let plain = name.replace(['.', '\''], "");
    let words: Vec<String> =
        plain.split(|c: char| !c.is_alphanumeric()).map(folded).filter(|w| !w.is_empty()).collect();
    let kept = words.iter().rposition(|w| !LEGAL_FORMS.contains(&w.as_str())).map_or(words.len(), |last| last + 1);
    words.into_iter().take(kept).collect()
}

/// Mail domains where anybody can have an address: they say nothing about whom a sender belongs to.
const FREE_MAIL: [&str; 57] = [
    "aim.com",
    "ameritech.net",
    "aol.com",
    "att.net",
    "bellsouth.net",
    "centurylink.net",
    "charter.net",
    "comcast.net",
    "cox.net",
    "duck.com",
    "earthlink.net",
    "email.com",
    "fastmail.com",
    "frontier.com",
    "frontiernet.net",
    "gmail.com",
    "gmx.com",
    "gmx.net",
    "googlemail.com",
    "hey.com",
    "hotmail.co.uk",
    "hotmail.com",
    "hotmail.es",
    "hushmail.com",
    "icloud.com",
    "juno.com",
    "live.com",
    "mac.com",
    "mail.com",
    "me.com",
    "msn.com",
    "netzero.net",
    "optimum.net",
    "optonline.net",
    "outlook.com",
    "outlook.es",
    "pacbell.net",
    "pm.me",
    "proton.me",
    "protonmail.com",
    "roadrunner.com",
    "rocketmail.com",
    "rr.com",
    "sbcglobal.net",
    "spectrum.net",
    "swbell.net",
    "tutanota.com",
    "twc.com",
    "verizon.net",
    "windstream.net",
    "xfinity.com",
    "yahoo.ca",
    "yahoo.co.uk",
    "yahoo.com",
    "yahoo.es",
    "ymail.com",
    "zoho.com",
];

/// Whether anybody can have an address at this mail domain.
#[must_use]
pub fn is_free_mail(domain: &str) -> bool {
    let domain = domain.to_lowercase();
    FREE_MAIL.binary_search(&domain.as_str()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn free_mail_is_nobodys_own_domain() {
        assert!(FREE_MAIL.is_sorted(), "it is searched by halves");
        assert!(is_free_mail("Gmail.com") && is_free_mail("aim.com") && is_free_mail("zoho.com"));
        assert!(!is_free_mail("marchettitrucking.example"));
    }
    #[test]
    fn a_firm_is_found_whatever_is_left_of_its_legal_form() {
        for name in [
            "Marchetti Trucking, LLC",
            "MARCHETTI TRUCKING L.L.C.",
            "marchetti trucking",
            "Marchetti Trucking Co., Inc.",
        ] {
            assert_eq!(name_key(name), "marchettitrucking", "{name}");
        }
        assert_eq!(name_key("Company Inc"), "companyinc", "nothing else would be left");
        assert_eq!(name_key("Trust Builders"), "trustbuilders", "only at the end");
        assert_eq!(name_key(" -- "), "");
    }
    #[test]
    fn sums_are_read_as_reports_write_them() {
        for (words, cents) in [("$1,234.50", 123_450), ("1234.5", 123_450), ("(200.00)", -20_000), ("-7", -700)] {
            assert_eq!(Cents::read(words), Some(Cents(cents)), "{words}");
        }
        for words in ["", "n/a", "1.234", "$", "1e9", "12345678901234"] {
            assert_eq!(Cents::read(words), None, "{words}");
        }
        assert_eq!(Cents(123_456_705).to_string(), "$1,234,567.05");
        assert_eq!(Cents(-50).to_string(), "-$0.50");
    }
    #[test]
    fn an_account_written_before_there_were_holders_is_still_read() {
        let old = r#"{"id":"7","name":"Lakeside","contacts":[],"domains":[],"policies":[{"number":"B 1","carrier":null,"line":null,"effective":null,"expiration":null}],"csr":"ana","account_manager":null}"#;
        let account: Account = serde_json::from_str(old).unwrap();
        assert_eq!((account.producer, account.holders.len()), (None, 0));
        assert_eq!(account.policies.first().unwrap().premium, None);
    }
}
