//! References to tasks in subjects and reply addresses: finding them in what came in, stamping them on what goes out.
//! Knows no rule about who may join.

use super::{Intent, Policy};
use crate::domain::{letter::Audience, seal::Reference, text::Address};
use crate::message::Message;

/// References of one message that are looked up.
const MAX: usize = 5;

/// The references that a message carries: `[T-1042-…]` in its subject, and `service+t1042-…` among the addresses that
/// it went to. Some mail services rewrite Message-IDs, and then these are all that is left of the thread.
pub(super) fn of(policy: &Policy, message: &Message) -> Vec<Reference> {
    let mut found: Vec<Reference> = Vec::new();
    let read = |address: &Address| Reference::read(tag(policy, address)?.strip_prefix('t')?);
    // What the server says it delivered to counts where the address itself was hidden (Bcc, a list).
    let delivered = message.headers.iter().filter(|(name, _)| name == "delivered-to" || name == "x-original-to");
    let delivered = delivered.filter_map(|(_, value)| Address::new(value.as_str()));
    let named = message.to.iter().chain(&message.cc).map(|m| m.address.clone());
    let addressed = named.chain(delivered).filter_map(|a| read(&a));
    for reference in addressed.chain(in_subject(message.subject.as_str())) {
        if !found.contains(&reference) && found.len() < MAX {
            found.push(reference);
        }
    }
    found
}

/// The references in a subject.
fn in_subject(subject: &str) -> impl Iterator<Item = Reference> {
    let starts = subject.match_indices("[T-").chain(subject.match_indices("[t-"));
    starts.filter_map(|(at, _)| Reference::read(subject.get(at + 3..)?.split_once(']')?.0))
}

/// What stands behind the plus of one of the shared inbox's addresses.
fn tag<'a>(policy: &Policy, address: &'a Address) -> Option<&'a str> {
    let inbox = &policy.agency.address;
    (address.domain() == inbox.domain())
        .then(|| address.local().strip_prefix(inbox.local())?.strip_prefix('+'))
        .flatten()
}

impl Policy {
    /// Whether an address is the shared inbox, with a tag behind a plus or without.
    #[must_use]
    pub fn is_inbox(&self, address: &Address) -> bool {
        *address == self.agency.address || tag(self, address).is_some()
    }
}

/// Puts the reference and the reply address on a letter: a personal one for staff, the thread's for everybody else.
pub(super) fn stamp(policy: &Policy, intent: &mut Intent) {
    let Some(task) = intent.tasks.first().copied() else { return };
    let key = &policy.answers.key;
    let person = policy.person_at(&intent.to.address);
    let reference = match (intent.audience, person) {
        (Audience::Staff, Some(person)) => key.personal(task, &person.id),
        _ => key.thread(task),
    };
    intent.reply_to = reply_address(policy, &reference);
    intent.reference = Some(reference);
}

/// `service+t1042-k3f9x2mq@…`, where the mail server knows such addresses and there is a seal to carry.
pub(super) fn reply_address(policy: &Policy, reference: &Reference) -> Option<Address> {
    let seal = reference.seal.as_ref().filter(|_| policy.answers.plus_addressing)?;
    let inbox = &policy.agency.address;
    let local = format!("{}+t{}-{seal}", inbox.local(), reference.task.0);
    // RFC 5321 4.5.3.1.1: 64 octets; a longer one would be refused, and the answer with it.
    (local.len() <= 64).then(|| Address::new(&format!("{local}@{}", inbox.domain()))).flatten()
}
