//! What a start reads back: a stored log, leaf by leaf, into its history and its tree. Trusts nothing that this side has
//! not signed as a whole.

use bitacora_ledger::{Checkpoint, Tree};
use bitacora_primitives::markings::PartyCode;

use super::SideError;
use crate::history::{Finding, History};
use crate::shelf::Shelf;

/// Leaves read from the store at a time.
const BATCH: usize = 4_096;

/// Our own log must hold. Under the newest root that this side signed itself, signatures were verified when the leaves
/// were made, and are not verified again.
pub(super) fn own(
    history: &mut History,
    party: &PartyCode,
    shelf: &dyn Shelf,
    signed: Option<&Checkpoint>,
) -> Result<Tree, SideError> {
    let covered = signed.map_or(0, |signed| signed.size);
    let tree = fold(party, shelf, |index, text| {
        if index < covered { history.step_covered(text) } else { history.step(text) }.map(|_| ())
    })?;
    match signed {
        Some(signed) if tree.root_at(signed.size) != Some(signed.root) => {
            Err(SideError::SetBack(signed.size))
        }
        _ => Ok(tree),
    }
}

/// What does not hold in the partner's log is passed over, as it was when it came: only its signature tells it from what
/// does.
pub(super) fn theirs(
    history: &mut History,
    party: &PartyCode,
    shelf: &dyn Shelf,
    mut found: impl FnMut(Finding),
) -> Result<Tree, SideError> {
    fold(party, shelf, |_, text| {
        if let Err(finding) = history.step(text) {
            found(finding);
            history.pass_over();
        }
        Ok(())
    })
}

fn fold(
    party: &PartyCode,
    shelf: &dyn Shelf,
    mut step: impl FnMut(u64, Option<&str>) -> Result<(), Finding>,
) -> Result<Tree, SideError> {
    let mut tree = Tree::new();
    loop {
        let batch = shelf.leaves(party, tree.size(), BATCH)?;
        if batch.is_empty() {
            return Ok(tree);
        }
        for (commitment, text) in batch {
            let matches =
                text.as_ref().is_none_or(|text| bitacora_ledger::sha256(text.as_bytes()) == commitment);
            if !matches {
                return Err(SideError::Corrupt { party: party.clone(), leaf: tree.size() });
            }
            step(tree.size(), text.as_deref())?;
            tree.push(bitacora_ledger::leaf_hash(&commitment.0));
        }
    }
}
