//! What raw position, speed and direction values mean, and which of them mean "not available".

/// 181 degrees in 1/10000 minute: no longitude.
pub const LON_ABSENT: i32 = 108_600_000;
/// 91 degrees in 1/10000 minute: no latitude.
pub const LAT_ABSENT: i32 = 54_600_000;
/// 181 degrees in 1/10 minute (types 17, 22, 23, 27).
pub const LON_COARSE_ABSENT: i32 = 108_600;
/// 91 degrees in 1/10 minute.
pub const LAT_COARSE_ABSENT: i32 = 54_600;
/// Speed over ground of ten bits.
pub const SPEED_ABSENT: u16 = 1023;
/// Course over ground in 1/10 degree.
pub const COURSE_ABSENT: u16 = 3600;
/// True heading.
pub const HEADING_ABSENT: u16 = 511;
/// Second of the minute: 60 not available, 61 manual, 62 dead reckoning, 63 inoperative.
pub const SECOND_ABSENT: u8 = 60;

/// What a coordinate pair says.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Fix {
    /// Degrees, latitude in -90..=90 and longitude in -180..=180.
    At { lat: f64, lon: f64 },
    /// 91 or 181 degrees in either place.
    NotAvailable,
    /// A number that is neither a place nor "not available".
    OutOfRange,
}

#[inline(always)]
const fn fix(lon: i32, lat: i32, per_degree: i32) -> Fix {
    let (lon_absent, lat_absent) = (181 * per_degree, 91 * per_degree);
    if lon == lon_absent || lat == lat_absent {
        return Fix::NotAvailable;
    }
    if lon < -180 * per_degree || lon > 180 * per_degree || lat < -90 * per_degree || lat > 90 * per_degree {
        return Fix::OutOfRange;
    }
    Fix::At { lat: lat as f64 / per_degree as f64, lon: lon as f64 / per_degree as f64 }
}

/// A pair in 1/10000 minute.
#[inline(always)]
pub const fn fine_fix(lon: i32, lat: i32) -> Fix {
    fix(lon, lat, 600_000)
}

/// A pair in 1/10 minute.
#[inline(always)]
pub const fn coarse_fix(lon: i32, lat: i32) -> Fix {
    fix(lon, lat, 600)
}

/// Knots from 1/10 knot; 1022 means "102.2 or more", 1023 nothing.
#[inline]
pub fn speed_kn(raw: u16) -> Option<f32> {
    (raw < SPEED_ABSENT).then(|| f32::from(raw) / 10.0)
}

/// Degrees from 1/10 degree; 3600 is nothing, and what lies above is not allowed and says nothing either.
#[inline]
pub fn course_deg(raw: u16) -> Option<f32> {
    (raw < COURSE_ABSENT).then(|| f32::from(raw) / 10.0)
}

/// Degrees; 511 is nothing, and 360 to 510 are not allowed and say nothing either.
#[inline]
pub fn heading_deg(raw: u16) -> Option<u16> {
    (raw < 360).then_some(raw)
}

/// Length and beam from the four distances to the reference point. When the reference point is not available
/// and only the size is known, M.1371-5 (Annex 8, Message 5, dimensions) sends bow and port as 0 and the sum holds all the same.
pub fn size_m(to_bow: u16, to_stern: u16, to_port: u8, to_starboard: u8) -> (Option<u16>, Option<u16>) {
    let length = to_bow + to_stern;
    let beam = u16::from(to_port) + u16::from(to_starboard);
    ((length > 0).then_some(length), (beam > 0).then_some(beam))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ninety_one_and_one_eighty_one_are_no_place() {
        assert_eq!(fine_fix(LON_ABSENT, LAT_ABSENT), Fix::NotAvailable);
        assert_eq!(fine_fix(0, LAT_ABSENT), Fix::NotAvailable);
        assert_eq!(coarse_fix(LON_COARSE_ABSENT, 0), Fix::NotAvailable);
    }

    #[test]
    fn beyond_the_pole_is_out_of_range_and_the_pole_is_not() {
        assert_eq!(fine_fix(0, 54_000_001), Fix::OutOfRange);
        assert_eq!(fine_fix(-108_000_001, 0), Fix::OutOfRange);
        assert_eq!(fine_fix(108_000_000, -54_000_000), Fix::At { lat: -90.0, lon: 180.0 });
    }

    #[test]
    fn absent_speed_course_and_heading_are_none() {
        assert_eq!(speed_kn(1023), None);
        assert_eq!(speed_kn(1022), Some(102.2));
        assert_eq!(course_deg(3600), None);
        assert_eq!(course_deg(3599), Some(359.9));
        assert_eq!(heading_deg(511), None);
        assert_eq!(heading_deg(360), None);
        assert_eq!(heading_deg(359), Some(359));
    }
}
