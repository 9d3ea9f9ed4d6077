//! Two sides in memory behind the API of one of them: stores that are maps, a link that loses nothing, keys from
//! names, a clock that stands.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use bitacora_api::exchange::{Act, Exchange, ExchangeError, Look, Offerable, PeerState, Stopped};
use bitacora_api::shapes::NodeName;
use bitacora_api::{AppState, Keys, KeysError, Live, hash_token, router};
use bitacora_exchange::agreement::{PartyKeys, PartyTerms, origin};
use bitacora_exchange::area::Area;
use bitacora_exchange::record::{Approval, statement_bytes};
use bitacora_exchange::sealing::seal_pair;
use bitacora_exchange::secrets::NoSecret;
use bitacora_exchange::shelf::StoredLeaf;
use bitacora_exchange::side::{Audience, Link, Stop};
use bitacora_exchange::{Agreement, Draft, Gate, Secrets, Shelf, ShelfError, Side};
use bitacora_ledger::{CosignerKey, Envelope, Signer, VerifierKey, sha256};
use bitacora_policy::{Clause, Form, Rule, Scope};
use bitacora_primitives::markings::{AgreementId, Handling, ItemKind, PartyCode, Purpose, Text, Tlp};
use bitacora_primitives::{Duration, Instant, Offer, OfficerId, Position, ReleaseId, Role, SuspensionId};
use bitacora_store::{Officer, Store, Token};
use ed25519_dalek::{Signer as _, SigningKey};
use serde_json::Value;
use tower::ServiceExt as _;

pub fn at(seconds: i64) -> Instant {
    Instant::parse("2026-11-21T00:00:00Z").unwrap() + Duration::from_secs(seconds)
}

fn now() -> Instant {
    at(100)
}

pub fn party(code: &str) -> PartyCode {
    code.parse().unwrap()
}

fn agreement_id() -> AgreementId {
    "CO-US-MAR".parse().unwrap()
}

#[derive(Clone)]
struct Key(SigningKey);

impl Key {
    fn new(name: &str) -> Self {
        Self(SigningKey::from_bytes(&sha256(name.as_bytes()).0))
    }
    fn public(&self) -> [u8; 32] {
        self.0.verifying_key().to_bytes()
    }
}
impl Signer for Key {
    fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }
}

struct Ring {
    record: Key,
    log: Key,
    cosigner: Key,
    name: &'static str,
    drawn: AtomicU64,
}

impl Ring {
    fn new(name: &'static str) -> Self {
        let key = |what: &str| Key::new(&format!("{name} {what}"));
        Self {
            record: key("record"),
            log: key("log"),
            cosigner: key("cosigner"),
            name,
            drawn: AtomicU64::new(0),
        }
    }
}

impl Secrets for Ring {
    fn record(&self, _: &VerifierKey) -> Result<Arc<dyn Signer>, NoSecret> {
        Ok(Arc::new(self.record.clone()))
    }
    fn log(&self) -> &dyn Signer {
        &self.log
    }
    fn cosigner(&self) -> &dyn Signer {
        &self.cosigner
    }
    fn item_key(&self, release: &ReleaseId, month: &str) -> Result<[u8; 32], NoSecret> {
        Ok(sha256(format!("{} {month} {release}", self.name).as_bytes()).0)
    }
    fn seal_secret(&self) -> [u8; 32] {
        seal_pair(&sha256(self.name.as_bytes()).0).0
    }
    fn entropy(&self) -> Result<[u8; 32], NoSecret> {
        let drawn = self.drawn.fetch_add(1, Ordering::Relaxed);
        Ok(sha256(format!("{} {drawn}", self.name).as_bytes()).0)
    }
}

#[derive(Default)]
pub struct Disk {
    leaves: BTreeMap<(PartyCode, u64), StoredLeaf>,
    sealed: BTreeMap<ReleaseId, Vec<u8>>,
    offers: BTreeMap<ReleaseId, String>,
    checkpoints: BTreeMap<(PartyCode, u64), String>,
}

impl Disk {
    fn store(&mut self, draft: Draft) {
        let leaves =
            draft.leaves.into_iter().map(|leaf| ((leaf.log, leaf.index), (leaf.commitment, leaf.text)));
        self.leaves.extend(leaves);
        self.sealed.extend(draft.sealed);
        self.offers.extend(draft.offers);
        self.checkpoints.extend(draft.checkpoints.into_iter().map(|kept| ((kept.log, kept.size), kept.note)));
    }
}

impl Shelf for Disk {
    fn leaves(&self, log: &PartyCode, from: u64, limit: usize) -> Result<Vec<StoredLeaf>, ShelfError> {
        Ok((from..).take(limit).map_while(|index| self.leaves.get(&(log.clone(), index)).cloned()).collect())
    }
    fn sealed(&self, release: &ReleaseId) -> Result<Option<Vec<u8>>, ShelfError> {
        Ok(self.sealed.get(release).cloned())
    }
    fn newest_checkpoint(&self, log: &PartyCode) -> Result<Option<String>, ShelfError> {
        let of = self.checkpoints.range((log.clone(), 0)..=(log.clone(), u64::MAX));
        Ok(of.map(|(_, note)| note.clone()).next_back())
    }
    fn offer(&self, release: &ReleaseId) -> Result<Option<String>, ShelfError> {
        Ok(self.offers.get(release).cloned())
    }
}

pub struct Node {
    pub side: Side,
    pub disk: Disk,
    link: Link,
}

impl Node {
    fn start(code: &str, other: &str, ring: &Arc<Ring>, agreement: &Agreement, envelope: &Envelope) -> Self {
        let disk = Disk::default();
        let secrets: Arc<dyn Secrets> = Arc::clone(ring) as Arc<dyn Secrets>;
        let mut side = Side::open(agreement, party(code), Arc::new(Gate::new()), secrets, &disk).unwrap();
        side.adopt(envelope.clone(), at(0)).unwrap();
        for name in ["Arbeláez", "Restrepo"] {
            let id = officer_id(name);
            side.enrol(id, name, Role::Release, &Key::new(name).public(), at(0)).unwrap();
        }
        let mut node = Self { side, disk, link: Link::new(Audience::Partner, &party(other)) };
        node.commit();
        node
    }
    pub fn commit(&mut self) {
        let draft = self.side.take_draft();
        self.disk.store(draft);
        self.side.committed();
    }
}

/// Both nodes under one lock, and what a test may break.
pub struct Office {
    pub nodes: Mutex<(Node, Node)>,
    pub broken: AtomicBool,
    offerable: Mutex<Vec<Offerable>>,
    stops: AtomicU64,
}

impl Office {
    /// Carries messages until nobody has anything to say.
    pub fn settle(&self) {
        let mut nodes = self.nodes.lock().unwrap();
        let (co, us) = &mut *nodes;
        for _ in 0..100 {
            if carry(co, us) + carry(us, co) == 0 {
                return;
            }
        }
        panic!("the two never fall silent");
    }

    /// The partner gives us something.
    pub fn receive(&self, offer: Offer) -> ReleaseId {
        let mut nodes = self.nodes.lock().unwrap();
        let asked = bitacora_exchange::side::Asked {
            offer: Offer { originator: party("US"), ..offer },
            to: party("CO"),
            purpose: "seizure".to_owned(),
            standing: true,
            asset: None,
            corrects: None,
        };
        let offered = nodes.1.side.offer(asked, None, Vec::new(), now()).unwrap();
        nodes.1.commit();
        drop(nodes);
        self.settle();
        match offered {
            bitacora_exchange::side::Offered::Released { release, .. } => release,
            other => panic!("not released: {other:?}"),
        }
    }
}

fn carry(from: &mut Node, to: &mut Node) -> usize {
    let out = from.side.pump(&mut from.link, &from.disk, now()).unwrap();
    for one in &out {
        to.side.receive(&mut to.link, one.message().clone(), now()).unwrap();
    }
    to.commit();
    out.len()
}

impl Exchange for Office {
    fn me(&self) -> PartyCode {
        party("CO")
    }
    fn agreements(&self) -> Vec<AgreementId> {
        vec![agreement_id()]
    }
    fn look(&self, agreement: &AgreementId, look: Look<'_>) -> Result<(), ExchangeError> {
        if *agreement != agreement_id() {
            return Err(ExchangeError::UnknownAgreement(agreement.clone()));
        }
        let nodes = self.nodes.lock().unwrap();
        look(&nodes.0.side, &nodes.0.disk);
        Ok(())
    }
    fn act(&self, agreement: &AgreementId, act: Act) -> Result<(), ExchangeError> {
        if *agreement != agreement_id() {
            return Err(ExchangeError::UnknownAgreement(agreement.clone()));
        }
        if self.broken.load(Ordering::SeqCst) {
            return Err(ExchangeError::NotStored("disk full".to_owned()));
        }
        let mut nodes = self.nodes.lock().unwrap();
        let Node { side, disk, .. } = &mut nodes.0;
        act(side, disk, now())?;
        nodes.0.commit();
        Ok(())
    }
    fn stop(
        &self,
        agreement: &AgreementId,
        officer: OfficerId,
        stop: Stop,
    ) -> Result<Stopped, ExchangeError> {
        let drawn = self.stops.fetch_add(1, Ordering::SeqCst);
        let notice = stop.notice(agreement, &party("CO"), sha256(&drawn.to_be_bytes()).0, now());
        let suspension = notice.suspension;
        let mut nodes = self.nodes.lock().unwrap();
        nodes.0.side.gate().close(notice.closure());
        let stopped =
            Stopped { suspension, gate_closed: now(), gate_closed_us: 250, leaf: None, leaf_durable: None };
        if self.broken.load(Ordering::SeqCst) {
            return Ok(stopped);
        }
        let signature = self.sign(officer, &statement_bytes(&notice).unwrap())?;
        let leaf = nodes.0.side.suspend(notice, vec![Approval { officer, signature }], now())?;
        nodes.0.commit();
        Ok(Stopped { leaf: Some(leaf), leaf_durable: Some(now()), ..stopped })
    }
    fn partner_state(&self, _: &AgreementId) -> Result<PeerState, ExchangeError> {
        Ok(PeerState { connected: true, ever: true })
    }
    fn writes_since(&self, _: &SuspensionId) -> u64 {
        0
    }
    fn checkpoints(
        &self,
        _: &AgreementId,
        party: &PartyCode,
        above: u64,
    ) -> Result<Vec<(u64, String)>, ExchangeError> {
        let nodes = self.nodes.lock().unwrap();
        let kept = nodes.0.disk.checkpoints.iter();
        let kept = kept.filter(|((log, size), _)| log == party && *size > above);
        Ok(kept.map(|((_, size), note)| (*size, note.clone())).collect())
    }
    fn offerable(&self) -> Result<Vec<Offerable>, ExchangeError> {
        Ok(self.offerable.lock().unwrap().clone())
    }
    fn sign(&self, officer: OfficerId, statement: &[u8]) -> Result<[u8; 64], ExchangeError> {
        let known = NAMES.iter().find(|(name, _)| officer_id(name) == officer);
        let (name, _) = known.ok_or_else(|| ExchangeError::Key("no key".to_owned()))?;
        Ok(Key::new(name).sign(statement))
    }
}

fn clause(id: &str, text: [&str; 2], rule: Rule) -> Clause {
    Clause { id: id.parse().unwrap(), text: Text::new(text[0], text[1]), critical: true, rule }
}

fn scope(from: &str, to: &str, items: &[ItemKind], officers: u8) -> Rule {
    Rule::Scope(Box::new(Scope {
        from: party(from),
        to: party(to),
        items: items.iter().copied().collect(),
        areas: ["caribbean-w".parse().unwrap()].into(),
        purposes: [Purpose::Seizure, Purpose::Arrest].into(),
        per_day: Some(5_000),
        standing: officers == 1,
        officers,
        form: Form { delay_s: 0, grid_m: 11_112, asset_only: false },
        cut: ["evidence".parse().unwrap()].into(),
    }))
}

fn handling() -> Handling {
    Handling { tlp: Tlp::Amber, codes: Default::default(), releasable_to: [party("CO"), party("US")].into() }
}

fn terms(code: &str, ring: &Ring) -> PartyTerms {
    let named = |what: &str, key: &Key| VerifierKey::new(what, key.public()).unwrap().to_string();
    PartyTerms {
        code: party(code),
        name: Text::new(code, code),
        keys: PartyKeys {
            log: named(&origin(&agreement_id(), &party(code)), &ring.log),
            cosigner: CosignerKey::new(&format!("cosigner.{code}"), ring.cosigner.public())
                .unwrap()
                .to_string(),
            record: named(&format!("record.{code}"), &ring.record),
            seal: seal_pair(&sha256(ring.name.as_bytes()).0).1,
            transport: "0".repeat(64),
        },
    }
}

fn agreement(co: &Ring, us: &Ring) -> Agreement {
    let polygon = vec![
        [-82_000_000, 9_000_000],
        [-74_000_000, 9_000_000],
        [-74_000_000, 16_000_000],
        [-82_000_000, 16_000_000],
    ];
    Agreement {
        format: String::new(),
        id: agreement_id(),
        version: 1,
        replaces: None,
        title: Text::new("Interdicción marítima", "Maritime interdiction"),
        parties: vec![terms("CO", co), terms("US", us)],
        witnesses: vec![CosignerKey::new("oversight", Key::new("oversight").public()).unwrap().to_string()],
        from: at(-86_400),
        until: at(365 * 86_400),
        lease_s: 900,
        areas: vec![Area {
            id: "caribbean-w".parse().unwrap(),
            name: Text::new("Caribe occidental", "Western Caribbean"),
            polygon,
        }],
        clauses: vec![
            clause("0.1", ["Nunca para fuerza letal.", "Never for lethal force."], Rule::BaseProhibition),
            clause("3.1", ["Pistas marítimas.", "Sea leads."], scope("CO", "US", &[ItemKind::Lead], 1)),
            clause(
                "3.5",
                ["Alertas de contenedor.", "Container alerts."],
                scope("CO", "US", &[ItemKind::ContainerAlert], 2),
            ),
            clause("4.1", ["Pistas de ellos.", "Their leads."], scope("US", "CO", &[ItemKind::Lead], 1)),
            clause("5.1", ["Manejo.", "Handling."], Rule::Handling(handling())),
            clause(
                "8.1",
                ["Firmas.", "Signatures."],
                Rule::Officers { release: 1, suspend: 1, resume: 2, amend: 2 },
            ),
            clause("9.1", ["Vida humana.", "Safety of life."], Rule::SafetyOfLife),
            clause(
                "9.2",
                ["Orden judicial.", "Court order."],
                Rule::CourtOrder { cases: ["11001".to_owned()].into(), officers: 1 },
            ),
        ],
        policy_set: String::new(),
    }
    .settle()
    .unwrap()
}

pub fn offer(number: u64, kind: ItemKind) -> Offer {
    let fields = [("title", serde_json::json!("gap")), ("evidence", serde_json::json!(["!AIVDM,secret"]))];
    Offer {
        id: format!("led-{number:020x}"),
        revision: 0,
        kind,
        originator: party("CO"),
        observed: at(50),
        position: Some(Position::new(12.5, -77.0).unwrap()),
        grading: "B2".parse().unwrap(),
        handling: handling(),
        case: None,
        fields: fields.into_iter().map(|(name, value)| (name.parse().unwrap(), value)).collect(),
    }
}

pub const NAMES: [(&str, Role); 7] = [
    ("Arbeláez", Role::Release),
    ("Restrepo", Role::Release),
    ("Guardia", Role::Watch),
    ("Puerto", Role::Port),
    ("Caso", Role::Case),
    ("Analista", Role::Analyst),
    ("Auditora", Role::Auditor),
];

pub fn officer_id(name: &str) -> OfficerId {
    OfficerId::of(&[name.as_bytes()])
}

struct NodeKeys(AtomicU64);

impl Keys for NodeKeys {
    fn sign_as(&self, officer: OfficerId, _: &[u8]) -> Result<[u8; 64], KeysError> {
        Err(KeysError { key: officer.to_string(), why: "not here".to_owned() })
    }
    fn sign_log(&self, message: &[u8]) -> Result<[u8; 64], KeysError> {
        Ok(Key::new("node").sign(message))
    }
    fn log_key(&self) -> VerifierKey {
        VerifierKey::new("node", Key::new("node").public()).unwrap()
    }
    fn random(&self) -> Result<[u8; 32], KeysError> {
        Ok(sha256(&self.0.fetch_add(1, Ordering::SeqCst).to_be_bytes()).0)
    }
}

pub struct World {
    pub office: Arc<Office>,
    router: Router,
    cookies: BTreeMap<&'static str, String>,
}

/// A node of CO with US beside it, and one officer of each role signed in under their own name.
pub fn world(name: &str) -> World {
    let (co, us) = (Arc::new(Ring::new("CO")), Arc::new(Ring::new("US")));
    let agreement = agreement(&co, &us);
    let mut envelope = agreement.envelope().unwrap();
    envelope.sign("record.CO", &co.record).unwrap();
    envelope.sign("record.US", &us.record).unwrap();
    let mut nodes = (
        Node::start("CO", "US", &co, &agreement, &envelope),
        Node::start("US", "CO", &us, &agreement, &envelope),
    );
    // The partner's own gate opens when its log is replayed; here both have just been.
    nodes.0.commit();
    nodes.1.commit();
    let offerable = [(1, ItemKind::Lead), (2, ItemKind::Lead), (3, ItemKind::ContainerAlert)];
    let offerable = offerable
        .map(|(number, kind)| Offerable { label: format!("L-{number}"), offer: offer(number, kind) })
        .to_vec();
    let office = Arc::new(Office {
        nodes: Mutex::new(nodes),
        broken: AtomicBool::new(false),
        offerable: Mutex::new(offerable),
        stops: AtomicU64::new(0),
    });
    office.settle();

    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("exchange-{name}"));
    let _absent = std::fs::remove_dir_all(&folder);
    let store = Store::open(&folder, None).unwrap();
    for (name, role) in NAMES {
        let id = officer_id(name);
        let public_key = Key::new(name).public();
        let officer =
            Officer { id, name: name.to_owned(), role: role.code().to_owned(), public_key, added: at(0) };
        let token = Token { hash: hash_token(&token_of(name)), issued: at(0), expires: at(90_000) };
        store.add_officer(&officer, &token).unwrap();
    }
    let node = NodeName { id: "CO".to_owned(), name: "Colombia".to_owned() };
    let live = Arc::new(Live::default());
    let exchange: Arc<dyn Exchange> = Arc::clone(&office) as Arc<dyn Exchange>;
    let state = AppState::new(
        Arc::new(store),
        live,
        Arc::new(NodeKeys(AtomicU64::new(0))),
        node,
        "test",
        now,
        Vec::new(),
    )
    .with_exchange(Some(exchange));
    let mut world = World { office, router: router(state), cookies: BTreeMap::new() };
    for (name, _) in NAMES {
        let token = serde_json::json!({ "token": token_of(name) });
        let (status, headers, body) = world.send(None, "POST", "/api/session", Some(&token));
        assert!(status.is_success(), "{body}");
        let cookie = headers.get(header::SET_COOKIE).unwrap().to_str().unwrap();
        world.cookies.insert(name, cookie.split(';').next().unwrap().to_owned());
    }
    world
}

fn token_of(name: &str) -> String {
    sha256(name.as_bytes()).hex()
}

impl World {
    /// One request by an officer, or by nobody.
    pub fn ask(
        &self,
        who: Option<&str>,
        verb: &str,
        path: &str,
        body: Option<&Value>,
    ) -> (StatusCode, Value) {
        let (status, _, body) = self.send(who, verb, path, body);
        (status, body)
    }

    fn send(
        &self,
        who: Option<&str>,
        verb: &str,
        path: &str,
        body: Option<&Value>,
    ) -> (StatusCode, HeaderMap, Value) {
        let mut request = Request::builder()
            .method(verb)
            .uri(path)
            .header(header::HOST, "localhost")
            .header(header::CONTENT_TYPE, "application/json");
        if let Some(name) = who {
            request = request.header(header::COOKIE, &self.cookies[name]);
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let request = request.body(body).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let response = self.router.clone().oneshot(request).await.unwrap();
            let (status, headers) = (response.status(), response.headers().clone());
            let bytes = to_bytes(response.into_body(), 4 << 20).await.unwrap();
            (status, headers, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
        })
    }
    pub fn get(&self, who: &str, path: &str) -> Value {
        let (status, body) = self.ask(Some(who), "GET", &under(path), None);
        assert_eq!(status, 200, "{path}: {body}");
        body
    }
    pub fn post(&self, who: &str, path: &str, body: &Value) -> (u16, Value) {
        let (status, body) = self.ask(Some(who), "POST", &under(path), Some(body));
        (status.as_u16(), body)
    }
}

/// Below the agreement, but for the overview.
pub fn under(path: &str) -> String {
    if path.is_empty() { "/api/exchange".to_owned() } else { format!("/api/exchange/CO-US-MAR/{path}") }
}
