//! Accusations of crime, vice or guilt against a person. They are found so that they can be left out: only their
//! place is kept, never their text, and no proposal may overlap one.

use crate::reading::actor::{ActorKind, Named};
use crate::reading::token::Words;

/// Verbs and nouns of accusing: whoever is named near them is accused or accuses.
const ACCUSING: &[&str] = &[
    "accuse",
    "accused",
    "accuses",
    "accusing",
    "accusation",
    "accusations",
    "allegation",
    "allegations",
    "alleged",
    "allegedly",
    "alleges",
    "indicted",
    "indictment",
    "incriminated",
    "implicated",
    "acusa",
    "acuso",
    "acusado",
    "acusada",
    "acusar",
    "acusan",
    "acusando",
    "acusaron",
    "acusacion",
    "acusaciones",
    "imputo",
    "imputado",
    "imputaron",
    "imputacion",
    "sindicado",
    "sindico",
    "sindicaron",
    "presunto",
    "presunta",
    "presuntamente",
    "presuntos",
    "supuestamente",
    "senalado",
    "senalada",
    "senalamientos",
    "denuncio",
    "denunciado",
    "tildo",
    "tacho",
    "calificandolo",
    "llamandolo",
    "llamo",
];
/// What a person is called or charged with.
const CHARGES: &[&str] = &[
    "murder",
    "murderer",
    "trafficker",
    "narcotrafficker",
    "narcotraficante",
    "criminal",
    "criminals",
    "delincuente",
    "corrupt",
    "corrupto",
    "corruption",
    "corrupcion",
    "bribe",
    "bribes",
    "bribery",
    "soborno",
    "sobornos",
    "launderer",
    "laundering",
    "lavado",
    "addict",
    "addiction",
    "adicto",
    "adiccion",
    "drogadicto",
    "guilty",
    "culpable",
    "kingpin",
    "capo",
    "narco",
    "thug",
    "terrorist",
    "terrorista",
    "asesino",
    "asesinato",
    "homicidio",
    "complicit",
    "complice",
    "rapist",
    "thief",
    "ladron",
    "mafioso",
    "fraud",
    "fraude",
    "embezzlement",
    "peculado",
    "concierto",
    "conspiracy",
    "trafficking",
    "narcotrafico",
    "enriquecimiento",
    "dependency",
    "dependencia",
    "ties",
    "nexos",
    "vinculos",
    "links",
    "contributed",
    "crimes",
    "delitos",
];
/// Verbs that put a charge on someone: "calling Petro an illegal drug trafficker", "charged with".
const CALLING: &[&str] = &[
    "calling",
    "called",
    "calls",
    "labeled",
    "labelled",
    "branded",
    "branding",
    "charged",
    "charging",
    "convicted",
    "linked",
    "sanctioned",
    "wanted",
    "extradited",
    "arrested",
    "captured",
    "is",
    "was",
    "as",
    "for",
    "being",
    "engaging",
    "guilty",
    "calificado",
    "califico",
    "llamado",
    "condenado",
    "condeno",
    "vinculado",
    "vincula",
    "vinculo",
    "investigado",
    "investigada",
    "sancionado",
    "sanciono",
    "extraditado",
    "capturado",
    "por",
    "es",
    "fue",
    "era",
    "como",
    "tiene",
    "tener",
    "having",
    "has",
    "of",
    "with",
    "facing",
    "alias",
];
const PEOPLE: &[&str] = &[
    "people",
    "persons",
    "men",
    "women",
    "traffickers",
    "citizens",
    "suspects",
    "individuals",
    "colombians",
    "personas",
    "hombres",
    "mujeres",
    "ciudadanos",
    "colombianos",
    "narcotraficantes",
    "integrantes",
    "members",
];

/// The tokens of the sentence that hold a personal allegation, from the clause that accuses to its end.
pub(crate) fn allegation(words: &Words<'_, '_>, named: &[&Named]) -> Option<(usize, usize)> {
    let trigger = (words.first..words.end).find(|at| accuses(words, *at, named));
    let grounds = (words.first..words.end).find(|at| grounds(words, *at, named));
    if let Some(from) = grounds.filter(|from| trigger.is_none_or(|at| *from < at)) {
        return Some((from, words.end));
    }
    let trigger = trigger?;
    let mut from = trigger;
    // Back to the mark that opens the clause; a relative clause or a participle begins at its own comma.
    while from > words.first && !matches!(words.before(from, 1), "," | ";" | ":" | "—" | "–" | "(") {
        from -= 1;
    }
    let mut end = trigger;
    while end < words.end && words.key(end) != ";" {
        end += 1;
    }
    Some((from, end))
}

/// "sanctioned X for ...": the act is the state's, its grounds accuse a person.
fn grounds(words: &Words<'_, '_>, at: usize, named: &[&Named]) -> bool {
    const DONE: &[&str] = &[
        "sanctioned",
        "extradited",
        "arrested",
        "charged",
        "convicted",
        "indicted",
        "sentenced",
        "captured",
        "detained",
        "wanted",
        "sanciono",
        "sancionado",
        "sancionada",
        "extradito",
        "extraditado",
        "extraditada",
        "capturado",
        "capturada",
        "capturo",
        "condenado",
        "condeno",
        "detenido",
        "detenida",
        "investigado",
        "judicializado",
    ];
    let from = at.saturating_sub(10).max(words.first);
    matches!(words.key(at), "for" | "por" | "on" | "with" | "bajo")
        && words.find_last(from, at, DONE).is_some_and(|act| {
            act + 7 > at
                && (named.iter().any(|actor| {
                    actor.actor.kind == ActorKind::Person && from <= actor.first && actor.first < at
                }) || (from..at).any(|place| full_name(words, place, named))
                    || words.find(from, at, &["him", "her", "he", "alias"]).is_some())
        })
        && !matches!(
            words.key(at + 1),
            "monday"
                | "tuesday"
                | "wednesday"
                | "thursday"
                | "friday"
                | "saturday"
                | "sunday"
                | "parte"
                | "el"
                | "primera"
        )
}

fn accuses(words: &Words<'_, '_>, at: usize, named: &[&Named]) -> bool {
    let key = words.key(at);
    let person = |from: usize, to: usize| {
        named.iter().any(|actor| {
            from <= actor.first
                && actor.first < to
                && (actor.actor.kind == ActorKind::Person
                    || actor.actor.kind == ActorKind::Unnamed && actor.actor.role.is_some())
        }) || words.find(from, to, &["him", "himself", "he", "she", "her", "lo", "alias"]).is_some()
            || (from..to).any(|place| full_name(words, place, named))
    };
    let (near, far) = (at.saturating_sub(14).max(words.first), (at + 14).min(words.end));
    if ACCUSING.contains(&key) {
        // "12 people accused of trafficking": nobody is named by it.
        let generic =
            words.find(at.saturating_sub(3), at, PEOPLE).is_some() || PEOPLE.contains(&words.key(at + 1));
        let called = matches!(key, "tildo" | "tacho" | "llamo" | "denuncio" | "senalado" | "senalada");
        let charged = !called
            || words.find(at, far, CHARGES).is_some()
            || key.starts_with("senalad") && words.key(at + 1) == "de";
        return !generic && charged && person(near, far);
    }
    if !CHARGES.contains(&key) {
        return false;
    }
    // A charge weighs on a person only where a verb ties them: "fight against drug trafficking" does not.
    let bare = matches!(
        key,
        "trafficking"
            | "narcotrafico"
            | "laundering"
            | "lavado"
            | "corruption"
            | "corrupcion"
            | "ties"
            | "links"
            | "nexos"
            | "vinculos"
            | "dependency"
            | "dependencia"
            | "contributed"
            | "conspiracy"
            | "concierto"
            | "crimes"
            | "delitos"
            | "homicidio"
            | "asesinato"
            | "murder"
            | "fraud"
            | "fraude"
            | "trafficker"
            | "criminal"
            | "criminals"
            | "terrorist"
            | "terrorista"
            | "kingpin"
            | "narco"
            | "complicit"
    );
    let back = at.saturating_sub(7).max(words.first);
    let tie =
        (back..at).rev().find(|place| CALLING.contains(&words.key(*place)) && strong(words, *place, bare));
    let Some(tie) = tie else { return !bare && person(at.saturating_sub(5).max(words.first), at) };
    person(tie.saturating_sub(5).max(words.first), at)
}

/// Weak ties ("of", "is", "for") tie only what is no common topic; "as" and "for" only right after a person.
fn strong(words: &Words<'_, '_>, at: usize, bare: bool) -> bool {
    let weak = matches!(
        words.key(at),
        "is" | "was"
            | "as"
            | "of"
            | "with"
            | "has"
            | "es"
            | "fue"
            | "era"
            | "como"
            | "por"
            | "for"
            | "wanted"
    );
    let article = matches!(words.key(at + 1), "a" | "an" | "un" | "una" | "“" | "\"");
    !weak || !bare || article && matches!(words.key(at), "is" | "was" | "es" | "era" | "fue" | "as" | "como")
}

/// Two or more capitalised words that the table does not hold.
fn full_name(words: &Words<'_, '_>, at: usize, named: &[&Named]) -> bool {
    crate::reading::actor::name_at(words, at).is_some_and(|end| {
        end - at >= 2
            && !named
                .iter()
                .any(|actor| actor.first < end && at < actor.end && actor.actor.kind != ActorKind::Person)
    })
}
