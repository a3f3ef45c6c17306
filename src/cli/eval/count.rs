//! Counting right and wrong, and how much a share of so few says. Knows no label and no message.

use serde_json::{Value, json};

/// 95 in 100 of a normal distribution lie within so many standard deviations of its middle.
const Z: f64 = 1.959_964;

/// So many of so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Share {
    /// Those that are.
    pub right: usize,
    /// All.
    pub of: usize,
}

impl Share {
    /// One more.
    pub(super) fn add(&mut self, right: bool) {
        self.of += 1;
        self.right += usize::from(right);
    }
    /// The share, 0 to 1; `None` where there is nothing to share.
    #[must_use]
    pub fn share(&self) -> Option<f64> {
        (self.of > 0).then(|| ratio(self.right, self.of))
    }
    /// Wilson's 95% interval of the share (E. B. Wilson, 1927): it stays within 0 and 1 and says something of small
    /// numbers, too. `None` where there is nothing to share.
    #[must_use]
    pub fn interval(&self) -> Option<(f64, f64)> {
        if self.of == 0 {
            return None;
        }
        let n = exact(self.of);
        let p = ratio(self.right, self.of);
        let below = 1.0 + Z * Z / n;
        let middle = (p + Z * Z / (2.0 * n)) / below;
        let half = Z / below * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
        Some(((middle - half).max(0.0), (middle + half).min(1.0)))
    }
    /// `right`, `of`, `share` and `interval`, for programs.
    #[must_use]
    pub fn as_json(&self) -> Value {
        json!({ "right": self.right, "of": self.of, "share": self.share().map(rounded), "interval": pair(self.interval()) })
    }
}

/// What was found of what is there: true positives, false positives, false negatives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Count {
    /// Found, and there.
    pub right: usize,
    /// Found, and not there.
    pub wrong: usize,
    /// There, and not found.
    pub missed: usize,
}

impl Count {
    /// Nothing was there and nothing was found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
    /// How many are there.
    #[must_use]
    pub fn there(&self) -> usize {
        self.right + self.missed
    }
    pub(super) fn add(&mut self, other: Self) {
        self.right += other.right;
        self.wrong += other.wrong;
        self.missed += other.missed;
    }
    /// Of what was found, so much is there. Where nothing was found: 1 if nothing was there, else 0.
    #[must_use]
    pub fn precision(&self) -> f64 {
        self.found().share().unwrap_or(if self.missed == 0 { 1.0 } else { 0.0 })
    }
    /// Of what is there, so much was found. Where nothing is there: 1 if nothing was found, else 0.
    #[must_use]
    pub fn recall(&self) -> f64 {
        self.of_what_is_there().share().unwrap_or(if self.wrong == 0 { 1.0 } else { 0.0 })
    }
    /// The harmonic mean of both.
    #[must_use]
    pub fn f1(&self) -> f64 {
        let (p, r) = (self.precision(), self.recall());
        if p + r > 0.0 { 2.0 * p * r / (p + r) } else { 0.0 }
    }
    fn found(&self) -> Share {
        Share { right: self.right, of: self.right + self.wrong }
    }
    fn of_what_is_there(&self) -> Share {
        Share { right: self.right, of: self.there() }
    }
    /// The 95% interval of F1. F1 itself is no share of anything, but right ÷ (right + wrong + missed) is one, and
    /// F1 = 2·share ÷ (1 + share) grows with it: so Wilson's interval of that share is carried over.
    #[must_use]
    pub fn f1_interval(&self) -> Option<(f64, f64)> {
        let all = Share { right: self.right, of: self.right + self.wrong + self.missed };
        let carried = |share: f64| 2.0 * share / (1.0 + share);
        all.interval().map(|(low, high)| (carried(low), carried(high)))
    }
    /// `precision`, `recall`, `f1`, their intervals, `count` (how many are there), `tp`, `fp`, `fn`, for programs.
    #[must_use]
    pub fn as_json(&self) -> Value {
        json!({
            "precision": rounded(self.precision()),
            "recall": rounded(self.recall()),
            "f1": rounded(self.f1()),
            "precision_interval": pair(self.found().interval()),
            "recall_interval": pair(self.of_what_is_there().interval()),
            "f1_interval": pair(self.f1_interval()),
            "count": self.there(),
            "tp": self.right,
            "fp": self.wrong,
            "fn": self.missed,
        })
    }
}

/// Four places: more would pretend.
pub(super) fn rounded(x: f64) -> f64 {
    (x * 10_000.0).round() / 10_000.0
}

fn pair(interval: Option<(f64, f64)>) -> Value {
    interval.map_or(Value::Null, |(low, high)| json!([rounded(low), rounded(high)]))
}

fn ratio(a: usize, b: usize) -> f64 {
    exact(a) / exact(b)
}

/// Counts of mail are far below 2^52.
#[allow(clippy::cast_precision_loss)]
pub(super) fn exact(n: usize) -> f64 {
    n as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values as published for Wilson's interval without continuity correction (R. G. Newcombe, 1998, table I).
    #[test]
    fn wilsons_interval_is_as_published() {
        let close = |right, of, low: f64, high: f64| {
            let (l, h) = Share { right, of }.interval().unwrap();
            assert!((l - low).abs() < 5e-5 && (h - high).abs() < 5e-5, "{right} of {of}: {l} {h}");
        };
        close(81, 263, 0.2553, 0.3662);
        close(15, 148, 0.0624, 0.1605);
        close(0, 20, 0.0, 0.1611);
        close(1, 29, 0.0061, 0.1718);
        assert_eq!(Share::default().interval(), None);
    }

    #[test]
    fn f1_lies_within_its_interval_and_nothing_of_nothing_is_all_well() {
        let count = Count { right: 8, wrong: 2, missed: 1 };
        let (low, high) = count.f1_interval().unwrap();
        assert!(low < count.f1() && count.f1() < high && high < 1.0);
        assert!((count.f1() - 16.0 / 19.0).abs() < 1e-12);
        let nothing = Count::default();
        assert_eq!((nothing.precision(), nothing.recall(), nothing.f1()), (1.0, 1.0, 1.0));
        let invented = Count { wrong: 3, ..nothing };
        assert_eq!((invented.precision(), invented.recall(), invented.f1()), (0.0, 0.0, 0.0));
    }
}
