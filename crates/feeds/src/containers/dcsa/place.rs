//! Places both ways: `UNLocationCode`, facility code and names to one text for one place, coordinates to a position.
//! Whether a place exists is not asked.

use bitacora_port::screening::Facility;
use bitacora_primitives::Position;

use super::json::Node;

/// Longest facility code of the three standards.
const CODE_LEN: usize = 6;

/// The parts by which the standards name a place.
#[derive(Clone, Copy, Default, PartialEq, Debug)]
pub(super) struct Parts<'a> {
    pub(super) locode: Option<&'a str>,
    pub(super) code: Option<&'a str>,
    /// 3.0.0 only.
    pub(super) facility_name: Option<&'a str>,
    pub(super) location_name: Option<&'a str>,
}

impl<'a> Parts<'a> {
    /// Of a `Location` of 3.0.0 or VGM 1.0.0.
    pub(super) fn of(location: &'a Node) -> Self {
        Self {
            locode: location.text("UNLocationCode"),
            code: location.text("facility/facilityCode"),
            facility_name: location.text("facility/facilityName"),
            location_name: location.text("locationName"),
        }
    }

    /// `NLRTM-ADT`, `NLRTM-Building 123`, `NLRTM`; without a UN/LOCODE a name, or the code for want of one.
    pub(super) fn facility(self) -> Option<Facility> {
        let in_port = |part: Option<&str>| Some(format!("{}-{}", self.locode?, part?));
        let texts = match self.locode {
            Some(locode) => [in_port(self.code), in_port(self.facility_name), Some(locode.to_owned())],
            None => [self.facility_name, self.location_name, self.code].map(|part| part.map(str::to_owned)),
        };
        texts.into_iter().flatten().find_map(|text| Facility::new(&text).ok())
    }

    /// The parts that give this facility back. `named` where the standard has a `facilityName`.
    pub(super) fn split(facility: &'a Facility, named: bool) -> Self {
        let text = facility.as_str();
        let whole = Self { location_name: Some(text), ..Self::default() };
        let Some((locode, rest)) = facility.locode().and_then(|_| text.split_at_checked(5)) else {
            return whole;
        };
        let locode = Some(locode);
        match rest.strip_prefix('-') {
            None if rest.is_empty() => Self { locode, ..Self::default() },
            Some(code) if is_code(code) => Self { locode, code: Some(code), ..Self::default() },
            Some(name) if named && !name.is_empty() => {
                Self { locode, facility_name: Some(name), ..Self::default() }
            }
            _ => whole,
        }
    }

    /// A `Location` of 3.0.0 or VGM 1.0.0.
    pub(super) fn location(self, geo_coordinate: Option<Node>) -> Option<Node> {
        let text = |part: Option<&str>| part.and_then(Node::of);
        let facility =
            Node::object([("facilityName", text(self.facility_name)), ("facilityCode", text(self.code))]);
        Node::object([
            ("locationName", text(self.location_name)),
            ("UNLocationCode", text(self.locode)),
            ("facility", facility),
            ("geoCoordinate", geo_coordinate),
        ])
    }
}

fn is_code(text: &str) -> bool {
    (1..=CODE_LEN).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// The position of an object with `latitude` and `longitude`, once checked.
pub(super) fn position(node: Option<&Node>) -> Option<Position> {
    let degrees = |name| node?.text(name)?.parse().ok();
    Position::new(degrees("latitude")?, degrees("longitude")?).ok()
}

/// Latitude and longitude in at most so many characters each, and whether nothing was rounded away.
pub(super) fn degrees(position: Position, longest: (usize, usize)) -> (String, String, bool) {
    let (latitude, longitude) = (shortest(position.lat(), longest.0), shortest(position.lon(), longest.1));
    let exact = latitude.parse() == Ok(position.lat()) && longitude.parse() == Ok(position.lon());
    (latitude, longitude, exact)
}

fn shortest(value: f64, longest: usize) -> String {
    let mut text = value.to_string();
    for decimals in (0..longest).rev() {
        if text.len() <= longest {
            break;
        }
        text = format!("{value:.decimals$}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_facility_splits_into_parts_that_give_it_back() {
        let texts =
            ["NLRTM", "NLRTM-ADT", "NLRTM-Building 123", "NLRTM-", "NLRTMX", "Gate 4", "ADT", "nlrtm-adt"];
        for text in texts {
            let facility = Facility::new(text).unwrap();
            for named in [true, false] {
                assert_eq!(Parts::split(&facility, named).facility(), Some(facility.clone()), "{text}");
            }
        }
        let adt = Facility::new("NLRTM-ADT").unwrap();
        let parts = Parts { locode: Some("NLRTM"), code: Some("ADT"), ..Parts::default() };
        assert_eq!(Parts::split(&adt, false), parts);
    }

    #[test]
    fn the_code_comes_before_the_name_and_a_name_too_long_is_left_out() {
        let long = "x".repeat(41);
        let parts =
            Parts { locode: Some("NLRTM"), code: None, facility_name: Some(&long), location_name: None };
        assert_eq!(parts.facility().unwrap().as_str(), "NLRTM");
        assert_eq!(Parts { code: Some("ADT"), ..parts }.facility().unwrap().as_str(), "NLRTM-ADT");
        assert_eq!(Parts { locode: None, ..parts }.facility(), None);
    }

    #[test]
    fn degrees_are_rounded_to_what_has_room() {
        let place = Position::new(-12.345678901234, -178.123456789).unwrap();
        assert_eq!(
            degrees(place, (20, 20)),
            ("-12.345678901234".to_owned(), "-178.123456789".to_owned(), true)
        );
        assert_eq!(degrees(place, (10, 11)), ("-12.345679".to_owned(), "-178.123457".to_owned(), false));
        let tiny = Position::new(1e-300, -180.0).unwrap();
        assert_eq!(degrees(tiny, (10, 11)), ("0.00000000".to_owned(), "-180".to_owned(), false));
    }
}
