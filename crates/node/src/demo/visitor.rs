//! An officer of the script: signs in with the one-time link and asks the node over HTTP, as a page does. Loopback only.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

use crate::error::NodeError;

pub(crate) struct Visitor {
    address: SocketAddr,
    cookie: String,
}

fn failed(what: &str) -> NodeError {
    NodeError::Exchange(format!("the demo's script: {what}"))
}

impl Visitor {
    pub(crate) fn sign_in(address: SocketAddr, token: &str) -> Result<Self, NodeError> {
        let mut visitor = Self { address, cookie: String::new() };
        let (head, _) = visitor.send("POST", "/api/session", Some(&serde_json::json!({ "token": token })))?;
        let cookie = head
            .lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(name, _)| name.eq_ignore_ascii_case("set-cookie"))
            .and_then(|(_, value)| value.trim().split(';').next())
            .ok_or_else(|| failed("no session"))?;
        visitor.cookie = cookie.to_owned();
        Ok(visitor)
    }

    pub(crate) fn get(&self, path: &str) -> Result<Value, NodeError> {
        Ok(self.send("GET", path, None)?.1)
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Result<Value, NodeError> {
        Ok(self.send("POST", path, Some(body))?.1)
    }

    /// The answer's head and body; a refusal is an error with the node's own words.
    fn send(&self, method: &str, path: &str, body: Option<&Value>) -> Result<(String, Value), NodeError> {
        let io = |cause: std::io::Error| failed(&format!("{method} {path}: {cause}"));
        let body = body.map(Value::to_string).unwrap_or_default();
        let mut stream = TcpStream::connect(self.address).map_err(io)?;
        stream.set_read_timeout(Some(Duration::from_secs(30))).map_err(io)?;
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nCookie: {}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            self.cookie,
            body.len()
        );
        stream.write_all(request.as_bytes()).map_err(io)?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).map_err(io)?;
        let (head, body) = answer.split_once("\r\n\r\n").ok_or_else(|| failed("no answer"))?;
        let status = head.split(' ').nth(1).unwrap_or_default();
        if !status.starts_with('2') {
            return Err(failed(&format!("{method} {path} was answered {status}: {body}")));
        }
        // The node answers the script with a length, never in chunks; an empty body is null.
        let value = if body.is_empty() { Value::Null } else { serde_json::from_str(body)? };
        Ok((head.to_owned(), value))
    }
}
