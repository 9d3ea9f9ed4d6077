//! `bitacora agreement`: draft, sign, countersign, install, amend, end, renew keys, and look. Files travel between the two capitals
//! by any way; what counts is the two signatures.

use std::path::Path;
use std::process::ExitCode;

use bitacora_exchange::audit::TrustFile;
use bitacora_exchange::{Agreement, Secrets as _};
use bitacora_ledger::{Envelope, VerifierKey};
use bitacora_policy::Rule;
use bitacora_primitives::markings::Text;

use crate::cli::DataArgs;
use crate::cli::exchange::{AgreementAct, AgreementArgs};
use crate::commands::sharing;
use crate::config::data_folder;
use crate::error::NodeError;
use crate::exchange::engine::Chain;
use crate::exchange::installed::{install, installed};
use crate::exchange::keyring::Keyring;
use crate::exchange::publish;
use crate::exchange::request::{Reply, Request};
use crate::exchange::transport::{fingerprint, make_transport, transport};
use crate::summary::say;
use crate::words::Words;

pub(crate) fn run(args: AgreementArgs, words: Words) -> Result<ExitCode, NodeError> {
    match args.act {
        AgreementAct::Keys { agreement, party, new_transport, data } => {
            let folder = data_folder(&data);
            let keys = Keyring::open(&folder, &agreement)?;
            let transport = if new_transport {
                make_transport(&folder)?
            } else {
                transport(&folder, &installed(&folder)?)?
            };
            let public = keys.public(&agreement, &party, transport.fingerprint().to_string())?;
            say(&format!("{}\n", serde_json::to_string_pretty(&public)?))?;
        }
        AgreementAct::Draft { file, out } => {
            let bytes = std::fs::read(&file).map_err(NodeError::file(&file, "read"))?;
            let draft: Agreement = serde_json::from_slice(&bytes).map_err(|error| broken(&file, &error))?;
            let settled = draft.settle().map_err(|error| broken(&file, &error))?;
            write(&out, &settled.envelope().map_err(|error| broken(&file, &error))?)?;
            say(&format!("{}  {} {}\n", out.display(), words.agreement_policy_set, settled.policy_set))?;
        }
        AgreementAct::Sign { file, data } => {
            let (mut envelope, agreement) = read(&file)?;
            let folder = data_folder(&data);
            let keys = Keyring::open(&folder, &agreement.id)?;
            let named = agreement.parties.iter().find_map(|party| {
                let key: VerifierKey = party.keys.record.parse().ok()?;
                Some((party.code.clone(), keys.record(&key).ok()?, key))
            });
            let Some((party, signer, key)) = named else {
                return Err(NodeError::Agreement { path: file, why: words.agreement_not_ours.to_owned() });
            };
            let (_, signed_by) = Agreement::read(&envelope).map_err(|error| broken(&file, &error))?;
            if !signed_by.contains(&party) {
                envelope.sign(key.name(), &*signer).map_err(|error| broken(&file, &error))?;
                write(&file, &envelope)?;
            }
            say(&format!("{}  {} {party}\n", file.display(), words.agreement_signed_by))?;
        }
        AgreementAct::Install { file, data } => {
            let (envelope, _) = read(&file)?;
            let agreement = install(&data_folder(&data), &envelope)?;
            say(&format!("{} {}  {}\n", agreement.id, agreement.version, words.agreement_installed))?;
        }
        AgreementAct::Amend { agreement, data, out } => {
            let folder = data_folder(&data);
            let held = installed(&folder)?.remove(&agreement).and_then(|one| one.newest().cloned());
            let held = held.ok_or_else(|| NodeError::Exchange(words.agreement_unknown.to_owned()))?;
            let digest = held.digest().map_err(|error| broken(&folder, &error))?;
            let next = Agreement { version: held.version + 1, replaces: Some(digest), ..held };
            publish::write_whole(&out, serde_json::to_string_pretty(&next)?.as_bytes())?;
            say(&format!("{}\n", out.display()))?;
        }
        AgreementAct::End { agreement, officers, reason_es, reason_en, data } => {
            let reason = Text { es: reason_es, en: reason_en };
            return carried_out(&data, &Request::End { agreement, officers, reason }, words);
        }
        AgreementAct::Rotate { agreement, reason_es, reason_en, data } => {
            let reason = Text { es: reason_es, en: reason_en };
            return carried_out(&data, &Request::Rotate { agreement, reason }, words);
        }
        AgreementAct::Dismiss { agreement, officer, data } => {
            return carried_out(&data, &Request::Dismiss { agreement, officer }, words);
        }
        AgreementAct::Revoke { transport, data } => {
            fingerprint(&transport)?;
            return carried_out(&data, &Request::Revoke { transport }, words);
        }
        AgreementAct::Trust { file } => {
            let (_, agreement) = read(&file)?;
            let keys = TrustFile::of(&agreement).map_err(|error| broken(&file, &error))?;
            say(&keys.to_string())?;
        }
        AgreementAct::Show { file, policies } => {
            let (envelope, agreement) = read(&file)?;
            say(&show(&envelope, &agreement, policies, words)?)?;
        }
        AgreementAct::List { data, json } => {
            let reply = sharing::ask(&data, &Request::Status)?;
            say(&if json { format!("{}\n", serde_json::to_string(&reply)?) } else { words.reply(&reply) })?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn carried_out(data: &DataArgs, request: &Request, words: Words) -> Result<ExitCode, NodeError> {
    let reply = sharing::ask(data, request)?;
    say(&words.reply(&reply))?;
    let refused = matches!(reply, Reply::Refused { .. });
    Ok(if refused { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn broken(path: &Path, error: &dyn std::error::Error) -> NodeError {
    NodeError::Agreement { path: path.to_owned(), why: Chain(error).to_string() }
}

pub(crate) fn read(path: &Path) -> Result<(Envelope, Agreement), NodeError> {
    let bytes = std::fs::read(path).map_err(NodeError::file(path, "read"))?;
    let envelope = Envelope::parse(&bytes).map_err(|error| broken(path, &error))?;
    let (agreement, _) = Agreement::read(&envelope).map_err(|error| broken(path, &error))?;
    Ok((envelope, agreement))
}

fn write(path: &Path, envelope: &Envelope) -> Result<(), NodeError> {
    let text = envelope.to_json().map_err(|error| broken(path, &error))?;
    publish::write_whole(path, text.as_bytes())
}

/// Clause by clause, both languages, so that a signer sees what is signed.
fn show(
    envelope: &Envelope,
    agreement: &Agreement,
    policies: bool,
    words: Words,
) -> Result<String, NodeError> {
    let told = |error: bitacora_exchange::AgreementError| NodeError::Exchange(Chain(&error).to_string());
    let (_, signed_by) = Agreement::read(envelope).map_err(told)?;
    let mut text = format!("{} {}  {}\n", agreement.id, agreement.version, words.pick(&agreement.title));
    text += &format!("{} .. {}\n", agreement.from, agreement.until);
    for party in &agreement.parties {
        let signed =
            if signed_by.contains(&party.code) { words.agreement_signed } else { words.agreement_unsigned };
        text += &format!("{}  {}  {signed}\n", party.code, words.pick(&party.name));
    }
    for clause in &agreement.clauses {
        let understood = match (&clause.rule, clause.critical) {
            (Rule::Unknown(_), true) => words.clause_unknown_critical,
            (Rule::Unknown(_), false) => words.clause_unknown,
            _ => "",
        };
        text +=
            &format!("\n{}  {understood}\n  es  {}\n  en  {}\n", clause.id, clause.text.es, clause.text.en);
    }
    text += &format!("\n{} {}\n", words.agreement_policy_set, agreement.policy_set);
    if policies {
        let set = agreement.compile(&[]).map_err(told)?;
        for (_, policy) in set.policies() {
            text += &format!("\n{policy}\n");
        }
    }
    Ok(text)
}
