//! The schemas of DCSA Track & Trace 2.2.0 (`components/schemas`). Which of the three events an object is, its
//! `eventType` says (`discriminator`).

use super::super::check::{ANY, Is, Member, TEXT, may, must, with};
use super::super::codes::{self, tnt22};
use super::super::forms::{self, COUNTRY, DATE_TIME, UN_LOCODE, UUID};

/// address.
static ADDRESS: &[Member] = &[
    may("name", Is::Text(100)),
    may("street", Is::Text(100)),
    may("streetNumber", Is::Text(50)),
    may("floor", Is::Text(50)),
    may("postCode", Is::Text(10)),
    may("city", Is::Text(65)),
    may("stateRegion", Is::Text(65)),
    may("country", Is::Text(75)),
];

/// location.
static LOCATION: &[Member] = &[
    may("locationName", Is::Text(100)),
    with("latitude", Is::Form(10, forms::latitude), &["longitude"]),
    with("longitude", Is::Form(11, forms::longitude), &["latitude"]),
    may("UNLocationCode", UN_LOCODE),
    may("facilityCode", Is::Text(6)),
    may("facilityCodeListProvider", Is::Code(codes::FACILITY_LIST)),
    may("address", Is::Object(ADDRESS)),
];

/// vessel.
static VESSEL: &[Member] = &[
    must("vesselIMONumber", Is::Form(7, forms::imo)),
    may("vesselName", Is::Text(35)),
    may("vesselFlag", COUNTRY),
    may("vesselCallSignNumber", Is::Text(10)),
    may("vesselOperatorCarrierCode", Is::Text(10)),
    may("vesselOperatorCarrierCodeListProvider", Is::Code(codes::CARRIER_LIST)),
];

/// transportCall.
static TRANSPORT_CALL: &[Member] = &[
    must("transportCallID", Is::Text(100)),
    may("carrierServiceCode", Is::Text(5)),
    may("carrierVoyageNumber", Is::Text(50)),
    may("exportVoyageNumber", Is::Text(50)),
    may("importVoyageNumber", Is::Text(50)),
    may("transportCallSequenceNumber", Is::Whole(-9_007_199_254_740_991.0, 9_007_199_254_740_991.0)),
    may("UNLocationCode", UN_LOCODE),
    may("facilityCode", Is::Text(6)),
    may("facilityCodeListProvider", Is::Code(codes::FACILITY_LIST)),
    may("facilityTypeCode", Is::Code(tnt22::FACILITY_TYPE)),
    may("otherFacility", Is::Text(50)),
    must("modeOfTransport", Is::Code(tnt22::MODE)),
    may("location", Is::Object(LOCATION)),
    may("vessel", Is::Object(VESSEL)),
];

/// documentReferences_inner.
static DOCUMENT_REFERENCE: &[Member] =
    &[may("documentReferenceType", Is::Code(tnt22::DOCUMENT_REFERENCE)), may("documentReferenceValue", TEXT)];
static ONE_DOCUMENT: Is = Is::Object(DOCUMENT_REFERENCE);

/// reference.
static REFERENCE: &[Member] =
    &[must("referenceType", Is::Code(tnt22::REFERENCE)), must("referenceValue", Is::Text(100))];
static ONE_REFERENCE: Is = Is::Object(REFERENCE);

/// seal.
static SEAL: &[Member] = &[
    must("sealNumber", Is::Form(15, forms::seal)),
    may("sealSource", Is::Code(codes::SEAL_SOURCE_SHORT)),
    must("sealType", Is::Code(codes::SEAL_TYPE)),
];
static ONE_SEAL: Is = Is::Object(SEAL);

/// baseEvent: `eventID` is not in its `required` list.
const EVENT_ID: Member = may("eventID", UUID);
const EVENT_TYPE: Member = must("eventType", Is::Code(tnt22::EVENT));
const CREATED: Member = must("eventCreatedDateTime", DATE_TIME);
const CLASSIFIER: Member = must("eventClassifierCode", Is::Code(codes::CLASSIFIER));
/// shipmentEvent asks that it equals `eventCreatedDateTime`; the published valid sample does not keep that.
const HAPPENED: Member = must("eventDateTime", DATE_TIME);
const REFERENCES: Member = may("references", Is::List(&ONE_REFERENCE, ANY));
const DOCUMENTS: Member = may("documentReferences", Is::List(&ONE_DOCUMENT, ANY));
const CALL_ID: Member = may("transportCallID", Is::Text(100));

/// shipmentEvent.
pub(in super::super) static SHIPMENT: &[Member] = &[
    EVENT_ID,
    EVENT_TYPE,
    CREATED,
    CLASSIFIER,
    HAPPENED,
    must("shipmentEventTypeCode", Is::Code(tnt22::SHIPMENT_EVENT)),
    must("documentID", TEXT),
    must("documentTypeCode", Is::Code(tnt22::DOCUMENT)),
    may("shipmentInformationTypeCode", Is::Code(tnt22::OLD_DOCUMENT)),
    may("reason", TEXT),
    may("eventTypeCode", Is::Code(tnt22::OLD_SHIPMENT_EVENT)),
    may("shipmentID", UUID),
    REFERENCES,
];

/// transportEvent.
pub(in super::super) static TRANSPORT: &[Member] = &[
    EVENT_ID,
    EVENT_TYPE,
    CREATED,
    CLASSIFIER,
    HAPPENED,
    must("transportEventTypeCode", Is::Code(codes::TRANSPORT_EVENT)),
    may("delayReasonCode", Is::Text(3)),
    may("vesselScheduleChangeRemark", Is::Text(250)),
    may("changeRemark", Is::Text(250)),
    CALL_ID,
    must("transportCall", Is::Object(TRANSPORT_CALL)),
    may("eventTypeCode", Is::Code(codes::TRANSPORT_EVENT)),
    DOCUMENTS,
    REFERENCES,
];

/// equipmentEvent.
pub(in super::super) static EQUIPMENT: &[Member] = &[
    EVENT_ID,
    EVENT_TYPE,
    CREATED,
    CLASSIFIER,
    HAPPENED,
    must("equipmentEventTypeCode", Is::Code(tnt22::EQUIPMENT_EVENT)),
    may("equipmentReference", Is::Form(15, forms::container)),
    may("ISOEquipmentCode", Is::Text(4)),
    must("emptyIndicatorCode", Is::Code(codes::EMPTY)),
    may("eventLocation", Is::Object(LOCATION)),
    CALL_ID,
    may("transportCall", Is::Object(TRANSPORT_CALL)),
    DOCUMENTS,
    REFERENCES,
    may("seals", Is::List(&ONE_SEAL, bitacora_port::screening::event::MAX_SEALS)),
    may("eventTypeCode", Is::Code(tnt22::OLD_EQUIPMENT_EVENT)),
];

/// baseEventBody, of an object whose `eventType` is none of the three.
pub(in super::super) static ANY_EVENT: &[Member] = &[EVENT_ID, EVENT_TYPE, CREATED, HAPPENED];
