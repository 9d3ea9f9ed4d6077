//! The schemas of DCSA Verified Gross Mass 1.0.0 (`components/schemas`). As in Track & Trace 3.0.0 there is no
//! `required` and no `enum`.

use bitacora_port::screening::event::MAX_SEALS;

use super::super::check::{ANY, Is, Member, TEXT, may, must, with};
use super::super::codes::{self, vgm1};
use super::super::forms::{self, COUNTRY, DATE_TIME_30, UN_LOCODE};

/// Address.
static ADDRESS: &[Member] = &[
    may("street", Is::Text(70)),
    may("streetNumber", Is::Text(50)),
    may("floor", Is::Text(50)),
    may("postCode", Is::Text(10)),
    may("POBox", Is::Text(20)),
    may("city", Is::Text(35)),
    may("stateRegion", Is::Text(65)),
    may("countryCode", COUNTRY),
];

/// Facility.
static FACILITY: &[Member] =
    &[may("facilityCode", Is::Text(6)), may("facilityCodeListProvider", Is::Code(codes::FACILITY_LIST))];

/// GeoCoordinate.
static GEO_COORDINATE: &[Member] = &[
    with("latitude", Is::Form(10, forms::latitude), &["longitude"]),
    with("longitude", Is::Form(11, forms::longitude), &["latitude"]),
];

/// Location.
static LOCATION: &[Member] = &[
    may("locationName", Is::Text(100)),
    may("facilityTypeCode", Is::Code(codes::FACILITY_TYPE)),
    may("address", Is::Object(ADDRESS)),
    may("UNLocationCode", UN_LOCODE),
    may("facility", Is::Object(FACILITY)),
    may("geoCoordinate", Is::Object(GEO_COORDINATE)),
];

/// Party.
static PARTY: &[Member] = &[
    may("partyCode", Is::Text(150)),
    may("codeListProvider", Is::Text(100)),
    may("codeListName", Is::Text(100)),
    may("partyFunction", Is::Text(3)),
];
static ONE_PARTY: Is = Is::Object(PARTY);

/// RoutingDetails.
static ROUTING: &[Member] = &[
    may("originatingParty", Is::Object(PARTY)),
    may("forwardingParties", Is::List(&ONE_PARTY, ANY)),
    may("destinationParty", Is::Object(PARTY)),
];

/// ContactDetails.
static CONTACT: &[Member] =
    &[may("name", Is::Text(255)), may("phone", Is::Text(30)), may("email", Is::Text(255))];

/// PartyDetails.
static PARTY_DETAILS: &[Member] = &[
    may("partyName", Is::Text(70)),
    may("party", Is::Object(PARTY)),
    may("address", Is::Object(ADDRESS)),
    may("contactDetails", Is::Object(CONTACT)),
];

/// Weight: a value without a unit is none.
static WEIGHT: &[Member] =
    &[with("value", Is::Number, &["unit"]), with("unit", Is::Code(vgm1::UNIT), &["value"])];

/// VGM.
static VGM: &[Member] = &[
    may("weight", Is::Object(WEIGHT)),
    may("method", Is::Code(vgm1::METHOD)),
    may("dateTime", DATE_TIME_30),
    may("location", Is::Object(LOCATION)),
    may("certificationReference", Is::Text(70)),
    may("certificationDateTime", DATE_TIME_30),
];

/// Seal. One without a number identifies none.
static SEAL: &[Member] = &[
    must("number", Is::Form(15, forms::seal)),
    may("source", Is::Code(codes::SEAL_SOURCE_SHORT)),
    may("type", Is::Code(codes::SEAL_TYPE)),
];
static ONE_SEAL: Is = Is::Object(SEAL);

/// EquipmentDetails.
static EQUIPMENT: &[Member] = &[
    may("equipmentReference", Is::Form(11, forms::container)),
    may("ISOEquipmentCode", Is::Text(4)),
    may("isShipperOwned", Is::Flag),
    may("seals", Is::List(&ONE_SEAL, MAX_SEALS)),
    may("cargoGrossWeight", Is::Object(WEIGHT)),
    may("tareWeight", Is::Object(WEIGHT)),
];

/// OtherReference: the list of its codes is open.
static OTHER_REFERENCE: Is = Is::Object(&[may("typeCode", TEXT), may("reference", Is::Text(100))]);

/// ShipmentDetails.
static SHIPMENT: &[Member] = &[
    may("carrierBookingReference", Is::Text(35)),
    may("transportDocumentReference", Is::Text(20)),
    may("otherReferences", Is::List(&OTHER_REFERENCE, ANY)),
];

/// VoyageNumberOrReference.
static VOYAGE: &[Member] = &[
    may("carrierVoyageNumber", TEXT),
    may("universalVoyageReference", Is::Form(5, forms::voyage_reference)),
];

/// VesselVoyageDetails.
static VESSEL_VOYAGE: &[Member] = &[
    may("carrierCode", Is::Text(4)),
    may("carrierCodeListProvider", Is::Code(codes::CARRIER_LIST)),
    may("exportVoyageNumberOrReference", Is::Object(VOYAGE)),
    may("importVoyageNumberOrReference", Is::Object(VOYAGE)),
    may("portOfLoading", Is::Object(LOCATION)),
    may("portOfDischarge", Is::Object(LOCATION)),
    may("vesselName", Is::Text(50)),
];

/// VGMDeclaration.
pub(in super::super) static DECLARATION: &[Member] = &[
    may("routingDetails", Is::Object(ROUTING)),
    may("declarationReference", Is::Text(500)),
    may("isRetracted", Is::Flag),
    may("declarationDateTime", DATE_TIME_30),
    may("VGM", Is::Object(VGM)),
    may("equipmentDetails", Is::Object(EQUIPMENT)),
    may("shipmentDetails", Is::Object(SHIPMENT)),
    may("vesselVoyageDetails", Is::Object(VESSEL_VOYAGE)),
    may("responsibleParty", Is::Object(PARTY_DETAILS)),
    may("authorizedParty", Is::Object(PARTY_DETAILS)),
    may("authorizedPersonSignatory", Is::Text(255)),
    may("weighingParty", Is::Object(PARTY_DETAILS)),
    may("submittingParty", Is::Object(PARTY_DETAILS)),
    may("orderedByParty", Is::Object(PARTY_DETAILS)),
    may("holdingParty", Is::Object(PARTY_DETAILS)),
];
