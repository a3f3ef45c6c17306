//! Did the person really write it? What the receiving server found out (RFC 8601), read as strictly as it is meant.
//!
//! Pure; knows one header field and nothing of tasks. Anybody can write such a field: only the topmost one that bears
//! the configured id counts, because the server that adds it takes out others of its id (RFC 8601 5).

use crate::domain::text::Address;

/// Why a message does not count as written by whom its From names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Doubt {
    /// The server said nothing of this message.
    Silent,
    /// It said something, and that is no pass for this sender.
    NotPassed(String),
}

impl Doubt {
    /// In words that follow “because”.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Silent => "the mail server added no authentication result to it".to_owned(),
            Self::NotPassed(what) => format!("the mail server could not authenticate its sender ({what})"),
        }
    }
}

/// Whether the receiving server vouches for `from`. `results` are the Authentication-Results fields, topmost first;
/// `id` is the server's authserv-id.
///
/// A pass is `dmarc` for the From domain, or `dkim` or `spf` for exactly that domain where DMARC did not fail, or
/// `auth` for exactly that address.
pub(super) fn check(results: &[String], id: &str, from: &Address) -> Result<(), Doubt> {
    let mut readable = Vec::new();
    for field in results {
        // One that cannot be read may be the server's own, spoilt by what a sender put into it; those below are older.
        let Some(pieces) = pieces(field) else {
            return Err(Doubt::NotPassed("its result cannot be read".to_owned()));
        };
        readable = pieces;
        if is_of(&readable, id) {
            break;
        }
    }
    if !is_of(&readable, id) {
        return Err(Doubt::Silent);
    }
    let pieces = readable;
    let found: Vec<Found> = pieces.iter().skip(1).filter_map(|words| Found::read(words)).collect();
    let failed = found.iter().find(|f| f.method == "dmarc" && f.result == "fail");
    if let Some(dmarc) = failed {
        return Err(Doubt::NotPassed(format!("{}={}", dmarc.method, dmarc.result)));
    }
    if found.iter().any(|f| f.vouches_for(from)) {
        return Ok(());
    }
    let said: Vec<String> = found.iter().map(|f| format!("{}={}", f.method, f.result)).collect();
    Err(Doubt::NotPassed(if said.is_empty() { "no method was tried".to_owned() } else { said.join(", ") }))
}

/// The first piece is the id, with a version at most.
fn is_of(pieces: &[Vec<String>], id: &str) -> bool {
    pieces.first().and_then(|words| words.first()).is_some_and(|first| first.eq_ignore_ascii_case(id))
}

/// One method's result.
#[derive(Debug, PartialEq, Eq)]
struct Found {
    method: String,
    result: String,
    /// `smtp.mailfrom` → `ana@agency.example`.
    properties: Vec<(String, String)>,
}

impl Found {
    /// Reads `dkim=pass header.d=agency.example`.
    fn read(words: &[String]) -> Option<Self> {
        let mut pairs =
            words.iter().filter_map(|w| w.split_once('=')).map(|(k, v)| (k.to_lowercase(), v.to_lowercase()));
        let (method, result) = pairs.next()?;
        // `dkim/1=pass`: the method's version says nothing about the result.
        let method = method.split('/').next().unwrap_or_default().to_owned();
        Some(Self { method, result, properties: pairs.collect() })
    }

    fn vouches_for(&self, from: &Address) -> bool {
        if self.result != "pass" {
            return false;
        }
        // Twice the same property is no honest server's doing.
        let only = |name: &str| {
            let mut values = self.properties.iter().filter(|(n, _)| n == name).map(|(_, v)| v.as_str());
            values.next().filter(|_| values.next().is_none())
        };
        let domain = |value: &str| value.rsplit_once('@').map_or(value, |(_, d)| d) == from.domain();
        match self.method.as_str() {
            "dmarc" => only("header.from").is_some_and(domain),
            "dkim" => only("header.d").is_some_and(|d| d == from.domain()),
            "spf" => only("smtp.mailfrom").is_some_and(domain),
            "auth" => only("smtp.auth").is_some_and(|who| who == from.as_str()),
            _ => false,
        }
    }
}

/// The field's pieces between semicolons, each as words; comments are left out, quoted strings stay in one word (RFC
/// 8601 2.2). What stands in a comment or a quoted string never becomes a result.
fn pieces(field: &str) -> Option<Vec<Vec<String>>> {
    let mut all = vec![Vec::new()];
    let mut word = String::new();
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for c in field.chars() {
        if escaped {
            escaped = false;
            if depth == 0 {
                word.push(c);
            }
            continue;
        }
        match c {
            '\\' if quoted || depth > 0 => escaped = true,
            '(' if !quoted => depth += 1,
            ')' if depth > 0 => depth -= 1,
            _ if depth > 0 => {}
            '"' => quoted = !quoted,
            ';' if !quoted => {
                end(&mut word, &mut all);
                all.push(Vec::new());
            }
            c if c.is_whitespace() && !quoted => end(&mut word, &mut all),
            // Within quotes these would look like what stands between words.
            '=' | ';' if quoted => word.push('_'),
            c => word.push(c),
        }
    }
    // A comment or a string that never ends hides what follows it: nothing of the field can be trusted.
    if depth > 0 || quoted {
        return None;
    }
    end(&mut word, &mut all);
    Some(all.into_iter().map(joined).collect())
}

fn end(word: &mut String, all: &mut [Vec<String>]) {
    if let Some(last) = all.last_mut().filter(|_| !word.is_empty()) {
        last.push(std::mem::take(word));
    }
}

/// `dkim = pass` is `dkim=pass`: white space may stand around the equals sign.
fn joined(words: Vec<String>) -> Vec<String> {
    let mut out: Vec<String> = Vec::with_capacity(words.len());
    for word in words {
        match out.last_mut() {
            Some(last) if last.ends_with('=') || word.starts_with('=') => last.push_str(&word),
            _ => out.push(word),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "mx.agency.example";

    fn ana() -> Address {
        Address::new("ana@agency.example").unwrap()
    }
    fn passes(fields: &[&str]) -> bool {
        let fields: Vec<String> = fields.iter().map(|f| (*f).to_owned()).collect();
        check(&fields, ID, &ana()).is_ok()
    }

    #[test]
    fn a_pass_for_her_domain_or_her_login_counts() {
        for good in [
            "mx.agency.example; dmarc=pass (p=reject) header.from=agency.example",
            "MX.agency.example 1; spf=pass smtp.mailfrom=ana@agency.example",
            "mx.agency.example; dkim=pass header.d=agency.example header.s=sel; spf=none smtp.mailfrom=x@y.example",
            "mx.agency.example; dkim=fail header.d=x.example; dkim = pass header.d = agency.example",
            "mx.agency.example; auth=pass (plain) smtp.auth=ana@agency.example",
            "mx.agency.example (a comment); dkim/1=pass header.d=Agency.Example",
        ] {
            assert!(passes(&[good]), "{good}");
        }
    }
    #[test]
    fn anything_else_does_not() {
        for bad in [
            "",
            ";",
            "mx.agency.example; none",
            "mx.agency.example",
            "dmarc=pass header.from=agency.example",
            "mx.other.example; dmarc=pass header.from=agency.example",
            "mx.agency.example.evil.example; dmarc=pass header.from=agency.example",
            "mx.agency.example; dmarc=fail header.from=agency.example; dkim=pass header.d=agency.example",
            "mx.agency.example; dmarc=pass header.from=evil.example",
            "mx.agency.example; dkim=pass header.d=evil.example",
            "mx.agency.example; dkim=pass header.d=agency.example.evil.example",
            "mx.agency.example; dkim=pass header.i=@agency.example",
            "mx.agency.example; dkim=neutral header.d=agency.example",
            "mx.agency.example; spf=pass smtp.mailfrom=bounce@evil.example",
            "mx.agency.example; spf=pass smtp.helo=agency.example",
            "mx.agency.example; auth=pass smtp.auth=eve@agency.example",
            "mx.agency.example; x-dmarc=pass header.from=agency.example",
            "mx.agency.example; iprev=pass policy.iprev=192.0.2.1",
        ] {
            assert!(!passes(&[bad]), "{bad}");
        }
    }
    #[test]
    fn what_a_sender_can_put_into_comments_and_strings_is_no_result() {
        for bad in [
            "mx.agency.example; spf=fail (; dmarc=pass header.from=agency.example)",
            "mx.agency.example; spf=fail (a (nested \\) one); dmarc=pass header.from=agency.example)",
            "mx.agency.example; spf=fail smtp.mailfrom=\"x; dmarc=pass header.from=agency.example\"",
            "mx.agency.example; spf=fail reason=\"\\\"; dmarc=pass header.from=agency.example\"",
            "mx.agency.example; spf=fail reason=\"never ends; dmarc=pass header.from=agency.example",
            "mx.agency.example; spf=fail (never ends; dmarc=pass header.from=agency.example",
            "mx.agency.example; dkim=pass header.d=evil.example header.d=agency.example",
            "(mx.agency.example;) mx.evil.example; dmarc=pass header.from=agency.example",
        ] {
            assert!(!passes(&[bad]), "{bad}");
        }
    }
    #[test]
    fn quotes_escapes_and_comments_of_an_honest_server_spoil_no_pass() {
        for good in [
            r#"mx.agency.example; auth=pass smtp.auth="ana\@agency.example""#,
            r"mx.agency.example; dkim=pass header.d=agency.example(\x) header.s=sel",
            r#"mx.agency.example; dmarc=pass reason="a (b" header.from=agency.example"#,
            r#"mx.agency.example; dmarc=pass reason="a; b" header.from=agency.example"#,
            "mx.agency.example; dmarc=pass header.from=agency.example (a (nested) one)",
        ] {
            assert!(passes(&[good]), "{good}");
        }
    }
    #[test]
    fn an_escape_hides_its_letter_in_comments_and_strings_only() {
        for bad in [
            r"mx.agency.example; dkim=pass header.d=agency\.example",
            r#"mx.agency.example; spf=fail reason="\"; dmarc=pass header.from=agency.example; x=\"""#,
            r"mx.agency.example; spf=fail (a \) ; dmarc=pass header.from=agency.example; \( )",
            r#"mx.agency.example; dmarc=pass "header.from=agency.example""#,
        ] {
            assert!(!passes(&[bad]), "{bad}");
        }
    }
    #[test]
    fn a_field_that_breaks_off_vouches_for_nobody_even_with_a_pass_before() {
        for bad in [
            "mx.agency.example; dmarc=pass header.from=agency.example (never ends",
            "mx.agency.example; dmarc=pass header.from=agency.example reason=\"never ends",
        ] {
            assert_eq!(
                check(&[bad.to_owned()], ID, &ana()),
                Err(Doubt::NotPassed("its result cannot be read".to_owned()))
            );
        }
    }
    #[test]
    fn a_doubt_says_what_the_server_found() {
        let words = |field: &[&str]| {
            let fields: Vec<String> = field.iter().map(|f| (*f).to_owned()).collect();
            check(&fields, ID, &ana()).unwrap_err().words()
        };
        assert_eq!(words(&[]), "the mail server added no authentication result to it");
        let could_not = "the mail server could not authenticate its sender";
        assert_eq!(words(&["mx.agency.example; none"]), format!("{could_not} (no method was tried)"));
        let both = "mx.agency.example; spf=softfail smtp.mailfrom=x@y.example; dkim=none";
        assert_eq!(words(&[both]), format!("{could_not} (spf=softfail, dkim=none)"));
    }
    #[test]
    fn only_the_topmost_of_the_id_counts() {
        let (bad, good) = (
            "mx.agency.example; dmarc=fail header.from=agency.example",
            "mx.agency.example; dmarc=pass header.from=agency.example",
        );
        assert!(!passes(&[bad, good]), "one below was there before the server looked");
        assert!(passes(&[good, bad]));
        assert!(passes(&["mx.relay.example; spf=fail", good]), "others say nothing either way");
        let spoilt = "mx.agency.example; spf=fail smtp.mailfrom=\"x";
        assert!(!passes(&[spoilt, good]), "a sender who spoils the server's field gains nothing by one below");
        assert_eq!(check(&[], ID, &ana()), Err(Doubt::Silent));
    }
    #[test]
    fn no_field_whatever_breaks_the_reader() {
        proptest::proptest!(|(tail in ".{0,200}")| {
            let _ = check(std::slice::from_ref(&tail), ID, &ana());
            let _ = check(&[format!("{ID}; {tail}")], ID, &ana());
        });
    }
}
