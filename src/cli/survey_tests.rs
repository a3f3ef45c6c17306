//! The survey on folders of files; on a mail server it is a story of its own.

use super::*;

fn mail(folder: &Path, name: &str, from: &str, date: &str, subject: &str, more: &str, text: &str) {
    let raw = format!(
        "From: {from}\r\nTo: service@agency.example\r\nDate: {date}\r\nMessage-ID: <{name}@x.example>\r\nSubject: {subject}\r\n{more}\r\n{text}\r\n"
    );
    std::fs::write(folder.join(format!("{name}.eml")), raw).unwrap();
}

#[test]
fn folders_of_files_tell_what_came_what_was_answered_and_what_never_was() {
    #[derive(clap::Parser)]
    struct Line {
        #[command(flatten)]
        args: Args,
    }
    let dir = tempfile::tempdir().unwrap();
    let (inbox, sent) = (dir.path().join("in"), dir.path().join("sent"));
    std::fs::create_dir_all(&inbox).unwrap();
    std::fs::create_dir_all(&sent).unwrap();
    let card = "Could you email new auto ID cards for our truck?";
    let jo = "Jo <jo@client.example>";
    mail(&inbox, "a", jo, "Mon, 2 Mar 2026 09:00:00 -0600", "ID cards", "", card);
    mail(&inbox, "b", jo, "Tue, 3 Mar 2026 09:00:00 -0600", "ID cards again", "", card);
    mail(
        &inbox,
        "c",
        jo,
        "Mon, 16 Mar 2026 09:00:00 -0500",
        "Out of office",
        "Auto-Submitted: auto-replied\r\n",
        "I am out.",
    );
    mail(
        &sent,
        "s",
        "Ana <ana@agency.example>",
        "Mon, 2 Mar 2026 10:30:00 -0600",
        "Re: ID cards",
        "In-Reply-To: <a@x.example>\r\n",
        "Here.",
    );
    let words =
        ["survey", "--mail", inbox.to_str().unwrap(), "--sent", sent.to_str().unwrap(), "--own", "agency.example"];
    let survey = |more: &[&str]| {
        let args = <Line as clap::Parser>::try_parse_from(words.iter().chain(more)).unwrap().args;
        let mut shown = Vec::new();
        run(&args, &mut shown).unwrap();
        String::from_utf8(shown).unwrap()
    };
    let json: serde_json::Value = serde_json::from_str(&survey(&["--json"])).unwrap();
    assert_eq!(json["total"]["messages"], 3);
    assert_eq!(json["total"]["waiting"], 2, "nobody waits for an answer to an automatic reply");
    assert_eq!(json["total"]["answer_median"], 90.0, "office minutes");
    assert_eq!(json["never"][0]["subject"], "ID cards again");
    assert_eq!(json["period"]["last"], "2026-03-16", "the days are counted back from the last message");
    let table = survey(&[]);
    assert!(table.contains("Never answered: 1 (50 %)") && table.contains("jo@client.example"), "{table}");
    let page = dir.path().join("survey.html");
    survey(&["--html", page.to_str().unwrap()]);
    let page = std::fs::read_to_string(page).unwrap();
    assert!(page.starts_with("<!doctype html>") && page.contains("ID cards again"));
}
