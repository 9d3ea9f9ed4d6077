//! What the backend decides reaches the client as it is: a page that it denies, a moment at which it cannot, a failure; and who
//! asks reaches the backend.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]

mod served;

use std::sync::{Arc, Mutex};

use axum::body::Body;
use bitacora_primitives::Instant;
use bitacora_taxii::{
    Added, Backend, ClientCertificate, Collection, Entry, Filter, Outcome, Page, PageQuery, Principal,
    Refusal, Row, SpecVersion, Status, Submission, Versions,
};
use served::{ask, get, limits, over, post, request, runtime};

const OBJECTS: &str = "/taxii2/watch/collections/shared/objects/";
const URL: &str =
    r#"{"objects":[{"type":"url","id":"url--9a1c1c3e-8f0b-4c93-9d2b-2f1f5f9f6a01","value":"a"}]}"#;

/// Does what it is told to, and remembers who asked for which page.
#[derive(Default)]
struct Gate {
    refusal: Mutex<Option<Refusal>>,
    panics: bool,
    loses_count: bool,
    pages: Mutex<Vec<(Principal, PageQuery)>>,
}

impl Gate {
    fn with(refusal: Refusal) -> Arc<Self> {
        Arc::new(Self { refusal: Mutex::new(Some(refusal)), ..Self::default() })
    }

    fn decide(&self) -> Result<(), Refusal> {
        assert!(!self.panics, "the disk is on fire");
        self.refusal.lock().unwrap().clone().map_or(Ok(()), Err)
    }
}

fn entry(position: u64) -> Entry {
    Entry {
        position,
        date_added: Instant::from_secs(1_767_225_600 + position as i64),
        id: format!("url--00000000-0000-4000-8000-{position:012}"),
        version: Instant::from_secs(1_767_225_600),
        spec_version: SpecVersion::V21,
    }
}

impl Backend for Gate {
    fn collections(&self, _: &Principal, root: &str) -> Result<Vec<Collection>, Refusal> {
        assert_eq!(root, "watch");
        Ok(vec![Collection {
            id: "0b1c2d3e-0000-4000-8000-000000000000".to_owned(),
            title: "Shared".to_owned(),
            description: None,
            alias: Some("shared".to_owned()),
            can_read: true,
            can_write: true,
            media_types: Vec::new(),
        }])
    }
    fn add(
        &self,
        _: &Principal,
        _: &str,
        collection: &str,
        submission: &Submission,
    ) -> Result<Added, Refusal> {
        self.decide()?;
        assert_eq!(collection, "0b1c2d3e-0000-4000-8000-000000000000", "an alias is resolved");
        let outcomes =
            if self.loses_count { Vec::new() } else { vec![Outcome::Pending; submission.objects.len()] };
        let request_timestamp = Instant::from_secs(1_767_225_600);
        Ok(Added {
            status_id: "0b1c2d3e-0000-4000-8000-000000000001".to_owned(),
            request_timestamp,
            outcomes,
        })
    }
    fn page(&self, principal: &Principal, _: &str, query: &PageQuery) -> Result<Page<Row>, Refusal> {
        self.decide()?;
        self.pages.lock().unwrap().push((principal.clone(), query.clone()));
        let first = query.after.unwrap_or(0) + 1;
        let rows = (first..first + query.limit as u64)
            .map(|at| Row { entry: entry(at), bytes: format!("{{\"at\" :{at}}}").into_bytes() });
        Ok(Page { rows: rows.collect(), guard: None, more: first < 5 })
    }
    fn manifest(&self, _: &Principal, _: &str, _: &PageQuery) -> Result<Page<Entry>, Refusal> {
        self.decide()?;
        Ok(Page { rows: Vec::new(), guard: None, more: false })
    }
    fn holds(&self, _: &Principal, _: &str, _: &str) -> Result<bool, Refusal> {
        Ok(true)
    }
    fn delete(
        &self,
        _: &Principal,
        _: &str,
        _: &str,
        versions: &Versions,
        _: Option<&[SpecVersion]>,
    ) -> Result<usize, Refusal> {
        self.decide()?;
        assert_eq!(*versions, Versions::All, "a deletion without a version is of all");
        Ok(1)
    }
    fn status(&self, _: &Principal, _: &str, _: &str) -> Result<Option<Status>, Refusal> {
        self.decide()?;
        Ok(None)
    }
}

#[test]
fn what_the_gate_denies_is_a_403_with_its_reason_and_not_one_object() {
    let details =
        vec![("clause".to_owned(), "art-7".to_owned()), ("suspension".to_owned(), "s-1".to_owned())];
    let router =
        over(Gate::with(Refusal::Denied { title: "this flow is suspended".to_owned(), details }), limits());
    runtime().block_on(async {
        for answer in [
            get(&router, OBJECTS).await,
            get(&router, "/taxii2/watch/collections/shared/manifest/").await,
            post(&router, OBJECTS, URL).await,
            ask(&router, request("DELETE", &format!("{OBJECTS}x/"), Body::empty())).await,
        ] {
            assert_eq!((answer.status, answer.code().as_str()), (403, "forbidden"));
            let told = answer.json();
            assert_eq!(
                (&told["title"], &told["details"]["clause"]),
                (&"this flow is suspended".into(), &"art-7".into())
            );
            assert_eq!((told.get("objects"), answer.header("x-taxii-date-added-last")), (None, None));
        }
    });
}

#[test]
fn a_backend_that_cannot_now_says_when_and_one_that_failed_says_nothing() {
    runtime().block_on(async {
        let router = over(Gate::with(Refusal::Unavailable { retry_after_s: Some(30) }), limits());
        let answer = get(&router, OBJECTS).await;
        assert_eq!(
            (answer.status, answer.header("retry-after"), answer.code().as_str()),
            (503, Some("30"), "unavailable")
        );
        let failing: [Arc<dyn Backend>; 2] = [
            Gate::with(Refusal::Failed { cause: "password of the database".to_owned() }),
            Arc::new(Gate { panics: true, ..Gate::default() }),
        ];
        for gate in failing {
            let router = over(gate, limits());
            let answer = get(&router, OBJECTS).await;
            assert_eq!((answer.status, answer.code().as_str()), (500, "internal"));
            assert!(
                !answer.text().contains("database") && !answer.text().contains("fire"),
                "{}",
                answer.text()
            );
        }
        let router = over(Arc::new(Gate { loses_count: true, ..Gate::default() }), limits());
        assert_eq!(post(&router, OBJECTS, URL).await.status, 500, "no success without an outcome");
    });
}

#[test]
fn what_is_undecided_is_pending() {
    runtime().block_on(async {
        let answer = post(&over(Arc::new(Gate::default()), limits()), OBJECTS, URL).await;
        let told = answer.json();
        assert_eq!(
            (answer.status, &told["status"], &told["pending_count"]),
            (202, &"pending".into(), &1.into())
        );
        assert_eq!(told["pendings"][0]["id"], "url--9a1c1c3e-8f0b-4c93-9d2b-2f1f5f9f6a01");
    });
}

#[test]
fn a_page_holds_the_rows_as_they_are_and_its_end_leads_on() {
    let gate = Arc::new(Gate::default());
    let router = over(Arc::clone(&gate) as Arc<dyn Backend>, limits());
    runtime().block_on(async {
        let first = get(&router, &format!("{OBJECTS}?limit=2&match[version]=all")).await;
        let next = first.json()["next"].as_str().unwrap().to_owned();
        assert_eq!(
            first.text(),
            format!("{{\"more\":true,\"next\":\"{next}\",\"objects\":[{{\"at\" :1}},{{\"at\" :2}}]}}")
        );
        // The same collection by its id: the token holds.
        let by_id = OBJECTS.replace("shared", "0b1c2d3e-0000-4000-8000-000000000000");
        let last = get(&router, &format!("{by_id}?limit=9&match[version]=all&next={next}")).await;
        assert_eq!(
            (last.status, last.json()["objects"][0]["at"].as_u64(), &last.json()["more"]),
            (200, Some(3), &true.into())
        );
    });
    let pages = gate.pages.lock().unwrap();
    let [(who, first), (_, second)] = pages.as_slice() else { panic!("{pages:?}") };
    let filter = Filter { versions: Versions::All, ..Filter::default() };
    let wanted = PageQuery { filter, after: None, limit: 2, bytes: limits().page_bytes };
    assert_eq!((who, first), (&Principal("token".to_owned()), &wanted));
    assert_eq!(second, &PageQuery { after: Some(2), limit: 9, ..wanted });
}

#[test]
fn a_client_certificate_names_who_asks() {
    let gate = Arc::new(Gate::default());
    let router = over(Arc::clone(&gate) as Arc<dyn Backend>, limits());
    let with = |certificate: [u8; 32], authorization: bool| {
        let mut request = request("GET", OBJECTS, Body::empty());
        request.extensions_mut().insert(ClientCertificate(certificate));
        if !authorization {
            request.headers_mut().remove("authorization");
        }
        request
    };
    runtime().block_on(async {
        assert_eq!(ask(&router, with([7; 32], false)).await.status, 200);
        assert_eq!(ask(&router, with([8; 32], false)).await.status, 401);
        // Who says a name in the request is that name.
        assert_eq!(ask(&router, with([7; 32], true)).await.status, 200);
    });
    let who: Vec<String> = gate.pages.lock().unwrap().iter().map(|(who, _)| who.0.clone()).collect();
    assert_eq!(who, ["certificate", "token"]);
}

#[test]
fn a_page_is_bounded_in_bytes_too() {
    let small = bitacora_taxii::Limits { page_bytes: 1000, ..limits() };
    runtime().block_on(async {
        let router = served::seeded_with(small);
        let mut path = format!("{}objects/?match[version]=all", served::EXERCISE);
        let mut found = 0;
        for page in 0.. {
            assert!(page < 7, "the walk ends");
            let answer = get(&router, &path).await;
            assert!(answer.bytes.len() < 1100, "{}", answer.bytes.len());
            let told = answer.json();
            found += told["objects"].as_array().unwrap().len();
            let Some(next) = told["next"].as_str() else { break };
            path = format!("{}objects/?match[version]=all&next={next}", served::EXERCISE);
        }
        assert_eq!(found, 7);
    });
}
