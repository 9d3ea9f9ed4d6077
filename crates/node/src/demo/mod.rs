//! The demo's three nodes on loopback: Colombia with the theatre, the United States, and an oversight witness, with an
//! agreement that both have signed. Everything in it is invented.

pub(crate) mod agreement;
pub(crate) mod port;
pub(crate) mod script;
mod visitor;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use bitacora_api::sign_in_link;
use bitacora_exchange::Secrets as _;
use bitacora_exchange::agreement::PartyKeys;
use bitacora_exchange::audit::TrustFile;
use bitacora_ledger::VerifierKey;
use bitacora_primitives::Role;
use bitacora_primitives::markings::PartyCode;
use bitacora_sea::Charts;

use crate::bound::Bound;
use crate::clock;
use crate::commands::{officer, verify};
use crate::config::{Config, NodeSettings};
use crate::error::NodeError;
use crate::exchange::engine::Chain;
use crate::exchange::installed::{Agreements, install};
use crate::exchange::keyring::Keyring;
use crate::exchange::settings::{Partner, Settings, Witness};
use crate::exchange::transport::transport;
use crate::exchange::witness::{self, WitnessKeys};
use crate::exchange::{log_folder, publish};
use crate::serving::Node;
use crate::summary::say;
use crate::taxii;
use crate::words::Words;

/// The name of each node's own platform.
const PLATFORM: &str = "platform";

pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    Chain(error).to_string()
}

/// One node of the demo before it runs.
pub(crate) struct Cast {
    pub(crate) folder: PathBuf,
    pub(crate) officers: &'static [(Role, &'static str)],
}

pub(crate) const COLOMBIA: &[(Role, &str)] = &[
    (Role::Watch, "Tte. Marina Oquendo"),
    (Role::Port, "Insp. Tomás Berrío"),
    (Role::Release, "Cap. Lucía Arbeláez"),
    (Role::Release, "Cap. Mateo Restrepo"),
    (Role::Case, "Fisc. Elena Casas"),
    (Role::Analyst, "An. Ruth Palma"),
    (Role::Auditor, "Aud. Iván Lemos"),
];

pub(crate) const UNITED_STATES: &[(Role, &str)] = &[
    (Role::Watch, "Lt. Dana Whitlow"),
    (Role::Release, "Cdr. Paul Okafor"),
    (Role::Release, "Cdr. Ines Halvorsen"),
    (Role::Auditor, "Aud. Grace Lindqvist"),
];

/// Where the three listen for each other.
#[derive(Clone, Copy)]
pub(crate) struct Ports {
    pub(crate) colombia: SocketAddr,
    pub(crate) witness: SocketAddr,
}

/// What the three were made with.
pub(crate) struct Signed {
    pub(crate) colombia: Settings,
    pub(crate) united_states: Settings,
    pub(crate) witness: WitnessKeys,
}

/// Makes keys, drafts the agreement, has both sign it, and puts it into both folders; writes the keys that anyone
/// verifies the logs with to `DATA/keys`.
pub(crate) fn sign_agreement(data: &Path, ports: Ports) -> Result<Signed, NodeError> {
    let id = agreement::id()?;
    let co = data.join("colombia");
    let us = data.join("united-states");
    let mut keyrings = Vec::new();
    for (folder, code) in [(&co, "CO"), (&us, "US")] {
        std::fs::create_dir_all(folder).map_err(NodeError::file(folder, "created"))?;
        let party: PartyCode = code.parse().map_err(|_| NodeError::Exchange(code.to_owned()))?;
        let keys = Keyring::open(folder, &id)?;
        let public =
            keys.public(&id, &party, transport(folder, &Agreements::new())?.fingerprint().to_string())?;
        keyrings.push((keys, public));
    }
    let [(co_keys, co_public), (us_keys, us_public)] = keyrings.as_slice() else {
        return Err(NodeError::Exchange("two parties are needed".to_owned()));
    };
    let witness = WitnessKeys::open(&data.join("witness"), "oversight")?;
    let draft = agreement::draft(
        co_public.clone(),
        us_public.clone(),
        witness.cosigner()?.to_string(),
        clock::now(),
    )?;
    let mut envelope = draft.envelope().map_err(|error| NodeError::Exchange(chain(&error)))?;
    for (keys, public) in [(co_keys, co_public), (us_keys, us_public)] {
        let key: VerifierKey =
            public.record.parse().map_err(|_| NodeError::Exchange(public.record.clone()))?;
        let signer = keys.record(&key).map_err(|error| NodeError::Exchange(chain(&error)))?;
        envelope.sign(key.name(), &*signer).map_err(|error| NodeError::Exchange(chain(&error)))?;
    }
    for folder in [&co, &us, &data.join("witness")] {
        install(folder, &envelope)?;
    }
    publish::write_whole(&data.join("keys"), keys_file(co_public, us_public, &witness)?.as_bytes())?;
    let transport_of = |public: &PartyKeys| public.transport.clone();
    let oversight = witness.transport()?;
    let watched = Witness { agreement: id, name: "oversight".to_owned(), transport: oversight.clone() };
    let dial = |address: SocketAddr, transport: String| Partner { dial: address.to_string(), transport };
    Ok(Signed {
        colombia: Settings {
            bind: Some(ports.colombia),
            partners: vec![dial(ports.witness, oversight.clone())],
            witnesses: vec![watched.clone()],
            ..Settings::default()
        },
        united_states: Settings {
            bind: None,
            partners: vec![dial(ports.colombia, transport_of(co_public)), dial(ports.witness, oversight)],
            witnesses: vec![watched],
            ..Settings::default()
        },
        witness,
    })
}

/// Puts a signed agreement where a node looks for it.
/// One file of public keys serves every directory of the agreement.
fn keys_file(co: &PartyKeys, us: &PartyKeys, witness: &WitnessKeys) -> Result<String, NodeError> {
    let mut text = format!("# public keys of agreement {0}\nagreement {0}\n", agreement::ID);
    for (code, keys) in [("CO", co), ("US", us)] {
        text += &format!(
            "log {code} {}\nrecord {code} {}\ncosigner {code} {}\n",
            keys.log, keys.record, keys.cosigner
        );
    }
    text += &format!("witness {}\n", witness.cosigner()?);
    Ok(text)
}

/// A node with its officers, and their one-time links' secrets.
pub(crate) fn node(
    cast: &Cast,
    config: Config,
    charts: Arc<Charts>,
    database: Option<&str>,
) -> Result<(Node, Vec<Link>), NodeError> {
    let store = bitacora_store::Store::open(&cast.folder, database)?;
    let node = Node::new(config, store, charts)?;
    let links = cast.officers.iter().map(|(role, name)| {
        let token = officer::add(&node.store, &node.keys, name, *role)?;
        Ok(Link { role: *role, name, token })
    });
    let links = links.collect::<Result<Vec<_>, NodeError>>()?;
    Ok((node, links))
}

pub(crate) struct Link {
    role: Role,
    name: &'static str,
    token: String,
}

/// `officer ROLE NAME LINK`, a line each; the partner's begin with its name.
pub(crate) fn say_links(before: &str, base: &str, links: &[Link]) -> Result<(), NodeError> {
    for link in links {
        let Link { role, name, token } = link;
        say(&format!("{before}officer {:8} {name:22} {}\n", role.code(), sign_in_link(base, token)))?;
    }
    Ok(())
}

/// A node's settings, and the token of the one platform of its own country that may poll it and hand things in.
pub(crate) fn settings(id: &str, name: &str, exchange: Settings) -> Result<(Config, String), NodeError> {
    let node = NodeSettings { id: id.to_owned(), name: name.to_owned() };
    let (token, token_sha256) = taxii::new_token()?;
    let token_sha256 = Some(token_sha256);
    let name = PLATFORM.to_owned();
    let platform =
        taxii::Platform { name, token_sha256, certificate_sha256: None, write: true, partner: None };
    let taxii = taxii::Settings { platforms: vec![platform], ..taxii::Settings::default() };
    Ok((Config { node, exchange, taxii, ..Config::default() }, token))
}

/// `taxii ADDRESS USER TOKEN`; the partner's begins with its name.
pub(crate) fn say_platform(before: &str, base: &str, token: &str) -> Result<(), NodeError> {
    say(&format!("{before}taxii {base}/taxii2/ {PLATFORM} {token}\n"))
}

/// The witness on a runtime of its own, until `stop`.
pub(crate) fn run_witness(
    keys: &WitnessKeys,
    agreement: &bitacora_exchange::Agreement,
    bound: Bound,
    stop: &Arc<AtomicBool>,
) -> Result<(), NodeError> {
    let address = bound.address();
    let failed = |cause| NodeError::Bind { address, cause };
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().map_err(failed)?;
    let publisher = runtime.block_on(async { witness::start(keys, agreement, bound, Arc::clone(stop)) })?;
    // It ends once `stop` is set and the last checkpoint is published.
    publisher.join().map_err(|_| NodeError::Exchange("the witness broke down".to_owned()))
}

/// Both nodes and the witness check every log that they hold, and must tell the same.
pub(crate) fn verify_all(data: &Path, suspension: &str, words: Words) -> Result<(), NodeError> {
    let path = data.join("keys");
    let text = std::fs::read_to_string(&path).map_err(NodeError::file(&path, "read"))?;
    let broken = |error: bitacora_exchange::audit::TrustError| NodeError::Keys {
        path: path.clone(),
        why: error.to_string(),
    };
    let keys = TrustFile::parse(&text).map_err(broken)?;
    let mut same = true;
    for party in ["CO", "US"] {
        let code: PartyCode = party.parse().map_err(|_| NodeError::Exchange(party.to_owned()))?;
        let mut told = Vec::new();
        let id = agreement::id()?;
        let holders = ["colombia", "united-states", "witness"];
        let dirs = holders.map(|holder| log_folder(&data.join(holder), &id, &code));
        wait_for_all(&dirs)?;
        for (holder, dir) in holders.iter().zip(&dirs) {
            let report = verify::check(dir, None, &keys, true)?;
            let root = report.root.clone().unwrap_or_default();
            say(&format!("   {holder:14} {party}  {} {}  {root}\n", report.size, words.verify_leaves))?;
            same &= report.holds();
            told.push((report.size, root));
        }
        same &= told.windows(2).all(|pair| matches!(pair, [one, other] if one == other));
    }
    say(&format!("   {}\n", if same { words.same_history } else { words.other_history }))?;
    let dir =
        log_folder(&data.join("colombia"), &agreement::id()?, &"CO".parse().map_err(|_| NodeError::Random)?);
    let command =
        format!("bitacora verify {} --keys {} --interval {suspension}", dir.display(), path.display());
    say(&format!("{}:\n   {command}\n", words.check_offline))?;
    if same { Ok(()) } else { Err(NodeError::Exchange(words.other_history.to_owned())) }
}

/// Directories are brought up to date a few times a second, each by its holder: until all show the same size.
fn wait_for_all(dirs: &[PathBuf]) -> Result<(), NodeError> {
    let shown = |dir: &PathBuf| -> Option<u64> {
        let note = std::fs::read_to_string(dir.join("checkpoint")).ok()?;
        note.lines().nth(1)?.parse().ok()
    };
    for _ in 0..200 {
        let sizes: Vec<Option<u64>> = dirs.iter().map(shown).collect();
        if sizes.iter().all(|size| size.is_some() && size == sizes.first().unwrap_or(&None)) {
            return Ok(());
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let path = dirs.first().cloned().unwrap_or_default();
    Err(NodeError::NotALog { path, why: "the holders do not come to the same size".to_owned() })
}
