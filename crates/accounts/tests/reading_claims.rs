//! Who says what, in both languages: the kind of claim, the speaker, what is said, its acts and its condition.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]

use bitacora_accounts::reading::{ActorTable, Document, Reading, read};
use jiff::civil::date;

fn reading(text: &str) -> Reading {
    read(&Document::new(text).unwrap(), Some(date(2025, 11, 14)), &ActorTable::default())
}

/// The first claim: kind, speaker's words, content, condition.
fn first(text: &str) -> (String, String, String, String) {
    let document = Document::new(text).unwrap();
    let reading = reading(text);
    let claim = reading.claims.first().unwrap_or_else(|| panic!("no claim in `{text}`")).recognised();
    let words = |span| document.slice(span).unwrap().to_owned();
    let kind = serde_json::to_value(claim.kind).unwrap().as_str().unwrap().to_owned();
    let condition = claim.condition.map_or(String::new(), |condition| words(condition.span));
    (kind, claim.speaker_span.map_or(String::new(), words), words(claim.content), condition)
}

#[test]
fn claims_are_attributed_in_both_languages() {
    let cases = [
        (
            "El programa costará 1,5 billones de pesos, dijo el presidente Gustavo Petro.",
            "promised",
            "presidente Gustavo Petro",
            "El programa costará 1,5 billones de pesos",
            "",
        ),
        (
            "Cultivos de coca aumentaron 52 % en 2016, según la UNODC.",
            "measured",
            "UNODC",
            "Cultivos de coca aumentaron 52 % en 2016",
            "",
        ),
        (
            "Según SIMCI, en 2022 hubo 230.000 hectáreas de coca.",
            "measured",
            "SIMCI",
            "en 2022 hubo 230.000 hectáreas de coca",
            "",
        ),
        (
            "Coca production fell 10 percent, the White House said.",
            "measured",
            "White House",
            "Coca production fell 10 percent",
            "",
        ),
        (
            "“Vamos a extraditar a 300 personas este año”, aseguró el ministro de Defensa, Pedro Sánchez.",
            "promised",
            "ministro de Defensa, Pedro Sánchez",
            "Vamos a extraditar a 300 personas este año",
            "",
        ),
        (
            "Trump threatened to decertify Colombia unless it reduces coca cultivation.",
            "promised",
            "Trump",
            "to decertify Colombia unless it reduces coca cultivation",
            "unless it reduces coca cultivation",
        ),
        (
            "EE. UU. suspendió el intercambio de inteligencia mientras continúen los ataques.",
            "agreed_act",
            "EE. UU.",
            "EE. UU. suspendió el intercambio de inteligencia mientras continúen los ataques",
            "mientras continúen los ataques",
        ),
        (
            "Estados Unidos congeló la ayuda a menos que Colombia extradite a los jefes.",
            "agreed_act",
            "Estados Unidos",
            "Estados Unidos congeló la ayuda a menos que Colombia extradite a los jefes",
            "a menos que Colombia extradite a los jefes",
        ),
        (
            "Colombia y Estados Unidos acordaron reanudar el intercambio de inteligencia.",
            "agreed_act",
            "Estados Unidos",
            "reanudar el intercambio de inteligencia",
            "",
        ),
        (
            "El embajador de Estados Unidos, Francisco Palmieri, dijo que su país mantendrá la certificación mientras haya cooperación.",
            "promised",
            "embajador de Estados Unidos, Francisco Palmieri",
            "su país mantendrá la certificación mientras haya cooperación",
            "mientras haya cooperación",
        ),
        (
            "\"We will not resume intelligence sharing until the strikes stop,\" Petro told reporters.",
            "promised",
            "Petro",
            "We will not resume intelligence sharing until the strikes stop",
            "until the strikes stop",
        ),
        (
            "The Coast Guard offloaded 18,000 pounds of cocaine in Miami, the agency said in a statement.",
            "claimed",
            "Coast Guard",
            "The Coast Guard offloaded 18,000 pounds of cocaine in Miami",
            "",
        ),
        (
            "Washington decertified Colombia on Sept. 15, 2025.",
            "agreed_act",
            "Washington",
            "Washington decertified Colombia on Sept. 15, 2025",
            "",
        ),
        (
            "Colombia's defense minister, Pedro Sánchez, said on X that 17 people were arrested.",
            "claimed",
            "defense minister, Pedro Sánchez",
            "17 people were arrested",
            "",
        ),
    ];
    let mut wrong = Vec::new();
    for (text, kind, speaker, content, condition) in cases {
        let found = first(text);
        let expected = (kind.to_owned(), speaker.to_owned(), content.to_owned(), condition.to_owned());
        if found != expected {
            wrong.push(format!("{text}\n  expected {expected:?}\n  found    {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_personal_allegation_is_counted_and_never_proposed() {
    for text in [
        "El senador acusó al alcalde Juan Pérez de recibir 500 millones de pesos del narcotráfico.",
        "Prosecutors accused Juan Pérez of smuggling 10 tons of cocaine.",
        "Sen. Bernie Moreno called Petro a drug trafficker.",
        "La Fiscalía acusó al exgobernador Luis Pérez Gómez de lavado de activos por 12.000 millones de pesos.",
    ] {
        let found = reading(text);
        assert_eq!(found.personal_allegations, 1, "{text}");
        assert!(found.claims.is_empty() && found.quantities.is_empty(), "{text}");
        let json = serde_json::to_value(&found.left_out).unwrap().to_string();
        assert!(
            json.contains("personal_allegation") && !json.contains("Juan") && !json.contains("Moreno"),
            "{json}"
        );
    }
    // Nobody is named: the figure stands.
    let found = reading("Colombia extradited 12 people accused of trafficking in 2021.");
    assert_eq!((found.personal_allegations, found.quantities.len()), (0, 1));
}

#[test]
fn a_quotation_of_several_sentences_has_one_speaker() {
    let found = reading(
        "“We are suspending intelligence sharing with the United States. This measure will remain as long as attacks continue. The drug trade must end,” President Gustavo Petro said.",
    );
    let speakers: Vec<_> = found.claims.iter().map(|claim| claim.recognised().speaker).collect();
    assert_eq!(speakers.len(), 3);
    assert!(speakers.iter().all(|speaker| *speaker == speakers[0] && speaker.is_some()));
}

#[test]
fn dates_are_intervals_from_the_day_of_publication() {
    let cases = [
        ("It happened last year.", "2024-01-01..2024-12-31"),
        ("Ocurrió el martes.", "2025-11-11..2025-11-11"),
        ("In September 2017 it fell.", "2017-09-01..2017-09-30"),
        ("en septiembre de 2017", "2017-09-01..2017-09-30"),
        ("by the end of 2018", "null..2018-12-31"),
        ("antes de 2026", "null..2025-12-31"),
        ("Since September it rose.", "2025-09-01..2025-11-14"),
        ("hace dos años", "2023-01-01..2023-12-31"),
        ("en los últimos seis meses", "2025-05-14..2025-11-14"),
        ("en el primer semestre de 2023", "2023-01-01..2023-06-30"),
        ("fiscal 2024", "2023-10-01..2024-09-30"),
        ("el 4 de octubre de 2022", "2022-10-04..2022-10-04"),
        ("October 4, 2022", "2022-10-04..2022-10-04"),
        ("between 2016 and 2020", "2016-01-01..2020-12-31"),
        ("el mes pasado", "2025-10-01..2025-10-31"),
        ("2017-09-30", "2017-09-30..2017-09-30"),
        ("a mediados de 2018", "2018-05-01..2018-08-31"),
        ("the 1990s", "1990-01-01..1999-12-31"),
    ];
    let mut wrong = Vec::new();
    for (text, expected) in cases {
        let found = reading(text);
        let json = serde_json::to_value(&found.dates).unwrap();
        let interval = &json[0]["recognised"]["interval"];
        let shown = format!("{}..{}", interval["from"], interval["to"]).replace('"', "");
        if shown != expected {
            wrong.push(format!("{text}: expected {expected}, found {shown}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // Without the day of publication nothing is guessed.
    let document = Document::new("It fell last year.").unwrap();
    let open = read(&document, None, &ActorTable::default());
    assert_eq!(open.dates[0].recognised().interval, None);
}
