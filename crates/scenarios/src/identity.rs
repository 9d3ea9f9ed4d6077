//! Who the invented hulls say they are. No number, name or call sign here can be a real ship's: the country digits
//! are allocated to nobody, the call signs start with a digit that the ITU never gives, the IMO check digit is wrong.

use bitacora_primitives::Mmsi;

use crate::rng::Rng;

/// Digits from gaps of the ITU's table, well away from its edges.
pub const INVENTED_MIDS: &[u16] =
    &[384, 387, 391, 396, 484, 487, 493, 584, 589, 594, 684, 689, 693, 783, 788, 794];

/// Everything a hull tells about itself.
#[derive(Clone, PartialEq, Debug)]
pub struct Identity {
    pub mmsi: Mmsi,
    pub name: String,
    pub call_sign: String,
    /// 0 where the hull states none; else its check digit is wrong on purpose.
    pub imo: u32,
}

const FIRST: &[&str] = &[
    "ALBORANTA",
    "BRUMALIA",
    "CALIMERA",
    "DUNASOL",
    "ESTELVINA",
    "FAROLINDA",
    "GARZALUZ",
    "HONDARIA",
    "ISLAVERA",
    "JARCIANA",
    "KORALUNA",
    "LUMBRERA",
    "MAREAVIVA",
    "NUBELIA",
    "OLEANTA",
    "PLEAMARA",
    "QUILLERA",
    "RIZONA",
    "SALITRERA",
    "TIMONEL",
    "URDIMAR",
    "VELACHA",
    "XALOQUE",
    "YODERA",
    "ZARPANTE",
    "BALIZANA",
    "CORALIA",
    "DERROTERA",
    "ESCOTILLA",
    "FONDEARA",
];
const SECOND: &[&str] = &[
    "ABRILENA",
    "BORRASQUIN",
    "CAMALOTE",
    "DESVELO",
    "ENSUENO",
    "FANTASMIN",
    "GOLONDRO",
    "HUMAREDA",
    "INVENTADA",
    "JUGUETONA",
    "LUCERNIA",
    "MIRAGUANO",
    "NOVELERA",
    "ORZADERA",
    "PERLUCHA",
    "QUIMERA",
    "REMOLINA",
    "SONADORA",
    "TORNAVIAJE",
    "UMBRIA",
    "VENTISCA",
    "ZUMBONA",
];

/// Hands out identities, each once.
#[derive(Debug)]
pub struct Registry {
    rng: Rng,
    given: Vec<u32>,
    names: usize,
}

impl Registry {
    pub fn new(seed: u64) -> Self {
        Self { rng: Rng::of(seed, 0x1D), given: Vec::new(), names: 0 }
    }

    pub fn next(&mut self, states_imo: bool) -> Identity {
        let number = loop {
            let mid = u32::from(self.rng.pick(INVENTED_MIDS, 788));
            let number = mid * 1_000_000 + self.rng.below(999_000) as u32 + 500;
            if !self.given.contains(&number) {
                break number;
            }
        };
        self.given.push(number);
        let name = self.name();
        let serial = self.given.len();
        // ITU Radio Regulations appendix 42 gives no series that starts with 0 or 1.
        let call_sign = format!("1{}{serial:04}", self.rng.pick(&['Q', 'X', 'Z'], 'X'));
        let imo = if states_imo { self.imo() } else { 0 };
        Identity { mmsi: Mmsi::new(number).unwrap_or_else(unnumbered), name, call_sign, imo }
    }

    fn name(&mut self) -> String {
        let n = self.names;
        self.names += 1;
        let first = FIRST.get(n % FIRST.len()).copied().unwrap_or("ALBORANTA");
        // Steps through all pairs before repeating: 30 and 22 share only the factor 2.
        let second = SECOND.get((n + n / FIRST.len()) % SECOND.len()).copied().unwrap_or("QUIMERA");
        // AIS holds 20 characters of name (M.1371-5 table 50).
        let round = n / (FIRST.len() * SECOND.len());
        let full = if round == 0 { format!("{first} {second}") } else { format!("{first} {second} {round}") };
        full.chars().take(20).collect::<String>().trim_end().to_owned()
    }

    /// Six digits and a seventh that is one off the check digit of IMO resolution A.1117(30).
    fn imo(&mut self) -> u32 {
        let six = 900_000 + self.rng.below(99_999) as u32;
        six * 10 + (imo_check_digit(six) + 1) % 10
    }
}

/// The sum of the six digits times 7, 6, 5, 4, 3, 2, modulo 10.
pub fn imo_check_digit(six: u32) -> u32 {
    let mut rest = six;
    let mut sum = 0;
    for weight in 2..=7 {
        sum += rest % 10 * weight;
        rest /= 10;
    }
    sum % 10
}

/// Every number made above has nine digits, so that none of them comes here.
const fn unnumbered() -> Mmsi {
    match Mmsi::new(788_000_000) {
        Some(mmsi) => mmsi,
        None => unreachable!(),
    }
}

#[cfg(test)]
mod tests {
    use bitacora_primitives::mid;

    use super::*;

    #[test]
    fn no_invented_number_belongs_to_a_country() {
        for &mid in INVENTED_MIDS {
            assert!(
                !mid::is_allotted(mid) && (201..=775).contains(&mid) | (776..=799).contains(&mid),
                "{mid}"
            );
        }
        // Panama, Colombia, United States, Honduras: the table itself works.
        for mid in [351, 730, 338, 334] {
            assert!(mid::is_allotted(mid));
        }
    }

    #[test]
    fn a_real_number_passes_the_check_and_no_invented_one_does() {
        assert_eq!(imo_check_digit(907_472), 9, "the example of the IMO scheme, 9074729");
        let mut registry = Registry::new(3);
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..600 {
            let who = registry.next(true);
            assert_ne!(who.imo % 10, imo_check_digit(who.imo / 10));
            assert!(!mid::is_allotted(who.mmsi.mid().unwrap()));
            assert!(who.name.len() <= 20 && who.call_sign.len() <= 7);
            assert!(who.name.bytes().all(|b| b.is_ascii_uppercase() || b == b' ' || b.is_ascii_digit()));
            assert!(seen.insert(who.name.clone()), "{} twice", who.name);
        }
    }
}
