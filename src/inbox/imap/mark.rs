//! Marking on the server what is settled: a keyword, or another folder. Only ever after the outcome is durable, and
//! never so that something is lost: nothing is deleted but the old copy of a message that was copied first.

use super::session::{Selected, Session, folder_name};
use super::trouble::Trouble;
use super::uids;
use crate::inbox::settings::Settled;

/// UIDs in one command: even with nothing to join into ranges it stays below 8 KiB (RFC 7162 section 4).
const AT_ONCE: usize = 500;

/// Why this folder's messages cannot be marked as configured; `None` where they can.
pub(super) fn cannot(settled: &Settled, session: &Session, selected: &Selected) -> Option<String> {
    match settled {
        Settled::Leave => None,
        _ if selected.read_only => Some("it can only be read, so settled messages cannot be marked".to_owned()),
        Settled::Keyword(keyword) if !is_keyword(keyword) => {
            Some(format!("“{keyword}” cannot be a keyword: write letters, digits, $, - or _, such as $Intaked"))
        }
        Settled::Keyword(keyword) => {
            let kept = selected.permanent_flags.iter().any(|f| f == "\\*" || f.eq_ignore_ascii_case(keyword));
            // A server that sends no PERMANENTFLAGS keeps all flags (RFC 3501 7.1).
            (!kept && !selected.permanent_flags.is_empty()).then(|| {
                format!(
                    "the server keeps no keyword {keyword} here; use settled = {{ move = \"…\" }} or {{ leave = true }}"
                )
            })
        }
        Settled::Move(_) if !session.can("MOVE") && !session.can("UIDPLUS") => Some(
            "the server offers neither MOVE nor UIDPLUS, and without them a move could delete what others have marked \
             for deletion; use settled = { keyword = \"$Intaked\" } or { leave = true }"
                .to_owned(),
        ),
        Settled::Move(_) => None,
    }
}

/// `flag-keyword` of RFC 9051 is an atom; one with a backslash would be a system flag such as `\Deleted`.
fn is_keyword(keyword: &str) -> bool {
    !keyword.is_empty() && keyword.chars().all(|c| c.is_ascii_alphanumeric() || "$_-.!#&+/:;=?@^`|~<>".contains(c))
}

/// The search key for messages that still lack their mark.
pub(super) fn unmarked_key(settled: &Settled) -> String {
    match settled {
        Settled::Keyword(keyword) if is_keyword(keyword) => format!(" UNKEYWORD {keyword}"),
        _ => String::new(),
    }
}

/// Marks messages, ascending.
///
/// # Errors
/// [`Trouble::Refused`]: the server will not, and the session is as good as before.
pub(super) async fn mark(session: &mut Session, settled: &Settled, uids: &[u32]) -> Result<(), Trouble> {
    for some in uids.chunks(AT_ONCE) {
        match settled {
            Settled::Leave => {}
            Settled::Keyword(keyword) if is_keyword(keyword) => session.add_flags(some, keyword).await?,
            Settled::Keyword(_) => {}
            Settled::Move(folder) => away(session, some, folder).await?,
        }
    }
    Ok(())
}

async fn away(session: &mut Session, some: &[u32], folder: &str) -> Result<(), Trouble> {
    match away_once(session, some, folder).await {
        Err(Trouble::Refused { .. }) => {
            // Most likely the folder is not there (TRYCREATE). Where it is, CREATE is refused and does no harm.
            match session.simply("CREATE", &format!("CREATE {}", folder_name(folder)?)).await {
                Ok(()) | Err(Trouble::Refused { .. }) => {}
                Err(other) => return Err(other),
            }
            away_once(session, some, folder).await
        }
        ended => ended,
    }
}

async fn away_once(session: &mut Session, some: &[u32], folder: &str) -> Result<(), Trouble> {
    let (set, to) = (uids::set(some), folder_name(folder)?);
    if session.can("MOVE") {
        return session.simply("MOVE", &format!("UID MOVE {set} {to}")).await;
    }
    // RFC 4315: only these UIDs are expunged; a bare EXPUNGE would take what people have marked for deletion.
    session.simply("COPY", &format!("UID COPY {set} {to}")).await?;
    session.add_flags(some, "\\Deleted").await?;
    session.simply("EXPUNGE", &format!("UID EXPUNGE {set}")).await
}

#[cfg(test)]
mod keyword_tests {
    use super::is_keyword;

    #[test]
    fn a_keyword_cannot_be_a_system_flag_or_a_second_command() {
        assert!(is_keyword("$Intaked"));
        for bad in ["", "\\Deleted", "a b", "x)\r\nA1 EXPUNGE", "a*"] {
            assert!(!is_keyword(bad), "{bad:?}");
        }
    }
}
