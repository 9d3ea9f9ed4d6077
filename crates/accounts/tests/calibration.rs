#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]
//! The pooled curve calibrated by simulation (Talts, Betancourt, Simpson, Vehtari and Gelman, "Validating Bayesian inference
//! algorithms with simulation-based calibration", 2018): worlds are drawn from the prior with the holes of real curves, and
//! the truth must fall evenly among what the model says. Wrong models must fail the same check.

mod worlds;

use bitacora_accounts::chance::Chance;
use bitacora_accounts::rivals::pooled::{Fit, Hyper, Level, Model, PooledYear, Revisions};
use worlds::{HYPER, leveled, model, pooled, world};

const DRAWS: usize = 63;
const BINS: usize = 16;

#[derive(Default)]
struct Calibration {
    ranks: [u32; BINS],
    /// Below, between and above the five quantiles that are reported.
    between: [u32; 6],
    count: u32,
}

impl Calibration {
    /// The rank of the truth among draws of a normal, which the posterior is under given deviations.
    fn see(&mut self, chance: &mut Chance, truth: f64, mean: f64, sd: f64) {
        let below = (0..DRAWS).filter(|_| mean + sd * chance.normal() < truth).count();
        self.ranks[below * BINS / (DRAWS + 1)] += 1;
        self.count += 1;
    }
    /// Between which of the reported quantiles the truth lies: exact for mixtures as well.
    fn place(&mut self, truth: f64, year: &PooledYear) {
        let ends = [year.ninety.low, year.fifty.low, year.median, year.fifty.high, year.ninety.high];
        self.between[ends.iter().filter(|end| **end < libm::exp(truth)).count()] += 1;
    }
    fn chi_square(&self) -> f64 {
        let expected = f64::from(self.count) / BINS as f64;
        self.ranks.iter().map(|own| (f64::from(*own) - expected).powi(2) / expected).sum()
    }
    fn chi_square_between(&self) -> f64 {
        let shares = [0.05, 0.2, 0.25, 0.25, 0.2, 0.05];
        let cell = |(own, share): (&u32, f64)| {
            let expected = f64::from(self.count) * share;
            (f64::from(*own) - expected).powi(2) / expected
        };
        self.between.iter().zip(shares).map(cell).sum()
    }
}

/// Quantiles 0.9999 of chi-square with 15 and with 5 degrees of freedom and of both tails of the normal (Abramowitz and
/// Stegun, tables 26.8 and 26.5): a run makes some hundred checks, and one in a hundred runs may fail by chance.
const LIMIT: f64 = 44.263;
const LIMIT_BETWEEN: f64 = 25.745;
const LIMIT_NORMAL: f64 = 3.891;

struct Sbc {
    parts: Vec<(&'static str, Calibration)>,
}

const LEVELS: [(&str, usize); 4] =
    [("level 2000", 0), ("level 2004, that nobody reads", 4), ("level 2010", 10), ("level 2023", 23)];

fn calibrate(seed: u64, worlds: usize, methods: usize, truth: &[Hyper], model: &Model) -> Sbc {
    let mut chance = Chance::seeded(seed);
    let others = ["bias in the first year", "bias in the mean", "difference", "shift"];
    let names = LEVELS.into_iter().map(|(name, _)| name).chain(others);
    let mut sbc = Sbc { parts: names.map(|name| (name, Calibration::default())).collect() };
    for _ in 0..worlds {
        let hyper = truth[chance.below(truth.len() as u64) as usize];
        let world = world(&mut chance, methods, &hyper, model);
        let pooled = pooled(&world, methods, model);
        for (part, (_, place)) in LEVELS.into_iter().enumerate() {
            let year = &pooled.years[place];
            let own = &mut sbc.parts[part].1;
            own.place(world.levels[place], year);
            own.see(&mut chance, world.levels[place], year.log_mean, year.log_sd);
        }
        let logs = [
            (world.biases[1], pooled.biases[1].first),
            (world.averages[1], pooled.biases[1].average),
            (world.averages[0] - world.averages[1], pooled.differences[0].average),
            (world.shift, pooled.shifts[0].step),
        ];
        for (own, (truth, log)) in sbc.parts[LEVELS.len()..].iter_mut().zip(logs) {
            own.1.see(&mut chance, truth, log.mean, log.sd);
        }
    }
    sbc
}

/// The names of the parts whose ranks are not uniform or whose bands do not hold what they say.
fn failing(sbc: &Sbc) -> Vec<String> {
    let mut failing = Vec::new();
    for (name, own) in &sbc.parts {
        let chi = own.chi_square();
        println!("{name}: chi-square {chi:.1}, between the quantiles {:?} of {}", own.between, own.count);
        if chi > LIMIT {
            failing.push(format!("{name}: ranks"));
        }
        if !name.starts_with("level") {
            continue;
        }
        if own.chi_square_between() > LIMIT_BETWEEN {
            failing.push(format!("{name}: quantiles"));
        }
        let (n, all) = (f64::from(own.count), own.between);
        let fifty = f64::from(all[2] + all[3]);
        let ninety = fifty + f64::from(all[1] + all[4]);
        for (inside, share) in [(fifty, 0.5), (ninety, 0.9)] {
            if (inside / n - share).abs() > LIMIT_NORMAL * f64::sqrt(share * (1.0 - share) / n) {
                failing.push(format!("{name}: band of {share}"));
            }
        }
    }
    failing
}

#[test]
fn simulation_based_calibration_under_given_deviations() {
    let anchored = Level::Anchored("simci".into());
    for (seed, methods, level, revisions) in [
        (101, 2, Level::SumToZero, Revisions::Noise),
        (102, 3, Level::SumToZero, Revisions::News),
        (103, 3, Level::Prior, Revisions::Noise),
        (104, 3, anchored, Revisions::News),
    ] {
        let model = leveled(level, Fit::Given(HYPER), revisions);
        let sbc = calibrate(seed, 1000, methods, &[HYPER], &model);
        assert_eq!(failing(&sbc), [""; 0], "{methods} {:?} {revisions}", model.level);
    }
}

#[test]
fn a_model_of_half_the_variance_fails_the_same_check() {
    let half = f64::sqrt(0.5);
    let wrong = Hyper {
        level_sd: HYPER.level_sd * half,
        slope_sd: HYPER.slope_sd * half,
        walk_sd: HYPER.walk_sd * half,
        error_sd: HYPER.error_sd * half,
        revision_sd: HYPER.revision_sd * half,
    };
    let sbc = calibrate(105, 1000, 3, &[HYPER], &model(Fit::Given(wrong), Revisions::Noise));
    let failing = failing(&sbc);
    for (name, _) in LEVELS {
        for what in ["ranks", "quantiles", "band of 0.5", "band of 0.9"] {
            assert!(failing.contains(&format!("{name}: {what}")), "{name}: {what} in {failing:?}");
        }
    }
    // So does one that takes no account of the break.
    let blind = Model { breaks: Vec::new(), ..model(Fit::Given(HYPER), Revisions::Noise) };
    let mut chance = Chance::seeded(106);
    let mut own = Calibration::default();
    for _ in 0..400 {
        let world = world(&mut chance, 2, &HYPER, &model(Fit::Given(HYPER), Revisions::Noise));
        let year = pooled(&world, 2, &blind).years[23];
        own.see(&mut chance, world.levels[23], year.log_mean, year.log_sd);
    }
    assert!(own.chi_square() > LIMIT, "{}", own.chi_square());
}

// The deviations are drawn too, and the model averages over what they may be. Levels are judged by their quantiles, which
// are a mixture's; a normal of the mixture's moments serves for the biases.
#[test]
fn simulation_based_calibration_over_the_deviations() {
    let grid: Vec<_> =
        Hyper::grid().into_iter().filter(|(own, _)| own.revision_sd == 0.1 && own.walk_sd == 0.03).collect();
    let truth: Vec<Hyper> = grid.iter().map(|(own, _)| *own).collect();
    let sbc = calibrate(107, 300, 2, &truth, &model(Fit::Averaged(grid), Revisions::Noise));
    assert_eq!(failing(&sbc), [""; 0]);
}
