//! How seals are read: by cameras and people that slip. The slips are of the eye and of the camera, and know nothing of the
//! rules: two of three take a character for its double, the others get one digit wrong, wherever it stands.

use bitacora_port::screening::{ContainerNumber, SealNumber, SealReading};
use bitacora_primitives::Instant;

use super::places::seal;
use super::truth::{Misread, Slip};
use crate::rng::Rng;

/// Readings that go wrong. Rates of published trials of seal cameras differ by site; this is a judgement.
const SLIPS: f64 = 0.008;
/// Of slips, those that take a character for its double.
const CONFUSED: f64 = 0.67;
/// Of second readings, those copied from the screen instead of read from the seal.
const COPIED: f64 = 0.1;

const DOUBLES: [(u8, u8); 5] = [(b'0', b'O'), (b'1', b'I'), (b'5', b'S'), (b'8', b'B'), (b'2', b'Z')];

fn double(byte: u8) -> Option<u8> {
    DOUBLES.iter().find_map(|(digit, letter)| match byte {
        _ if byte == *digit => Some(*letter),
        _ if byte == *letter => Some(*digit),
        _ => None,
    })
}

fn replaced(real: &SealNumber, at: usize, with: u8) -> Option<SealNumber> {
    let mut bytes = real.as_str().as_bytes().to_vec();
    *bytes.get_mut(at)? = with;
    seal(std::str::from_utf8(&bytes).ok()?)
}

fn slip(real: &SealNumber, rng: &mut Rng) -> Option<(SealNumber, Slip)> {
    let bytes = real.as_str().as_bytes();
    let places = |wanted: fn(u8) -> bool| -> Vec<usize> {
        bytes.iter().enumerate().filter(|(_, byte)| wanted(**byte)).map(|(at, _)| at).collect()
    };
    let doubles = places(|byte| double(byte).is_some());
    if rng.chance(CONFUSED) && !doubles.is_empty() {
        let at = rng.pick(&doubles, 0);
        return Some((replaced(real, at, double(*bytes.get(at)?)?)?, Slip::ConfusablePair));
    }
    let at = rng.pick(&places(|byte| byte.is_ascii_digit()), 0);
    let old = bytes.get(at)?.checked_sub(b'0')?;
    let new = (old + 1 + rng.below(9) as u8) % 10;
    Some((replaced(real, at, b'0' + new)?, Slip::OneDigit))
}

/// One occasion on which a seal is read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Occasion<'a> {
    pub container: ContainerNumber,
    pub at: Instant,
    pub real: &'a SealNumber,
    pub maker: &'a str,
    /// What the papers say, and the screen shows.
    pub declared: &'a SealNumber,
    /// How often there is a second reading.
    pub second: f64,
}

pub(super) fn read(occasion: Occasion<'_>, rng: &mut Rng, misreads: &mut Vec<Misread>) -> SealReading {
    let Occasion { container, at, real, maker, declared, second } = occasion;
    let once = |rng: &mut Rng| {
        let slipped = if rng.chance(SLIPS) { slip(real, rng) } else { None };
        slipped.map_or_else(|| (real.clone(), None), |(read, slip)| (read, Some(slip)))
    };
    let (number, first_slip) = once(rng);
    let (other, other_slip) = if rng.chance(second) {
        if rng.chance(COPIED) {
            (Some(declared.clone()), None)
        } else {
            let (read, slip) = once(rng);
            (Some(read), slip)
        }
    } else {
        (None, None)
    };
    for (slip, read, beside) in
        [(first_slip, Some(&number), other.as_ref()), (other_slip, other.as_ref(), Some(&number))]
    {
        if let (Some(slip), Some(read)) = (slip, read) {
            let (real, read) = (real.clone(), read.clone());
            let other_right = beside.map(|one| *one == real);
            misreads.push(Misread { container, at, slip, real, read, other_right });
        }
    }
    let mut reading = SealReading::door(number);
    reading.maker = Some(maker.to_owned());
    reading.read_count = 1 + u16::from(other.as_ref() == Some(&reading.number));
    reading.second_read = other;
    reading
}
