//! What the data folder holds about the sea: `anchorages.csv`, `areas.geojson` and a coastline under `gshhg/`. Each is
//! optional. One that cannot be used is told with its place and reason, and the node goes on without it.

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bitacora_feeds::coast::{self, Antarctica};
use bitacora_feeds::{areas, ports};
use bitacora_sea::Charts;
use bitacora_sea::behaviour::area::shape::Areas;
use bitacora_sea::behaviour::integrity::land::Land;
use bitacora_sea::behaviour::port_visit::anchorages::Anchorages;

/// The coastlines of GSHHG, finest first.
const SHORES: [&str; 5] = ["gshhs_f.b", "gshhs_h.b", "gshhs_i.b", "gshhs_l.b", "gshhs_c.b"];

/// Reads what is there. `refused` is told of each file, row or feature that is left out.
pub(crate) fn load(folder: &Path, mut refused: impl FnMut(&Path, &dyn Display)) -> Arc<Charts> {
    Arc::new(Charts {
        anchorages: anchorages(&folder.join("anchorages.csv"), &mut refused),
        areas: named_areas(&folder.join("areas.geojson"), &mut refused),
        land: land(&folder.join("gshhg"), &mut refused),
    })
}

/// As a command says it: one line each to standard error.
pub(crate) fn load_aloud(folder: &Path) -> Arc<Charts> {
    load(folder, |path, why| eprintln!("{}: {why}", path.display()))
}

/// Name, bytes and time of change of every chart that is there: what tells whether another was put in its place.
pub(crate) fn stamps(folder: &Path) -> Vec<(String, u64, String)> {
    let names = ["anchorages.csv", "areas.geojson"].map(str::to_owned);
    let shores = SHORES.map(|name| format!("gshhg/{name}"));
    let stamp = |name: String| {
        let found = std::fs::metadata(folder.join(&name)).ok()?;
        let changed = found.modified().ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
        Some((name, found.len(), changed.as_nanos().to_string()))
    };
    names.into_iter().chain(shores).filter_map(stamp).collect()
}

type Refused<'a> = &'a mut dyn FnMut(&Path, &dyn Display);

/// The file's bytes; `None` where there is no such file, or it cannot be read, which is told.
fn bytes(path: &Path, refused: Refused<'_>) -> Option<Vec<u8>> {
    match std::fs::read(path) {
        Ok(bytes) => Some(bytes),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => {
            refused(path, &error);
            None
        }
    }
}

fn anchorages(path: &Path, refused: Refused<'_>) -> Anchorages {
    let Some(bytes) = bytes(path, refused) else { return Anchorages::default() };
    match ports::anchorages(&bytes) {
        Ok((all, left_out)) => {
            left_out.iter().for_each(|one| refused(path, one));
            Anchorages::new(all)
        }
        Err(error) => {
            refused(path, &error);
            Anchorages::default()
        }
    }
}

fn named_areas(path: &Path, refused: Refused<'_>) -> Areas {
    let Some(bytes) = bytes(path, refused) else { return Areas::default() };
    match areas::areas(&bytes) {
        Ok((found, left_out)) => {
            left_out.iter().for_each(|one| refused(path, one));
            found
        }
        Err(error) => {
            refused(path, &error);
            Areas::default()
        }
    }
}

fn land(folder: &Path, refused: Refused<'_>) -> Option<Land> {
    let files: Vec<PathBuf> = SHORES.iter().map(|name| folder.join(name)).collect();
    let path = files.iter().find(|path| path.is_file())?;
    match coast::read(&bytes(path, refused)?, Antarctica::default()) {
        Ok(coast) => Some(coast.land),
        Err(error) => {
            refused(path, &error);
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bitacora_sea::Kind;

    #[test]
    fn a_bad_chart_is_told_with_its_place_and_the_others_are_read() {
        let folder = std::env::temp_dir().join(format!("bitacora-charts-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("gshhg")).unwrap();
        let mut told = Vec::new();
        let mut read = || {
            told.clear();
            let charts = load(&folder, |path, why| {
                told.push(format!("{}: {why}", path.file_name().unwrap().to_string_lossy()));
            });
            (charts, told.clone())
        };
        let (none, said) = read();
        assert!(said.is_empty());
        assert!(none.off().contains(&Kind::PortVisit) && none.off().contains(&Kind::OnLand));
        std::fs::write(folder.join("anchorages.csv"), "id,lat,lon\nCartagena,10.41,-75.51\nBad,x,y\n")
            .unwrap();
        std::fs::write(folder.join("areas.geojson"), "{}").unwrap();
        std::fs::write(folder.join("gshhg/gshhs_l.b"), [0; 20]).unwrap();
        let (some, said) = read();
        assert_eq!(said.len(), 3, "{said:?}");
        assert!(said[0].starts_with("anchorages.csv: row 3: "), "{said:?}");
        assert!(
            said[1].starts_with("areas.geojson: ") && said[2].starts_with("gshhs_l.b: polygon at byte 0"),
            "{said:?}"
        );
        assert_eq!(some.anchorages.len(), 1);
        assert!(!some.off().contains(&Kind::PortVisit) && some.off().contains(&Kind::AreaEntry));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
