//! Filters (TAXII 2.1, 3.4): several fields narrow each other, several values of one field widen it. Parameters and match fields that a
//! resource does not know are ignored, as 3.4 says; what it knows and cannot read is a 400.

use std::collections::{BTreeMap, BTreeSet};

use bitacora_primitives::Instant;

use crate::backend::{Entry, SpecVersion};
use crate::fault::Fault;
use crate::query::Pairs;
use crate::times;

/// Values of one field that are read.
const MOST_VALUES: usize = 500;

/// What a page is narrowed to.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Filter {
    /// Added strictly later than this.
    pub added_after: Option<Instant>,
    /// One of these ids; empty is any.
    pub ids: BTreeSet<String>,
    /// One of these types; empty is any.
    pub types: BTreeSet<String>,
    /// One of these versions of STIX. `None` is the latest in which each object is there (3.4); an empty set is none at all, asked for
    /// by a version of STIX that nobody has.
    pub spec_versions: Option<BTreeSet<SpecVersion>>,
    pub versions: Versions,
}

/// Which versions of an object (`match[version]`), among those in the wanted versions of STIX and whatever else the filter says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Versions {
    All,
    /// Any of: the first, the last, these.
    Some {
        first: bool,
        last: bool,
        at: BTreeSet<Instant>,
    },
}

impl Versions {
    /// The latest, where nothing is said (3.4).
    pub const LAST: Self = Self::Some { first: false, last: true, at: BTreeSet::new() };
}

impl Default for Versions {
    fn default() -> Self {
        Self::LAST
    }
}

/// Which match fields a resource knows (5.4, 5.3; 5.6, 5.7, 5.8).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Known {
    /// Objects and manifest: all four.
    Collection,
    /// One object, and its deletion: version and version of STIX.
    Object,
    /// The versions of an object: version of STIX.
    Versions,
}

impl Filter {
    /// Reads the parameters that a resource knows. For one object `id` is given, and the rest narrows its versions.
    pub(crate) fn read(pairs: &Pairs, known: Known, id: Option<&str>) -> Result<Self, Fault> {
        let mut filter = Self::default();
        if let Some(text) = pairs.once("added_after")? {
            filter.added_after = Some(times::parse(text).ok_or_else(|| {
                let fault =
                    Fault::bad("added_after", "`added_after` is no RFC 3339 time in UTC, ending in `Z`");
                fault.with("value", text)
            })?);
        }
        if known == Known::Collection {
            filter.ids = values(pairs, "match[id]")?.unwrap_or_default();
            filter.types = values(pairs, "match[type]")?.unwrap_or_default();
        }
        filter.ids.extend(id.map(str::to_owned));
        filter.spec_versions = spec_versions(pairs)?;
        filter.versions = match known {
            Known::Versions => Versions::All,
            Known::Collection | Known::Object => versions(pairs)?.unwrap_or_default(),
        };
        Ok(filter)
    }

    /// A deletion without a version means them all: the address names the object, and a deletion that left older versions
    /// would hand them out as the latest (5.7).
    pub(crate) fn deletion(pairs: &Pairs) -> Result<(Versions, Option<Vec<SpecVersion>>), Fault> {
        let spec_versions = spec_versions(pairs)?.map(|set| set.into_iter().collect());
        Ok((versions(pairs)?.unwrap_or(Versions::All), spec_versions))
    }

    /// A text that two filters share exactly when they ask for the same.
    pub(crate) fn canonical(&self) -> String {
        // Names and values of the standard hold none of these marks, and what a client sends in their place is quoted by Debug.
        format!("{self:?}")
    }

    /// What a filter means, over all entries of a collection in their order: for backends that hold them in memory, and the
    /// model that others are tested against.
    pub fn select<'a>(&self, entries: &'a [Entry]) -> Vec<&'a Entry> {
        let mut latest_spec: BTreeMap<&str, SpecVersion> = BTreeMap::new();
        for entry in entries {
            let known = latest_spec.entry(&entry.id).or_insert(entry.spec_version);
            *known = entry.spec_version.max(*known);
        }
        let spoken = |entry: &Entry| match &self.spec_versions {
            Some(wanted) => wanted.contains(&entry.spec_version),
            None => latest_spec.get(entry.id.as_str()) == Some(&entry.spec_version),
        };
        let mut span: BTreeMap<&str, (Instant, Instant)> = BTreeMap::new();
        for entry in entries.iter().filter(|entry| spoken(entry)) {
            let ends = span.entry(&entry.id).or_insert((entry.version, entry.version));
            *ends = (ends.0.min(entry.version), ends.1.max(entry.version));
        }
        let version = |entry: &Entry| match &self.versions {
            Versions::All => true,
            Versions::Some { first, last, at } => {
                let ends = span.get(entry.id.as_str());
                (*first && ends.is_some_and(|ends| ends.0 == entry.version))
                    || (*last && ends.is_some_and(|ends| ends.1 == entry.version))
                    || at.contains(&entry.version)
            }
        };
        let named = |entry: &Entry| {
            let kind = entry.id.split_once("--").map_or("", |(kind, _)| kind);
            (self.ids.is_empty() || self.ids.contains(&entry.id))
                && (self.types.is_empty() || self.types.contains(kind))
        };
        let after = |entry: &Entry| self.added_after.is_none_or(|after| entry.date_added > after);
        entries
            .iter()
            .filter(|entry| named(entry) && spoken(entry) && version(entry) && after(entry))
            .collect()
    }
}

/// The comma list of a field (3.4), without those that stand twice.
fn values(pairs: &Pairs, name: &str) -> Result<Option<BTreeSet<String>>, Fault> {
    let Some(list) = pairs.once(name)? else { return Ok(None) };
    let values: BTreeSet<String> = list.split(',').map(|value| value.trim().to_owned()).collect();
    if values.contains("") {
        return Err(Fault::bad("match", format!("`{name}` has an empty value")).with("value", list));
    }
    if values.len() > MOST_VALUES {
        return Err(Fault::bad("match", format!("`{name}` has more than {MOST_VALUES} values")));
    }
    Ok(Some(values))
}

fn spec_versions(pairs: &Pairs) -> Result<Option<BTreeSet<SpecVersion>>, Fault> {
    let Some(list) = values(pairs, "match[spec_version]")? else { return Ok(None) };
    let mut wanted = BTreeSet::new();
    for text in list {
        // `n.m`; one that nobody has matches nothing, and is no error.
        let (major, minor) = text.split_once('.').unwrap_or((&text, ""));
        if [major, minor]
            .iter()
            .any(|part| part.is_empty() || !part.bytes().all(|byte| byte.is_ascii_digit()))
        {
            let fault = Fault::bad("match_spec_version", "`match[spec_version]` is no version of STIX");
            return Err(fault.with("value", text));
        }
        wanted.extend(SpecVersion::parse(&text));
    }
    Ok(Some(wanted))
}

fn versions(pairs: &Pairs) -> Result<Option<Versions>, Fault> {
    let Some(list) = values(pairs, "match[version]")? else { return Ok(None) };
    let (mut first, mut last, mut all, mut at) = (false, false, false, BTreeSet::new());
    for text in list {
        match text.as_str() {
            "first" => first = true,
            "last" => last = true,
            "all" => all = true,
            time => match times::parse(time) {
                Some(time) => drop(at.insert(time)),
                None => {
                    let fault = Fault::bad(
                        "match_version",
                        "`match[version]` is first, last, all or an RFC 3339 time in UTC",
                    );
                    return Err(fault.with("value", time));
                }
            },
        }
    }
    Ok(Some(if all { Versions::All } else { Versions::Some { first, last, at } }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str, known: Known) -> Result<Filter, Fault> {
        Filter::read(&Pairs::parse(Some(query)).unwrap(), known, None)
    }

    #[test]
    fn order_and_repetition_of_values_make_no_difference() {
        let one =
            read("match[id]=b,a&match[version]=first,last,first&match[type]=x", Known::Collection).unwrap();
        let other =
            read("match[type]=x&match[version]=last,first&match[id]=a,b,a", Known::Collection).unwrap();
        assert_eq!(one.canonical(), other.canonical());
        assert_ne!(one.canonical(), read("match[id]=a,b", Known::Collection).unwrap().canonical());
        let quoted = read("match[id]=a\"%2Cb", Known::Collection).unwrap();
        assert_ne!(quoted.canonical(), read("match[id]=a%2Cb", Known::Collection).unwrap().canonical());
    }

    #[test]
    fn all_swallows_the_others_and_unknown_fields_are_ignored() {
        assert_eq!(read("match[version]=first,all", Known::Collection).unwrap().versions, Versions::All);
        assert_eq!(read("match[name]=x&colour=red", Known::Collection).unwrap(), Filter::default());
        // What a resource does not offer it ignores, even if it could not be read.
        assert_eq!(read("match[id]=,&match[type]=,", Known::Object).unwrap(), Filter::default());
        assert_eq!(read("match[version]=yesterday", Known::Versions).unwrap().versions, Versions::All);
        assert_eq!(
            read("match[spec_version]=3.0", Known::Object).unwrap().spec_versions,
            Some(BTreeSet::new())
        );
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        for (query, code) in [
            ("added_after=yesterday", "added_after"),
            ("added_after=", "added_after"),
            ("added_after=2020-01-01T00:00:00Z,2021-01-01T00:00:00Z", "added_after"),
            ("added_after=2020-01-01T00:00:00Z&added_after=2020-01-01T00:00:00Z", "repeated_parameter"),
            ("match[id]=", "match"),
            ("match[type]=a,,b", "match"),
            ("match[id]=a&match[id]=b", "repeated_parameter"),
            ("match[version]=newest", "match_version"),
            ("match[version]=2020-01-01", "match_version"),
            ("match[spec_version]=two", "match_spec_version"),
            ("match[spec_version]=2.", "match_spec_version"),
        ] {
            assert_eq!(read(query, Known::Collection).unwrap_err().code(), code, "{query}");
        }
    }
}
