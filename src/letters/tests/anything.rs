//! Whatever a letter is to say, it becomes a mail or a note.

use super::*;
use proptest::prelude::*;

fn any_task(pool: Vec<String>, flags: u8) -> TaskView {
    // Every string of a sample is replaced in turn, so that a field added later is covered too.
    let mut value = serde_json::to_value(&samples()[usize::from(flags % 12)].says).unwrap();
    let mut at = 0;
    replace(&mut value, &pool, &mut at);
    let says: Says = serde_json::from_value(value).unwrap();
    says.tasks.into_iter().next().unwrap_or_default()
}

fn replace(value: &mut serde_json::Value, pool: &[String], at: &mut usize) {
    match value {
        serde_json::Value::String(s) => {
            *s = pool[*at % pool.len()].clone();
            *at += 1;
        }
        serde_json::Value::Array(parts) => parts.iter_mut().for_each(|p| replace(p, pool, at)),
        serde_json::Value::Object(parts) => parts.values_mut().for_each(|p| replace(p, pool, at)),
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn whatever_a_letter_says_it_becomes_a_mail_or_a_note(
        pool in prop::collection::vec(any::<String>(), 1..9),
        name in any::<String>(),
        address in "[a-zé0-9.+!]{1,12}@[a-zü0-9.-]{1,20}",
        flags in any::<u8>(),
        kind in 0usize..6,
        hours in any::<Option<f64>>(),
        tasks in 0usize..4,
    ) {
        let kind = CLIENT_KINDS.iter().chain(&STAFF_KINDS).nth(kind).unwrap();
        let task = any_task(pool.clone(), flags);
        let says = Says {
            tasks: vec![task; tasks],
            subject: pool[0].clone(),
            words: pool.concat(),
            to: crate::desk::says::Who { name: name.clone(), ..Default::default() },
            hours_left: hours,
            certain: flags & 1 == 0,
            sender_kind: if flags & 2 == 0 { "client" } else { "third_party" }.into(),
            ..Says::default()
        };
        let mut intent = intent(kind, says);
        intent.to.name = HeaderText::new(&name);
        if let Some(address) = Address::new(&address) {
            intent.to.address = address;
        }
        intent.language = if flags & 4 == 0 { "es" } else { "en" }.into();
        intent.references = pool;
        let decision = written(vec![intent]);
        prop_assert!(decision.letters.len() == 1 || !decision.events.is_empty());
        for letter in &decision.letters {
            prop_assert!(letter.mail.before.is_ascii());
            let mail = parsed(letter);
            prop_assert_eq!(mail.subject(), Some(letter.subject.as_str()));
            prop_assert!(letter.mail.before.split("\r\n").all(|l| l.len() <= 998 && !l.contains(['\r', '\n', '\0'])));
            prop_assert!(mail.bcc().is_none() && mail.cc().is_none());
            let text = mail.body_text(0).unwrap();
            let must = match letter.audience {
                Audience::Staff => promises::INTERNAL,
                Audience::Client => promises::no_coverage(if flags & 4 == 0 { "es" } else { "en" }),
            };
            prop_assert!(promises::holds(&text, must), "{}", text);
        }
    }
}
