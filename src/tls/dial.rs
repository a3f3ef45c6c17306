//! Reaching a server: name → address → TCP → TLS, each with a deadline and a clear word when it fails.
//!
//! async-imap and lettre have no deadline on reading or writing (chatmail/async-imap#63, lettre#1027), so the socket
//! itself carries one.

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_io_timeout::TimeoutStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// Why a server could not be reached.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DialTrouble {
    /// No address for the name.
    #[error("the host {host} is unknown ({why}); check `host`")]
    UnknownHost {
        /// The name.
        host: String,
        /// What the resolver said.
        why: String,
    },
    /// Nobody listens.
    #[error("{at} refused the connection; check `host` and `port`, and that the server runs")]
    Refused {
        /// Host and port.
        at: String,
    },
    /// No answer.
    #[error("{at} did not answer within {seconds} s")]
    Silent {
        /// Host and port.
        at: String,
        /// How long it was waited.
        seconds: u64,
    },
    /// The certificate is not to be trusted.
    #[error(
        "the certificate of {at} cannot be trusted: {why}; if the server has a private CA, name its file in `ca_file`"
    )]
    Untrusted {
        /// Host and port.
        at: String,
        /// What is wrong with it.
        why: String,
    },
    /// TLS failed otherwise.
    #[error("no TLS with {at}: {why}; check `port` and `security` (\"tls\" or \"starttls\")")]
    NoTls {
        /// Host and port.
        at: String,
        /// What happened.
        why: String,
    },
    /// Anything else of the network.
    #[error("cannot reach {at}: {why}")]
    Network {
        /// Host and port.
        at: String,
        /// What the system said.
        why: String,
    },
}

/// A TCP connection on which every read and every write has a deadline.
pub type Timed = Pin<Box<TimeoutStream<TcpStream>>>;

/// Host and port as people write them.
#[must_use]
pub fn at(host: &str, port: u16) -> String {
    if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
}

/// Opens a TCP connection; each address of the name is tried.
///
/// # Errors
/// Unknown, refused, silent, unreachable.
pub async fn tcp(host: &str, port: u16, patience: Duration) -> Result<Timed, DialTrouble> {
    let at = at(host, port);
    let silent = || DialTrouble::Silent { at: at.clone(), seconds: patience.as_secs() };
    let unknown = |why: String| DialTrouble::UnknownHost { host: host.to_owned(), why };
    let addresses: Vec<SocketAddr> = timeout(patience, tokio::net::lookup_host((host, port)))
        .await
        .map_err(|_| silent())?
        .map_err(|e| unknown(e.to_string()))?
        .collect();
    let mut last = unknown("it has no address".to_owned());
    for address in addresses {
        match timeout(patience, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok(timed(stream, patience)),
            Ok(Err(e)) if e.kind() == io::ErrorKind::ConnectionRefused => {
                last = DialTrouble::Refused { at: at.clone() };
            }
            Ok(Err(e)) => last = DialTrouble::Network { at: at.clone(), why: e.to_string() },
            Err(_) => last = silent(),
        }
    }
    Err(last)
}

fn timed(stream: TcpStream, patience: Duration) -> Timed {
    // A command and its answer are one round trip each: Nagle's algorithm would add 40 ms to many of them.
    let _ = stream.set_nodelay(true);
    let mut stream = TimeoutStream::new(stream);
    stream.set_read_timeout(Some(patience));
    stream.set_write_timeout(Some(patience));
    Box::pin(stream)
}

/// The TLS handshake over an open connection.
///
/// # Errors
/// An untrusted certificate is told apart from every other failure.
pub async fn tls(
    stream: Timed,
    host: &str,
    port: u16,
    config: Arc<ClientConfig>,
    patience: Duration,
) -> Result<Line, DialTrouble> {
    let at = at(host, port);
    let name = ServerName::try_from(host.to_owned())
        .map_err(|_| DialTrouble::UnknownHost { host: host.to_owned(), why: "not a host name".to_owned() })?;
    match timeout(patience, TlsConnector::from(config).connect(name, stream)).await {
        Err(_) => Err(DialTrouble::Silent { at, seconds: patience.as_secs() }),
        Ok(Ok(stream)) => Ok(Line(Box::new(stream))),
        Ok(Err(e)) if e.kind() == io::ErrorKind::TimedOut => {
            Err(DialTrouble::Silent { at, seconds: patience.as_secs() })
        }
        Ok(Err(e)) => Err(tls_trouble(at, &e)),
    }
}

fn tls_trouble(at: String, e: &io::Error) -> DialTrouble {
    match e.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        Some(rustls::Error::InvalidCertificate(why)) => DialTrouble::Untrusted { at, why: certificate_words(why) },
        Some(other) => DialTrouble::NoTls { at, why: other.to_string() },
        None if e.kind() == io::ErrorKind::UnexpectedEof => {
            DialTrouble::NoTls { at, why: "the server closed the connection".to_owned() }
        }
        None => DialTrouble::NoTls { at, why: e.to_string() },
    }
}

fn certificate_words(why: &rustls::CertificateError) -> String {
    use rustls::CertificateError as E;
    match why {
        E::UnknownIssuer => "nobody whom this machine trusts has signed it".to_owned(),
        E::Expired | E::ExpiredContext { .. } => "it has expired".to_owned(),
        E::NotValidYet | E::NotValidYetContext { .. } => {
            "it is not valid yet (is this machine's clock right?)".to_owned()
        }
        E::NotValidForName | E::NotValidForNameContext { .. } => "it was issued for another host name".to_owned(),
        E::Revoked => "it was revoked".to_owned(),
        other => format!("{other:?}"),
    }
}

/// An encrypted connection with a deadline on every read and write.
#[derive(Debug)]
pub struct Line(Box<TlsStream<Timed>>);

impl Line {
    /// How long one read may wait; `None` while a server may rightly be silent (IMAP IDLE), under another deadline.
    pub fn set_read_patience(&mut self, patience: Option<Duration>) {
        self.0.get_mut().0.as_mut().set_read_timeout_pinned(patience);
    }
    /// The server's address.
    ///
    /// # Errors
    /// The connection is gone.
    pub fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.0.get_ref().0.get_ref().peer_addr()
    }
}

impl AsyncRead for Line {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl AsyncWrite for Line {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, buf)
    }
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::{client_config, testing};
    use tokio::net::TcpListener;

    /// Not the system's roots alone: a bare machine may have none.
    fn trusting(certificate: &testing::Certificate) -> Arc<ClientConfig> {
        client_config(Some(&certificate.ca_file)).unwrap()
    }

    const SOON: Duration = Duration::from_millis(500);

    #[tokio::test]
    async fn an_unknown_host_a_closed_port_and_a_silent_server_are_told_apart() {
        let unknown = tcp("no-such-host.invalid", 993, Duration::from_secs(5)).await.unwrap_err();
        assert!(matches!(unknown, DialTrouble::UnknownHost { .. } | DialTrouble::Silent { .. }), "{unknown}");
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let stream = tcp("127.0.0.1", port, SOON).await.unwrap();
        let silent = tls(stream, "127.0.0.1", port, trusting(&testing::certificate()), SOON).await.unwrap_err();
        assert!(matches!(silent, DialTrouble::Silent { .. }), "{silent}");
        drop(listener);
        let refused = tcp("127.0.0.1", port, SOON).await.unwrap_err();
        assert!(matches!(refused, DialTrouble::Refused { .. }), "{refused}");
    }

    #[tokio::test]
    async fn a_certificate_of_a_private_ca_is_refused_until_the_ca_is_named() {
        let certificate = testing::certificate();
        let port = testing::serve(&certificate, |_| async {}).await;
        let dial = |config| async move {
            let stream = tcp("localhost", port, SOON).await?;
            tls(stream, "localhost", port, config, SOON).await.map(drop)
        };
        let untrusted = dial(trusting(&testing::certificate())).await.unwrap_err();
        assert!(matches!(untrusted, DialTrouble::Untrusted { .. }), "{untrusted}");
        assert!(untrusted.to_string().contains("ca_file"));
        dial(trusting(&certificate)).await.unwrap();
        // The name counts as well: the certificate says localhost.
        let stream = tcp("127.0.0.1", port, SOON).await.unwrap();
        let other = tls(stream, "127.0.0.1", port, trusting(&certificate), SOON).await;
        assert!(other.unwrap_err().to_string().contains("another host name"));
    }
}
