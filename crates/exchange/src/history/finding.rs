//! What does not hold in a log, by leaf. A finding is about what was recorded, never about what happened outside.

use bitacora_primitives::{OfficerId, ReleaseId, SuspensionId};

use crate::agreement::AgreementError;
use crate::record::EntryError;

/// The first leaf where a log breaks a rule.
#[derive(Debug, thiserror::Error)]
#[error("leaf {leaf}: {what}")]
pub struct Finding {
    pub leaf: u64,
    #[source]
    pub what: Fault,
}

#[derive(Debug, thiserror::Error)]
pub enum Fault {
    #[error(transparent)]
    Entry(#[from] EntryError),
    #[error(transparent)]
    Agreement(#[from] AgreementError),
    #[error("the record says that it is leaf {index} of `{log}`")]
    OtherPlace { log: String, index: u64 },
    #[error("no agreement is in force yet")]
    NoAgreement,
    #[error("the agreement has ended")]
    Ended,
    #[error("the agreement's keys are not those that were pinned")]
    OtherKeys,
    #[error("the new version does not follow the one in force")]
    NotTheNext,
    #[error("the record is of version {found}, version {in_force} is in force")]
    OtherVersion { found: u32, in_force: u32 },
    #[error("release {0} is recorded twice")]
    Twice(ReleaseId),
    #[error("no clause `{clause}` of the agreement permits release {release}: {why}")]
    NotPermitted { release: ReleaseId, clause: String, why: &'static str },
    #[error("{found} officers signed, {needed} are needed")]
    Officers { found: usize, needed: u8 },
    #[error("the signature of officer {0} does not hold, or the officer may not do this")]
    Approval(OfficerId),
    #[error("more items went out on this day than clause `{0}` allows")]
    Volume(String),
    #[error("release {release} lies inside suspension {suspension}")]
    ReleaseSuspended { release: ReleaseId, suspension: SuspensionId },
    #[error("the key of release {release} was granted inside suspension {suspension}")]
    KeySuspended { release: ReleaseId, suspension: SuspensionId },
    #[error("the page for a platform is not one that its clause and the log allow: {0}")]
    Page(&'static str),
    #[error("the page for a platform holds release {release}, inside suspension {suspension}")]
    PageSuspended { release: ReleaseId, suspension: SuspensionId },
    #[error("release {0} is not in the log")]
    UnknownRelease(ReleaseId),
    #[error("the key of release {0} was granted without a receipt that holds")]
    KeyWithoutReceipt(ReleaseId),
    #[error("the key of release {0} was granted after it was cut, declined or granted already")]
    KeyTooLate(ReleaseId),
    #[error("suspension {0} is not in force")]
    NotSuspended(SuspensionId),
    #[error("suspension {0} is recorded twice")]
    SuspendedTwice(SuspensionId),
    #[error("a side speaks for itself alone")]
    NotOurs,
    #[error("the partner's act is not one that binds, or not signed by the partner")]
    NotBinding,
    #[error("the new key did not sign its own rotation")]
    Rotation,
}

impl Fault {
    /// For message tables and `--json`.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Entry(_) => "not_a_record",
            Self::Agreement(_) => "bad_agreement",
            Self::OtherPlace { .. } => "other_place",
            Self::NoAgreement => "no_agreement",
            Self::Ended => "ended",
            Self::OtherKeys => "other_keys",
            Self::NotTheNext => "not_the_next_version",
            Self::OtherVersion { .. } => "other_version",
            Self::Twice(_) => "released_twice",
            Self::NotPermitted { .. } => "not_permitted",
            Self::Officers { .. } => "too_few_officers",
            Self::Approval(_) => "bad_approval",
            Self::Volume(_) => "volume",
            Self::ReleaseSuspended { .. } => "release_inside_suspension",
            Self::KeySuspended { .. } => "key_inside_suspension",
            Self::Page(_) => "bad_page",
            Self::PageSuspended { .. } => "page_inside_suspension",
            Self::UnknownRelease(_) => "unknown_release",
            Self::KeyWithoutReceipt(_) => "key_without_receipt",
            Self::KeyTooLate(_) => "key_too_late",
            Self::NotSuspended(_) => "not_suspended",
            Self::SuspendedTwice(_) => "suspended_twice",
            Self::NotOurs => "not_ours",
            Self::NotBinding => "not_binding",
            Self::Rotation => "bad_rotation",
        }
    }
}
