//! Officers, their one-time sign-in links and their sessions. Holds only hashes of tokens: who reads the store
//! cannot sign in.

use bitacora_primitives::{Instant, OfficerId};

use crate::link::{Cells, Link, args};
use crate::log::{self, Leaf};
use crate::watchlog::{self, NewEntry};
use crate::{Store, StoreError};

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Officer {
    pub id: OfficerId,
    pub name: String,
    pub role: String,
    /// Ed25519; decisions are checked with it.
    pub public_key: [u8; 32],
    pub added: Instant,
}

/// A one-time sign-in link's token, hashed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Token {
    pub hash: [u8; 32],
    pub issued: Instant,
    pub expires: Instant,
}

/// A session's secret, hashed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Session {
    pub hash: [u8; 32],
    pub started: Instant,
    pub expires: Instant,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SignIn {
    Done { officer: Officer, leaf: u64 },
    Unknown,
    Used { at: Instant },
    Expired { at: Instant },
}

const COLUMNS: &str = "id, name, role, public_key, added";

impl Store {
    /// Adds an officer with a first sign-in link.
    pub fn add_officer(&self, officer: &Officer, token: &Token) -> Result<(), StoreError> {
        let doing = "adding an officer";
        self.write(doing, |link| {
            let sql = format!("INSERT INTO officer ({COLUMNS}) VALUES ($1, $2, $3, $4, $5)");
            let key = &officer.public_key;
            let values = args![officer.id, &officer.name, &officer.role, key, officer.added];
            link.execute(doing, &sql, values)?;
            insert_token(link, officer.id, token)
        })
    }

    /// Another sign-in link.
    pub fn add_token(&self, officer: OfficerId, token: &Token) -> Result<(), StoreError> {
        self.write("adding a sign-in link", |link| {
            find_officer(link, officer)?.ok_or(StoreError::UnknownOfficer(officer))?;
            insert_token(link, officer, token)
        })
    }

    /// In order of addition.
    pub fn officers(&self) -> Result<Vec<Officer>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM officer ORDER BY added, id");
        self.read(|link| link.query("listing officers", &sql, &[])?.into_iter().map(officer).collect())
    }

    pub fn officer(&self, id: OfficerId) -> Result<Option<Officer>, StoreError> {
        self.read(|link| find_officer(link, id))
    }

    /// Uses up the token, starts the session and writes the sign-in with its leaf, all or nothing. Of two who
    /// come with one token, one is let in.
    pub fn sign_in(
        &self,
        token_hash: &[u8; 32],
        session: &Session,
        make: impl FnOnce(&Officer) -> Result<(NewEntry, Leaf), StoreError>,
    ) -> Result<SignIn, StoreError> {
        let doing = "signing in";
        self.write(doing, |link| {
            let sql = "SELECT t.officer, t.expires, u.used FROM token t \
                       LEFT JOIN token_use u ON u.hash = t.hash WHERE t.hash = $1";
            let Some(mut row) = link.query_first(doing, sql, args![token_hash])? else {
                return Ok(SignIn::Unknown);
            };
            let (id, expires, used) = (row.id()?, row.instant()?, row.opt_instant()?);
            if let Some(at) = used {
                return Ok(SignIn::Used { at });
            }
            if expires <= session.started {
                return Ok(SignIn::Expired { at: expires });
            }
            let officer = find_officer(link, id)?.ok_or(StoreError::UnknownOfficer(id))?;
            let used = "INSERT INTO token_use (hash, used) VALUES ($1, $2)";
            link.execute(doing, used, args![token_hash, session.started])?;
            let started =
                "INSERT INTO officer_session (hash, officer, started, expires) VALUES ($1, $2, $3, $4)";
            let values = args![&session.hash, officer.id, session.started, session.expires];
            link.execute(doing, started, values)?;
            let (entry, made) = make(&officer)?;
            let leaf = log::append(link, |_| made)?;
            watchlog::insert(link, &entry, Some(leaf))?;
            Ok(SignIn::Done { officer, leaf })
        })
    }

    /// Whose session this is, if it runs at `now`.
    pub fn session(&self, session_hash: &[u8; 32], now: Instant) -> Result<Option<Officer>, StoreError> {
        let sql = "SELECT o.id, o.name, o.role, o.public_key, o.added FROM officer_session s \
                   JOIN officer o ON o.id = s.officer \
                   LEFT JOIN officer_session_end e ON e.hash = s.hash \
                   WHERE s.hash = $1 AND s.started <= $2 AND s.expires > $2 AND e.hash IS NULL";
        self.read(|link| {
            let row = link.query_first("reading a session", sql, args![session_hash, now])?;
            row.map(officer).transpose()
        })
    }

    /// `false` where there was none to end.
    pub fn end_session(&self, session_hash: &[u8; 32], now: Instant) -> Result<bool, StoreError> {
        let doing = "ending a session";
        self.write(doing, |link| {
            let known = "SELECT started FROM officer_session WHERE hash = $1";
            if link.query_first(doing, known, args![session_hash])?.is_none() {
                return Ok(false);
            }
            let sql = "INSERT INTO officer_session_end (hash, ended) VALUES ($1, $2) ON CONFLICT DO NOTHING";
            Ok(link.execute(doing, sql, args![session_hash, now])? == 1)
        })
    }
}

fn find_officer(link: &mut Link, id: OfficerId) -> Result<Option<Officer>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM officer WHERE id = $1");
    link.query_first("reading an officer", &sql, args![id])?.map(officer).transpose()
}

fn insert_token(link: &mut Link, officer: OfficerId, token: &Token) -> Result<(), StoreError> {
    let sql = "INSERT INTO token (hash, officer, issued, expires) VALUES ($1, $2, $3, $4)";
    let values = args![&token.hash, officer, token.issued, token.expires];
    link.execute("adding a sign-in link", sql, values)?;
    Ok(())
}

fn officer(mut row: Cells) -> Result<Officer, StoreError> {
    Ok(Officer {
        id: row.id()?,
        name: row.text()?,
        role: row.text()?,
        public_key: row.hash()?,
        added: row.instant()?,
    })
}
