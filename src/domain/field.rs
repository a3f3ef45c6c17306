//! A fact found in a message or told by a person: its value, and where it comes from.

use super::{Timestamp, id::*};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// What a field can hold. The shapes of `certificate_holder`, `drivers` and so on; which names exist is the pages' matter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldValue {
    /// Words as the message gives them, white space folded.
    Text(String),
    /// A day in the agency's zone.
    Date(NaiveDate),
    /// Dollars, or another plain number.
    Number(f64),
    /// Asked for (`true`); a field that is not asked for is absent, never `false`.
    Flag(bool),
    /// A firm or person with an address: certificate holder, lienholder. The address is one line, parts joined by ", ".
    Party {
        /// Legal name, ISAOA/ATIMA wording included.
        name: String,
        /// `None` where the message gives none.
        address: Option<String>,
    },
    /// A driver.
    Driver {
        /// Full name.
        name: Option<String>,
        /// Birth date.
        dob: Option<NaiveDate>,
        /// Licence number.
        license: Option<String>,
    },
}

/// Where in a message something stands. Offsets are bytes into the text of that place, as `message::Message` holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Span {
    /// Which text.
    pub place: Place,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

/// The texts of a message in which things are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// The decoded subject.
    Subject,
    /// The whole visible text of the body, `Message::text`, in which new, quoted and signature parts are ranges.
    Text,
    /// The file name of the attachment with this index.
    AttachmentName(u16),
    /// The text of the attachment with this index.
    AttachmentText(u16),
    /// The From header's display name and address.
    From,
}

/// Who or what a value comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Provenance {
    /// Found in a message by a rule.
    Message {
        /// Which message; filled in by the desk (a reading alone does not know it).
        message: MessageKey,
        /// Where, and there normalised it gives the value.
        span: Span,
        /// The words at the span.
        words: String,
        /// Which rule of which page, such as `extractors/vin`.
        rule: String,
    },
    /// Known from the account book.
    Book {
        /// Which account.
        account: AccountId,
    },
    /// The same as in an earlier task, to which the client points: “same holder as last year”.
    Earlier {
        /// Which task.
        task: TaskId,
        /// The client's words that point there.
        words: String,
    },
    /// Said by a person; always wins.
    Person {
        /// Who.
        person: PersonId,
        /// When.
        at: Timestamp,
    },
}

/// A piece of a field that is needed too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Piece {
    /// The address of a certificate holder or lienholder.
    Address,
    /// A driver's name.
    Name,
    /// A driver's birth date.
    Dob,
    /// A driver's licence number.
    License,
}

/// One value of one field. A list field (policy numbers, VINs) is several of the same name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// The field's name, as pages and `classify --jsonl` call it.
    pub name: String,
    /// The value.
    pub value: FieldValue,
    /// Its source.
    pub from: Provenance,
    /// How sure the rule is, 0 to 100; see [`Field::is_sure`].
    pub confidence: u8,
    /// What is odd about it in a sentence, such as “the VIN fails its check digit”; it is then also missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doubt: Option<String>,
}

impl Field {
    /// Whether work may rest on it. Else it is a suggestion only: it is shown as a guess, sets no deadline and answers no
    /// question.
    #[must_use]
    pub fn is_sure(&self) -> bool {
        self.confidence >= SURE
    }
}

/// From here on a field is sure.
const SURE: u8 = 50;

impl FieldValue {
    /// The value on one line, for letters, tables and comparison.
    #[must_use]
    pub fn shown(&self) -> String {
        match self {
            Self::Text(s) => s.clone(),
            Self::Date(d) => d.format("%Y-%m-%d").to_string(),
            Self::Number(n) if n.fract() == 0.0 => format!("{n:.0}"),
            Self::Number(n) => format!("{n:.2}"),
            Self::Flag(true) => "yes".to_owned(),
            Self::Flag(false) => "no".to_owned(),
            Self::Party { name, address } => match address {
                Some(a) => format!("{name}, {a}"),
                None => name.clone(),
            },
            Self::Driver { name, dob, license } => {
                let parts =
                    [name.clone(), dob.map(|d| format!("born {d}")), license.as_ref().map(|l| format!("licence {l}"))];
                parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
            }
        }
    }
    /// The value as a letter or a table may show it: birth dates and licence numbers are masked (23 NYCRR 500, NAIC
    /// Model 668: nonpublic information stays out of notifications).
    #[must_use]
    pub fn shown_masked(&self) -> String {
        match self {
            Self::Driver { name, dob, license } => {
                let parts = [
                    name.clone(),
                    dob.map(|d| format!("born ****-**-{}", d.format("%d"))),
                    license.as_ref().map(|l| {
                        let tail: String = l.chars().rev().take(2).collect::<Vec<_>>().into_iter().rev().collect();
                        format!("licence ***{tail}")
                    }),
                ];
                parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
            }
            other => other.shown(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drivers_birth_date_and_licence_are_never_shown_in_full() {
        let v = FieldValue::Driver {
            name: Some("Ann Lee".into()),
            dob: NaiveDate::from_ymd_opt(1990, 4, 17),
            license: Some("A1234567".into()),
        };
        let shown = v.shown_masked();
        assert_eq!(shown, "Ann Lee, born ****-**-17, licence ***67");
    }
}
