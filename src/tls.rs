//! The way to a mail server: whom to trust, how to dial, how long to wait before dialling again.
//!
//! Shared by `inbox` and `outbox`; knows neither IMAP nor SMTP.

pub mod backoff;
pub mod dial;
#[cfg(test)]
pub(crate) mod testing;

use rustls::ClientConfig;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::{CertificateDer, pem::PemObject};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How a connection is protected. There is no third way: passwords and clients' mail never cross a wire in the clear.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    /// TLS from the first byte (IMAP 993, submission 465; RFC 8314).
    Tls,
    /// STARTTLS before anything else is said (IMAP 143, submission 587); refused where the server does not offer it.
    StartTls,
}

/// Why there is nothing to trust.
#[derive(Debug, thiserror::Error)]
pub enum TrustTrouble {
    /// The file cannot be read.
    #[error("cannot read the CA file {path}: {source}")]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// No certificate in it.
    #[error("the CA file {path} holds no certificate: it wants PEM (-----BEGIN CERTIFICATE-----)")]
    NoCertificate {
        /// Which.
        path: PathBuf,
    },
    /// The verifier will not have it.
    #[error("no certificates can be trusted: {0}")]
    Verifier(#[from] rustls::Error),
}

/// Makes ring the process's cryptography. Called first in `main`; calling it again does nothing.
pub fn install_ring() {
    // An error only says that one is installed already.
    let _ = ring::default_provider().install_default();
}

/// How long roots that were loaded serve new connections. To read the system's costs more than a handshake; and what
/// changes in them is to count without a restart.
const ROOTS_SERVE: Duration = Duration::from_secs(600);

/// Roots that were loaded, with the private ones among them as their file has them.
struct Loaded {
    private: Option<Vec<u8>>,
    at: Instant,
    config: Arc<ClientConfig>,
}

static LOADED: Mutex<Vec<Loaded>> = Mutex::new(Vec::new());

/// How servers' certificates are judged: by the operating system's roots, and by those of `ca_file` besides. A file
/// that changed counts at once, the system's roots within minutes.
///
/// # Errors
/// A CA file that cannot be read or holds no certificate; no root at all.
pub fn client_config(ca_file: Option<&Path>) -> Result<Arc<ClientConfig>, TrustTrouble> {
    let read =
        |path: &Path| std::fs::read(path).map_err(|source| TrustTrouble::Unreadable { path: path.to_owned(), source });
    let private = ca_file.map(read).transpose()?;
    let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
    loaded.retain(|l| l.at.elapsed() < ROOTS_SERVE);
    if let Some(there) = loaded.iter().find(|l| l.private == private) {
        return Ok(Arc::clone(&there.config));
    }
    let extra = match (ca_file, &private) {
        (Some(path), Some(pem)) => certificates(path, pem)?,
        _ => Vec::new(),
    };
    let config = trusting(extra)?;
    loaded.push(Loaded { private, at: Instant::now(), config: Arc::clone(&config) });
    Ok(config)
}

fn trusting(extra: Vec<CertificateDer<'static>>) -> Result<Arc<ClientConfig>, TrustTrouble> {
    let provider: Arc<CryptoProvider> = Arc::new(ring::default_provider());
    let verifier = rustls_platform_verifier::Verifier::new_with_extra_roots(extra, provider.clone())?;
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous() // rustls's name for “a verifier of one's own”; this one does verify.
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok(Arc::new(config))
}

fn certificates(path: &Path, pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, TrustTrouble> {
    let found: Vec<_> = CertificateDer::pem_slice_iter(pem).filter_map(Result::ok).collect();
    if found.is_empty() {
        return Err(TrustTrouble::NoCertificate { path: path.to_owned() });
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ca_file_without_a_certificate_is_told_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ca.pem");
        assert!(client_config(Some(&path)).unwrap_err().to_string().contains("cannot read the CA file"));
        std::fs::write(&path, "not a certificate").unwrap();
        let said = client_config(Some(&path)).unwrap_err().to_string();
        assert!(said.contains("ca.pem holds no certificate"), "{said}");
    }
    #[test]
    fn roots_are_loaded_once_and_a_ca_file_that_changed_counts_at_once() {
        let (one, other) = (testing::certificate(), testing::certificate());
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ca.pem");
        std::fs::copy(&one.ca_file, &path).unwrap();
        let first = client_config(Some(&path)).unwrap();
        assert!(Arc::ptr_eq(&first, &client_config(Some(&path)).unwrap()));
        std::fs::copy(&other.ca_file, &path).unwrap();
        assert!(!Arc::ptr_eq(&first, &client_config(Some(&path)).unwrap()));
    }
}
