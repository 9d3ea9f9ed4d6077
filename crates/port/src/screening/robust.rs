//! Median and spread that a few extreme boxes cannot move.

/// 1 / Φ⁻¹(3/4): the median absolute deviation of a normal, as its standard deviation.
const MAD_TO_SD: f64 = 1.4826;

/// Median, and 1.4826 times the median absolute deviation. `None` for no values.
pub(crate) fn centre_and_spread(values: &[f64]) -> Option<(f64, f64)> {
    let mut sorted = values.to_vec();
    let centre = median(&mut sorted)?;
    let mut away: Vec<f64> = values.iter().map(|value| (value - centre).abs()).collect();
    Some((centre, MAD_TO_SD * median(&mut away)?))
}

fn median(values: &mut [f64]) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    let half = values.len() / 2;
    let upper = *values.get(half)?;
    if values.len() % 2 == 1 { Some(upper) } else { Some((values.get(half - 1)? + upper) / 2.0) }
}

/// The value below which a share `q` of them lies (nearest rank).
pub(crate) fn quantile(values: &mut [usize], q: f64) -> Option<usize> {
    values.sort_unstable();
    let rank = libm::ceil(q * values.len() as f64) as usize;
    values.get(rank.saturating_sub(1).min(values.len().saturating_sub(1))).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_extreme_moves_neither_centre_nor_spread() {
        let (centre, spread) = centre_and_spread(&[1.0, 2.0, 3.0, 4.0, 1e9]).unwrap();
        assert_eq!((centre, spread), (3.0, 1.4826));
        assert_eq!(centre_and_spread(&[1.0, 2.0]), Some((1.5, 0.7413)));
        assert_eq!(centre_and_spread(&[]), None);
    }

    #[test]
    fn quantiles_are_values_that_occur() {
        assert_eq!(quantile(&mut (1..=1000).collect::<Vec<_>>(), 0.999), Some(999));
        assert_eq!(quantile(&mut [7], 0.999), Some(7));
        assert_eq!(quantile(&mut [], 0.5), None);
    }
}
