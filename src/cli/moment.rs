//! Moments and zones as people type them.

use crate::domain::{Timestamp, calendar::Calendar, nearest::nearest};
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use chrono_tz::Tz;

/// Reads `2026-11-25`, `2026-11-25 14:00`, or a whole RFC 3339 moment. A day means its first minute: then the office
/// opens on it with the task at hand.
pub(super) fn read(text: &str, zone: Tz) -> anyhow::Result<Timestamp> {
    let calendar = Calendar::usual(zone);
    let text = text.trim();
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Ok(at.with_timezone(&Utc));
    }
    let local = NaiveDate::parse_from_str(text, "%Y-%m-%d").map(|d| d.and_time(NaiveTime::MIN));
    let local = local.or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M"));
    local
        .map(|l| calendar.instant(l))
        .map_err(|_| anyhow::anyhow!("“{text}” is not a moment: write 2026-11-25 or \"2026-11-25 14:00\""))
}

/// Reads a zone by its name in the IANA list.
pub(super) fn zone(name: &str) -> Result<Tz, String> {
    name.parse().map_err(|_| match nearest(name, chrono_tz::TZ_VARIANTS.iter().map(|z| z.name())) {
        Some(close) => format!("it is not a time zone; did you mean {close}?"),
        None => "it is not a time zone; write it as the IANA list does, such as America/Chicago".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_one_of_the_agencys_zone() {
        let zone = chrono_tz::America::Chicago;
        assert_eq!(read("2026-11-25", zone).unwrap().to_rfc3339(), "2026-11-25T06:00:00+00:00");
        assert_eq!(read("2026-11-25 14:00", zone).unwrap().to_rfc3339(), "2026-11-25T20:00:00+00:00");
        assert_eq!(read("2026-11-25T14:00:00Z", zone).unwrap().to_rfc3339(), "2026-11-25T14:00:00+00:00");
        let said = read("tomorrow", zone).unwrap_err().to_string();
        assert_eq!(said, "“tomorrow” is not a moment: write 2026-11-25 or \"2026-11-25 14:00\"");
    }
}
