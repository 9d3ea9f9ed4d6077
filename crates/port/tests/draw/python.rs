//! The second verifier, in another language and by other arithmetic, against ours: the same bytes, or a refusal by both.

use std::path::{Path, PathBuf};
use std::process::Command;

use bitacora_port::draw::{Bundle, Commitment, Draw, RoundError, Why, verify};

use crate::fixture::{Numbers, finished, list, run_slot, terms};
use crate::forgery::{forgeries, verdict};

fn tool() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tools/verify_draw.py")
}

/// What the script says to each text: what it prints, or nothing where it refuses. None where there is no Python.
fn said(name: &str, texts: &[Vec<u8>]) -> Option<Vec<Option<String>>> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).unwrap();
    let driver = "import contextlib, io, runpy, sys\n\
        main = runpy.run_path(sys.argv[1])['main']\n\
        for path in sys.argv[2:]:\n\
        \x20   out = io.StringIO()\n\
        \x20   with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):\n\
        \x20       code = main([path])\n\
        \x20   open(path + '.said', 'w').write(f'{code}\\n' + out.getvalue())\n";
    let paths: Vec<PathBuf> = (0..texts.len()).map(|at| folder.join(format!("{at}.json"))).collect();
    for (path, text) in paths.iter().zip(texts) {
        std::fs::write(path, text).unwrap();
    }
    if !bitacora_given::python("json", "install Python 3") {
        return None;
    }
    let output = Command::new("python3").args(["-c", driver]).arg(tool()).args(&paths).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let read = |path: &PathBuf| {
        let text = std::fs::read_to_string(path.with_extension("json.said")).unwrap();
        let (code, rest) = text.split_once('\n').unwrap();
        assert!(matches!((code, rest.is_empty()), ("0", false) | ("1", true)), "{code} {rest}");
        (code == "0").then(|| rest.to_owned())
    };
    Some(paths.iter().map(read).collect())
}

#[test]
fn both_verifiers_print_the_same_bytes() {
    let bundles: Vec<Bundle> = (0..24)
        .map(|seed| {
            let (count, slots, capacity) = [(8, 2, 1), (30, 4, 2), (60, 3, 7)][seed as usize % 3];
            finished(count, slots, capacity, 100 + seed).bundle().clone()
        })
        .collect();
    let texts: Vec<Vec<u8>> = bundles.iter().map(|bundle| bundle.to_json().unwrap().into_bytes()).collect();
    let Some(said) = said("same", &texts) else { return };
    let (mut straddling, mut fallbacks) = (0, 0);
    for (bundle, said) in bundles.iter().zip(said) {
        let verified = verify(bundle).unwrap();
        assert_eq!(said, Some(verified.text()));
        straddling += bundle.list.iter().filter(|entry| entry.plan.len() > 1).count();
        fallbacks += verified.missing();
    }
    assert!(straddling > 15 && fallbacks > 10, "{straddling} straddle, {fallbacks} shares were missing");
}

#[test]
fn both_verifiers_refuse_the_same_changes() {
    let draw = finished(6, 2, 1, 31);
    let text = draw.bundle().to_json().unwrap().into_bytes();
    let mut numbers = Numbers(5);
    let mut texts = vec![text.clone()];
    for _ in 0..200 {
        let mut changed = text.clone();
        let at = numbers.below(text.len() as u64) as usize;
        changed[at] ^= 1 << [0, 0, 0, numbers.below(8)][numbers.below(4) as usize];
        texts.push(changed);
    }
    texts.extend(forgeries(draw.bundle()).iter().map(|forged| forged.to_json().unwrap().into_bytes()));
    let mut spaced = text;
    spaced.push(b'\n');
    texts.push(spaced);
    let Some(said) = said("changed", &texts) else { return };
    for (at, (text, said)) in texts.iter().zip(&said).enumerate() {
        let ours = verdict(text).ok();
        assert_eq!(said.is_some(), at == 0, "text {at}");
        assert_eq!(*said, ours, "text {at}");
    }
}

#[test]
fn a_draw_over_a_real_drand_round_holds_for_both_verifiers() {
    let Some(text) = bitacora_given::text("port/beacon/drand_vectors.json") else { return };
    let file: serde_json::Value = serde_json::from_str(&text).unwrap();
    for row in file["vectors"].as_array().unwrap() {
        let (beacon, round) = crate::beacons::vector(row);
        let list = list(30, 2, 3, 77);
        // Both slots open with the one round there is; their shares still make them two lots.
        let terms = terms(2, 3, beacon, round.number(), 0);
        let mut draw = Draw::new(Commitment::new(terms, &list).unwrap(), list).unwrap();
        for slot in 0..2 {
            run_slot(&mut draw, slot, std::slice::from_ref(&round), &|_, _| true);
        }
        let text = draw.bundle().to_json().unwrap();
        let signature = row["sig"].as_str().unwrap();
        let at = text.find(signature).unwrap() + signature.len() - 1;
        let mut changed = text.clone().into_bytes();
        changed[at] ^= 1;
        let ours = verdict(text.as_bytes()).unwrap();
        assert!(matches!(verdict(&changed), Err(Why::Round { reason: RoundError::Signature, .. })));
        let Some(said) = said("drand", &[text.into_bytes(), changed]) else { return };
        assert_eq!(said, [Some(ours), None]);
    }
}

#[test]
fn a_hash_that_is_not_the_ledgers_is_refused() {
    let draw = finished(6, 2, 1, 32);
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ledger.json");
    std::fs::write(&path, draw.bundle().to_json().unwrap()).unwrap();
    let run = |hash: &str| Command::new("python3").arg(tool()).arg(&path).arg(hash).output();
    if !bitacora_given::python("json", "install Python 3") {
        return;
    }
    let right = run(&draw.commitment().to_string()).unwrap();
    assert!(right.status.success(), "{}", String::from_utf8_lossy(&right.stderr));
    let wrong = run(&"0".repeat(64)).unwrap();
    assert_eq!(wrong.status.code(), Some(1));
    assert!(wrong.stdout.is_empty());
}
