//! TLS to mail servers and gateways: rustls with ring, trusting the system's authorities or one that is named.

use crate::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// A server has this long for any one thing.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// Waits as long as a server is waited for.
pub(crate) async fn within<T>(server: &str, work: impl Future<Output = T>) -> Result<T, Error> {
    let silent = |_| Error::Silent { server: server.to_owned(), seconds: PATIENCE.as_secs() };
    tokio::time::timeout(PATIENCE, work).await.map_err(silent)
}

pub(crate) async fn connect(host: &str, port: u16) -> Result<TcpStream, Error> {
    let server = format!("{host}:{port}");
    let stream = within(&server, TcpStream::connect((host, port))).await?;
    stream.map_err(|error| Error::Unreachable { server, why: error.to_string() })
}

/// Agrees on keys; the certificate must be for this host and of a trusted authority.
pub(crate) async fn wrap(stream: TcpStream, host: &str, ca: Option<&Path>) -> Result<TlsStream<TcpStream>, Error> {
    let name = ServerName::try_from(host.to_owned()).map_err(|_| Error::Setting {
        key: "host".to_owned(),
        value: host.to_owned(),
        why: "is no name of a server".to_owned(),
    })?;
    let connector = TlsConnector::from(Arc::new(config(ca)?));
    let untrusted = |error: std::io::Error| Error::Untrusted { server: host.to_owned(), why: error.to_string() };
    within(host, connector.connect(name, stream)).await?.map_err(untrusted)
}

fn config(ca: Option<&Path>) -> Result<ClientConfig, Error> {
    let mut roots = RootCertStore::empty();
    match ca {
        Some(path) => {
            let wrong = |why: String| Error::Ca { path: path.to_owned(), why };
            let found = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
            let (added, _) = roots.add_parsable_certificates(found.map_err(|error| wrong(error.to_string()))?);
            if added == 0 {
                return Err(wrong("it holds no certificate".to_owned()));
            }
        }
        None => {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("ring does TLS 1.2 and 1.3")
        .with_root_certificates(roots);
    Ok(config.with_no_client_auth())
}

/// A connection, in the clear or not.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Unpin + Send + std::fmt::Debug {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + std::fmt::Debug> Stream for S {}
