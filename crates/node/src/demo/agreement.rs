//! The demo's agreement between Colombia and the United States: invented words of the kind that such agreements have,
//! in both languages, with the two nodes' own keys.

use bitacora_exchange::Agreement;
use bitacora_exchange::agreement::{PartyKeys, PartyTerms};
use bitacora_exchange::area::Area;
use bitacora_policy::{Clause, Form, Rule, Scope};
use bitacora_primitives::markings::{
    AgreementId, Handling, HandlingCode, ItemKind, PartyCode, Purpose, Text, Tlp,
};
use bitacora_primitives::{Duration, Instant};

use crate::error::NodeError;

pub(crate) const ID: &str = "CO-US-MAR";

/// Codes are written here, so each one is one; what were none would be told, not passed over.
fn code<T: std::str::FromStr<Err: std::fmt::Display>>(text: &str) -> Result<T, NodeError> {
    text.parse().map_err(|error: T::Err| NodeError::Exchange(error.to_string()))
}

pub(crate) fn id() -> Result<AgreementId, NodeError> {
    code(ID)
}

pub(crate) fn draft(
    colombia: PartyKeys,
    united_states: PartyKeys,
    witness: String,
    now: Instant,
) -> Result<Agreement, NodeError> {
    let (co, us): (PartyCode, PartyCode) = (code("CO")?, code("US")?);
    let both = Handling {
        tlp: Tlp::Amber,
        codes: [HandlingCode::H2].into(),
        releasable_to: [co.clone(), us.clone()].into(),
    };
    let party = |code: &PartyCode, es: &str, en: &str, keys| PartyTerms {
        code: code.clone(),
        name: Text::new(es, en),
        keys,
    };
    let scope = |from: &PartyCode, to: &PartyCode, items: &[ItemKind]| Scope {
        from: from.clone(),
        to: to.clone(),
        items: items.iter().copied().collect(),
        areas: Default::default(),
        purposes: [Purpose::Seizure, Purpose::Arrest].into(),
        per_day: Some(1_500),
        standing: true,
        officers: 1,
        form: Form::default(),
        cut: Default::default(),
    };
    let area = code("caribe-occidental")?;
    let agreement = Agreement {
        format: String::new(),
        id: id()?,
        version: 1,
        replaces: None,
        title: Text::new("Interdicción marítima", "Maritime interdiction"),
        parties: vec![
            party(&co, "Colombia", "Colombia", colombia),
            party(&us, "Estados Unidos", "United States", united_states),
        ],
        witnesses: vec![witness],
        from: now - Duration::from_hours(1),
        until: now + Duration::from_hours(24 * 365),
        lease_s: 900,
        areas: vec![Area {
            id: area,
            name: Text::new("Caribe occidental", "Western Caribbean"),
            polygon: vec![
                [-84_000_000, 8_000_000],
                [-70_000_000, 8_000_000],
                [-70_000_000, 22_000_000],
                [-84_000_000, 22_000_000],
            ],
        }],
        clauses: Vec::new(),
        policy_set: String::new(),
    };
    let sea = [agreement.areas.first().map(|area| area.id.clone())].into_iter().flatten().collect();
    let leads = Scope {
        areas: sea,
        form: Form { delay_s: 0, grid_m: 1_852, asset_only: false },
        cut: [code("evidence")?].into(),
        ..scope(&co, &us, &[ItemKind::Lead])
    };
    let tracks =
        Scope { areas: leads.areas.clone(), form: Form::LIVE_TRACK, ..scope(&co, &us, &[ItemKind::Track]) };
    let alerts = Scope {
        standing: false,
        officers: 2,
        per_day: Some(50),
        ..scope(&co, &us, &[ItemKind::ContainerAlert])
    };
    let back = Scope { areas: leads.areas.clone(), ..scope(&us, &co, &[ItemKind::Lead]) };
    let contacts = Scope { areas: leads.areas.clone(), ..scope(&us, &co, &[ItemKind::Contact]) };
    let flow = |scope| Rule::Scope(Box::new(scope));
    let clauses: [(&str, &str, &str, Rule); 13] = [
        (
            "0.1",
            "Nada de lo entregado sirve para usar la fuerza letal: solo para incautar, detener, rescatar o enjuiciar.",
            "Nothing given serves the use of lethal force: only seizure, arrest, rescue or prosecution.",
            Rule::BaseProhibition,
        ),
        ("3.1", "Indicios del mar", "Sea leads", flow(leads)),
        ("3.2", "Trazas, con retraso y en cuadrícula", "Tracks, late and on a grid", flow(tracks)),
        ("3.5", "Alertas de contenedores", "Container alerts", flow(alerts)),
        ("4.1", "Indicios del mar", "Sea leads", flow(back)),
        ("4.3", "Contactos de satélite", "Satellite contacts", flow(contacts)),
        (
            "5.1",
            "TLP:AMBER, H2: no se reenvía sin consentimiento.",
            "TLP:AMBER, H2: not passed on without consent.",
            Rule::Handling(both),
        ),
        (
            "5.2",
            "No se entrega lo que vale menos que D4.",
            "What is graded worse than D4 is not given.",
            Rule::Grading { worst: code("D4")? },
        ),
        (
            "6.1",
            "Lo originado por terceros queda con quien lo recibió.",
            "What a third party originated stays with whom it was given to.",
            Rule::OriginatorControl,
        ),
        (
            "8.1",
            "Suspende un oficial; reanudan, enmiendan y terminan dos.",
            "One officer suspends; two resume, amend and end.",
            Rule::Officers { release: 1, suspend: 1, resume: 2, amend: 2 },
        ),
        (
            "8.2",
            "Cada parte suspende por sí sola, en todo o en parte, con su condición.",
            "Each party suspends by itself, in whole or in part, with its condition.",
            Rule::Unknown(serde_json::json!({ "kind": "note" })),
        ),
        ("9.1", "Socorro: nunca se suspende", "Distress: never suspended", Rule::SafetyOfLife),
        (
            "9.2",
            "Pruebas por orden judicial",
            "Evidence under a court order",
            Rule::CourtOrder { cases: ["2026-114".to_owned()].into(), officers: 2 },
        ),
    ];
    let clauses = clauses.into_iter().map(|(id, es, en, rule)| {
        // A clause that is words only must not refuse everything where it is not understood.
        let critical = !matches!(rule, Rule::Unknown(_));
        Ok(Clause { id: code(id)?, text: Text::new(es, en), critical, rule })
    });
    let clauses = clauses.collect::<Result<Vec<_>, NodeError>>()?;
    let settled = Agreement { clauses, ..agreement }.settle();
    settled.map_err(|error| NodeError::Exchange(super::chain(&error)))
}
