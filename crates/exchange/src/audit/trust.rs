//! The public keys that an audit believes, as a text file that people can read and compare over the telephone. One file
//! serves every directory of an agreement: whose log a directory holds, its checkpoint says. Never holds a secret.
//!
//! One statement on a line; blank lines and lines from `#` on are passed over. Keys are C2SP verifier keys
//! (`name+hash+base64`), so name and type are checked by their own hash.
//!
//! ```text
//! agreement CO-US-MAR          # once, before all others
//! log CO <vkey>                # signs checkpoints; named `bitacora/CO-US-MAR/CO`; several where it was changed
//! record CO <vkey>             # signs records, as pinned in the agreement; rotations follow from the log
//! cosigner CO <vkey>           # cosigns the other party's log
//! log US <vkey>
//! record US <vkey>
//! cosigner US <vkey>
//! witness <vkey>               # a third cosigner of both logs; any number
//! ```

use std::fmt;

use bitacora_ledger::{CosignerKey, VerifierKey};
use bitacora_primitives::markings::{AgreementId, PartyCode};

use crate::agreement::{Agreement, AgreementError, origin};
use crate::history::Trust;

const MAX_BYTES: usize = 256 * 1024;
const MAX_KEYS: usize = 256;

/// Why a text is no keys file, or does not serve.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum TrustError {
    #[error("the keys file has {0} bytes, more than 262144")]
    TooLong(usize),
    #[error("line {line} of the keys file: {what}")]
    Line { line: usize, what: &'static str },
    #[error("the keys file names no agreement")]
    NoAgreement,
    #[error("the keys file has keys of {0} parties, an agreement has two")]
    Parties(usize),
    #[error("the keys file has no {what} key of `{party}`")]
    Missing { party: PartyCode, what: &'static str },
}

/// The keys of both parties of one agreement, and of its witnesses.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TrustFile {
    agreement: AgreementId,
    parties: Vec<PartyTrust>,
    witnesses: Vec<CosignerKey>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
struct PartyTrust {
    code: PartyCode,
    log: Vec<VerifierKey>,
    record: Option<VerifierKey>,
    cosigner: Vec<CosignerKey>,
}

impl TrustFile {
    /// The keys that an agreement pins.
    pub fn of(agreement: &Agreement) -> Result<Self, AgreementError> {
        let mut parties = Vec::new();
        for terms in &agreement.parties {
            let keys = terms.read_keys()?;
            parties.push(PartyTrust {
                code: terms.code.clone(),
                log: vec![keys.log],
                record: Some(keys.record),
                cosigner: vec![keys.cosigner],
            });
        }
        let witnesses = agreement.witnesses.iter().filter_map(|key| key.parse().ok()).collect();
        Ok(Self { agreement: agreement.id.clone(), parties, witnesses })
    }

    pub fn parse(text: &str) -> Result<Self, TrustError> {
        if text.len() > MAX_BYTES {
            return Err(TrustError::TooLong(text.len()));
        }
        let mut file: Option<Self> = None;
        let mut keys = 0;
        for (line, text) in (1..).zip(text.lines()) {
            let at = |what| TrustError::Line { line, what };
            let statement = text.split('#').next().unwrap_or_default();
            let mut words = statement.split_ascii_whitespace();
            let Some(verb) = words.next() else { continue };
            let words: Vec<&str> = words.take(3).collect();
            if let ("agreement", [id]) = (verb, words.as_slice()) {
                let agreement = id.parse().map_err(|_| at("the agreement's id is malformed"))?;
                if file.replace(Self { agreement, parties: Vec::new(), witnesses: Vec::new() }).is_some() {
                    return Err(at("a keys file is of one agreement"));
                }
                continue;
            }
            let file = file.as_mut().ok_or_else(|| at("the agreement comes first"))?;
            keys += 1;
            if keys > MAX_KEYS {
                return Err(at("more than 256 keys"));
            }
            match (verb, words.as_slice()) {
                ("witness", [key]) => {
                    file.witnesses
                        .push(key.parse().map_err(|_| at("the witness's key is none of a cosigner"))?);
                }
                ("log" | "record" | "cosigner", [party, key]) => file.add(verb, party, key).map_err(at)?,
                _ => return Err(at("no `agreement`, `log`, `record`, `cosigner` or `witness` statement")),
            }
        }
        let file = file.ok_or(TrustError::NoAgreement)?;
        file.complete().map(|()| file)
    }

    fn add(&mut self, verb: &str, party: &str, key: &str) -> Result<(), &'static str> {
        let code: PartyCode = party.parse().map_err(|_| "the party's code is malformed")?;
        let origin = origin(&self.agreement, &code);
        let place = self.parties.iter().position(|known| known.code == code);
        let place = place.unwrap_or_else(|| {
            self.parties.push(PartyTrust { code, log: Vec::new(), record: None, cosigner: Vec::new() });
            self.parties.len() - 1
        });
        let Some(party) = self.parties.get_mut(place) else { return Ok(()) };
        match verb {
            "cosigner" => party.cosigner.push(key.parse().map_err(|_| "the key is none of a cosigner")?),
            "log" => {
                let key: VerifierKey = key.parse().map_err(|_| "the key is no verifier key")?;
                if key.name() != origin {
                    return Err("a log's key is named as the log's origin");
                }
                party.log.push(key);
            }
            _ => {
                let key = key.parse().map_err(|_| "the key is no verifier key")?;
                if party.record.replace(key).is_some() {
                    return Err("a party has one pinned record key; rotations follow from its log");
                }
            }
        }
        Ok(())
    }

    fn complete(&self) -> Result<(), TrustError> {
        if self.parties.len() != 2 {
            return Err(TrustError::Parties(self.parties.len()));
        }
        for party in &self.parties {
            let missing = |what| TrustError::Missing { party: party.code.clone(), what };
            if party.log.is_empty() {
                return Err(missing("log"));
            }
            party.record.as_ref().ok_or_else(|| missing("record"))?;
        }
        Ok(())
    }

    pub const fn agreement(&self) -> &AgreementId {
        &self.agreement
    }

    /// Whose log has this origin.
    pub(super) fn party_of(&self, log: &str) -> Option<&PartyCode> {
        self.parties.iter().map(|party| &party.code).find(|code| origin(&self.agreement, code) == log)
    }

    pub(super) fn log_keys(&self, party: &PartyCode) -> &[VerifierKey] {
        self.party(party).map_or(&[], |party| &party.log)
    }

    /// Who can vouch for a time in this party's log: everyone but itself.
    pub(super) fn cosigners(&self, of: &PartyCode) -> Vec<CosignerKey> {
        let partners = self.parties.iter().filter(|party| party.code != *of);
        partners.flat_map(|party| &party.cosigner).chain(&self.witnesses).cloned().collect()
    }

    /// The record keys that a party's log is read with.
    pub(super) fn trust(&self, party: &PartyCode) -> Option<Trust> {
        let own = self.party(party)?.record.clone()?;
        let partner = self.parties.iter().find(|other| other.code != *party)?.record.clone()?;
        Some(Trust { own, partner })
    }

    fn party(&self, code: &PartyCode) -> Option<&PartyTrust> {
        self.parties.iter().find(|party| party.code == *code)
    }
}

impl fmt::Display for TrustFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "agreement {}", self.agreement)?;
        for party in &self.parties {
            let code = &party.code;
            party.log.iter().try_for_each(|key| writeln!(f, "log {code} {key}"))?;
            party.record.iter().try_for_each(|key| writeln!(f, "record {code} {key}"))?;
            party.cosigner.iter().try_for_each(|key| writeln!(f, "cosigner {code} {key}"))?;
        }
        self.witnesses.iter().try_for_each(|key| writeln!(f, "witness {key}"))
    }
}
