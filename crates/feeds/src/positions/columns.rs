//! Which column holds what: names that known sources use, and the user's own map. Never guesses from values.

/// What a column can hold.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Field {
    Time,
    Mmsi,
    Lat,
    Lon,
    Sog,
    Cog,
    Heading,
    Status,
    Transponder,
    Name,
    CallSign,
    Imo,
    ShipType,
    Length,
    Beam,
    Draught,
    Destination,
    MessageType,
    MessageId,
    Segment,
}

/// A field: its name in `--map`, and the header names it is known by, in order of preference. Sources:
/// MarineCadastre (2015-2024 and the lower-case names since), the Danish Maritime Authority's CSV, Global Fishing
/// Watch tables, the Solent file of Stone Soup, and this system's own positions.
const KNOWN: &[(Field, &str, &[&str])] = &[
    (Field::Time, "time", &["time", "timestamp", "basedatetime", "base_date_time", "datetime", "observed"]),
    (Field::Mmsi, "mmsi", &["mmsi", "ssvid"]),
    (Field::Lat, "lat", &["lat", "latitude", "latitude_degrees"]),
    (Field::Lon, "lon", &["lon", "longitude", "longitude_degrees"]),
    (Field::Sog, "sog", &["sog", "sog_knots", "sog_kn", "speed_knots", "speed"]),
    (Field::Cog, "cog", &["cog", "cog_degrees", "cog_deg", "course"]),
    (Field::Heading, "heading", &["heading", "heading_deg", "true_heading"]),
    (Field::Status, "status", &["status", "navigational status", "nav_status"]),
    (
        Field::Transponder,
        "class",
        &["transceiverclass", "transceiver", "transceiver_class", "type of mobile"],
    ),
    (Field::Name, "name", &["vesselname", "vessel_name", "shipname", "name"]),
    (Field::CallSign, "callsign", &["callsign", "call_sign"]),
    (Field::Imo, "imo", &["imo"]),
    (Field::ShipType, "shiptype", &["vesseltype", "vessel_type", "ship type", "shiptype", "ship_type"]),
    (Field::Length, "length", &["length", "length_m"]),
    (Field::Beam, "beam", &["width", "beam", "beam_m"]),
    (Field::Draught, "draught", &["draft", "draught", "draught_m"]),
    (Field::Destination, "destination", &["destination"]),
    (Field::MessageType, "type", &["message_type", "msg_type", "type"]),
    (Field::MessageId, "msgid", &["msgid", "message_id"]),
    (Field::Segment, "seg_id", &["seg_id", "segment"]),
];

const FIELDS: usize = KNOWN.len();
/// A row without these says nothing.
const NEEDED: [Field; 4] = [Field::Time, Field::Mmsi, Field::Lat, Field::Lon];

impl Field {
    pub fn name(self) -> &'static str {
        KNOWN.iter().find(|known| known.0 == self).map_or("", |known| known.1)
    }
}

/// The columns that the user named, field by field.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ColumnMap {
    named: Vec<(Field, String)>,
}

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum MapError {
    #[error("`{entry}` in the column map is not of the form field=column")]
    Form { entry: String },
    #[error("`{field}` in the column map is no field; fields are {}", field_names())]
    Field { field: String },
    #[error("the column map names `{field}` twice")]
    Twice { field: &'static str },
}

fn field_names() -> String {
    KNOWN.iter().map(|known| known.1).collect::<Vec<_>>().join(", ")
}

impl ColumnMap {
    /// `time=timestamp,mmsi=ssvid`; an empty text leaves every field to the known names.
    pub fn parse(text: &str) -> Result<Self, MapError> {
        let mut named: Vec<(Field, String)> = Vec::new();
        for entry in text.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
            let (field, column) = entry
                .split_once('=')
                .map(|(field, column)| (field.trim(), column.trim()))
                .filter(|(field, column)| !field.is_empty() && !column.is_empty())
                .ok_or_else(|| MapError::Form { entry: entry.to_owned() })?;
            let known = KNOWN.iter().find(|known| known.1.eq_ignore_ascii_case(field));
            let &(field, name, _) = known.ok_or_else(|| MapError::Field { field: field.to_owned() })?;
            if named.iter().any(|(other, _)| *other == field) {
                return Err(MapError::Twice { field: name });
            }
            named.push((field, column.to_owned()));
        }
        Ok(Self { named })
    }
}

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ColumnsError {
    #[error("no column for {}: looked for {}; the columns are {}", .field.name(), list(.wanted), list(.found))]
    Missing { field: Field, wanted: Vec<String>, found: Vec<String> },
    #[error("the column map gives {} the column `{column}`, which is not there; the columns are {}", .field.name(), list(.found))]
    NotThere { field: Field, column: String, found: Vec<String> },
}

/// Names in backticks; a header of a thousand columns is cut.
fn list(names: &[String]) -> String {
    const SHOWN: usize = 40;
    if names.is_empty() {
        return "none".to_owned();
    }
    let shown: Vec<String> = names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
    let more = if names.len() > SHOWN { ", ..." } else { "" };
    format!("{}{more}", shown.join(", "))
}

/// Where each field stands in a row of one source.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Columns {
    places: [Option<u16>; FIELDS],
    width: usize,
}

impl Columns {
    /// Finds the columns of a header. A name matches whatever its case, a leading `#` and blanks around it.
    pub fn bind(header: &[String], map: &ColumnMap) -> Result<Self, ColumnsError> {
        let plain: Vec<String> = header.iter().map(|name| plain(name)).collect();
        let find = |wanted: &str| {
            plain.iter().position(|name| *name == wanted).and_then(|at| u16::try_from(at).ok())
        };
        let found = || header.iter().map(|name| name.trim().chars().take(40).collect()).collect();
        let mut places = [None; FIELDS];
        for (place, &(field, _, names)) in places.iter_mut().zip(KNOWN) {
            if let Some((_, column)) = map.named.iter().find(|(named, _)| *named == field) {
                let there = find(&self::plain(column));
                *place = Some(there.ok_or_else(|| ColumnsError::NotThere {
                    field,
                    column: column.clone(),
                    found: found(),
                })?);
                continue;
            }
            *place = names.iter().find_map(|name| find(name));
            if place.is_none() && NEEDED.contains(&field) {
                let wanted = names.iter().map(|&name| name.to_owned()).collect();
                return Err(ColumnsError::Missing { field, wanted, found: found() });
            }
        }
        Ok(Self { places, width: header.len() })
    }

    #[inline]
    pub fn place(&self, field: Field) -> Option<usize> {
        self.places.get(field as usize).copied().flatten().map(usize::from)
    }
    /// Whether any field stands at a place.
    pub fn holds(&self, place: usize) -> bool {
        self.places.iter().flatten().any(|&held| usize::from(held) == place)
    }
    /// How many columns a row has.
    pub fn width(&self) -> usize {
        self.width
    }
}

fn plain(name: &str) -> String {
    name.trim().trim_start_matches('\u{feff}').trim_start_matches('#').trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(text: &str) -> Vec<String> {
        text.split(',').map(str::to_owned).collect()
    }

    #[test]
    fn fields_stand_in_the_table_in_their_own_order() {
        for (at, known) in KNOWN.iter().enumerate() {
            assert_eq!(known.0 as usize, at, "`place` looks a field up by its number");
        }
    }

    #[test]
    fn headers_of_known_sources_bind() {
        for (text, sog) in [
            (
                "MMSI,BaseDateTime,LAT,LON,SOG,COG,Heading,VesselName,IMO,CallSign,VesselType,Status,Length,Width,Draft,Cargo,TransceiverClass",
                Some(4),
            ),
            (
                "mmsi,base_date_time,longitude,latitude,sog,cog,heading,vessel_name,imo,call_sign,vessel_type,status,length,width,draft,cargo,transceiver",
                Some(4),
            ),
            (
                "# Timestamp,Type of mobile,MMSI,Latitude,Longitude,Navigational status,ROT,SOG,COG,Heading,IMO,Callsign,Name,Ship type,Cargo type,Width,Length,Type of position fixing device,Draught,Destination,ETA,Data source type,A,B,C,D",
                Some(7),
            ),
            ("ssvid,timestamp,lat,lon,speed,course,heading,shipname,callsign", Some(4)),
            ("time,mmsi,lat,lon", None),
            ("Time,MMSI,Latitude_degrees,Longitude_degrees,COG_degrees,SOG_knots", Some(5)),
        ] {
            let columns = Columns::bind(&header(text), &ColumnMap::default()).unwrap();
            assert_eq!(columns.place(Field::Sog), sog, "{text}");
        }
    }

    #[test]
    fn a_map_goes_before_known_names_and_a_wrong_one_names_what_is_missing() {
        let names = header("when,who,lat,lon,time");
        let map = ColumnMap::parse("time=When, mmsi=who").unwrap();
        let columns = Columns::bind(&names, &map).unwrap();
        assert_eq!((columns.place(Field::Time), columns.place(Field::Mmsi)), (Some(0), Some(1)));
        let error = Columns::bind(&names, &ColumnMap::parse("mmsi=vessel").unwrap()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the column map gives mmsi the column `vessel`, which is not there; the columns are `when`, `who`, `lat`, `lon`, `time`"
        );
        let error = Columns::bind(&header("time,mmsi,x,y"), &ColumnMap::default()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "no column for lat: looked for `lat`, `latitude`, `latitude_degrees`; the columns are `time`, `mmsi`, `x`, `y`"
        );
    }

    #[test]
    fn a_map_that_is_none_is_refused() {
        assert_eq!(ColumnMap::parse("time"), Err(MapError::Form { entry: "time".into() }));
        assert_eq!(ColumnMap::parse("time="), Err(MapError::Form { entry: "time=".into() }));
        assert_eq!(ColumnMap::parse("speed=sog"), Err(MapError::Field { field: "speed".into() }));
        assert_eq!(ColumnMap::parse("lat=a,LAT=b"), Err(MapError::Twice { field: "lat" }));
        assert_eq!(ColumnMap::parse(" "), Ok(ColumnMap::default()));
    }
}
