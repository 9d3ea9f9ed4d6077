//! `--script suspension`: a strike is reported, Colombia stops all but safety of life in mid-stream, the link is cut and
//! comes back, part is resumed under its condition, and all three check the same history. Officers act over HTTP as from
//! the page; only the cable is pulled by hand.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant as Moment};

use bitacora_primitives::Role;
use bitacora_primitives::markings::PartyCode;
use serde_json::{Value, json};

use super::visitor::Visitor;
use super::{Link, agreement};
use crate::error::NodeError;
use crate::exchange::desk::Desk;
use crate::exchange::request::{Reply, Request};
use crate::summary::say;
use crate::words::Words;

/// What a loopback exchange takes is far less.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the script acts on.
pub(crate) struct Stage<'a> {
    pub(crate) colombia: (SocketAddr, &'a [Link], Arc<Desk>),
    pub(crate) united_states: (SocketAddr, Arc<Desk>),
    pub(crate) words: Words,
}

fn failed(what: &str) -> NodeError {
    NodeError::Exchange(format!("the demo's script: {what}"))
}

/// Plays to the end; the suspension's id is returned for the verifiers.
pub(crate) fn suspension(stage: &Stage<'_>) -> Result<String, NodeError> {
    let (address, links, colombia) = &stage.colombia;
    let visitor = |role: Role, nth: usize| {
        let link = links
            .iter()
            .filter(|link| link.role == role)
            .nth(nth)
            .ok_or_else(|| failed("no such officer"))?;
        Visitor::sign_in(*address, &link.token)
    };
    let (watch, release, second) =
        (visitor(Role::Watch, 0)?, visitor(Role::Release, 0)?, visitor(Role::Release, 1)?);
    let path = format!("/api/exchange/{}", agreement::ID);

    stage.tell(1)?;
    let leads = stage.wait("leads", || {
        let leads = watch.get("/api/leads?state=open&limit=500")?;
        // Of vessels: those have a standing flow.
        let of_vessel = |lead: &&Value| lead.get("mmsi").is_some_and(Value::is_u64);
        let leads: Vec<Value> = leads.as_array().into_iter().flatten().filter(of_vessel).cloned().collect();
        Ok((leads.len() >= 3).then_some(leads))
    })?;
    let third = leads.len().min(9) / 3;
    let (first, rest) = leads.split_at(third);
    let (under_way, later) = rest.split_at(third);
    accept(&watch, first)?;
    stage.wait("the first keys", || Ok((stage.granted()? >= first.len()).then_some(())))?;

    stage.tell(2)?;
    let incident = watch.post("/api/incidents", &strike())?;
    let incident = incident.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();

    stage.tell(3)?;
    stage.cut_cable(true);
    accept(&watch, under_way)?;
    stage.wait("leads under way", || Ok((stage.under_way() > 0).then_some(())))?;
    let stop = release.post(&format!("{path}/stop"), &stop(&incident))?;
    let id = stop.get("id").and_then(Value::as_str).ok_or_else(|| failed("the stop has no id"))?.to_owned();
    stage
        .detail(&format!("{id}  {}", stop.get("gate_closed").and_then(Value::as_str).unwrap_or_default()))?;

    stage.tell(4)?;
    accept(&watch, later)?;
    stage.wait("held leads", || Ok((stage.held() > 0).then_some(())))?;
    distress(colombia)?;
    stage.detail(&format!("{} {}", stage.held(), stage.words.script_held))?;

    stage.tell(5)?;
    stage.cut_cable(false);
    stage.wait("the partner's own record of the stop", || {
        let party = stage.united_states.1.exchanges.standing.values().next();
        Ok(party.is_some_and(|one| !one.engine.look().side.own().seen().is_empty()).then_some(()))
    })?;

    stage.tell(6)?;
    let resume = format!("{path}/suspensions/{id}/resume");
    let part = json!({
        "scope": { "from": "CO", "to": "US", "items": ["lead"], "areas": [], "purposes": ["seizure"] },
        "condition_met": {
            "es": "Solo para incautar: la parte declaró por escrito que no usará los indicios para ataques.",
            "en": "For seizure only: the party declared in writing that leads will not be used for strikes.",
        },
        "attested": true,
    });
    release.post(&resume, &part)?;
    second.post(&resume, &part)?;
    stage.wait("the resumed leads", || Ok((stage.held() == 0).then_some(())))?;
    stage.wait("both logs at rest", || Ok(stage.at_rest().then_some(())))?;

    stage.tell(7)?;
    Ok(id)
}

impl Stage<'_> {
    fn tell(&self, step: usize) -> Result<(), NodeError> {
        let words = self.words.script.get(step - 1).copied().unwrap_or_default();
        say(&format!("{step}. {words}\n"))
    }

    fn detail(&self, text: &str) -> Result<(), NodeError> {
        say(&format!("   {text}\n"))
    }

    fn wait<T>(
        &self,
        what: &str,
        mut ask: impl FnMut() -> Result<Option<T>, NodeError>,
    ) -> Result<T, NodeError> {
        let end = Moment::now() + PATIENCE;
        loop {
            if let Some(answer) = ask()? {
                return Ok(answer);
            }
            if Moment::now() > end {
                return Err(failed(&format!("waited {} s for {what}", PATIENCE.as_secs())));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Keys that the partner holds.
    fn granted(&self) -> Result<usize, NodeError> {
        use bitacora_exchange::history::Stage as S;
        let Some(standing) = self.united_states.1.exchanges.standing.values().next() else { return Ok(0) };
        let party = standing.engine.look();
        Ok(party.side.theirs().releases().values().filter(|one| matches!(one.stage, S::Granted(_))).count())
    }

    fn held(&self) -> usize {
        let standing = self.colombia.2.exchanges.standing.values().next();
        standing.map_or(0, |one| one.engine.look().side.own().held().len())
    }

    /// Released, and the key not given.
    fn under_way(&self) -> usize {
        let standing = self.colombia.2.exchanges.standing.values().next();
        standing.map_or(0, |one| one.engine.look().side.in_flight().count())
    }

    /// Nothing is under way, and each log is mirrored and cosigned to its end.
    fn at_rest(&self) -> bool {
        [&self.colombia.2, &self.united_states.1].iter().all(|desk| {
            desk.exchanges.standing.values().all(|one| {
                let party = one.engine.look();
                let side = &party.side;
                let cosigned = side
                    .cosigned()
                    .last()
                    .is_some_and(|kept| kept.size == side.durable() && kept.by.len() == 2);
                cosigned && side.partner().have == side.durable() && side.in_flight().count() == 0
            })
        })
    }

    /// The cable between the two parties: what a cut link is to them.
    fn cut_cable(&self, cut: bool) {
        let party: Option<PartyCode> = "US".parse().ok();
        for (id, standing) in &self.colombia.2.exchanges.standing {
            let key = standing.engine.look().side.own().agreement().and_then(|agreement| {
                let terms = agreement.party(party.as_ref()?).ok()?;
                crate::exchange::transport::fingerprint(&terms.keys.transport).ok()
            });
            let pins = self.colombia.2.exchanges.endpoint.pins();
            match key {
                Some(key) if cut => drop(pins.revoke(&key)),
                Some(key) => pins.add(key),
                None => tracing::warn!(agreement = %id, "the partner's key is not known"),
            }
        }
    }
}

fn accept(watch: &Visitor, leads: &[Value]) -> Result<(), NodeError> {
    for lead in leads {
        let text = |name: &str| lead.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let decision = json!({ "action": "accept", "reason": null, "note": "", "seen_state": text("state") });
        watch.post(&format!("/api/leads/{}/decisions", text("id")), &decision)?;
    }
    Ok(())
}

fn strike() -> Value {
    json!({
        "kind": "strike", "at": crate::clock::now().to_string(),
        "text": {
            "es": "Ataque a una lancha al sur de los cayos, según dos agencias (inventado).",
            "en": "Strike on a boat south of the cays, by two agencies' account (invented).",
        },
        "place": "Cayos del Sur", "lat": 13.166, "lon": -78.9, "dead": 3, "injured": null,
        "source": { "name": "Agencia Marea", "url_text": "Marea 4417", "published": null },
        "grading": "C3",
    })
}

fn stop(incident: &str) -> Value {
    json!({
        "scope": { "from": "CO", "to": "US", "items": [], "areas": [], "purposes": [] },
        "exceptions": [],
        "reason": { "es": "Ataque a una lancha.", "en": "A boat was struck." },
        "condition": {
            "es": "Mientras sigan los ataques a lanchas.", "en": "As long as attacks on boats continue.",
        },
        "rule": { "kinds": ["strike"], "min_status": "alleged", "days": 30 },
        "incident": incident,
    })
}

/// A boat in danger, while everything else is stopped.
fn distress(desk: &Desk) -> Result<(), NodeError> {
    let request = Request::Distress {
        agreement: agreement::id()?,
        lat: 12.4,
        lon: -77.2,
        distress: "taking water".to_owned(),
        persons_on_board: Some(11),
    };
    match desk.carry_out(request) {
        Reply::Released { outcome, .. } if outcome == "released" => Ok(()),
        other => Err(failed(&format!("distress was not released: {other:?}"))),
    }
}
