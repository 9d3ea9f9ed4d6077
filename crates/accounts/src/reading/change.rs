//! Whether a figure is a change, in which direction, and whether it is by so much, to so much or from so much.

use serde::Serialize;

use crate::reading::quantity::Figure;
use crate::reading::token::Words;
use crate::reading::unit::Unit;

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    Up,
    Down,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// It moved by the figure.
    By,
    /// It moved to the figure: a level.
    To,
    /// It moved away from the figure: the level before.
    From,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Change {
    pub direction: Direction,
    pub role: Role,
}

/// Folded stems of verbs and nouns of growth.
const UP: &[&str] = &[
    "increas",
    "rose",
    "rise",
    "rising",
    "risen",
    "grew",
    "growth",
    "growing",
    "jump",
    "surg",
    "soar",
    "climb",
    "expand",
    "expansion",
    "aument",
    "crec",
    "increment",
    "subi",
    "subio",
    "alza",
    "repunt",
    "dispar",
    "doubled",
    "tripled",
    "quadrupled",
    "duplic",
    "triplic",
    "cuadruplic",
    "ampli",
];
const DOWN: &[&str] = &[
    "decreas", "fell", "fall", "fallen", "falling", "drop", "declin", "reduc", "reduj", "shrank", "shrink",
    "cut", "cuts", "cutting", "slash", "plung", "lower", "dimin", "disminu", "cayo", "cayeron", "cae",
    "caida", "baj", "descen", "descend", "recort", "halv", "retroced", "contraj", "contracc",
];

fn direction(key: &str) -> Option<Direction> {
    let stands = |stems: &[&str]| stems.iter().any(|stem| key.starts_with(stem));
    if matches!(key, "lowered" | "low" | "crecientes" | "bajo" | "cute" | "cutter" | "fallow") {
        return (key == "lowered").then_some(Direction::Down);
    }
    if matches!(key, "up" | "higher" | "mas" | "grow" | "grows") {
        return Some(Direction::Up);
    }
    if matches!(key, "down" | "fewer" | "menos" | "less") {
        return Some(Direction::Down);
    }
    if stands(UP) && key != "raised" {
        return Some(Direction::Up);
    }
    stands(DOWN).then_some(Direction::Down)
}

/// The direction that the words before `at` give, nearest first; a mark or another clause ends the search.
pub(crate) fn direction_before(words: &Words<'_, '_>, at: usize, reach: usize) -> Option<(Direction, usize)> {
    for place in (at.saturating_sub(reach).max(words.first)..at).rev() {
        let key = words.key(place);
        if matches!(key, ";" | "." | "but" | "pero" | "who" | "quienes") {
            return None;
        }
        // "more than" and "más de" are bounds, "up to" as well.
        let bound = matches!(key, "mas" | "menos" | "less" | "fewer" | "more" | "higher" | "lower")
            || key == "up" && words.key(place + 1) == "to";
        if let Some(found) = direction(key).filter(|_| !bound) {
            return Some((found, place));
        }
    }
    None
}

/// `first` is where the figure begins with its bound, `inner` without it.
pub(crate) fn change(
    words: &Words<'_, '_>,
    first: usize,
    inner: usize,
    end: usize,
    unit: Unit,
    figure: &Figure,
) -> Option<Change> {
    if unit.is_time() {
        return None;
    }
    let key = words.key(inner);
    if let Some(found) =
        direction(key).filter(|_| matches!(unit, Unit::Times | Unit::Share) && end == inner + 1)
    {
        return Some(Change { direction: found, role: Role::To });
    }
    let relative = matches!(unit, Unit::Percent | Unit::PercentagePoint | Unit::Times)
        || matches!(figure, Figure::Share { .. });
    // "a 52 percent increase", "52 % más": only a share, or a number with its noun of growth at once.
    let mut after = end;
    while matches!(
        words.key(after),
        "of" | "de" | "year" | "-" | "on" | "annual" | "anual" | "over" | "the" | "un" | "una"
    ) && after < end + 5
    {
        after += 1;
    }
    let reach = if relative { after..after + 1 } else { after..after + usize::from(after == end) };
    for place in reach {
        let next = words.key(place);
        let bound = matches!(next, "mas" | "menos" | "more" | "less" | "fewer")
            && matches!(words.key(place + 1), "de" | "than")
            && !relative;
        if let Some(found) = direction(next).filter(|_| !bound && !matches!(next, "up" | "cut")) {
            return Some(Change { direction: found, role: Role::By });
        }
        if next == "more" && relative {
            return Some(Change { direction: Direction::Up, role: Role::By });
        }
    }
    let mut link = first;
    while matches!(
        words.before(link, 1),
        "a" | "an"
            | "the"
            | "las"
            | "los"
            | "la"
            | "record"
            | "un"
            | "una"
            | "about"
            | "nearly"
            | "unas"
            | "unos"
    ) && words.before(link, 1) != "a"
    {
        link -= 1;
    }
    let before = words.before(link, 1);
    let (found, place) = direction_before(words, link, if relative { 9 } else { 8 })?;
    // Another figure between the verb and this one: "rose 5 percent to 10 hectares" goes on, a comma does not.
    let parted = words.find(place, link, &[",", "and", "y", "after", "tras"]).is_some();
    let role = match before {
        "to" | "a" | "hasta" | "at" => Role::To,
        "from" | "desde" => Role::From,
        "de" if matches!(words.key(end), "a" | "to")
            || words.find(end, end + 5, &["a"]).is_some() && !relative =>
        {
            Role::From
        }
        "by" | "en" | "un" | "of" | "de" | "por" => Role::By,
        _ if relative && !parted && link.saturating_sub(place) <= 6 => Role::By,
        _ if link == place + 1 => Role::By,
        _ => return None,
    };
    (!parted || matches!(role, Role::To | Role::From | Role::By) && link - place <= 6)
        .then_some(Change { direction: found, role })
}
