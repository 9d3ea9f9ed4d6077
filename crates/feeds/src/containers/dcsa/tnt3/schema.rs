//! The schemas of DCSA Track & Trace 3.0.0 (`components/schemas`, in the order that they use each other). The
//! published file has no `required` and no `enum`: what an event needs is in `super::NEEDED`, the lists are those of
//! the descriptions.

use super::super::check::{ANY, INT32, Is, Member, TEXT, may, must, with};
use super::super::codes::{self, tnt3};
use super::super::forms::{self, COUNTRY, DATE, DATE_TIME_30, UN_LOCODE};

static ADDRESS_LINE: Is = Is::Text(250);

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
    may("addressLines", Is::List(&ADDRESS_LINE, 5)),
];

/// Facility.
static FACILITY: &[Member] = &[
    may("facilityName", Is::Text(100)),
    may("facilityCode", Is::Text(6)),
    may("facilityCodeListProvider", Is::Code(codes::FACILITY_LIST)),
];

/// GeoCoordinate.
static GEO_COORDINATE: &[Member] = &[
    with("latitude", Is::Form(20, forms::latitude), &["longitude"]),
    with("longitude", Is::Form(20, forms::longitude), &["latitude"]),
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

/// EventRouting.
static EVENT_ROUTING: &[Member] = &[
    may("originatingParty", Is::Object(PARTY)),
    may("forwardingParties", Is::List(&ONE_PARTY, ANY)),
    may("destinationParty", Is::Object(PARTY)),
];

/// EventClassification.
static EVENT_CLASSIFICATION: &[Member] = &[
    may("eventTypeCode", Is::Code(tnt3::EVENT)),
    may("eventClassifierCode", Is::Code(codes::CLASSIFIER)),
    may("shipmentEventTypeCode", Is::Code(tnt3::SHIPMENT_EVENT)),
    may("transportEventTypeCode", Is::Code(codes::TRANSPORT_EVENT)),
    may("equipmentEventTypeCode", Is::Code(tnt3::EQUIPMENT_EVENT)),
    may("iotEventTypeCode", Is::Code(tnt3::IOT_EVENT)),
    may("reeferEventTypeCode", Is::Code(tnt3::REEFER_EVENT)),
];

/// DocumentReference.
static DOCUMENT_REFERENCE: &[Member] =
    &[may("typeCode", Is::Code(tnt3::DOCUMENT)), may("reference", Is::Text(100))];
static ONE_DOCUMENT: Is = Is::Object(DOCUMENT_REFERENCE);

/// DocumentReferenceReplacement.
static DOCUMENT_REPLACEMENT: &[Member] =
    &[may("oldReferences", Is::List(&ONE_DOCUMENT, ANY)), may("newReferences", Is::List(&ONE_DOCUMENT, ANY))];
static ONE_DOCUMENT_REPLACEMENT: Is = Is::Object(DOCUMENT_REPLACEMENT);

/// ShipmentReference.
static SHIPMENT_REFERENCE: &[Member] =
    &[may("typeCode", Is::Code(tnt3::REFERENCE)), may("reference", Is::Text(100))];
static ONE_REFERENCE: Is = Is::Object(SHIPMENT_REFERENCE);

/// ShipmentReferenceReplacement.
static REFERENCE_REPLACEMENT: &[Member] = &[
    may("oldReferences", Is::List(&ONE_REFERENCE, ANY)),
    may("newReferences", Is::List(&ONE_REFERENCE, ANY)),
];
static ONE_REFERENCE_REPLACEMENT: Is = Is::Object(REFERENCE_REPLACEMENT);

/// ShipmentDetails.
static SHIPMENT_DETAILS: &[Member] = &[
    may("documentReference", Is::Object(DOCUMENT_REFERENCE)),
    may("additionalDocumentReferences", Is::List(&ONE_DOCUMENT, ANY)),
    may("documentReferenceReplacements", Is::List(&ONE_DOCUMENT_REPLACEMENT, ANY)),
    may("shipmentReferences", Is::List(&ONE_REFERENCE, ANY)),
    may("shipmentReferenceReplacements", Is::List(&ONE_REFERENCE_REPLACEMENT, ANY)),
    may("shipmentLocationType", Is::Code(tnt3::LOCATION)),
    may("reason", TEXT),
    may("priceCalculationDate", DATE),
];

/// ServiceCodeOrReference.
static SERVICE: &[Member] = &[
    may("carrierServiceCode", TEXT),
    may("universalServiceReference", Is::Form(8, forms::service_reference)),
];

/// VoyageNumberOrReference.
static VOYAGE: &[Member] = &[
    may("carrierVoyageNumber", TEXT),
    may("universalVoyageReference", Is::Form(5, forms::voyage_reference)),
];

/// VesselTransport.
static VESSEL_TRANSPORT: &[Member] = &[
    may("vesselIMONumber", Is::Form(8, forms::imo)),
    may("vesselName", Is::Text(50)),
    may("vesselFlag", COUNTRY),
    may("vesselCallSign", Is::Text(10)),
    may("operatorCarrierCode", Is::Text(10)),
    may("operatorCarrierCodeListProvider", Is::Code(codes::CARRIER_LIST)),
];

/// RailTransport.
static RAIL_TRANSPORT: &[Member] = &[
    may("railCarReference", Is::Text(50)),
    may("railServiceReference", Is::Text(50)),
    may("departureID", Is::Text(100)),
];

/// VehicleDetails.
static VEHICLE: &[Member] =
    &[may("licensePlate", Is::Text(15)), may("vehicleIdentificationNumber", Is::Text(15))];

/// TruckTransport.
static TRUCK_TRANSPORT: &[Member] =
    &[may("tractorDetails", Is::Object(VEHICLE)), may("trailerDetails", Is::Object(VEHICLE))];

/// TransportCall.
static TRANSPORT_CALL: &[Member] = &[
    may("transportCallReference", TEXT),
    may("transportCallSequenceNumber", INT32),
    may("modeOfTransport", Is::Code(tnt3::MODE)),
    may("portVisitReference", TEXT),
    may("serviceCodeOrReference", Is::Object(SERVICE)),
    may("exportVoyageNumberOrReference", Is::Object(VOYAGE)),
    may("importVoyageNumberOrReference", Is::Object(VOYAGE)),
    may("vesselTransport", Is::Object(VESSEL_TRANSPORT)),
    may("railTransport", Is::Object(RAIL_TRANSPORT)),
    may("truckTransport", Is::Object(TRUCK_TRANSPORT)),
];

static DELAY_REASON: Is = Is::Text(3);

/// TransportDetails.
static TRANSPORT_DETAILS: &[Member] = &[
    may("delayReasonCodes", Is::List(&DELAY_REASON, ANY)),
    may("changeRemark", Is::Text(250)),
    may("transportCall", Is::Object(TRANSPORT_CALL)),
];

/// Seal. One without a number identifies none.
static SEAL: &[Member] = &[
    must("number", Is::Form(15, forms::seal)),
    may("source", Is::Code(tnt3::SEAL_SOURCE)),
    may("type", Is::Code(codes::SEAL_TYPE)),
    may("placement", Is::Code(tnt3::SEAL_PLACEMENT)),
];
static ONE_SEAL: Is = Is::Object(SEAL);

/// EquipmentDetails.
static EQUIPMENT_DETAILS: &[Member] = &[
    may("equipmentReference", Is::Form(11, forms::container)),
    may("ISOEquipmentCode", Is::Text(4)),
    may("emptyIndicatorCode", Is::Code(codes::EMPTY)),
    may("movementType", Is::Code(tnt3::MOVEMENT)),
    may("seals", Is::List(&ONE_SEAL, bitacora_port::screening::event::MAX_SEALS)),
];

/// IotDetails.
static IOT_DETAILS: &[Member] = &[may("iotEventCode", Is::Code(tnt3::IOT_DETAIL))];

/// TemperatureProbeMeasurement.
static PROBE: &[Member] = &[
    may("measuredTemperatureValue", Is::Number),
    may("USDAProbeNumber", Is::Whole(1.0, 3.0)),
    may("COAProbeUDMKey", Is::Code(tnt3::PROBE)),
    may("probeLabel", TEXT),
];
static ONE_PROBE: Is = Is::Object(PROBE);

/// ReeferParameters.
static REEFER_PARAMETERS: &[Member] = &[
    may("o2Percentage", Is::Number),
    may("co2Percentage", Is::Number),
    may("humidityPercentage", Is::Number),
    may("airExchangeValue", Is::Number),
    with("airExchangeUnit", Is::Code(tnt3::AIR), &["airExchangeValue"]),
    may("isVentilationOpen", Is::Flag),
    may("isDrainholesOpen", Is::Flag),
    may("isBulbMode", Is::Flag),
    may("isColdTreatmentRequired", Is::Flag),
    may("isControlledAtmosphereRequired", Is::Flag),
];

/// ReeferDetails. A temperature without its unit says nothing.
static REEFER_DETAILS: &[Member] = &[
    with(
        "temperatureUnit",
        Is::Code(tnt3::TEMPERATURE),
        &["internalSetpointTemperature", "temperatureProbeMeasurements", "ambientMeasuredTemperature"],
    ),
    may("internalSetpointTemperature", Is::Number),
    may("temperatureProbeMeasurements", Is::List(&ONE_PROBE, ANY)),
    may("ambientMeasuredTemperature", Is::Number),
    may("setpointParameters", Is::Object(REEFER_PARAMETERS)),
    may("measuredParameters", Is::Object(REEFER_PARAMETERS)),
];

/// Event.
pub(in super::super) static EVENT: &[Member] = &[
    may("eventRouting", Is::Object(EVENT_ROUTING)),
    may("eventID", Is::Text(500)),
    may("isRetracted", Is::Flag),
    may("eventDateTime", DATE_TIME_30),
    may("eventUpdatedDateTime", DATE_TIME_30),
    may("eventLocation", Is::Object(LOCATION)),
    may("eventClassification", Is::Object(EVENT_CLASSIFICATION)),
    may("shipmentDetails", Is::Object(SHIPMENT_DETAILS)),
    may("transportDetails", Is::Object(TRANSPORT_DETAILS)),
    may("equipmentDetails", Is::Object(EQUIPMENT_DETAILS)),
    may("iotDetails", Is::Object(IOT_DETAILS)),
    may("reeferDetails", Is::Object(REEFER_DETAILS)),
];
