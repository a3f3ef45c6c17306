//! The agency's people and what they may be asked to do.

use super::{calendar::Week, id::*, text::*};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// What somebody is at the agency. A person may be several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Customer service representative: does simple requests.
    Csr,
    /// Does complex requests; answers for the account.
    AccountManager,
    /// Does complex underwriting.
    SeniorUnderwriter,
    /// Sells.
    Producer,
    /// Hears first when something slips.
    OperationsManager,
    /// Owner of the agency: hears last, and of hazards at once.
    Owner,
}

impl std::fmt::Display for Role {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Csr => "CSR",
            Self::AccountManager => "account manager",
            Self::SeniorUnderwriter => "senior underwriter",
            Self::Producer => "producer",
            Self::OperationsManager => "operations manager",
            Self::Owner => "owner",
        })
    }
}

/// A member of staff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The key, such as `ana`.
    pub id: PersonId,
    /// The name as letters show it.
    pub name: HeaderText,
    /// Where notices go.
    pub address: Address,
    /// A direct number that letters to clients may give.
    #[serde(default)]
    pub phone: Option<String>,
    /// What they do.
    pub roles: Vec<Role>,
    /// Is their work to be taken in for real? Overrides the agency's mode for what is assigned to them.
    #[serde(default)]
    pub mode: Option<Mode>,
    /// Who takes over while they are out, the first who is here.
    #[serde(default)]
    pub stand_ins: Vec<PersonId>,
    /// New tasks a day at most.
    #[serde(default)]
    pub daily_limit: Option<u32>,
    /// Their own hours, where they do not keep the office's; Monday first. The office's holidays hold for them too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<Week>,
    /// Days on which they are out: the first one, and the day on which they are back.
    #[serde(default)]
    pub out: Vec<(NaiveDate, NaiveDate)>,
    /// The first day on which they are not with the agency any more.
    #[serde(default)]
    pub leaves: Option<NaiveDate>,
}

impl Person {
    /// Somebody of whom nothing else is said.
    #[must_use]
    pub fn new(id: PersonId, name: HeaderText, address: Address, roles: Vec<Role>) -> Self {
        Self {
            id,
            name,
            address,
            phone: None,
            roles,
            mode: None,
            stand_ins: Vec::new(),
            daily_limit: None,
            hours: None,
            out: Vec::new(),
            leaves: None,
        }
    }

    /// Whether the person has `role`.
    #[must_use]
    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }
}

/// How far the daemon goes on its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Everything is recorded and shown; nobody outside is written to.
    #[default]
    Observe,
    /// Letters to clients wait for a person's yes.
    Review,
    /// Letters to clients go out.
    Live,
}
