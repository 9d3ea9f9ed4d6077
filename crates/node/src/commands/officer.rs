//! `bitacora officer`: who may sign in at this node.

use std::process::ExitCode;

use bitacora_api::{Keys, hash_token, sign_in_link};
use bitacora_primitives::{Duration, OfficerId, Role};
use bitacora_store::{Officer, Store, Token};
use serde_json::json;

use crate::cli::{DataArgs, OfficerAct, OfficerArgs};
use crate::clock;
use crate::config::{Config, DEFAULT_BIND, data_folder};
use crate::error::NodeError;
use crate::keys::KeyFolder;
use crate::random;
use crate::summary::say;
use crate::words::Words;

/// A link not used for a day is asked for again.
const LINK_LIFE: Duration = Duration::from_hours(24);

pub(crate) fn run(args: OfficerArgs, words: Words) -> Result<ExitCode, NodeError> {
    match args.act {
        OfficerAct::Add { name, role, data, base } => {
            let (config, store) = open(&data)?;
            let keys = KeyFolder::open(store.folder(), &log_origin(&config))?;
            let token = add(&store, &keys, &name, role)?;
            print_link(&config, base, &name, role, &token, words)?;
        }
        OfficerAct::Link { id, data, base } => {
            let (config, store) = open(&data)?;
            let unknown = || NodeError::UnknownOfficer { id: id.clone() };
            let officer_id: OfficerId = id.parse().map_err(|_| unknown())?;
            let officer = store.officer(officer_id)?.ok_or_else(unknown)?;
            let token = random::token()?;
            store.add_token(officer_id, &new_token(&token))?;
            let role = officer.role.parse().unwrap_or(Role::Auditor);
            print_link(&config, base, &officer.name, role, &token, words)?;
        }
        OfficerAct::List { data, json } => {
            let (_, store) = open(&data)?;
            for officer in store.officers()? {
                say(&if json {
                    let row = json!({ "id": officer.id, "name": officer.name, "role": officer.role, "added": officer.added });
                    format!("{row}\n")
                } else {
                    format!("{}  {:8}  {}\n", officer.id, officer.role, officer.name)
                })?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// A data folder's configuration and store.
pub(crate) fn open(data: &DataArgs) -> Result<(Config, Store), NodeError> {
    let folder = data_folder(data);
    let config = Config::load(&folder)?;
    let database = data.database.clone().or_else(|| config.database.clone());
    let store = Store::open(&folder, database.as_deref())?;
    Ok((config, store))
}

/// The name of the node's own log in its checkpoints: unique to the node, no address.
pub(crate) fn log_origin(config: &Config) -> String {
    format!("bitacora/{}/own", config.node.id)
}

fn new_token(token: &str) -> Token {
    let issued = clock::now();
    Token { hash: hash_token(token), issued, expires: issued + LINK_LIFE }
}

/// Adds an officer with a key of their own; returns the secret of the one-time link.
pub(crate) fn add(store: &Store, keys: &KeyFolder, name: &str, role: Role) -> Result<String, NodeError> {
    let salt = keys.random().map_err(|_| NodeError::Random)?;
    let id = OfficerId::of(&[name.as_bytes(), &salt]);
    let public_key = keys.make_officer_key(id)?;
    let token = random::token()?;
    let officer =
        Officer { id, name: name.to_owned(), role: role.code().to_owned(), public_key, added: clock::now() };
    store.add_officer(&officer, &new_token(&token))?;
    Ok(token)
}

fn print_link(
    config: &Config,
    base: Option<String>,
    name: &str,
    role: Role,
    token: &str,
    words: Words,
) -> Result<(), NodeError> {
    let base = base.unwrap_or_else(|| format!("http://{}", config.bind.unwrap_or(DEFAULT_BIND)));
    let link = sign_in_link(base.trim_end_matches('/'), token);
    say(&format!("{} {role} {name}\n  {}: {link}\n", words.officer, words.link_once))
}
