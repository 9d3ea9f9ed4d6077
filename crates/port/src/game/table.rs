//! Reads games from tables of hundredths: `container,v,p,a,b`, `target,ua_u,ua_c,ud_c,ud_u` and
//! `sense,hundredths,containers`, with that header line.
//! Refuses what does not read with its line; never skips one.

use super::origami::{SecurityGame, Target};
use super::side::{self, Row, Sense};
use super::slots::{Container, MAX_CONTAINERS, SlotGame};
use super::{GameError, Payoff};

/// A slot game whose slots all scan as many.
///
/// # Errors
/// When a line does not read, or as [`SlotGame::new`].
pub fn slot_game(text: &str, slots: usize, scans: u32) -> Result<SlotGame, GameError> {
    let container = |line: usize, [value, penalty, first, last]: [&str; 4]| {
        Ok(Container {
            value: payoff(line, value)?,
            penalty: payoff(line, penalty)?,
            first: slot(line, first)?,
            last: slot(line, last)?,
        })
    };
    SlotGame::uniform(rows(text, "container,v,p,a,b", container)?, slots, scans)
}

/// A general-sum game.
///
/// # Errors
/// When a line does not read, or as [`SecurityGame::new`].
pub fn security_game(text: &str, resources: u32) -> Result<SecurityGame, GameError> {
    let target = |line: usize, [uncovered, covered, saved, lost]: [&str; 4]| {
        Ok(Target {
            attacker_uncovered: payoff(line, uncovered)?,
            attacker_covered: payoff(line, covered)?,
            defender_covered: payoff(line, saved)?,
            defender_uncovered: payoff(line, lost)?,
        })
    };
    SecurityGame::new(rows(text, "target,ua_u,ua_c,ud_c,ud_u", target)?, resources)
}

/// Side constraints: `sense,hundredths,containers`, as `most,150,3 7 9` or `least,100,4`.
///
/// # Errors
/// When a line does not read.
pub fn side_constraints(text: &str) -> Result<Vec<Row>, GameError> {
    let header = "sense,hundredths,containers";
    let mut lines = text.lines().zip(1..);
    let first = lines.next().map_or("", |(line, _)| line);
    if first != header {
        return Err(refusal(1, first, header));
    }
    let mut read = Vec::new();
    for (line, number) in lines {
        let fields: Vec<&str> = line.splitn(4, ',').collect();
        let &[sense, bound, members] = fields.as_slice() else {
            return Err(refusal(number, line, "three fields"));
        };
        let sense = match sense {
            "most" => Sense::AtMost,
            "least" => Sense::AtLeast,
            _ => return Err(refusal(number, sense, "`most` or `least`")),
        };
        let bound = bound.parse().map_err(|_| refusal(number, bound, "a whole number of hundredths"))?;
        let members: Result<Vec<u32>, GameError> =
            members.split(' ').map(|id| id.parse().map_err(|_| refusal(number, id, "a container"))).collect();
        if read.len() == side::MAX_ROWS {
            let most = side::MAX_ROWS as u64;
            return Err(GameError::TooMany { what: "side constraints", count: most + 1, most });
        }
        read.push(Row { sense, bound, members: members? });
    }
    Ok(read)
}

fn rows<T>(
    text: &str,
    header: &'static str,
    read: impl Fn(usize, [&str; 4]) -> Result<T, GameError>,
) -> Result<Vec<T>, GameError> {
    let mut lines = text.lines().enumerate();
    match lines.next() {
        Some((_, first)) if first == header => {}
        first => return Err(refusal(1, first.map_or("", |(_, line)| line), header)),
    }
    let mut read_rows = Vec::new();
    for (index, line) in lines {
        let number = index + 1;
        let fields: Vec<&str> = line.splitn(6, ',').collect();
        let &[name, a, b, c, d] = fields.as_slice() else { return Err(refusal(number, line, "five fields")) };
        // The first column is the position: coverage is given in the same order.
        if name.parse() != Ok(read_rows.len()) {
            return Err(refusal(number, name, "the next number from 0"));
        }
        if read_rows.len() == MAX_CONTAINERS {
            return Err(GameError::TooMany {
                what: "lines",
                count: MAX_CONTAINERS as u64 + 1,
                most: MAX_CONTAINERS as u64,
            });
        }
        read_rows.push(read(number, [a, b, c, d])?);
    }
    Ok(read_rows)
}

fn payoff(line: usize, field: &str) -> Result<Payoff, GameError> {
    let wanted = "a payoff in whole hundredths of at most one million units";
    let value: i64 = field.parse().map_err(|_| refusal(line, field, wanted))?;
    Payoff::hundredths(value).ok_or_else(|| refusal(line, field, wanted))
}

fn slot(line: usize, field: &str) -> Result<u16, GameError> {
    field.parse().map_err(|_| refusal(line, field, "a slot"))
}

fn refusal(line: usize, field: &str, wanted: &'static str) -> GameError {
    GameError::Line { line, field: field.chars().take(40).collect(), wanted }
}
