//! Learning from lessons of two kinds: the border that best parts the ones from the others.
//!
//! A linear support vector machine (L2 regularised, squared hinge loss) found by dual coordinate descent: Hsieh, Chang,
//! Lin, Keerthi, Sundararajan, “A Dual Coordinate Descent Method for Large-scale Linear SVM”, ICML 2008, algorithm 1.
//! The same lessons give the same border on every machine. Knows not what the lessons are about.

/// Rounds over all lessons; it ends earlier when a round moves hardly anything.
const ROUNDS: usize = 300;
/// What is hardly anything.
const STILL: f64 = 1e-3;

/// A border in a space of many directions: what is said stands on its side, or beyond it.
#[derive(Debug, Default)]
pub(super) struct Border {
    /// A weight for each direction.
    pub(super) weights: Vec<f64>,
    /// Where it stands of which nothing is known.
    pub(super) start: f64,
}

impl Border {
    /// How far what has these directions stands on its side; below 0 where it is beyond.
    pub(super) fn side(&self, words: &[(usize, f64)]) -> f64 {
        self.start + words.iter().map(|(at, x)| x * self.weights.get(*at).copied().unwrap_or_default()).sum::<f64>()
    }

    /// Moves the border until it parts the lessons (1.0 on its side, -1.0 beyond) as well as it may.
    /// `dearness`: how dear a lesson is that it does not follow, against large weights.
    pub(super) fn part(&mut self, lessons: &[(f64, &[(usize, f64)])], dearness: f64) {
        let slack = 0.5 / dearness;
        let mut held = vec![0.0_f64; lessons.len()];
        let mut order: Vec<usize> = (0..lessons.len()).collect();
        let mut dice = 0x9E37_79B9_7F4A_7C15_u64;
        for _ in 0..ROUNDS {
            for last in (1..order.len()).rev() {
                // Xorshift (Marsaglia 2003): any order will do, as long as it is the same everywhere.
                dice ^= dice << 13;
                dice ^= dice >> 7;
                dice ^= dice << 17;
                order.swap(last, usize::try_from(dice % (last as u64 + 1)).unwrap_or_default());
            }
            let mut moved = 0.0_f64;
            for at in &order {
                let (Some((truth, words)), Some(pull)) = (lessons.get(*at), held.get_mut(*at)) else { continue };
                // The start counts as one word more.
                let steepness = 1.0 + words.iter().map(|(_, x)| x * x).sum::<f64>() + slack;
                let slope = truth * self.side(words) - 1.0 + *pull * slack;
                let next = (*pull - slope / steepness).max(0.0);
                let step = (next - *pull) * truth;
                if step == 0.0 {
                    continue;
                }
                *pull = next;
                moved = moved.max(step.abs());
                self.start += step;
                for (word, x) in *words {
                    if let Some(w) = self.weights.get_mut(*word) {
                        *w += step * x;
                    }
                }
            }
            if moved < STILL {
                break;
            }
        }
    }
}
