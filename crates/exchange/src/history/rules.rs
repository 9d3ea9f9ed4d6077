//! The rules that a release and a key must keep, checked from the log alone and without the policy engine: a second
//! look by other code at what was decided.

use std::collections::BTreeSet;
use std::sync::Arc;

use bitacora_policy::{Clause, Rule, Scope};
use bitacora_primitives::markings::{Handling, ItemKind, Purpose};
use bitacora_primitives::{Instant, OfficerId, ReleaseId, Role};
use serde::Serialize;

use super::{Fault, Finding, History, Released, Signatures, Stage, went_key};
use crate::agreement::Agreement;
use crate::record::{Approval, KeyGrant, Receipt, Record, Release, ReleaseStatement, statement_bytes};
use crate::tags::Tags;

impl History {
    pub(super) fn released(
        &mut self,
        agreement: &Agreement,
        recorded: Instant,
        release: &Release,
    ) -> Result<(), Fault> {
        if release.version != agreement.version {
            return Err(Fault::OtherVersion { found: release.version, in_force: agreement.version });
        }
        if self.releases.contains_key(&release.release) {
            return Err(Fault::Twice(release.release));
        }
        self.ours(&release.tags.from)?;
        self.permitted(agreement, recorded, release)?;
        let tags = self.interned(&release.tags);
        let handling = self.interned_handling(&release.handling);
        if let Some(suspension) = self.stopping(&tags) {
            self.breached(suspension);
            return Err(Fault::ReleaseSuspended { release: release.release, suspension });
        }
        for one in self.suspensions.values_mut().chain(self.seen.values_mut()) {
            if let Some(closure) = one.closure() {
                let counts = &mut one.counts;
                *(if closure.excepts(&tags) { &mut counts.under_exception } else { &mut counts.outside }) +=
                    1;
            }
        }
        *self.volume.entry(recorded.day()).or_default().entry(tags.clause.clone()).or_default() += 1;
        let key = (release.item.clone(), tags.to.clone(), tags.purpose);
        self.held.remove(&key);
        self.held_at.remove(&key);
        self.releases.insert(
            release.release,
            Released {
                leaf: self.size,
                recorded,
                tags,
                sealed: release.sealed.sha256,
                bytes: release.sealed.bytes,
                handling,
                stage: Stage::Released,
                granted: None,
                receipt: None,
                withdrawn: None,
                replaced: false,
                paged: None,
            },
        );
        let key = went_key(&release.item, release.revision, &release.tags.to, release.tags.purpose);
        let before = self.went.insert(key, release.release);
        if let Some(before) = before.and_then(|id| self.releases.get_mut(&id)) {
            before.replaced = true;
        }
        Ok(())
    }

    /// The clause that the record cites must permit what was released, and enough officers must have signed.
    fn permitted(&self, agreement: &Agreement, recorded: Instant, release: &Release) -> Result<(), Fault> {
        let tags = &release.tags;
        let not =
            |why| Fault::NotPermitted { release: release.release, clause: tags.clause.to_string(), why };
        if tags.agreement != agreement.id {
            return Err(not("it is of another agreement"));
        }
        if recorded < agreement.from || recorded >= agreement.until {
            return Err(not("the agreement's period does not hold it"));
        }
        if agreement.party(&tags.to).is_err() || tags.to == tags.from {
            return Err(not("the recipient is not the other party"));
        }
        let clause = agreement.clause(&tags.clause).ok_or_else(|| not("the agreement has no such clause"))?;
        let needed = flow(clause, tags).map_err(not)?;
        if let Rule::Scope(scope) = &clause.rule {
            if let Some(limit) = scope.per_day
                && self.volume(recorded.day()).get(&clause.id).copied().unwrap_or(0) >= limit
            {
                return Err(Fault::Volume(clause.id.to_string()));
            }
            if release.form.grid_m < scope.form.grid_m || release.form.delay_s < scope.form.delay_s {
                return Err(not("it left in a finer form than the clause allows"));
            }
        }
        if release.standing && matches!(&clause.rule, Rule::Scope(scope) if scope.standing) {
            return Ok(());
        }
        if matches!(clause.rule, Rule::SafetyOfLife) && release.standing {
            return Ok(());
        }
        self.approved(&release.approvals, &release.statement(), Role::Release, needed)
    }

    /// Whether approvals hold for a release, however few they are: a wrong one is refused, not passed over.
    pub(crate) fn approvals_hold(
        &self,
        approvals: &[Approval],
        statement: &ReleaseStatement,
    ) -> Result<(), Finding> {
        if approvals.is_empty() {
            return Ok(());
        }
        let leaf = self.size;
        self.approved(approvals, statement, Role::Release, 1).map_err(|what| Finding { leaf, what })
    }

    /// Different enrolled officers of the role, each with a signature that holds over this very statement.
    pub(super) fn approved<T: Serialize>(
        &self,
        approvals: &[Approval],
        statement: &T,
        role: Role,
        needed: u8,
    ) -> Result<(), Fault> {
        let officers: BTreeSet<OfficerId> = approvals.iter().map(|approval| approval.officer).collect();
        if officers.len() < usize::from(needed.max(1)) || officers.len() != approvals.len() {
            return Err(Fault::Officers { found: officers.len(), needed });
        }
        let message = match self.signatures {
            Signatures::Verify => Some(statement_bytes(statement).map_err(crate::record::EntryError::from)?),
            Signatures::Skip => None,
        };
        for approval in approvals {
            let wrong = || Fault::Approval(approval.officer);
            let enrolment = self.officers.get(&approval.officer).ok_or_else(wrong)?;
            if enrolment.role != role || enrolment.until.is_some_and(|until| until <= self.last_recorded) {
                return Err(wrong());
            }
            if let Some(message) = &message {
                let key = bitacora_ledger::hex::decode(&enrolment.key).ok_or_else(wrong)?;
                if !approval.holds(&key, message) {
                    return Err(wrong());
                }
            }
        }
        Ok(())
    }

    // INVARIANT: no key without a receipt.
    pub(super) fn granted(
        &mut self,
        agreement: &Agreement,
        recorded: Instant,
        grant: &KeyGrant,
        quoted: Signatures,
    ) -> Result<(), Fault> {
        let id = grant.release;
        let state = self.releases.get(&id).ok_or(Fault::UnknownRelease(id))?;
        if !self.may_be_keyed(state) {
            return Err(Fault::KeyTooLate(id));
        }
        let entry =
            self.quoted(agreement, &grant.receipt, quoted).map_err(|_| Fault::KeyWithoutReceipt(id))?;
        let Record::Receipt(receipt) = &entry.record else { return Err(Fault::KeyWithoutReceipt(id)) };
        if !answers(receipt, id, state) {
            return Err(Fault::KeyWithoutReceipt(id));
        }
        if let Some(suspension) = self.stopping(&state.tags) {
            self.breached(suspension);
            return Err(Fault::KeySuspended { release: id, suspension });
        }
        let leaf = self.size;
        if let Some(state) = self.releases.get_mut(&id) {
            state.stage = Stage::Granted(leaf);
            state.granted = Some(recorded);
            state.receipt = Some(entry.index);
        }
        Ok(())
    }

    /// A key is given once. Where a suspension came after it, the leaf that held it may have passed the partner
    /// unopened, and once the scope is resumed it may be given again for the same receipt.
    pub(crate) fn may_be_keyed(&self, state: &Released) -> bool {
        match state.stage {
            Stage::Released => true,
            Stage::Granted(leaf) => self
                .suspensions
                .values()
                .chain(self.seen.values())
                .any(|one| one.leaf > leaf && one.notice.closure().stops(&state.tags)),
            Stage::Cut | Stage::Declined | Stage::Withdrawn => false,
        }
    }

    pub(super) fn stopping(&self, tags: &Tags) -> Option<bitacora_primitives::SuspensionId> {
        self.suspensions
            .values()
            .chain(self.seen.values())
            .filter_map(super::Suspended::closure)
            .find(|closure| closure.stops(tags))
            .map(|closure| closure.id)
    }

    fn interned_handling(&mut self, handling: &Handling) -> Arc<Handling> {
        if let Some(known) = self.handlings.iter().find(|known| known.as_ref() == handling) {
            return Arc::clone(known);
        }
        let fresh = Arc::new(handling.clone());
        self.handlings.push(Arc::clone(&fresh));
        fresh
    }

    fn interned(&mut self, tags: &Tags) -> Arc<Tags> {
        if let Some(known) = self.tags.get(tags) {
            return Arc::clone(known);
        }
        let fresh = Arc::new(tags.clone());
        self.tags.insert(tags.clone(), Arc::clone(&fresh));
        fresh
    }
}

/// A receipt is for this release, these bytes and this purpose, and for no other.
pub(crate) fn answers(receipt: &Receipt, id: ReleaseId, state: &Released) -> bool {
    receipt.release == id
        && receipt.leaf == state.leaf
        && receipt.sealed == state.sealed
        && receipt.purpose == state.tags.purpose
}

/// How many officers a clause asks for these tags, or why it does not permit them.
pub(super) fn flow(clause: &Clause, tags: &Tags) -> Result<u8, &'static str> {
    match &clause.rule {
        Rule::Scope(scope) => within(scope, tags).map(|()| scope.officers),
        Rule::SafetyOfLife if tags.kind != ItemKind::Distress => Err("only distress goes under it"),
        Rule::SafetyOfLife if tags.purpose != Purpose::Rescue => Err("it is for rescue only"),
        Rule::SafetyOfLife => Ok(1),
        Rule::CourtOrder { officers, .. } => Ok(*officers),
        _ => Err("it permits nothing"),
    }
}

fn within(scope: &Scope, tags: &Tags) -> Result<(), &'static str> {
    if scope.from != tags.from || scope.to != tags.to {
        return Err("it is for the other direction");
    }
    if !scope.items.contains(&tags.kind) {
        return Err("it does not list this kind of item");
    }
    if !scope.purposes.contains(&tags.purpose) {
        return Err("it does not allow this purpose");
    }
    if !scope.areas.is_empty() && scope.areas.is_disjoint(&tags.areas) {
        return Err("it does not list this area");
    }
    Ok(())
}
