//! The node's TAXII client and TLS listener against programs that we did not write: medallion, the reference server of OASIS, and
//! taxii2-client.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test runs programs and fails loudly"
)]

mod harness;

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use bitacora_ledger::{hex, sha256};
use bitacora_primitives::Instant;
use bitacora_store::Store;
use bitacora_store::taxii::{NewCollection, NewObject, Request};
use harness::{Node, file, folder, run, text};
use rcgen::{BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair};
use serde_json::{Value, json};

const PACKAGES: &str = "pip install taxii2-client==2.3.0 medallion==3.0.0";

/// medallion over the seed of the wire's own tests; killed when dropped.
struct Medallion {
    child: Child,
    port: u16,
}

const MEDALLION: &str = r#"
import sys, medallion
from werkzeug.serving import make_server
app = medallion.application_instance
configuration = {
    "backend": {"module": "medallion.backends.memory_backend", "module_class": "MemoryBackend", "filename": sys.argv[1]},
    "users": {"admin": "Password0"},
    "taxii": {"max_page_size": 20},
}
for name in configuration:
    medallion.set_config(app, name, configuration)
medallion.register_blueprints(app)
server = make_server("127.0.0.1", 0, app)
print(server.port, flush=True)
server.serve_forever()
"#;

impl Medallion {
    fn start() -> Self {
        let seed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../taxii/tests/data/seed.json");
        let mut child = Command::new("python3")
            .args(["-c", MEDALLION, text(&seed)])
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Self { child, port: line.trim().parse().unwrap() }
    }
}

impl Drop for Medallion {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        self.child.wait().unwrap();
    }
}

fn secret(data: &Path, name: &str, secret: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    let path = file(data, name, secret.as_bytes());
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
}

/// A collection that the node's own logs would have filled.
fn fill(data: &Path, alias: &str, count: usize) {
    let store = Store::open(data, None).unwrap().taxii().unwrap();
    let id = "7d6e5f4a-0000-4000-8000-000000000001".to_owned();
    let at = Instant::from_secs(1_795_000_000);
    let (alias, title) = (Some(alias.to_owned()), alias.to_owned());
    store.register_collection(&NewCollection { id: id.clone(), alias, title, registered: at }).unwrap();
    let objects = (0..count).map(|number| {
        let object = json!({
            "type": "identity", "spec_version": "2.1",
            "id": format!("identity--3f2c1a00-0000-4000-8000-{number:012}"),
            "created": "2026-11-22T10:00:00.000Z", "modified": "2026-11-22T10:00:00.000Z",
            "name": format!("agency {number}"), "identity_class": "organization",
        });
        let content = object.to_string().into_bytes();
        NewObject {
            id: object["id"].as_str().unwrap().to_owned(),
            spec_version: "2.1".to_owned(),
            version: Some(Instant::parse("2026-11-22T10:00:00Z").unwrap()),
            hash: sha256(&content).0,
            content,
        }
    });
    store
        .add(&id, Request { id: "fill".to_owned(), at, platform: None, note: None }, objects.collect())
        .unwrap();
}

#[test]
fn medallion_is_pushed_to_and_polled() {
    if !bitacora_given::python("medallion, werkzeug", PACKAGES) {
        return;
    }
    let data = folder("strangers-medallion").join("data");
    std::fs::create_dir_all(&data).unwrap();
    secret(&data, "password", "Password0");
    fill(&data, "own-lead", 300);
    let medallion = Medallion::start();
    // Its discovery names another host for its roots, so that a root is asked directly.
    let settings = format!(
        "[[taxii.servers]]\nname = \"medallion\"\nurl = \"http://127.0.0.1:{}/watch/\"\nuser = \"admin\"\npassword = \"password\"\n\
         poll = [\"To read and to write\", \"Objects of the exercise\"]\n\
         push = [{{ from = \"own-lead\", to = \"To read and to write\" }}]\n",
        medallion.port
    );
    std::fs::write(data.join("bitacora.toml"), settings).unwrap();
    let turn = |what: &str| -> Value {
        let ran = run(&["taxii", what, "medallion", "--json", "--data", text(&data)]);
        assert_eq!(ran.code, 0, "{ran:?}");
        ran.summary()
    };
    let pushed = turn("push");
    let way = &pushed["pushes"][0];
    assert_eq!(
        (&way["pushed"], &way["refused"], &way["pending"]),
        (&json!(300), &json!(0), &json!(0)),
        "{pushed}"
    );
    let taken = |told: &Value, title: &str| -> (u64, u64) {
        let polls = told["polls"].as_array().unwrap();
        let one = polls.iter().find(|one| one["title"].as_str().unwrap().starts_with(title)).unwrap();
        (one["taken"].as_u64().unwrap(), one["refused"].as_u64().unwrap())
    };
    let first = turn("poll");
    assert_eq!(taken(&first, "To read and to write"), (300, 0), "{first}");
    // Eight versions, of which one is STIX 2.0: without `match[spec_version]` the latest that there is (TAXII 2.1, 3.4.1).
    let (own, refused) = taken(&first, "Objects");
    assert_eq!(own + refused, 7, "{first}");
    let second = turn("poll");
    for title in ["To read and to write", "Objects"] {
        assert_eq!(taken(&first, title), taken(&second, title), "nothing comes twice");
    }
}

/// A certificate of an authority made for the test.
struct Pair {
    certificate: PathBuf,
    key: PathBuf,
    sha256: String,
}

fn pair(folder: &Path, issuer: &Issuer<'_, KeyPair>, name: &str) -> Pair {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    // Other than the authority's: one that is its own issuer by name is taken for signed by itself.
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    let signed = params.signed_by(&key, issuer).unwrap();
    let certificate = file(folder, &format!("{name}.pem"), signed.pem().as_bytes());
    let key = file(folder, &format!("{name}.key"), key.serialize_pem().as_bytes());
    Pair { certificate, key, sha256: hex::encode(&sha256(signed.der()).0) }
}

const CLIENT: &str = r#"
import sys
from taxii2client.v21 import Server, as_pages
url, ca, certificate, key = sys.argv[1:]
server = Server(url, cert=(certificate, key), verify=ca)
inbox = next(one for one in server.default.collections if one.title.startswith("Inbox"))
identity = {
    "type": "identity", "spec_version": "2.1", "id": "identity--3f2c1a00-0000-4000-8000-000000000001",
    "created": "2026-11-22T10:00:00.000Z", "modified": "2026-11-22T10:00:00.000Z", "name": "agency", "identity_class": "organization",
}
status = inbox.add_objects({"objects": [identity]})
assert (status.status, status.success_count) == ("complete", 1), status.status
print(sum(len(page["objects"]) for page in as_pages(inbox.get_objects, per_request=10)))
try:
    print(Server(url, verify=ca).title)
except Exception as error:
    print(type(error).__name__)
"#;

#[test]
fn a_platform_comes_in_by_its_certificate_and_a_node_polls_with_its_own() {
    let root = folder("strangers-tls");
    let (there, here) = (root.join("there"), root.join("here"));
    for data in [&there, &here] {
        std::fs::create_dir_all(data).unwrap();
    }
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let ca = file(&root, "ca.pem", params.self_signed(&key).unwrap().pem().as_bytes());
    let issuer = Issuer::new(params, key);
    let (server, siem, other) =
        (pair(&there, &issuer, "127.0.0.1"), pair(&here, &issuer, "siem"), pair(&here, &issuer, "other"));
    // Bound and let go: nobody else takes it in this moment.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let settings = format!(
        "[taxii]\nlisten = \"127.0.0.1:{port}\"\ncertificate = \"127.0.0.1.pem\"\nkey = \"127.0.0.1.key\"\nclients_ca = \"{}\"\n\
         [[taxii.platforms]]\nname = \"siem\"\ncertificate_sha256 = \"{}\"\nwrite = true\n",
        text(&ca),
        siem.sha256
    );
    assert!(server.certificate.starts_with(&there) && server.key.exists());
    std::fs::write(there.join("bitacora.toml"), settings).unwrap();
    let node = Node::start(&there, &[]);
    let url = format!("https://127.0.0.1:{port}/taxii2/");
    let mut expected = 0;
    if bitacora_given::python("taxii2client", PACKAGES) {
        let ran = Command::new("python3")
            .args(["-c", CLIENT, &url, text(&ca), text(&siem.certificate), text(&siem.key)])
            .env("PYTHONDONTWRITEBYTECODE", "1")
            // requests takes this before the `verify` of its session.
            .env_remove("REQUESTS_CA_BUNDLE")
            .env_remove("CURL_CA_BUNDLE")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&ran.stdout).into_owned();
        assert_eq!(said.lines().next(), Some("1"), "{said}{}", String::from_utf8_lossy(&ran.stderr));
        assert!(said.contains("Error"), "it came in without a certificate: {said}");
        expected = 1;
    }
    let poll = |pair: &Pair| {
        let settings = format!(
            "[[taxii.servers]]\nname = \"there\"\nurl = \"{url}\"\nca = \"{}\"\ncertificate = \"{}\"\nkey = \"{}\"\npoll = [\"inbox\"]\n",
            text(&ca),
            text(&pair.certificate),
            text(&pair.key)
        );
        std::fs::write(here.join("bitacora.toml"), settings).unwrap();
        run(&["taxii", "poll", "there", "--json", "--data", text(&here)])
    };
    let ran = poll(&siem);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(ran.summary()["polls"][0]["taken"], expected, "{ran:?}");
    // Of the same authority, and nobody's here.
    let ran = poll(&other);
    assert_eq!((ran.code, ran.summary()["error"]["code"].as_str()), (1, Some("not_let_in")), "{ran:?}");
    drop(node);
}
