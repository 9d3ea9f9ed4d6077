//! Everything from which another government computes the same verdicts: the files byte for byte, the facts, and the hashes
//! that came of them, signed by the node. Checking one needs the bundle alone.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bitacora_accounts::Day;
use bitacora_accounts::book::{Book, File};
use bitacora_accounts::observation::Digest;
use bitacora_accounts::record::{Entry, Fact};
use bitacora_accounts::starting::{FILES, parse};
use bitacora_accounts::verdict::matrix;
use bitacora_ledger::{Note, NoteError, VerifierKey};
use bitacora_store::{Kept, Store};
use serde::{Deserialize, Serialize};

use super::{Accounts, AccountsError, ReadFile};
use crate::state::Keys;

pub const BUNDLE_VERSION: u32 = 1;
/// The first line of what is signed.
const SIGNED: &str = "bitacora accounts bundle 1";

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bundle {
    pub bundle: String,
    pub version: u32,
    pub as_of: Day,
    /// Of all files and facts.
    pub snapshot: String,
    /// SHA-256 of `verdicts`.
    pub verdicts_sha256: String,
    /// SHA-256 of the claims' states, a line a claim.
    pub claims_sha256: String,
    /// A signed note (C2SP) over the four lines above.
    pub note: String,
    /// What the node began with.
    pub starting: Vec<BundledFile>,
    /// What facts of this bundle import or read from.
    pub files: Vec<BundledFile>,
    pub facts: Vec<Entry>,
    pub verdicts: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BundledFile {
    pub name: String,
    pub sha256: String,
    /// Of UTF-8 files the text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base64: Option<String>,
}

/// Why a bundle does not hold.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    #[error("it is no bundle of accounts: {0}")]
    NotABundle(String),
    #[error("it is of version {found}, and this program reads {BUNDLE_VERSION}")]
    Version { found: u32 },
    #[error("file `{name}` has SHA-256 {computed}, and the bundle says {stated}")]
    File { name: String, stated: String, computed: String },
    #[error("fact `{fact}` needs file {sha256}, which is not in the bundle")]
    FileMissing { fact: String, sha256: String },
    #[error("file `{name}` cannot be read: {why}")]
    Unreadable { name: String, why: String },
    #[error("{what} is {computed}, and the bundle says {stated}")]
    Differs { what: &'static str, stated: String, computed: String },
    #[error("line {line} of the verdicts is `{computed}`, and the bundle says `{stated}`")]
    Verdict { line: usize, stated: String, computed: String },
    #[error("the signature does not hold: {0}")]
    Signature(#[from] NoteError),
    #[error("the signed text does not say what the bundle says")]
    SignedOther,
}

/// What a check computed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Checked {
    pub as_of: Day,
    pub snapshot: String,
    pub verdicts_sha256: String,
    pub claims_sha256: String,
    pub verdicts: usize,
    pub claims: usize,
    pub figures: usize,
    pub facts: usize,
    /// Names of the keys whose signatures hold.
    pub signed_by: Vec<String>,
}

fn sha256(text: &str) -> String {
    Digest::of(text.as_bytes()).to_string()
}

/// What is said of a book on a day, as it is hashed.
struct Said {
    verdicts: String,
    claims: String,
}

impl Said {
    fn of(book: &Book, day: Day) -> Self {
        let verdicts =
            matrix(book.ledger(), book.registry(), book.commitments(), Some(day)).to_csv(book.ledger());
        let mut claims = String::new();
        for (entry, _, judged) in book.claims(day) {
            let measured = judged.measured.map_or_else(|| "-".to_owned(), |value| value.to_string());
            claims.push_str(&format!("{} {} {measured}\n", entry.id, judged.state));
        }
        Self { verdicts, claims }
    }
}

fn signed_text(as_of: Day, snapshot: &str, verdicts: &str, claims: &str) -> String {
    format!("{SIGNED}\nas_of {as_of}\nsnapshot {snapshot}\nverdicts {verdicts}\nclaims {claims}\n")
}

fn bundled(name: &str, bytes: Vec<u8>) -> BundledFile {
    let sha256 = Digest::of(&bytes).to_string();
    let (text, base64) = match String::from_utf8(bytes) {
        Ok(text) => (Some(text), None),
        Err(error) => (None, Some(STANDARD.encode(error.as_bytes()))),
    };
    BundledFile { name: name.to_owned(), sha256, text, base64 }
}

/// The bundle of all that is recorded, judged as known on a day.
pub fn bundle(
    store: &Store,
    accounts: &Accounts,
    keys: &dyn Keys,
    as_of: Day,
) -> Result<Bundle, AccountsError> {
    let book = accounts.book(store)?;
    let said = Said::of(&book, as_of);
    let snapshot = book.snapshot().to_string();
    let (verdicts_sha256, claims_sha256) = (sha256(&said.verdicts), sha256(&said.claims));
    let leaf = |error: String| AccountsError::Leaf(error);
    let text = signed_text(as_of, &snapshot, &verdicts_sha256, &claims_sha256);
    let signature = keys.sign_log(text.as_bytes()).map_err(|error| leaf(error.to_string()))?;
    let note = Note::sign(&text, &keys.log_key(), &move |_: &[u8]| signature).to_string();
    // Facts of what a node begins with are in its files.
    let facts = book.added().to_vec();
    let mut files: Vec<BundledFile> = Vec::new();
    for entry in &facts {
        let (name, hash) = match &entry.fact {
            Fact::FileImported(file) => (&file.name, &file.sha256),
            Fact::DocumentKept(document) => (&document.name, &document.sha256),
            _ => continue,
        };
        if !files.iter().any(|file| file.sha256 == *hash) {
            files.push(bundled(name, store.kept_file(Kept::Accounts, hash)?));
        }
    }
    Ok(Bundle {
        bundle: "accounts".to_owned(),
        version: BUNDLE_VERSION,
        as_of,
        snapshot,
        verdicts_sha256,
        claims_sha256,
        note,
        starting: FILES.iter().map(|(name, bytes)| bundled(name, bytes.to_vec())).collect(),
        files,
        facts,
        verdicts: said.verdicts,
    })
}

impl BundledFile {
    fn bytes(&self) -> Result<Vec<u8>, BundleError> {
        let unreadable = |why: &str| BundleError::Unreadable { name: self.name.clone(), why: why.to_owned() };
        let bytes = match (&self.text, &self.base64) {
            (Some(text), None) => text.clone().into_bytes(),
            (None, Some(base64)) => STANDARD.decode(base64).map_err(|_| unreadable("it is no base64"))?,
            _ => return Err(unreadable("it has neither or both of text and base64")),
        };
        let computed = Digest::of(&bytes).to_string();
        if computed == self.sha256 {
            Ok(bytes)
        } else {
            Err(BundleError::File { name: self.name.clone(), stated: self.sha256.clone(), computed })
        }
    }
}

/// Computes everything again from the bundle alone and compares. Without keys the bundle's own signature is checked against
/// no key, and nobody is named as its signer.
pub fn check(bytes: &[u8], read: ReadFile, keys: &[VerifierKey]) -> Result<Checked, BundleError> {
    let bundle: Bundle =
        serde_json::from_slice(bytes).map_err(|error| BundleError::NotABundle(error.to_string()))?;
    if bundle.version != BUNDLE_VERSION {
        return Err(BundleError::Version { found: bundle.version });
    }
    let book = rebuilt(&bundle, read)?;
    let said = Said::of(&book, bundle.as_of);
    let snapshot = book.snapshot().to_string();
    let differs = |what, stated: &str, computed: &str| BundleError::Differs {
        what,
        stated: stated.to_owned(),
        computed: computed.to_owned(),
    };
    let same = |what, stated: &str, computed: &str| {
        if stated == computed { Ok(()) } else { Err(differs(what, stated, computed)) }
    };
    same("the snapshot", &bundle.snapshot, &snapshot)?;
    for (line, (stated, computed)) in (1..).zip(bundle.verdicts.lines().zip(said.verdicts.lines())) {
        if stated != computed {
            let (stated, computed) = (stated.to_owned(), computed.to_owned());
            return Err(BundleError::Verdict { line, stated, computed });
        }
    }
    let (verdicts_sha256, claims_sha256) = (sha256(&said.verdicts), sha256(&said.claims));
    same("the verdicts' SHA-256", &sha256(&bundle.verdicts), &verdicts_sha256)?;
    same("the verdicts' SHA-256", &bundle.verdicts_sha256, &verdicts_sha256)?;
    same("the claims' SHA-256", &bundle.claims_sha256, &claims_sha256)?;
    let text = signed_text(bundle.as_of, &snapshot, &verdicts_sha256, &claims_sha256);
    let note = Note::parse(bundle.note.as_bytes())?;
    if note.unverified_text() != text {
        return Err(BundleError::SignedOther);
    }
    let signed_by = if keys.is_empty() {
        Vec::new()
    } else {
        note.verify(keys)?.1.into_iter().map(|key| key.name().to_owned()).collect()
    };
    Ok(Checked {
        as_of: bundle.as_of,
        snapshot,
        verdicts_sha256,
        claims_sha256,
        verdicts: said.verdicts.lines().count().saturating_sub(1),
        claims: said.claims.lines().count(),
        figures: book.ledger().len(),
        facts: book.record().entries().len(),
        signed_by,
    })
}

fn rebuilt(bundle: &Bundle, read: ReadFile) -> Result<Book, BundleError> {
    let mut files: Vec<File> = Vec::new();
    for file in &bundle.starting {
        let name = file.name.clone();
        let bytes = file.bytes()?;
        let parsed = parse(&name, &bytes)
            .map_err(|error| BundleError::Unreadable { name: name.clone(), why: error.to_string() })?;
        files.push(File { name, digest: Digest::of(&bytes), parsed });
    }
    let mut book = Book::begin(files);
    let mut facts = Vec::new();
    for entry in &bundle.facts {
        let find = |sha256: &str| {
            bundle.files.iter().find(|file| file.sha256 == sha256).ok_or_else(|| BundleError::FileMissing {
                fact: entry.id.to_string(),
                sha256: sha256.to_owned(),
            })
        };
        let parsed = match &entry.fact {
            Fact::FileImported(import) => {
                let bytes = find(&import.sha256)?.bytes()?;
                let bad = |why| BundleError::Unreadable { name: import.name.clone(), why };
                Some(read(import, &bytes).map_err(bad)?)
            }
            // The text itself is what figures and claims point into: it must be the one that they name.
            Fact::DocumentKept(document) => find(&document.sha256)?.bytes().map(|_| None)?,
            _ => None,
        };
        facts.push((entry.clone(), parsed));
    }
    book.add(facts);
    Ok(book)
}
