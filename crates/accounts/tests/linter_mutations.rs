#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]
//! Clean rows into which one defect at a time is put at a seeded place: how many of each kind the linter finds at the row,
//! how often it names the row beside another, and that it says nothing new of rows the defect does not touch.

mod made;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use bitacora_accounts::import::{Imported, tidy};
use bitacora_accounts::lint::lint;
use bitacora_accounts::observation::Source;
use bitacora_accounts::{Decimal, Observation, Rounding, Unit};
use made::d;

type Set = Vec<(&'static str, Imported<Observation>)>;

/// What may be shipped, and nothing else.
fn clean(folder: &Path) -> Set {
    let read = |name: &&'static str| {
        let mut file = tidy(&made::bytes(folder, &format!("{name}.csv")), None).unwrap();
        file.rows.retain(|row| row.ship);
        (*name, file)
    };
    made::TIDY.iter().map(read).collect()
}

/// SplitMix64 (Steele, Lea, Flood 2014): the same places on every machine.
struct Seeded(u64);
impl Seeded {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % u64::try_from(count).unwrap()).unwrap()
    }
}

type Key = (String, u64);

fn at(file: &str, row: &Observation) -> Key {
    match &row.source {
        Source::Named { row, .. } => (file.to_owned(), *row),
        Source::Document { .. } => panic!("a table names its rows"),
    }
}

/// Rows with a finding, and the rows that each names beside.
fn raised(set: &Set) -> BTreeMap<Key, BTreeSet<Key>> {
    let files: Vec<(&str, &Imported<Observation>)> = set.iter().map(|(name, file)| (*name, file)).collect();
    let mut all: BTreeMap<Key, BTreeSet<Key>> = BTreeMap::new();
    for finding in lint(&files) {
        let beside = all.entry((finding.at.file.to_string(), finding.at.line)).or_default();
        beside.extend(finding.others.iter().map(|other| (other.file.to_string(), other.line)));
    }
    all
}

type Place = (usize, usize);
/// Puts the defect at a place, and says which rows it touched; none where it does not fit there.
type Put = fn(&mut Set, Place, &mut Seeded) -> Option<Vec<Place>>;

fn row(set: &Set, place: Place) -> &Observation {
    &set[place.0].1.rows[place.1]
}
fn change(set: &mut Set, place: Place, value: Decimal) -> Option<Vec<Place>> {
    let row = &mut set[place.0].1.rows[place.1];
    if row.number() == value {
        return None;
    }
    row.figure = bitacora_accounts::Figure::Value(value);
    (row.low, row.high) = (None, None);
    Some(vec![place])
}
/// Another source for the same figure, at the end of the file.
fn rival(set: &mut Set, place: Place, value: Decimal, source: &str) -> Option<Vec<Place>> {
    if row(set, place).number() == value {
        return None;
    }
    let mut other = row(set, place).clone();
    other.figure = bitacora_accounts::Figure::Value(value);
    (other.low, other.high) = (None, None);
    let Source::Named { name, row: line, reference, .. } = &mut other.source else {
        panic!("a table names its rows")
    };
    *name = source.into();
    *reference = "injected".into();
    *line = 9000;
    other.published = bitacora_accounts::publication::stated(source);
    set[place.0].1.rows.push(other);
    Some(vec![(place.0, set[place.0].1.rows.len() - 1)])
}
fn times(value: Decimal, factor: &str) -> Decimal {
    value.mul(d(factor), Rounding::Nearest).unwrap().round_to(3, Rounding::Nearest).unwrap()
}
fn kind(row: &Observation) -> &str {
    row.series.segments().nth(1).unwrap()
}
fn counted(row: &Observation) -> bool {
    matches!(kind(row), "cult" | "prod" | "leaf" | "seiz" | "erad" | "labs" | "extr") && row.base().is_none()
}
fn measured(row: &Observation) -> bool {
    matches!(row.unit, Unit::Hectare | Unit::Kilogram | Unit::Tonne | Unit::TonneFreshLeaf)
}
/// How many other years of the series lie within two years: what a figure in place is judged against.
fn years_beside(set: &Set, place: Place) -> usize {
    let own = row(set, place);
    let near = |other: &&Observation| {
        other.series == own.series && (1..=2).contains(&(other.period.year() - own.period.year()).abs())
    };
    let years: BTreeSet<i16> =
        set[place.0].1.rows.iter().filter(near).map(|other| other.period.year()).collect();
    let both = years.iter().any(|year| *year < own.period.year())
        && years.iter().any(|year| *year > own.period.year());
    if both { 2 } else { usize::from(!years.is_empty()) }
}
fn swapped(value: Decimal, seed: &mut Seeded) -> Option<Decimal> {
    let mut text: Vec<char> = value.to_string().chars().collect();
    let pairs: Vec<usize> = (1..text.len())
        .filter(|at| text[at - 1].is_ascii_digit() && text[*at].is_ascii_digit() && text[at - 1] != text[*at])
        .filter(|at| *at < 4 && (*at > 1 || text[*at] != '0'))
        .collect();
    let at = *pairs.get(seed.below(pairs.len().max(1)))?;
    text.swap(at - 1, at);
    text.into_iter().collect::<String>().parse().ok()
}
fn changed(value: Decimal, seed: &mut Seeded) -> Option<Decimal> {
    let mut text: Vec<char> = value.to_string().chars().collect();
    let places: Vec<usize> = (0..text.len().min(3)).filter(|at| text[*at].is_ascii_digit()).collect();
    let at = places[seed.below(places.len())];
    let digit = char::from_digit(u32::try_from(1 + seed.below(9)).unwrap(), 10).unwrap();
    text[at] = digit;
    text.into_iter().collect::<String>().parse().ok()
}
fn digits(value: Decimal) -> usize {
    value.to_string().trim_end_matches('0').chars().filter(char::is_ascii_digit).count()
}
/// A source of the spring after the figure's year, which no row names.
fn later(set: &Set, place: Place) -> String {
    format!("Injected News, 7 Apr {}", row(set, place).period.year() + 2)
}

/// What is put, and the least share in percent that is found at the row, and that is found at it or names it.
const KINDS: &[(&str, (usize, usize), Put)] = &[
    ("a rival figure with two digits exchanged", (85, 85), |set, place, seed| {
        let own = row(set, place).clone();
        let value = Some(&own).filter(|own| counted(own) && digits(own.number()) >= 3)?;
        let (value, source) = (swapped(value.number(), seed)?, later(set, place));
        rival(set, place, value, &source)
    }),
    ("a rival figure with one digit changed", (75, 80), |set, place, seed| {
        let own = row(set, place).clone();
        let value = Some(&own).filter(|own| counted(own) && digits(own.number()) >= 3)?;
        let (value, source) = (changed(value.number(), seed)?, later(set, place));
        rival(set, place, value, &source)
    }),
    ("a rival register figure a tenth off", (95, 100), |set, place, _| {
        let own = row(set, place).clone();
        let value = Some(&own).filter(|own| counted(own) && matches!(kind(own), "seiz" | "erad"))?.number();
        let source = later(set, place);
        rival(set, place, times(value, "1.103"), &source)
    }),
    ("tonnes for kilograms, in place", (95, 100), |set, place, seed| {
        let own = row(set, place).clone();
        let fits = counted(&own) && measured(&own) && years_beside(set, place) > 0;
        let factor = ["1000", "0.001"][seed.below(2)];
        change(set, place, times(Some(own).filter(|_| fits)?.number(), factor))
    }),
    ("acres for hectares, in place between two years", (95, 100), |set, place, _| {
        let own = row(set, place).clone();
        let fits = kind(&own) == "cult" && own.unit == Unit::Hectare && years_beside(set, place) == 2;
        change(set, place, times(Some(own).filter(|_| fits)?.number(), "2.4710538"))
    }),
    ("a rival in gallons under litres, or acres under hectares", (90, 95), |set, place, _| {
        let own = row(set, place).clone();
        let factor = match own.unit {
            Unit::UsGallon => "3.785411784",
            Unit::Litre => "0.264172",
            Unit::Hectare if kind(&own) != "pnis" => "2.4710538",
            _ => return None,
        };
        let source = later(set, place);
        rival(set, place, times(own.number(), factor), &source)
    }),
    ("t/ha for kg/ha and kg/ha for t/ha", (100, 100), |set, place, _| {
        let own = row(set, place).clone();
        let factor = match kind(&own) {
            "hclperha" => "1000",
            "leafyield" => "0.001",
            _ => return None,
        };
        change(set, place, times(own.number(), factor))
    }),
    ("a region with two digits exchanged", (80, 90), |set, place, seed| {
        let own = row(set, place).clone();
        let fits = own.series.as_str().contains(".region.") && digits(own.number()) >= 4;
        let value = swapped(Some(own).filter(|_| fits)?.number(), seed)?;
        change(set, place, value)
    }),
    // The total does not say which of its parts is off.
    ("a region a tenth off", (0, 100), |set, place, _| {
        let own = row(set, place).clone();
        let fits = own.series.as_str().contains(".region.") && own.number() > d("10000");
        change(set, place, times(Some(own).filter(|_| fits)?.number(), "1.1"))
    }),
    ("the figure of another country", (80, 80), |set, place, seed| {
        let own = row(set, place).clone();
        let tail = |row: &Observation| row.series.as_str().split_once('.').map(|(_, tail)| tail.to_owned());
        let all: Vec<Decimal> = set
            .iter()
            .flat_map(|(_, file)| &file.rows)
            .filter(|other| {
                tail(other) == tail(&own)
                    && other.place != own.place
                    && other.period.year() == own.period.year()
            })
            .map(Observation::number)
            .collect();
        let value = *all.get(seed.below(all.len().max(1)))?;
        change(set, place, Some(value).filter(|_| counted(&own) && years_beside(set, place) > 0)?)
    }),
    ("the figure of another year, in place", (80, 100), |set, place, seed| {
        let own = row(set, place).clone();
        let all: Vec<Decimal> = set[place.0]
            .1
            .rows
            .iter()
            .filter(|other| {
                other.series == own.series && (other.period.year() - own.period.year()).abs() >= 2
            })
            .map(Observation::number)
            .filter(|value| digits(*value) >= 5)
            .collect();
        let value = *all.get(seed.below(all.len().max(1)))?;
        change(set, place, Some(value).filter(|_| counted(&own))?)
    }),
    ("a figure of the year from a source of its summer", (100, 100), |set, place, _| {
        let own = row(set, place).clone();
        let fits = counted(&own) && matches!(kind(&own), "seiz" | "erad" | "labs");
        let whole = fits && !own.period.is_part_year() && !own.series.as_str().contains("cum");
        let source = format!("Injected News, 3 Aug {}", own.period.year());
        rival(set, place, times(Some(&own).filter(|_| whole)?.number(), "0.61"), &source)
    }),
    ("cocaine with base, or all drugs, as cocaine", (80, 80), |set, place, _| {
        let own = row(set, place).clone();
        let fits = own.series.as_str().starts_with("co.seiz.hcl.");
        let year = own.period.year();
        let other = set.iter().flat_map(|(_, file)| &file.rows).find(|other| {
            other.series.as_str().contains("coc_base") && other.period.year() == year && fits
        })?;
        let kilograms = other.number().mul(other.unit.factor(), Rounding::Nearest).unwrap();
        let value = kilograms.div(own.unit.factor(), Rounding::Nearest).unwrap();
        let source = later(set, place);
        rival(set, place, value, &source)
    }),
    ("a stated growth five points off", (95, 95), |set, place, _| {
        growth(set, place, |change| change.add(d("5"), Rounding::Nearest).unwrap())
    }),
    ("a stated growth on the end instead of the base", (95, 95), |set, place, _| {
        growth(set, place, |change| {
            let ratio = change.shift(-2).unwrap().add(Decimal::ONE, Rounding::Nearest).unwrap();
            change.div(ratio, Rounding::Nearest).unwrap()
        })
    }),
    ("a running total as a year", (70, 70), |set, place, _| {
        let own = row(set, place).clone();
        let fits = matches!(kind(&own), "seiz" | "erad") && years_beside(set, place) == 2;
        let all = set[place.0].1.rows.iter().filter(|other| {
            other.series == own.series && (0..=4).contains(&(own.period.year() - other.period.year()))
        });
        let sum =
            all.map(Observation::number).fold(Decimal::ZERO, |sum, value| sum.exact_add(value).unwrap());
        change(set, place, Some(sum).filter(|_| fits)?)
    }),
    ("stock times yield as production", (80, 80), |set, place, _| {
        let own = row(set, place).clone();
        let year = own.period.year();
        let find = |series: &str| {
            set.iter()
                .flat_map(|(_, file)| &file.rows)
                .find(|other| other.series.as_str() == series && other.period.year() == year)
                .map(Observation::number)
        };
        let fits = own.series.as_str() == "co.prod.unodc";
        let (area, rate) = (find("co.cult.unodc")?, find("co.hclperha.unodc")?);
        let kilograms = area.mul(rate, Rounding::Nearest).unwrap();
        let tonnes = kilograms.shift(-3).unwrap().round_to(0, Rounding::Nearest).unwrap();
        let source = later(set, place);
        rival(set, place, Some(tonnes).filter(|_| fits)?, &source)
    }),
    ("stock less eradication as stock", (85, 85), |set, place, _| {
        let own = row(set, place).clone();
        let year = own.period.year();
        let all = set.iter().flat_map(|(_, file)| &file.rows);
        let erased = all
            .filter(|other| other.series.as_str().starts_with("co.erad.") && other.period.year() == year)
            .map(Observation::number)
            .find(|value| *value < own.number())?;
        let fits = matches!(own.series.as_str(), "co.cult.simci_odc" | "co.cult.us");
        let value = own.number().sub(erased, Rounding::Nearest).unwrap();
        let source = later(set, place);
        rival(set, place, Some(value).filter(|_| fits)?, &source)
    }),
];

/// A row with the growth on the year before, bent.
fn growth(set: &mut Set, place: Place, bend: fn(Decimal) -> Decimal) -> Option<Vec<Place>> {
    let own = row(set, place).clone();
    let before: Vec<Decimal> = set[place.0]
        .1
        .rows
        .iter()
        .filter(|other| other.series == own.series && other.period.year() + 1 == own.period.year())
        .map(Observation::number)
        .collect();
    let alone =
        set[place.0].1.rows.iter().filter(|other| other.series == own.series && other.period == own.period);
    if before.len() != 1 || alone.count() != 1 || !counted(&own) || digits(own.number()) < 3 {
        return None;
    }
    let ratio = own.number().div(before[0], Rounding::Nearest).unwrap();
    let percent = ratio.sub(Decimal::ONE, Rounding::Nearest).unwrap().shift(2).unwrap();
    let stated = bend(percent).round_to(1, Rounding::Nearest).unwrap();
    // A growth near nothing is the same on either base.
    if percent.sub(stated, Rounding::Nearest).unwrap().abs() < d("0.7") || percent.abs() > d("300") {
        return None;
    }
    let text = format!(
        "{}{}.change,{},{},{stated},%,,,\"Injected News, 7 Apr {}\",x,,no\n",
        made::HEADING,
        own.series,
        own.place,
        own.period.year(),
        own.period.year() + 2
    );
    let mut added = tidy(text.as_bytes(), None).unwrap();
    let mut change = added.rows.pop().unwrap();
    if let Source::Named { row, .. } = &mut change.source {
        *row = 9000;
    }
    set[place.0].1.rows.push(change);
    Some(vec![(place.0, set[place.0].1.rows.len() - 1)])
}

#[test]
fn each_kind_of_defect_is_found_where_it_was_put() {
    let Some(folder) = made::shared() else { return };
    let set = clean(&folder);
    let known = raised(&set);
    let places: Vec<Place> = set
        .iter()
        .enumerate()
        .flat_map(|(file, (_, own))| (0..own.rows.len()).map(move |row| (file, row)))
        .collect();
    let mut table = Vec::new();
    println!("{:<62} {:>5} {:>6} {:>7} {:>6}", "defect", "put", "found", "named", "other");
    for (number, (kind, floor, put)) in KINDS.iter().enumerate() {
        let mut seed = Seeded(41 + u64::try_from(number).unwrap());
        let (mut tries, mut found, mut named, mut elsewhere) = (0usize, 0usize, 0usize, 0usize);
        let mut order = places.clone();
        while !order.is_empty() && tries < 60 {
            let place = order.swap_remove(seed.below(order.len()));
            let mut bent = set.clone();
            // What the clean rows contradict already is no clean place.
            if known.contains_key(&at(set[place.0].0, row(&set, place))) {
                continue;
            }
            let Some(touched) = put(&mut bent, place, &mut seed) else { continue };
            tries += 1;
            let now = raised(&bent);
            let touched: BTreeSet<Key> =
                touched.iter().map(|own| at(bent[own.0].0, row(&bent, *own))).collect();
            let hit = touched.iter().any(|own| now.contains_key(own));
            found += usize::from(hit);
            let names = |beside: &BTreeSet<Key>| touched.iter().any(|own| beside.contains(own));
            named += usize::from(hit || now.values().any(names));
            // New findings that have nothing to do with the defect.
            let new = now.iter().filter(|(own, _)| !known.contains_key(*own) && !touched.contains(*own));
            let strange: Vec<&Key> = new.filter(|(_, beside)| !names(beside)).map(|(own, _)| own).collect();
            elsewhere += strange.len();
        }
        println!(
            "{kind:<62} {tries:>5} {:>5}% {:>6}% {elsewhere:>6}",
            100 * found / tries.max(1),
            100 * named / tries.max(1)
        );
        table.push((kind, *floor, tries, found, named, elsewhere));
    }
    for (kind, (least, least_named), tries, found, named, elsewhere) in table {
        assert!(tries >= 3, "{kind}: {tries}");
        assert!(found * 100 >= tries * least, "{kind}: {found} of {tries}");
        assert!(named * 100 >= tries * least_named, "{kind}: {named} of {tries} named");
        assert!(elsewhere * 10 <= tries, "{kind}: {elsewhere} findings elsewhere");
    }
}
