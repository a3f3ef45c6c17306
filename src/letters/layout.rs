//! Text laid out for people who read it in 76 columns: long lines are broken under their own beginning.

/// Widest line. RFC 5322 2.1.1 asks for 78; two are left for a reader's “> ”.
pub(super) const COLUMNS: usize = 76;
/// Widest quoted line that is left alone: people's mail programs break their lines at up to 78, and breaking those
/// again leaves a word on every other line.
const QUOTED: usize = 80;

/// Breaks long lines, trims their ends, and leaves one empty line where templates left several.
#[must_use]
pub(super) fn laid_out(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 16 + 1);
    let mut blank = true;
    for line in text.lines() {
        let line = line.trim_end();
        if line.is_empty() {
            if !blank {
                out.push('\n');
            }
            blank = true;
            continue;
        }
        blank = false;
        let widest = if line.starts_with('>') { QUOTED } else { COLUMNS };
        if line.len() <= widest || line.chars().count() <= widest {
            out.push_str(line);
        } else {
            broken(line, &mut out);
        }
        out.push('\n');
    }
    while out.ends_with("\n\n") {
        out.pop();
    }
    out
}

/// One long line, broken between words. What continues it stands under its first word: behind the bullet, the number,
/// the quotation mark, or the label of a two-column line.
fn broken(line: &str, out: &mut String) {
    let (lead, words) = line.split_at(hang(line));
    let next: String = lead.chars().map(|c| if c == '>' { '>' } else { ' ' }).collect();
    let next = if lead.starts_with('>') { next } else { " ".repeat(lead.chars().count()) };
    let margin = lead.chars().count();
    out.push_str(lead);
    let mut column = margin;
    for word in words.split(' ').filter(|w| !w.is_empty()) {
        let width = word.chars().count();
        if column > margin && column + 1 + width > COLUMNS {
            out.push('\n');
            out.push_str(&next);
            column = margin;
        }
        if column > margin {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += width;
    }
}

/// Deepest column at which a continuation may stand.
const DEEPEST: usize = 34;

/// Byte at which the words of a line begin, after indentation and whatever leads them.
fn hang(line: &str) -> usize {
    let start = line.len() - line.trim_start_matches([' ', '>']).len();
    let rest = line.get(start..).unwrap_or("");
    if !line.starts_with('>') {
        // A label, two spaces or more, its value.
        if let Some(gap) = rest.find("  ") {
            let value = start + gap + rest.get(gap..).map_or(0, |r| r.len() - r.trim_start_matches(' ').len());
            if line.get(..value).is_some_and(|lead| lead.chars().count() <= DEEPEST) {
                return value;
            }
        }
    }
    let marker = ["- ", "• ", "[ ] ", "[x] ", "! "].iter().find(|m| rest.starts_with(**m)).map(|m| m.len());
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let number =
        (digits > 0 && digits < 4 && rest.get(digits..).is_some_and(|r| r.starts_with(". "))).then_some(digits + 2);
    start.min(DEEPEST) + marker.or(number).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn widest(s: &str) -> usize {
        s.lines().map(|l| l.chars().count()).max().unwrap_or(0)
    }

    #[test]
    fn a_numbered_question_continues_under_its_first_word() {
        let text = laid_out(&format!("  1. {}", "What is the full name? ".repeat(8)));
        assert!(widest(&text) <= COLUMNS, "{text}");
        assert!(
            text.lines().nth(1).unwrap().starts_with("     W") || text.lines().nth(1).unwrap().starts_with("     ")
        );
    }
    #[test]
    fn a_quotation_keeps_its_mark_on_every_line() {
        let text = laid_out(&format!("> {}", "their own words ".repeat(12)));
        assert!(text.lines().all(|l| l.starts_with("> ")) && widest(&text) <= COLUMNS, "{text}");
    }
    #[test]
    fn a_value_continues_under_the_value() {
        let text = laid_out(&format!("  Address       {}", "12 Long Street ".repeat(9)));
        assert!(text.lines().skip(1).all(|l| l.starts_with("                ")), "{text}");
    }
    #[test]
    fn empty_lines_are_never_doubled_and_ends_are_trimmed() {
        assert_eq!(laid_out("\n\na  \n\n\n\nb\n\n"), "a\n\nb\n");
    }
    #[test]
    fn a_word_longer_than_a_line_stays_whole() {
        let long = "x".repeat(200);
        assert_eq!(laid_out(&long), format!("{long}\n"));
    }
    #[test]
    fn a_line_of_marks_only_ends() {
        assert_eq!(laid_out(&">".repeat(300)).lines().count(), 1);
        assert!(widest(&laid_out(&"> ".repeat(300))) <= COLUMNS);
    }
}
