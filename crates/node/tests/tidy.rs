//! Files stay readable: none above 800 lines, no drawers, no stray work left behind.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails loudly")]

use std::path::{Path, PathBuf};

const LONGEST: usize = 800;
const DRAWERS: [&str; 7] = ["utils", "util", "common", "helpers", "misc", "manager", "service"];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir()
            && !matches!(name.as_str(), "node_modules" | "dist" | "target" | "out" | "screenshots")
        {
            sources(&path, found);
        } else if path
            .extension()
            .is_some_and(|end| ["rs", "ts", "svelte", "mjs", "py", "css"].iter().any(|known| end == *known))
        {
            found.push(path);
        }
    }
}

fn all() -> Vec<PathBuf> {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let mut found = Vec::new();
    for folder in ["crates", "web", "e2e", "tools"] {
        sources(&root.join(folder), &mut found);
    }
    assert!(found.len() > 50, "the walk found only {} files", found.len());
    found
}

#[test]
fn no_file_is_longer_than_800_lines() {
    for path in all() {
        let lines = std::fs::read_to_string(&path).unwrap().lines().count();
        assert!(lines <= LONGEST, "{} has {lines} lines", path.display());
    }
}

#[test]
fn there_are_no_drawers() {
    for path in all() {
        for part in path.components().map(|part| part.as_os_str().to_string_lossy().into_owned()) {
            let stem = part.split('.').next().unwrap_or_default().to_owned();
            assert!(!DRAWERS.contains(&stem.as_str()), "{} is a drawer", path.display());
        }
    }
}

#[test]
fn nothing_is_left_to_do_without_an_issue() {
    let words = ["TO".to_owned() + "DO", "FIX".to_owned() + "ME", "XX".to_owned() + "X:"];
    for path in all() {
        let text = std::fs::read_to_string(&path).unwrap();
        for (number, line) in text.lines().enumerate() {
            let left = words.iter().any(|word| line.contains(word.as_str())) && !line.contains('#');
            assert!(!left, "{}:{}: {line}", path.display(), number + 1);
        }
    }
}
