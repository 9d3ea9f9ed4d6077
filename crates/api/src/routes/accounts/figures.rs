//! Charts, what moved between two days, and the linter over all figures.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use bitacora_accounts::Day;
use bitacora_accounts::SeriesId;
use bitacora_accounts::export::Selection;
use bitacora_accounts::lint::Finding;
use bitacora_primitives::Ability;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{When, download, page};
use crate::accounts::{ReportAsk, Written, checks, export, view};
use crate::error::ApiError;
use crate::extract::{Asked, Segment};
use crate::session::SignedIn;
use crate::shapes::{AccountsChart, ApiErrorBody, LintOther, LintShape, Moved};
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(chart))
        .routes(routes!(chart_csv))
        .routes(routes!(moved))
        .routes(routes!(findings))
        .routes(routes!(export_file))
        .routes(routes!(report))
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ChartOf {
    as_of: Option<String>,
    place: Option<String>,
    #[serde(default)]
    pooled: bool,
}

/// Rival curves of an indicator, their hull, revisions, and how published intervals fared.
#[utoipa::path(get, path = "/api/accounts/charts/{indicator}", tag = "accounts",
    params(("indicator" = String, Path), ("as_of" = Option<String>, Query),
        ("pooled" = Option<bool>, Query, description = "the pooled view too: it replaces no source")),
    responses((status = 200, body = AccountsChart), (status = 400, body = ApiErrorBody), (status = 401, body = ApiErrorBody),
        (status = 404, body = ApiErrorBody)))]
async fn chart(
    _: SignedIn,
    State(state): State<AppState>,
    Segment(indicator): Segment<String>,
    Asked(ask): Asked<ChartOf>,
) -> Result<Json<AccountsChart>, ApiError> {
    let when = When { as_of: ask.as_of, place: ask.place };
    page(&state, when, move |page| view::chart(page, &indicator, ask.pooled)).await.map(Json)
}

/// The chart's points, a line each.
#[utoipa::path(get, path = "/api/accounts/charts/{indicator}/csv", tag = "accounts",
    params(("indicator" = String, Path), ("as_of" = Option<String>, Query)),
    responses((status = 200, body = String, content_type = "text/csv"), (status = 400, body = ApiErrorBody), (status = 401, body = ApiErrorBody),
        (status = 403, body = ApiErrorBody), (status = 404, body = ApiErrorBody)))]
async fn chart_csv(
    who: SignedIn,
    State(state): State<AppState>,
    Segment(indicator): Segment<String>,
    Asked(ask): Asked<ChartOf>,
) -> Result<Response, ApiError> {
    who.may(Ability::Export)?;
    let when = When { as_of: ask.as_of, place: ask.place };
    page(&state, when, move |page| {
        let chart = view::chart(page, &indicator, false)?;
        let mut text = "method,year,value,low,high,unit,status,vintage,series,observation\n".to_owned();
        for curve in &chart.curves {
            for point in &curve.points {
                let end = |end: &Option<String>| end.clone().unwrap_or_default();
                text.push_str(&format!(
                    "{},{},{},{},{},{},{},{},{},{}\n",
                    curve.method,
                    point.year,
                    point.value,
                    end(&point.low),
                    end(&point.high),
                    chart.unit,
                    point.status,
                    point.vintage,
                    point.series,
                    point.observation
                ));
            }
        }
        Ok(download(&format!("{indicator}-{}.csv", page.as_of), "text/csv; charset=utf-8", text))
    })
    .await
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Between {
    from: String,
    to: String,
}

/// What the world moved and what the method moved between two days.
#[utoipa::path(get, path = "/api/accounts/moved", tag = "accounts",
    params(("from" = String, Query), ("to" = String, Query)),
    responses((status = 200, body = Moved), (status = 400, body = ApiErrorBody), (status = 401, body = ApiErrorBody)))]
async fn moved(
    _: SignedIn,
    State(state): State<AppState>,
    Asked(ask): Asked<Between>,
) -> Result<Json<Moved>, ApiError> {
    let day = |field, text: &str| text.parse::<Day>().map_err(|error| ApiError::bad(field, error));
    let (from, to) = (day("from", &ask.from)?, day("to", &ask.to)?);
    page(&state, When::default(), move |page| view::moved(page, from, to)).await.map(Json)
}

/// The linter over every figure of the book, file by file.
#[utoipa::path(get, path = "/api/accounts/lint", tag = "accounts",
    responses((status = 200, body = Vec<LintShape>), (status = 401, body = ApiErrorBody)))]
async fn findings(_: SignedIn, State(state): State<AppState>) -> Result<Json<Vec<LintShape>>, ApiError> {
    let accounts = state.accounts.clone();
    page(&state, When::default(), move |page| {
        Ok(Json(accounts.findings(page.store)?.iter().map(shape).collect()))
    })
    .await
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExportOf {
    format: Option<String>,
    series: Option<String>,
    as_of: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReportOf {
    as_of: Option<String>,
    since: Option<String>,
    lang: Option<String>,
    format: Option<String>,
    place: Option<String>,
}

/// The working group's report from one snapshot: the same bytes from the same facts.
#[utoipa::path(get, path = "/api/accounts/report", tag = "accounts",
    params(("as_of" = Option<String>, Query), ("since" = Option<String>, Query, description = "also what moved since then"),
        ("lang" = Option<String>, Query, description = "es or en"), ("format" = Option<String>, Query, description = "pdf or html"),
        ("place" = Option<String>, Query)),
    responses((status = 200, body = Vec<u8>, content_type = "application/pdf"), (status = 400, body = ApiErrorBody),
        (status = 401, body = ApiErrorBody), (status = 403, body = ApiErrorBody)))]
async fn report(
    who: SignedIn,
    State(state): State<AppState>,
    Asked(ask): Asked<ReportOf>,
) -> Result<Response, ApiError> {
    who.may(Ability::Export)?;
    let one_of = |field: &'static str, given: &Option<String>, codes: [&str; 2]| match given.as_deref() {
        None => Ok(true),
        Some(code) if codes.contains(&code) => Ok(Some(code) == codes.first().copied()),
        Some(code) => Err(ApiError::bad(field, format!("`{code}` is none of {}", codes.join(", ")))),
    };
    let (spanish, pdf) =
        (one_of("lang", &ask.lang, ["es", "en"])?, one_of("format", &ask.format, ["pdf", "html"])?);
    let since =
        ask.since.as_deref().map(str::parse).transpose().map_err(|error| ApiError::bad("since", error))?;
    let (accounts, node, version) = (state.accounts.clone(), state.node.name.clone(), state.version.clone());
    page(&state, When { as_of: ask.as_of, place: ask.place }, move |page| {
        let checks = checks(&page.book, &accounts.findings(page.store)?);
        let ask =
            ReportAsk { as_of: page.as_of, since, spanish, pdf, node: &node, version: &version, checks };
        let bytes =
            (accounts.tools().report)(&page.book, &ask).map_err(|why| ApiError::bad("report", why))?;
        let (ending, kind) =
            if pdf { ("pdf", "application/pdf") } else { ("html", "text/html; charset=utf-8") };
        let lang = if spanish { "es" } else { "en" };
        Ok(download(&format!("accounts-{}-{lang}.{ending}", page.as_of), kind, bytes))
    })
    .await
}

/// All figures, or those of a series, for others' programs. Without a day every vintage.
#[utoipa::path(get, path = "/api/accounts/export", tag = "accounts",
    params(("format" = Option<String>, Query, description = "csv, sdmx, csvw or prov"), ("series" = Option<String>, Query),
        ("as_of" = Option<String>, Query)),
    responses((status = 200, content((String = "text/csv"), (serde_json::Value = "application/json"))), (status = 400, body = ApiErrorBody), (status = 401, body = ApiErrorBody),
        (status = 403, body = ApiErrorBody)))]
async fn export_file(
    who: SignedIn,
    State(state): State<AppState>,
    Asked(ask): Asked<ExportOf>,
) -> Result<Response, ApiError> {
    who.may(Ability::Export)?;
    let format = ask.format.unwrap_or_else(|| "csv".to_owned());
    let written = Written::ALL.iter().find(|(code, _)| *code == format).map(|(_, written)| *written);
    let written = written
        .ok_or_else(|| ApiError::bad("format", format!("`{format}` is none of csv, sdmx, csvw, prov")))?;
    let series = ask
        .series
        .as_deref()
        .map(SeriesId::read)
        .transpose()
        .map_err(|error| ApiError::bad("series", error))?;
    let known_on =
        ask.as_of.as_deref().map(str::parse).transpose().map_err(|error| ApiError::bad("as_of", error))?;
    let title = state.node.name.clone();
    page(&state, When::default(), move |page| {
        let selection = Selection { series, known_on };
        let bytes = export(&page.book, written, &selection, &title)
            .map_err(|error| ApiError::bad("series", error))?;
        Ok(download(&format!("accounts.{}", written.ending()), written.content_type(), bytes))
    })
    .await
}

fn shape(own: &Finding) -> LintShape {
    LintShape {
        code: own.code.code(),
        file: own.at.file.to_string(),
        line: own.at.line,
        series: own.series.as_ref().map(ToString::to_string).unwrap_or_default(),
        arithmetic: own
            .arithmetic
            .as_ref()
            .map(ToString::to_string)
            .or_else(|| own.text.clone())
            .unwrap_or_default(),
        stated: own.arithmetic.as_ref().map(|arithmetic| arithmetic.stated.to_string()),
        others: own.others.iter().map(|at| LintOther { file: at.file.to_string(), line: at.line }).collect(),
    }
}
