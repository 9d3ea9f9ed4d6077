//! Reads a patrol game from JSON that a person writes: docs/port-solve.md, section "Patrols". Unknown members are
//! refused, ids become positions, and a move holds both ways unless its way back is listed too.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::error::{PatrolError, bounded};
use super::game::{
    Attack, Boat, Class, MAX_ATTACKS, MAX_BOATS, MAX_CLASSES, MAX_MOVES, MAX_SECTORS, MAX_WINDOWS, Move,
    PatrolGame, Sector, Window,
};
use crate::game::{MAX_PAYOFF, Payoff};

/// Most bytes of a file.
pub const MAX_BYTES: usize = 16 << 20;
/// Most characters of an id.
const LONGEST_ID: usize = 40;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    steps: u16,
    sectors: Vec<SectorLine>,
    classes: Vec<ClassLine>,
    boats: Vec<BoatLine>,
    attacks: Vec<AttackLine>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SectorLine {
    id: String,
    lat: Option<f64>,
    lon: Option<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClassLine {
    id: String,
    /// From, to, steps.
    moves: Vec<(String, String, u16)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BoatLine {
    id: String,
    class: String,
    base: String,
    first: u16,
    last: u16,
    end: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AttackLine {
    id: String,
    value: i64,
    penalty: i64,
    chance: u8,
    /// Sector, first step, last step.
    at: Vec<(String, u16, u16)>,
}

/// A game from the text of a file.
///
/// # Errors
/// When it is not JSON of this form, an id is used twice or names nothing, or as [`PatrolGame::new`].
pub fn read(text: &str) -> Result<PatrolGame, PatrolError> {
    bounded("bytes", text.len(), MAX_BYTES)?;
    let file: File = serde_json::from_str(text).map_err(|error| PatrolError::Json {
        line: error.line(),
        column: error.column(),
        why: told(&error),
    })?;
    bounded("sectors", file.sectors.len(), MAX_SECTORS)?;
    bounded("classes", file.classes.len(), MAX_CLASSES)?;
    bounded("boats", file.boats.len(), MAX_BOATS)?;
    bounded("attacks", file.attacks.len(), MAX_ATTACKS)?;
    let sectors: Ids<'_> = Ids::of("sector", file.sectors.iter().map(|line| &line.id))?;
    let classes: Ids<'_> = Ids::of("class", file.classes.iter().map(|line| &line.id))?;
    Ids::of("boat", file.boats.iter().map(|line| &line.id))?;
    Ids::of("attack", file.attacks.iter().map(|line| &line.id))?;
    let boats = file.boats.iter().map(|line| {
        Ok(Boat {
            id: line.id.clone(),
            class: classes.named("boat", &line.id, &line.class)? as u8,
            base: sectors.named("boat", &line.id, &line.base)?,
            first: line.first,
            last: line.last,
            end: line.end.as_ref().map(|end| sectors.named("boat", &line.id, end)).transpose()?,
        })
    });
    PatrolGame::new(
        file.steps,
        file.sectors.iter().map(sector).collect::<Result<_, _>>()?,
        file.classes.iter().map(|line| class(line, &sectors)).collect::<Result<_, _>>()?,
        boats.collect::<Result<_, PatrolError>>()?,
        file.attacks.iter().map(|line| attack(line, &sectors)).collect::<Result<_, _>>()?,
    )
}

/// The reader's message without the place, which is stated apart.
fn told(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.clone(), |(what, _)| what.to_owned())
}

/// Positions of ids.
struct Ids<'a>(BTreeMap<&'a str, u16>);

impl<'a> Ids<'a> {
    fn of(what: &'static str, ids: impl Iterator<Item = &'a String>) -> Result<Self, PatrolError> {
        let mut known = BTreeMap::new();
        for (index, id) in ids.enumerate() {
            if id.is_empty() || id.chars().count() > LONGEST_ID || id.chars().any(char::is_control) {
                return Err(PatrolError::Id { what, index });
            }
            if known.insert(id.as_str(), index as u16).is_some() {
                return Err(PatrolError::Twice { what, id: id.clone() });
            }
        }
        Ok(Self(known))
    }

    fn named(&self, what: &'static str, id: &str, named: &str) -> Result<u16, PatrolError> {
        self.0.get(named).copied().ok_or_else(|| PatrolError::Unknown {
            what,
            id: id.to_owned(),
            named: named.chars().take(LONGEST_ID).collect(),
        })
    }
}

fn sector(line: &SectorLine) -> Result<Sector, PatrolError> {
    for (what, degrees, most) in
        [("latitude of sector", line.lat, 90.0), ("longitude of sector", line.lon, 180.0)]
    {
        if let Some(degrees) = degrees.filter(|degrees| degrees.abs() > most) {
            let (number, high) = (degrees as i64, most as i64);
            return Err(PatrolError::Number { what, id: line.id.clone(), number, low: -high, high });
        }
    }
    Ok(Sector { id: line.id.clone(), position: line.lat.zip(line.lon) })
}

fn class(line: &ClassLine, sectors: &Ids<'_>) -> Result<Class, PatrolError> {
    bounded("moves of a class", line.moves.len(), MAX_MOVES / 2)?;
    let mut moves = Vec::with_capacity(2 * line.moves.len());
    for (from, to, steps) in &line.moves {
        let (from, to) = (sectors.named("class", &line.id, from)?, sectors.named("class", &line.id, to)?);
        moves.push(Move { from, to, steps: *steps });
    }
    let listed: std::collections::BTreeSet<(u16, u16)> = moves.iter().map(|m| (m.from, m.to)).collect();
    let back = moves.iter().map(|m| Move { from: m.to, to: m.from, steps: m.steps });
    let back: Vec<Move> = back.filter(|m| !listed.contains(&(m.from, m.to))).collect();
    moves.extend(back);
    Ok(Class { id: line.id.clone(), moves })
}

fn attack(line: &AttackLine, sectors: &Ids<'_>) -> Result<Attack, PatrolError> {
    bounded("windows of an attack", line.at.len(), MAX_WINDOWS)?;
    let payoff = |what, number: i64| {
        let refused =
            PatrolError::Number { what, id: line.id.clone(), number, low: -MAX_PAYOFF, high: MAX_PAYOFF };
        Payoff::hundredths(number).ok_or(refused)
    };
    let windows = line.at.iter().map(|(sector, first, last)| {
        let sector = sectors.named("attack", &line.id, sector)?;
        Ok(Window { sector, first: *first, last: *last })
    });
    Ok(Attack {
        id: line.id.clone(),
        value: payoff("value of attack", line.value)?,
        penalty: payoff("penalty of attack", line.penalty)?,
        chance: line.chance,
        windows: windows.collect::<Result<_, PatrolError>>()?,
    })
}
