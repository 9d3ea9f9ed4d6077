//! Where the rows that a request asks for stand: positions alone, each read from an index that has them in the order of pages,
//! and merged. What a page costs depends on its length, not on how many rows the collection has or the filter leaves out.

use bitacora_primitives::Instant;

use super::object::type_of;
use super::standing::{self, class};
use super::{Filter, SpecVersions, Versions};
use crate::StoreError;
use crate::link::{Link, args};

/// Rows looked at for one page where an index cannot tell all that is asked: those of one exact version, and
/// all versions of one object. Beyond, the page ends short, with `next`.
const LOOKED_AT: usize = 1_000;

const READING: &str = "finding a collection's objects";

/// A filter on one collection, resolved.
pub(super) struct Selection<'f> {
    collection: i64,
    filter: &'f Filter,
    /// Where no id is asked for: the spec versions to look through.
    specs: Vec<String>,
    /// Where no id is asked for: the classes of rows to look through.
    classes: Vec<i64>,
}

/// Positions in rising order, up to where it is known that there are no others.
pub(super) struct Reach {
    pub(super) positions: Vec<i64>,
    /// Where to go on; `None`: nothing is left.
    pub(super) next: Option<i64>,
}

/// What some streams gave, before they are merged.
#[derive(Default)]
struct Gathered {
    positions: Vec<i64>,
    /// The least position beyond which a stream was not read.
    horizon: Option<i64>,
}

impl Gathered {
    /// Takes what a stream gave that was to stop after `limit` rows; `wanted` are those of them to keep.
    fn take(&mut self, seen: usize, last: Option<i64>, limit: usize, wanted: impl IntoIterator<Item = i64>) {
        if seen >= limit {
            self.horizon = [self.horizon, last].into_iter().flatten().min();
        }
        self.positions.extend(wanted);
    }

    fn merge(mut self, limit: usize) -> Reach {
        if let Some(horizon) = self.horizon {
            self.positions.retain(|position| *position <= horizon);
        }
        self.positions.sort_unstable();
        self.positions.dedup();
        if self.positions.len() > limit {
            self.positions.truncate(limit);
            return Reach { next: self.positions.last().copied(), positions: self.positions };
        }
        Reach { positions: self.positions, next: self.horizon }
    }
}

impl<'f> Selection<'f> {
    pub(super) fn of(link: &mut Link, collection: i64, filter: &'f Filter) -> Result<Self, StoreError> {
        let mut selection = Self { collection, filter, specs: Vec::new(), classes: Vec::new() };
        if !filter.ids.is_empty() {
            return Ok(selection);
        }
        selection.specs = specs(link, collection, None)?;
        if let SpecVersions::AnyOf(asked) = &filter.spec_versions {
            selection.specs.retain(|spec| asked.contains(spec));
        }
        let Versions { all, first, last, .. } = filter.versions;
        let newest = filter.spec_versions == SpecVersions::Newest;
        let has = |row: i64, bit: i64| row & bit != 0;
        selection.classes = (0..=standing::ONLY)
            .filter(|row| !newest || has(*row, class::NEWEST_SPEC))
            .filter(|row| all || last && has(*row, class::LAST) || first && has(*row, class::FIRST))
            .collect();
        Ok(selection)
    }

    /// The next positions after one; at most `limit`.
    pub(super) fn positions(&self, link: &mut Link, after: i64, limit: usize) -> Result<Reach, StoreError> {
        let mut gathered = Gathered::default();
        // One more than asked for tells whether there are more.
        let one_more = limit + 1;
        if self.filter.ids.is_empty() {
            for spec in &self.specs {
                if self.filter.types.is_empty() {
                    self.by_class(link, spec, None, after, one_more, &mut gathered)?;
                }
                for object_type in &self.filter.types {
                    self.by_class(link, spec, Some(object_type.as_str()), after, one_more, &mut gathered)?;
                }
            }
            if !self.filter.versions.all {
                for version in &self.filter.versions.at {
                    self.by_version(link, *version, after, one_more.max(LOOKED_AT), &mut gathered)?;
                }
            }
        }
        for id in &self.filter.ids {
            if !self.wants_type(type_of(id)) {
                continue;
            }
            if self.filter.versions.all {
                self.by_id(link, id, after, one_more.max(LOOKED_AT), &mut gathered)?;
            } else {
                let Filter { spec_versions, versions, .. } = self.filter;
                let found = of_object(link, self.collection, id, spec_versions, versions)?;
                gathered.positions.extend(found.into_iter().filter(|position| *position > after));
            }
        }
        Ok(gathered.merge(limit))
    }

    /// Whether first and last are to be chosen among several spec versions: a row's class tells only its own.
    pub(super) fn has_rivals(&self) -> bool {
        self.specs.len() > 1
            && self.filter.spec_versions != SpecVersions::Newest
            && !self.filter.versions.all
            && self.filter.ids.is_empty()
    }

    /// Of a row that is first or last in its own spec version: whether it is so in all that were asked for.
    pub(super) fn stands(
        &self,
        link: &mut Link,
        id: &str,
        spec: &str,
        version: Instant,
    ) -> Result<bool, StoreError> {
        let Versions { first, last, at, .. } = &self.filter.versions;
        if at.contains(&version) {
            return Ok(true);
        }
        let (mut earlier, mut later) = (false, false);
        for rival in self.specs.iter().filter(|rival| *rival != spec) {
            if let Some((least, most)) = standing::ends(link, self.collection, id, rival)? {
                earlier |= (least, rival.as_str()) < (version, spec);
                later |= (most, rival.as_str()) > (version, spec);
            }
        }
        let own = standing::ends(link, self.collection, id, spec)?;
        let is = |end: Option<Instant>| end == Some(version);
        Ok(*first && !earlier && is(own.map(|ends| ends.0)) || *last && !later && is(own.map(|ends| ends.1)))
    }

    fn wants_type(&self, object_type: &str) -> bool {
        self.filter.types.is_empty() || self.filter.types.iter().any(|asked| asked == object_type)
    }

    fn wants_spec(&self, spec: &str, row: i64) -> bool {
        wants_spec(&self.filter.spec_versions, spec, row)
    }

    /// The rows of some classes, each from its own stretch of the index, in one statement.
    fn by_class(
        &self,
        link: &mut Link,
        spec: &str,
        object_type: Option<&str>,
        after: i64,
        limit: usize,
        gathered: &mut Gathered,
    ) -> Result<(), StoreError> {
        if self.classes.is_empty() {
            return Ok(());
        }
        let typed = if object_type.is_some() { " AND type = $5" } else { "" };
        let arms: Vec<String> = self
            .classes
            .iter()
            .map(|class| {
                format!(
                    "SELECT * FROM (SELECT class, date_added FROM taxii_live WHERE collection = $1 \
                     AND spec_version = $2{typed} AND class = {class} AND date_added > $3 \
                     ORDER BY date_added LIMIT $4) AS of_{class}"
                )
            })
            .collect();
        let sql = arms.join(" UNION ALL ");
        let rows = match object_type {
            Some(kind) => link.query(READING, &sql, args![self.collection, spec, after, limit, kind])?,
            None => link.query(READING, &sql, args![self.collection, spec, after, limit])?,
        };
        let mut of_class: Vec<Vec<i64>> = vec![Vec::new(); self.classes.len()];
        for mut row in rows {
            let class = row.int()?;
            let place = self.classes.iter().position(|asked| *asked == class);
            if let Some(stream) = place.and_then(|place| of_class.get_mut(place)) {
                stream.push(row.int()?);
            }
        }
        for stream in of_class {
            gathered.take(stream.len(), stream.last().copied(), limit, stream);
        }
        Ok(())
    }

    /// Rows of one exact version, whatever their object.
    fn by_version(
        &self,
        link: &mut Link,
        version: Instant,
        after: i64,
        limit: usize,
        gathered: &mut Gathered,
    ) -> Result<(), StoreError> {
        let sql = "SELECT date_added, spec_version, class, type FROM taxii_live WHERE collection = $1 \
                   AND version = $2 AND date_added > $3 ORDER BY date_added LIMIT $4";
        let rows = link.query(READING, sql, args![self.collection, version, after, limit])?;
        let (seen, mut last, mut wanted) = (rows.len(), None, Vec::new());
        for mut row in rows {
            let (position, spec, class) = (row.int()?, row.text()?, row.int()?);
            last = Some(position);
            if self.wants_spec(&spec, class) && self.wants_type(&row.text()?) {
                wanted.push(position);
            }
        }
        gathered.take(seen, last, limit, wanted);
        Ok(())
    }

    /// All versions of one object.
    fn by_id(
        &self,
        link: &mut Link,
        id: &str,
        after: i64,
        limit: usize,
        gathered: &mut Gathered,
    ) -> Result<(), StoreError> {
        let (seen, all) = all_of_object(link, self.collection, id, &self.filter.spec_versions, after, limit)?;
        gathered.take(seen.0, seen.1, limit, all);
        Ok(())
    }
}

fn wants_spec(asked: &SpecVersions, spec: &str, row: i64) -> bool {
    match asked {
        SpecVersions::Newest => row & class::NEWEST_SPEC != 0,
        SpecVersions::All => true,
        SpecVersions::AnyOf(list) => list.iter().any(|one| one == spec),
    }
}

/// Positions of an object's versions; before them how many rows were looked at, and the last of them.
type Seen = (usize, Option<i64>);

pub(super) fn all_of_object(
    link: &mut Link,
    collection: i64,
    id: &str,
    asked: &SpecVersions,
    after: i64,
    limit: usize,
) -> Result<(Seen, Vec<i64>), StoreError> {
    let only = standing::ONLY;
    let sql = format!(
        "SELECT date_added, spec_version, class FROM taxii_live WHERE collection = $1 AND id = $2 \
         AND class <> {only} AND date_added > $3 ORDER BY date_added LIMIT $4"
    );
    let mut found = Vec::new();
    for mut row in link.query(READING, &sql, args![collection, id, after, limit])? {
        found.push((row.int()?, row.text()?, row.int()?));
    }
    // At most one row of an object is of that class: the last there is of its newest spec version.
    let sql = "SELECT date_added, spec_version, class FROM taxii_live WHERE collection = $1 AND id = $2 \
               ORDER BY spec_version DESC, version DESC LIMIT 1";
    if let Some(mut row) = link.query_first(READING, sql, args![collection, id])? {
        let row = (row.int()?, row.text()?, row.int()?);
        if row.0 > after && row.2 == only {
            found.push(row);
            found.sort_unstable();
            found.truncate(limit);
        }
    }
    let (seen, last) = (found.len(), found.last().map(|(position, ..)| *position));
    let wanted = found.into_iter().filter(|(_, spec, class)| wants_spec(asked, spec, *class));
    let wanted = wanted.map(|(position, ..)| position).collect();
    Ok(((seen, last), wanted))
}

/// Positions of the first, the last and the named versions of one object, straight from the index of its versions.
pub(super) fn of_object(
    link: &mut Link,
    collection: i64,
    id: &str,
    asked: &SpecVersions,
    versions: &Versions,
) -> Result<Vec<i64>, StoreError> {
    let specs = match asked {
        SpecVersions::Newest => standing::newest_spec(link, collection, id)?.into_iter().collect(),
        SpecVersions::All => specs(link, collection, Some(id))?,
        SpecVersions::AnyOf(list) => list.clone(),
    };
    let mut ends: Vec<(Instant, &str)> = Vec::new();
    let mut named: Vec<(Instant, &str)> = Vec::new();
    for spec in specs.iter().map(String::as_str) {
        if versions.first || versions.last {
            let found = standing::ends(link, collection, id, spec)?;
            ends.extend(found.into_iter().flat_map(|(first, last)| [(first, spec), (last, spec)]));
        }
        named.extend(versions.at.iter().map(|version| (*version, spec)));
    }
    named.extend(ends.iter().min().filter(|_| versions.first));
    named.extend(ends.iter().max().filter(|_| versions.last));
    let mut positions = Vec::new();
    for (version, spec) in named {
        let sql = "SELECT date_added FROM taxii_live WHERE collection = $1 AND id = $2 AND spec_version = $3 \
                   AND version = $4";
        if let Some(mut row) = link.query_first(READING, sql, args![collection, id, spec, version])? {
            positions.push(row.int()?);
        }
    }
    positions.sort_unstable();
    positions.dedup();
    Ok(positions)
}

/// The spec versions of a collection or of one of its objects: from one to the next by index, since there are few.
fn specs(link: &mut Link, collection: i64, id: Option<&str>) -> Result<Vec<String>, StoreError> {
    let of = if id.is_some() { "collection = $1 AND id = $2" } else { "collection = $1" };
    let sql = format!(
        "WITH RECURSIVE spec (name) AS (SELECT MIN(spec_version) FROM taxii_live WHERE {of} \
         UNION ALL SELECT (SELECT MIN(spec_version) FROM taxii_live WHERE {of} AND spec_version > spec.name) \
         FROM spec WHERE spec.name IS NOT NULL) SELECT name FROM spec WHERE name IS NOT NULL"
    );
    let rows = match id {
        Some(id) => link.query(READING, &sql, args![collection, id])?,
        None => link.query(READING, &sql, args![collection])?,
    };
    rows.into_iter().map(|mut row| row.text()).collect()
}
