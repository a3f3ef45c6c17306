//! The client's end of the socket: HTTP to the running daemon, answers as types, and a clear word when there is none.

use crate::config::Config;
use crate::desk::Command;
use crate::web::{API, AS, CommandOutcome, Given, Trouble};
use anyhow::{Context as _, anyhow, bail};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use serde::{Serialize, de::DeserializeOwned};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Where the daemon is and who speaks.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Daemon {
    /// The daemon's socket; else the one of the configuration, else /run/intaked/intaked.sock
    #[arg(long, env = "INTAKED_SOCKET", value_name = "PATH")]
    pub socket: Option<PathBuf>,
    /// The configuration that names the socket
    #[arg(long, env = "INTAKED_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Who you are: the id of your [[person]]; not needed where your Unix user says it
    #[arg(long = "as", env = "INTAKED_USER", value_name = "PERSON")]
    pub by: Option<String>,
    /// Print JSON for programs
    #[arg(long)]
    pub json: bool,
}

/// Where the socket is unless somebody says otherwise.
const USUAL_SOCKETS: [&str; 2] = ["/run/intaked/intaked.sock", "/var/lib/intaked/intaked.sock"];
/// Where the configuration is unless somebody says otherwise.
const USUAL_CONFIG: &str = "/etc/intaked/intaked.toml";
/// No answer of the daemon takes longer than this, unless something is broken.
const PATIENCE: Duration = Duration::from_secs(60);

/// A way to ask the daemon.
pub(super) struct Client {
    socket: PathBuf,
    by: Option<String>,
    runtime: tokio::runtime::Runtime,
}

impl Client {
    /// Finds the socket.
    pub fn new(daemon: &Daemon) -> anyhow::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        Ok(Self { socket: socket(daemon)?, by: daemon.by.clone(), runtime })
    }

    /// Asks, and reads the answer.
    pub fn get<T: DeserializeOwned>(&self, path: &str) -> anyhow::Result<Given<T>> {
        self.ask(Method::GET, path, Vec::new())
    }

    /// Sends a body, and reads the answer.
    pub fn post<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> anyhow::Result<Given<T>> {
        self.ask(Method::POST, path, serde_json::to_vec(body)?)
    }

    /// Asks for something that is no JSON, such as a message.
    pub fn bytes(&self, path: &str) -> anyhow::Result<Bytes> {
        self.asked(Method::GET, path, Vec::new())
    }

    /// Says something to the desk.
    pub fn command(&self, command: &Command) -> anyhow::Result<Given<CommandOutcome>> {
        self.post("/commands", command)
    }

    fn ask<T: DeserializeOwned>(&self, method: Method, path: &str, body: Vec<u8>) -> anyhow::Result<Given<T>> {
        let bytes = self.asked(method, path, body)?;
        serde_json::from_slice(&bytes).context("the daemon's answer is not understood; is it another version?")
    }

    fn asked(&self, method: Method, path: &str, body: Vec<u8>) -> anyhow::Result<Bytes> {
        let asked = async {
            tokio::time::timeout(PATIENCE, self.exchange(method, path, body))
                .await
                .map_err(|_| anyhow!("the daemon does not answer within {} seconds", PATIENCE.as_secs()))?
        };
        let (status, bytes) = self.runtime.block_on(asked)?;
        if status.is_success() {
            return Ok(bytes);
        }
        match serde_json::from_slice::<Trouble>(&bytes) {
            Ok(trouble) => bail!("{}", trouble.error),
            Err(_) => bail!("the daemon answered with {status}"),
        }
    }

    async fn exchange(&self, method: Method, path: &str, body: Vec<u8>) -> anyhow::Result<(StatusCode, Bytes)> {
        let stream = tokio::net::UnixStream::connect(&self.socket).await.map_err(|e| no_daemon(&self.socket, &e))?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        let driver = tokio::spawn(connection);
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{API}{path}"))
            .header("host", "localhost")
            .header("content-type", "application/json");
        if let Some(by) = &self.by {
            request = request.header(AS, by);
        }
        let request = request.body(Full::new(Bytes::from(body))).context("this cannot be asked")?;
        let answer = sender.send_request(request).await.context("the daemon broke off")?;
        let status = answer.status();
        let bytes = answer.into_body().collect().await.context("the daemon's answer broke off")?.to_bytes();
        driver.abort();
        Ok((status, bytes))
    }
}

/// What to say when nobody answers.
fn no_daemon(socket: &Path, e: &std::io::Error) -> anyhow::Error {
    use std::io::ErrorKind;
    let at = socket.display();
    match e.kind() {
        ErrorKind::NotFound => anyhow!(
            "no daemon is running: there is no socket {at}. Start it (systemctl start intaked), or name its socket with --socket or INTAKED_SOCKET"
        ),
        ErrorKind::ConnectionRefused => anyhow!(
            "no daemon is running: nobody listens on {at}. Start it (systemctl start intaked); journalctl -u intaked says why it stopped"
        ),
        ErrorKind::PermissionDenied => anyhow!(
            "your user may not talk to the daemon at {at}. Ask the administrator to add it to the daemon's group (usermod -aG intaked you)"
        ),
        _ => anyhow!("the daemon cannot be reached at {at}: {e}"),
    }
}

/// The socket: as told, else as the configuration has it, else where it usually is.
fn socket(daemon: &Daemon) -> anyhow::Result<PathBuf> {
    if let Some(socket) = &daemon.socket {
        return Ok(socket.clone());
    }
    let config = daemon.config.clone().or_else(|| {
        let usual = PathBuf::from(USUAL_CONFIG);
        usual.is_file().then_some(usual)
    });
    let found = config.as_deref().map(Config::socket_of);
    match (found, &daemon.config) {
        (Some(Ok(socket)), _) => Ok(socket),
        (Some(Err(e)), Some(path)) => Err(e.context(format!("{} does not say where the socket is", path.display()))),
        // The usual configuration may be closed to this user; then the usual places are left to look in.
        _ => {
            let there = USUAL_SOCKETS.iter().find(|s| Path::new(s).exists()).or(USUAL_SOCKETS.first());
            Ok(PathBuf::from(there.copied().unwrap_or_default()))
        }
    }
}

/// A value for a query string: everything but letters, digits and `-_.~` as %XX (RFC 3986 2.3).
pub(super) fn encoded(value: &str) -> String {
    let mut out = String::new();
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
