//! Randomness from the operating system, read here and nowhere else.

use aws_lc_rs::rand::{SecureRandom, SystemRandom};

use bitacora_ledger::hex;

use crate::error::NodeError;

pub(crate) fn bytes() -> Result<[u8; 32], NodeError> {
    let mut out = [0; 32];
    SystemRandom::new().fill(&mut out).map_err(|_| NodeError::Random)?;
    Ok(out)
}

pub(crate) fn token() -> Result<String, NodeError> {
    Ok(hex::encode(&bytes()?))
}
