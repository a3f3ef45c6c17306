//! One row of an account book, joined to the account it belongs to.

use super::column::{Column, Columns};
use crate::domain::nearest::nearest;
use crate::domain::{account::*, id::*, mistake::Mistake, text::*};
use chrono::{Datelike, NaiveDate};
use std::collections::BTreeMap;

/// A row and where it stands.
pub(super) struct Row<'r> {
    pub file: &'r str,
    pub line: u64,
    pub columns: &'r Columns,
    pub cells: &'r csv::ByteRecord,
    pub width: usize,
}

impl Row<'_> {
    fn cell(&self, column: Column) -> Option<&str> {
        let bytes = self.cells.get(self.columns.place(column)?)?;
        std::str::from_utf8(bytes).ok().map(str::trim).filter(|s| !s.is_empty())
    }
    fn wrong(&self, what: impl Into<String>, mend: impl Into<String>) -> Mistake {
        let line = usize::try_from(self.line).ok();
        Mistake { file: self.file.to_owned(), line, what: what.into(), mend: mend.into() }
    }

    /// Joins the row to its account. All that is wrong with it is told; `false` when it was left out.
    pub fn join(
        &self,
        accounts: &mut BTreeMap<AccountId, Account>,
        staff: &[PersonId],
        mistakes: &mut Vec<Mistake>,
    ) -> bool {
        let before = mistakes.len();
        if self.cells.iter().any(|c| std::str::from_utf8(c).is_err()) {
            mistakes.push(self.wrong("this row is not UTF-8; it was left out", "save the file as “CSV UTF-8”"));
            return false;
        }
        if self.cells.len() != self.width {
            let what =
                format!("this row has {} cells and the head line {}; it was left out", self.cells.len(), self.width);
            mistakes.push(self.wrong(what, "a comma within a cell needs quotes around the cell"));
            return false;
        }
        let id = self.cell(Column::Account).map(AccountId::from);
        let name = self.cell(Column::Name).map(HeaderText::new);
        if id.is_none() {
            mistakes
                .push(self.wrong("the account's key is missing; the row was left out", "fill in the column “account”"));
        }
        let known = id.as_ref().and_then(|id| accounts.get(id));
        if let (Some(n), Some(k)) = (&name, known)
            && *n != k.name
        {
            let what = format!("the account {} was “{}” before and is “{n}” here; the row was left out", k.id, k.name);
            mistakes.push(self.wrong(what, "one key is for one account: mend the key or the name"));
        }
        if name.is_none() && known.is_none() && id.is_some() {
            mistakes
                .push(self.wrong("the account's name is missing; the row was left out", "fill in the column “name”"));
        }
        let contact = self.contact(mistakes);
        let policy = self.policy(mistakes);
        let domain = self.domain(mistakes);
        let csr = self.person(Column::Csr, "csr", staff, mistakes);
        let manager = self.person(Column::AccountManager, "account_manager", staff, mistakes);
        if let Some(k) = known {
            for (what, old, new) in [("csr", &k.csr, &csr), ("account_manager", &k.account_manager, &manager)] {
                if let (Some(o), Some(n)) = (old, new)
                    && o != n
                {
                    let said = format!(
                        "the account {} had {what} “{o}” before and has “{n}” here; the row was left out",
                        k.id
                    );
                    mistakes.push(self.wrong(said, "an account has one: make its rows agree"));
                }
            }
        }
        let (Some(id), true) = (id, mistakes.len() == before) else { return false };
        let account = accounts.entry(id.clone()).or_insert_with(|| Account {
            id,
            name: name.unwrap_or_default(),
            contacts: Vec::new(),
            domains: Vec::new(),
            policies: Vec::new(),
            csr: None,
            account_manager: None,
            instructions: None,
        });
        if let Some(c) = contact.filter(|c| !account.contacts.contains(c)) {
            account.contacts.push(c);
        }
        if let Some(p) = policy {
            match account.policies.iter_mut().find(|o| folded(&o.number) == folded(&p.number)) {
                // A row a term, as some reports have it: the newest term holds.
                Some(old) if old.expiration <= p.expiration => *old = p,
                Some(_) => {}
                None => account.policies.push(p),
            }
        }
        if let Some(d) = domain.filter(|d| !account.domains.contains(d)) {
            account.domains.push(d);
        }
        account.csr = account.csr.take().or(csr);
        account.account_manager = account.account_manager.take().or(manager);
        if let Some(i) = self.cell(Column::Instructions) {
            match &mut account.instructions {
                Some(old) if old.contains(i) => {}
                Some(old) => {
                    old.push('\n');
                    old.push_str(i);
                }
                None => account.instructions = Some(i.to_owned()),
            }
        }
        true
    }

    fn contact(&self, mistakes: &mut Vec<Mistake>) -> Option<Contact> {
        let (name, phone) = (self.cell(Column::Contact), self.cell(Column::Phone));
        let address = self.cell(Column::Email).and_then(|raw| {
            let address = Address::new(raw);
            if address.is_none() {
                let what = format!("“{raw}” is not a mail address; the row was left out");
                mistakes.push(self.wrong(what, "write one bare address; further ones in rows of their own"));
            }
            address
        });
        if name.is_none() && address.is_none() && phone.is_none() {
            return None;
        }
        Some(Contact { name: HeaderText::new(name.unwrap_or("")), address, phone: phone.map(str::to_owned) })
    }

    fn policy(&self, mistakes: &mut Vec<Mistake>) -> Option<Policy> {
        let number = self.cell(Column::Policy);
        let effective = self.day(Column::Effective, "effective", mistakes);
        let expiration = self.day(Column::Expiration, "expiration", mistakes);
        if let (Some(a), Some(b)) = (effective, expiration)
            && b < a
        {
            let what = format!("the policy ends ({b}) before it begins ({a}); the row was left out");
            mistakes.push(self.wrong(what, "mend effective or expiration"));
        }
        let (carrier, line) = (self.cell(Column::Carrier), self.cell(Column::Line));
        let Some(number) = number else {
            if carrier.is_some() || line.is_some() || effective.is_some() || expiration.is_some() {
                let what = "carrier, line or dates are given, and no policy number; the row was left out";
                mistakes.push(self.wrong(what, "fill in the column “policy”"));
            }
            return None;
        };
        if folded(number).is_empty() {
            let what = format!("“{number}” is no policy number; the row was left out");
            mistakes.push(self.wrong(what, "write it as the carrier does, or leave the cell empty"));
            return None;
        }
        Some(Policy {
            number: number.to_owned(),
            carrier: carrier.map(str::to_owned),
            line: line.map(str::to_owned),
            effective,
            expiration,
        })
    }

    fn domain(&self, mistakes: &mut Vec<Mistake>) -> Option<String> {
        let domain = self.cell(Column::Domain)?.trim_start_matches('@').to_lowercase();
        if Address::new(&format!("a@{domain}")).is_none() || !domain.contains('.') {
            let what = format!("“{domain}” is not a mail domain; the row was left out");
            mistakes.push(self.wrong(what, "write what stands behind the @, such as marchettitrucking.example"));
            return None;
        }
        if is_free_mail(&domain) {
            let what = format!("{domain} belongs to everybody and cannot be one account's own; the row was left out");
            mistakes.push(self.wrong(what, "leave the cell empty; the contact's address is enough"));
            return None;
        }
        Some(domain)
    }

    fn person(&self, column: Column, name: &str, staff: &[PersonId], mistakes: &mut Vec<Mistake>) -> Option<PersonId> {
        let cell = self.cell(column)?;
        let id = PersonId::from(cell);
        if staff.is_empty() || staff.contains(&id) {
            return Some(id);
        }
        let mend = match nearest(cell, staff.iter().map(PersonId::as_str)) {
            Some(close) => format!("did you mean “{close}”?"),
            None => "write the id of a [[person]] of intaked.toml".to_owned(),
        };
        mistakes.push(self.wrong(format!("{name}: nobody has the id “{cell}”; the row was left out"), mend));
        None
    }

    fn day(&self, column: Column, name: &str, mistakes: &mut Vec<Mistake>) -> Option<NaiveDate> {
        let cell = self.cell(column)?;
        let day = day(cell);
        if day.is_none() {
            let mend = "write 2026-11-26 or 11/26/2026";
            mistakes.push(self.wrong(format!("{name}: “{cell}” is not a day; the row was left out"), mend));
        }
        day
    }
}

/// A day in ISO or US form; a time of day behind it, as spreadsheets add, is dropped.
fn day(cell: &str) -> Option<NaiveDate> {
    let cell = cell.split([' ', 'T']).next().unwrap_or(cell);
    let parsed = ["%Y-%m-%d", "%m/%d/%Y", "%m-%d-%Y"].into_iter().find_map(|f| NaiveDate::parse_from_str(cell, f).ok());
    // “11/26/26” is 2026; with %Y chrono would make it the year 26.
    let short = || NaiveDate::parse_from_str(cell, "%m/%d/%y").ok();
    parsed.filter(|d| d.year() >= 1000).or_else(short).filter(|d| (1900..2200).contains(&d.year()))
}

/// Tells of an account that no mail can ever be found to belong to.
pub(super) fn finish(file: &str, account: &mut Account, mistakes: &mut Vec<Mistake>) {
    if account.contacts.is_empty() && account.policies.is_empty() && account.domains.is_empty() {
        mistakes.push(Mistake {
            file: file.to_owned(),
            line: None,
            what: format!("the account {} has no contact, no policy and no domain", account.id),
            mend: "it was kept, but no mail can be found to be its".to_owned(),
        });
    }
}

/// One policy number at two accounts: kept, since a joint policy exists, but told.
pub(super) fn shared_policies(file: &str, accounts: &BTreeMap<AccountId, Account>, mistakes: &mut Vec<Mistake>) {
    let mut holders: BTreeMap<String, &AccountId> = BTreeMap::new();
    for account in accounts.values() {
        for policy in &account.policies {
            if let Some(other) = holders.insert(folded(&policy.number), &account.id) {
                mistakes.push(Mistake {
                    file: file.to_owned(),
                    line: None,
                    what: format!("the policy {} is at {other} and at {}", policy.number, account.id),
                    mend: "both were kept; mail that names it goes to a person to decide".to_owned(),
                });
            }
        }
    }
}
