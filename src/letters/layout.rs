//! Text laid out for people who read it in 76 columns: long lines are broken under their own beginning.

/// Widest line. RFC 5322 2.1.1 asks for 78; two are left for a reader's “> ”.
pub(super) const COLUMNS: usize = 76;
/// Widest quoted line that is left alone: people's mail programs break their lines at up to 78, and breaking those
/// again leaves a word on every other line.
pub(super) const QUOTED: usize = 80;

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
    let widths: Vec<usize> = each_word(words).map(|w| w.chars().count()).collect();
    let mut columns = COLUMNS.saturating_sub(margin);
    // The words of others are not left with one on a line of its own.
    let lines = lines_of(&widths, columns);
    if lead.starts_with('>') && (2..=EVENED).contains(&lines) {
        columns = (COLUMNS / 2..columns).find(|narrower| lines_of(&widths, *narrower) <= lines).unwrap_or(columns);
    }
    out.push_str(lead);
    let mut column = None;
    for (word, width) in each_word(words).zip(widths) {
        column = match column {
            Some(column) if column + 1 + width <= columns => {
                out.push(' ');
                Some(column + 1 + width)
            }
            Some(_) => {
                out.push('\n');
                out.push_str(&next);
                Some(width)
            }
            None => Some(width),
        };
        out.push_str(word);
    }
}

/// A quoted line that makes at most so many is broken into even ones; in a longer one a short last line is no surprise.
const EVENED: usize = 3;

/// The words of a line.
fn each_word(words: &str) -> impl Iterator<Item = &str> {
    words.split(' ').filter(|w| !w.is_empty())
}

/// How many lines of so many columns words of these widths make; a word that is longer stays whole.
fn lines_of(widths: &[usize], columns: usize) -> usize {
    let (mut lines, mut column) = (0, None);
    for width in widths {
        column = match column {
            Some(column) if column + 1 + width <= columns => Some(column + 1 + width),
            _ => {
                lines += 1;
                Some(*width)
            }
        };
    }
    lines
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
    fn a_quoted_line_a_little_too_long_leaves_no_word_alone() {
        let line = "> Our driver was rear-ended on the ramp to I-90 on his way to the yard early this morning,";
        let text = laid_out(line);
        let lines: Vec<usize> = text.lines().map(|l| l.chars().count()).collect();
        assert_eq!(lines.len(), 2, "{text}");
        assert!(lines.iter().all(|n| (35..=COLUMNS).contains(n)), "{text}");
        assert!(text.lines().all(|l| l.starts_with("> ")));
        let whole = text.lines().map(|l| &l[2..]).collect::<Vec<_>>().join(" ");
        assert_eq!(whole, &line[2..], "no word is lost");
        // Our own words are not evened.
        let ours = laid_out(&line[2..]);
        assert!(ours.lines().next().unwrap().chars().count() > 65, "{ours}");
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
