//! `bitacora stix` over the shipped demo while its two nodes run and after they ended: what each side shows of one exchange,
//! what it leaves out, and that others read it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "what a test expects and does not find is its failure"
)]

mod harness;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use bitacora_ledger::canonical_json;
use bitacora_primitives::released::Document;
use bitacora_stix::import::{Imported, Known, Limits, Proposed, import};
use harness::theatre::{AGREEMENT, Theatre};
use harness::{Ran, folder, run, text};
use serde_json::{Value, json};

/// One side's bundle, and what it said beside it.
struct Shown {
    bundle: String,
    ran: Ran,
    read: Imported,
}

fn show(data: &Path) -> Shown {
    let out = data.join("bundle.json");
    let ran = run(&["stix", "--all", "--data", text(data), "--out", text(&out), "--lang", "en"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let bundle = std::fs::read_to_string(&out).unwrap();
    std::fs::remove_file(&out).unwrap();
    let again = run(&["stix", "--all", "--data", text(data), "--lang", "en"]);
    assert_eq!((again.code, &again.out), (0, &bundle), "one state of the logs gives the same bytes");
    assert!(!data.join("bundle.json.new").exists());
    let read = import(bundle.as_bytes(), &Limits::default(), &Known::default()).unwrap();
    assert_eq!(read.refused, [], "all of it is understood");
    Shown { bundle, ran, read }
}

impl Shown {
    fn objects(&self) -> Vec<Value> {
        let bundle: Value = serde_json::from_str(&self.bundle).unwrap();
        bundle["objects"].as_array().cloned().unwrap_or_default()
    }

    /// Objects of this very item: that of its facts, and what is told with it.
    fn about(&self, release: &Document, revoked: bool) -> BTreeSet<String> {
        let objects = self.objects();
        let main = objects.iter().find(|object| {
            object["item_id"] == release.item.as_str()
                && object["revoked"].as_bool().unwrap_or(false) == revoked
                && name_of_handling(&objects, object).contains(&format!("agreement={AGREEMENT}"))
        });
        let Some(main) = main else { return BTreeSet::new() };
        let marks = main["object_marking_refs"].clone();
        let of_item = |object: &&Value| {
            let view = object["extensions"].as_object().into_iter().flat_map(|all| all.values());
            let mut refs = view.map(|body| &body["item_ref"]).chain([&object["item_ref"], &object["id"]]);
            refs.any(|id| *id == main["id"]) && object["object_marking_refs"] == marks
        };
        objects.iter().filter(of_item).map(|object| canonical_json(object).unwrap()).collect()
    }

    /// What was released under the agreement, in the order of the bundle.
    fn released(&self) -> Vec<Document> {
        let items = self.read.proposals.iter().filter_map(|proposal| match &proposal.what {
            Proposed::Released(item) => item.document(),
            _ => None,
        });
        items.collect()
    }

    fn left_out(&self, code: &str) -> u64 {
        let line = self.ran.err.lines().find(|line| line.ends_with(&format!("({code})")));
        let count =
            line.and_then(|line| line.strip_prefix("left out: ")?.split_whitespace().next()?.parse().ok());
        count.unwrap_or(0)
    }
}

/// The one line of codes in which an object's handling marking says under what it was given.
fn name_of_handling(objects: &[Value], object: &Value) -> String {
    let mark = &object["object_marking_refs"][1];
    let found = objects.iter().find(|one| one["id"] == *mark).unwrap();
    found["name"].as_str().unwrap().to_owned()
}

#[test]
fn each_side_shows_what_it_may_and_both_the_same() {
    let theatre = Theatre::play(folder("stix-command"));
    let (co, us) = (theatre.root.join("colombia"), theatre.root.join("united-states"));
    let opened = open_all_but_one(&theatre);
    let (ours, theirs) = (show(&co), show(&us));

    is_sound(&ours);
    is_sound(&theirs);
    both_show_the_same(&ours, &theirs, &opened);
    nothing_cut_is_told(&ours, &theirs);
    the_node_s_own_is_marked_so(&theatre, &ours);
    strangers_find_no_error(&theatre.root, &[&ours, &theirs]);
    files_name_items(&theatre.root, &co, &ours);
    others_bundles_are_checked(&theatre.root, &ours);

    let gone = withdrawn_is_revoked(&theatre, &ours, &theirs);
    stopped_is_quiet(&theatre, &ours, gone);
    after_the_nodes_ended(theatre, &co, &us);
}

/// The partner's watch officer opens everything that may be read, but the last: the ids of the items opened.
fn open_all_but_one(theatre: &Theatre) -> BTreeSet<String> {
    let watch = theatre.united_states("watch");
    let path = format!("/api/exchange/{AGREEMENT}/received");
    let received = watch.get(&path).json();
    let readable: Vec<&Value> =
        received.as_array().unwrap().iter().filter(|one| one["state"] == "readable").collect();
    assert!(readable.len() >= 3, "{received}");
    let (_, opened) = readable.split_last().unwrap();
    for one in opened {
        let reply = watch.post(&format!("{path}/{}/open", one["release"].as_str().unwrap()), &json!({}));
        assert_eq!(reply.status, 200, "{}", reply.text());
    }
    opened.iter().map(|one| one["item"].as_str().unwrap().to_owned()).collect()
}

/// Canonical, each version once, and nothing but items, incidents and what belongs to them.
fn is_sound(shown: &Shown) {
    let bundle: Value = serde_json::from_str(&shown.bundle).unwrap();
    assert_eq!(canonical_json(&bundle).unwrap(), shown.bundle);
    let mut versions = BTreeSet::new();
    for object in shown.objects() {
        let version = object["modified"].as_str().or(object["created"].as_str()).unwrap().to_owned();
        assert!(versions.insert((object["id"].to_string(), version)), "twice: {}", object["id"]);
    }
    let read = &shown.read;
    assert!(read.contacts.is_empty() && read.sightings.is_empty(), "views were taken for claims");
    assert!(read.proposals.iter().all(|one| !matches!(one.what, Proposed::Said(_))));
    assert!(read.proposals.iter().all(|one| one.origin.unread.is_empty()));
}

fn both_show_the_same(ours: &Shown, theirs: &Shown, opened: &BTreeSet<String>) {
    let items: BTreeSet<String> = theirs.released().into_iter().map(|one| one.item).collect();
    assert_eq!(items, *opened, "what was opened, and nothing else");
    assert_eq!(theirs.left_out("unopened"), 1, "{}", theirs.ran.err);
    assert_eq!(ours.released().len(), theirs.released().len() + 1);
    for release in theirs.released() {
        let (own, partner) = (ours.about(&release, false), theirs.about(&release, false));
        assert!(own.len() >= 3, "an item, its grouping and its note: {own:?}");
        assert_eq!(own, partner, "{} is told in the same bytes on both sides", release.item);
    }
    let receipts = ours.bundle.matches("\"receipt\":\"given\"").count();
    assert!(receipts > 0 && theirs.bundle.contains("\"receipt\":\"given\""));
    // Transfers that the stop cut were released anew later: the cut ones are counted, and told by nobody.
    assert!(ours.left_out("cut") > 0, "{}", ours.ran.err);
}

/// The agreement removes evidence and moves positions to a grid: neither the raw lines' sources nor the exact position is in
/// any byte that was made from a release.
fn nothing_cut_is_told(ours: &Shown, theirs: &Shown) {
    let objects = ours.objects();
    let own: Vec<&Value> = objects
        .iter()
        .filter(|one| one["item_kind"] == "lead" && !name_of_handling(&objects, one).contains("agreement="))
        .collect();
    assert!(own.len() >= 3);
    let mut secrets = BTreeSet::new();
    let mut exact = BTreeMap::new();
    for lead in own {
        for piece in lead["fields"]["evidence"].as_array().unwrap() {
            secrets.insert(piece["source"].as_str().unwrap().to_owned());
        }
        assert_eq!(lead["place"]["grid_m"], 0);
        exact.insert(lead["item_id"].as_str().unwrap().to_owned(), lead["place"]["lat_udeg"].to_string());
    }
    assert!(!secrets.is_empty());
    for shown in [ours, theirs] {
        let leads: Vec<Document> =
            shown.released().into_iter().filter(|one| one.kind.code() == "lead").collect();
        assert!(!leads.is_empty());
        for release in &leads {
            assert!(release.removed.iter().any(|name| name.as_str() == "evidence"));
            assert_eq!(release.place.unwrap().grid_m, 1_852);
            let bytes = shown.about(release, false).into_iter().collect::<String>();
            assert!(!bytes.is_empty());
            assert!(secrets.iter().all(|secret| !bytes.contains(secret)), "{}", release.item);
            assert!(!bytes.contains(&exact[&release.item]), "{} tells where it was", release.item);
        }
    }
    assert!(secrets.iter().all(|secret| !theirs.bundle.contains(secret)));
}

/// Accepted leads and the signed incident, given to nobody.
fn the_node_s_own_is_marked_so(theatre: &Theatre, ours: &Shown) {
    let own = ours.read.proposals.iter().filter(|one| match &one.what {
        Proposed::Released(item) => item.release.is_none(),
        _ => false,
    });
    let leads = theatre.colombia("watch").get("/api/leads?state=all&limit=2000").json();
    let leads = leads.as_array().unwrap();
    let accepted = leads.iter().filter(|lead| lead["state"] == "accepted").count();
    assert_eq!(own.count(), accepted);
    assert_eq!(ours.left_out("not_accepted"), (leads.len() - accepted) as u64, "{}", ours.ran.err);
    let incidents = ours.read.proposals.iter().filter(|one| matches!(one.what, Proposed::Incident(_)));
    assert_eq!(incidents.count(), 1);
    assert!(ours.bundle.contains("\"receipt\":\"not_required\""));
}

/// stix2-validator, stix2 and our published schemas, where Python has them; in CI it must.
fn strangers_find_no_error(root: &Path, shown: &[&Shown]) {
    if !bitacora_given::python("stix2validator, stix2, jsonschema", "see tools/check_stix.py") {
        return;
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tools/check_stix.py");
    for (number, shown) in shown.iter().enumerate() {
        let path = root.join(format!("strangers-{number}.json"));
        std::fs::write(&path, &shown.bundle).unwrap();
        let output = std::process::Command::new("python3").arg(&script).arg(&path).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && said.contains(" objects, 0 errors"), "{said}");
    }
}

/// A released document, or the opened leaves of a log, name items; what is not the same is refused with its place.
fn files_name_items(root: &Path, data: &Path, all: &Shown) {
    let stix = |file: &PathBuf| run(&["stix", text(file), "--data", text(data), "--lang", "en"]);
    let document = all.released().remove(0);
    let file = root.join("document.json");
    std::fs::write(&file, serde_json::to_string_pretty(&document).unwrap()).unwrap();
    let one = stix(&file);
    assert_eq!(one.code, 0, "{one:?}");
    let read = import(one.out.as_bytes(), &Limits::default(), &Known::default()).unwrap();
    assert_eq!((read.proposals.len(), read.refused.len()), (1, 0));
    let whole: BTreeSet<String> = all.objects().iter().map(|one| canonical_json(one).unwrap()).collect();
    let part: Value = serde_json::from_str(&one.out).unwrap();
    for object in part["objects"].as_array().unwrap() {
        assert!(whole.contains(&canonical_json(object).unwrap()), "the same object as in the whole");
    }

    let mut altered = document.clone();
    altered.place = altered.place.map(|place| bitacora_primitives::released::Place { grid_m: 0, ..place });
    std::fs::write(&file, format!("{}\nnothing\n", serde_json::to_string(&altered).unwrap())).unwrap();
    let refused = stix(&file);
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(refused.err.contains(&format!("document.json:1: {} revision", document.item)), "{refused:?}");
    assert!(refused.err.contains("document.json:2: neither"), "{refused:?}");
    assert!(!refused.out.contains("\"objects\""), "{refused:?}");

    let records = data.join("exchange").join(AGREEMENT).join("CO/records/000.jsonl");
    let of_log = stix(&records);
    let read = import(of_log.out.as_bytes(), &Limits::default(), &Known::default()).unwrap();
    assert_eq!(read.proposals.len(), all.released().len());
    assert_eq!(of_log.code, 1, "what was cut is no item that is shown: {}", of_log.err);
    assert_eq!(
        of_log.err.matches("records/000.jsonl:").count() as u64,
        all.left_out("cut"),
        "{}",
        of_log.err
    );
}

fn others_bundles_are_checked(root: &Path, shown: &Shown) {
    let file = root.join("theirs.json");
    let check = |more: &[&str]| run(&[&["stix", "--check", text(&file), "--lang", "en"], more].concat());
    std::fs::write(&file, &shown.bundle).unwrap();
    let good = check(&["--json"]);
    assert_eq!((good.code, good.err.as_str()), (0, ""), "{}", good.err);
    assert_eq!(good.summaries().len(), shown.objects().len(), "each object is in one list");
    let lists: BTreeSet<String> =
        good.summaries().iter().map(|line| line["list"].as_str().unwrap().to_owned()).collect();
    assert_eq!(lists, ["context", "proposal"].map(str::to_owned).into());
    assert_eq!(check(&[]).out.lines().count(), shown.objects().len());

    let bent = shown.bundle.replacen("\"nature\":\"hypothesis\"", "\"nature\":null", 1);
    std::fs::write(&file, bent).unwrap();
    let bad = check(&[]);
    assert_eq!(bad.code, 1);
    assert!(bad.err.contains("objects/") && bad.err.contains("null_value (STIX 2.1, 2)"), "{}", bad.err);

    std::fs::write(&file, "[]").unwrap();
    let none = check(&[]);
    assert!(none.code == 1 && none.err.contains("not_a_bundle"), "{none:?}");
    // Without --check a file names items, and a bundle names none.
    std::fs::write(&file, &shown.bundle).unwrap();
    let unasked = run(&["stix", text(&file), "--data", text(&root.join("colombia")), "--lang", "es"]);
    assert!(unasked.code == 1 && unasked.err.contains("--check"), "{unasked:?}");
}

/// Colombia takes one back: its own objects of it are revoked in a last version, and the partner shows it no more.
fn withdrawn_is_revoked(theatre: &Theatre, ours: &Shown, theirs: &Shown) -> Document {
    let gone = theirs.released().into_iter().find(|one| one.kind.code() == "lead").unwrap();
    let received = theatre.united_states("watch").get(&format!("/api/exchange/{AGREEMENT}/received")).json();
    let received = received.as_array().unwrap();
    let release = received.iter().find(|one| one["item"] == gone.item.as_str() && one["state"] == "open");
    let release = release.unwrap()["release"].clone();
    let reason = json!({ "es": "por error", "en": "by mistake" });
    let asked = json!({ "release": release, "reason": reason });
    let reply = theatre.colombia("release").post(&format!("/api/exchange/{AGREEMENT}/withdraw"), &asked);
    assert_eq!(reply.status, 201, "{}", reply.text());
    theatre.rest();
    let (own, partner) = (show(&theatre.root.join("colombia")), show(&theatre.root.join("united-states")));
    let (before, after) = (ours.about(&gone, false), own.about(&gone, true));
    assert_eq!((before.len(), own.about(&gone, false).len()), (after.len(), 0));
    let ids = |objects: &BTreeSet<String>| -> BTreeSet<String> {
        objects.iter().map(|one| serde_json::from_str::<Value>(one).unwrap()["id"].to_string()).collect()
    };
    assert_eq!(ids(&before), ids(&after), "the last versions of the same objects");
    assert!(after.iter().all(|one| one.contains("\"revoked\":true")));
    assert_eq!(partner.released().len() + 1, theirs.released().len());
    assert!(partner.about(&gone, false).is_empty() && partner.about(&gone, true).is_empty());
    assert_eq!(partner.left_out("withdrawn"), 1, "{}", partner.ran.err);
    gone
}

/// Colombia stops everything: the partner shows nothing but what is for safety of life. Colombia's own view stands.
fn stopped_is_quiet(theatre: &Theatre, ours: &Shown, gone: Document) {
    let stop = json!({
        "act": "suspend", "agreement": AGREEMENT, "officer": theatre.officer("colombia", "release"),
        "scope": { "from": null, "to": null, "items": [], "areas": [], "purposes": [] }, "exceptions": [],
        "reason": { "es": "motivo", "en": "reason" },
        "condition": { "text": { "es": "mientras", "en": "as long as" } }, "incident": null,
    });
    assert!(theatre.ask("colombia", &stop)["leaf"].is_u64());
    theatre.rest();
    let (own, partner) = (show(&theatre.root.join("colombia")), show(&theatre.root.join("united-states")));
    assert!(partner.left_out("quiet") > 0, "{}", partner.ran.err);
    let left: Vec<Document> = partner.released();
    assert!(!left.is_empty() && left.iter().all(|one| one.kind.code() == "distress"), "{left:?}");
    let standing = |shown: &Shown| shown.released().into_iter().filter(|one| one.item != gone.item).count();
    assert_eq!(standing(&own), standing(ours));
}

/// A lease is in the memory of a node that runs: without one nothing of the partner is shown, and all of our own is. Nothing
/// is made in the folder, least of all the secret of a month that was destroyed.
fn after_the_nodes_ended(theatre: Theatre, co: &Path, us: &Path) {
    let before = show(co);
    theatre.end();
    assert_eq!(show(co).bundle, before.bundle, "a node beside makes no difference to what is our own");
    let partner = show(us);
    assert!(partner.released().is_empty() && partner.left_out("quiet") > 0, "{}", partner.ran.err);
    let keys = co.join("keys/agreements").join(AGREEMENT);
    let secrets: Vec<PathBuf> = std::fs::read_dir(&keys)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.file_name().unwrap().to_string_lossy().starts_with("items-"))
        .collect();
    assert!(!secrets.is_empty());
    secrets.iter().for_each(|path| std::fs::remove_file(path).unwrap());
    let shredded = show(co);
    assert!(shredded.released().is_empty() && shredded.left_out("shredded") > 0, "{}", shredded.ran.err);
    assert!(secrets.iter().all(|path| !path.exists()), "reading made a secret anew");
}

#[test]
fn a_folder_of_nothing_gives_nothing_and_stays_so() {
    let data = folder("stix-nothing");
    let none = run(&["stix", "--all", "--data", text(&data), "--lang", "en"]);
    assert_eq!((none.code, none.out.contains("\"objects\"")), (0, false), "{none:?}");
    assert_eq!(std::fs::read_dir(&data).unwrap().count(), 0, "nothing was made there");
    let absent = run(&["stix", "--all", "--data", text(&data.join("absent"))]);
    assert!(absent.code == 1 && !data.join("absent").exists(), "{absent:?}");
    for wrong in [&["stix"][..], &["stix", "--all", "x.json"], &["stix", "--all", "--check"]] {
        assert_eq!(run(wrong).code, 2, "{wrong:?}");
    }
}
