//! A suspension through its life: notice, partial resumptions, end, and what the log recorded meanwhile.

use std::collections::BTreeMap;

use bitacora_primitives::SuspensionId;

use super::Fault;
use crate::record::{Notice, Resumption};
use crate::tags::Closure;

#[derive(Clone, PartialEq, Debug)]
pub struct Suspended {
    pub notice: Notice,
    /// The leaf that recorded it in this log.
    pub leaf: u64,
    pub resumptions: Vec<(u64, Resumption)>,
    pub ended: Option<u64>,
    pub counts: Counts,
}

/// What the log recorded between the suspension's leaf and its end.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, serde::Serialize)]
pub struct Counts {
    /// Releases and keys of the scope. Anything but 0 is a finding.
    pub of_scope: u64,
    /// Releases that an exception let through.
    pub under_exception: u64,
    /// Releases outside the scope.
    pub outside: u64,
    pub held: u64,
    pub refused: u64,
    pub cut: u64,
}

impl Suspended {
    /// `None` once it ended.
    pub fn closure(&self) -> Option<Closure> {
        self.ended.is_none().then(|| Closure {
            id: self.notice.suspension,
            agreement: self.notice.agreement.clone(),
            scope: self.notice.scope.clone(),
            exceptions: self.notice.exceptions.clone(),
            resumed: self.resumptions.iter().map(|(_, resumption)| resumption.scope.clone()).collect(),
        })
    }
}

pub(super) fn begin(
    all: &mut BTreeMap<SuspensionId, Suspended>,
    notice: &Notice,
    leaf: u64,
) -> Result<(), Fault> {
    if all.contains_key(&notice.suspension) {
        return Err(Fault::SuspendedTwice(notice.suspension));
    }
    let begun = Suspended {
        notice: notice.clone(),
        leaf,
        resumptions: Vec::new(),
        ended: None,
        counts: Counts::default(),
    };
    all.insert(notice.suspension, begun);
    Ok(())
}

/// A resumption names the suspension it ends: sent again after a later suspension it finds nothing to resume.
pub(super) fn resume(
    all: &mut BTreeMap<SuspensionId, Suspended>,
    resumption: &Resumption,
    leaf: u64,
) -> Result<(), Fault> {
    let id = resumption.suspension;
    let suspended = all.get_mut(&id).filter(|one| one.ended.is_none()).ok_or(Fault::NotSuspended(id))?;
    if suspended.resumptions.iter().any(|(_, known)| known.resumption == resumption.resumption) {
        return Err(Fault::NotSuspended(id));
    }
    if resumption.is_whole() {
        suspended.ended = Some(leaf);
    }
    suspended.resumptions.push((leaf, resumption.clone()));
    Ok(())
}
