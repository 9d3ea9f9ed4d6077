//! A throw-away PostgreSQL on a Unix socket in a temporary folder, shared by the tests that run at the moment and
//! stopped by the last of them.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use postgres::{Client, NoTls};

use crate::fixture::Folder;

pub(crate) struct Server {
    binaries: PathBuf,
    data: PathBuf,
    socket: PathBuf,
    user: Option<(u32, u32)>,
    _folder: Folder,
}

static RUNNING: Mutex<Weak<Server>> = Mutex::new(Weak::new());

/// `None`, with a word on standard output, where PostgreSQL is not installed; in CI that is a failure.
pub(crate) fn shared() -> Option<Arc<Server>> {
    let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(server) = running.upgrade() {
        return Some(server);
    }
    let Some(binaries) = binaries() else {
        bitacora_given::absent("PostgreSQL", "install the Debian package postgresql");
        return None;
    };
    let server = Arc::new(start(binaries));
    *running = Arc::downgrade(&server);
    Some(server)
}

/// Where `initdb` lies, on the path or where Debian puts it.
fn binaries() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).map(|folder| folder.join("initdb"));
    let mut debian: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .map(|versions| versions.flatten().map(|version| version.path().join("bin/initdb")).collect())
        .unwrap_or_default();
    debian.sort();
    let found = on_path.chain(debian.into_iter().rev()).find_map(|initdb| initdb.canonicalize().ok())?;
    found.parent().map(Path::to_owned)
}

fn start(binaries: PathBuf) -> Server {
    let folder = Folder::new();
    let (data, socket) = (folder.path().join("data"), folder.path().join("socket"));
    for made in [&data, &socket] {
        fs::create_dir(made).unwrap();
    }
    // PostgreSQL refuses to run as root.
    let user = (fs::metadata(&data).unwrap().uid() == 0).then(unprivileged);
    if let Some((uid, gid)) = user {
        for owned in [folder.path(), &data, &socket] {
            chown(owned, Some(uid), Some(gid)).unwrap();
        }
    }
    let server = Server { binaries, data, socket, user, _folder: folder };
    server.run(
        "initdb",
        &["--auth=trust", "--username=postgres", "--no-sync", "--encoding=UTF8", "--locale=C"],
    );
    let log = server.data.join("log");
    let options = format!(
        "-c listen_addresses='' -c unix_socket_directories='{}' -c fsync=off -c max_connections=200",
        server.socket.display()
    );
    server.run("pg_ctl", &["-w", "-s", "-l", log.to_str().unwrap(), "-o", &options, "start"]);
    server
}

/// User and group of `postgres`, or of `nobody`.
fn unprivileged() -> (u32, u32) {
    let passwd = fs::read_to_string("/etc/passwd").unwrap();
    let find = |name: &str| {
        let line = passwd.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2).map(|field| field.parse().ok());
        Some((fields.next()??, fields.next()??))
    };
    find("postgres").or_else(|| find("nobody")).expect("a user who is not root")
}

impl Server {
    fn run(&self, program: &str, args: &[&str]) {
        let mut command = Command::new(self.binaries.join(program));
        command.arg("-D").arg(&self.data).args(args).current_dir(&self.data);
        if let Some((uid, gid)) = self.user {
            command.uid(uid).gid(gid);
        }
        // The server keeps its parent's standard streams: none may be a pipe that someone waits on.
        let log = self.socket.join(format!("{program}.log"));
        let out = fs::File::create(&log).unwrap();
        command.stdin(std::process::Stdio::null()).stdout(out.try_clone().unwrap()).stderr(out);
        let status = command.status().unwrap();
        assert!(status.success(), "{program} failed: {}", fs::read_to_string(&log).unwrap_or_default());
    }

    pub(crate) fn address(&self, database: &str) -> String {
        let host = self.socket.to_str().unwrap().replace('/', "%2F");
        format!("postgresql://postgres@{host}/{database}")
    }

    pub(crate) fn new_database(&self) -> String {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("case{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let mut client = Client::connect(&self.address("postgres"), NoTls).unwrap();
        client.batch_execute(&format!("CREATE DATABASE {name}")).unwrap();
        self.address(&name)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.run("pg_ctl", &["-w", "-s", "-m", "immediate", "stop"]);
    }
}
