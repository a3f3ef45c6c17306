//! What a client has to be asked for, and when they were asked.

use crate::domain::Timestamp;
use serde::{Deserialize, Serialize};

/// Something a CSR would have to ask for before starting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// The field's name.
    pub field: String,
    /// The question to the client, as the page words it.
    pub question: String,
    /// Why it may be known after all: then a person says whether it is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doubt: Option<String>,
}

/// The client was asked something, or nobody will ask any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// When.
    pub at: Timestamp,
    /// On what occasion.
    pub how: Asking,
    /// The fields' names.
    pub fields: Vec<String>,
    /// The letter went on its way; `false` where it waits for a person's yes.
    pub sent: bool,
}

/// On what occasion a client is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asking {
    /// In the letter that says that the request arrived.
    Acknowledgement,
    /// Half of it was answered: the other half.
    Rest,
    /// Nothing was answered for as long as the page says.
    Reminder,
    /// A person had it asked.
    Person,
    /// The client wrote, and what was asked could not be read from it: a person heard so, and nobody reminds.
    Unclear,
    /// After the last reminder: a person heard that no answer came.
    GaveUp,
}
