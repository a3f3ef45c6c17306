//! JSON appended to bytes. Most of what a serializer writes is a quotation mark, a comma, a letter that is escaped: each
//! would be a call to copy one byte.

use serde::Serialize;
use std::io::{Result, Write};

/// Appends `value` as JSON.
pub fn append<T: Serialize>(out: &mut Vec<u8>, value: &T) -> serde_json::Result<()> {
    serde_json::to_writer(Pieces(out), value)
}

struct Pieces<'a>(&'a mut Vec<u8>);

impl Write for Pieces<'_> {
    #[inline]
    fn write(&mut self, piece: &[u8]) -> Result<usize> {
        self.write_all(piece)?;
        Ok(piece.len())
    }

    #[inline]
    fn write_all(&mut self, piece: &[u8]) -> Result<()> {
        match *piece {
            [one] => self.0.push(one),
            [one, two] => {
                self.0.push(one);
                self.0.push(two);
            }
            _ => self.0.extend_from_slice(piece),
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_json_that_serde_writes() {
        let value =
            serde_json::json!({ "a\"\n": ["", "é\u{1}", 1.5, null, true, { "b": -7 }], "long": "x\\y".repeat(99) });
        let mut out = b"before".to_vec();
        append(&mut out, &value).unwrap();
        assert_eq!(out, [b"before".as_slice(), &serde_json::to_vec(&value).unwrap()].concat());
    }
}
