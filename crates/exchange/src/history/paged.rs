//! The rules that a page for a partner's platform must keep, checked from the log alone.

use std::collections::BTreeSet;

use bitacora_policy::{Clause, Rule};
use bitacora_primitives::Instant;
use bitacora_primitives::markings::ClauseId;

use super::rules::flow;
use super::{Fault, History, Stage};
use crate::agreement::Agreement;
use crate::page::{MOST_OBJECTS, MOST_RELEASES, Page, PageDecision};
use crate::record::Record;

/// What this record changes about later decisions: the clauses, or what is suspended.
pub(super) const fn begins_an_epoch(record: &Record) -> bool {
    matches!(
        record,
        Record::Agreement { .. } | Record::Suspension(_) | Record::Resumption(_) | Record::Seen { .. }
    )
}

impl History {
    // INVARIANT: a page holds nothing that was not released, that no clause waives, or that is suspended.
    pub(super) fn paged(
        &mut self,
        agreement: &Agreement,
        recorded: Instant,
        page: &Page,
    ) -> Result<(), Fault> {
        if page.version != agreement.version {
            return Err(Fault::OtherVersion { found: page.version, in_force: agreement.version });
        }
        if page.epoch != self.epoch {
            return Err(Fault::Page("it was decided in another epoch"));
        }
        if recorded < agreement.from || recorded >= agreement.until {
            return Err(Fault::Page("the agreement's period does not hold it"));
        }
        if page.to != agreement.partner_of(&self.party)?.code {
            return Err(Fault::Page("it is not for the other party"));
        }
        if page.objects.is_empty() || page.objects.len() > MOST_OBJECTS {
            return Err(Fault::Page("it names no object, or too many"));
        }
        let releases: usize = page.decisions.iter().map(|decision| decision.releases.len()).sum();
        let different: BTreeSet<_> = page.decisions.iter().flat_map(|decision| &decision.releases).collect();
        if releases == 0 || releases > MOST_RELEASES || different.len() != releases {
            return Err(Fault::Page("it names no release, one twice, or too many"));
        }
        let waiver = agreement.clause(&page.waiver).ok_or(Fault::Page("the agreement has no such waiver"))?;
        for decision in &page.decisions {
            self.page_decision(agreement, page, waiver, decision)?;
        }
        let leaf = self.size;
        for release in different {
            if let Some(state) = self.releases.get_mut(release) {
                state.paged.get_or_insert(leaf);
            }
        }
        Ok(())
    }

    fn page_decision(
        &mut self,
        agreement: &Agreement,
        page: &Page,
        waiver: &Clause,
        decision: &PageDecision,
    ) -> Result<(), Fault> {
        let tags = &decision.tags;
        let Rule::ReceiptWaived { from, to, items } = &waiver.rule else {
            return Err(Fault::Page("the clause it names waives no receipt"));
        };
        if (from, to) != (&tags.from, &tags.to) || *to != page.to || *from != self.party {
            return Err(Fault::Page("the waiver is for another direction"));
        }
        if tags.agreement != agreement.id || !items.contains(&tags.kind) {
            return Err(Fault::Page("the waiver does not list this kind of item"));
        }
        let clause = agreement.clause(&tags.clause).ok_or(Fault::Page("the agreement has no such clause"))?;
        flow(clause, tags).map_err(Fault::Page)?;
        for id in &decision.releases {
            match self.releases.get(id) {
                Some(state) => {
                    let same = (&state.tags.from, &state.tags.to, state.tags.kind, state.tags.purpose)
                        == (&tags.from, &tags.to, tags.kind, tags.purpose)
                        && state.tags.areas == tags.areas;
                    if !same {
                        return Err(Fault::Page("a release has other attributes than those decided on"));
                    }
                    if matches!(state.stage, Stage::Cut | Stage::Declined) {
                        return Err(Fault::Page("a release was cut or declined"));
                    }
                }
                // A release whose leaf was not opened to us cannot be known here.
                None if self.opaque > 0 => {}
                None => return Err(Fault::UnknownRelease(*id)),
            }
            if let Some(suspension) = self.stopping(tags) {
                self.breached(suspension);
                return Err(Fault::PageSuspended { release: *id, suspension });
            }
        }
        Ok(())
    }
}

/// The clause that waives receipts in this direction.
pub(crate) fn waiver<'a>(
    agreement: &'a Agreement,
    from: &bitacora_primitives::markings::PartyCode,
    to: &bitacora_primitives::markings::PartyCode,
) -> Option<&'a ClauseId> {
    let waives = |clause: &&Clause| matches!(&clause.rule, Rule::ReceiptWaived { from: ours, to: theirs, .. } if ours == from && theirs == to);
    agreement.clauses.iter().find(waives).map(|clause| &clause.id)
}
