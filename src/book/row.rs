//! One row of an account book, joined to the account it belongs to.

use super::column::{Columns, ContactFound, Found, HolderFound};
use super::mapping::{Column, Mapping};
use crate::domain::nearest::nearest;
use crate::domain::{account::*, id::*, mistake::Mistake, person::Person, text::*};
use chrono::{Datelike, NaiveDate};
use std::collections::BTreeMap;

/// A row and where it stands.
pub(super) struct Row<'r> {
    pub file: &'r str,
    pub line: usize,
    pub columns: &'r Columns,
    pub mapping: &'r Mapping,
    /// The agency's people; without any, nobody is checked.
    pub staff: &'r [Person],
    pub cells: &'r [String],
}

/// What cells of yes and no hold.
const YES_AND_NO: [(&str, bool); 12] = [
    ("yes", true),
    ("y", true),
    ("true", true),
    ("x", true),
    ("1", true),
    ("included", true),
    ("no", false),
    ("n", false),
    ("false", false),
    ("0", false),
    ("none", false),
    ("excluded", false),
];

/// What a policy grants of which the book says that it grants nothing.
const NOTHING_GRANTED: &str = "nothing";

/// Words for whose line of insurance it is.
const CLASSES: [(&str, Class); 8] = [
    ("personal", Class::Personal),
    ("commercial", Class::Commercial),
    ("PL", Class::Personal),
    ("CL", Class::Commercial),
    ("personal lines", Class::Personal),
    ("commercial lines", Class::Commercial),
    ("P", Class::Personal),
    ("C", Class::Commercial),
];

/// Words for who bills it.
const BILLINGS: [(&str, Billing); 8] = [
    ("direct", Billing::Direct),
    ("agency", Billing::Agency),
    ("direct bill", Billing::Direct),
    ("agency bill", Billing::Agency),
    ("direct billed", Billing::Direct),
    ("agency billed", Billing::Agency),
    ("D", Billing::Direct),
    ("A", Billing::Agency),
];

/// Words for the language to write in.
const LANGUAGES: [(&str, &str); 5] =
    [("en", "en"), ("es", "es"), ("English", "en"), ("Spanish", "es"), ("español", "es")];

/// What a row says of an account.
struct Said {
    contacts: Vec<Contact>,
    policy: Option<Policy>,
    domain: Option<String>,
    people: [(&'static str, Option<PersonId>); 3],
    holders: Vec<Holder>,
    language: Option<String>,
}

impl Row<'_> {
    fn at(&self, found: &Found) -> Option<String> {
        found.iter().find_map(|columns| {
            let cells: Vec<&str> =
                columns.iter().filter_map(|i| self.cells.get(*i)).map(|c| c.trim()).filter(|c| !c.is_empty()).collect();
            (!cells.is_empty()).then(|| cells.join(" "))
        })
    }
    fn cell(&self, column: Column) -> Option<String> {
        self.at(self.columns.place(column)?)
    }
    fn wrong(&self, what: impl Into<String>, mend: impl Into<String>) -> Mistake {
        Mistake { file: self.file.to_owned(), line: Some(self.line), what: what.into(), mend: mend.into() }
    }

    /// Joins the row to its account. All that is wrong with it is told; `false` when it was left out.
    pub fn join(&self, accounts: &mut BTreeMap<AccountId, Account>, mistakes: &mut Vec<Mistake>) -> bool {
        let before = mistakes.len();
        let id = self.cell(Column::Account).map(AccountId::from);
        let name = self.cell(Column::Name).map(|n| HeaderText::new(&n));
        let fill_in = |column| format!("fill in the column “{}”", self.columns.title(column));
        if id.is_none() {
            mistakes.push(self.wrong("the account's key is missing; the row was left out", fill_in(Column::Account)));
        }
        let known = id.as_ref().and_then(|id| accounts.get(id));
        if let (Some(n), Some(k)) = (&name, known)
            && *n != k.name
        {
            let what = format!("the account {} was “{}” before and is “{n}” here; the row was left out", k.id, k.name);
            mistakes.push(self.wrong(what, "one key is for one account: mend the key or the name"));
        }
        if name.is_none() && known.is_none() && id.is_some() {
            mistakes.push(self.wrong("the account's name is missing; the row was left out", fill_in(Column::Name)));
        }
        let mut doubts = Vec::new();
        let said = self.said(mistakes, &mut doubts);
        if let Some(k) = known {
            let held = [&k.csr, &k.account_manager, &k.producer];
            for ((what, new), old) in said.people.iter().zip(held) {
                if let (Some(o), Some(n)) = (old, new)
                    && o != n
                {
                    let why = format!(
                        "the account {} had {what} “{o}” before and has “{n}” here; the row was left out",
                        k.id
                    );
                    mistakes.push(self.wrong(why, "an account has one: make its rows agree"));
                }
            }
        }
        let (Some(id), true) = (id, mistakes.len() == before) else { return false };
        mistakes.append(&mut doubts);
        let account = accounts.entry(id.clone()).or_insert_with(|| Account::new(id, name.unwrap_or_default()));
        said.add_to(account);
        if let Some(i) = self.cell(Column::Instructions) {
            match &mut account.instructions {
                Some(old) if old.contains(&i) => {}
                Some(old) => {
                    old.push('\n');
                    old.push_str(&i);
                }
                None => account.instructions = Some(i),
            }
        }
        true
    }

    /// What it says. A word that is not known is a doubt: the row is taken without it.
    fn said(&self, mistakes: &mut Vec<Mistake>, doubts: &mut Vec<Mistake>) -> Said {
        Said {
            contacts: self.columns.contacts.iter().filter_map(|c| self.contact(c, mistakes)).collect(),
            policy: self.policy(mistakes, doubts),
            domain: self.domain(mistakes),
            people: [
                ("csr", self.person(Column::Csr, "csr", mistakes)),
                ("account_manager", self.person(Column::AccountManager, "account_manager", mistakes)),
                ("producer", self.person(Column::Producer, "producer", mistakes)),
            ],
            holders: self.columns.holders.iter().filter_map(|h| self.holder(h, mistakes)).collect(),
            language: self.one_of(Column::Language, "language", &LANGUAGES, doubts).map(str::to_owned),
        }
    }

    fn contact(&self, at: &ContactFound, mistakes: &mut Vec<Mistake>) -> Option<Contact> {
        let (name, phone) = (self.at(&at.name), self.at(&at.phone));
        let address = self.at(&at.email).and_then(|raw| {
            let address = Address::new(&raw);
            if address.is_none() {
                let what = format!("“{raw}” is not a mail address; the row was left out");
                mistakes.push(self.wrong(what, "write one bare address; further ones in rows of their own"));
            }
            address
        });
        if name.is_none() && address.is_none() && phone.is_none() {
            return None;
        }
        Some(Contact { name: HeaderText::new(name.as_deref().unwrap_or("")), address, phone })
    }

    fn policy(&self, mistakes: &mut Vec<Mistake>, doubts: &mut Vec<Mistake>) -> Option<Policy> {
        let number = self.cell(Column::Policy);
        let effective = self.day_in(Column::Effective, "effective", mistakes);
        let expiration = self.day_in(Column::Expiration, "expiration", mistakes);
        if let (Some(a), Some(b)) = (effective, expiration)
            && b < a
        {
            let what = format!("the policy ends ({b}) before it begins ({a}); the row was left out");
            mistakes.push(self.wrong(what, "mend effective or expiration"));
        }
        let premium = self.cell(Column::Premium).and_then(|raw| {
            let sum = Cents::read(&raw);
            if sum.is_none() {
                let what = format!("premium: “{raw}” is not a sum; the row was left out");
                mistakes.push(self.wrong(what, "write 1234.50 or $1,234.50"));
            }
            sum
        });
        let (carrier, line) = (self.cell(Column::Carrier), self.cell(Column::Line));
        let class = self.one_of(Column::Class, "class", &CLASSES, doubts);
        let billing = self.one_of(Column::Billing, "who bills it", &BILLINGS, doubts);
        let Some(number) = number else {
            if carrier.is_some() || line.is_some() || effective.is_some() || expiration.is_some() {
                let what = "carrier, line or dates are given, and no policy number; the row was left out";
                let mend = format!("fill in the column “{}”", self.columns.title(Column::Policy));
                mistakes.push(self.wrong(what, mend));
            }
            return None;
        };
        if folded(&number).is_empty() {
            let what = format!("“{number}” is no policy number; the row was left out");
            mistakes.push(self.wrong(what, "write it as the carrier does, or leave the cell empty"));
            return None;
        }
        let grants = self.grants(doubts);
        Some(Policy { carrier, line, effective, expiration, premium, class, billing, grants, ..Policy::of(&number) })
    }

    /// What the policy grants others: in words, and by columns of yes and no. Where all of these say no, that is known.
    fn grants(&self, doubts: &mut Vec<Mistake>) -> Vec<String> {
        let listed = self.cell(Column::Grants).unwrap_or_default();
        let listed = listed.split([';', '\n']).map(|g| g.trim().to_owned()).filter(|g| !g.is_empty());
        let mut grants: Vec<String> = listed.collect();
        let mut denied = false;
        for (granted, title, at) in &self.columns.grants {
            let Some(cell) = self.at(at) else { continue };
            match YES_AND_NO.iter().find(|(word, _)| folded(word) == folded(&cell)) {
                Some((_, true)) if grants.contains(granted) => {}
                Some((_, true)) => grants.push(granted.clone()),
                Some((_, false)) => denied = true,
                None => {
                    let what = format!("{title}: “{cell}” is neither yes nor no; the row was taken without it");
                    doubts.push(self.wrong(what, "write yes or no, or what is granted in a column of `grants`"));
                }
            }
        }
        if grants.is_empty() && denied {
            grants.push(NOTHING_GRANTED.to_owned());
        }
        grants
    }

    /// One of a few values, by any word that books have for it; an empty cell is not told.
    fn one_of<T: Copy>(&self, column: Column, name: &str, words: &[(&str, T)], doubts: &mut Vec<Mistake>) -> Option<T> {
        let cell = self.cell(column)?;
        let found = words.iter().find(|(word, _)| folded(word) == folded(&cell)).map(|(_, value)| *value);
        if found.is_none() {
            let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let what = format!("{name}: “{cell}” is not known; the row was taken without it");
            doubts.push(self.wrong(what, format!("write one of {}", known.join(", "))));
        }
        found
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

    /// Somebody of the agency, by what the columns file says, by id, by name or by address.
    fn person(&self, column: Column, name: &str, mistakes: &mut Vec<Mistake>) -> Option<PersonId> {
        let cell = self.cell(column)?;
        let key = folded(&cell);
        let mapped = self.mapping.people.iter().find(|(called, _)| folded(called) == key).map(|(_, id)| id.as_str());
        let id = match mapped {
            Some("") => return None,
            Some(id) => PersonId::from(id),
            None => {
                let is = |p: &&Person| {
                    p.id.as_str() == cell || folded(p.name.as_str()) == key || p.address.as_str() == cell.to_lowercase()
                };
                let mut found = self.staff.iter().filter(is);
                match (found.next(), found.next()) {
                    (Some(p), None) => p.id.clone(),
                    _ => PersonId::from(cell.as_str()),
                }
            }
        };
        if self.staff.is_empty() || self.staff.iter().any(|p| p.id == id) {
            return Some(id);
        }
        let names = self.staff.iter().flat_map(|p| [p.id.as_str(), p.name.as_str()]);
        let mend = match nearest(&cell, names) {
            Some(close) => format!("did you mean “{close}”?"),
            None => "write the id or name of a [[person]] of intaked.toml, or say under [people] of the columns file \
                     who it is (\"\" is nobody)"
                .to_owned(),
        };
        mistakes.push(self.wrong(format!("{name}: nobody has the id “{id}”; the row was left out"), mend));
        None
    }

    fn holder(&self, at: &HolderFound, mistakes: &mut Vec<Mistake>) -> Option<Holder> {
        let (name, address, project) = (self.at(&at.name), self.at(&at.address), self.at(&at.project));
        let issued = self.at(&at.issued).and_then(|cell| self.day(&cell, "the certificate's day", mistakes));
        let Some(name) = name else {
            if address.is_some() || issued.is_some() || project.is_some() {
                let what = "a certificate holder's address or certificate is given, and no name; the row was left out";
                mistakes.push(self.wrong(what, "fill in the holder's name"));
            }
            return None;
        };
        let certificates = issued.map(|issued| Certificate { issued, project }).into_iter().collect();
        Some(Holder { name: HeaderText::new(&name), address, certificates })
    }

    fn day_in(&self, column: Column, name: &str, mistakes: &mut Vec<Mistake>) -> Option<NaiveDate> {
        self.day(&self.cell(column)?, name, mistakes)
    }

    fn day(&self, cell: &str, name: &str, mistakes: &mut Vec<Mistake>) -> Option<NaiveDate> {
        let day = day(cell);
        if day.is_none() {
            let mend = "write 2026-11-26 or 11/26/2026";
            mistakes.push(self.wrong(format!("{name}: “{cell}” is not a day; the row was left out"), mend));
        }
        day
    }
}

impl Said {
    fn add_to(self, account: &mut Account) {
        for c in self.contacts {
            if !account.contacts.contains(&c) {
                account.contacts.push(c);
            }
        }
        if let Some(p) = self.policy {
            match account.policies.iter_mut().find(|o| folded(&o.number) == folded(&p.number)) {
                // A row for each thing that it grants: all of them hold.
                Some(old) if old.expiration == p.expiration => {
                    let more: Vec<String> = p.grants.iter().filter(|g| !old.grants.contains(g)).cloned().collect();
                    let grants = old.grants.drain(..).chain(more).collect();
                    *old = Policy { grants, ..p };
                }
                // A row a term, as some reports have it: the newest term holds.
                Some(old) if old.expiration < p.expiration => *old = p,
                Some(_) => {}
                None => account.policies.push(p),
            }
        }
        if let Some(d) = self.domain.filter(|d| !account.domains.contains(d)) {
            account.domains.push(d);
        }
        let [(_, csr), (_, manager), (_, producer)] = self.people;
        account.csr = account.csr.take().or(csr);
        account.account_manager = account.account_manager.take().or(manager);
        account.producer = account.producer.take().or(producer);
        account.language = account.language.take().or(self.language);
        for h in self.holders {
            match account.holders.iter_mut().find(|o| folded(o.name.as_str()) == folded(h.name.as_str())) {
                Some(old) => {
                    old.address = old.address.take().or(h.address);
                    old.certificates.extend(h.certificates);
                    old.certificates.sort();
                    old.certificates.dedup();
                }
                None => account.holders.push(h),
            }
        }
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
