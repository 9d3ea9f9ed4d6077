//! "More than", "al menos", "hasta", "about": how a figure is bounded by the words beside it, in both languages. It
//! never moves the figure itself.

use serde::Serialize;

use crate::reading::token::Words;
use crate::reading::unit::Unit;

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    AsStated,
    About,
    Nearly,
    AtLeast,
    MoreThan,
    AtMost,
    LessThan,
}

const ABOUT: &[&str] = &[
    "about",
    "around",
    "roughly",
    "approximately",
    "some",
    "circa",
    "an estimated",
    "estimated",
    "close to",
    "in the region of",
    "unos",
    "unas",
    "alrededor de",
    "alrededor del",
    "cerca de",
    "cerca del",
    "aproximadamente",
    "en torno a",
    "aproximadamente de",
    "algo como",
    "as many as",
    "as much as",
    "más o menos",
    "mas o menos",
];
const NEARLY: &[&str] =
    &["nearly", "almost", "just under", "casi", "just short of", "poco menos de", "practicamente"];
const AT_LEAST: &[&str] = &[
    "at least",
    "no less than",
    "not less than",
    "no fewer than",
    "a minimum of",
    "minimum of",
    "al menos",
    "por lo menos",
    "como minimo",
    "no menos de",
    "un minimo de",
    "minimo",
    "cuando menos",
];
const MORE: &[&str] = &[
    "more than",
    "over",
    "above",
    "in excess of",
    "upwards of",
    "greater than",
    "just over",
    "mas de",
    "mas del",
    "superior a",
    "superiores a",
    "por encima de",
    "mayor a",
    "well over",
    "exceeding",
    "poco mas de",
    "supera las",
    "supera los",
    "superó las",
    "supero las",
    "supero los",
    "superaron las",
];
const AT_MOST: &[&str] = &[
    "up to",
    "no more than",
    "not more than",
    "at most",
    "a maximum of",
    "maximum of",
    "hasta",
    "no mas de",
    "a lo sumo",
    "como maximo",
    "como mucho",
    "un maximo de",
    "maximo",
];
const LESS: &[&str] = &[
    "less than",
    "fewer than",
    "under",
    "below",
    "menos de",
    "menos del",
    "inferior a",
    "por debajo de",
    "menor a",
];

pub(crate) fn bound(words: &Words<'_, '_>, first: usize, end: usize, unit: Unit) -> (Bound, usize) {
    let place =
        if matches!(words.before(first, 1), "las" | "los" | "the" | "a" | "an") { first - 1 } else { first };
    for (phrases, bound) in [
        (AT_LEAST, Bound::AtLeast),
        (AT_MOST, Bound::AtMost),
        (NEARLY, Bound::Nearly),
        (LESS, Bound::LessThan),
        (MORE, Bound::MoreThan),
        (ABOUT, Bound::About),
    ] {
        for from in [first, place] {
            if let Some(begin) = words.any_before(from, phrases).filter(|begin| *begin >= words.first) {
                // "over two decades" and "over the past ..." speak of time; "from 5 up to 10" of a range.
                if bound == Bound::MoreThan && words.key(begin) == "over" && unit.is_time() {
                    continue;
                }
                return (bound, begin);
            }
        }
    }
    match words.any(end, &["or more", "o mas", "or higher"]) {
        Some(_) => (Bound::AtLeast, first),
        None if words.any(end, &["or less", "or fewer", "o menos"]).is_some() => (Bound::AtMost, first),
        None if words.key(end) == "+" && words.glued(end) => (Bound::AtLeast, first),
        None => (Bound::AsStated, first),
    }
}
