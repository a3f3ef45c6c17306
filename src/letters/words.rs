//! How values are printed in templates: one line each, escaped in HTML, and the filters that letters need.
//!
//! What a stranger wrote stays data: a value cannot break out of its line in a text, nor out of its element in HTML.

use super::{layout, private, subject};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, Output, State, Value};

/// Teaches `env` how letters print.
pub(super) fn teach(env: &mut Environment<'static>) {
    // A custom mode for text, so that what a macro or `{% set %}` block made keeps its lines there too.
    env.set_auto_escape_callback(|name| {
        if name.ends_with(".html") { AutoEscape::Html } else { AutoEscape::Custom("text".into()) }
    });
    env.set_formatter(print);
    // A template has no business printing a stranger's words as HTML.
    env.remove_filter("safe");
    env.add_filter("quoted", |words: &str| Value::from_safe_string(quoted(words)));
    env.add_filter("verbatim", |words: &str| Value::from_safe_string(verbatim(words)));
    env.add_filter("verbatim_lines", |words: &str| Value::from_safe_string(verbatim_lines(words)));
    env.add_filter("greets", greets);
    env.add_filter("lines", |words: &str| Value::from_safe_string(html_lines(words)));
    env.add_filter("brief", |words: &str, max: Option<usize>| brief(words, max.unwrap_or(100)));
    env.add_filter("reply", subject::reply_to);
    env.add_filter("cut", |words: &str, max: usize| subject::shortened(words, max));
    env.add_filter("as_name", as_name);
    env.add_filter("in_spanish", in_spanish);
    env.add_filter("pad", |words: &str, width: usize| pad(words, width));
    env.add_filter("time_left", time_left);
    env.add_filter("phone_link", phone_link);
}

/// Prints a value: strings on one line, with the template's own multi-line pieces left as they are.
fn print(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    let html = matches!(state.auto_escape(), AutoEscape::Html);
    let broken = |_| Error::new(ErrorKind::WriteFailure, "a value could not be printed");
    match value.as_str() {
        Some(text) if value.is_safe() => out.write_str(text).map_err(broken),
        Some(text) => print_line(out, text, html).map_err(broken),
        None if value.is_none() || value.is_undefined() => Ok(()),
        None if value.is_number() || value.kind() == minijinja::value::ValueKind::Bool => {
            write!(out, "{value}").map_err(broken)
        }
        None => Err(Error::new(
            ErrorKind::InvalidOperation,
            format!("this is a {}, not words: loop over it with {{% for %}} or name one of its parts", value.kind()),
        )),
    }
}

fn print_line(out: &mut Output<'_>, text: &str, html: bool) -> std::fmt::Result {
    if is_plain(text, html) {
        return out.write_str(text);
    }
    let line = one_line(text);
    if html { out.write_str(&escaped(&line)) } else { out.write_str(&line) }
}

/// Nothing in it that [`one_line`] or [`escaped`] would change; so it is for nearly every value.
fn is_plain(text: &str, html: bool) -> bool {
    let mut before = b' ';
    for byte in text.bytes() {
        let special = html && matches!(byte, b'<' | b'>' | b'&' | b'"' | b'\'');
        if !byte.is_ascii() || byte.is_ascii_control() || special || (byte == b' ' && before == b' ') {
            return false;
        }
        before = byte;
    }
    text.is_empty() || before != b' '
}

/// Control and invisible characters out, white space folded.
fn one_line(text: &str) -> String {
    if is_plain(text, false) {
        return text.to_owned();
    }
    // Longer than a header may be: values such as addresses and notes are not cut here.
    let mut out = String::with_capacity(text.len());
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|w| !w.is_empty()) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.extend(word.chars().filter(|c| !is_invisible(*c)));
    }
    out
}

/// Characters that let words show as other words (bidirectional overrides, zero width).
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}' | '\u{2028}' | '\u{2029}')
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}

/// The lines of a longer piece of writing, cleaned one by one; secrets hidden.
fn clean_lines(words: &str) -> Vec<String> {
    let hidden = private::hidden(words);
    let mut lines: Vec<String> = Vec::new();
    for line in hidden.lines().map(one_line) {
        if !(line.is_empty() && lines.last().is_none_or(String::is_empty)) {
            lines.push(line);
        }
    }
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines
}

/// For text: every line behind “> ”, so that nothing in it can pass for our own words. Prose whose lines are too wide for
/// a letter is joined, for it to be broken anew as a whole.
fn quoted(words: &str) -> String {
    let mut out = String::with_capacity(words.len() + 64);
    let lines = clean_lines(words);
    let mut rest = lines.as_slice();
    while let Some(first) = rest.first() {
        let goes_on = rest.windows(2).take_while(|w| matches!(w, [line, next] if continues(line, next))).count();
        let (piece, after) = rest.split_at(goes_on + 1);
        let too_wide = piece.iter().any(|line| line.chars().count() > layout::QUOTED - 2);
        let joined = if too_wide { vec![piece.join(" ")] } else { piece.to_vec() };
        for line in joined {
            if !out.is_empty() {
                out.push('\n');
            }
            out.push_str(if first.is_empty() { ">" } else { "> " });
            out.push_str(&line);
        }
        rest = after;
    }
    out
}

/// For text: a colleague's own words with their lines, nothing hidden in them; only what could pass for other words
/// is taken out.
fn verbatim(words: &str) -> String {
    words.lines().map(one_line).collect::<Vec<_>>().join("\n")
}

/// For HTML: a colleague's own words with their lines, escaped, nothing starred in them.
fn verbatim_lines(words: &str) -> String {
    words.trim().lines().map(|line| escaped(&one_line(line))).collect::<Vec<_>>().join("<br>\n")
}

/// Words with which letters begin.
const GREETINGS: [&str; 16] = [
    "hi",
    "hello",
    "hey",
    "dear",
    "good morning",
    "good afternoon",
    "good evening",
    "greetings",
    "hola",
    "buenos",
    "buenas",
    "estimado",
    "estimada",
    "querido",
    "querida",
    "saludos",
];

/// Whether a colleague's words greet the client themselves, so that no letter greets twice.
fn greets(words: &str) -> bool {
    let first = words.trim_start().lines().next().unwrap_or("").to_lowercase();
    let begins = |g: &str| first.strip_prefix(g).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric));
    first.chars().count() <= 60 && GREETINGS.iter().any(|g| begins(g))
}

/// A line at least so long was broken by a mail program and not by its writer.
const BROKEN_BY_PROGRAM: usize = 60;

/// Whether a line goes on with what the line before it says.
fn continues(before: &str, line: &str) -> bool {
    before.chars().count() >= BROKEN_BY_PROGRAM && !line.is_empty() && !is_item(line)
}

/// For HTML: the same lines, escaped. Prose flows, so that a narrow screen does not break every line twice; short
/// lines, such as addresses and lists, stay apart.
fn html_lines(words: &str) -> String {
    let lines = clean_lines(words);
    let mut out = String::with_capacity(words.len() + 128);
    let mut before: Option<&str> = None;
    for line in &lines {
        match before {
            None => {}
            Some(prose) if continues(prose, line) => out.push(' '),
            Some(_) => out.push_str("<br>\n"),
        }
        out.push_str(&escaped(line));
        before = Some(line);
    }
    out
}

/// `- this`, `2. that`, `> quoted`: begins a line of its own.
fn is_item(line: &str) -> bool {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let numbered = digits > 0 && line.get(digits..).is_some_and(|rest| rest.starts_with(['.', ')']));
    numbered || line.starts_with(['-', '*', '•', '>'])
}

/// One line of a stranger's words that may be shown to strangers: no links, no secrets, not long.
fn brief(words: &str, max: usize) -> String {
    subject::shortened(&subject::without_links(&private::hidden(&one_line(words))), max)
}

/// A display name, where it looks like one; else nothing, so that a letter greets nobody rather than passing on what a
/// stranger wrote into a forged From.
fn as_name(name: &str) -> String {
    let line = one_line(name);
    let looks_like_one = |c: char| c.is_alphabetic() || " .,'’&-()".contains(c);
    let short = line.chars().count() <= 50 && line.split(' ').count() <= 6;
    if short && line.chars().all(looks_like_one) && line.chars().any(char::is_alphabetic) {
        line
    } else {
        String::new()
    }
}

/// Office hours in Spanish: the few English words that they are made of, translated; anything else stays.
fn in_spanish(hours: &str) -> String {
    const WORDS: [(&str, &str); 28] = [
        ("monday", "lunes"),
        ("tuesday", "martes"),
        ("wednesday", "miércoles"),
        ("thursday", "jueves"),
        ("friday", "viernes"),
        ("saturday", "sábado"),
        ("sunday", "domingo"),
        ("mondays", "los lunes"),
        ("saturdays", "los sábados"),
        ("sundays", "los domingos"),
        ("mon", "lun"),
        ("tue", "mar"),
        ("wed", "mié"),
        ("thu", "jue"),
        ("fri", "vie"),
        ("sat", "sáb"),
        ("sun", "dom"),
        ("to", "a"),
        ("through", "a"),
        ("until", "hasta"),
        ("from", "de"),
        ("and", "y"),
        ("closed", "cerrado"),
        ("daily", "todos los días"),
        ("noon", "mediodía"),
        ("holidays", "días festivos"),
        ("am", "a.m."),
        ("pm", "p.m."),
    ];
    let mut out = String::with_capacity(hours.len() + 16);
    for piece in one_line(hours).split_inclusive(|c: char| !c.is_alphabetic()) {
        let word = piece.trim_end_matches(|c: char| !c.is_alphabetic());
        let small = word.to_lowercase();
        out.push_str(WORDS.iter().find(|(english, _)| *english == small).map_or(word, |(_, spanish)| spanish));
        out.push_str(piece.get(word.len()..).unwrap_or(""));
    }
    out
}

/// At least `width` columns and a blank after the words, for labels of two-column lines.
fn pad(words: &str, width: usize) -> Value {
    let mut line = one_line(words);
    let missing = width.saturating_sub(line.chars().count()).max(2);
    line.extend(std::iter::repeat_n(' ', missing));
    Value::from_safe_string(line)
}

/// `3.5` → `3½ hours left`, `-30` → `1 day past`.
fn time_left(hours: f64) -> String {
    if !hours.is_finite() {
        return "not known".to_owned();
    }
    let ahead = hours >= 0.0;
    let minutes = (hours.abs().min(1.0e7) * 60.0).round();
    let amount = if minutes < 60.0 {
        counted(minutes, "minute")
    } else if minutes < 48.0 * 60.0 {
        counted((minutes / 30.0).floor() / 2.0, "hour")
    } else {
        counted((minutes / 720.0).floor() / 2.0, "day")
    };
    if ahead { format!("{amount} left") } else { format!("{amount} past") }
}

fn counted(n: f64, unit: &str) -> String {
    let half = if n.fract() == 0.0 { "" } else { "½" };
    let plural = if n > 1.0 || n == 0.0 { "s" } else { "" };
    format!("{:.0}{half} {unit}{plural}", n.trunc())
}

/// The digits behind `tel:`; a number given in words (“ask for Ana”) gives nothing to link to.
fn phone_link(phone: &str) -> String {
    let digits: String = phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').take(20).collect();
    if digits.len() < 7 || phone.chars().any(char::is_alphabetic) { String::new() } else { digits }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_left_reads_like_a_person_would_say_it() {
        let said = [
            (3.5, "3½ hours left"),
            (-2.0, "2 hours past"),
            (0.25, "15 minutes left"),
            (72.0, "3 days left"),
            (-60.0, "2½ days past"),
            (1.0, "1 hour left"),
            (f64::NAN, "not known"),
        ];
        for (hours, words) in said {
            assert_eq!(time_left(hours), words);
        }
    }
    #[test]
    fn quoted_words_cannot_pass_for_ours() {
        assert_eq!(quoted("a\r\nHarbor Point:\n\n\n\nb \u{202E}x\n\n"), "> a\n> Harbor Point:\n>\n> b x");
    }
    #[test]
    fn prose_too_wide_for_a_letter_is_broken_as_a_whole_and_what_fits_is_left_as_it_came() {
        let wide = "We had an accident on the way to the Northgate site a little after seven o'clock this morning,";
        let next = "and the driver is at the hospital.";
        assert_eq!(quoted(&format!("{wide}\n{next}\n\nTony")), format!("> {wide} {next}\n>\n> Tony"));
        let fits = "We had an accident on the way to the Northgate site this morning, and";
        assert_eq!(quoted(&format!("{fits}\nthe driver is hurt.")), format!("> {fits}\n> the driver is hurt."));
        assert_eq!(quoted(&format!("Two things:\n{wide}\n- {next}")), format!("> Two things:\n> {wide}\n> - {next}"));
        let letter = layout::laid_out(&quoted(&format!("{wide}\n{next}")));
        assert!(letter.lines().all(|l| l.starts_with("> ") && l.split(' ').count() > 4), "{letter}");
    }
    #[test]
    fn words_in_html_are_escaped_line_by_line() {
        assert_eq!(html_lines("<b>\n\"x\""), "&lt;b&gt;<br>\n&quot;x&quot;");
    }
    #[test]
    fn prose_flows_on_a_narrow_screen_and_lists_stay_lists() {
        let prose = "we need a certificate of insurance for Lakeshore Builders Inc, and they";
        assert_eq!(html_lines(&format!("{prose}\nhold our payment")), format!("{prose} hold our payment"));
        assert_eq!(html_lines(&format!("{prose}\n2. that")), format!("{prose}<br>\n2. that"));
        assert_eq!(html_lines("12 Long Street\nChicago"), "12 Long Street<br>\nChicago");
    }
    #[test]
    fn a_name_is_one_line_and_passes_no_link_on() {
        assert_eq!(brief("Eve\r\nBcc: x http://evil.example", 60), "Eve Bcc: x [link]");
    }
    #[test]
    fn a_name_that_is_none_is_not_greeted() {
        for name in ["Tony Marchetti", "O'Neil, José", "Smith & Sons (Dispatch)"] {
            assert_eq!(as_name(name), name);
        }
        for not in [
            "You won $500",
            "see http://evil.example",
            "1-900-555-0100",
            "<b>x</b>",
            "call now and win a big prize today",
            "",
            "--",
        ] {
            assert_eq!(as_name(not), "", "{not}");
        }
    }
    #[test]
    fn office_hours_are_said_in_spanish() {
        assert_eq!(in_spanish("Mon–Fri 8:30 AM–5:00 PM"), "lun–vie 8:30 a.m.–5:00 p.m.");
        let said = in_spanish("Monday to Friday, 8:30 AM to 5:00 PM; Sat 9:00 AM to noon");
        assert_eq!(said, "lunes a viernes, 8:30 a.m. a 5:00 p.m.; sáb 9:00 a.m. a mediodía");
    }
    #[test]
    fn a_colleague_who_greets_the_client_is_not_greeted_over() {
        for words in ["Hi Tony,\n\nhere it is", "hello!", "Good morning Dana", "Hola, Rosa:", "Dear Ms. Lee,"] {
            assert!(greets(words), "{words}");
        }
        for words in ["Here is your certificate.", "History of losses attached", "Highland has answered", ""] {
            assert!(!greets(words), "{words}");
        }
    }
    #[test]
    fn a_phone_in_words_is_not_linked() {
        assert_eq!(phone_link("(312) 555-0142"), "3125550142");
        assert_eq!(phone_link("ask for Ana 3125550142"), "");
    }
}
