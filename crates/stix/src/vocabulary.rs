//! The names of the extension: its identifier, the type of each kind of item, the members that tell who a vessel is.
//! docs/stix/README.md prints the same tables; a test keeps them equal.

use std::sync::LazyLock;

use bitacora_primitives::markings::{ItemKind, Tlp};

/// The extension's version, as its definition states it.
pub const EXTENSION_VERSION: &str = "1.0.0";
/// When the definitions were published: `created` of everything that is the same for all.
pub const PUBLISHED: &str = "2026-11-22T00:00:00.000Z";
/// The one use that no agreement permits, and for which there is no purpose.
pub const FORBIDDEN: &str = "lethal_force";

/// The TLP 2.0 extension that OASIS publishes (cti-stix-common-objects).
pub const TLP_EXTENSION: &str = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d";
/// `created` of the published TLP 2.0 markings.
pub const TLP_CREATED: &str = "2022-10-01T00:00:00.000Z";

/// The type of the object that says what an item says.
pub const fn type_of(kind: ItemKind) -> &'static str {
    match kind {
        ItemKind::Lead | ItemKind::ContainerAlert => "lead",
        ItemKind::Track => "track",
        ItemKind::Contact => "contact",
        ItemKind::Seizure => "seizure",
        ItemKind::CaseFact => "case",
        ItemKind::Series => "series",
        ItemKind::Distress => "distress",
    }
}

/// Types of the extension, all of them.
pub const TYPES: [&str; 9] =
    ["vessel", "container", "lead", "track", "contact", "seizure", "case", "series", "distress"];

/// The identifier of the published marking of a TLP 2.0 label.
pub const fn tlp_marking(tlp: Tlp) -> &'static str {
    match tlp {
        Tlp::Clear => "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
        Tlp::Green => "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
        Tlp::Amber => "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
        Tlp::AmberStrict => "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
        Tlp::Red => "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
    }
}

/// The identifier of our extension-definition.
pub fn extension() -> &'static str {
    static ID: LazyLock<String> =
        LazyLock::new(|| crate::StixId::of("extension-definition", &["bitacora"]).to_string());
    &ID
}

/// What an item's field tells of a vessel, besides its MMSI: the field, and whether it is a text.
pub const VESSEL_FIELDS: [(&str, bool); 9] = [
    ("imo", false),
    ("name", true),
    ("call_sign", true),
    ("flag", true),
    ("ship_type", false),
    ("length_m", false),
    ("beam_m", false),
    ("draught_m", false),
    ("destination", true),
];
