//! `[answers]`: what answers to letters may do.

use super::tree::*;
use crate::desk::Answers;

/// Reads `[answers]`; everything in it may be left out. The secret behind references is no configuration: the daemon
/// makes it.
pub(super) fn read(whole: &Section<'_, '_>) -> Option<Answers> {
    let Some(section) = whole.table("answers", "[answers]") else {
        return (!whole.has("answers")).then(Answers::default);
    };
    section.only(&["authserv_id", "plus_addressing"]);
    let authserv_id = section.text("authserv_id");
    if let Some(at) = &authserv_id {
        let sound = |c: char| c.is_ascii_alphanumeric() || "-._:".contains(c);
        if at.value.is_empty() || !at.value.chars().all(sound) {
            let mend = "write the first word of the Authentication-Results header in mail that came to the shared \
                        inbox, such as \"mx.harborpoint.example\"";
            section.source().wrong(at, format!("“{}” is not the name of a mail server", at.value), mend);
            return None;
        }
    } else if section.has("authserv_id") {
        return None;
    }
    let plus = section.flag("plus_addressing");
    if plus.is_none() && section.has("plus_addressing") {
        return None;
    }
    Some(Answers {
        authserv_id: authserv_id.map(|at| at.value),
        plus_addressing: plus.is_some_and(|at| at.value),
        ..Answers::default()
    })
}
