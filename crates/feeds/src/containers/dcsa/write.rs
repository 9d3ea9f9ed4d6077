//! From events to a document that our own reader accepts whole, with a list of all that the standard cannot carry.
//! Nothing is invented to fill a member: what a standard asks and an event lacks keeps the event out.

use std::collections::HashSet;

use bitacora_port::screening::{Classifier, ContainerEvent};
use bitacora_primitives::Instant;

use super::forms::in_range;
use super::json::Node;
use super::read::Key;
use super::{MAX_DOCUMENT, MAX_EVENTS, Standard, tnt3, tnt22, vgm1};

/// The party in whose name events are written: `originatingParty` of 3.0.0 and VGM, which with the event's own id
/// makes the id (3.0.0, schema Event, `eventID`). 2.2.0 has none. Empty parts are not written.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Originator {
    pub party_code: String,
    pub code_list_provider: String,
    pub code_list_name: String,
}

impl Originator {
    /// Of a `Party` that has been checked.
    pub(super) fn of(party: Option<&Node>) -> Self {
        let text = |name| party.and_then(|party| party.text(name)).unwrap_or_default().to_owned();
        Self {
            party_code: text("partyCode"),
            code_list_provider: text("codeListProvider"),
            code_list_name: text("codeListName"),
        }
    }

    /// Whose ids are unique, for `ContainerEvent::id_of`: its parts cannot run together.
    pub fn authority(&self, standard: Standard) -> String {
        if standard == Standard::Tnt22 {
            return tnt22::AUTHORITY.to_owned();
        }
        let Self { party_code, code_list_provider, code_list_name } = self;
        let (a, b) = (party_code.len(), code_list_provider.len());
        format!("dcsa {} {a}:{party_code} {b}:{code_list_provider} {code_list_name}", standard.code())
    }

    pub(super) fn party(&self, function: Option<&str>) -> Option<Node> {
        let text = |text: &str| Node::of(text).filter(|_| !text.is_empty());
        Node::object([
            ("partyCode", text(&self.party_code)),
            ("codeListProvider", text(&self.code_list_provider)),
            ("codeListName", text(&self.code_list_name)),
            ("partyFunction", function.and_then(Node::of)),
        ])
    }
}

/// Why something is not in what was written, or not as it was.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Why {
    /// The standard has no member for it, or nothing of its kind.
    NoMember,
    /// The standard's list has not this code.
    CodeNotListed,
    TooLong,
    /// It has not the form that the standard asks for.
    Form,
    OutOfRange,
    /// The standard needs this, and the event has it not.
    Missing,
    /// Written with fewer digits.
    Rounded,
    /// It will be read under another id: the originator is not whose id it has.
    OtherOriginator,
    /// An event of the same id and version is written already.
    Repeated,
    /// The document is as large as one may be.
    TooMany,
}

impl Why {
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoMember => "no_member",
            Self::CodeNotListed => "code_not_listed",
            Self::TooLong => "too_long",
            Self::Form => "form",
            Self::OutOfRange => "out_of_range",
            Self::Missing => "missing",
            Self::Rounded => "rounded",
            Self::OtherOriginator => "other_originator",
            Self::Repeated => "repeated",
            Self::TooMany => "too_many",
        }
    }
}

/// One thing not carried.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Uncarried {
    /// Which of the events given, from 0.
    pub event: usize,
    /// The event is not in the document at all; else it is, without this part or with it changed.
    pub whole: bool,
    /// The part of the model, as a pointer into its JSON: `/seals/0/maker`. Of an event left out, what kept it out.
    pub part: String,
    pub why: Why,
}

/// A part of the model, and whether an event has it.
pub(super) type Part<E> = (&'static str, fn(&E) -> bool);

/// The part that keeps an event out.
pub(super) type Stop = (&'static str, Why);

/// What one event loses on the way.
#[derive(Default)]
pub(super) struct Lost(Vec<(String, Why)>);

impl Lost {
    pub(super) fn field(&mut self, part: impl Into<String>, why: Why) {
        self.0.push((part.into(), why));
    }

    /// The text, where it fits into so many characters.
    pub(super) fn fitting(&mut self, part: &str, text: Option<&str>, longest: usize) -> Option<Node> {
        let text = text?;
        if text.is_empty() {
            self.field(part, Why::Form);
        } else if text.chars().count() > longest {
            self.field(part, Why::TooLong);
        } else {
            return Node::of(text);
        }
        None
    }

    /// The fields that a standard has nothing for.
    pub(super) fn unheard<E>(&mut self, event: &E, parts: &[Part<E>]) {
        for (part, _) in parts.iter().filter(|(_, is_set)| is_set(event)) {
            self.field(*part, Why::NoMember);
        }
    }

    /// The time of receipt that reads back as it is. What has happened was not received before.
    pub(super) fn received(&mut self, event: &ContainerEvent) -> Option<Node> {
        let early = event.classifier == Classifier::Actual && event.received < event.at;
        if early || !in_range(event.received) {
            self.field("/received", Why::OutOfRange);
        }
        Node::of(event.received.to_string()).filter(|_| in_range(event.received))
    }

    /// The event's own id, and whether it makes the same id again.
    pub(super) fn own_id(
        &mut self,
        event: &ContainerEvent,
        standard: Standard,
        originator: &Originator,
    ) -> Option<Node> {
        let own =
            event.reference.as_deref().filter(|own| !own.is_empty() && own.chars().count() <= OWN_ID_LEN);
        let id = own.map(|own| ContainerEvent::id_of(&originator.authority(standard), own));
        if id != Some(event.id) {
            self.field("/id", Why::OtherOriginator);
        }
        if own.is_none() && event.reference.is_some() {
            self.field("/reference", Why::TooLong);
        }
        Node::of(own.map_or_else(|| event.id.to_string(), str::to_owned))
    }
}

/// `maxLength` of `eventID` in 3.0.0 and of `declarationReference` in VGM 1.0.0.
const OWN_ID_LEN: usize = 500;

/// The time of an event, which none can do without.
pub(super) fn happened(at: Instant) -> Result<Option<Node>, Stop> {
    if in_range(at) { Ok(Node::of(at.to_string())) } else { Err(("/at", Why::OutOfRange)) }
}

/// An event as an object of the standard.
pub(super) type Written = Result<Node, Stop>;

/// The events as one document, an event a line, and what is not in it. The same events give the same bytes.
pub fn write(
    events: &[ContainerEvent],
    standard: Standard,
    originator: &Originator,
) -> (String, Vec<Uncarried>) {
    let (open, close) = match standard.list() {
        Some(list) => (format!("{{\"{list}\":["), "]}\n"),
        None => ("[".to_owned(), "]\n"),
    };
    let mut document = open;
    let mut uncarried = Vec::new();
    let mut seen = HashSet::new();
    let mut count = 0;
    for (event, given) in events.iter().enumerate() {
        let mut lost = Lost::default();
        let line = given_line(given, standard, originator, &mut lost).and_then(|(line, key)| {
            let room = count < MAX_EVENTS && document.len() + line.len() + 8 <= MAX_DOCUMENT;
            match room {
                false => Err(("", Why::TooMany)),
                true if !seen.insert(key) => Err(("/id", Why::Repeated)),
                true => Ok(line),
            }
        });
        match line {
            Ok(line) => {
                document.push_str(if count == 0 { "\n" } else { ",\n" });
                document.push_str(&line);
                count += 1;
                let fields = lost.0.into_iter();
                uncarried.extend(fields.map(|(part, why)| Uncarried { event, whole: false, part, why }));
            }
            Err((part, why)) => {
                uncarried.push(Uncarried { event, whole: true, part: part.to_owned(), why });
            }
        }
    }
    document.push('\n');
    document.push_str(close);
    (document, uncarried)
}

// INVARIANT: what is written is read again without a defect.
fn given_line(
    event: &ContainerEvent,
    standard: Standard,
    originator: &Originator,
    lost: &mut Lost,
) -> Result<(String, Key), Stop> {
    let node = match standard {
        Standard::Tnt3 => tnt3::written(event, originator, lost),
        Standard::Tnt22 => tnt22::written(event, lost),
        Standard::Vgm1 => vgm1::written(event, originator, lost),
    }?;
    let unfit = ("", Why::Form);
    if !standard.faults(&node, "").is_empty() {
        return Err(unfit);
    }
    let line = serde_json::to_string(&node).map_err(|_| unfit)?;
    Ok((line, standard.key(&node)))
}
