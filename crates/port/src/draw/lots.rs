//! The lots of each slot, and the draw of one slot from its seed: who may be picked, with which mass, given what earlier
//! slots of the same draw picked. Never looks at a later slot.

use super::comb::{GRID, Incoming, Lots};
use super::commitment::Entry;
use super::hex::Hex;
use super::stream::Stream;

/// One slot's containers, in the order of the list.
#[derive(Clone, Debug, Default)]
struct Column {
    /// Places in the list.
    members: Vec<u32>,
    masses: Vec<u64>,
    /// The member with mass in earlier slots, and that mass.
    // INVARIANT: at most one (a commitment with two in one slot is refused).
    incoming: Option<(usize, Vec<(u32, u64)>)>,
}

/// A draw as far as it has come.
#[derive(Clone, Debug)]
pub(super) struct Progress {
    columns: Vec<Column>,
    drawn: Vec<bool>,
    /// By place in the list.
    scanned: Vec<bool>,
    grid: u64,
}

impl Progress {
    pub(super) fn new(list: &[Entry], slots: usize) -> Self {
        Self::on_grid(list, slots, GRID)
    }

    fn on_grid(list: &[Entry], slots: usize, grid: u64) -> Self {
        let mut columns = vec![Column::default(); slots];
        for (place, entry) in (0..).zip(list) {
            for (at, (slot, units)) in entry.plan.iter().enumerate() {
                let Some(column) = columns.get_mut(*slot as usize) else { continue };
                if let Some(earlier) = entry.plan.get(..at).filter(|earlier| !earlier.is_empty()) {
                    column.incoming = Some((column.members.len(), earlier.to_vec()));
                }
                column.members.push(place);
                column.masses.push(*units);
            }
        }
        Self { drawn: vec![false; slots], scanned: vec![false; list.len()], columns, grid }
    }

    /// Draws a slot: the places in the list of its picks, ascending. From now on it counts as drawn.
    pub(super) fn draw(&mut self, slot: u32, seed: &Hex<32>) -> Vec<u32> {
        let lots = self.lots(slot);
        let mut stream = Stream::new(&seed.to_string());
        let order = stream.permutation(lots.len() as u32);
        let offset = stream.below(lots.spacing());
        self.take(slot, &lots.comb(&order, offset))
    }

    /// The slot's lots, given which earlier slots were drawn and whom they picked.
    fn lots(&self, slot: u32) -> Lots {
        let Some(column) = self.columns.get(slot as usize) else {
            return Lots::given(&[], None, self.grid);
        };
        let incoming = column.incoming.as_ref().map(|(place, earlier)| Incoming {
            place: *place,
            before: self.mass_drawn(earlier),
            scanned: column.members.get(*place).is_some_and(|at| self.was_scanned(*at)),
        });
        Lots::given(&column.masses, incoming, self.grid)
    }

    /// Marks these lots of the slot as scanned, and the slot as drawn.
    fn take(&mut self, slot: u32, picked: &[usize]) -> Vec<u32> {
        let Some(column) = self.columns.get(slot as usize) else { return Vec::new() };
        let picks: Vec<u32> = picked.iter().filter_map(|place| column.members.get(*place).copied()).collect();
        for at in &picks {
            if let Some(scanned) = self.scanned.get_mut(*at as usize) {
                *scanned = true;
            }
        }
        if let Some(drawn) = self.drawn.get_mut(slot as usize) {
            *drawn = true;
        }
        picks
    }

    fn was_scanned(&self, at: u32) -> bool {
        self.scanned.get(at as usize).copied().unwrap_or(false)
    }

    /// Slots that were never drawn scanned nobody: their mass is no chance of having been scanned.
    fn mass_drawn(&self, earlier: &[(u32, u64)]) -> u64 {
        let drawn = |slot: u32| self.drawn.get(slot as usize).copied().unwrap_or(false);
        earlier.iter().filter(|(slot, _)| drawn(*slot)).map(|(_, units)| units).sum()
    }
}

#[cfg(test)]
mod tests;
