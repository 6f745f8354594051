//! Counts of a labelled set and the ratios people compare.

/// A two-by-two table of verdicts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) true_positives: u32,
    pub(crate) false_positives: u32,
    pub(crate) false_negatives: u32,
    pub(crate) true_negatives: u32,
}

impl Counts {
    /// Adds one case.
    pub(crate) fn add(&mut self, vulnerable: bool, flagged: bool) {
        match (vulnerable, flagged) {
            (true, true) => self.true_positives += 1,
            (true, false) => self.false_negatives += 1,
            (false, true) => self.false_positives += 1,
            (false, false) => self.true_negatives += 1,
        }
    }

    /// Adds all cases of another table.
    pub(crate) fn merge(&mut self, other: Self) {
        self.true_positives += other.true_positives;
        self.false_positives += other.false_positives;
        self.false_negatives += other.false_negatives;
        self.true_negatives += other.true_negatives;
    }

    /// Part of the flagged cases that are vulnerable.
    pub(crate) fn precision(self) -> Option<f64> {
        ratio(
            self.true_positives,
            self.true_positives + self.false_positives,
        )
    }

    /// Part of the vulnerable cases that are flagged.
    pub(crate) fn recall(self) -> Option<f64> {
        ratio(
            self.true_positives,
            self.true_positives + self.false_negatives,
        )
    }

    /// Harmonic mean of precision and recall.
    pub(crate) fn f1(self) -> Option<f64> {
        let hits = 2 * self.true_positives;
        ratio(hits, hits + self.false_positives + self.false_negatives)
    }
}

/// A ratio, or nothing when there is nothing to count.
pub(crate) fn ratio(part: u32, whole: u32) -> Option<f64> {
    (whole > 0).then(|| f64::from(part) / f64::from(whole))
}

/// A ratio as it is printed in a table.
pub(crate) fn shown(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.3}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_of_known_counts() {
        let mut counts = Counts::default();
        for (vulnerable, flagged, times) in [
            (true, true, 6),
            (true, false, 2),
            (false, true, 3),
            (false, false, 9),
        ] {
            for _ in 0..times {
                counts.add(vulnerable, flagged);
            }
        }
        assert_eq!(shown(counts.precision()), "0.667");
        assert_eq!(shown(counts.recall()), "0.750");
        assert_eq!(shown(counts.f1()), "0.706");
    }

    #[test]
    fn nothing_to_count_is_no_ratio() {
        assert_eq!(shown(Counts::default().f1()), "–");
    }
}
