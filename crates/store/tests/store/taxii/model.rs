//! A collection as a plain list, which says what each request must give by looking at every row.

use std::collections::BTreeSet;

use bitacora_primitives::Instant;
use bitacora_store::taxii::{Added, Filter, NewObject, ObjectRow, SpecVersions, Versions};

/// One row that was stored and not deleted.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) date_added: Instant,
    pub(super) version: Instant,
    pub(super) object: NewObject,
}

#[derive(Default, Debug)]
pub(super) struct Model {
    /// In the order of `date_added`.
    pub(super) rows: Vec<Row>,
    /// Of all rows that ever were.
    newest: Option<Instant>,
}

impl Model {
    /// Takes what a store answered, after having checked that it is what the list gives.
    pub(super) fn add(&mut self, objects: &[NewObject], clock: Instant, added: &[Added]) {
        assert_eq!(objects.len(), added.len());
        for (object, added) in objects.iter().zip(added) {
            let same = |row: &&Row| {
                row.object.id == object.id
                    && row.object.spec_version == object.spec_version
                    && object.version.is_none_or(|version| version == row.version)
            };
            // Of an object without versions, the earliest is the one that is told.
            let there = self.rows.iter().filter(same).min_by_key(|row| row.version);
            match (there, *added) {
                (Some(row), Added::AlreadyThere { date_added, version, same }) => {
                    assert_eq!((date_added, version), (row.date_added, row.version));
                    assert_eq!(same, row.object.hash == object.hash);
                }
                (None, Added::Stored { date_added, version }) => {
                    assert!(self.newest.is_none_or(|newest| date_added > newest), "{date_added}");
                    assert!(date_added >= clock);
                    assert_eq!(version, object.version.unwrap_or(date_added));
                    self.newest = Some(date_added);
                    self.rows.push(Row { date_added, version, object: object.clone() });
                }
                (there, added) => panic!("{object:?}: {added:?}, while there is {there:?}"),
            }
        }
    }

    /// Deletes as asked; what went.
    pub(super) fn delete(&mut self, id: &str, specs: &SpecVersions, versions: &Versions) -> Vec<Instant> {
        let (ids, spec_versions) = (vec![id.to_owned()], specs.clone());
        let filter = Filter { ids, spec_versions, versions: versions.clone(), ..Filter::default() };
        let gone: Vec<Instant> = self.select(&filter).iter().map(|row| row.date_added).collect();
        self.rows.retain(|row| !gone.contains(&row.date_added));
        gone
    }

    /// The rows that a filter asks for, in order.
    pub(super) fn select(&self, filter: &Filter) -> Vec<&Row> {
        let of_spec = |row: &Row| match &filter.spec_versions {
            SpecVersions::All => true,
            SpecVersions::AnyOf(list) => list.contains(&row.object.spec_version),
            SpecVersions::Newest => self
                .rows
                .iter()
                .filter(|other| other.object.id == row.object.id)
                .all(|other| other.object.spec_version <= row.object.spec_version),
        };
        let candidates: Vec<&Row> = self.rows.iter().filter(|row| of_spec(row)).collect();
        let ids: BTreeSet<&str> = candidates.iter().map(|row| row.object.id.as_str()).collect();
        let mut wanted = BTreeSet::new();
        for id in ids {
            let order = |row: &&&Row| (row.version, row.object.spec_version.clone());
            let all: Vec<&&Row> = candidates.iter().filter(|row| row.object.id == id).collect();
            let Versions { all: every, first, last, at } = &filter.versions;
            wanted.extend(
                all.iter().filter(|row| *every || at.contains(&row.version)).map(|row| row.date_added),
            );
            wanted
                .extend(all.iter().min_by_key(|row| order(row)).filter(|_| *first).map(|row| row.date_added));
            wanted
                .extend(all.iter().max_by_key(|row| order(row)).filter(|_| *last).map(|row| row.date_added));
        }
        let any = |list: &[String], one: &str| list.is_empty() || list.iter().any(|asked| asked == one);
        let named = |row: &&Row| {
            any(&filter.ids, &row.object.id)
                && any(&filter.types, row.object.id.split_once("--").unwrap().0)
                && filter.added_after.is_none_or(|after| row.date_added > after)
        };
        candidates.into_iter().filter(|row| wanted.contains(&row.date_added)).filter(named).collect()
    }

    pub(super) fn assert_same(rows: &[ObjectRow], expected: &[&Row]) {
        let dates = |rows: &[ObjectRow]| rows.iter().map(|row| row.manifest.date_added).collect::<Vec<_>>();
        assert_eq!(dates(rows), expected.iter().map(|row| row.date_added).collect::<Vec<_>>());
        for (row, expected) in rows.iter().zip(expected) {
            let manifest = &row.manifest;
            assert_eq!(
                (&manifest.id, &manifest.spec_version, manifest.version, &row.content, manifest.hash),
                (
                    &expected.object.id,
                    &expected.object.spec_version,
                    expected.version,
                    &expected.object.content,
                    expected.object.hash
                )
            );
        }
    }
}
