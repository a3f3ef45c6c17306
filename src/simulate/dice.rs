//! Chance with a seed: the same seed draws the same again, on every machine.

/// A seeded source of chance (SplitMix64, Steele and others 2014).
#[derive(Debug, Clone)]
pub(super) struct Dice(u64);

impl Dice {
    /// Dice of a seed; `purpose` keeps what one part draws apart from what others draw.
    pub(super) fn new(seed: u64, purpose: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ purpose.wrapping_mul(0xD1B5_4A32_D192_ED03))
    }

    pub(super) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Between 0 and 1, 1 left out.
    pub(super) fn part(&mut self) -> f64 {
        #[allow(clippy::cast_precision_loss, reason = "53 bits are what a double holds")]
        let bits = (self.bits() >> 11) as f64;
        bits / 9_007_199_254_740_992.0
    }

    /// Whether something of this chance happens.
    pub(super) fn falls(&mut self, chance: f64) -> bool {
        self.part() < chance
    }

    /// One of them.
    pub(super) fn pick<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        let n = u64::try_from(all.len()).ok().filter(|n| *n > 0)?;
        all.get(usize::try_from(self.bits() % n).ok()?)
    }

    /// The place of one of these weights.
    pub(super) fn weighed(&mut self, weights: &[f64]) -> Option<usize> {
        let mut left = self.part() * weights.iter().sum::<f64>();
        for (i, w) in weights.iter().enumerate() {
            if left < *w {
                return Some(i);
            }
            left -= w;
        }
        weights.iter().rposition(|w| *w > 0.0)
    }

    /// A time around a mean, never below zero: most are shorter, some much longer (exponential).
    pub(super) fn waiting(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.part()).ln()
    }

    /// How often something happens that happens `mean` times (Poisson, by waiting times).
    pub(super) fn times(&mut self, mean: f64) -> u32 {
        let mut n = 0;
        let mut at = self.waiting(1.0);
        while at < mean && n < 100_000 {
            n += 1;
            at += self.waiting(1.0);
        }
        n
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_draws_the_same_again_and_another_purpose_something_else() {
        let draw = |seed, purpose| {
            let mut d = Dice::new(seed, purpose);
            [d.bits(), d.bits(), d.bits()]
        };
        assert_eq!(draw(7, 1), draw(7, 1));
        assert_ne!(draw(7, 1), draw(7, 2));
        assert_ne!(draw(7, 1), draw(8, 1));
    }
    #[test]
    fn means_are_met() {
        let mut d = Dice::new(3, 3);
        let n: u32 = (0..2_000).map(|_| d.times(6.0)).sum();
        assert!((11_500..12_500).contains(&n), "{n}");
        let all: f64 = (0..20_000).map(|_| d.waiting(5.0)).sum();
        assert!((96_000.0..104_000.0).contains(&all), "{all}");
        let some = (0..10_000).filter(|_| d.weighed(&[1.0, 0.0, 3.0]) == Some(2)).count();
        assert!((7_300..7_700).contains(&some), "{some}");
    }
}
