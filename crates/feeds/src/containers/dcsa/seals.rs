//! Seals both ways. What a standard has no list entry or member for is told, never written as something else: a vent
//! seal written without its placement would read as a door seal.

use bitacora_port::screening::{
    ContainerEvent, SealNumber, SealPlacement, SealReading, SealSource, SealType,
};

use super::json::Node;
use super::write::{Lost, Why};

/// `maxLength` of the seal number in all three standards.
const NUMBER_LEN: usize = 15;

/// How one standard writes a seal.
pub(super) struct Form {
    pub(super) number: &'static str,
    pub(super) source: &'static str,
    pub(super) kind: &'static str,
    pub(super) placement: Option<&'static str>,
    pub(super) sources: &'static [&'static str],
    pub(super) kind_needed: bool,
}

impl Form {
    /// The seals of a list that has been checked.
    pub(super) fn read(&self, list: &[Node]) -> Vec<SealReading> {
        list.iter().filter_map(|node| self.seal(node)).collect()
    }

    fn seal(&self, node: &Node) -> Option<SealReading> {
        let mut seal = SealReading::door(SealNumber::new(node.text(self.number)?).ok()?);
        seal.source = node.text(self.source).and_then(SealSource::from_code);
        seal.kind = node.text(self.kind).and_then(SealType::from_code);
        let placement = self.placement.and_then(|name| SealPlacement::from_code(node.text(name)?));
        seal.placement = placement.unwrap_or(SealPlacement::Door);
        Some(seal)
    }

    pub(super) fn write(&self, event: &ContainerEvent, lost: &mut Lost) -> Option<Node> {
        let written = event.seals.iter().enumerate();
        Node::list(written.filter_map(|(place, seal)| self.written(seal, place, lost)).collect())
    }

    fn written(&self, seal: &SealReading, place: usize, lost: &mut Lost) -> Option<Node> {
        let whole = match (seal.kind, seal.placement) {
            _ if seal.number.as_str().len() > NUMBER_LEN => Some(Why::TooLong),
            (None, _) if self.kind_needed => Some(Why::Missing),
            (_, SealPlacement::Vent) if self.placement.is_none() => Some(Why::NoMember),
            _ => None,
        };
        if let Some(why) = whole {
            lost.field(format!("/seals/{place}"), why);
            return None;
        }
        let listed = seal.source.map(SealSource::code).filter(|code| self.sources.contains(code));
        if listed.is_none() && seal.source.is_some() {
            lost.field(format!("/seals/{place}/source"), Why::CodeNotListed);
        }
        let unheard = [
            ("maker", seal.maker.is_some()),
            ("class", seal.class.is_some()),
            ("condition", seal.condition.is_some()),
            ("read_by", seal.read_by.is_some()),
            ("second_read", seal.second_read.is_some()),
            ("read_count", seal.read_count > 0),
        ];
        for (name, _) in unheard.into_iter().filter(|(_, is_set)| *is_set) {
            lost.field(format!("/seals/{place}/{name}"), Why::NoMember);
        }
        let placement = Node::of(seal.placement.code());
        Node::object([
            (self.number, Node::of(seal.number.as_str())),
            (self.source, listed.and_then(Node::of)),
            (self.kind, seal.kind.map(SealType::code).and_then(Node::of)),
            (self.placement.unwrap_or_default(), placement.filter(|_| self.placement.is_some())),
        ])
    }
}
