//! What a reading gives: proposals with their place and the reasons for reading them so. A proposal is no figure;
//! only a named officer makes an accepted statement of it, and there is no other way to get one.

use bitacora_primitives::{Instant, Officer, OfficerId};
use jiff::civil::Date;
use serde::{Serialize, Serializer};

use crate::reading::actor::Actor;
use crate::reading::claim::Claim;
use crate::reading::date::When;
use crate::reading::error::NotAccepted;
use crate::reading::quantity::Quantity;
use crate::reading::text::{Language, Span};
use crate::reading::traps::WhyLeft;

/// Why something was read as it was: the confidence in words that can be checked, never a percentage.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// "1.234" can be read in two ways; the language decided.
    SeparatorByLanguage,
    /// The same, decided by other numbers of the document.
    SeparatorByDocument,
    CurrencyByLanguage,
    /// "7 to 14 billion": the scale of the second number was taken for the first.
    ScaleFromSecond,
    UnitFromSecond,
    /// Words stand between the number and its unit.
    UnitAfterOtherWords,
    /// "the number of families doubled to 82,000".
    UnitBeforeNumber,
    UnitNotInTable,
    NothingNamed,
    TonTakenAsMetric,
    Estimated,
    DateInSentence,
    YearOfPublication,
    CountedFromPublication,
    PublicationNeeded,
    DayOrderByLanguage,
    UnitedStatesFiscalYear,
    InActorTable,
    NameWithOffice,
    NameWithoutOffice,
    OfficeWithoutName,
    NamedBefore,
    SpeakerNotNamed,
    SpeakerFromBefore,
    /// The quotation goes on from a sentence that names its speaker.
    SpeakerOfQuotation,
    DirectQuotation,
    StatedByTheText,
    NamesAGoal,
    CutBeforeAllegation,
}

/// The SHA-256 of the bytes of the text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct DocumentHash(pub [u8; 32]);

impl std::fmt::Display for DocumentHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
impl Serialize for DocumentHash {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

/// One thing that was recognised. It can be looked at and accepted, and nothing else: it is made by a reading
/// only, and is not read back from its JSON.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Proposal<T> {
    number: u32,
    span: Span,
    sentence: u32,
    recognised: T,
    reasons: Vec<Reason>,
    #[serde(skip)]
    document: DocumentHash,
}

impl<T> Proposal<T> {
    pub(crate) fn new(
        number: usize,
        span: Span,
        sentence: usize,
        recognised: T,
        mut reasons: Vec<Reason>,
        document: DocumentHash,
    ) -> Self {
        reasons.sort_unstable();
        reasons.dedup();
        Self { number: number as u32, span, sentence: sentence as u32, recognised, reasons, document }
    }
    /// Its place among the proposals of its kind, from 0.
    pub const fn number(&self) -> u32 {
        self.number
    }
    pub const fn span(&self) -> Span {
        self.span
    }
    pub const fn sentence(&self) -> u32 {
        self.sentence
    }
    pub const fn recognised(&self) -> &T {
        &self.recognised
    }
    pub fn reasons(&self) -> &[Reason] {
        &self.reasons
    }
}

/// Longest name of a reviewer, characters.
pub const MAX_NAME: usize = 200;

impl<T: Clone> Proposal<T> {
    /// An officer takes the proposal as it stands and answers for it.
    pub fn accept(&self, reviewer: &Officer, at: Instant) -> Result<Accepted<T>, NotAccepted> {
        let name = reviewer.name.trim();
        if name.is_empty() {
            return Err(NotAccepted::NoReviewer);
        }
        if name.chars().count() > MAX_NAME {
            return Err(NotAccepted::LongName { most: MAX_NAME });
        }
        Ok(Accepted {
            statement: self.recognised.clone(),
            span: self.span,
            document: self.document,
            reviewer: reviewer.id,
            reviewer_name: name.to_owned(),
            accepted: at,
        })
    }
}

/// What an officer accepted, with its place in the document.
// INVARIANT: no figure enters without a person. The fields are private, `Proposal::accept` alone builds it, and it
// is not deserialised.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Accepted<T> {
    statement: T,
    span: Span,
    document: DocumentHash,
    reviewer: OfficerId,
    reviewer_name: String,
    accepted: Instant,
}

impl<T> Accepted<T> {
    pub const fn statement(&self) -> &T {
        &self.statement
    }
    pub const fn span(&self) -> Span {
        self.span
    }
    pub const fn document(&self) -> DocumentHash {
        self.document
    }
    pub const fn reviewer(&self) -> OfficerId {
        self.reviewer
    }
    pub fn reviewer_name(&self) -> &str {
        &self.reviewer_name
    }
    pub const fn accepted(&self) -> Instant {
        self.accepted
    }
}

/// Something that was seen and is not proposed: its place and why, never its text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub struct LeftOut {
    pub span: Span,
    pub why: Why,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(untagged)]
pub enum Why {
    Number(WhyLeft),
    Statement(WhyUnsaid),
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WhyUnsaid {
    /// An accusation against a person.
    PersonalAllegation,
    /// Neither a quantity nor a programme nor an act.
    OutsideTheLedger,
}

/// The day that "last year" is counted from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Publication {
    pub day: Date,
    /// Where the text itself prints it; absent where the caller gave it.
    pub span: Option<Span>,
}

/// All that was read in one document, each list in the order of the text.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Reading {
    pub document: DocumentHash,
    pub bytes: usize,
    pub chars: usize,
    pub language: Language,
    pub published: Option<Publication>,
    pub quantities: Vec<Proposal<Quantity>>,
    pub dates: Vec<Proposal<When>>,
    pub actors: Vec<Proposal<Actor>>,
    pub claims: Vec<Proposal<Claim>>,
    pub left_out: Vec<LeftOut>,
    pub personal_allegations: usize,
}
