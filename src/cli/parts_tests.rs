use super::*;

const REPLY: &str = "From: Ann Lee <ann@client.example>\r\nTo: service@agency.example\r\nSubject: Re: van\r\n\r\nTake it off today.\r\n\r\nAnn Lee\r\n312-555-0100\r\n\r\nOn Mon, Nov 2, 2026 at 1:00 PM Bob <bob@agency.example> wrote:\r\n> Which day?\r\n";
const FORWARD: &str = "From: Bob <bob@agency.example>\r\nTo: service@agency.example\r\nSubject: Fwd: van\r\n\r\nPlease take this one.\r\n\r\n---------- Forwarded message ---------\r\nFrom: Ann Lee <ann@client.example>\r\nDate: Mon, Nov 2, 2026 at 1:00 PM\r\nSubject: van\r\nTo: <bob@agency.example>\r\nCc: Cy <cy@client.example>\r\n\r\nTake the van off.\r\n\r\nAnn\r\n";

fn ran(files: &[(&str, &str)], jsonl: bool) -> anyhow::Result<String> {
    let folder = tempfile::tempdir()?;
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text)?;
    }
    let mut out = Vec::new();
    run(&Args { what: vec![folder.path().to_owned()], jsonl }, &mut out)?;
    Ok(String::from_utf8(out)?)
}

fn objects(files: &[(&str, &str)]) -> Vec<serde_json::Value> {
    ran(files, true).unwrap().lines().map(|l| serde_json::from_str(l).unwrap()).collect()
}

#[test]
fn a_reply_is_new_text_signature_and_history() {
    let all = objects(&[("a.eml", REPLY)]);
    assert_eq!(all[0]["file"], "a.eml");
    assert_eq!(all[0]["new_text"], "Take it off today.");
    assert_eq!(all[0]["signature"], "Ann Lee\n312-555-0100");
    assert!(all[0]["quoted"].as_str().unwrap().ends_with("> Which day?"));
    assert_eq!(all[0]["forward"], serde_json::Value::Null);
}

#[test]
fn a_forward_names_the_original() {
    let all = objects(&[("b.eml", FORWARD)]);
    let expected = json!({
        "from": "Ann Lee <ann@client.example>", "to": ["bob@agency.example"], "cc": ["Cy <cy@client.example>"],
        "date": "Mon, Nov 2, 2026 at 1:00 PM", "sent": "2026-11-02T13:00:00", "subject": "van",
        "body": "Take the van off.\n\nAnn", "through": [],
    });
    assert_eq!(all[0]["forward"], expected);
    assert_eq!(all[0]["new_text"], "Please take this one.");
}

#[test]
fn a_forward_of_a_forward_gives_the_innermost_and_whom_it_went_through() {
    let inner = FORWARD.split("\r\n\r\n").skip(1).collect::<Vec<_>>().join("\r\n\r\n");
    let outer = FORWARD.replace(
        "Take the van off.\r\n\r\nAnn\r\n",
        &inner.replace("van", "truck").replace("Ann Lee <ann@", "Gus <gus@"),
    );
    let all = objects(&[("c.eml", &outer)]);
    assert_eq!(all[0]["forward"]["from"], "Gus <gus@client.example>");
    assert_eq!(all[0]["forward"]["subject"], "truck");
    assert_eq!(all[0]["forward"]["through"][0]["from"], "Ann Lee <ann@client.example>");
    assert_eq!(all[0]["forward"]["through"][0]["body"], "Please take this one.");
    assert_eq!(all[0]["new_text"], "Please take this one.");
}

#[test]
fn a_folder_gives_a_line_a_message_and_people_get_headings() {
    assert_eq!(objects(&[("a.eml", REPLY), ("b.eml", FORWARD), ("notes.txt", "no mail")]).len(), 2);
    let shown = ran(&[("b.eml", FORWARD)], false).unwrap();
    for line in
        ["── b.eml", "── New", "   Please take this one.", "── Forwarded", "   From: Ann Lee <ann@client.example>"]
    {
        assert!(shown.lines().any(|l| l == line), "{line} in {shown}");
    }
}

#[test]
fn no_message_at_all_is_an_error_that_says_so() {
    let why = ran(&[("notes.txt", "no mail")], true).unwrap_err().to_string();
    assert!(why.contains("there was no message"), "{why}");
}
