//! The vocabularies of CBV 2.0 that EPCIS 2.0 writes as bare words, and the Web URIs they stand for. A word that is
//! not here is no standard value; a URI of one's own always may be.

/// One vocabulary: its words, and how they are written out (CBV 2.0, 7; GS1 Web vocabulary for measurements).
#[derive(Debug)]
pub(super) struct Vocabulary {
    /// `https://ref.gs1.org/cbv/BizStep-`.
    web: &'static str,
    /// `bizstep`, in `urn:epcglobal:cbv:bizstep:shipping`; empty where there is none.
    urn: &'static str,
    words: &'static str,
    /// Beginnings of the standard's own URIs, which JSON may not use in place of the bare word (EPCIS 2.0 JSON
    /// schema, `vocab-other-uri` and `vocab-nonGS1WebVoc-uri`).
    own: [&'static str; 3],
}

const CBV: [&str; 3] = ["urn:epcglobal:cbv", "http://ns.gs1.org/cbv/", "https://ns.gs1.org/cbv/"];
const GS1: [&str; 3] = ["https://gs1.org/voc/", "http://gs1.org/voc/", "https://www.gs1.org/voc/"];

pub(super) const BIZ_STEP: Vocabulary = Vocabulary {
    web: "https://ref.gs1.org/cbv/BizStep-",
    urn: "bizstep",
    words: "accepting arriving assembling collecting commissioning consigning creating_class_instance cycle_counting \
            decommissioning departing destroying disassembling dispensing encoding entering_exiting holding inspecting \
            installing killing loading other packing picking receiving removing repackaging repairing replacing reserving \
            retail_selling sampling sensor_reporting shipping staging_outbound stock_taking stocking storing transporting \
            unloading unpacking void_shipping",
    own: CBV,
};
pub(super) const DISPOSITION: Vocabulary = Vocabulary {
    web: "https://ref.gs1.org/cbv/Disp-",
    urn: "disp",
    words: "active available completeness_inferred completeness_verified conformant container_closed container_open \
            damaged destroyed dispensed disposed encoded expired in_progress in_transit inactive mismatch_class \
            mismatch_instance mismatch_quantity needs_replacement no_pedigree_match non_conformant non_sellable_other \
            partially_dispensed recalled reserved retail_sold returned sellable_accessible sellable_not_accessible stolen \
            unavailable unknown",
    own: CBV,
};
pub(super) const TRANSACTION: Vocabulary = Vocabulary {
    web: "https://ref.gs1.org/cbv/BTT-",
    urn: "btt",
    words: "bol cert desadv inv pedigree po poc prodorder recadv rma testprd testres upevt",
    own: CBV,
};
pub(super) const SOURCE_OR_DESTINATION: Vocabulary = Vocabulary {
    web: "https://ref.gs1.org/cbv/SDT-",
    urn: "sdt",
    words: "location owning_party possessing_party",
    own: CBV,
};
pub(super) const ERROR_REASON: Vocabulary = Vocabulary {
    web: "https://ref.gs1.org/cbv/ER-",
    urn: "er",
    words: "did_not_occur incorrect_data",
    own: CBV,
};
pub(super) const COMPONENT: Vocabulary = Vocabulary {
    web: "https://ref.gs1.org/cbv/Comp-",
    urn: "comp",
    words: "altitude axial_distance azimuth easting elevation_angle height latitude longitude northing polar_angle \
            spherical_radius x y z",
    own: CBV,
};
pub(super) const ALERT: Vocabulary =
    Vocabulary { web: "https://gs1.org/voc/", urn: "", words: "ALARM_CONDITION ERROR_CONDITION", own: GS1 };
/// `EffectiveDoseRate` and `Molar_concentration` are names of a draft that the standard's own examples still use.
pub(super) const MEASUREMENT: Vocabulary = Vocabulary {
    web: "https://gs1.org/voc/",
    urn: "",
    words: "AbsoluteHumidity AbsorbedDose AbsorbedDoseRate Acceleration Altitude AmountOfSubstance \
            AmountOfSubstancePerUnitVolume Angle AngularAcceleration AngularMomentum AngularVelocity Area Capacitance \
            Conductance Conductivity Count Density Dimensionless DoseEquivalent DoseEquivalentRate DynamicViscosity \
            EffectiveDoseRate ElectricCharge ElectricCurrent ElectricCurrentDensity ElectricFieldStrength \
            Energy Exposure Force Frequency Illuminance Inductance Irradiance KinematicViscosity Length LinearMomentum \
            Luminance LuminousFlux LuminousIntensity MagneticFlux MagneticFluxDensity MagneticVectorPotential Mass \
            MassConcentration MassFlowRate MassPerAreaTime MemoryCapacity MolalityOfSolute MolarEnergy MolarMass \
            MolarVolume Molar_concentration Power Pressure RadiantFlux RadiantIntensity Radioactivity RelativeHumidity Resistance \
            Resistivity SolidAngle SpecificVolume Speed SurfaceDensity SurfaceTension Temperature Time Torque Voltage \
            Volume VolumeFlowRate VolumeFraction VolumetricFlux Wavenumber",
    own: GS1,
};

const ALL: [&Vocabulary; 8] = [
    &BIZ_STEP,
    &DISPOSITION,
    &TRANSACTION,
    &SOURCE_OR_DESTINATION,
    &ERROR_REASON,
    &COMPONENT,
    &ALERT,
    &MEASUREMENT,
];

impl Vocabulary {
    /// The Web URI of a standard word.
    pub(super) fn written_out(&self, word: &str) -> Option<String> {
        self.words.split_ascii_whitespace().any(|known| known == word).then(|| format!("{}{word}", self.web))
    }
    /// The standard's own URI in JSON, where the bare word belongs.
    pub(super) fn owns(&self, uri: &str) -> bool {
        self.own.iter().any(|beginning| uri.starts_with(beginning))
    }
    /// The bare word of a Web URI.
    pub(super) fn word<'a>(&self, uri: &'a str) -> Option<&'a str> {
        uri.strip_prefix(self.web)
    }
}

/// The Web URI of a value written `urn:epcglobal:cbv:bizstep:receiving`, as EPCIS 1.x and XML do.
pub(super) fn web_of_urn(text: &str) -> Option<String> {
    let (kind, word) = text.strip_prefix("urn:epcglobal:cbv:")?.split_once(':')?;
    let vocabulary = ALL.iter().find(|vocabulary| vocabulary.urn == kind && !kind.is_empty())?;
    Some(format!("{}{word}", vocabulary.web))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_written_out_and_found_again() {
        let web = BIZ_STEP.written_out("departing").unwrap();
        assert_eq!(web, "https://ref.gs1.org/cbv/BizStep-departing");
        assert_eq!(BIZ_STEP.word(&web), Some("departing"));
        assert_eq!(web_of_urn("urn:epcglobal:cbv:bizstep:departing").as_ref(), Some(&web));
        assert_eq!(web_of_urn("urn:epcglobal:cbv:bt:4012345000009:1"), None);
        assert_eq!(web_of_urn("urn:epcglobal:cbv::x"), None);
    }

    #[test]
    fn what_the_standard_does_not_list_is_no_word() {
        assert_eq!(BIZ_STEP.written_out("transforming"), None);
        assert_eq!(DISPOSITION.written_out("in_transport"), None);
        assert_eq!(SOURCE_OR_DESTINATION.written_out("place"), None);
        assert_eq!(BIZ_STEP.written_out(""), None);
        assert!(BIZ_STEP.owns("urn:epcglobal:cbv:bizstep:departing"));
        assert!(!BIZ_STEP.owns("https://example.com/bizStep/inspecting"));
    }

    #[test]
    fn the_lists_have_the_length_of_the_standard_s() {
        let lengths = ALL.map(|vocabulary| vocabulary.words.split_ascii_whitespace().count());
        assert_eq!(lengths, [41, 33, 13, 3, 2, 14, 2, 74]);
    }
}
