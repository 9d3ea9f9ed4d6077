//! Numbers that are no figures: telephones, addresses, scores, ages, names of laws and roads, clock times. Each is
//! left out with its reason; none is dropped without one.

use serde::Serialize;

use crate::reading::number::{Number, Shape};
use crate::reading::token::{Kind, Words};
use crate::reading::unit::unit_at;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WhyLeft {
    Telephone,
    Address,
    /// The number of a law, a decree, a file, a page, a vehicle, a unit.
    NameNumber,
    Score,
    Age,
    ClockTime,
    /// "1. Skip to content".
    ListItem,
    Ordinal,
    /// "9/11", "24/7".
    Slashed,
    Coordinate,
    /// "million-dollar question".
    Idiom,
    /// "thousands of", "decenas de".
    VagueCount,
    /// A number that counts nothing the table or the sentence names.
    NothingCounted,
    /// Digits that are no number in either way of writing.
    NotANumber,
    /// It stands in a personal allegation.
    PersonalAllegation,
}

const NAMERS: &[&str] = &[
    "no",
    "nos",
    "nº",
    "n°",
    "num",
    "numero",
    "number",
    "resolution",
    "resolucion",
    "ley",
    "law",
    "act",
    "decreto",
    "decree",
    "conpes",
    "article",
    "articulo",
    "art",
    "section",
    "seccion",
    "chapter",
    "capitulo",
    "page",
    "pagina",
    "pag",
    "p",
    "pp",
    "title",
    "bill",
    "order",
    "eo",
    "expediente",
    "radicado",
    "case",
    "docket",
    "sentencia",
    "route",
    "ruta",
    "highway",
    "interstate",
    "flight",
    "vuelo",
    "room",
    "block",
    "frente",
    "brigada",
    "brigade",
    "batallon",
    "version",
    "paragraph",
    "parrafo",
    "annex",
    "anexo",
    "tabla",
    "table",
    "figure",
    "figura",
    "grafico",
    "id",
    "isbn",
    "issn",
    "nit",
    "cedula",
    "covid",
    "zip",
    "box",
    "channel",
    "canal",
    "top",
    "group",
    "agenda",
    "grado",
    "estrato",
    "comunicado",
    "boletin",
    "communique",
    "circular",
    "acta",
    "auto",
    "file",
    "photo",
    "chapter",
    "day",
    "dia",
    "numeral",
    "imo",
    "mmsi",
];
const STREETS: &[&str] = &[
    "calle",
    "carrera",
    "cra",
    "cl",
    "avenida",
    "av",
    "avda",
    "diagonal",
    "transversal",
    "autopista",
    "piso",
    "oficina",
    "suite",
    "kilometro",
];
const STREETS_AFTER: &[&str] =
    &["street", "avenue", "ave", "road", "rd", "boulevard", "blvd", "nw", "ne", "sw", "se", "floor", "lane"];
const PHONES: &[&str] = &[
    "tel",
    "telephone",
    "phone",
    "telefono",
    "telefonos",
    "celular",
    "llame",
    "llamar",
    "call",
    "linea",
    "hotline",
    "whatsapp",
    "fax",
    "pbx",
    "marque",
    "dial",
    "text",
    "ext",
];
const GAMES: &[&str] = &[
    "beat", "goals", "goal", "match", "partido", "vencio", "gano", "empate", "empato", "score", "marcador",
    "goles", "derroto", "defeated", "final", "won", "vote", "votes", "voted", "lost", "drew", "game",
    "perdio", "ruling", "win", "victory", "victoria",
];

pub(crate) fn trap(words: &Words<'_, '_>, number: &Number, marked: bool) -> Option<WhyLeft> {
    let (first, end) = (number.first, number.end);
    let (before, after) = (words.before(first, 1), words.key(end));
    let hyphen_before = matches!(before, "-" | "–") && words.glued(first);
    if number.shape == Shape::Digits && !marked {
        if telephone(words, first, end) {
            return Some(WhyLeft::Telephone);
        }
        let near = words.find(first.saturating_sub(3), first, STREETS).is_some();
        let joined = matches!(after, "-" | "#") || matches!(before, "-" | "#");
        let unit = unit_at(words, end);
        if (near && (unit.is_none() || joined)) || street_after(words, end) {
            return Some(WhyLeft::Address);
        }
        if words.glued(end) && matches!(after, "st" | "nd" | "rd" | "th" | "º" | "ª" | "°")
            || after == "." && matches!(words.key(end + 1), "º" | "ª")
            || matches!(after, "vo" | "er" | "ra" | "ro" | "va") && words.glued(end)
        {
            let degrees = after == "°"
                || after == "º"
                    && (words.is(end + 1, Kind::Number)
                        || matches!(words.key(end + 1), "c" | "n" | "s" | "w" | "e" | "o"));
            return Some(if degrees { WhyLeft::Coordinate } else { WhyLeft::Ordinal });
        }
        if matches!(after, ":") && words.glued(end) && words.is(end + 1, Kind::Number) && words.glued(end + 1)
            || before == ":"
                && words.glued(first)
                && first.checked_sub(2).is_some_and(|at| words.is(at, Kind::Number))
            || matches!(after, "a.m." | "p.m." | "am" | "pm" | "gmt" | "utc" | "hrs")
            || matches!(after, "a" | "p") && words.key(end + 1) == "." && words.key(end + 2) == "m"
            || before == "las"
                && words.key(first).len() <= 2
                && matches!(words.before(first, 2), "a" | "desde" | "de")
                && unit.is_none()
        {
            return Some(WhyLeft::ClockTime);
        }
        if after == "/" && words.glued(end) || before == "/" && words.glued(first) {
            return Some(WhyLeft::Slashed);
        }
        let opens = words.token(first).is_some_and(|token| token.line_start);
        if opens
            && matches!(after, "." | ")" | ".-")
            && words.token(first).is_some_and(|token| token.text.len() <= 2)
            || opens && after.is_empty()
        {
            return Some(WhyLeft::ListItem);
        }
        if hyphen_before
            && words.token(first - 2).is_some_and(|token| token.kind == Kind::Word)
            && words.glued(first - 1)
        {
            return Some(WhyLeft::NameNumber);
        }
        let full = before == "." && NAMERS.contains(&words.before(first, 2));
        let named =
            before == "#" || full || NAMERS.contains(&before) && !(before == "no" && lower_no(words, first));
        let capital = first.checked_sub(1).is_some_and(|at| words.capital(at));
        let weak = matches!(
            before,
            "act"
                | "case"
                | "order"
                | "figure"
                | "file"
                | "table"
                | "photo"
                | "group"
                | "day"
                | "dia"
                | "auto"
                | "block"
                | "box"
                | "room"
                | "p"
                | "text"
                | "top"
                | "canal"
                | "channel"
                | "agenda"
                | "bill"
                | "title"
        );
        if named && (!weak || capital || before == "top") {
            return Some(WhyLeft::NameNumber);
        }
    }
    if age(words, first, end) {
        return Some(WhyLeft::Age);
    }
    let game = words.find(first.saturating_sub(12), end + 12, GAMES).is_some();
    if number.shape == Shape::Digits && !marked && game {
        let pair = matches!(after, "-" | "–")
            && words.is(end + 1, Kind::Number)
            && unit_at(words, end + 2).is_none()
            || hyphen_before
                && first.checked_sub(2).is_some_and(|at| words.is(at, Kind::Number))
                && unit_at(words, end).is_none();
        if pair {
            return Some(WhyLeft::Score);
        }
    }
    None
}

/// "dijo que no 50": the negation, not the abbreviation.
fn lower_no(words: &Words<'_, '_>, first: usize) -> bool {
    first.checked_sub(1).and_then(|at| words.token(at)).is_some_and(|token| token.text == "no")
}

fn street_after(words: &Words<'_, '_>, end: usize) -> bool {
    (end..end + 3).any(|at| words.capital(at) && STREETS_AFTER.contains(&words.key(at)))
}

/// Three or more groups of digits, a plus sign, or a word that announces a telephone.
fn telephone(words: &Words<'_, '_>, first: usize, end: usize) -> bool {
    let announced =
        words.find(first.saturating_sub(4), first, PHONES).is_some() && unit_at(words, end).is_none();
    let plus = words.before(first, 1) == "+"
        && words.glued(first)
        && words.token(first).is_some_and(|token| token.text.len() <= 3);
    let group = |at: usize| {
        words.is(at, Kind::Number)
            && words.key(at).len() <= 4
            && words.key(at).bytes().all(|b| b.is_ascii_digit())
    };
    let dash = |at: usize| matches!(words.key(at), "-" | "–") && words.glued(at);
    let forward = dash(end) && group(end + 1) && dash(end + 2) && group(end + 3);
    let middle = first >= 2 && dash(first - 1) && group(first - 2) && dash(end) && group(end + 1);
    let last = first >= 4 && dash(first - 1) && group(first - 2) && dash(first - 3) && group(first - 4);
    let bracket = first >= 1
        && words.before(first, 1) == "("
        && words.key(end) == ")"
        && group(end + 1)
        && dash(end + 2);
    let pair = dash(end) && words.key(first).len() == 3 && words.key(end + 1).len() == 4 && group(end + 1)
        || first >= 2
            && dash(first - 1)
            && words.key(first - 2).len() == 3
            && words.key(first).len() == 4
            && group(first - 2);
    let whole =
        words.key(first).len() == 10 && words.key(first).starts_with('3') && unit_at(words, end).is_none();
    announced || plus || forward || middle || last || bracket || pair || whole
}

fn age(words: &Words<'_, '_>, first: usize, end: usize) -> bool {
    let dash = usize::from(words.key(end) == "-");
    let unit = end + dash;
    let years = matches!(words.key(unit), "year" | "years" | "ano" | "anos" | "month" | "months");
    let old = words.key(unit + 1 + usize::from(words.key(unit + 1) == "-")) == "old"
        || words.any(unit + 1, &["de edad"]).is_some();
    let of = words.key(unit) == "anos"
        && words.before(first, 1) == "de"
        && (words.before(first, 2) == "," || first.checked_sub(2).is_some_and(|at| words.capital(at)));
    let commas = words.before(first, 1) == ","
        && words.key(end) == ","
        && first.checked_sub(2).is_some_and(|at| words.capital(at))
        && first.checked_sub(3).is_some_and(|at| words.capital(at))
        && words.key(first).len() == 2
        && words.is(first, Kind::Number);
    years && (old || of) || matches!(words.before(first, 1), "aged" | "age") || commas
}

/// "thousands of", "decenas de miles de", "dozens of": how many, nobody says.
pub(crate) fn vague(words: &Words<'_, '_>, at: usize) -> Option<usize> {
    let plural = matches!(
        words.key(at),
        "dozens"
            | "hundreds"
            | "thousands"
            | "millions"
            | "billions"
            | "tens"
            | "scores"
            | "decenas"
            | "docenas"
            | "centenares"
            | "cientos"
            | "miles"
            | "centenas"
    );
    (plural && matches!(words.key(at + 1), "of" | "de")).then_some(at + 2)
}

/// "a million-dollar question", "multi-million": a way of speaking.
pub(crate) fn idiom(words: &Words<'_, '_>, at: usize) -> Option<usize> {
    let scale = matches!(words.key(at), "million" | "billion" | "thousand" | "hundred" | "trillion");
    let bare =
        !words.is(at.saturating_sub(1), Kind::Number) && words.key(at + 1) == "-" && words.glued(at + 1);
    let article = matches!(words.before(at, 1), "a" | "the" | "-" | "another" | "his" | "her" | "");
    if scale && bare && article {
        return Some(at + 3);
    }
    let spanish = words.any(
        at,
        &[
            "el millon",
            "pregunta del millon",
            "la pregunta del millon",
            "mil y una",
            "a mil por hora",
            "once upon",
        ],
    );
    spanish.filter(|_| words.key(at) != "el").map(|length| at + length)
}
