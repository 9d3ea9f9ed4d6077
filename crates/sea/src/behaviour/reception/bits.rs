//! Sums as the bits they are, so that what was learned is stored and read without a last digit lost.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serializer};

pub fn serialize<T: AsRef<[f64]>, S: Serializer>(sums: &T, out: S) -> Result<S::Ok, S::Error> {
    out.collect_seq(sums.as_ref().iter().map(|sum| sum.to_bits()))
}

pub fn deserialize<'de, T: TryFrom<Vec<f64>>, D: Deserializer<'de>>(input: D) -> Result<T, D::Error> {
    let sums: Vec<f64> = Vec::<u64>::deserialize(input)?.into_iter().map(f64::from_bits).collect();
    if sums.iter().any(|sum| !sum.is_finite()) {
        return Err(Error::custom("a sum is not a number"));
    }
    let count = sums.len();
    T::try_from(sums)
        .map_err(|_| Error::custom(format_args!("{count} sums are not as many as there should be")))
}
