//! Sealing against pyhpke (PyPI), both ways: it opens what we seal and wrap, and we open what it does. Nothing opens for
//! another recipient, under another name or with a bit changed. `tools/check_sealing.py` says what it tries.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test runs a program and fails loudly"
)]

use std::path::Path;
use std::process::Command;

use bitacora_exchange::sealing::{NotOpened, Wrapped, open, seal, seal_pair, unwrap, wrap};
use bitacora_ledger::{hex, sha256};
use serde_json::{Value, json};

/// 32 bytes for a case, the same in each run.
fn given(what: &str, number: usize) -> [u8; 32] {
    sha256(format!("{what} {number}").as_bytes()).0
}

/// What was sealed, and for whom.
struct Case {
    seed: [u8; 32],
    bound: Vec<u8>,
    item_key: [u8; 32],
    plain: Vec<u8>,
}

impl Case {
    fn new(number: usize) -> Self {
        // Names and items of many lengths; the empty item and the empty name among them.
        let plain = given("item", number).repeat(number * number / 32 + 1)[..number * number].to_vec();
        let bound = if number == 0 { Vec::new() } else { format!("bitacora item rel-{number}").into_bytes() };
        Self { seed: given("seed", number), bound, item_key: given("key", number), plain }
    }

    /// As the checker reads it.
    fn sealed(&self, number: usize) -> Value {
        let (_, public) = seal_pair(&self.seed);
        let wrapped = wrap(&public, &self.bound, &self.item_key, given("entropy", number)).unwrap();
        let sealed = seal(&self.item_key, &self.bound, &self.plain).unwrap();
        json!({
            "seed": hex::encode(&self.seed),
            "public": public,
            "bound": hex::encode(&self.bound),
            "item_key": hex::encode(&self.item_key),
            "wrapped": wrapped,
            "sealed": hex::encode(&sealed),
            "plain": hex::encode(&self.plain),
        })
    }
}

/// Hexadecimal digits of any length.
fn bytes(value: &Value) -> Vec<u8> {
    let digits = value.as_str().unwrap();
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect()
}

/// What the checker said, and whether it found no error.
fn run(name: &str, cases: &[Value]) -> (bool, Vec<Value>) {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.json"));
    std::fs::write(&path, serde_json::to_string(cases).unwrap()).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tools/check_sealing.py");
    let output = Command::new("python3").arg(script).arg("--exchange").arg(&path).output().unwrap();
    println!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let answers = std::fs::read_to_string(path.with_extension("answers.json")).unwrap();
    (output.status.success(), serde_json::from_str(&answers).unwrap())
}

#[test]
fn a_stranger_opens_what_we_seal_and_we_open_what_a_stranger_seals() {
    if !bitacora_given::python("pyhpke", "pip install pyhpke==0.6.5") {
        return;
    }
    let cases: Vec<Case> = (0..100).map(Case::new).collect();
    let ours: Vec<Value> = cases.iter().enumerate().map(|(number, case)| case.sealed(number)).collect();
    let (agreed, answers) = run("sealing", &ours);
    assert!(agreed && answers.len() == cases.len());
    let (other, _) = seal_pair(&[255; 32]);
    for (case, answer) in cases.iter().zip(&answers) {
        let (secret, _) = seal_pair(&case.seed);
        let wrapped: Wrapped = serde_json::from_value(answer["wrapped"].clone()).unwrap();
        let item_key: [u8; 32] = bytes(&answer["item_key"]).try_into().unwrap();
        let sealed = bytes(&answer["sealed"]);
        assert_eq!(unwrap(&secret, &case.bound, &wrapped), Ok(item_key));
        assert_eq!(open(&item_key, &case.bound, &sealed).as_ref(), Ok(&case.plain));
        let longer = [case.bound.as_slice(), b"0"].concat();
        assert_eq!(unwrap(&other, &case.bound, &wrapped), Err(NotOpened), "another recipient");
        assert_eq!(unwrap(&secret, &longer, &wrapped), Err(NotOpened), "another info");
        assert_eq!(open(&case.item_key, &case.bound, &sealed), Err(NotOpened), "another item key");
        assert_eq!(open(&item_key, &longer, &sealed), Err(NotOpened), "another bound text");
        for at in 0..48 {
            let mut bent = wrapped.clone();
            bent.key[at] ^= 1;
            assert_eq!(unwrap(&secret, &case.bound, &bent), Err(NotOpened), "a bit of the wrapped key");
            bent = wrapped.clone();
            bent.enc[at % 32] ^= 2;
            assert_eq!(unwrap(&secret, &case.bound, &bent), Err(NotOpened), "a bit of enc");
        }
        for at in [0, sealed.len() / 2, sealed.len() - 1] {
            let mut bent = sealed.clone();
            bent[at] ^= 1;
            assert_eq!(open(&item_key, &case.bound, &bent), Err(NotOpened), "a bit of the item");
        }
    }
}

/// A check that cannot fail is none.
#[test]
fn the_stranger_sees_what_was_sealed_otherwise() {
    if !bitacora_given::python("pyhpke", "pip install pyhpke==0.6.5") {
        return;
    }
    let (case, other) = (Case::new(7).sealed(7), Case::new(8).sealed(8));
    for member in ["seed", "public", "bound", "item_key", "wrapped", "sealed", "plain"] {
        let mut wrong = case.clone();
        wrong[member] = other[member].clone();
        assert!(!run(&format!("sealing-{member}"), &[wrong]).0, "{member}");
    }
    assert!(run("sealing-right", &[case]).0);
}
