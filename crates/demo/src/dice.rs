//! Chance that repeats: the same seed throws the same numbers.

use service::random::{Random as _, SeededRandom};

/// Seeded dice.
pub struct Dice(SeededRandom);

impl Dice {
    /// Dice that begin at a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(SeededRandom::new(seed))
    }

    /// A number from 0 up to but not including `end` (0 when that is 0).
    pub fn below(&self, end: usize) -> usize {
        if end == 0 {
            return 0;
        }
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        (u64::from_le_bytes(bytes) % end as u64) as usize
    }

    /// A number within the bounds, both included.
    pub fn between(&self, low: i64, high: i64) -> i64 {
        low + self.below(usize::try_from(high - low + 1).unwrap_or(1)) as i64
    }

    /// Whether something happens that happens `of_1000` times in a thousand.
    pub fn happens(&self, of_1000: usize) -> bool {
        self.below(1000) < of_1000
    }

    /// One of these; the first of none is a defect of the caller, so lists here are constants.
    pub fn pick<'a, T>(&self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    /// An index, drawn in proportion to the weights.
    pub fn weighted(&self, weights: &[usize]) -> usize {
        let mut left = self.below(weights.iter().sum());
        for (index, &weight) in weights.iter().enumerate() {
            if left < weight {
                return index;
            }
            left -= weight;
        }
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_throws_the_same() {
        let throw = |seed| {
            let dice = Dice::new(seed);
            (0..20).map(|_| dice.below(1000)).collect::<Vec<_>>()
        };
        assert_eq!(throw(7), throw(7));
        assert_ne!(throw(7), throw(8));
    }

    #[test]
    fn weights_are_kept() {
        let dice = Dice::new(1);
        let mut seen = [0; 3];
        for _ in 0..3000 {
            seen[dice.weighted(&[1, 0, 9])] += 1;
        }
        assert_eq!(seen[1], 0);
        assert!((200..400).contains(&seen[0]), "{seen:?}");
    }
}
