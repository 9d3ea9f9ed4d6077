//! A folder or a server that takes no data is told before any fact is claimed stored.

use std::error::Error as _;
use std::net::TcpListener;
use std::process::Command;

use bitacora_store::{ExchangeStore, Store, StoreError};

use crate::fixture::*;

#[test]
fn a_file_in_place_of_the_folder_is_told() {
    let folder = Folder::new();
    let file = folder.path().join("taken");
    std::fs::write(&file, b"").unwrap();
    let error = Store::open(&file, None).unwrap_err();
    assert!(matches!(&error, StoreError::NotAFolder { path } if *path == file), "{error}");
    let below = Store::open(&file.join("data"), None).unwrap_err();
    assert_eq!(below.code(), "store_not_a_folder", "{below}");
}

/// A small file system of its own, mounted where the tests may mount.
struct Mounted(Folder);

impl Mounted {
    fn tmpfs(size: &str) -> Option<Self> {
        let folder = Folder::new();
        let options = format!("size={size}");
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(folder.path()).output();
        if mounted.is_ok_and(|done| done.status.success()) {
            return Some(Self(folder));
        }
        println!("skipped: this user may not mount a small file system");
        None
    }
    fn read_only(&self) {
        let status = Command::new("mount").args(["-o", "remount,ro"]).arg(self.0.path()).status().unwrap();
        assert!(status.success());
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        drop(Command::new("umount").arg(self.0.path()).status());
    }
}

#[test]
fn a_read_only_folder_is_told_on_opening_and_on_committing() {
    let Some(mounted) = Mounted::tmpfs("16m") else { return };
    let data = mounted.0.path().join("data");
    drop(Store::open(&data, None).unwrap());
    mounted.read_only();
    let error = Store::open(&data, None).unwrap_err();
    assert!(matches!(&error, StoreError::ReadOnly { path } if *path == data), "{error}");
}

#[test]
fn a_full_disk_is_told_and_nothing_of_the_batch_is_claimed() {
    let Some(mounted) = Mounted::tmpfs("3m") else { return };
    let data = mounted.0.path().join("data");
    let store = Store::open(&data, None).unwrap();
    store.register_source(&recording()).unwrap();
    let mut line = 0;
    let error = loop {
        let mut next = batch(line + 5000);
        next.positions =
            (line + 1..=line + 5000).map(|line| fix(line, line as i64, line as u32 * 7 % 1000)).collect();
        next.events = vec![event(&line.to_string(), 1, 10)];
        match store.commit(&next) {
            Ok(done) => line = done.mark.line,
            Err(error) => break error,
        }
        assert!(line < 10_000_000, "3 MiB never fill");
    };
    assert_eq!(error.code(), "store_full", "{error}: {:?}", error.source());
    assert_eq!(store.latest_mark(source()).unwrap().map_or(0, |mark| mark.line), line);
    let query =
        bitacora_store::PositionQuery { from: at(0), to: at(20_000_000), mmsi: None, limit: usize::MAX };
    assert_eq!(store.positions(&query).unwrap().rows.len() as u64, line);
    drop(store);
    // Not even a probe fits: fill what is left.
    std::fs::write(mounted.0.path().join("filler"), vec![0; 4 << 20]).unwrap_err();
    let error = Store::open(&data, None).unwrap_err();
    assert_eq!(error.code(), "store_full", "{error}");
}

#[test]
fn an_unreachable_server_is_named_and_the_password_is_not() {
    let folder = Folder::new();
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let address = format!("postgresql://ana:s3cret@127.0.0.1:{port}/bitacora");
    let error = Store::open(folder.path(), Some(&address)).unwrap_err();
    let text = error.to_string();
    assert_eq!(error.code(), "store_unreachable");
    assert!(text.contains("127.0.0.1") && text.contains(&port.to_string()), "{text}");
    let whole = format!("{error:?} {text} {:?}", error.source());
    assert!(!whole.contains("s3cret"), "{whole}");
    for bad in ["mysql://ana:s3cret@h/b", "postgresql://ana:s3cret@h:port/b", "s3cret"] {
        let error = Store::open(folder.path(), Some(bad)).unwrap_err();
        assert!(matches!(error, StoreError::BadDatabaseAddress), "{bad}");
        assert!(!format!("{error:?} {error}").contains("s3cret"));
    }
}

#[test]
fn a_server_that_refuses_says_why() {
    let Some(case) = Case::postgresql() else { return };
    let address = case.database.as_deref().unwrap().replace("/case", "/none");
    let error = Store::open(case.folder.path(), Some(&address)).unwrap_err();
    assert!(
        matches!(&error, StoreError::Refused { reason, .. } if reason.contains("does not exist")),
        "{error}"
    );
}

#[test]
fn a_folder_is_not_opened_with_another_database() {
    let case = Case::sqlite();
    let store = case.with_source();
    let mut one = batch(1);
    one.positions = vec![fix(1, 1, 211_000_001)];
    store.commit(&one).unwrap();
    drop(store);
    let database = case.folder.path().join("bitacora.sqlite");
    for suffix in ["", "-wal", "-shm"] {
        drop(std::fs::remove_file(format!("{}{suffix}", database.display())));
    }
    let error = Store::open(case.folder.path(), None).unwrap_err();
    assert!(matches!(error, StoreError::OtherDatabase { .. }), "{error}");
    let kept = std::fs::read_dir(case.folder.path().join("positions/day=2026-11-21")).unwrap().count();
    assert_eq!(kept, 1, "no position file was taken for a stray");
}

#[test]
fn a_newer_programs_store_is_left_alone() {
    let case = Case::sqlite();
    drop(case.open());
    let path = case.folder.path().join("bitacora.sqlite");
    let database = rusqlite::Connection::open(&path).unwrap();
    database.execute("INSERT INTO schema_version VALUES (1000)", []).unwrap();
    let error = Store::open(case.folder.path(), None).unwrap_err();
    assert!(matches!(error, StoreError::Schema { found: 1000, .. }), "{error}");
}

#[test]
fn a_damaged_database_is_told_as_such() {
    let folder = Folder::new();
    std::fs::write(folder.path().join("bitacora.sqlite"), vec![0x5a; 8192]).unwrap();
    let error = Store::open(folder.path(), None).unwrap_err();
    assert_eq!(error.code(), "store_corrupt", "{error}");
}

#[test]
fn what_is_opened_to_read_makes_nothing_sees_what_is_written_beside_and_cannot_be_written() {
    let case = Case::sqlite();
    let absent = case.folder.path().join("absent");
    assert!(Store::open_to_read(&absent, None).unwrap().is_none() && !absent.exists());
    assert!(ExchangeStore::open_to_read(case.folder.path(), None).unwrap().is_none());
    let store = case.with_source();
    let reader = Store::open_to_read(case.folder.path(), None).unwrap().unwrap();
    store.commit(&batch(1)).unwrap();
    let mark = reader.latest_mark(source()).unwrap();
    assert!(mark.is_some() && mark == store.latest_mark(source()).unwrap(), "committed while it was open");
    assert!(matches!(reader.commit(&batch(2)), Err(StoreError::ReadOnly { .. })));
    assert_eq!(store.latest_mark(source()).unwrap(), mark);
}

#[test]
fn a_store_of_another_schema_is_not_read_as_if_it_were_this_one() {
    let case = Case::sqlite();
    drop(case.open());
    let database = rusqlite::Connection::open(case.folder.path().join("bitacora.sqlite")).unwrap();
    database.execute("INSERT INTO schema_version VALUES (1000)", []).unwrap();
    let newer = Store::open_to_read(case.folder.path(), None).unwrap_err();
    assert!(matches!(newer, StoreError::Schema { found: 1000, .. }), "{newer}");
    database
        .execute_batch("DROP TABLE schema_version; CREATE TABLE schema_version (version BIGINT)")
        .unwrap();
    database.execute("INSERT INTO schema_version VALUES (1)", []).unwrap();
    let older = Store::open_to_read(case.folder.path(), None).unwrap_err();
    assert!(matches!(older, StoreError::OldSchema { found: 1, .. }), "{older}");
}
