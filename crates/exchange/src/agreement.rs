//! An agreement as both parties sign it: one canonical JSON text with Spanish and English inside, in one DSSE envelope
//! with two signatures. Versions follow each other by naming the hash of the one before.

use std::collections::BTreeSet;

use bitacora_ledger::dsse::{Envelope, EnvelopeError};
use bitacora_ledger::{CosignerKey, RecordError, VerifierKey, canonical_json, sha256};
use bitacora_policy::{Clause, PolicySet, Rule, Scope, SuspensionRule, Terms};
use bitacora_primitives::Instant;
use bitacora_primitives::markings::{AgreementId, ClauseId, PartyCode, Text};
use serde::{Deserialize, Serialize};

use crate::area::{Area, AreaError};
use crate::sealing::SealKey;

pub const AGREEMENT_TYPE: &str = "application/vnd.bitacora.agreement.v1+json";
/// The only format of this version.
const FORMAT: &str = "bitacora-agreement/1";
const MAX_BYTES: usize = 256 * 1024;
/// A lease is refreshed three times within its length; shorter than this no satellite link can hold.
const LEASE_S: std::ops::RangeInclusive<u32> = 60..=86_400;

/// Why a text is no agreement, or none that can be in force.
#[derive(Debug, thiserror::Error)]
pub enum AgreementError {
    #[error("the agreement has {0} bytes, more than 262144")]
    TooLong(usize),
    #[error("the text is not an agreement")]
    NotAnAgreement(#[source] serde_json::Error),
    #[error("the agreement is not in the canonical form that was signed")]
    OtherForm,
    #[error(transparent)]
    Record(#[from] RecordError),
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    #[error("an envelope of type `{0}` holds no agreement")]
    OtherType(String),
    #[error("the format `{0}` is not known")]
    Format(String),
    #[error("an agreement has two different parties, this one has {0}")]
    Parties(usize),
    #[error("the agreement does not name `{0}` as a party")]
    NotAParty(PartyCode),
    #[error("`{party}` has not signed")]
    NotSigned { party: PartyCode },
    #[error("key `{key}` of `{party}` is not usable")]
    BadKey { party: PartyCode, key: &'static str },
    #[error("suspending asks for {0} officers: it is one officer's act, so that nothing can delay it")]
    SuspendAlone(u8),
    #[error("a lease of {0} s is outside 60 to 86400 s")]
    Lease(u32),
    #[error(transparent)]
    Area(#[from] AreaError),
    #[error("clause `{clause}` names area `{area}`, which the agreement does not describe")]
    UnknownArea { clause: ClauseId, area: String },
    #[error("the clauses do not compile")]
    Clauses(#[source] bitacora_policy::CompileError),
    #[error("the agreement states policy set `{stated}`, its clauses compile to `{compiled}`")]
    OtherPolicySet { stated: String, compiled: String },
}

/// One version of an agreement.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agreement {
    pub format: String,
    pub id: AgreementId,
    pub version: u32,
    /// SHA-256 of the canonical text of the version that this one replaces, hex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<String>,
    pub title: Text,
    pub parties: Vec<PartyTerms>,
    /// Third witnesses of both logs, as C2SP cosigner keys.
    pub witnesses: Vec<String>,
    pub from: Instant,
    pub until: Instant,
    /// What was given may be shown this long after the last signed heartbeat.
    pub lease_s: u32,
    pub areas: Vec<Area>,
    pub clauses: Vec<Clause>,
    /// SHA-256 of the policy set that the clauses compile to, hex: words and policy cannot drift apart unseen.
    pub policy_set: String,
}

/// A party and the keys it is known by.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartyTerms {
    pub code: PartyCode,
    pub name: Text,
    pub keys: PartyKeys,
}

/// Separate keys for separate acts. Signing keys are C2SP verifier keys, whose names say what they sign.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartyKeys {
    /// Signs checkpoints of the party's log; its name is the log's origin.
    pub log: String,
    /// Cosigns the other party's log.
    pub cosigner: String,
    /// Signs records.
    pub record: String,
    /// HPKE public key, hex.
    pub seal: SealKey,
    /// SHA-256 of the transport certificate's SubjectPublicKeyInfo, hex.
    pub transport: String,
}

/// The origin of a party's log under an agreement.
pub fn origin(agreement: &AgreementId, party: &PartyCode) -> String {
    format!("bitacora/{agreement}/{party}")
}

/// A party's keys, read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Keys {
    pub log: VerifierKey,
    pub cosigner: CosignerKey,
    pub record: VerifierKey,
    pub seal: SealKey,
}

impl PartyTerms {
    pub fn read_keys(&self) -> Result<Keys, AgreementError> {
        let bad = |key| AgreementError::BadKey { party: self.code.clone(), key };
        Ok(Keys {
            log: self.keys.log.parse().map_err(|_| bad("log"))?,
            cosigner: self.keys.cosigner.parse().map_err(|_| bad("cosigner"))?,
            record: self.keys.record.parse().map_err(|_| bad("record"))?,
            seal: self.keys.seal,
        })
    }
}

impl Agreement {
    /// A first draft with the format filled in and the policy set computed.
    pub fn settle(mut self) -> Result<Self, AgreementError> {
        self.format = FORMAT.to_owned();
        self.policy_set = bitacora_ledger::hex::encode(self.compile(&[])?.hash());
        self.check()?;
        Ok(self)
    }

    pub fn canonical(&self) -> Result<String, AgreementError> {
        Ok(canonical_json(self)?)
    }

    /// SHA-256 of the canonical text, hex: what the next version names.
    pub fn digest(&self) -> Result<String, AgreementError> {
        Ok(sha256(self.canonical()?.as_bytes()).hex())
    }

    /// Reads a signed or unsigned text in its canonical form and checks everything but signatures.
    pub fn parse(bytes: &[u8]) -> Result<Self, AgreementError> {
        if bytes.len() > MAX_BYTES {
            return Err(AgreementError::TooLong(bytes.len()));
        }
        let agreement: Self = serde_json::from_slice(bytes).map_err(AgreementError::NotAnAgreement)?;
        // Canonical means one text per agreement: repeated members, blanks and fractions cannot hide in it.
        if agreement.canonical()?.as_bytes() != bytes {
            return Err(AgreementError::OtherForm);
        }
        agreement.check()?;
        Ok(agreement)
    }

    /// The envelope, to be signed by both.
    pub fn envelope(&self) -> Result<Envelope, AgreementError> {
        Ok(Envelope::new(AGREEMENT_TYPE, self.canonical()?.into_bytes())?)
    }

    /// Reads an envelope; `signed_by` lists the parties whose signature holds.
    pub fn read(envelope: &Envelope) -> Result<(Self, Vec<PartyCode>), AgreementError> {
        if envelope.payload_type != AGREEMENT_TYPE {
            return Err(AgreementError::OtherType(envelope.payload_type.chars().take(80).collect()));
        }
        let agreement = Self::parse(&envelope.payload)?;
        let mut signed_by = Vec::new();
        for party in &agreement.parties {
            let key = party.read_keys()?.record;
            if !envelope.verify(&[(key.name(), key.public_key())]).is_empty() {
                signed_by.push(party.code.clone());
            }
        }
        Ok((agreement, signed_by))
    }

    /// Reads an envelope that both parties must have signed.
    pub fn in_force(envelope: &Envelope) -> Result<Self, AgreementError> {
        let (agreement, signed_by) = Self::read(envelope)?;
        match agreement.parties.iter().find(|party| !signed_by.contains(&party.code)) {
            Some(party) => Err(AgreementError::NotSigned { party: party.code.clone() }),
            None => Ok(agreement),
        }
    }

    fn check(&self) -> Result<(), AgreementError> {
        if self.format != FORMAT {
            return Err(AgreementError::Format(self.format.chars().take(40).collect()));
        }
        let codes: BTreeSet<&PartyCode> = self.parties.iter().map(|party| &party.code).collect();
        if self.parties.len() != 2 || codes.len() != 2 {
            return Err(AgreementError::Parties(codes.len()));
        }
        for party in &self.parties {
            let keys = party.read_keys()?;
            let named = keys.log.name() == origin(&self.id, &party.code);
            if !named || party.keys.transport.len() != 64 {
                let key = if named { "transport" } else { "log" };
                return Err(AgreementError::BadKey { party: party.code.clone(), key });
            }
        }
        if !LEASE_S.contains(&self.lease_s) {
            return Err(AgreementError::Lease(self.lease_s));
        }
        if self.officers().suspend > 1 {
            return Err(AgreementError::SuspendAlone(self.officers().suspend));
        }
        let mut known = BTreeSet::new();
        for area in &self.areas {
            area.check()?;
            if !known.insert(&area.id) {
                return Err(AreaError::Twice(area.id.clone()).into());
            }
        }
        for (clause, scope) in self.scopes() {
            if let Some(area) = scope.areas.iter().find(|area| !known.contains(area)) {
                return Err(AgreementError::UnknownArea {
                    clause: clause.id.clone(),
                    area: area.to_string(),
                });
            }
        }
        let compiled = bitacora_ledger::hex::encode(self.compile(&[])?.hash());
        if compiled != self.policy_set {
            return Err(AgreementError::OtherPolicySet { stated: self.policy_set.clone(), compiled });
        }
        Ok(())
    }

    pub fn compile(&self, suspensions: &[SuspensionRule]) -> Result<PolicySet, AgreementError> {
        let codes = self.codes();
        let terms = Terms {
            agreement: &self.id,
            version: self.version,
            parties: &codes,
            from: self.from,
            until: self.until,
            clauses: &self.clauses,
        };
        PolicySet::compile(&terms, suspensions).map_err(AgreementError::Clauses)
    }

    pub fn codes(&self) -> Vec<PartyCode> {
        self.parties.iter().map(|party| party.code.clone()).collect()
    }

    pub fn party(&self, code: &PartyCode) -> Result<&PartyTerms, AgreementError> {
        self.parties
            .iter()
            .find(|party| party.code == *code)
            .ok_or_else(|| AgreementError::NotAParty(code.clone()))
    }

    /// The other party.
    pub fn partner_of(&self, code: &PartyCode) -> Result<&PartyTerms, AgreementError> {
        self.party(code)?;
        self.parties
            .iter()
            .find(|party| party.code != *code)
            .ok_or(AgreementError::Parties(self.parties.len()))
    }

    pub fn clause(&self, id: &ClauseId) -> Option<&Clause> {
        self.clauses.iter().find(|clause| clause.id == *id)
    }

    pub fn scopes(&self) -> impl Iterator<Item = (&Clause, &Scope)> {
        self.clauses.iter().filter_map(|clause| match &clause.rule {
            Rule::Scope(scope) => Some((clause, scope.as_ref())),
            _ => None,
        })
    }

    /// How many officers must sign: release outside a scope's own number, suspend, resume, amend. One each where the
    /// agreement does not say, two to resume.
    pub fn officers(&self) -> Officers {
        self.clauses
            .iter()
            .find_map(|clause| match clause.rule {
                Rule::Officers { release, suspend, resume, amend } => {
                    Some(Officers { release, suspend, resume, amend })
                }
                _ => None,
            })
            .unwrap_or(Officers { release: 1, suspend: 1, resume: 2, amend: 2 })
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Officers {
    pub release: u8,
    pub suspend: u8,
    pub resume: u8,
    pub amend: u8,
}
