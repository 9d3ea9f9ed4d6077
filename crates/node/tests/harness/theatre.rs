//! The shipped demo with its script played to the end, and both nodes left running: a whole exchange with a strike, a stop
//! and a resumption in it, and officers to sign in as.

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::http::Client;
use super::{command, run, text, until};

pub const AGREEMENT: &str = "CO-US-MAR";

/// The theatre is made, played and exchanged in this time on a machine under load.
const PATIENCE: Duration = Duration::from_secs(300);

pub struct Theatre {
    pub root: PathBuf,
    colombia: String,
    united_states: String,
    /// The token of each node's own platform, Colombia's first, as the demo prints it.
    pub tokens: [String; 2],
    demo: Child,
}

impl Theatre {
    /// Plays the script, until all three tell the same history.
    pub fn play(root: PathBuf) -> Self {
        let data = root.join("demo");
        let args = ["demo", "--script", "suspension", "--data", text(&data), "--bind", "127.0.0.1:0"];
        let mut command = command(&[&args[..], &["--lang", "en"]].concat());
        let mut demo =
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let lines = lines(&mut demo);
        let deadline = Instant::now() + PATIENCE;
        let (mut addresses, mut tokens) = ([None, None], [String::new(), String::new()]);
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let line = lines.recv_timeout(left).expect("the demo ended, or took too long");
            let partner = line.starts_with("us ");
            if let Some(address) = line.trim_start_matches("us ").strip_prefix("listening http://") {
                addresses[usize::from(partner)] = Some(address.to_owned());
            } else if line.trim_start_matches("us ").starts_with("taxii http://") {
                tokens[usize::from(partner)] = line.rsplit(' ').next().unwrap().to_owned();
            } else if line.trim() == "all tell the same history" {
                break;
            }
        }
        // Whoever writes to a pipe that nobody reads stands still.
        std::thread::spawn(move || lines.iter().for_each(drop));
        let [colombia, united_states] = addresses.map(Option::unwrap);
        Self { root: data, colombia, united_states, tokens, demo }
    }

    /// Signs in as an officer of Colombia, the first of the role. The script has used the links that the demo prints.
    pub fn colombia(&self, role: &str) -> Client {
        self.sign_in("colombia", &self.colombia, role)
    }
    pub fn united_states(&self, role: &str) -> Client {
        self.sign_in("united-states", &self.united_states, role)
    }
    /// For clients that nobody has signed in.
    pub fn colombia_address(&self) -> &str {
        &self.colombia
    }
    pub fn united_states_address(&self) -> &str {
        &self.united_states
    }

    fn sign_in(&self, node: &str, address: &str, role: &str) -> Client {
        let link =
            run(&["officer", "link", &self.officer(node, role), "--data", text(&self.root.join(node))]);
        let mut client = Client::to(address);
        client.sign_in(link.out.split_once("#signin=").unwrap().1.trim());
        client
    }

    /// The id of a node's first officer of a role.
    pub fn officer(&self, node: &str, role: &str) -> String {
        let listed = run(&["officer", "list", "--data", text(&self.root.join(node)), "--json"]);
        let officer = listed.summaries().into_iter().find(|one| one["role"] == role).unwrap();
        officer["id"].as_str().unwrap().to_owned()
    }

    /// Asks a node's control socket.
    pub fn ask(&self, node: &str, request: &Value) -> Value {
        let mut stream = UnixStream::connect(self.root.join(node).join("control.sock")).unwrap();
        stream.write_all(format!("{request}\n").as_bytes()).unwrap();
        let mut line = String::new();
        BufReader::new(stream).read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap()
    }

    /// Until each log is mirrored to its end.
    pub fn rest(&self) {
        until("both logs at rest", || {
            let [co, us] = ["colombia", "united-states"]
                .map(|node| self.ask(node, &json!({ "act": "status" }))["agreements"][0].clone());
            let whole = |one: &Value, other: &Value| one["leaves"] == other["partner_leaves"];
            (whole(&co, &us) && whole(&us, &co)).then_some(())
        });
    }

    /// Both nodes are gone, as by a power cut.
    pub fn end(mut self) {
        self.kill();
    }

    fn kill(&mut self) {
        let _gone = self.demo.kill();
        self.demo.wait().unwrap();
    }
}

impl Drop for Theatre {
    fn drop(&mut self) {
        self.kill();
    }
}

fn lines(demo: &mut Child) -> Receiver<String> {
    let out = BufReader::new(demo.stdout.take().unwrap());
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || out.lines().map_while(Result::ok).try_for_each(|line| tell.send(line)));
    told
}
