//! Template files: what is wrong with them is told with file, line and mend.

use super::*;

#[test]
fn mistakes_in_templates_come_with_file_line_and_mend_all_at_once() {
    let file = |name: &str, text: &str| TemplateFile { name: name.into(), text: text.into() };
    let mistakes = Templates::load(&[
        file("notice/body.txt", "a\n{% if %}"),
        file("acknowledgement/boddy.txt", "x"),
        file("bond/es/subject", "x"),
        file("notice/body.txt~", "{% broken"),
        file("README.md", "{% explained %}"),
    ])
    .unwrap_err();
    let shown: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
    assert!(shown.iter().any(|m| m.starts_with("notice/body.txt:2: ")), "{shown:#?}");
    assert!(shown.iter().any(|m| m.starts_with("acknowledgement/boddy.txt: this is no letter's file")), "{shown:#?}");
    assert!(shown.iter().any(|m| m.contains("translation but no English")), "{shown:#?}");
    assert!(!shown.iter().any(|m| m.contains('~') || m.contains("README.md:")), "{shown:#?}");

    let unknown =
        Templates::load(&[file("notice/subject", "x\n{% if false %}{{ agency.nmae }}{% endif %}")]).unwrap_err();
    assert_eq!(unknown.len(), 1);
    assert_eq!((unknown[0].file.as_str(), unknown[0].line), ("notice/subject", Some(2)));
    assert!(unknown[0].mend.contains("“agency.name”"), "{:?}", unknown[0]);
}

#[test]
fn check_finds_what_only_rendering_shows() {
    let file = |name: &str, text: &str| TemplateFile { name: name.into(), text: text.into() };
    let check = |name: &str, text: &str| {
        Templates::load(&[file(name, text)]).unwrap().check().iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let cases = [
        (
            "{% for t in tasks %}\n{{ t.refrence }}{% endfor %}",
            "notice/body.txt:2: there is no “t.refrence”",
            "“reference”",
        ),
        ("Internal. Do not forward.\n{{ tasks }}", "notice/body.txt:2: ", "loop over it"),
        (
            "Internal. Do not forward.\n{% include \"shared/nope.txt\" %}",
            "notice/body.txt:2: a file is included",
            "include",
        ),
        ("Internal. Do not forward.\n{{ words | safe }}", "notice/body.txt:2: letters have no filter “safe”", "lines"),
        (
            "{% for a in range(9999) %}{% for b in range(9999) %}.{% endfor %}{% endfor %}",
            "does not come to an end",
            "loop",
        ),
        ("Forward this.", "does not always say “Internal. Do not forward.”", "shared/promise.txt"),
    ];
    for (text, what, mend) in cases {
        let shown = check("notice/body.txt", text).join("\n");
        assert!(shown.contains(what) && shown.contains(mend), "{text}\n{shown}");
    }
    assert!(check("acknowledgement/body.txt", "You are covered.")[0].contains("No coverage is bound"));
    assert!(check("notice/subject", "{{ why }}")[0].contains("come out empty"));
}

#[test]
fn a_file_of_the_agency_replaces_the_built_in_one_and_changes_the_version() {
    let own = TemplateFile { name: "shared/signature.txt".into(), text: "Yours, the harbor people\n".into() };
    let templates = Templates::load(&[own]).unwrap();
    assert_ne!(templates.version(), Templates::built_in().version());
    let says = sample("one certificate request");
    let words = templates
        .render("acknowledgement", "en", &says, Voice { audience: Audience::Client, by_person: false })
        .unwrap();
    assert!(words.text.ends_with("Yours, the harbor people\n"), "{}", words.text);
}

#[test]
fn the_readme_explains_every_variable_filter_and_letter() {
    let readme = include_str!("../../../templates/README.md");
    let mut names = std::collections::BTreeSet::new();
    for sample in samples() {
        check::all_names(&serde_json::to_value(&sample.says).unwrap(), &mut names);
    }
    for name in &names {
        assert!(
            readme.contains(&format!("`{name}`"))
                || readme.contains(&format!("`{name}."))
                || readme.contains(&format!(".{name}`")),
            "{name}"
        );
    }
    for (kind, _) in Templates::built_in().kinds() {
        assert!(readme.contains(&format!("| `{kind}` |")), "{kind}");
    }
}

#[test]
fn a_template_of_the_agency_cannot_be_written_into_by_a_clients_words() {
    let says = Says { words: "{{ agency.phone }}\n{% include \"x\" %}".into(), ..sample("one certificate request") };
    let text = rendered("notice", "en", &says).text;
    assert!(text.contains("> {{ agency.phone }}\n> {% include \"x\" %}"), "{text}");
}
