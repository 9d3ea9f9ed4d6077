//! Times counted from the day of publication: "last year", "el martes", "hace dos años", "in the past six months".

use jiff::civil::Date;

use crate::reading::calendar::{Interval, date, shifted, week, weekday_before};
use crate::reading::date::{Context, Core, weekday_at};
use crate::reading::number::{Separators, number};
use crate::reading::token::Words;

/// Phrases with the unit and the step that they mean.
const NAMED: &[(&[&str], char, i64)] = &[
    (&["today", "hoy", "tonight"], 'd', 0),
    (&["yesterday", "ayer"], 'd', -1),
    (&["tomorrow"], 'd', 1),
    (&["anteayer", "the day before yesterday"], 'd', -2),
    (&["this week", "esta semana"], 'w', 0),
    (&["last week", "la semana pasada", "semana pasada", "past week", "pasada semana"], 'w', -1),
    (&["next week", "la proxima semana", "proxima semana", "semana que viene"], 'w', 1),
    (&["this month", "este mes"], 'm', 0),
    (&["last month", "mes pasado", "pasado mes"], 'm', -1),
    (&["next month", "proximo mes", "mes que viene"], 'm', 1),
    (
        &[
            "this year",
            "este ano",
            "so far this year",
            "en lo que va del ano",
            "en lo que va de ano",
            "lo corrido del ano",
            "lo corrido de este ano",
            "presente ano",
            "year to date",
        ],
        'y',
        0,
    ),
    (&["last year", "ano pasado", "pasado ano", "past year"], 'y', -1),
    (&["next year", "proximo ano", "ano que viene", "ano proximo"], 'y', 1),
    (&["later this year"], 'l', 0),
    (&["earlier this year"], 'e', 0),
];

pub(crate) fn relative(words: &Words<'_, '_>, at: usize, context: Context) -> Option<Core> {
    let named = NAMED
        .iter()
        .filter_map(|(phrases, unit, step)| Some((words.any(at, phrases)?, *unit, *step)))
        .max_by_key(|(length, _, _)| *length);
    if let Some((length, unit, step)) = named {
        let interval = context.published.and_then(|day| stepped(day, unit, step));
        return Some(Core::relative(at + length, interval));
    }
    // "the previous year" hangs on another date in the text.
    if let Some(length) =
        words.any(at, &["previous year", "year before", "ano anterior", "ano previo", "prior year"])
    {
        return Some(Core::relative(at + length, None));
    }
    if let Some(day) = weekday_at(words, at) {
        let before = words.before(at, 1);
        let after = words.key(at + 1);
        let last = matches!(before, "last" | "pasado") || after == "pasado";
        let next = matches!(before, "next" | "proximo") || after == "proximo" || context.future && !last;
        let interval = context.published.and_then(|published| {
            let nearest = weekday_before(published, day)?;
            match (next, last && nearest == published) {
                (true, _) if nearest != published => shifted(nearest, 0, 0, 7),
                (false, true) => shifted(nearest, 0, 0, -7),
                _ => Some(nearest),
            }
        });
        let end = at + 1 + usize::from(matches!(after, "pasado" | "proximo"));
        return Some(Core::relative(end, interval.map(Interval::day)));
    }
    ago(words, at, context)
}

fn stepped(day: Date, unit: char, step: i64) -> Option<Interval> {
    match unit {
        'd' => Some(Interval::day(shifted(day, 0, 0, step)?)),
        'w' => week(shifted(day, 0, 0, 7 * step)?),
        'm' => {
            let first = shifted(date(day.year(), day.month(), 1)?, 0, step, 0)?;
            Interval::month(first.year(), first.month())
        }
        'l' => Some(Interval::between(day, date(day.year(), 12, 31)?)),
        'e' => Some(Interval::between(date(day.year(), 1, 1)?, day)),
        _ => {
            let year = day.year().checked_add(i16::try_from(step).ok()?)?;
            Interval::years(year, year)
        }
    }
}

/// A number of years, months, weeks or days: months and days of it, and its end.
fn length(words: &Words<'_, '_>, at: usize, context: Context) -> Option<(i64, i64, usize)> {
    let (count, end) = match words.key(at) {
        "a" | "an" | "un" | "una" => (1, at + 1),
        _ => match number(words, at, context.language, Separators::default()) {
            Some(number) => (number.amount.integer()?, number.end),
            None => (1, at),
        },
    };
    (1..=2_000).contains(&count).then_some(())?;
    let (months, days) = match words.key(end) {
        "year" | "years" | "ano" | "anos" => (12 * count, 0),
        "decade" | "decades" | "decada" | "decadas" => (120 * count, 0),
        "month" | "months" | "mes" | "meses" => (count, 0),
        "week" | "weeks" | "semana" | "semanas" => (0, 7 * count),
        "day" | "days" | "dia" | "dias" => (0, count),
        _ => return None,
    };
    Some((months, days, end + 1))
}

fn ago(words: &Words<'_, '_>, at: usize, context: Context) -> Option<Core> {
    let (inner, spanish) = if words.key(at) == "hace" {
        (at + 1 + usize::from(matches!(words.key(at + 1), "mas" | "casi" | "unos")), true)
    } else {
        (at, false)
    };
    let inner = inner + usize::from(spanish && words.key(inner) == "de");
    let (months, days, end) = length(words, inner, context)?;
    let end = if spanish {
        end
    } else if matches!(words.key(end), "ago" | "earlier" | "atras") && inner < end - 1 {
        end + 1
    } else {
        return None;
    };
    // Two years ago is a year, ten days ago a day: as exact as the unit that was counted in.
    let interval = context.published.and_then(|published| {
        let day = shifted(published, 0, -months, -days)?;
        match (months, days) {
            (12.., _) if months % 12 == 0 => Interval::years(day.year(), day.year()),
            (1.., _) => Interval::month(day.year(), day.month()),
            (_, 7..) if days % 7 == 0 => week(day),
            _ => Some(Interval::day(day)),
        }
    });
    Some(Core::relative(end, interval))
}

/// "in the past six months", "en los últimos dos años", "over the next decade", "within 60 days", "en un plazo de
/// 60 días".
pub(crate) fn during(words: &Words<'_, '_>, at: usize, context: Context) -> Option<Core> {
    const PAST: &[&str] = &[
        "the past",
        "the last",
        "past",
        "last",
        "los ultimos",
        "las ultimas",
        "ultimos",
        "ultimas",
        "la ultima",
        "el ultimo",
    ];
    const COMING: &[&str] = &[
        "the next",
        "the coming",
        "los proximos",
        "las proximas",
        "proximos",
        "proximas",
        "within",
        "within the next",
        "en un plazo de",
        "plazo de",
        "dentro de",
        "un plazo maximo de",
        "la proxima",
    ];
    let past = words.any(at, PAST);
    let skip = past.or_else(|| words.any(at, COMING))?;
    let inner = at + skip;
    let bare = matches!(words.key(inner), "a" | "an" | "un" | "una");
    if bare && past.is_some() {
        return None;
    }
    let (months, days, end) = length(words, inner, context)?;
    let interval = context.published.and_then(|day| {
        Some(if past.is_some() {
            Interval::between(shifted(day, 0, -months, -days)?, day)
        } else {
            Interval::between(day, shifted(day, 0, months, days)?)
        })
    });
    Some(Core::relative(end, interval))
}
