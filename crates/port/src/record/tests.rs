//! The law against another program's, fair draws by the draw's own comb, and draws that were bent.

use super::*;
use crate::draw::{Lots, Stream};

/// `scipy.stats.chi2.sf(x, degrees)`, scipy 1.17.0.
const LAW: [(u32, f64, f64); 13] = [
    (1, 3.841_458_820_694_124, 0.049_999_999_999_999_89),
    (1, 0.0001, 0.992_021_287_370_736_8),
    (2, 1.0, 0.606_530_659_712_633_4),
    (2, 60.0, 9.357_622_968_840_163e-14),
    (3, 7.5, 0.057_558_451_972_636_4),
    (4, 700.0, 3.485_286_229_088_924_7e-150),
    (5, 5.0, 0.415_880_186_995_507_9),
    (5, 15.086_272_469_388_987, 0.010_000_000_000_000_01),
    (8, 1.2, 0.996_641_931_146_752),
    (10, 3.94, 0.950_013_090_790_090_8),
    (10, 23.2, 0.010_031_938_382_424_131),
    (10, 150.0, 3.727_485_055_062_505e-27),
    (10, 0.000_001, 1.0),
];

#[test]
fn the_law_is_the_one_that_another_program_knows() {
    for (degrees, x, known) in LAW {
        let found = above(degrees, x);
        assert!((found / known - 1.0).abs() < 1e-11, "{degrees} {x}: {found} {known}");
    }
    assert_eq!((above(3, 0.0), above(0, 5.0), above(3, -1.0)), (1.0, 1.0, 1.0));
    assert_eq!(above(10, 1e6), 0.0);
}

fn known(name: &str) -> Stream {
    Stream::new(name)
}

/// One slot of the draw's own comb: `count` boxes of unequal chances, about `scans` of them picked.
fn slot(name: &str, count: u32, scans: u64, bend: impl Fn(usize, u64) -> u64) -> Vec<Chance> {
    let mut numbers = known(&format!("{name} weights"));
    let raw: Vec<u64> = (0..count).map(|_| 1 + numbers.below(1000).pow(2)).collect();
    let whole: u64 = raw.iter().sum();
    let units: Vec<u64> = raw
        .iter()
        .map(|part| (u128::from(*part) * u128::from(scans * GRID) / u128::from(whole)) as u64)
        .map(|units| units.min(GRID))
        .collect();
    let bent: Vec<u64> =
        units.iter().enumerate().map(|(place, units)| bend(place, *units).min(GRID)).collect();
    let lots = Lots::given(&bent, None, GRID);
    let mut stream = known(name);
    let order = stream.permutation(count);
    let offset = stream.below(lots.spacing());
    let picked = lots.comb(&order, offset);
    (0..).zip(units).map(|(place, units)| Chance { units, picked: picked.contains(&place) }).collect()
}

fn month(seed: u32, bend: impl Fn(usize, u64) -> u64 + Copy) -> Fit {
    let slots = (0..60).flat_map(|n| slot(&format!("{seed} {n}"), 60, 3, bend));
    fit(&slots.collect::<Vec<_>>())
}

#[test]
fn fair_draws_are_called_unfair_more_rarely_than_the_level() {
    let p: Vec<f64> = (0..400).map(|seed| month(seed, |_, units| units).statistic.unwrap().1).collect();
    let below = |level: f64| p.iter().filter(|p| **p < level).count();
    // Of 400 fair months 4 and 20 may lie below; a test of 400 may be out by three standard deviations.
    assert!(below(LEVEL) <= 10 && below(0.05) <= 33, "{} {}", below(LEVEL), below(0.05));
    let mean = p.iter().sum::<f64>() / 400.0;
    assert!((0.45..0.75).contains(&mean), "p errs upwards, and not without bound: {mean}");
}

#[test]
fn picks_that_look_away_from_likely_boxes_are_seen() {
    for seed in 0..5 {
        let bent = month(seed, |_, units| if units > GRID / 10 { units / 2 } else { units * 2 });
        assert_eq!(bent.verdict, Verdict::Departs, "{bent:?}");
        assert_eq!(month(seed, |_, units| units).verdict, Verdict::Follows);
    }
}

#[test]
fn too_few_picks_say_nothing() {
    assert_eq!(fit(&[]).verdict, Verdict::TooFew);
    let chance = |units, picked| Chance { units, picked };
    let few: Vec<Chance> = (0..400).map(|n| chance(GRID / 20 + n, n % 20 == 0)).collect();
    let fitted = fit(&few);
    assert_eq!((fitted.picks, fitted.boxes, fitted.verdict), (20, 400, Verdict::TooFew));
    assert_eq!(fitted.statistic, None);
    // One chance is one bin: its number of picks is fixed, and nothing can be compared.
    let same: Vec<Chance> = (0..4000).map(|n| chance(GRID / 20, n % 20 == 0)).collect();
    assert_eq!(fit(&same).verdict, Verdict::TooFew);
}

#[test]
fn what_was_certain_is_left_out() {
    let chance = |units, picked| Chance { units, picked };
    let fitted = fit(&[chance(GRID, true), chance(0, false), chance(GRID / 2, true)]);
    assert_eq!((fitted.boxes, fitted.picks), (1, 1));
}

#[test]
fn a_statistic_worked_by_hand() {
    // Two chances: 100 boxes of 0.2 with 30 picked, 50 of 0.4 with 20 picked. V = 16 and 12.
    let mut all = vec![Chance { units: GRID / 5, picked: false }; 100];
    all.extend(vec![Chance { units: GRID * 2 / 5, picked: false }; 50]);
    for place in (0..30).chain(100..120) {
        all[place].picked = true;
    }
    let fitted = fit(&all);
    assert_eq!(
        fitted.bins.iter().map(|bin| (bin.boxes, bin.picked)).collect::<Vec<_>>(),
        [(100, 30), (50, 20)]
    );
    let (sum, p) = fitted.statistic.unwrap();
    // (30 - 20)^2 / 16 + 0, and exp(-x/2) for two degrees.
    assert!((sum - 6.25).abs() < 1e-9 && (p - libm::exp(-3.125)).abs() < 1e-9, "{sum} {p}");
    all.reverse();
    assert_eq!(fit(&all), fitted, "the order of boxes changes nothing");
}
