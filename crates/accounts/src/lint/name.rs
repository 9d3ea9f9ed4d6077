//! What the name of a series says for the linter: which figures under other names are the same thing, which kind of number
//! it is, and whether it is a running total, a goal, a share or a part of a year.

use crate::period::Period;
use crate::series::{Publisher, SeriesId};

/// What may happen to a figure.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) enum Class {
    /// Area under cultivation: surveyed, seldom revised.
    Area,
    /// Production and leaf: estimated, and revised with each study.
    Estimate,
    /// Per hectare or per tonne.
    Rate,
    /// Counted by authorities; all publishers quote one register.
    Register,
    Other,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Name {
    pub(super) class: Class,
    /// Country, indicator and what narrows it down, with the method in place of the publisher where methods differ.
    pub(super) family: String,
    /// The family without its country.
    pub(super) tail: String,
    /// The family without the method.
    pub(super) indicator: String,
    /// Not a figure of one period: running totals, goals, plans.
    pub(super) apart: bool,
    pub(super) cumulative: bool,
    pub(super) change: bool,
    pub(super) share: bool,
    /// The series that the name begins with, the nearest first.
    pub(super) stems: Vec<String>,
}

const GOALS: [&str; 6] = ["target", "goal", "goal_committed", "plan", "cost", "quota"];
const SHARES: [&str; 5] = ["share", "pct", "percent", "rate", "porcentaje"];

fn cumulative(segment: &str) -> bool {
    let named = ["cum", "acum", "since", "total_since"].iter().any(|start| segment.starts_with(start));
    let parts: Vec<&str> = segment.split('_').collect();
    let year = |part: &&str| part.len() == 4 && part.bytes().all(|byte| byte.is_ascii_digit());
    let until = parts.windows(2).any(|pair| matches!(pair, [word, then] if *word == "to" && year(then)));
    named || segment.ends_with("_cum") || until
}

pub(super) fn name(series: &SeriesId) -> Name {
    let mut segments: Vec<&str> = series.segments().collect();
    let full: Vec<&str> = segments.clone();
    let last = full.last().copied().unwrap_or("");
    let change = series.is_change() || last.starts_with("growth") || last == "variation";
    let share = SHARES.contains(&last) || SHARES.iter().any(|word| last.ends_with(&format!("_{word}")));
    if Period::part_of_year(2000, last).is_some() {
        segments.pop();
    }
    let class = match segments.get(1).copied().unwrap_or("") {
        "cult" | "cultivation" => Class::Area,
        "prod" | "production" | "leaf" => Class::Estimate,
        "leafyield" | "hclperha" => Class::Rate,
        "seiz" | "erad" | "eradication" | "extr" | "labs" | "prec" => Class::Register,
        _ => Class::Other,
    };
    // In extraditions `us` is where people were sent, not who counts them.
    let destination = segments.get(1) == Some(&"extr");
    let mut family = Vec::new();
    let mut indicator = Vec::new();
    for (place, segment) in segments.iter().enumerate() {
        let segment = match (place, *segment) {
            (1, "cultivation") => "cult",
            (1, "production") => "prod",
            (1, "eradication") => "erad",
            (_, other) => other,
        };
        match Publisher::of(segment).filter(|_| place >= 2 && !(destination && segment == "us")) {
            Some(_) if class == Class::Register => {}
            Some(publisher) => family.push(publisher.method()),
            None => {
                family.push(segment);
                indicator.push(segment);
            }
        }
    }
    let stems = (2..full.len()).rev().filter_map(|keep| full.get(..keep)).map(|own| own.join(".")).collect();
    let cumulative = full.iter().any(|segment| cumulative(segment));
    let goal = full.iter().any(|segment| GOALS.contains(segment));
    Name {
        class,
        tail: family.get(1..).unwrap_or(&[]).join("."),
        family: family.join("."),
        indicator: indicator.join("."),
        apart: cumulative || goal || change || share,
        cumulative,
        change,
        share,
        stems,
    }
}
