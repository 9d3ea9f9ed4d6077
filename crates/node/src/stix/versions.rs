//! The versions of what one log releases: which release is which version of which item, when the log says so. Pure.
//!
//! Every release that the recipient ever got a key for counts, whether it is shown now or not, and its time is that of its
//! leaf: both sides hold these leaves and so come to the same versions.

use std::collections::BTreeMap;

use bitacora_primitives::markings::Purpose;
use bitacora_primitives::{Instant, ReleaseId};
use bitacora_stix::{Standing, Times};

/// A leaf about a release, in the order of its log.
#[derive(Clone, Debug)]
pub(super) struct Event {
    pub(super) release: ReleaseId,
    pub(super) item: String,
    pub(super) purpose: Purpose,
    /// What the log declares.
    pub(super) recorded: Instant,
    pub(super) what: Act,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Act {
    Released {
        /// It was withdrawn later: its facts are not told as standing any more.
        withdrawn: bool,
    },
    Withdrawn,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Version {
    pub(super) times: Times,
    pub(super) standing: Standing,
}

/// The newest version of each item so far, for each purpose that it went for.
#[derive(Debug, Default)]
pub(super) struct Series(BTreeMap<(String, Purpose), (ReleaseId, Version)>);

impl Series {
    /// The version that this leaf makes, where one is told of it.
    pub(super) fn next(&mut self, event: Event) -> Option<Version> {
        let Event { release, item, purpose, recorded, what } = event;
        let key = (item, purpose);
        let before = self.0.get(&key).copied();
        let (version, told) = match (what, before) {
            (Act::Released { withdrawn }, before) => {
                let times = match before {
                    None => Times::first(recorded),
                    Some((_, Version { times, standing: Standing::Withdrawn })) => times.anew(recorded),
                    Some((_, Version { times, .. })) => times.next(recorded),
                };
                (Version { times, standing: Standing::Stands }, !withdrawn)
            }
            // Only the newest release is a version that can be revoked: an older one has had its successor.
            (Act::Withdrawn, Some((newest, Version { times, .. }))) if newest == release => {
                (Version { times: times.next(recorded), standing: Standing::Withdrawn }, true)
            }
            (Act::Withdrawn, _) => return None,
        };
        self.0.insert(key, (release, version));
        told.then_some(version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Instant {
        Instant::from_micros(1_764_000_000_000_000 + second * 1_000_000)
    }

    fn event(release: &str, second: i64, what: Act) -> Event {
        let release = ReleaseId::of(&[release.as_bytes()]);
        Event { release, item: "led-1".to_owned(), purpose: Purpose::Seizure, recorded: at(second), what }
    }

    const STANDS: Act = Act::Released { withdrawn: false };
    const TO_BE_WITHDRAWN: Act = Act::Released { withdrawn: true };

    #[test]
    fn a_correction_is_the_next_version_of_the_same_objects() {
        let mut series = Series::default();
        let first = series.next(event("a", 1, STANDS)).unwrap();
        // The clock was set back between the two.
        let second = series.next(event("b", 0, STANDS)).unwrap();
        assert_eq!(second.times.created(), first.times.created());
        assert!(second.times.modified() > first.times.modified());
        assert_eq!((second.times.life(), second.standing), (0, Standing::Stands));
        let mut other = event("c", 2, STANDS);
        other.purpose = Purpose::Arrest;
        assert_eq!(series.next(other).unwrap().times, Times::first(at(2)), "another purpose is another item");
    }

    #[test]
    fn what_is_withdrawn_is_told_as_revoked_and_never_as_standing() {
        let mut series = Series::default();
        assert_eq!(series.next(event("a", 1, TO_BE_WITHDRAWN)), None);
        let last = series.next(event("a", 5, Act::Withdrawn)).unwrap();
        assert_eq!(last.standing, Standing::Withdrawn);
        assert_eq!((last.times.created(), last.times.modified()), (at(1), at(5)));
    }

    #[test]
    fn withdrawing_a_revision_that_was_corrected_revokes_nothing() {
        let mut series = Series::default();
        assert_eq!(series.next(event("a", 1, TO_BE_WITHDRAWN)), None);
        let second = series.next(event("b", 2, STANDS)).unwrap();
        assert_eq!(series.next(event("a", 3, Act::Withdrawn)), None);
        assert_eq!((second.times.created(), second.standing), (at(1), Standing::Stands));
    }

    // INVARIANT: nothing follows a revoked version of an object (STIX 2.1, 3.2, `revoked`).
    #[test]
    fn invariant_a_release_after_a_withdrawal_is_told_by_other_objects() {
        let mut series = Series::default();
        series.next(event("a", 1, TO_BE_WITHDRAWN));
        let revoked = series.next(event("a", 2, Act::Withdrawn)).unwrap();
        let anew = series.next(event("b", 2, STANDS)).unwrap();
        assert_eq!((revoked.times.life(), anew.times.life()), (0, 1));
        assert!(anew.times.created() > revoked.times.modified());
        assert_eq!(anew.times.created(), anew.times.modified());
        let next = series.next(event("c", 9, STANDS)).unwrap();
        assert_eq!((next.times.life(), next.times.created()), (1, anew.times.created()));
    }
}
