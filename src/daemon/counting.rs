//! Asks the mail servers what they hold, before each owner's digest, and holds it against the desk's outcomes. Looks
//! only: folders are opened with EXAMINE, and nothing is marked.

use super::clock::Clock;
use super::front::Health;
use super::guidance::Current;
use super::writer::Writer;
use crate::desk::{self, Input, Wanted};
use crate::domain::Timestamp;
use crate::domain::decision::{Answer, Lookup};
use crate::domain::id::MailboxId;
use crate::domain::upkeep::{Counted, NAMED_MAX, Said, Unexplained};
use crate::inbox::imap::Trouble;
use crate::inbox::imap::look::{self, Held, Look};
use crate::inbox::settings::{MailboxSettings, Settled};
use crate::message::Message;
use crate::store::Cursor;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often it is looked whether a count is wanted.
const LOOK: Duration = Duration::from_secs(5);
/// How long a server that did not answer is left alone before it is asked again.
const AGAIN: Duration = Duration::from_secs(60);
/// For one folder, however many messages it holds.
const WHOLE: Duration = Duration::from_secs(100);
/// What came in a moment ago may be being read yet: so often, and so long apart, it is looked again.
const LOOKS: usize = 3;
const APART: Duration = Duration::from_secs(5);

/// What the servers are asked with.
pub(super) struct Counting {
    pub(super) mailboxes: Vec<MailboxSettings>,
    pub(super) writer: Writer,
    pub(super) guidance: Current,
    pub(super) clock: Arc<Clock>,
    pub(super) health: Arc<Health>,
}

impl Counting {
    /// Counts whenever it is wanted, until `cancel`.
    pub(super) async fn go_on(self, cancel: CancellationToken) {
        loop {
            let wait = match self.look().await {
                Ok(wait) => wait,
                Err(e) => {
                    tracing::error!(event = "count_failed", error = %format!("{e:#}"), "it is tried again");
                    AGAIN
                }
            };
            tokio::select! {
                () = cancel.cancelled() => return,
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    async fn look(&self) -> anyhow::Result<Duration> {
        let now = self.clock.now();
        let known = self.writer.read(|s| Ok((s.answer(&Lookup::Rounds)?, s.answer(&Lookup::Upkeep)?))).await?;
        let (Answer::Rounds(rounds), Answer::Upkeep(upkeep)) = known else { return Ok(LOOK) };
        let wanted = desk::wanted(&self.guidance.get().policy, &rounds, &upkeep, now);
        let Some(wanted) = wanted else { return Ok(LOOK) };
        let mut counts = Vec::new();
        let mut is_early = false;
        for (mailbox, folder, from) in &wanted.folders {
            let said = self.count(mailbox, folder, *from, &wanted).await?;
            let at = self.clock.now();
            if let Said::Nothing(why) = &said {
                tracing::warn!(event = "folder_not_counted", %mailbox, folder, "{why}");
                // There is time to ask again before the digest.
                if at < wanted.due {
                    is_early = true;
                    continue;
                }
            }
            let (mailbox, folder) = (mailbox.clone(), folder.clone());
            counts.push(Counted { mailbox, folder, at, from: *from, until: wanted.until, said });
        }
        if !counts.is_empty() {
            self.tell(&counts);
            self.writer.decide(Input::Counted(counts)).await?;
        }
        Ok(if is_early { AGAIN } else { LOOK })
    }

    /// For `intaked status`. It is no sickness of a loop: the owner's letter tells what is to be done about it.
    fn tell(&self, counts: &[Counted]) {
        let (mut missing, mut silent) = (0, 0);
        for count in counts {
            missing += count.unexplained();
            silent += usize::from(matches!(count.said, Said::Nothing(_)));
            tracing::info!(
                event = "folder_counted", mailbox = %count.mailbox, folder = count.folder,
                unexplained = count.unexplained(), asked = matches!(count.said, Said::Holds { .. })
            );
        }
        let says = format!("{missing} messages on the servers without an outcome, {silent} folders not counted");
        self.health.says("count of the mail servers", true, says);
    }

    /// Counts a folder; what has no outcome is looked at again, lest it is being read right now.
    async fn count(&self, mailbox: &MailboxId, folder: &str, from: Timestamp, wanted: &Wanted) -> anyhow::Result<Said> {
        let Some(settings) = self.mailboxes.iter().find(|m| m.name == *mailbox) else {
            return Ok(Said::Nothing("the daemon does not watch it yet: restart it".to_owned()));
        };
        let is_watched = settings.folders.iter().chain(&settings.sent).any(|f| f == folder);
        if !is_watched && !is_moved_to(settings, folder) {
            return Ok(Said::Nothing("the daemon does not watch it yet: restart it".to_owned()));
        }
        let mut said = Said::Nothing(String::new());
        for nth in 0..LOOKS {
            if nth > 0 {
                tokio::time::sleep(APART).await;
            }
            let counted = tokio::time::timeout(WHOLE, self.count_once(settings, folder, from, wanted.until)).await;
            said = match counted {
                Ok(counted) => counted?,
                Err(_) => Said::Nothing(format!("it took longer than {} s", WHOLE.as_secs())),
            };
            if matches!(&said, Said::Holds { unexplained, .. } if unexplained.is_empty()) {
                break;
            }
        }
        Ok(said)
    }

    async fn count_once(
        &self,
        settings: &MailboxSettings,
        folder: &str,
        from: Timestamp,
        until: Timestamp,
    ) -> anyhow::Result<Said> {
        let mut look = match Look::begin(settings).await {
            Ok(look) => look,
            Err(trouble) => return Ok(Said::Nothing(trouble.to_string())),
        };
        let counted = self.held_against(&mut look, settings, folder, from, until).await;
        look.end().await;
        counted
    }

    async fn held_against(
        &self,
        look: &mut Look,
        settings: &MailboxSettings,
        folder: &str,
        from: Timestamp,
        until: Timestamp,
    ) -> anyhow::Result<Said> {
        let held = match look.held(folder, from, until).await {
            Ok(held) => held,
            // The folder to which what is taken in is moved is made with the first message.
            Err(Trouble::Unfit(_)) if is_moved_to(settings, folder) => {
                return Ok(Said::Holds { there: 0, before: 0, unexplained: Vec::new(), more: 0 });
            }
            Err(trouble) => return Ok(Said::Nothing(trouble.to_string())),
        };
        let there = held.messages.len() as u64;
        let unknown = self.without_a_sighting(settings, folder, &held).await?;
        let uids: Vec<u32> = unknown.iter().map(|(uid, _)| *uid).collect();
        let known = match self.known_by_identity(look, &uids).await? {
            Ok(known) => known,
            Err(trouble) => return Ok(Said::Nothing(trouble.to_string())),
        };
        let since = self.watched_since(settings, folder).await?;
        let (mut before, mut more) = (0, 0);
        let mut unexplained = Vec::new();
        for (uid, received) in unknown {
            let Some(seen) = known.get(&uid) else { continue };
            // A server tells the second only: one of the very second may be ours.
            if received.zip(since).is_some_and(|(at, since)| at.timestamp() < since.timestamp()) {
                before += 1;
            } else if unexplained.len() < NAMED_MAX {
                let Seen { from, subject } = seen.clone();
                unexplained.push(Unexplained { uid: u64::from(uid), received, from, subject });
            } else {
                more += 1;
            }
        }
        Ok(Said::Holds { there, before, unexplained, more })
    }

    /// The messages of a folder that were not seen there: some may have been seen elsewhere.
    async fn without_a_sighting(
        &self,
        settings: &MailboxSettings,
        folder: &str,
        held: &Held,
    ) -> anyhow::Result<Vec<(u32, Option<Timestamp>)>> {
        let Some(first) = held.messages.iter().map(|(uid, _)| *uid).min() else { return Ok(Vec::new()) };
        let (mailbox, folder, validity) = (settings.name.clone(), folder.to_owned(), held.uid_validity);
        let above = u64::from(first) - 1;
        let settled: BTreeSet<u64> = self.writer.read(move |s| s.settled(&mailbox, &folder, validity, above)).await?;
        Ok(held.messages.iter().filter(|(uid, _)| !settled.contains(&u64::from(*uid))).copied().collect())
    }

    /// Of these messages those that the desk knows no outcome of, by their Message-ID or, where they have none, by what
    /// they are; with what helps people to find them. Gone ones are no part of it.
    async fn known_by_identity(
        &self,
        look: &mut Look,
        uids: &[u32],
    ) -> anyhow::Result<Result<BTreeMap<u32, Seen>, Trouble>> {
        let headers = match look.bytes(uids, look::Wanted::Header).await {
            Ok(headers) => headers,
            Err(trouble) => return Ok(Err(trouble)),
        };
        let mut unknown = BTreeMap::new();
        for (uid, raw) in headers {
            let header = Message::parse(&raw);
            let lookup = match header.message_id.clone().filter(|id| !id.is_empty()) {
                Some(id) => Lookup::MessagesById(id),
                None => match look.bytes(&[uid], look::Wanted::Whole).await {
                    Ok(mut whole) => {
                        let Some(raw) = whole.remove(&uid) else { continue };
                        Lookup::Message(Message::parse(&raw).identity().key)
                    }
                    Err(trouble) => return Ok(Err(trouble)),
                },
            };
            let known = match self.writer.read(move |s| s.answer(&lookup)).await? {
                Answer::Messages(found) => !found.is_empty(),
                Answer::Message(found) => found.is_some(),
                _ => false,
            };
            if !known {
                let from = header.from.as_ref().map_or_else(String::new, ToString::to_string);
                unknown.insert(uid, Seen { from, subject: header.subject.to_string() });
            }
        }
        Ok(Ok(unknown))
    }

    /// Since when a folder is watched; of the one to which messages are moved since when those are from which they come.
    async fn watched_since(&self, settings: &MailboxSettings, folder: &str) -> anyhow::Result<Option<Timestamp>> {
        let folders: Vec<String> =
            if is_moved_to(settings, folder) { settings.folders.clone() } else { vec![folder.to_owned()] };
        let mailbox = settings.name.clone();
        let cursors = self
            .writer
            .read(move |s| folders.iter().map(|f| s.cursor(&mailbox, f)).collect::<Result<Vec<Option<Cursor>>, _>>())
            .await?;
        Ok(cursors.into_iter().flatten().map(|c| c.since).min())
    }
}

/// What helps people to find a message.
#[derive(Debug, Clone)]
struct Seen {
    from: String,
    subject: String,
}

fn is_moved_to(settings: &MailboxSettings, folder: &str) -> bool {
    matches!(&settings.settled, Settled::Move(to) if to == folder)
        && !settings.folders.iter().chain(&settings.sent).any(|f| f == folder)
}
