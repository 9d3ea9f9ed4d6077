//! An archive in an object store, or on a web server that lists its folders (WebDAV). Credentials come from the settings
//! that each kind of store has; nothing is written there.

use std::io;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, parse_url_opts};
use tokio::runtime::Runtime;
use url::Url;

use super::{ArchiveError, ArchiveFile, Ranges};

struct Objects {
    root: String,
    store: Arc<dyn ObjectStore>,
    below: Path,
    /// Many threads wait on it at once.
    runtime: Runtime,
}

pub(super) fn open(
    place: &str,
    settings: impl IntoIterator<Item = (String, String)>,
) -> Result<Arc<dyn Ranges>, ArchiveError> {
    let refuse = |why: String| ArchiveError::Url { url: place.to_owned(), why };
    let url = Url::parse(place).map_err(|error| refuse(error.to_string()))?;
    let settings = settings.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value));
    let (store, below) = parse_url_opts(&url, settings).map_err(|error| refuse(error.to_string()))?;
    over(place, Arc::from(store), below)
}

fn over(root: &str, store: Arc<dyn ObjectStore>, below: Path) -> Result<Arc<dyn Ranges>, ArchiveError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let runtime = runtime.map_err(|error| ArchiveError::File(error.to_string()))?;
    Ok(Arc::new(Objects { root: root.to_owned(), store, below, runtime }))
}

impl Objects {
    fn at(&self, name: &str) -> Path {
        name.split('/').fold(self.below.clone(), |path, part| path.join(part))
    }

    async fn listed(&self) -> object_store::Result<Vec<ArchiveFile>> {
        // Folder by folder: a web server lists no more than one at a time, and a store may hold much else.
        let (mut files, mut folders) = (Vec::new(), vec![self.below.clone()]);
        while let Some(folder) = folders.pop() {
            let list = self.store.list_with_delimiter(Some(&folder)).await?;
            folders.extend(
                list.common_prefixes
                    .into_iter()
                    .filter(|folder| folder.filename().is_none_or(|own| !own.starts_with('.'))),
            );
            for object in
                list.objects.into_iter().filter(|object| object.location.extension() == Some("parquet"))
            {
                let parts = object.location.prefix_match(&self.below).into_iter().flatten();
                let name = parts.map(|part| part.as_ref().to_owned()).collect::<Vec<_>>().join("/");
                let stamp = object.e_tag.unwrap_or_else(|| object.last_modified.to_rfc3339());
                files.push(ArchiveFile { name, bytes: object.size, stamp });
            }
        }
        Ok(files)
    }
}

impl Ranges for Objects {
    fn list(&self) -> Result<Vec<ArchiveFile>, ArchiveError> {
        let told = |error: object_store::Error| ArchiveError::List {
            root: self.root.clone(),
            why: error.to_string(),
        };
        self.runtime.block_on(self.listed()).map_err(told)
    }

    fn read(&self, name: &str, ranges: &[Range<u64>]) -> io::Result<Vec<Bytes>> {
        let at = self.at(name);
        self.runtime.block_on(self.store.get_ranges(&at, ranges)).map_err(io::Error::other)
    }
}

#[cfg(test)]
mod tests {
    use bitacora_primitives::{Instant, Mmsi, SourceId};
    use object_store::memory::InMemory;

    use super::super::Archive;
    use super::*;
    use crate::{Batch, PositionRow, Source, Store};

    #[test]
    fn an_archive_in_an_object_store_gives_the_rows_of_the_folder() {
        let folder = std::env::temp_dir().join(format!("bitacora-objects-{}", std::process::id()));
        drop(std::fs::remove_dir_all(&folder));
        let store = Store::open(&folder, None).unwrap();
        let source = SourceId::of(&[b"s"]);
        let at = Instant::from_secs(1_795_219_200);
        store
            .register_source(&Source {
                id: source,
                kind: "ais".into(),
                name: "s".into(),
                location: "s".into(),
                raw_path: None,
                first_seen: at,
            })
            .unwrap();
        let mut batch = Batch::new(source, 300_000, at);
        batch.positions = (1..=300_000)
            .map(|line| PositionRow {
                time: Instant::from_micros(at.micros() + line as i64 * 1_000),
                received: at,
                mmsi: Mmsi::new(200_000_000 + line as u32 % 50).unwrap(),
                lat: line as f64 * 1e-4,
                lon: -0.1,
                sog_kn: (line % 2 == 0).then_some(3.0),
                cog_deg: None,
                heading_deg: None,
                nav_status: Some(0),
                message_type: 1,
                station: 1,
                flags: 0,
                track: None,
                line,
                offset: Some(line * 40),
                source,
            })
            .collect();
        store.commit(&batch).unwrap();
        let local = Archive::of_store(&store).unwrap();
        let files = local.files().unwrap();
        let memory = Arc::new(InMemory::new());
        let objects =
            over("memory://", Arc::clone(&memory) as Arc<dyn ObjectStore>, Path::from("a/b")).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        for file in &files {
            let bytes = std::fs::read(folder.join("positions").join(&file.name)).unwrap();
            let to = file.name.split('/').fold(Path::from("a/b"), |path, part| path.join(part));
            runtime.block_on(memory.put(&to, bytes.into())).unwrap();
        }
        let remote = Archive { root: "memory://".into(), ranges: objects, named: None };
        let listed = remote.files().unwrap();
        assert_eq!(
            listed.iter().map(|file| (&file.name, file.bytes)).collect::<Vec<_>>(),
            files.iter().map(|file| (&file.name, file.bytes)).collect::<Vec<_>>()
        );
        let (to, mut rows) = (Instant::from_micros(at.micros() + 200_000_000), 0);
        for (own, other) in files.iter().zip(&listed) {
            let (own, other) = (local.read(own).unwrap(), remote.read(other).unwrap());
            assert_eq!(own.groups(), other.groups());
            for group in own.groups() {
                let (own, other) =
                    (own.rows(group.number, at, to).unwrap(), other.rows(group.number, at, to).unwrap());
                rows += own.len();
                assert_eq!(own, other);
            }
        }
        assert_eq!(rows, 199_999);
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
