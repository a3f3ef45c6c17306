//! Patterns that stand for values: lines of insurance, kinds of change, flags.
//!
//! The literals with which the patterns begin, and the words that they cannot do without, are found by the shared pass;
//! the patterns are tried only there, on the folded text (lower case; a space stands for a line wrap too).

use super::cues::{Beginning, Beginnings};
use super::rules::{FieldRule, Pattern};
use super::sheet::Sheet;
use crate::domain::mistake::Mistake;
use crate::reading::matcher::{Match, Matcher, Program, parse};
use crate::reading::phrase::all_required_words;
use regex_syntax::hir::{Hir, literal::Extractor};

/// The patterns of one or several fields, compiled together.
#[derive(Debug)]
pub struct Vocabulary {
    matcher: Matcher,
    /// Each pattern; used where all begin with literals.
    programs: Vec<Program>,
    /// All patterns together, where not.
    program: Option<Program>,
    /// Its number, by which the shared pass knows it.
    id: usize,
    /// Patterns that begin with no literal: where there are any, the whole text is searched.
    #[cfg(test)]
    without_literal: Vec<String>,
    /// By pattern: index of the value it stands for.
    value_of: Vec<usize>,
    values: Vec<String>,
}

/// A value found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit<'v> {
    /// The value, as the file writes it.
    pub value: &'v str,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Vocabulary {
    /// Compiles a field's `values`; every bad pattern is a mistake of its own. The literals with which its patterns
    /// begin are added to `beginnings`.
    pub fn new(
        file: &str,
        id: usize,
        rule: &FieldRule,
        beginnings: &mut Beginnings,
        mistakes: &mut Vec<Mistake>,
    ) -> Self {
        let mut matcher = Matcher::default();
        let (mut patterns, mut programs) = (Vec::new(), Vec::new());
        let (mut value_of, mut values) = (Vec::new(), Vec::new());
        for (value, list) in &rule.values {
            for pattern in list {
                match checked(pattern, &mut matcher) {
                    Ok((source, hir, program)) => {
                        patterns.push((source, hir));
                        programs.push(program);
                        value_of.push(values.len());
                    }
                    Err((what, mend)) => {
                        mistakes.push(Mistake { file: file.to_owned(), line: Some(pattern.line), what, mend });
                    }
                }
            }
            values.push(value.clone());
        }
        let begins: Vec<Option<Vec<Vec<u8>>>> = patterns.iter().map(|(_, hir)| literals(hir)).collect();
        let without_literal: Vec<String> =
            patterns.iter().zip(&begins).filter(|(_, b)| b.is_none()).map(|((p, _), _)| p.clone()).collect();
        let key = u16::try_from(id).unwrap_or(u16::MAX);
        let mut program = None;
        if without_literal.is_empty() {
            for ((pattern, (source, hir)), literals) in (0..).zip(&patterns).zip(begins.into_iter().flatten()) {
                beginnings.add(Beginning {
                    vocabulary: key,
                    pattern,
                    bordered: source.starts_with("\\b"),
                    literals,
                    needs: all_required_words(hir),
                    reach: hir.properties().maximum_len(),
                });
            }
        } else {
            let all: Vec<&Hir> = patterns.iter().map(|(_, hir)| hir).collect();
            program = matcher.compile(&all).ok();
        }
        matcher.close();
        Self {
            matcher,
            program,
            programs,
            id,
            #[cfg(test)]
            without_literal,
            value_of,
            values,
        }
    }

    /// The patterns for whose sake whole texts are searched.
    #[cfg(test)]
    pub fn without_literal(&self) -> Vec<String> {
        self.without_literal.clone()
    }

    /// Every value in a sheet, in order, without overlaps.
    pub fn find(&self, sheet: &Sheet<'_>) -> Vec<Hit<'_>> {
        let hit = |number: usize, m: Match| {
            let value = self.values.get(*self.value_of.get(number)?)?;
            Some(Hit { value, start: m.start, end: m.end })
        };
        let mut out = Vec::new();
        if self.program.is_none() && sheet.starts(self.id).next().is_none() {
            return out;
        }
        let mut free = 0;
        let mut scratch = self.matcher.borrow();
        // At one place the pattern that stands first in the file comes first.
        for (start, number) in sheet.starts(self.id).filter(|_| self.program.is_none()) {
            let Some(program) = self.programs.get(number).filter(|_| start >= free) else { continue };
            if let Some(m) = self.matcher.find_here(program, &sheet.folded, start, &mut scratch) {
                free = m.end;
                out.extend(hit(number, m));
            }
        }
        if let Some(program) = &self.program {
            while let Some(m) = self.matcher.find(program, &sheet.folded, free, &mut scratch) {
                free = m.end;
                out.extend(hit(m.pattern, m));
            }
        }
        self.matcher.give_back(scratch);
        out
    }
}

/// The literals one of which every match of a pattern begins with; `None` where there are none worth looking for.
fn literals(pattern: &Hir) -> Option<Vec<Vec<u8>>> {
    let mut extractor = Extractor::new();
    extractor.limit_class(12).limit_repeat(4).limit_literal_len(12).limit_total(200);
    let seq = extractor.extract(pattern);
    let all = seq.literals()?;
    let worth = !all.is_empty() && all.iter().all(|l| l.as_bytes().len() >= 2);
    worth.then(|| all.iter().map(|l| l.as_bytes().to_vec()).collect())
}

/// A pattern in which a space gives room for a wrapped line's and `'` for a curly one; what stands in brackets is left.
fn with_room(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 32);
    let (mut bracketed, mut escaped) = (false, false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            _ if escaped => out.push(c),
            '[' => {
                bracketed = true;
                out.push(c);
            }
            ']' => {
                bracketed = false;
                out.push(c);
            }
            ' ' if !bracketed => {
                let maybe = chars.next_if_eq(&'?').is_some();
                out.push_str(if maybe { " {0,3}" } else { " {1,3}" });
            }
            '\'' if !bracketed => out.push_str("(?:'|\u{2019})"),
            _ => out.push(c),
        }
        escaped = c == '\\' && !escaped;
    }
    out
}

fn unreadable(pattern: &str, why: &str) -> (String, String) {
    (format!("the pattern “{pattern}” cannot be read: {}", why.replace('\n', " ")), "Mend or remove it.".to_owned())
}

/// The pattern as it is compiled: a space matches up to three, `'` matches a curly one too; the same taken apart, and compiled. Refused when it is no
/// pattern, matches nothing at all, or may run on without end (`.*`), which would make long mail slow to read.
fn checked(pattern: &Pattern, matcher: &mut Matcher) -> Result<(String, Hir, Program), (String, String)> {
    let text = pattern.text.as_str();
    if let Some(endless) = [".*", ".+"].into_iter().find(|e| text.contains(e)) {
        return Err((
            format!("the pattern “{text}” may run on without end (“{endless}”)"),
            "Write how far it may reach, such as [^.\\n]{0,40}.".to_owned(),
        ));
    }
    if text.chars().any(char::is_uppercase) && !text.contains('\\') {
        return Err((
            format!("the pattern “{text}” has capitals"),
            "Write it in small letters: case is folded away.".to_owned(),
        ));
    }
    let compiled = with_room(text);
    let hir = parse(&compiled).map_err(|e| unreadable(text, &e.to_string()))?;
    if hir.properties().minimum_len() == Some(0) {
        return Err((format!("the pattern “{text}” matches the empty text"), "Say what must stand there.".to_owned()));
    }
    let program = matcher.compile(&[&hir]).map_err(|e| unreadable(text, &e))?;
    Ok((compiled, hir, program))
}
