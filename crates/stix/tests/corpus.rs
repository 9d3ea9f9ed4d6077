//! The fuzzer's corpus of other people's STIX, replayed without a fuzzer. `BLESS=1` writes the seeds anew.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test reads files and fails loudly"
)]

mod made;
#[path = "../../../fuzz/src/stix.rs"]
mod stix;

use std::path::{Path, PathBuf};

#[test]
fn every_file_of_the_corpus_is_read_without_a_panic() {
    for (name, target) in stix::TARGETS {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(name);
        if std::env::var_os("BLESS").is_some() {
            write_seeds(&folder);
        }
        let mut files: Vec<PathBuf> =
            std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        assert!(!files.is_empty(), "{name} has no corpus");
        for file in files {
            println!("{}", file.display());
            target(&std::fs::read(&file).unwrap());
        }
    }
}

fn write_seeds(folder: &Path) {
    std::fs::create_dir_all(folder).unwrap();
    std::fs::write(folder.join("ours.json"), made::everything().canonical()).unwrap();
    for (document, name) in [(made::lead(), "lead.json"), (made::distress(), "distress.json")] {
        let mut bundle = bitacora_stix::Bundle::default();
        bundle.add(made::objects_of(&document)).unwrap();
        std::fs::write(folder.join(name), bundle.canonical()).unwrap();
    }
}
