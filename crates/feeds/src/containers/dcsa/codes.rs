//! The code lists of the standards, as published in the schemas (`enum` in 2.2.0; the lists of the descriptions in
//! 3.0.0 and VGM 1.0.0, which state no `enum`). No meanings: those are in the model.

pub(super) static CLASSIFIER: &[&str] = &["ACT", "EST", "PLN"];
pub(super) static EMPTY: &[&str] = &["EMPTY", "LADEN"];
pub(super) static SEAL_TYPE: &[&str] = &["BLT", "KLP", "WIR"];
pub(super) static TRANSPORT_EVENT: &[&str] = &["ARRI", "DEPA"];
pub(super) static FACILITY_LIST: &[&str] = &["BIC", "SMDG"];
pub(super) static CARRIER_LIST: &[&str] = &["NMFTA", "SMDG"];

/// 2.2.0, and VGM 1.0.0.
pub(super) static SEAL_SOURCE_SHORT: &[&str] = &["CAR", "CUS", "PHY", "SHI", "VET"];

/// 3.0.0 and VGM 1.0.0, schema Location.
pub(super) static FACILITY_TYPE: &[&str] =
    &["BORD", "CLOC", "COFS", "DEPO", "INTE", "OFFD", "POTE", "RAMP", "WAYP"];

pub(super) mod tnt3 {
    pub(in super::super) static EVENT: &[&str] = &["EQUIPMENT", "IOT", "REEFER", "SHIPMENT", "TRANSPORT"];
    pub(in super::super) static SHIPMENT_EVENT: &[&str] = &[
        "AMCF", "AMCN", "AMDC", "AMPR", "AMRE", "APPR", "CACF", "CADC", "CANC", "CARE", "CMPL", "CONF",
        "DECL", "DRFT", "HOLD", "ISSU", "PENA", "PENM", "PENU", "PSAM", "PSDL", "RECE", "REJE", "RELS",
        "REQS", "SUAM", "SUBM", "SUDL", "SURR", "UPCF", "UPCN", "UPDC", "UPDT", "UPRE", "VOID",
    ];
    pub(in super::super) static EQUIPMENT_EVENT: &[&str] = &[
        "AVDO", "AVPU", "CROS", "CUSI", "CUSR", "CUSS", "DISC", "DROP", "GTIN", "GTOT", "INSP", "LOAD",
        "PICK", "RMVD", "RSEA", "STRP", "STUF",
    ];
    pub(in super::super) static IOT_EVENT: &[&str] = &["DETC"];
    pub(in super::super) static IOT_DETAIL: &[&str] = &["DRC", "DRO", "LOC"];
    pub(in super::super) static REEFER_EVENT: &[&str] = &["ADJU", "MEAS"];
    pub(in super::super) static DOCUMENT: &[&str] = &[
        "AMF", "ARN", "BKG", "CAS", "CBR", "CEA", "CEO", "CQU", "CRO", "CUC", "DEI", "DEO", "DGD", "FCE",
        "HCE", "ICE", "INV", "OOG", "PCE", "PFD", "SHI", "TRD", "TRO", "VCE", "VGM",
    ];
    pub(in super::super) static REFERENCE: &[&str] =
        &["AAO", "AES", "BID", "BPR", "CER", "CR", "CSI", "DUE", "ECR", "EQ", "FF", "PO", "RUC", "SI"];
    pub(in super::super) static LOCATION: &[&str] =
        &["FCD", "IEL", "OIR", "ORI", "PCF", "PDE", "POD", "POL", "PRE", "PTP", "RTP"];
    pub(in super::super) static MOVEMENT: &[&str] = &["EXPORT", "IMPORT", "TRANSSHIPMENT"];
    pub(in super::super) static MODE: &[&str] = &["BARGE", "MULTIMODAL", "RAIL", "TRUCK", "VESSEL"];
    pub(in super::super) static SEAL_SOURCE: &[&str] =
        &["CAR", "CNS", "CST", "CUS", "PHY", "SHI", "TER", "VET"];
    pub(in super::super) static SEAL_PLACEMENT: &[&str] = &["DOOR", "VENT"];
    pub(in super::super) static TEMPERATURE: &[&str] = &["CEL", "FAH"];
    pub(in super::super) static AIR: &[&str] = &["FQH", "MQH"];
    pub(in super::super) static PROBE: &[&str] = &["P19", "P20", "P21", "P22"];
}

pub(super) mod tnt22 {
    pub(in super::super) static EVENT: &[&str] = &["EQUIPMENT", "SHIPMENT", "TRANSPORT"];
    pub(in super::super) static SHIPMENT_EVENT: &[&str] = &[
        "APPR", "CMPL", "CONF", "DRFT", "HOLD", "ISSU", "PENA", "PENU", "RECE", "REJE", "RELS", "REQS",
        "SUBM", "SURR", "VOID",
    ];
    pub(in super::super) static EQUIPMENT_EVENT: &[&str] =
        &["DISC", "DROP", "GTIN", "GTOT", "INSP", "LOAD", "PICK", "RMVD", "RSEA", "STRP", "STUF"];
    /// Of the deprecated `eventTypeCode`.
    pub(in super::super) static OLD_SHIPMENT_EVENT: &[&str] =
        &["APPR", "CONF", "ISSU", "PENA", "RECE", "REJE", "SUBM", "SURR"];
    /// Of the deprecated `eventTypeCode`.
    pub(in super::super) static OLD_EQUIPMENT_EVENT: &[&str] =
        &["DISC", "GTIN", "GTOT", "LOAD", "STRP", "STUF"];
    pub(in super::super) static DOCUMENT: &[&str] =
        &["ARN", "BKG", "CAS", "CBR", "CUS", "DGD", "OOG", "SHI", "SRM", "TRD", "VGM"];
    /// Of the deprecated `shipmentInformationTypeCode`.
    pub(in super::super) static OLD_DOCUMENT: &[&str] = &["ARN", "BKG", "BOK", "SHI", "SRM", "TRD", "VGM"];
    pub(in super::super) static DOCUMENT_REFERENCE: &[&str] = &["BKG", "TRD"];
    pub(in super::super) static REFERENCE: &[&str] = &["AAO", "CR", "EQ", "FF", "PO", "SI"];
    pub(in super::super) static FACILITY_TYPE: &[&str] =
        &["BOCR", "CLOC", "COFS", "COYA", "DEPO", "INTE", "OFFD", "POTE", "RAMP"];
    pub(in super::super) static MODE: &[&str] = &["BARGE", "RAIL", "TRUCK", "VESSEL"];
}

pub(super) mod vgm1 {
    pub(in super::super) static METHOD: &[&str] = &["SM1", "SM2"];
    pub(in super::super) static UNIT: &[&str] = &["KGM", "LBR"];
}
