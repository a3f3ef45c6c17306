//! What a killed daemon left in the page cache is no more durable for being there at the next start.

use super::trace::before;
use super::{Office, journalled};

/// A daemon killed between the write and the fsync of a decision leaves a record that the next start reads like any
/// other. Unless that start fsyncs it, a power cut afterwards takes the decision and leaves the mark.
#[test]
fn a_start_fsyncs_the_journal_it_finds_before_it_marks_by_it() {
    let office = Office::new();
    let (name, _) = office.deliver(1);
    office.run_until(2);
    // As if the kill had come before the mark.
    let moved = std::fs::read_dir(office.path("mail/.Intaked/cur")).unwrap().next().unwrap().unwrap().path();
    std::fs::rename(moved, office.path("mail/new").join(&name)).unwrap();
    let mut daemon = office.start(&[]);
    daemon.until("the mark", || !office.path("mail/new").join(&name).exists());
    let trace = daemon.stop();
    let segment = office.path("data/journal/000000000001.log");
    let synced = trace.first("fsync of the journal", |c| c.is_fsync() && c.on(&segment));
    let marked = trace.first("mark", |c| c.is_rename() && c.on(&office.path("mail/new").join(&name)));
    before("the journal that a start finds is fsynced before a message is marked by it", synced, marked);
}

/// The same for the folder of the day, made just before a kill.
#[test]
fn a_day_folder_found_at_the_start_is_fsynced_before_a_decision_relies_on_it() {
    let office = Office::new();
    let today = chrono::Utc::now().format("%Y-%m-%d").to_string();
    std::fs::create_dir_all(office.path("data/spool").join(&today)).unwrap();
    let (_, digest) = office.deliver(1);
    let trace = office.run_until(2);
    let spool = office.path("data/spool");
    let synced = trace.first("fsync of the spool's folder", |c| c.is_fsync() && c.on(&spool));
    let (decided, _) = journalled(&trace, &office.path("data/journal"), &["message_decided", &digest]);
    before("the day's folder lasts before a decision relies on it", synced, decided);
}
