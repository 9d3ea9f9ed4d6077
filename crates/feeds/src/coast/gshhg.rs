//! GSHHG native binary files, `gshhs_?.b` (Wessel and Smith 1996, README of GSHHG 2.3): polygon after polygon, a
//! header of eleven 32-bit integers, then the points, all big-endian. Believes no count that it reads.

use bitacora_sea::behaviour::integrity::land::{Land, LandBuilder, Place};

use super::CoastError;

const HEADER: usize = 44;
const POINT: usize = 8;
/// The first format with this header (GSHHG 2.0); earlier ones had 32 or 40 bytes.
const FIRST_VERSION: u8 = 7;
/// Millionths of a degree.
const POLE: i32 = 90_000_000;
const WEST: i32 = -180_000_000;
const EAST: i32 = 360_000_000;

/// Where Antarctica ends. GSHHG holds both lines since 2.3; together they would make the shelf a lake.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Antarctica {
    /// Level 5, the front of the shelf ice: no ship sails on the shelf.
    #[default]
    IceFront,
    /// Level 6, where the ice leaves the ground.
    GroundingLine,
}

/// What was read.
#[derive(Clone, Debug)]
pub struct Coast {
    pub land: Land,
    pub polygons: u32,
    /// Polygons of the line of Antarctica that was not asked for.
    pub passed_over: u32,
    /// Polygons of fewer than three points, which enclose nothing.
    pub degenerate: u32,
}

/// Reads a whole file.
pub fn read(bytes: &[u8], antarctica: Antarctica) -> Result<Coast, CoastError> {
    let mut builder = LandBuilder::default();
    let (mut polygons, mut passed_over, mut degenerate) = (0, 0, 0);
    let mut offset = 0;
    let mut rest = bytes;
    while !rest.is_empty() {
        let Some((header, after)) = rest.split_at_checked(HEADER) else {
            return Err(CoastError::ShortHeader { offset, left: rest.len() });
        };
        let points = word(header, 1);
        // Level in the lowest byte, version in the next; the rest of the flag says nothing about the shape.
        let [_, _, version, level] = word(header, 2).to_be_bytes();
        if version < FIRST_VERSION {
            return Err(CoastError::Version { offset, version });
        }
        if !(1..=6).contains(&level) {
            return Err(CoastError::Level { offset, level });
        }
        let short = CoastError::ShortPoints { offset, points, left: after.len() };
        let Some(length) = usize::try_from(points).ok().and_then(|points| points.checked_mul(POINT)) else {
            return Err(short);
        };
        let Some((body, next)) = after.split_at_checked(length) else { return Err(short) };
        let wanted = match level {
            5 => antarctica == Antarctica::IceFront,
            6 => antarctica == Antarctica::GroundingLine,
            _ => true,
        };
        let ring = places(body, offset + HEADER)?;
        if !wanted {
            passed_over += 1;
        } else if ring.len() < 3 {
            degenerate += 1;
        } else {
            polygons += 1;
            builder.ring(ring)?;
        }
        offset += HEADER + length;
        rest = next;
    }
    if polygons == 0 {
        return Err(CoastError::Empty);
    }
    Ok(Coast { land: builder.build()?, polygons, passed_over, degenerate })
}

fn places(body: &[u8], offset: usize) -> Result<Vec<Place>, CoastError> {
    let (points, _) = body.as_chunks::<POINT>();
    let place = |(number, point): (usize, &[u8; POINT])| {
        let (lon, lat) = (word(point, 0), word(point, 1));
        if (-POLE..=POLE).contains(&lat) && (WEST..=EAST).contains(&lon) {
            Ok(Place { lon, lat })
        } else {
            Err(CoastError::Point { offset: offset + number * POINT, lon, lat })
        }
    };
    points.iter().enumerate().map(place).collect()
}

/// The big-endian word of this number.
fn word(bytes: &[u8], number: usize) -> i32 {
    let (words, _) = bytes.as_chunks::<4>();
    words.get(number).map_or(0, |word| i32::from_be_bytes(*word))
}
