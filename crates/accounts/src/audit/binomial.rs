//! What so many hits of so many tell about a share.

/// The regularised incomplete beta function by its continued fraction (DLMF 8.17.22), evaluated as Lentz does.
fn incomplete_beta(x: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    // The fraction converges fast below the mean only.
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - incomplete_beta(1.0 - x, b, a);
    }
    let log_front =
        libm::lgamma(a + b) - libm::lgamma(a) - libm::lgamma(b) + a * libm::log(x) + b * libm::log1p(-x);
    let kept = |value: f64| if value.abs() < 1e-300 { 1e-300 } else { value };
    let mut c = 1.0;
    let mut d = 1.0 / kept(1.0 - (a + b) * x / (a + 1.0));
    let mut fraction = d;
    for m in 1..10_000_i32 {
        let m = f64::from(m);
        for term in [
            m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0)),
        ] {
            d = 1.0 / kept(1.0 + term * d);
            c = kept(1.0 + term / c);
            fraction *= d * c;
        }
        if (d * c - 1.0).abs() < 1e-15 {
            break;
        }
    }
    (libm::exp(log_front) * fraction / a).clamp(0.0, 1.0)
}

fn beta_quantile(probability: f64, a: f64, b: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..80 {
        let middle = f64::midpoint(low, high);
        if incomplete_beta(middle, a, b) < probability {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

/// The exact interval for a share of `hits` in `of` (Clopper and Pearson, Biometrika 26, 1934). From 0 to 1 for none.
pub fn clopper_pearson(hits: u32, of: u32, confidence: f64) -> (f64, f64) {
    let tail = (1.0 - confidence.clamp(0.0, 1.0)) / 2.0;
    let hits = hits.min(of);
    let (k, n) = (f64::from(hits), f64::from(of));
    let low = if hits == 0 { 0.0 } else { beta_quantile(tail, k, n - k + 1.0) };
    let high = if hits == of { 1.0 } else { beta_quantile(1.0 - tail, k + 1.0, n - k) };
    (low, high)
}

#[cfg(test)]
mod tests {
    use super::*;

    // 0 of 2: 1 - 0.025^(1/2) = 0.841886. 2 of 2: 0.025^(1/2) = 0.158114. 81 of 263 is the example of Newcombe, Statist.
    // Med. 17, 1998, table I: 0.2527 to 0.3676.
    #[test]
    fn against_closed_forms_and_a_printed_example() {
        let near = |a: f64, b: f64, by: f64| assert!((a - b).abs() < by, "{a} {b}");
        assert_eq!(clopper_pearson(0, 2, 0.95).0.to_bits(), 0.0_f64.to_bits());
        near(clopper_pearson(0, 2, 0.95).1, 0.841_886_1, 1e-6);
        near(clopper_pearson(2, 2, 0.95).0, 0.158_113_9, 1e-6);
        near(clopper_pearson(81, 263, 0.95).0, 0.2527, 5e-5);
        near(clopper_pearson(81, 263, 0.95).1, 0.3676, 5e-5);
        assert_eq!(clopper_pearson(0, 0, 0.95), (0.0, 1.0));
        // The binomial tail itself: P(X >= 3 | 10, p) at the lower end for 3 of 10 is 0.025.
        let low = clopper_pearson(3, 10, 0.95).0;
        let choose = [1.0, 10.0, 45.0];
        let below: f64 =
            (0..3).map(|k| choose[k] * low.powi(k as i32) * (1.0 - low).powi(10 - k as i32)).sum();
        near(1.0 - below, 0.025, 1e-9);
    }
}
