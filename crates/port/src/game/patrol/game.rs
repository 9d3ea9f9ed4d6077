//! A patrol game as it is solved: sectors, steps, what each class of boat can reach, boats, and the attacker's choices.
//! Everything in it has been checked; ids serve the reader only and change nothing.

use super::error::{PatrolError, bounded};
use crate::game::Payoff;

/// Most sectors.
pub const MAX_SECTORS: usize = 500;
/// Most steps.
pub const MAX_STEPS: usize = 1_000;
/// Most sectors × steps.
pub const MAX_PLACES: usize = 50_000;
/// Most classes of boat.
pub const MAX_CLASSES: usize = 8;
/// Most moves of a class, one way each.
pub const MAX_MOVES: usize = 10_000;
/// Most moves × steps of all classes together.
pub const MAX_EDGES: usize = 500_000;
/// Most boats.
pub const MAX_BOATS: usize = 32;
/// Most attacks.
pub const MAX_ATTACKS: usize = 2_000;
/// Most windows of one attack.
pub const MAX_WINDOWS: usize = 200;
/// Most places of all attacks together: a sector at a step counts as one.
pub const MAX_ATTACKED: usize = 200_000;

/// A sector of the sea.
#[derive(Debug, Clone, PartialEq)]
pub struct Sector {
    /// Its name.
    pub id: String,
    /// Degrees north and east, for the reader.
    pub position: Option<(f64, f64)>,
}

/// From one sector to another in so many whole steps; between the two a boat is in no sector.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move {
    /// Left.
    pub from: u16,
    /// Reached.
    pub to: u16,
    /// At least 1.
    pub steps: u16,
}

/// Boats of one speed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Class {
    /// Its name.
    pub id: String,
    /// One way each; no pair of sectors twice.
    pub moves: Vec<Move>,
}

/// A boat: at its base at the first step, on patrol to the last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Boat {
    /// Its name.
    pub id: String,
    /// Position of its class.
    pub class: u8,
    /// Sector where it starts.
    pub base: u16,
    /// First step on patrol.
    pub first: u16,
    /// Last step on patrol.
    pub last: u16,
    /// Where it must be at the last step, as its base; `None` is anywhere.
    pub end: Option<u16>,
}

/// A sector during some steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Window {
    /// The sector.
    pub sector: u16,
    /// First step.
    pub first: u16,
    /// Last step.
    pub last: u16,
}

/// One choice of the attacker. It is met when any boat is in any of its windows; a second meeting adds nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attack {
    /// Its name.
    pub id: String,
    /// What he earns when it goes through.
    pub value: Payoff,
    /// What he loses when it is caught.
    pub penalty: Payoff,
    /// Chance in hundredths that an attack that is met is caught.
    pub chance: u8,
    /// Where and when it can be met.
    pub windows: Vec<Window>,
}

impl Attack {
    /// By how much meeting it lowers what the attacker earns, in hundredths of a hundredth.
    pub fn range(&self) -> i64 {
        (self.value.get() + self.penalty.get()) * i64::from(self.chance)
    }

    /// What he earns when it is surely met, in the same unit.
    pub fn met(&self) -> i64 {
        100 * self.value.get() - self.range()
    }
}

/// A checked game.
#[derive(Debug, Clone, PartialEq)]
pub struct PatrolGame {
    steps: u16,
    sectors: Vec<Sector>,
    classes: Vec<Class>,
    boats: Vec<Boat>,
    attacks: Vec<Attack>,
}

impl PatrolGame {
    /// A game of so many steps.
    ///
    /// # Errors
    /// When there is nothing to protect, no boat to do it with, too much of anything, or a number or position that is
    /// outside its bounds. Whether a boat can be where it must end is known when its graph is laid out: see `solve`.
    pub fn new(
        steps: u16,
        sectors: Vec<Sector>,
        classes: Vec<Class>,
        boats: Vec<Boat>,
        attacks: Vec<Attack>,
    ) -> Result<Self, PatrolError> {
        for (what, none) in [
            ("steps", steps == 0),
            ("sectors", sectors.is_empty()),
            ("boats", boats.is_empty()),
            ("attacks", attacks.is_empty()),
        ] {
            if none {
                return Err(PatrolError::Empty { what });
            }
        }
        bounded("steps", steps.into(), MAX_STEPS)?;
        bounded("sectors", sectors.len(), MAX_SECTORS)?;
        bounded("sectors × steps", sectors.len() * usize::from(steps), MAX_PLACES)?;
        bounded("classes", classes.len(), MAX_CLASSES)?;
        bounded("boats", boats.len(), MAX_BOATS)?;
        bounded("attacks", attacks.len(), MAX_ATTACKS)?;
        let game = Self { steps, sectors, classes, boats, attacks };
        game.moves_hold()?;
        game.boats_hold()?;
        game.attacks_hold()?;
        Ok(game)
    }

    fn moves_hold(&self) -> Result<(), PatrolError> {
        let mut edges = 0;
        for class in &self.classes {
            bounded("moves of a class", class.moves.len(), MAX_MOVES)?;
            edges += class.moves.len() * usize::from(self.steps);
            let mut pairs = std::collections::BTreeSet::new();
            for step in &class.moves {
                self.sector("class", &class.id, step.from)?;
                self.sector("class", &class.id, step.to)?;
                within("steps of a move of class", &class.id, step.steps.into(), 1, self.steps.into())?;
                if step.from == step.to {
                    let sector = self.name(step.from);
                    return Err(PatrolError::Still { class: class.id.clone(), sector });
                }
                if !pairs.insert((step.from, step.to)) {
                    let id = format!("{} {} {}", class.id, self.name(step.from), self.name(step.to));
                    return Err(PatrolError::Twice { what: "move", id });
                }
            }
        }
        bounded("moves × steps", edges, MAX_EDGES)
    }

    fn boats_hold(&self) -> Result<(), PatrolError> {
        for boat in &self.boats {
            if usize::from(boat.class) >= self.classes.len() {
                let named = boat.class.to_string();
                return Err(PatrolError::Unknown { what: "boat", id: boat.id.clone(), named });
            }
            self.sector("boat", &boat.id, boat.base)?;
            self.sector("boat", &boat.id, boat.end.unwrap_or(boat.base))?;
            self.span("boat", &boat.id, boat.first, boat.last)?;
        }
        Ok(())
    }

    fn attacks_hold(&self) -> Result<(), PatrolError> {
        let mut places = 0;
        for attack in &self.attacks {
            let id = &attack.id;
            if attack.windows.is_empty() {
                return Err(PatrolError::Nowhere { id: id.clone() });
            }
            bounded("windows of an attack", attack.windows.len(), MAX_WINDOWS)?;
            within("chance of attack", id, attack.chance.into(), 1, 100)?;
            if attack.range() <= 0 {
                return Err(PatrolError::NoDeterrence { id: id.clone() });
            }
            for window in &attack.windows {
                self.sector("attack", id, window.sector)?;
                self.span("attack", id, window.first, window.last)?;
                places += usize::from(window.last - window.first) + 1;
            }
            bounded("sectors × steps under attack", places, MAX_ATTACKED)?;
        }
        Ok(())
    }

    fn sector(&self, what: &'static str, id: &str, sector: u16) -> Result<(), PatrolError> {
        if usize::from(sector) < self.sectors.len() {
            return Ok(());
        }
        Err(PatrolError::Unknown { what, id: id.to_owned(), named: sector.to_string() })
    }

    fn span(&self, what: &'static str, id: &str, first: u16, last: u16) -> Result<(), PatrolError> {
        if last < first {
            return Err(PatrolError::Backwards { what, id: id.to_owned(), first, last });
        }
        within(what, id, last.into(), 0, i64::from(self.steps) - 1)
    }

    /// How many steps there are; they count from 0.
    pub const fn steps(&self) -> u16 {
        self.steps
    }

    /// The sectors, in the order given.
    pub fn sectors(&self) -> &[Sector] {
        &self.sectors
    }

    /// The classes, in the order given.
    pub fn classes(&self) -> &[Class] {
        &self.classes
    }

    /// The boats, in the order given.
    pub fn boats(&self) -> &[Boat] {
        &self.boats
    }

    /// The attacks, in the order given.
    pub fn attacks(&self) -> &[Attack] {
        &self.attacks
    }

    /// The id of a sector.
    pub(super) fn name(&self, sector: u16) -> String {
        self.sectors.get(usize::from(sector)).map_or_else(|| sector.to_string(), |s| s.id.clone())
    }

    /// Where a sector at a step stands in a list of all places.
    pub(super) fn place(&self, sector: u16, step: u16) -> usize {
        usize::from(step) * self.sectors.len() + usize::from(sector)
    }

    /// For every place the attacks that go through it, ascending.
    pub(super) fn attacks_at(&self) -> Vec<Vec<u32>> {
        let mut at = vec![Vec::new(); self.sectors.len() * usize::from(self.steps)];
        for (attack, index) in self.attacks.iter().zip(0_u32..) {
            for window in &attack.windows {
                for step in window.first..=window.last {
                    if let Some(here) = at.get_mut(self.place(window.sector, step))
                        && here.last() != Some(&index)
                    {
                        here.push(index);
                    }
                }
            }
        }
        at
    }
}

fn within(what: &'static str, id: &str, number: i64, low: i64, high: i64) -> Result<(), PatrolError> {
    if (low..=high).contains(&number) {
        return Ok(());
    }
    Err(PatrolError::Number { what, id: id.to_owned(), number, low, high })
}
