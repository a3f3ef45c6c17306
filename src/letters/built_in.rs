//! The letters that come with the daemon, in one list.

use super::TemplateFile;

macro_rules! built_in {
    ($($name:literal),+ $(,)?) => {
        &[$(($name, include_str!(concat!("../../templates/", $name)))),+]
    };
}

/// Name below `templates/`, and text.
const FILES: &[(&str, &str)] = built_in![
    "shared/head.html",
    "shared/foot.html",
    "shared/head-staff.html",
    "shared/foot-staff.html",
    "shared/task.txt",
    "shared/task.html",
    "shared/facts.txt",
    "shared/facts.html",
    "shared/missing.txt",
    "shared/missing.html",
    "shared/work.txt",
    "shared/work.html",
    "shared/say.txt",
    "shared/say.html",
    "shared/taps.html",
    "shared/reference.txt",
    "shared/reference.html",
    "shared/questions.txt",
    "shared/questions.html",
    "shared/promise.txt",
    "shared/promise.html",
    "shared/signature.txt",
    "shared/es/head.html",
    "shared/es/foot.html",
    "shared/es/reference.txt",
    "shared/es/reference.html",
    "shared/es/questions.txt",
    "shared/es/questions.html",
    "shared/es/promise.txt",
    "shared/es/promise.html",
    "shared/es/signature.txt",
    "acknowledgement/subject",
    "acknowledgement/body.txt",
    "acknowledgement/body.html",
    "acknowledgement/es/subject",
    "acknowledgement/es/body.txt",
    "acknowledgement/es/body.html",
    "claim-acknowledgement/subject",
    "claim-acknowledgement/body.txt",
    "claim-acknowledgement/body.html",
    "claim-acknowledgement/es/subject",
    "claim-acknowledgement/es/body.txt",
    "claim-acknowledgement/es/body.html",
    "notice/subject",
    "notice/body.txt",
    "notice/body.html",
    "escalation/subject",
    "escalation/body.txt",
    "escalation/body.html",
    "hazard/subject",
    "hazard/body.txt",
    "hazard/body.html",
    "undelivered/subject",
    "undelivered/body.txt",
    "undelivered/body.html",
    "handover/subject",
    "handover/body.txt",
    "to-client/subject",
    "to-client/body.txt",
    "to-client/es/subject",
    "to-client/es/body.txt",
    "question/subject",
    "question/body.txt",
    "question/es/subject",
    "question/es/body.txt",
    "answer/subject",
    "answer/body.txt",
    "answer/body.html",
    "doubted/subject",
    "doubted/body.txt",
    "doubted/body.html",
];

/// The built-in letters; `templates/` as it was when the daemon was built.
#[must_use]
pub fn files() -> Vec<TemplateFile> {
    FILES.iter().map(|(name, text)| TemplateFile { name: (*name).to_owned(), text: (*text).to_owned() }).collect()
}
