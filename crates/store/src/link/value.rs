//! Values in and out of either engine. Never guesses: a cell of another type than asked for is a corrupt store.

use std::fmt;
use std::str::FromStr;

use bitacora_primitives::{
    EventId, FactId, IncidentId, IndicationId, Instant, LeadId, Mmsi, OfficerId, ReleaseId, SourceId,
};

use crate::StoreError;

#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Value {
    Null,
    Int(i64),
    Real(f64),
    Text(String),
    Bytes(Vec<u8>),
}

macro_rules! from_int {
    ($($kind:ty),*) => { $(impl From<$kind> for Value {
        fn from(value: $kind) -> Self {
            Self::Int(i64::from(value))
        }
    })* };
}
from_int!(i64, u32, u16, u8, bool);

macro_rules! from_id {
    ($($kind:ty),*) => { $(impl From<$kind> for Value {
        fn from(value: $kind) -> Self {
            Self::Text(value.to_string())
        }
    })* };
}
from_id!(SourceId, EventId, IncidentId, IndicationId, LeadId, OfficerId, FactId, ReleaseId, &str);

impl From<u64> for Value {
    /// Lines, offsets and indexes: none reaches 2^63.
    fn from(value: u64) -> Self {
        Self::Int(i64::try_from(value).unwrap_or(i64::MAX))
    }
}
impl From<usize> for Value {
    fn from(value: usize) -> Self {
        Self::Int(i64::try_from(value).unwrap_or(i64::MAX))
    }
}
impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Self::Real(value)
    }
}
impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}
impl From<&String> for Value {
    fn from(value: &String) -> Self {
        Self::Text(value.clone())
    }
}
impl From<&[u8]> for Value {
    fn from(value: &[u8]) -> Self {
        Self::Bytes(value.to_vec())
    }
}
impl From<&[u8; 32]> for Value {
    fn from(value: &[u8; 32]) -> Self {
        Self::Bytes(value.to_vec())
    }
}
impl From<Instant> for Value {
    fn from(value: Instant) -> Self {
        Self::Int(value.micros())
    }
}
impl From<Mmsi> for Value {
    fn from(value: Mmsi) -> Self {
        Self::Int(i64::from(value.number()))
    }
}
impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// One row, read from left to right.
#[derive(Debug)]
pub(crate) struct Cells {
    cells: std::vec::IntoIter<Value>,
    doing: &'static str,
    column: usize,
}

impl Cells {
    pub(crate) fn new(doing: &'static str, cells: Vec<Value>) -> Self {
        Self { cells: cells.into_iter(), doing, column: 0 }
    }

    fn wrong(&self, wanted: &str) -> StoreError {
        StoreError::corrupt(format!("column {} is no {wanted}, while {}", self.column, self.doing))
    }

    fn next(&mut self) -> Result<Value, StoreError> {
        self.column += 1;
        self.cells.next().ok_or_else(|| self.wrong("column"))
    }

    pub(crate) fn opt_int(&mut self) -> Result<Option<i64>, StoreError> {
        match self.next()? {
            Value::Null => Ok(None),
            Value::Int(value) => Ok(Some(value)),
            _ => Err(self.wrong("integer")),
        }
    }
    pub(crate) fn int(&mut self) -> Result<i64, StoreError> {
        self.opt_int()?.ok_or_else(|| self.wrong("integer"))
    }
    /// An integer of a narrower kind.
    pub(crate) fn opt_number<T: TryFrom<i64>>(&mut self) -> Result<Option<T>, StoreError> {
        match self.opt_int()? {
            None => Ok(None),
            Some(value) => T::try_from(value).map(Some).map_err(|_| self.wrong("number in range")),
        }
    }
    pub(crate) fn number<T: TryFrom<i64>>(&mut self) -> Result<T, StoreError> {
        self.opt_number()?.ok_or_else(|| self.wrong("number"))
    }
    pub(crate) fn flag(&mut self) -> Result<bool, StoreError> {
        Ok(self.int()? != 0)
    }
    pub(crate) fn opt_real(&mut self) -> Result<Option<f64>, StoreError> {
        match self.next()? {
            Value::Null => Ok(None),
            Value::Real(value) => Ok(Some(value)),
            // SQLite's REAL columns may hand back a whole number as integer after an expression.
            Value::Int(value) => Ok(Some(value as f64)),
            _ => Err(self.wrong("real number")),
        }
    }
    pub(crate) fn real(&mut self) -> Result<f64, StoreError> {
        self.opt_real()?.ok_or_else(|| self.wrong("real number"))
    }
    pub(crate) fn opt_text(&mut self) -> Result<Option<String>, StoreError> {
        match self.next()? {
            Value::Null => Ok(None),
            Value::Text(value) => Ok(Some(value)),
            _ => Err(self.wrong("text")),
        }
    }
    pub(crate) fn text(&mut self) -> Result<String, StoreError> {
        self.opt_text()?.ok_or_else(|| self.wrong("text"))
    }
    pub(crate) fn bytes(&mut self) -> Result<Vec<u8>, StoreError> {
        match self.next()? {
            Value::Bytes(value) => Ok(value),
            _ => Err(self.wrong("byte string")),
        }
    }
    pub(crate) fn hash(&mut self) -> Result<[u8; 32], StoreError> {
        self.bytes()?.try_into().map_err(|_| self.wrong("hash of 32 bytes"))
    }
    pub(crate) fn instant(&mut self) -> Result<Instant, StoreError> {
        Ok(Instant::from_micros(self.int()?))
    }
    pub(crate) fn opt_instant(&mut self) -> Result<Option<Instant>, StoreError> {
        Ok(self.opt_int()?.map(Instant::from_micros))
    }
    pub(crate) fn opt_mmsi(&mut self) -> Result<Option<Mmsi>, StoreError> {
        match self.opt_number::<u32>()? {
            None => Ok(None),
            Some(number) => Mmsi::new(number).map(Some).ok_or_else(|| self.wrong("MMSI")),
        }
    }
    pub(crate) fn mmsi(&mut self) -> Result<Mmsi, StoreError> {
        self.opt_mmsi()?.ok_or_else(|| self.wrong("MMSI"))
    }
    pub(crate) fn opt_id<T: FromStr<Err: fmt::Display>>(&mut self) -> Result<Option<T>, StoreError> {
        match self.opt_text()? {
            None => Ok(None),
            Some(text) => text.parse().map(Some).map_err(|_| self.wrong("id")),
        }
    }
    pub(crate) fn id<T: FromStr<Err: fmt::Display>>(&mut self) -> Result<T, StoreError> {
        self.opt_id()?.ok_or_else(|| self.wrong("id"))
    }
}
