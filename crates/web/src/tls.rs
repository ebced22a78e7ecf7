//! TLS by rustls with ring: a certificate and its key from PEM files.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// Where the certificate chain and its key lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    pub chain: PathBuf,
    pub key: PathBuf,
}

/// Why TLS cannot start.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    #[error("{path} cannot be read as PEM ({why}); give the certificate chain and its unencrypted key")]
    Pem { path: PathBuf, why: pem::Error },
    #[error("the certificate and its key do not make a pair or are not usable: {0}")]
    Pair(#[from] tokio_rustls::rustls::Error),
    #[error("{path} holds no certificate")]
    Empty { path: PathBuf },
}

/// Reads the files.
pub fn acceptor(certificate: &Certificate) -> Result<TlsAcceptor, TlsError> {
    let unreadable = |path: &Path| {
        let path = path.to_owned();
        move |why| TlsError::Pem { path, why }
    };
    let chain = CertificateDer::pem_file_iter(&certificate.chain)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(unreadable(&certificate.chain))?;
    if chain.is_empty() {
        return Err(TlsError::Empty { path: certificate.chain.clone() });
    }
    let key = PrivateKeyDer::from_pem_file(&certificate.key).map_err(unreadable(&certificate.key))?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

impl From<TlsError> for io::Error {
    fn from(error: TlsError) -> Self {
        io::Error::new(io::ErrorKind::InvalidInput, error)
    }
}
