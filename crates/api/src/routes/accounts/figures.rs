//! Charts, what moved between two days, and the linter over all figures.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use bitacora_accounts::Day;
use bitacora_accounts::book::Book;
use bitacora_accounts::export::Selection;
use bitacora_accounts::import::{Defects, Imported};
use bitacora_accounts::lint::{Finding, lint};
use bitacora_accounts::observation::Digest;
use bitacora_accounts::{Observation, SeriesId, Source};
use bitacora_primitives::Ability;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{When, download, page};
use crate::accounts::{Written, export, view};
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
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ChartOf {
    as_of: Option<String>,
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
    let when = When { as_of: ask.as_of, place: None };
    page(&state, when, move |page| view::chart(page, &indicator, ask.pooled)).await.map(Json)
}

/// The chart's points, a line each.
#[utoipa::path(get, path = "/api/accounts/charts/{indicator}/csv", tag = "accounts",
    params(("indicator" = String, Path), ("as_of" = Option<String>, Query)),
    responses((status = 200, body = String), (status = 400, body = ApiErrorBody), (status = 401, body = ApiErrorBody),
        (status = 403, body = ApiErrorBody), (status = 404, body = ApiErrorBody)))]
async fn chart_csv(
    who: SignedIn,
    State(state): State<AppState>,
    Segment(indicator): Segment<String>,
    Asked(ask): Asked<ChartOf>,
) -> Result<Response, ApiError> {
    who.may(Ability::Export)?;
    let when = When { as_of: ask.as_of, place: None };
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
    page(&state, When::default(), |page| Ok(Json(linted(&page.book).iter().map(shape).collect()))).await
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExportOf {
    format: Option<String>,
    series: Option<String>,
    as_of: Option<String>,
}

/// All figures, or those of a series, for others' programs. Without a day every vintage.
#[utoipa::path(get, path = "/api/accounts/export", tag = "accounts",
    params(("format" = Option<String>, Query, description = "csv, sdmx, csvw or prov"), ("series" = Option<String>, Query),
        ("as_of" = Option<String>, Query)),
    responses((status = 200, body = String), (status = 400, body = ApiErrorBody), (status = 401, body = ApiErrorBody),
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

/// Figures as the files that they came in.
pub(super) fn linted(book: &Book) -> Vec<Finding> {
    let mut files: Vec<(Digest, Imported<Observation>)> = Vec::new();
    for (_, own) in book.ledger().observations() {
        let digest = match &own.source {
            Source::Named { file, .. } => *file,
            Source::Document { document, .. } => *document,
        };
        match files.iter_mut().find(|(known, _)| *known == digest) {
            Some((_, imported)) => imported.rows.push(own.clone()),
            None => files.push((
                digest,
                Imported { file: digest, rows: vec![own.clone()], defects: Defects::default() },
            )),
        }
    }
    let named: Vec<(&str, &Imported<Observation>)> =
        files.iter().map(|(digest, imported)| (book.file_name(digest).unwrap_or("-"), imported)).collect();
    lint(&named)
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
