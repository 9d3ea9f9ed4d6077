//! Pages against a plain list: whatever was added and deleted, and whatever is asked, they give the same rows, once, in order.

use std::cell::Cell;

use bitacora_store::taxii::{Filter, Page, SpecVersions, Versions};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::model::Model;
use super::*;
use crate::on_both;

on_both![
    pages_are_what_a_plain_list_gives,
    a_page_ends_where_the_next_begins,
    a_page_has_no_more_bytes_than_asked_for,
    versions_of_one_object_are_paged_past_what_one_look_takes,
    of_two_renditions_the_later_version_is_the_last,
];

const IDS: [&str; 6] = ["vessel--1", "vessel--2", "vessel--3", "seizure--1", "seizure--2", "ipv4-addr--1"];
const SPECS: [&str; 3] = ["2.0", "2.1", "2.2"];

#[derive(Clone, Debug)]
enum Step {
    Add { objects: Vec<NewObject>, clock: i64 },
    Delete { id: &'static str, specs: SpecVersions, versions: Versions },
}

fn any_object() -> impl Strategy<Value = NewObject> {
    // Mostly one spec version, as in life.
    let spec = prop_oneof![6 => Just(SPECS[1]), 2 => Just(SPECS[0]), 1 => Just(SPECS[2])];
    (0..IDS.len(), spec, 0_i64..8, any::<bool>()).prop_map(|(id, spec, version, changed)| {
        let id = IDS[id];
        let version = (!id.starts_with("ipv4")).then_some(version);
        let mut one = object(id, version);
        one.spec_version = spec.to_owned();
        one.content.extend(spec.bytes());
        one.hash[0] = u8::from(changed);
        one
    })
}

fn any_specs() -> impl Strategy<Value = SpecVersions> {
    let list = proptest::sample::subsequence(SPECS.map(str::to_owned).to_vec(), 1..=3);
    prop_oneof![
        3 => Just(SpecVersions::Newest),
        1 => Just(SpecVersions::All),
        2 => list.prop_map(SpecVersions::AnyOf),
    ]
}

fn any_versions() -> impl Strategy<Value = Versions> {
    let some = (any::<bool>(), any::<bool>(), vec((0_i64..9).prop_map(at), 0..3));
    prop_oneof![
        2 => Just(Versions::LAST),
        1 => Just(Versions::FIRST),
        1 => Just(Versions::ALL),
        3 => some.prop_map(|(first, last, at)| Versions { all: false, first, last, at }),
    ]
}

fn any_step() -> impl Strategy<Value = Step> {
    let add = (vec(any_object(), 1..12), 0_i64..100);
    let delete = (0..IDS.len(), any_specs(), any_versions());
    prop_oneof![
        5 => add.prop_map(|(objects, clock)| Step::Add { objects, clock }),
        1 => delete.prop_map(|(id, specs, versions)| Step::Delete { id: IDS[id], specs, versions }),
    ]
}

/// `added_after` as a share of the rows.
fn any_filter() -> impl Strategy<Value = (Filter, Option<usize>, usize)> {
    let ids = proptest::sample::subsequence(IDS.map(str::to_owned).to_vec(), 0..=3);
    let types = ["vessel", "seizure", "ipv4-addr", "unknown"].map(str::to_owned).to_vec();
    let types = prop_oneof![Just(vec![]), proptest::sample::subsequence(types, 0..=2)];
    let after = proptest::option::of(0_usize..30);
    (ids, any::<bool>(), types, any_specs(), any_versions(), after, 1_usize..6).prop_map(
        |(ids, with_ids, types, spec_versions, versions, after, limit)| {
            let ids = if with_ids { ids } else { vec![] };
            (Filter { added_after: None, ids, types, spec_versions, versions }, after, limit)
        },
    )
}

/// Every page of a walk by `next`.
fn walk(store: &TaxiiStore, collection: &str, filter: &Filter, limit: usize) -> Vec<ObjectRow> {
    let (mut rows, mut after) = (Vec::new(), None);
    loop {
        let page = store.objects(collection, filter, after, limit, usize::MAX).unwrap();
        let manifest = store.manifest(collection, filter, after, limit).unwrap();
        assert_eq!(manifest.next, page.next);
        assert_eq!(manifest.rows, page.rows.iter().map(|row| row.manifest.clone()).collect::<Vec<_>>());
        assert!(page.rows.len() <= limit);
        rows.extend(page.rows);
        let Some(next) = page.next else { return rows };
        assert!(after.is_none_or(|after| next > after), "each page comes further");
        after = Some(next);
    }
}

fn pages_are_what_a_plain_list_gives(case: &Case) {
    let store = open(case);
    let collections = Cell::new(0);
    let config = Config { cases: 96, failure_persistence: None, ..Config::default() };
    let strategy = (vec(any_step(), 1..8), vec(any_filter(), 12));
    let checked = TestRunner::new(config).run(&strategy, |(steps, filters)| {
        collections.set(collections.get() + 1);
        let name = format!("00000000-0000-4000-8000-{:012}", collections.get());
        store.register_collection(&collection(&name)).unwrap();
        let mut model = Model::default();
        for step in steps {
            match step {
                Step::Add { objects, clock } => {
                    let added = store.add(&name, request(at(clock)), objects.clone()).unwrap();
                    model.add(&objects, at(clock), &added);
                }
                Step::Delete { id, specs, versions } => {
                    let gone = store.delete(&name, id, &specs, &versions, &named("r", at(0))).unwrap();
                    let gone: Vec<Instant> = gone.iter().map(|row| row.date_added).collect();
                    assert_eq!(gone, model.delete(id, &specs, &versions));
                }
            }
        }
        for (mut filter, after, limit) in filters {
            filter.added_after = after.and_then(|place| model.rows.get(place)).map(|row| row.date_added);
            Model::assert_same(&walk(&store, &name, &filter, limit), &model.select(&filter));
        }
        Ok(())
    });
    checked.unwrap_or_else(|failure| panic!("{failure}"));
}

fn a_page_ends_where_the_next_begins(case: &Case) {
    let store = with_collection(case);
    let added = stored(&store.add(COLLECTION, request(at(1)), (0..10).map(numbered).collect()).unwrap());
    let ask = |after, limit| -> (Vec<u64>, Option<Instant>) {
        let Page { rows, next } =
            store.objects(COLLECTION, &Filter::default(), after, limit, usize::MAX).unwrap();
        (rows.iter().map(number_of).collect(), next)
    };
    assert_eq!(ask(None, 4), (vec![0, 1, 2, 3], Some(added[3])));
    assert_eq!(ask(Some(added[3]), 4), (vec![4, 5, 6, 7], Some(added[7])));
    assert_eq!(ask(Some(added[7]), 4), (vec![8, 9], None));
    assert_eq!(ask(Some(added[7]), 2), (vec![8, 9], None), "a full last page says that it is the last");
    assert_eq!(ask(Some(added[9]), 2), (vec![], None));
    let after = Filter { added_after: Some(added[7]), ..Filter::default() };
    let page = store.objects(COLLECTION, &after, Some(added[2]), 100, usize::MAX).unwrap();
    assert_eq!(
        page.rows.iter().map(number_of).collect::<Vec<_>>(),
        [8, 9],
        "the later of both cursors counts"
    );
}

fn a_page_has_no_more_bytes_than_asked_for(case: &Case) {
    let store = with_collection(case);
    let sized = |number, size| NewObject { content: vec![b'x'; size], ..numbered(number) };
    let sizes = [10, 20, 0, 500, 30, 30, 41, 41];
    let objects = (0..).zip(sizes).map(|(number, size)| sized(number, size)).collect();
    let added = stored(&store.add(COLLECTION, request(at(1)), objects).unwrap());
    let mut pages = Vec::new();
    let mut after = None;
    loop {
        let Page { rows, next } = store.objects(COLLECTION, &Filter::default(), after, 100, 100).unwrap();
        pages.push(rows.iter().map(number_of).collect::<Vec<_>>());
        assert_eq!(next.is_some(), rows.last().unwrap().manifest.date_added != added[7]);
        after = next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(pages, [vec![0, 1, 2], vec![3], vec![4, 5], vec![6, 7]], "one too large goes alone");
    let page = store.objects(COLLECTION, &Filter::default(), None, 100, 0).unwrap();
    assert_eq!((page.rows.len(), page.next), (1, Some(added[0])));
}

fn versions_of_one_object_are_paged_past_what_one_look_takes(case: &Case) {
    let store = with_collection(case);
    // 2.0 before 2.1: what is asked for begins far behind.
    let mut objects: Vec<_> = (0..9_500).map(|version| object("vessel--1", Some(version))).collect();
    objects[..9_400].iter_mut().for_each(|one| one.spec_version = "2.0".to_owned());
    // The same version of many objects.
    objects.extend((0..2_500).map(|n| object(&format!("seizure--{n}"), Some(7))));
    objects.extend((0..10).map(|n| object(&format!("track--{n}"), Some(7))));
    for some in objects.chunks(4_000) {
        store.add(COLLECTION, request(at(1)), some.to_vec()).unwrap();
    }
    let of_vessel = Filter { ids: vec!["vessel--1".to_owned()], ..everything() };
    assert_eq!(walk(&store, COLLECTION, &of_vessel, 60).len(), 100);
    let listed = store.versions(COLLECTION, "vessel--1", SpecVersions::All, None, 9_600).unwrap();
    assert_eq!((listed.rows.len(), listed.next), (9_500, None));
    let at_seven = Versions { all: false, first: false, last: false, at: vec![at(7)] };
    let tracks = Filter { types: vec!["track".to_owned()], versions: at_seven, ..Filter::default() };
    assert_eq!(walk(&store, COLLECTION, &tracks, 3).len(), 10);
    assert_eq!(walk(&store, COLLECTION, &Filter::default(), 1_000).len(), 2_511);
}

fn of_two_renditions_the_later_version_is_the_last(case: &Case) {
    let store = with_collection(case);
    let of = |spec: &str, version| NewObject {
        spec_version: spec.to_owned(),
        ..object("vessel--1", Some(version))
    };
    let objects = vec![of("2.0", 1), of("2.1", 2), of("2.1", 3), of("2.0", 4)];
    store.add(COLLECTION, request(at(10)), objects).unwrap();
    let shown = |specs: &[&str], versions: &Versions| -> Vec<i64> {
        let spec_versions = match specs {
            [] => SpecVersions::Newest,
            list => SpecVersions::AnyOf(list.iter().map(|&spec| spec.to_owned()).collect()),
        };
        let filter = Filter { spec_versions, versions: versions.clone(), ..Filter::default() };
        let rows = all_rows(&store, &filter);
        rows.iter().map(|row| (row.manifest.version - at(0)).micros() / 1_000_000).collect()
    };
    assert_eq!(shown(&[], &Versions::LAST), [3]);
    assert_eq!(shown(&["2.0"], &Versions::LAST), [4]);
    assert_eq!(shown(&["2.0", "2.1"], &Versions::LAST), [4]);
    assert_eq!(shown(&["2.0", "2.1"], &Versions::FIRST), [1]);
    assert_eq!(shown(&["2.1", "3.0"], &Versions::FIRST), [2]);
    assert_eq!(shown(&["3.0"], &Versions::ALL), [0_i64; 0]);
}
