//! Configuration and pages together: what the desk goes by. What only shows when both are known is checked here.

use super::{Config, people::role_name};
use crate::desk::{PageOfWork, Policy};
use crate::domain::{
    decision::Versions,
    id::{MailboxId, RequestType},
    mistake::Mistake,
    nearest::nearest,
    person::Role,
    workflow::*,
};
use crate::inbox::{Watched, settings::Settled};
use std::collections::BTreeMap;

impl Config {
    /// What the desk goes by, from this configuration and the working half of the pages.
    ///
    /// # Errors
    /// Modes for pages that do not exist, and roles that a page needs and nobody has.
    pub fn policy_of(
        &self,
        pages: BTreeMap<RequestType, PageOfWork>,
        triage: Practice,
        rules_version: &str,
        templates_version: &str,
    ) -> Result<Policy, Vec<Mistake>> {
        let mut mistakes = Vec::new();
        for page in self.mode_of.keys().filter(|p| !pages.contains_key(p)) {
            let mend = match nearest(page.as_str(), pages.keys().map(RequestType::as_str)) {
                Some(close) => format!("did you mean `{close}`?"),
                None => "name a page by its id".to_owned(),
            };
            mistakes.push(Mistake {
                file: self.file.clone(),
                line: self.mode_lines.get(page).copied(),
                what: format!("[modes] {page}: there is no page of that id"),
                mend,
            });
        }
        let of_rota = self.rota.iter().flat_map(|s| &s.types).map(|t| ("[[duty.rota]]", t));
        let of_partners = self.partners.iter().flat_map(|p| &p.types).map(|t| ("[[partner]]", t));
        for (section, page) in of_rota.chain(of_partners) {
            if !pages.contains_key(page) {
                mistakes.push(Mistake {
                    file: self.file.clone(),
                    line: None,
                    what: format!("{section} types: there is no page “{page}”"),
                    mend: match nearest(page.as_str(), pages.keys().map(RequestType::as_str)) {
                        Some(close) => format!("did you mean `{close}`?"),
                        None => "name a page by its id".to_owned(),
                    },
                });
            }
        }
        for (role, pages) in self.roles_without_anybody(&pages, &triage) {
            let role = role_name(role);
            mistakes.push(Mistake {
                file: self.file.clone(),
                line: None,
                what: format!(
                    "nobody is {role}, and {} {} one",
                    pages.join(", "),
                    if pages.len() == 1 { "needs" } else { "need" }
                ),
                mend: format!(
                    "give a [[person]] roles = [\"{role}\"], or name another role in `staff` or `tell` of the page"
                ),
            });
        }
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        Ok(Policy {
            agency: self.agency.clone(),
            calendar: self.calendar.clone(),
            people: self.people.clone(),
            duty: self.duty.clone(),
            rota: self.rota.clone(),
            partners: self.partners.clone(),
            mode: self.mode,
            mode_of: self.mode_of.clone(),
            pages,
            triage,
            caps: self.letters.caps,
            attach_original: self.letters.attach_original,
            gather: self.letters.gather,
            answers: self.answers.clone(),
            sent: self.mailboxes.iter().flat_map(sent_folders).collect(),
            digest: self.digest,
            watched: self.watched(),
            weekly: self.weekly,
            heartbeat: self.heartbeat.mail.clone(),
            retry: self.letters.retry.clone(),
            versions: Versions {
                rules: rules_version.to_owned(),
                templates: templates_version.to_owned(),
                policy: self.version.clone(),
            },
        })
    }

    /// The folders of mail servers that are counted against the desk: those that are watched, and those to which what was
    /// taken in is moved.
    pub(super) fn watched(&self) -> Vec<(MailboxId, String)> {
        let mut all: Vec<(MailboxId, String)> = Vec::new();
        for mailbox in &self.mailboxes {
            let Watched::Imap(m) = mailbox else { continue };
            let moved_to = if let Settled::Move(to) = &m.settled { Some(to) } else { None };
            for folder in m.folders.iter().chain(&m.sent).chain(moved_to) {
                let one = (m.name.clone(), folder.clone());
                if !all.contains(&one) {
                    all.push(one);
                }
            }
        }
        all
    }

    /// Roles that nobody has, with the pages that need them.
    fn roles_without_anybody(
        &self,
        pages: &BTreeMap<RequestType, PageOfWork>,
        triage: &Practice,
    ) -> BTreeMap<Role, Vec<String>> {
        let mut out: BTreeMap<Role, Vec<String>> = BTreeMap::new();
        let all = pages.iter().map(|(id, p)| (id.as_str(), &p.practice)).chain([("triage", triage)]);
        for (id, practice) in all {
            let told = practice.escalations.iter().flat_map(|e| &e.tell).filter_map(|l| match l {
                Listener::Assignee => None,
                Listener::OperationsManager => Some(Role::OperationsManager),
                Listener::Owner => Some(Role::Owner),
            });
            let mut needed: Vec<Role> = told.chain([practice.staff.simple, practice.staff.complex]).collect();
            needed.sort_unstable();
            needed.dedup();
            for role in needed.into_iter().filter(|r| !self.people.iter().any(|p| p.is(*r))) {
                out.entry(role).or_default().push(format!("the page “{id}”"));
            }
        }
        out
    }
}

/// The folders of a mailbox in which staff's sent mail lies.
fn sent_folders(mailbox: &Watched) -> Vec<(MailboxId, String)> {
    match mailbox {
        Watched::Imap(m) => m.sent.iter().map(|folder| (m.name.clone(), folder.clone())).collect(),
        Watched::Maildir(_) => Vec::new(),
    }
}
