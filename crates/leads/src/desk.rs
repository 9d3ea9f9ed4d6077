//! The desk gathers indications into leads: those of one vessel or container that lie close in time belong together. Fed in
//! event time; the same indications in the same order give the same leads with the same ids.

use std::collections::BTreeMap;

use bitacora_primitives::{
    Duration, Indication, IndicationCode, IndicationId, Instant, LeadId, LogLikelihoodRatio, Subject,
};
use rustc_hash::FxHashMap;

use crate::lead::Lead;
use crate::score::{prior, weigh};

/// How far apart in time indications may lie and still speak of one occurrence, and when a lead grows old.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Timing {
    pub join_within: Duration,
    pub expire_after: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self { join_within: Duration::from_hours(12), expire_after: Duration::from_hours(24) }
    }
}

/// Findings of one kind that a lead shows, the strongest: more say nothing that these do not, and a feed that makes thousands of
/// them must not make a lead that nobody can read or keep. The others lie on the desk, and come forward when one is withdrawn.
pub const MOST_OF_A_KIND: usize = 20;

#[derive(Debug)]
pub struct Desk {
    timing: Timing,
    prior: LogLikelihoodRatio,
    folders: BTreeMap<LeadId, Folder>,
    // INVARIANT: every id here is a key of `folders`.
    by_subject: FxHashMap<Subject, Vec<LeadId>>,
}

/// What lies on the desk about one occurrence, raised or not.
#[derive(Debug)]
struct Folder {
    indications: Vec<Indication>,
    /// Revision of the last lead made from it; `None` while it is not worth raising.
    revision: Option<u32>,
    /// What that lead shows, by revision, and whether it is expired.
    shown: (Vec<(IndicationId, u32)>, bool),
    last: Instant,
    expired: bool,
}

impl Desk {
    pub fn new(timing: Timing) -> Self {
        Self { timing, prior: prior(), folders: BTreeMap::new(), by_subject: FxHashMap::default() }
    }

    /// Puts one occurrence's indications on the desk: the finding and what speaks against it, together, so that
    /// no lead is raised on half the story. Returns the lead's new revision if it is, or was, worth raising.
    pub fn spend(&mut self, indications: Vec<Indication>, now: Instant) -> Option<Lead> {
        let id = indications
            .iter()
            .find_map(|one| self.folder_of(one))
            .or_else(|| indications.first().map(|one| LeadId::of(&[one.id.bytes()])))?;
        let folder = self.folders.entry(id).or_insert_with(|| Folder {
            indications: Vec::new(),
            revision: None,
            shown: (Vec::new(), false),
            last: now,
            expired: false,
        });
        let mut changed = false;
        for one in indications {
            for subject in std::iter::once(&one.subject).chain(&one.others) {
                let ids = self.by_subject.entry(subject.clone()).or_default();
                if !ids.contains(&id) {
                    ids.push(id);
                }
            }
            changed |= folder.put(one);
        }
        if !changed {
            return None;
        }
        folder.last = folder.last.max(now);
        folder.expired = false;
        folder.revise(id, &self.prior, now)
    }

    /// Takes the weight off findings that did not hold, as when late data fill a gap. They stay visible in the
    /// lead with no weight: a raised lead is revised, never deleted.
    pub fn withdraw(&mut self, ids: &[IndicationId], now: Instant) -> Vec<Lead> {
        let mut revised = Vec::new();
        for (id, folder) in &mut self.folders {
            let mut changed = false;
            for held in folder.indications.iter_mut().filter(|held| ids.contains(&held.id)) {
                held.strength.nats = 0.0;
                held.revision += 1;
                changed = true;
            }
            if changed {
                revised.extend(folder.revise(*id, &self.prior, now));
            }
        }
        revised
    }

    /// Marks old leads expired and forgets folders that nothing can join any more.
    pub fn expire(&mut self, now: Instant) -> Vec<Lead> {
        let mut expired = Vec::new();
        let timing = self.timing;
        for (id, folder) in &mut self.folders {
            if folder.revision.is_some() && !folder.expired && now - folder.last > timing.expire_after {
                folder.expired = true;
                expired.extend(folder.revise(*id, &self.prior, now));
            }
        }
        let keep = timing.expire_after.max(timing.join_within);
        self.folders.retain(|_, folder| now - folder.last <= keep);
        let folders = &self.folders;
        self.by_subject.retain(|_, ids| {
            ids.retain(|id| folders.contains_key(id));
            !ids.is_empty()
        });
        expired
    }

    /// The folder that already holds this indication, or the latest of its vessels' folders near it in time.
    fn folder_of(&self, one: &Indication) -> Option<LeadId> {
        let subjects = || std::iter::once(&one.subject).chain(&one.others);
        let candidates = || subjects().filter_map(|subject| self.by_subject.get(subject)).flatten().rev();
        let holds = |id: &&LeadId| {
            self.folders
                .get(*id)
                .is_some_and(|folder| folder.indications.iter().any(|held| held.id == one.id))
        };
        let near = |id: &&LeadId| {
            self.folders.get(*id).is_some_and(|folder| folder.is_near(one, self.timing.join_within))
        };
        candidates().find(holds).or_else(|| candidates().find(near)).copied()
    }
}

impl Folder {
    /// Adds or replaces by a later revision; false when it says nothing new.
    fn put(&mut self, one: Indication) -> bool {
        match self.indications.iter_mut().find(|held| held.id == one.id) {
            Some(held) if held.revision >= one.revision => false,
            Some(held) => {
                *held = one;
                true
            }
            None => {
                self.indications.push(one);
                true
            }
        }
    }

    /// The strongest of each kind, of equals the earliest, in the order in which they came.
    fn strongest(&self) -> Vec<Indication> {
        let mut order: Vec<(usize, &Indication)> = self.indications.iter().enumerate().collect();
        order.sort_by(|(_, a), (_, b)| {
            let strength = b.strength.nats.abs().total_cmp(&a.strength.nats.abs());
            strength.then_with(|| a.start.cmp(&b.start)).then_with(|| a.id.cmp(&b.id))
        });
        let mut of_kind: FxHashMap<IndicationCode, usize> = FxHashMap::default();
        order.retain(|(_, one)| {
            let count = of_kind.entry(one.code).or_default();
            *count += 1;
            *count <= MOST_OF_A_KIND
        });
        order.sort_unstable_by_key(|(place, _)| *place);
        order.into_iter().map(|(_, one)| one.clone()).collect()
    }

    fn is_near(&self, one: &Indication, join_within: Duration) -> bool {
        self.indications.iter().any(|held| {
            let held_end = held.end.unwrap_or(self.last).max(held.start);
            let one_end = one.end.unwrap_or(one.start).max(one.start);
            one.start - held_end <= join_within && held.start - one_end <= join_within
        })
    }

    /// `None` where it is not worth raising, or would say what the last revision does.
    fn revise(&mut self, id: LeadId, prior: &LogLikelihoodRatio, now: Instant) -> Option<Lead> {
        let strongest = self.strongest();
        let shown = (strongest.iter().map(|one| (one.id, one.revision)).collect(), self.expired);
        if self.shown == shown {
            return None;
        }
        let weighed = weigh(prior, &strongest);
        if self.revision.is_none() && !weighed.is_worth_raising() {
            return None;
        }
        let next = self.revision.map_or(0, |last| last + 1);
        let mut lead = Lead::compose(id, next, prior, &strongest, &weighed, now)?;
        lead.expired = self.expired;
        (self.revision, self.shown) = (Some(next), shown);
        Some(lead)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lead::tests::indication;
    use crate::score::Level;
    use bitacora_primitives::IndicationCode::{AisGap, Encounter, IdentityConflict, UsualForType};

    fn at(hours: i64) -> Instant {
        Instant::from_secs(hours * 3600)
    }

    #[test]
    fn findings_of_one_vessel_close_in_time_are_one_lead() {
        let mut desk = Desk::new(Timing::default());
        let first = desk.spend(vec![indication(AisGap, 1.5, 1)], at(7)).unwrap();
        let second = desk.spend(vec![indication(IdentityConflict, 1.8, 2)], at(8)).unwrap();
        assert_eq!(first.id, second.id);
        assert_eq!((first.revision, second.revision), (0, 1));
        assert_eq!(second.reasons.len(), 2);
        assert_eq!(second.title, IdentityConflict);
    }

    #[test]
    fn a_weak_finding_waits_and_counts_later() {
        let mut desk = Desk::new(Timing::default());
        assert_eq!(desk.spend(vec![indication(AisGap, 0.5, 1)], at(1)), None);
        let lead = desk.spend(vec![indication(Encounter, 2.6, 2)], at(2)).unwrap();
        assert_eq!(lead.reasons.len(), 2, "the gap that waited is shown, not counted");
        assert_eq!(lead.reasons.iter().filter(|reason| reason.counted).count(), 1);
    }

    #[test]
    fn an_innocent_reason_that_comes_along_keeps_the_lead_down() {
        let mut desk = Desk::new(Timing::default());
        assert_eq!(
            desk.spend(vec![indication(Encounter, 2.2, 1), indication(UsualForType, -2.5, 2)], at(1)),
            None
        );
    }

    #[test]
    fn the_same_revision_again_says_nothing_new() {
        let mut desk = Desk::new(Timing::default());
        assert!(desk.spend(vec![indication(Encounter, 2.6, 1)], at(1)).is_some());
        assert_eq!(desk.spend(vec![indication(Encounter, 2.6, 1)], at(2)), None);
    }

    #[test]
    fn a_withdrawn_finding_revises_the_lead_and_stays_visible() {
        let mut desk = Desk::new(Timing::default());
        let gap = indication(AisGap, 2.0, 1);
        let gap_id = gap.id;
        desk.spend(vec![gap], at(1)).unwrap();
        let revised = desk.withdraw(&[gap_id], at(2));
        assert_eq!(revised.len(), 1);
        assert_eq!(revised[0].reasons.len(), 1);
        assert_eq!(revised[0].reasons[0].indication.strength.nats, 0.0);
        assert_eq!(revised[0].level, Level::Low);
    }

    #[test]
    fn a_lead_shows_the_strongest_of_many_findings_of_one_kind_and_is_not_revised_for_the_rest() {
        let mut desk = Desk::new(Timing::default());
        let ids: Vec<IndicationId> = (1..=200).map(|n| indication(Encounter, 2.6, n).id).collect();
        let mut revisions = 0;
        for n in 1..=200 {
            revisions += usize::from(desk.spend(vec![indication(Encounter, 2.6, n)], at(1)).is_some());
        }
        assert_eq!(revisions, MOST_OF_A_KIND);
        // A stronger one takes the place of the latest of the others, another kind is not held back.
        let lead = desk.spend(vec![indication(Encounter, 2.7, 201)], at(1)).unwrap();
        assert_eq!((lead.reasons.len(), lead.reasons[0].indication.strength.nats), (MOST_OF_A_KIND, 2.7));
        assert_eq!(lead.reasons.last().unwrap().indication.start, Instant::from_secs(19));
        assert!(desk.spend(vec![indication(AisGap, 0.5, 202)], at(1)).is_some());
        assert_eq!(desk.spend(vec![indication(Encounter, 2.6, 203)], at(1)), None);
        // Those that did not hold make room for those that do, and nothing is said of what was not shown.
        assert_eq!(desk.withdraw(&ids[100..], at(2)), []);
        let revised = desk.withdraw(&ids[..50], at(2));
        let starts = revised[0].reasons.iter().filter(|one| one.indication.code == Encounter);
        let starts: Vec<i64> = starts.map(|one| one.indication.start.secs()).collect();
        assert_eq!(starts, [&[201][..], &(51..=69).collect::<Vec<_>>()].concat());
    }

    #[test]
    fn age_expires_a_lead_once_and_the_desk_stays_bounded() {
        let mut desk = Desk::new(Timing::default());
        desk.spend(vec![indication(Encounter, 2.6, 1)], at(1)).unwrap();
        assert!(desk.expire(at(10)).is_empty());
        let expired = desk.expire(at(26));
        assert_eq!(expired.len(), 1);
        assert!(expired[0].expired);
        assert!(desk.expire(at(27)).is_empty());
        assert!(desk.folders.is_empty() && desk.by_subject.is_empty());
    }
}
