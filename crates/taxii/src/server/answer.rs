//! The messages of TAXII 2.1, 4 and 5, as they are written. Empty lists are left out, as the standard wants it.

use serde::Serialize;

use crate::backend::{self, Entry};
use crate::media::TAXII_21;
use crate::server::{ApiRoot, Limits};
use crate::times;

/// 4.1.1
#[derive(Serialize)]
pub(super) struct Discovery<'a> {
    pub(super) title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) contact: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) default: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) api_roots: Vec<String>,
}

/// 4.2.1
#[derive(Serialize)]
pub(super) struct Root<'a> {
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    versions: [&'static str; 1],
    max_content_length: usize,
}

pub(super) fn root<'a>(root: &'a ApiRoot, limits: &Limits) -> Root<'a> {
    Root {
        title: &root.title,
        description: root.description.as_deref(),
        versions: [TAXII_21],
        max_content_length: limits.content_bytes,
    }
}

/// 5.1.1
#[derive(Serialize)]
pub(super) struct Collections {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) collections: Vec<backend::Collection>,
}

/// 4.3.1
#[derive(Serialize)]
pub(super) struct Status<'a> {
    id: &'a str,
    status: &'static str,
    request_timestamp: String,
    total_count: usize,
    success_count: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    successes: Vec<Detail<'a>>,
    failure_count: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    failures: Vec<Detail<'a>>,
    pending_count: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pendings: Vec<Detail<'a>>,
}

/// 4.3.2
#[derive(Serialize)]
struct Detail<'a> {
    id: &'a str,
    version: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
}

impl<'a> Status<'a> {
    pub(super) fn of(status: &'a backend::Status) -> Self {
        let details = |list: &'a [backend::Detail]| -> Vec<Detail<'a>> {
            let detail = |one: &'a backend::Detail| Detail {
                id: &one.id,
                version: times::version(one.version),
                message: one.message.as_deref(),
            };
            list.iter().map(detail).collect()
        };
        let (done, failed, pending) = (status.successes.len(), status.failures.len(), status.pendings.len());
        Self {
            id: &status.id,
            status: if pending == 0 { "complete" } else { "pending" },
            request_timestamp: times::micros(status.request_timestamp),
            total_count: done + failed + pending,
            success_count: done,
            successes: details(&status.successes),
            failure_count: failed,
            failures: details(&status.failures),
            pending_count: pending,
            pendings: details(&status.pendings),
        }
    }
}

/// 5.3.2
#[derive(Serialize)]
pub(super) struct Record<'a> {
    id: &'a str,
    date_added: String,
    version: String,
    media_type: &'static str,
}

impl<'a> Record<'a> {
    pub(super) fn of(entry: &'a Entry) -> Self {
        Self {
            id: &entry.id,
            date_added: times::micros(entry.date_added),
            version: times::version(entry.version),
            media_type: entry.spec_version.media_type(),
        }
    }
}
