//! The reader of a simulation's mail: reads ahead of the desk on a thread of its own, and what clients answer before
//! all else, since the desk waits for that soon.
//!
//! One thread reads both kinds: with the desk's they are two, and none has to wait for a processor where there are two.

use super::mail::Coming;
use crate::desk::Arrival;
use crate::domain::{Timestamp, id::RequestType};
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};

/// Messages that are handed to the desk in one go.
const BATCH: usize = 32;

/// Batches read ahead of the desk.
const AHEAD: usize = 8;

/// A message that was read, with its moment and what it is in truth.
pub(super) type ReadMessage = (Timestamp, Option<RequestType>, Arrival);

/// What the desk wants of the reader.
enum Wanted {
    /// A reply, with its number, to be read at once.
    Reply(u64, Coming),
    /// A batch was taken: there is room for one more.
    More,
}

/// The reader's end.
pub(super) struct Reader {
    wanted: Receiver<Wanted>,
    come: Sender<Vec<ReadMessage>>,
    replies: Sender<Arrival>,
}

/// The mail that nobody waits for, read, in the order of its arrival.
pub(super) struct Arrivals {
    batch: std::vec::IntoIter<ReadMessage>,
    come: Receiver<Vec<ReadMessage>>,
    more: Sender<Wanted>,
}

/// The replies that clients write: each goes out to be read, and comes back in the same order.
pub(super) struct Replies {
    written: Sender<Wanted>,
    read: Receiver<Arrival>,
}

/// A reader, and both the ways to it.
pub(super) fn reader() -> (Reader, Arrivals, Replies) {
    let (ask, wanted) = channel();
    let (bring, come) = channel();
    let (answer, read) = channel();
    let arrivals = Arrivals { batch: Vec::new().into_iter(), come, more: ask.clone() };
    (Reader { wanted, come: bring, replies: answer }, arrivals, Replies { written: ask, read })
}

impl Reader {
    /// Reads until the desk wants nothing more.
    pub(super) fn run(self, coming: impl Iterator<Item = Coming>, read: impl Fn(&Coming, u64) -> Arrival) {
        let Self { wanted, come, replies } = self;
        let mut coming = (0u64..).zip(coming);
        // Closed when no more will come, so that the desk hears of it.
        let mut come = Some(come);
        let (mut room, mut batch) = (AHEAD, Vec::with_capacity(BATCH));
        loop {
            let next = match &come {
                Some(_) if room > 0 => wanted.try_recv(),
                _ => wanted.recv().map_err(|_| TryRecvError::Disconnected),
            };
            match next {
                Ok(Wanted::Reply(number, one)) => {
                    if replies.send(read(&one, number)).is_err() {
                        return;
                    }
                }
                Ok(Wanted::More) => room += 1,
                Err(TryRecvError::Disconnected) => return,
                Err(TryRecvError::Empty) => {
                    let one = coming.next();
                    let is_last = one.is_none();
                    batch.extend(one.map(|(number, one)| {
                        let arrival = read(&one, number);
                        (one.at, one.truth, arrival)
                    }));
                    if is_last || batch.len() == BATCH {
                        let full = std::mem::replace(&mut batch, Vec::with_capacity(BATCH));
                        // An error here: the desk has stopped for one that it tells itself.
                        if come.as_ref().is_none_or(|come| come.send(full).is_err()) {
                            return;
                        }
                        room -= 1;
                    }
                    if is_last {
                        come = None;
                    }
                }
            }
        }
    }
}

impl Iterator for Arrivals {
    type Item = ReadMessage;

    fn next(&mut self) -> Option<ReadMessage> {
        loop {
            if let Some(one) = self.batch.next() {
                return Some(one);
            }
            self.batch = self.come.recv().ok()?.into_iter();
            // A reader that is gone reads no more.
            let _ = self.more.send(Wanted::More);
        }
    }
}

impl Replies {
    /// A client has written; whether there is somebody to read it.
    pub(super) fn write(&self, number: u64, reply: Coming) -> bool {
        self.written.send(Wanted::Reply(number, reply)).is_ok()
    }

    /// The oldest reply; waits until it is read.
    pub(super) fn oldest(&self) -> Option<Arrival> {
        self.read.recv().ok()
    }
}
