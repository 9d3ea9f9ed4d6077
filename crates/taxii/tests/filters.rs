//! Filters and pages over HTTP against a model that is written down once more, row by row.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]

mod served;

use std::collections::BTreeSet;

use axum::Router;
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;
use serde_json::Value;
use served::{DESK, get, limits, post, runtime, seeded_with};

/// An object as the model knows it: one of few types, ids and times, so that they meet often.
#[derive(Clone, Debug)]
struct Thing {
    kind: usize,
    number: u8,
    second: u8,
    stix_20: bool,
}

const KINDS: [&str; 3] = ["location", "vessel", "x-track"];

impl Thing {
    fn id(&self) -> String {
        format!("{}--00000000-0000-4000-8000-0000000000{:02}", KINDS[self.kind], self.number)
    }
    fn version(&self) -> String {
        format!("2026-01-01T00:00:{:02}.000Z", self.second)
    }
    fn json(&self) -> String {
        let (id, version) = (self.id(), self.version());
        let spec = if self.stix_20 { "2.0" } else { "2.1" };
        let kind = KINDS[self.kind];
        format!(
            "{{\"type\":\"{kind}\",\"spec_version\":\"{spec}\",\"id\":\"{id}\",\"created\":\"2026-01-01T00:00:00.000Z\",\"modified\":\"{version}\"}}"
        )
    }
}

/// A row of the model, in the order of adding.
struct Row {
    thing: Thing,
    date_added: String,
}

#[derive(Clone, Debug)]
struct Asked {
    types: Vec<usize>,
    ids: Vec<Thing>,
    spec: Option<Vec<bool>>,
    /// 0 first, 1 last, 2 all, above: that second less three.
    versions: Option<Vec<u8>>,
    /// After the date of this row.
    after: Option<usize>,
    limit: usize,
}

fn things() -> impl Strategy<Value = Vec<Thing>> {
    let thing = (0usize..3, 0u8..4, 0u8..5, proptest::bool::weighted(0.2));
    let thing = thing.prop_map(|(kind, number, second, stix_20)| Thing { kind, number, second, stix_20 });
    prop::collection::vec(thing, 1..40)
}

fn asked() -> impl Strategy<Value = Asked> {
    (
        prop::collection::vec(0usize..3, 0..3),
        things().prop_map(|mut ids| {
            ids.truncate(4);
            ids
        }),
        any::<bool>(),
        prop::option::of(prop::collection::vec(any::<bool>(), 1..3)),
        prop::option::of(prop::collection::vec(0u8..8, 1..4)),
        prop::option::of(0usize..40),
        1usize..12,
    )
        .prop_map(|(types, ids, by_id, spec, versions, after, limit)| Asked {
            types,
            ids: if by_id { ids } else { Vec::new() },
            spec,
            versions,
            after,
            limit,
        })
}

impl Asked {
    fn query(&self, rows: &[Row]) -> String {
        let mut parts = vec![format!("limit={}", self.limit)];
        let mut list = |name: &str, values: Vec<String>| {
            if !values.is_empty() {
                parts.push(format!("{name}={}", values.join(",")));
            }
        };
        list("match[type]", self.types.iter().map(|kind| KINDS[*kind].to_owned()).collect());
        list("match[id]", self.ids.iter().map(Thing::id).collect());
        let spec = self.spec.iter().flatten().map(|old| if *old { "2.0" } else { "2.1" }.to_owned());
        list("match[spec_version]", spec.collect());
        let version = |version: &u8| match version {
            0 => "first".to_owned(),
            1 => "last".to_owned(),
            2 => "all".to_owned(),
            at => format!("2026-01-01T00:00:{:02}Z", at - 3),
        };
        list("match[version]", self.versions.iter().flatten().map(version).collect());
        list(
            "added_after",
            self.after.and_then(|at| rows.get(at)).map(|row| row.date_added.clone()).into_iter().collect(),
        );
        parts.join("&")
    }

    /// What a row must be to come, each condition by itself.
    fn wants(&self, row: &Row, rows: &[Row]) -> bool {
        let own = || rows.iter().filter(|other| other.thing.id() == row.thing.id());
        let in_spec = |thing: &Thing| match &self.spec {
            Some(spec) => spec.contains(&thing.stix_20),
            None => thing.stix_20 == own().all(|other| other.thing.stix_20),
        };
        let versions: BTreeSet<u8> =
            own().filter(|other| in_spec(&other.thing)).map(|other| other.thing.second).collect();
        let version = |asked: &u8| match asked {
            0 => versions.first() == Some(&row.thing.second),
            1 => versions.last() == Some(&row.thing.second),
            2 => true,
            at => row.thing.second == at - 3,
        };
        (self.types.is_empty() || self.types.contains(&row.thing.kind))
            && (self.ids.is_empty() || self.ids.iter().any(|id| id.id() == row.thing.id()))
            && in_spec(&row.thing)
            && self.versions.as_deref().unwrap_or(&[1]).iter().any(version)
            && self.after.and_then(|at| rows.get(at)).is_none_or(|after| row.date_added > after.date_added)
    }
}

/// Adds the things in parcels and tells which rows that makes.
async fn add(router: &Router, things: &[Thing]) -> Vec<Row> {
    let mut known = BTreeSet::new();
    let fresh = things.iter().filter(|thing| known.insert((thing.id(), thing.second))).cloned();
    let fresh: Vec<Thing> = fresh.collect();
    for parcel in things.chunks(7) {
        let objects: Vec<String> = parcel.iter().map(Thing::json).collect();
        let answer =
            post(router, &format!("{DESK}objects/"), format!("{{\"objects\":[{}]}}", objects.join(",")))
                .await;
        assert_eq!(
            (answer.status, answer.json()["success_count"].as_u64()),
            (202, Some(parcel.len() as u64))
        );
    }
    let mut dates: Vec<String> = Vec::new();
    let mut next = String::new();
    loop {
        let path = format!("{DESK}manifest/?match[version]=all&match[spec_version]=2.0,2.1{next}");
        let page = get(router, &path).await.json();
        let listed = page["objects"].as_array().unwrap();
        dates.extend(listed.iter().map(|one| one["date_added"].as_str().unwrap().to_owned()));
        let Some(token) = page["next"].as_str() else { break };
        next = format!("&next={token}");
    }
    assert_eq!(dates.len(), fresh.len());
    fresh.into_iter().zip(dates).map(|(thing, date_added)| Row { thing, date_added }).collect()
}

/// Walks a filter in pages, and holds each page's form.
async fn walk(router: &Router, asked: &Asked, rows: &[Row]) -> Vec<Value> {
    let mut found = Vec::new();
    let mut next = String::new();
    loop {
        let answer = get(router, &format!("{DESK}objects/?{}{next}", asked.query(rows))).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let page = answer.json();
        let Some(objects) = page["objects"].as_array() else {
            assert_eq!((answer.text().as_str(), answer.header("x-taxii-date-added-last")), ("{}", None));
            return found;
        };
        assert!((1..=asked.limit).contains(&objects.len()));
        let date = |object: &Value| {
            let same = |row: &&Row| {
                row.thing.id() == object["id"].as_str().unwrap()
                    && row.thing.version() == object["modified"].as_str().unwrap()
            };
            rows.iter().find(same).map(|row| row.date_added.clone()).unwrap()
        };
        assert_eq!(answer.header("x-taxii-date-added-first"), Some(date(&objects[0]).as_str()));
        assert_eq!(answer.header("x-taxii-date-added-last"), Some(date(objects.last().unwrap()).as_str()));
        found.extend(objects.iter().cloned());
        // INVARIANT: `more` is true exactly when there is a `next`.
        assert_eq!(page["more"].as_bool(), Some(page["next"].is_string()), "{page}");
        let Some(token) = page["next"].as_str() else { return found };
        next = format!("&next={token}");
    }
}

async fn holds(things: Vec<Thing>, asked: Asked) -> TestCaseResult {
    let router = seeded_with(limits());
    let rows = add(&router, &things).await;
    let found = walk(&router, &asked, &rows).await;
    let found: Vec<(String, String)> = found
        .iter()
        .map(|one| (one["id"].as_str().unwrap().to_owned(), one["modified"].as_str().unwrap().to_owned()))
        .collect();
    let wanted = rows.iter().filter(|row| asked.wants(row, &rows));
    let wanted: Vec<(String, String)> = wanted.map(|row| (row.thing.id(), row.thing.version())).collect();
    prop_assert_eq!(found, wanted);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn invariant_pages_give_what_the_filter_says_once_and_in_order(things in things(), asked in asked()) {
        runtime().block_on(holds(things, asked))?;
    }
}
