//! May the daemon answer a message on its own, and to whom? When in doubt it does not, and the task says why.
//!
//! RFC 3834 is the law here; caps guard against what it does not foresee. Knows no wording.

use super::{
    Arrival, Policy,
    ask::{Ask, Asked},
};
use crate::domain::{
    Timestamp,
    account::is_free_mail,
    reading::{Channel, SenderKind},
    task::Task,
    text::{Address, Mailbox},
};
use crate::message::Automatic;
use chrono::Duration;

/// How many letters went to an address and to its domain in the last 24 hours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Written {
    /// To the address.
    pub(super) to_address: usize,
    /// To the domain; 0 for free-mail providers, whose domain joins strangers.
    pub(super) to_domain: usize,
}

/// Counts what was written to whoever would be answered.
pub(super) fn written(ask: &Ask<'_>, to: Option<&Mailbox>, now: Timestamp) -> Asked<Written> {
    let Some(to) = to else { return Ok(Written::default()) };
    let since = now - Duration::hours(24);
    let recent = |times: &[Timestamp]| times.iter().filter(|t| **t > since).count();
    let address = ask.letters_to(&to.address);
    let domain =
        if is_free_mail(to.address.domain()) { Ok(&[][..]) } else { ask.letters_to_domain(to.address.domain()) };
    Ok(Written { to_address: recent(address?), to_domain: recent(domain?) })
}

/// To whom the acknowledgement goes; `Err` says in words why there is none.
pub(super) fn recipient<'a>(arrival: &'a Arrival, policy: &Policy, written: Written) -> Result<&'a Mailbox, String> {
    let message = &arrival.message;
    match arrival.reading.sender_kind {
        SenderKind::Spam => return Err("unasked advertising is never answered".to_owned()),
        SenderKind::Automated => return Err("automatic mail is not answered".to_owned()),
        SenderKind::Staff => return Err("it came from the agency's own staff".to_owned()),
        // Insurers send notices by the thousand; whoever works the task answers them where an answer is wanted.
        SenderKind::Carrier => return Err("a carrier's notice is not answered".to_owned()),
        SenderKind::Client | SenderKind::ThirdParty => {}
    }
    // A form on a website is sent by a machine that nobody writes to, for the person whom it names in Reply-To.
    let through_form = arrival.reading.channel == Channel::Webform
        && matches!(message.reply_to.as_slice(), [one] if message.from.as_ref().is_some_and(|f| f.address != one.address));
    let unattended_sender = message.automatic.unattended_sender && !through_form;
    if let Some(mark) = (Automatic { unattended_sender, ..message.automatic.clone() }).reason() {
        return Err(format!("automatic mail is not answered: {mark}"));
    }
    if message.delivery_report.is_some() {
        return Err("a delivery report is not answered".to_owned());
    }
    match arrival.reading.channel {
        Channel::Email | Channel::Webform => {}
        Channel::Voicemail => return Err("it came by voicemail: call them".to_owned()),
        Channel::Sms => return Err("it came as a text message: call or text them".to_owned()),
        Channel::Portal => return Err("it came through a portal, which nobody reads mail behind".to_owned()),
    }
    let Some(to) = message.answer_to() else {
        return Err("it carries no address to answer to".to_owned());
    };
    let from_us = message.from.as_ref().is_some_and(|f| {
        let a_person_or_the_inbox = f.address == policy.agency.address || policy.person_at(&f.address).is_some();
        if through_form { a_person_or_the_inbox } else { policy.is_own(&f.address) }
    });
    if from_us || policy.is_own(&to.address) {
        return Err("it came from one of the agency's own addresses, and we do not answer ourselves".to_owned());
    }
    if is_unattended(&to.address) {
        return Err(format!("nobody reads {}", to.address));
    }
    if let Some(person) = addressed_directly(message, policy) {
        return Err(format!("it was written to {person} directly, who answers in person"));
    }
    if written.to_address >= policy.caps.per_address_per_day as usize {
        return Err(format!("{} letters went to {} in 24 hours, which is the limit", written.to_address, to.address));
    }
    if written.to_domain >= policy.caps.per_domain_per_day as usize {
        let domain = to.address.domain();
        return Err(format!("{} letters went to {domain} in 24 hours, which is the limit", written.to_domain));
    }
    Ok(to)
}

/// Whether the client of a task may be reminded; `Err` says in words why not.
pub(super) fn may_remind<'a>(
    task: &Task,
    to: &'a Mailbox,
    written: Written,
    policy: &Policy,
) -> Result<&'a Mailbox, String> {
    if matches!(task.sender_kind, SenderKind::ThirdParty | SenderKind::Carrier) || policy.is_own(&to.address) {
        return Err(format!("{} is not the client", to.address));
    }
    if is_unattended(&to.address) {
        return Err(format!("nobody reads {}", to.address));
    }
    let over = written.to_address >= policy.caps.per_address_per_day as usize
        || written.to_domain >= policy.caps.per_domain_per_day as usize;
    if over { Err(format!("the limit of letters to {} was reached", to.address)) } else { Ok(to) }
}

/// The person to whom alone the message was written, with the shared inbox at most in Cc.
fn addressed_directly(message: &crate::message::Message, policy: &Policy) -> Option<String> {
    if message.to.iter().any(|m| policy.is_inbox(&m.address)) {
        return None;
    }
    message.to.iter().find_map(|m| policy.person_at(&m.address)).map(|p| p.name.to_string())
}

/// Local parts behind which nobody sits.
fn is_unattended(address: &Address) -> bool {
    let local: String = address.local().chars().filter(char::is_ascii_alphanumeric).collect();
    ["noreply", "donotreply", "mailerdaemon", "postmaster", "bounce", "bounces"].iter().any(|n| local.starts_with(n))
}
