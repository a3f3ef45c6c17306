//! CSV and its like: which character separates, then rows of cells. Knows nothing of mail.

use super::{Caps, Held, Opened, paper::Paper, paper::table};

/// Longest text that is taken apart; schedules are far smaller.
const READ_MAX: usize = 4 << 20;

/// Reads a text of separated values.
pub(super) fn read(text: &str, caps: &Caps) -> Result<Opened, String> {
    let text = crate::domain::text::cut(text.trim_start_matches('\u{FEFF}'), READ_MAX);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator(text))
        .from_reader(text.as_bytes());
    let mut paper = Paper::new(caps.text);
    let mut rows = Vec::new();
    let (mut left, mut cut) = (caps.cells, false);
    for record in reader.records() {
        let Ok(record) = record else { continue };
        if record.len() > left {
            cut = true;
            break;
        }
        left -= record.len();
        let cells: Vec<String> = record.iter().map(str::to_owned).collect();
        rows.extend(paper.row(&cells, false));
        if paper.full {
            cut = true;
            break;
        }
    }
    let unread = cut.then(|| "it is longer than is read: only its first rows were".to_owned());
    Ok(Opened {
        text: paper.done(),
        held: Held { tables: table(rows).into_iter().collect(), unread, ..Held::default() },
    })
}

/// The character that stands most often in the first lines.
fn separator(text: &str) -> u8 {
    let head = crate::domain::text::cut(text, 4096);
    let count = |c: u8| head.bytes().filter(|b| *b == c).count();
    [b',', b';', b'\t', b'|'].into_iter().max_by_key(|c| (count(*c), *c == b',')).unwrap_or(b',')
}
