//! What an application's table is made of. Reading, writing, names, units, "not available" and allowed values all
//! follow from the one table; nothing else in this crate knows where a field lies.

/// A number inside application data.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// The name of gpsd's AIVDM description; where that has none, pyais's or one in its manner.
    pub name: &'static str,
    pub bits: u8,
    pub signed: bool,
    pub meaning: Meaning,
    /// Values that the definition allows as data, "or more" and "or less" included.
    pub least: i64,
    pub most: i64,
    /// Values that say "not available"; the first is the default.
    pub absent: &'static [i64],
    pub(super) role: Role,
}

/// How a raw number becomes one with a unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Meaning {
    /// A code or count that stays as it is.
    Code,
    Flag,
    /// (raw * factor + offset) / divisor, shown with so many decimals.
    Linear {
        factor: i64,
        offset: i64,
        divisor: i64,
        digits: u8,
    },
    /// raw * raw * factor / divisor.
    Square {
        factor: i64,
        divisor: i64,
        digits: u8,
    },
    /// raw * 10^s, where s is the scale factor of the same group.
    PowerOfTen,
    /// Sign before the magnitude: the first bit set is negative.
    SignFirst,
    /// Sign after the magnitude: the last bit set is positive, in units of 1/divisor.
    SignLast {
        divisor: i64,
        digits: u8,
    },
}

/// What a field decides about the fields after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Plain,
    /// Which case of the next [`Item::Choice`] follows.
    Selects,
    /// The scale factor of [`Meaning::PowerOfTen`].
    Power,
    /// How many groups the list of this name has.
    Counts(&'static str),
}

/// A raw number in its unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scaled {
    /// "Not available", or a value that the definition does not allow.
    Nothing,
    Flag(bool),
    Whole(i64),
    Decimal {
        value: f64,
        digits: u8,
    },
}

/// One step of a table, in the order of the bits.
#[derive(Clone, Copy, Debug)]
pub enum Item {
    Number(Field),
    /// Six-bit characters.
    Text {
        name: &'static str,
        chars: u8,
    },
    /// Six-bit characters up to the end of the data.
    RestText {
        name: &'static str,
    },
    /// Bits that the definition gives no inner structure.
    Bits {
        name: &'static str,
        bits: u16,
    },
    /// The same, up to the end of the data.
    RestBits {
        name: &'static str,
    },
    Spare(u8),
    /// Always so many groups.
    Times {
        name: &'static str,
        times: u8,
        items: &'static [Item],
    },
    /// As many groups as the data hold, at most `most`.
    Repeat {
        name: &'static str,
        least: u8,
        most: u8,
        items: &'static [Item],
    },
    /// What follows depends on the last field marked as selecting.
    Choice {
        cases: &'static [(i64, &'static [Item])],
        otherwise: &'static [Item],
    },
}

/// An application of binary messages.
#[derive(Clone, Copy, Debug)]
pub struct Application {
    /// A stable code for people and programs.
    pub name: &'static str,
    pub dac: u16,
    pub fid: u8,
    pub items: &'static [Item],
    /// Lengths of data in bits that occur besides the one of the table: spare bits left out or added, never fields.
    pub also: &'static [u16],
}

impl Field {
    const fn new(name: &'static str, bits: u8, signed: bool) -> Self {
        let (least, most) = if signed {
            (-(1_i64 << (bits - 1)), (1_i64 << (bits - 1)) - 1)
        } else {
            (0, (1_i64 << bits) - 1)
        };
        Self { name, bits, signed, meaning: Meaning::Code, least, most, absent: &[], role: Role::Plain }
    }

    /// What stands here when nothing is known.
    pub fn default_raw(&self) -> i64 {
        self.absent.first().copied().unwrap_or(0)
    }
    pub fn is_absent(&self, raw: i64) -> bool {
        self.absent.contains(&raw)
    }
    /// Whether the definition allows the value, as data or as "not available".
    pub fn allows(&self, raw: i64) -> bool {
        self.is_absent(raw) || (self.least..=self.most).contains(&raw)
    }

    /// The value in its unit; `power` is the scale factor of the group.
    pub fn scaled(&self, raw: i64, power: u8) -> Scaled {
        if self.is_absent(raw) || !self.allows(raw) {
            return Scaled::Nothing;
        }
        match self.meaning {
            Meaning::Code => Scaled::Whole(raw),
            Meaning::Flag => Scaled::Flag(raw != 0),
            Meaning::Linear { factor, offset, divisor, digits } => {
                decimal(raw * factor + offset, divisor, digits)
            }
            Meaning::Square { factor, divisor, digits } => decimal(raw * raw * factor, divisor, digits),
            Meaning::PowerOfTen => Scaled::Whole(raw * 10_i64.pow(u32::from(power))),
            Meaning::SignFirst => {
                let sign = 1_i64 << (self.bits - 1);
                let bits = raw & (2 * sign - 1);
                Scaled::Whole(if bits & sign == 0 { bits } else { -(bits - sign) })
            }
            Meaning::SignLast { divisor, digits } => {
                let bits = raw & ((1_i64 << self.bits) - 1);
                decimal(if bits & 1 == 1 { bits >> 1 } else { -(bits >> 1) }, divisor, digits)
            }
        }
    }
}

fn decimal(value: i64, divisor: i64, digits: u8) -> Scaled {
    if digits == 0 && value % divisor == 0 {
        return Scaled::Whole(value / divisor);
    }
    Scaled::Decimal { value: value as f64 / divisor as f64, digits }
}

/// An unsigned number; a code unless said otherwise.
pub(super) const fn u(name: &'static str, bits: u8) -> Item {
    Item::Number(Field::new(name, bits, false))
}
/// A two's complement number.
pub(super) const fn s(name: &'static str, bits: u8) -> Item {
    Item::Number(Field::new(name, bits, true))
}
pub(super) const fn flag(name: &'static str) -> Item {
    u(name, 1).meaning(Meaning::Flag)
}
pub(super) const fn text(name: &'static str, chars: u8) -> Item {
    Item::Text { name, chars }
}
pub(super) const fn month(name: &'static str) -> Item {
    u(name, 4).to(1, 12).na(&[0])
}
pub(super) const fn day(name: &'static str) -> Item {
    u(name, 5).to(1, 31).na(&[0])
}
pub(super) const fn hour(name: &'static str) -> Item {
    u(name, 5).to(0, 23).na(&[24])
}
pub(super) const fn minute(name: &'static str) -> Item {
    u(name, 6).to(0, 59).na(&[60])
}
/// 1/1000 minute.
pub(super) const fn lon3(name: &'static str) -> Item {
    s(name, 25).to(-10_800_000, 10_800_000).na(&[10_860_000]).by(1, 0, 60_000, 6)
}
pub(super) const fn lat3(name: &'static str) -> Item {
    s(name, 24).to(-5_400_000, 5_400_000).na(&[5_460_000]).by(1, 0, 60_000, 6)
}
/// 1/10000 minute.
pub(super) const fn lon4(name: &'static str) -> Item {
    s(name, 28).to(-108_000_000, 108_000_000).na(&[108_600_000]).by(1, 0, 600_000, 7)
}
pub(super) const fn lat4(name: &'static str) -> Item {
    s(name, 27).to(-54_000_000, 54_000_000).na(&[54_600_000]).by(1, 0, 600_000, 7)
}
/// Degrees from true north in nine bits; 360 is "not available".
pub(super) const fn bearing(name: &'static str) -> Item {
    u(name, 9).to(0, 359).na(&[360])
}

impl Item {
    const fn with(self, change: Field) -> Self {
        match self {
            Self::Number(_) => Self::Number(change),
            other => other,
        }
    }
    const fn field(&self) -> Field {
        match self {
            Self::Number(field) => *field,
            _ => Field::new("", 1, false),
        }
    }
    /// The values that are data.
    pub(super) const fn to(self, least: i64, most: i64) -> Self {
        let field = self.field();
        self.with(Field { least, most, ..field })
    }
    /// The values that say "not available", the default first.
    pub(super) const fn na(self, absent: &'static [i64]) -> Self {
        let field = self.field();
        self.with(Field { absent, ..field })
    }
    pub(super) const fn meaning(self, meaning: Meaning) -> Self {
        let field = self.field();
        self.with(Field { meaning, ..field })
    }
    const fn role(self, role: Role) -> Self {
        let field = self.field();
        self.with(Field { role, ..field })
    }
    pub(super) const fn by(self, factor: i64, offset: i64, divisor: i64, digits: u8) -> Self {
        self.meaning(Meaning::Linear { factor, offset, divisor, digits })
    }
    pub(super) const fn tenths(self) -> Self {
        self.by(1, 0, 10, 1)
    }
    pub(super) const fn hundredths(self) -> Self {
        self.by(1, 0, 100, 2)
    }
    pub(super) const fn selects(self) -> Self {
        self.role(Role::Selects)
    }
    pub(super) const fn power(self) -> Self {
        self.role(Role::Power)
    }
    pub(super) const fn counts(self, list: &'static str) -> Self {
        self.role(Role::Counts(list))
    }

    /// Bits it takes; what reaches to the end counts as none.
    pub(super) fn bits(&self) -> usize {
        match self {
            Self::Number(field) => usize::from(field.bits),
            Self::Text { chars, .. } => 6 * usize::from(*chars),
            Self::Bits { bits, .. } => usize::from(*bits),
            Self::Spare(bits) => usize::from(*bits),
            Self::Times { times, items, .. } => usize::from(*times) * bits_of(items),
            Self::Choice { otherwise, .. } => bits_of(otherwise),
            Self::RestText { .. } | Self::RestBits { .. } | Self::Repeat { .. } => 0,
        }
    }
}

pub(super) fn bits_of(items: &[Item]) -> usize {
    items.iter().map(Item::bits).sum()
}
