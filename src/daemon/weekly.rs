//! The owners' weekly report: when its moment has come it is made of the journal, kept beside the raw mail, and handed
//! to the desk, which writes the letter.

use super::clock::Clock;
use super::guidance::{Current, Guidance};
use super::past;
use super::writer::Writer;
use crate::desk::says::{FigureView, ReportView};
use crate::desk::{Documents, Input};
use crate::domain::decision::{Answer, Lookup};
use crate::domain::{Timestamp, message::RawRef};
use crate::reports::{By, Period, Report, page};
use crate::store::raw::{Raw, Spool};
use chrono::Days;
use lettre::message::{
    Attachment, Body, MultiPart, SinglePart,
    header::{ContentTransferEncoding, ContentType},
};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often it is looked whether the moment has come.
const LOOK: Duration = Duration::from_secs(10);
/// Rows of the letter; the page that goes along has all.
const ROWS: usize = 12;

/// What the weekly report is made with.
pub(super) struct Weekly {
    pub(super) data: PathBuf,
    pub(super) spool: Arc<Spool>,
    pub(super) writer: Writer,
    pub(super) guidance: Current,
    pub(super) clock: Arc<Clock>,
}

impl Weekly {
    /// Makes each report as its moment comes, until `cancel`.
    pub(super) async fn go_on(self, cancel: CancellationToken) {
        loop {
            if let Err(e) = self.look().await {
                tracing::error!(event = "weekly_report_failed", error = %format!("{e:#}"), "it is tried again");
            }
            tokio::select! {
                () = cancel.cancelled() => return,
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }

    async fn look(&self) -> anyhow::Result<()> {
        let now = self.clock.now();
        let (last, upkeep) = self.writer.read(|s| Ok((s.head(), s.answer(&Lookup::Upkeep)?))).await?;
        let Answer::Upkeep(upkeep) = upkeep else { return Ok(()) };
        if upkeep.report_at.is_none_or(|at| at > now) {
            return Ok(());
        }
        let (data, spool, guidance) = (self.data.clone(), Arc::clone(&self.spool), self.guidance.get());
        let made = tokio::task::spawn_blocking(move || made(&data, last, &spool, &guidance, now)).await??;
        let (report, raw, name) = made;
        let document = Documents { raw, names: vec![name] };
        self.writer.decide(Input::Weekly { report: Box::new(report), document }).await?;
        tracing::info!(event = "weekly_report_written");
        Ok(())
    }
}

/// The seven days before today, in words and as a page that is kept.
fn made(
    data: &std::path::Path,
    last: u64,
    spool: &Spool,
    guidance: &Guidance,
    now: Timestamp,
) -> anyhow::Result<(ReportView, RawRef, String)> {
    let policy = &guidance.policy;
    let today = policy.calendar.day(now);
    let (first, until) = (today - Days::new(7), today - Days::new(1));
    let period = Period::of(first, until, &policy.calendar, now).map_err(anyhow::Error::msg)?;
    let report = past::report(data, last, period, By::Type, policy)?;
    let name = format!("report-{first}-to-{until}.html");
    let bytes = with_document(&name, page::html(&report, policy.calendar.zone()))?;
    let kept = spool.put(&[Raw { at: now, bytes: &bytes, whole: true }])?;
    let raw = kept.into_iter().next().ok_or_else(|| anyhow::anyhow!("the report was not kept"))?;
    Ok((in_words(&report), raw, name))
}

/// A message that holds the page, so that a letter can carry it as it carries any document.
fn with_document(name: &str, page: String) -> anyhow::Result<Vec<u8>> {
    let html = Body::new_with_encoding(page.into_bytes(), ContentTransferEncoding::Base64)
        .map_err(|_| anyhow::anyhow!("the report cannot be encoded"))?;
    let parts = MultiPart::mixed()
        .singlepart(SinglePart::plain("The week in figures.".to_owned()))
        .singlepart(Attachment::new(name.to_owned()).body(html, ContentType::TEXT_HTML));
    Ok([b"MIME-Version: 1.0\r\n".as_slice(), &parts.formatted()].concat())
}

fn in_words(report: &Report) -> ReportView {
    let figures = page::SHOWN.iter().map(|f| FigureView { title: f.title().to_owned(), value: report.total.say(*f) });
    let row = |g: &crate::reports::Group| {
        std::iter::once(g.name.clone()).chain(page::COLUMNS.iter().map(|f| g.say(*f))).collect::<Vec<_>>()
    };
    ReportView {
        period: report.period.words(),
        mail: report.mail.words(),
        figures: figures.collect(),
        columns: page::COLUMNS.iter().map(|f| page::column(*f).to_owned()).collect(),
        rows: report.groups.iter().take(ROWS).map(row).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_a_document_of_the_message_that_holds_it() {
        let page = format!("<p>Café {}</p>", "x".repeat(2000));
        let raw = with_document("report-2026-11-16-to-2026-11-22.html", page.clone()).unwrap();
        let held = crate::message::documents(&raw);
        assert_eq!(held.iter().map(|d| d.name.as_str()).collect::<Vec<_>>(), ["report-2026-11-16-to-2026-11-22.html"]);
        assert_eq!(String::from_utf8(held[0].bytes.clone()).unwrap(), page);
        assert!(held[0].content_type.starts_with("text/html"), "{}", held[0].content_type);
    }
}
