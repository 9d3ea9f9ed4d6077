//! No invented name is borne by a ship in the recordings beside the repository.

use std::collections::BTreeSet;

use bitacora_ais::Payload;
use bitacora_ais::armour::unarmour;
use bitacora_ais::messages::{Body, decode};
use bitacora_ais::sentence::{Line, parse};
use bitacora_primitives::Instant;
use bitacora_scenarios::theatre;

#[test]
fn invented_names_and_numbers_are_in_no_recording() {
    let Some(files) = bitacora_given::files("ais/raw") else { return };
    let (mut names, mut numbers) = (BTreeSet::new(), BTreeSet::new());
    for file in files {
        read(&std::fs::read(file).unwrap(), &mut names, &mut numbers);
    }
    assert!(names.len() > 300 && numbers.len() > 5000, "{} names, {} numbers", names.len(), numbers.len());
    for seed in 0..5 {
        for hull in theatre(seed, Instant::from_secs(1_795_219_200)).hulls {
            assert!(!names.contains(&hull.identity.name), "{}", hull.identity.name);
            assert!(!numbers.contains(&hull.identity.mmsi.number()), "{}", hull.identity.mmsi);
        }
    }
}

/// Names of types 5 and 24, joining the two fragments of a type 5 where they follow each other.
fn read(recording: &[u8], names: &mut BTreeSet<String>, numbers: &mut BTreeSet<u32>) {
    let mut payload = Payload::new();
    let mut first: Vec<u8> = Vec::new();
    for line in recording.split(|&byte| byte == b'\n') {
        let Ok(Line::Sentence(sentence)) = parse(line) else { continue };
        match (sentence.count, sentence.number) {
            (1, 1) => first = sentence.payload.to_vec(),
            (2, 1) => {
                first = sentence.payload.to_vec();
                continue;
            }
            (2, 2) => first.extend_from_slice(sentence.payload),
            _ => continue,
        }
        if unarmour(&first, sentence.fill_bits, &mut payload).is_err() {
            continue;
        }
        let Ok((message, _)) = decode(&mut payload) else { continue };
        numbers.insert(message.mmsi);
        let name = match message.body {
            Body::StaticVoyage(m) => m.shipname.as_str().to_owned(),
            Body::StaticA(m) => m.shipname.as_str().to_owned(),
            _ => continue,
        };
        names.insert(name);
    }
}
