//! Patrol games made from a seed.

use bitacora_port::game::Payoff;
use bitacora_port::game::patrol::{Attack, Boat, Class, Move, PatrolGame, Sector, Window};

use super::SplitMix;

/// How a game is made.
#[derive(Clone, Copy)]
pub struct Shape {
    pub sectors: u16,
    pub steps: u16,
    pub boats: usize,
    pub attacks: usize,
    /// Boats of one kind, or each its own.
    pub alike: bool,
    /// Attacks of one place, or windows and routes.
    pub single: bool,
}

pub fn sectors(count: u16) -> Vec<Sector> {
    (0..count).map(|index| Sector { id: format!("S{index}"), position: None }).collect()
}

pub fn both_ways(moves: &[(u16, u16, u16)]) -> Vec<Move> {
    let both = |(from, to, steps): &(u16, u16, u16)| {
        [Move { from: *from, to: *to, steps: *steps }, Move { from: *to, to: *from, steps: *steps }]
    };
    moves.iter().flat_map(both).collect()
}

pub fn attack(index: usize, value: i64, penalty: i64, chance: u8, windows: &[(u16, u16, u16)]) -> Attack {
    let window =
        |(sector, first, last): &(u16, u16, u16)| Window { sector: *sector, first: *first, last: *last };
    Attack {
        id: format!("A{index}"),
        value: Payoff::hundredths(value).unwrap(),
        penalty: Payoff::hundredths(penalty).unwrap(),
        chance,
        windows: windows.iter().map(window).collect(),
    }
}

/// Sectors on a line with some shortcuts of two steps; a second class is slower.
pub fn patrol_game(random: &mut SplitMix, shape: Shape) -> PatrolGame {
    let Shape { sectors: count, steps, .. } = shape;
    let mut ways: Vec<(u16, u16, u16)> = (1..count).map(|to| (to - 1, to, 1)).collect();
    for from in 0..count.saturating_sub(2) {
        if random.below(2) == 0 {
            ways.push((from, from + 2, if random.below(2) == 0 { 1 } else { 2 }));
        }
    }
    let slow: Vec<(u16, u16, u16)> =
        ways.iter().map(|(a, b, steps)| (*a, *b, (steps + 1).min(shape.steps))).collect();
    let class = |id: &str, ways: &[(u16, u16, u16)]| Class { id: id.to_owned(), moves: both_ways(ways) };
    let first = (random.below(u64::from(count)) as u16, random.below(2) == 0);
    let boat = |index: usize, random: &mut SplitMix| {
        let (base, back) =
            if shape.alike { first } else { (random.below(u64::from(count)) as u16, random.below(2) == 0) };
        let class = if shape.alike { 0 } else { random.below(2) as u8 };
        let (begin, end) = if shape.alike {
            (0, steps - 1)
        } else {
            (random.below(2) as u16, steps - 1 - random.below(2) as u16)
        };
        Boat { id: format!("P{index}"), class, base, first: begin, last: end, end: back.then_some(base) }
    };
    let boats = (0..shape.boats).map(|index| boat(index, random)).collect();
    let attacks = (0..shape.attacks).map(|index| {
        let (value, penalty) = (1 + random.below(1_000) as i64, random.below(1_000) as i64);
        let chance = 50 + 10 * random.below(6) as u8;
        let (sector, step) = (random.below(u64::from(count)) as u16, random.below(u64::from(steps)) as u16);
        let windows = if shape.single {
            vec![(sector, step, step)]
        } else if random.below(2) == 0 {
            vec![(sector, step, (step + 1 + random.below(3) as u16).min(steps - 1))]
        } else {
            // A run from sector to sector, a step each.
            let length = 1 + random.below(3) as u16;
            (0..=length).map(|n| ((sector + n) % count, step + n, step + n)).filter(|w| w.1 < steps).collect()
        };
        attack(index, value, penalty, chance, &windows)
    });
    let attacks = attacks.collect();
    PatrolGame::new(steps, sectors(count), vec![class("fast", &ways), class("slow", &slow)], boats, attacks)
        .unwrap()
}

/// The game as a file that `read` takes.
pub fn file(game: &PatrolGame) -> String {
    let name = |sector: u16| game.sectors()[usize::from(sector)].id.clone();
    let classes: Vec<_> = game
        .classes()
        .iter()
        .map(|class| {
            let moves: Vec<_> = class.moves.iter().map(|m| (name(m.from), name(m.to), m.steps)).collect();
            serde_json::json!({"id": class.id, "moves": moves})
        })
        .collect();
    let boats: Vec<_> = game
        .boats()
        .iter()
        .map(|b| {
            let class = &game.classes()[usize::from(b.class)].id;
            serde_json::json!({"id": b.id, "class": class, "base": name(b.base), "first": b.first, "last": b.last, "end": b.end.map(name)})
        })
        .collect();
    let attacks: Vec<_> = game
        .attacks()
        .iter()
        .map(|a| {
            let at: Vec<_> = a.windows.iter().map(|w| (name(w.sector), w.first, w.last)).collect();
            serde_json::json!({"id": a.id, "value": a.value.get(), "penalty": a.penalty.get(), "chance": a.chance, "at": at})
        })
        .collect();
    let sectors: Vec<_> = game.sectors().iter().map(|s| serde_json::json!({"id": s.id})).collect();
    serde_json::json!({"steps": game.steps(), "sectors": sectors, "classes": classes, "boats": boats, "attacks": attacks})
        .to_string()
}

/// A grid of sectors that a fast boat crosses a sector a step and a slow one in two; boats from three bases, all home at the
/// end; half the attacks are runs across the grid, the rest windows of one to four steps.
pub fn coast(
    random: &mut SplitMix,
    columns: u16,
    rows: u16,
    steps: u16,
    boats: usize,
    attacks: usize,
) -> PatrolGame {
    let count = columns * rows;
    let at = |column: u16, row: u16| row * columns + column;
    let mut ways = Vec::new();
    for row in 0..rows {
        for column in 0..columns {
            if column + 1 < columns {
                ways.push((at(column, row), at(column + 1, row), 1));
            }
            if row + 1 < rows {
                ways.push((at(column, row), at(column, row + 1), 1));
            }
        }
    }
    let slow: Vec<(u16, u16, u16)> = ways.iter().map(|(a, b, _)| (*a, *b, 2)).collect();
    let boat = |index: usize| {
        let base = at((index as u16 % 3) * (columns - 1) / 2, 0);
        Boat {
            id: format!("P{index}"),
            class: (index % 2) as u8,
            base,
            first: 0,
            last: steps - 1,
            end: Some(base),
        }
    };
    let attacks = (0..attacks).map(|index| {
        let (value, penalty) = (400 + random.below(600) as i64, 300 + random.below(900) as i64);
        let chance = 70 + 10 * random.below(4) as u8;
        let (column, step) =
            (random.below(u64::from(columns)) as u16, steps / 3 + random.below(u64::from(steps / 3)) as u16);
        let windows: Vec<(u16, u16, u16)> = if index % 2 == 0 {
            // From the open sea in the last row to the coast, a row every second step.
            let run = (0..rows).map(|n| (at(column, rows - 1 - n), step + 2 * n, step + 2 * n + 1));
            let run: Vec<_> = run.filter(|w| w.1 < steps).collect();
            run.iter().map(|w| (w.0, w.1, w.2.min(steps - 1))).collect()
        } else {
            let row = random.below(u64::from(rows)) as u16;
            vec![(at(column, row), step, (step + random.below(4) as u16).min(steps - 1))]
        };
        attack(index, value, penalty, chance, &windows)
    });
    let attacks = attacks.collect();
    let class = |id: &str, ways: &[(u16, u16, u16)]| Class { id: id.to_owned(), moves: both_ways(ways) };
    PatrolGame::new(
        steps,
        sectors(count),
        vec![class("fast", &ways), class("slow", &slow)],
        (0..boats).map(boat).collect(),
        attacks,
    )
    .unwrap()
}
