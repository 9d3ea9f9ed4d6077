//! One day, or several pooled, as a table of codes and numbers.

use std::fmt::Write as _;

use bitacora_port::screening::{Alert, FieldScreened, Rule, Thresholds, screen};
use bitacora_port::targeting::{Day, Plan, Settings, TargetingError, plan, what_if};
use bitacora_primitives::Instant;

use super::score::{self, Found, Misreads, PortScore, Swaps, wilson};
use super::{PortDay, port_day_of};
use crate::Scale;

/// Scans in every hour of the day: 144 of the boxes of a full day.
pub const SCANS_AN_HOUR: u32 = 6;
/// 2026-11-21T00:00:00Z: the day of every report, so that a seed says all.
pub const START: Instant = Instant::from_secs(1_795_219_200);

/// A day played through: planned at its start, screened at its end, and held against the truth.
#[derive(Debug)]
pub struct Played {
    pub port: PortDay,
    pub day: Day,
    pub plan: Plan,
    pub screened: FieldScreened,
    pub score: PortScore,
}

pub fn play(seed: u64, start: Instant, scale: Scale, scans: u32) -> Result<Played, TargetingError> {
    let port = port_day_of(seed, start, scale);
    let thresholds = Thresholds::default();
    let known = screen(port.inputs_known(start), &thresholds, Rule::ALL);
    let day = Day::from(&known.journeys, &known.alerts, &Settings::default(), start)?;
    let planned = plan(&day, &vec![scans; day.hours.into()])?;
    let screened = screen(port.inputs(), &thresholds, Rule::ALL);
    let mut score = score::score(&port.truth, &screened, &day, &planned);
    let demoted: Vec<&Alert> = screened.alerts.iter().filter(|alert| alert.reread.is_some()).collect();
    let (answered, asked) = port.clone().with_rereads(&demoted);
    score.asked = score::asked(asked, &answered.truth, &screen(answered.inputs(), &thresholds, Rule::ALL));
    Ok(Played { port, day, plan: planned, screened, score })
}

/// One full day.
pub fn report(seed: u64) -> String {
    match play(seed, START, Scale::Day, SCANS_AN_HOUR) {
        Ok(played) => {
            let mut text = format!("seed {seed}\n");
            day_lines(&mut text, &played);
            text + &table(&played.score)
        }
        Err(error) => format!("seed {seed}: {error}\n"),
    }
}

/// Several full days, pooled.
pub fn report_over(seeds: std::ops::Range<u64>) -> String {
    let mut pooled = PortScore::default();
    let mut text = format!("seeds {}..{}\n", seeds.start, seeds.end);
    for seed in seeds {
        match play(seed, START, Scale::Day, SCANS_AN_HOUR) {
            Ok(played) => pooled.add(&played.score),
            Err(error) => text.push_str(&format!("seed {seed}: {error}\n")),
        }
    }
    text + &table(&pooled)
}

fn day_lines(text: &mut String, played: &Played) {
    let Played { port, day, plan, screened, .. } = played;
    let codes: Vec<&str> = day.assumed.iter().map(|one| one.code()).collect();
    let scans = plan.expected_scans() as f64 / bitacora_port::draw::GRID as f64;
    let _ =
        writeln!(text, "events {} alerts {}", port.events.len() + port.reefer.len(), screened.alerts.len());
    let _ = writeln!(
        text,
        "boxes {} past {} later {} scans {scans:.1} value {:.2} assumed {}",
        day.targets.len(),
        day.left_out.past,
        day.left_out.later,
        plan.value(),
        codes.join(" ")
    );
    for hour in what_if(day, plan.game.capacity(), SCANS_AN_HOUR, 2).unwrap_or_default() {
        let _ = writeln!(text, "one_more_hour slot {} value {:.2}", hour.slot, hour.value);
    }
}

/// The score, with Wilson 95 % intervals.
pub fn table(score: &PortScore) -> String {
    let mut text = String::new();
    let _ = writeln!(
        text,
        "{:<17}{:>5}  {:<20} {:<20} {:<20} {:<20} {:<20}",
        "rip_on", "of", "rules", "rules_in_time", "leads", "rules_and_draw", "in_time_and_draw"
    );
    for (kind, found) in &score.found {
        row(&mut text, kind.code(), found);
    }
    row(&mut text, "all", &score.all());
    let per = |count: usize| 1_000.0 * count as f64 / score.containers.max(1) as f64;
    let _ = writeln!(
        text,
        "containers {} false per 1000: alerts {:.1} boxes {:.1} leads {:.1}",
        score.containers,
        per(score.false_alerts),
        per(score.false_boxes),
        per(score.false_leads)
    );
    for (finding, count) in &score.false_by_finding {
        let _ = writeln!(text, "  {:<28} {:.1}", finding.code(), per(*count));
    }
    let seals = |text: &mut String, misreads: &Misreads, near: Swaps, other: Swaps| {
        for (code, raised, first) in [
            ("misreads_r1", misreads.raised, misreads.first),
            ("misreads_r1_confusable", misreads.confusable_raised, misreads.confusable_first),
            ("misreads_all_rules", misreads.raised_by_all, misreads.first_of_all),
        ] {
            let fewer = raised - first.min(raised);
            let _ = writeln!(text, "{code} {raised} first {first} fewer {}", share(fewer as f64, raised));
        }
        for (stands, count) in &misreads.stands {
            let _ = writeln!(text, "  first_because {} {count}", stands.code());
        }
        for (code, Swaps { of, seen, demoted, copied }) in
            [("near_serial_swaps", near), ("other_swaps", other)]
        {
            let _ = writeln!(text, "{code} {of} seen {seen} demoted {demoted} copied {copied}");
        }
    };
    let PortScore { misreads, asked, .. } = score;
    let _ = writeln!(
        text,
        "seal alerts {} of misreads {} slips {} confusable {}",
        score.seal_alerts, misreads.raised, misreads.slips, misreads.confusable
    );
    seals(&mut text, misreads, score.near_swaps, score.other_swaps);
    let _ = writeln!(text, "rereads asked {} per 1000 containers {:.1}", asked.rereads, per(asked.rereads));
    seals(&mut text, &asked.misreads, asked.near_swaps, asked.other_swaps);
    text
}

fn row(text: &mut String, code: &str, found: &Found) {
    let of = found.of;
    let _ = writeln!(
        text,
        "{code:<17}{of:>5}  {:<20} {:<20} {:<20} {:<20} {:<20}",
        share(found.rules as f64, of),
        share(found.in_time as f64, of),
        share(found.leads as f64, of),
        share(found.rules_and_draw, of),
        share(found.in_time_and_draw, of)
    );
}

fn share(found: f64, of: usize) -> String {
    wilson(found, of).map_or_else(
        || "-".to_owned(),
        |(low, high)| format!("{:.3} [{low:.3} {high:.3}]", found / of as f64),
    )
}
