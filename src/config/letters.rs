//! `[letters]` and `[limits]`: what letters are like, how often they are tried, and where the daemon stops by itself.

use super::{choice, mailboxes::within, measures, tree::*};
use crate::desk::{Caps, Retry};

/// `[letters]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letters {
    /// Is the original attached to notices for staff, or only named?
    pub attach_original: bool,
    /// For how long what runs out is gathered before the same person gets another letter about it.
    pub gather: chrono::Duration,
    /// Answers at most.
    pub caps: Caps,
    /// How sending is repeated.
    pub retry: Retry,
}

/// `[limits]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Intake stops while less than this is free on the disk, in bytes.
    pub disk_reserve: u64,
}

/// Waits after the first, second … failure. Quick at first, because most trouble is a restarting server; then as RFC
/// 5321 4.5.4.1 advises.
const WAITS: [i64; 6] = [60, 300, 900, 1800, 3600, 7200];

/// Reads `[letters]`; everything in it may be left out.
pub(super) fn read(whole: &Section<'_, '_>) -> Option<Letters> {
    let Some(section) = whole.table("letters", "[letters]") else {
        return (!whole.has("letters")).then(usual);
    };
    let usual = usual();
    section.only(&["original", "gather", "per_address_per_day", "per_domain_per_day", "give_up_after", "retry"]);
    let original = match section.text("original") {
        Some(at) => choice(&section, &at, &[("attach", true), ("link", false)]),
        None => (!section.has("original")).then_some(usual.attach_original),
    };
    let count = |key: &str, usual: u32| match section.number(key, 1, 10_000) {
        Some(at) => u32::try_from(at.value).ok(),
        None => (!section.has(key)).then_some(usual),
    };
    let per_address = count("per_address_per_day", usual.caps.per_address_per_day);
    let per_domain = count("per_domain_per_day", usual.caps.per_domain_per_day);
    if let (Some(a), Some(d)) = (per_address, per_domain)
        && a > d
    {
        let what = format!("[letters] per_address_per_day: {a} a day to one address, but {d} to its whole domain");
        section.source().mistake(section.offset_of("per_address_per_day"), what, "make the domain's the larger one");
    }
    let least = std::time::Duration::from_secs(1);
    let most = std::time::Duration::from_secs(30 * 86_400);
    let give_up =
        within(&section, "give_up_after", measures::duration, "5 days", days(5), |d| (least..=most).contains(d));
    let gather = within(&section, "gather", measures::duration, "1h", HOUR, |d| *d <= days(1));
    let waits = retry(&section);
    Some(Letters {
        attach_original: original?,
        gather: chrono::Duration::from_std(gather?).ok()?,
        caps: Caps { per_address_per_day: per_address?, per_domain_per_day: per_domain? },
        retry: Retry { waits: waits?, give_up_after: chrono::Duration::from_std(give_up?).ok()? },
    })
}

const HOUR: std::time::Duration = std::time::Duration::from_secs(3600);

fn days(n: u64) -> std::time::Duration {
    std::time::Duration::from_secs(n * 86_400)
}

fn usual() -> Letters {
    Letters {
        attach_original: true,
        gather: chrono::Duration::hours(1),
        caps: Caps { per_address_per_day: 4, per_domain_per_day: 30 },
        retry: Retry {
            waits: WAITS.iter().map(|s| chrono::Duration::seconds(*s)).collect(),
            give_up_after: chrono::Duration::days(5),
        },
    }
}

fn retry(section: &Section<'_, '_>) -> Option<Vec<chrono::Duration>> {
    let Some(given) = section.texts("retry") else {
        return (!section.has("retry")).then(|| usual().retry.waits);
    };
    let source = section.source();
    const EXAMPLE: &str = "retry = [\"1m\", \"5m\", \"30m\", \"2h\"]";
    if given.is_empty() {
        source.mistake(section.offset_of("retry"), "[letters] retry: the list is empty", format!("write {EXAMPLE}"));
        return None;
    }
    let mut out = Vec::new();
    for at in &given {
        let wait = measures::duration(&at.value).filter(|d| d.as_secs() >= 1 && *d <= days(1));
        match wait.and_then(|d| chrono::Duration::from_std(d).ok()) {
            Some(d) => out.push(d),
            None => {
                let what = format!("“{}” is no wait between one second and one day", at.value);
                source.wrong(at, what, format!("write {EXAMPLE}"));
            }
        }
    }
    (out.len() == given.len()).then_some(out)
}

/// Reads `[limits]`; everything in it may be left out.
pub(super) fn limits(whole: &Section<'_, '_>) -> Option<Limits> {
    let Some(section) = whole.table("limits", "[limits]") else {
        return (!whole.has("limits")).then_some(Limits { disk_reserve: 1 << 30 });
    };
    section.only(&["disk_reserve"]);
    // Less than a batch of the largest messages would let the disk run full within one fetch.
    let reserve = within(&section, "disk_reserve", measures::size, "1GB", 1 << 30, |s| *s >= 1 << 20)?;
    Some(Limits { disk_reserve: reserve })
}
