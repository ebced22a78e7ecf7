//! TLS by rustls: a real client gets a page over it, and what cannot be used is named before anything is served.

use crate::house::House;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use web::{App, Certificate, Config, TlsError};

/// A certificate for localhost and its key, written as PEM files into a folder under a name.
fn certificate(folder: &Path, name: &str) -> (Certificate, CertificateDer<'static>) {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).expect("a certificate");
    let files = Certificate { chain: folder.join(format!("{name}.pem")), key: folder.join(format!("{name}.key")) };
    std::fs::write(&files.chain, made.cert.pem()).expect("written");
    std::fs::write(&files.key, made.signing_key.serialize_pem()).expect("written");
    (files, made.cert.der().clone())
}

/// One page, asked for by a client that trusts this certificate alone.
async fn page(addr: SocketAddr, trusted: CertificateDer<'static>) -> io::Result<String> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted).map_err(io::Error::other)?;
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").expect("a name");
    let stream = TcpStream::connect(addr).await?;
    let mut stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await?;
    stream.write_all(b"GET /enter HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

async fn start_error(house: &House, certificate: Certificate) -> io::Error {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    web::serve(house.app.clone(), listener, Some(certificate), std::future::pending()).await.expect_err("it does not start")
}

#[tokio::test]
async fn a_client_that_trusts_the_certificate_gets_a_page_and_another_does_not() {
    let house = House::new().await;
    let (files, mine) = certificate(house.folder.path(), "mine");
    let (_, other) = certificate(house.folder.path(), "other");
    let config = Config { secure: true, ..Config::new(catalogue::Text::new("示例县人民医院", "Example County Hospital")) };
    let app = App::new(house.store.clone(), None, config).expect("templates and words are right");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let addr = listener.local_addr().expect("an address");
    let (end, ended) = tokio::sync::oneshot::channel::<()>();
    let served = tokio::spawn(async move {
        let end = async move { ended.await.unwrap_or_default() };
        web::serve(app, listener, Some(files), end).await
    });
    let answer = page(addr, mine.clone()).await.expect("a page over TLS");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains("登录清廉平台"), "{answer}");
    assert!(answer.contains("strict-transport-security: max-age="), "{answer}");
    assert!(answer.to_lowercase().contains("; secure"), "cookies are bound to TLS: {answer}");
    let error = page(addr, other).await.expect_err("it was signed by nobody this client knows");
    assert!(error.to_string().contains("certificate"), "{error}");
    // A browser that does not speak TLS gets no page, and the next one that does is served all the same.
    let mut plain = TcpStream::connect(addr).await.expect("connected");
    plain.write_all(b"GET /enter HTTP/1.1\r\nHost: localhost\r\n\r\n").await.expect("sent");
    let mut answer = Vec::new();
    let _ = plain.read_to_end(&mut answer).await;
    assert!(!String::from_utf8_lossy(&answer).contains("HTTP/1.1"), "no page without TLS");
    assert!(page(addr, mine).await.expect("a page over TLS").starts_with("HTTP/1.1 200"));
    end.send(()).expect("it still runs");
    served.await.expect("no panic").expect("a quiet end");
}

#[tokio::test]
async fn what_cannot_be_used_is_named_before_anything_is_served() {
    let house = House::new().await;
    let folder = house.folder.path();
    let (mine, _) = certificate(folder, "mine");
    let (other, _) = certificate(folder, "other");
    let text = folder.join("text.pem");
    std::fs::write(&text, "no certificate").expect("written");
    let with = |chain: &Path, key: &Path| Certificate { chain: chain.to_owned(), key: key.to_owned() };
    for (files, named) in [
        (with(&text, &mine.key), "text.pem holds no certificate"),
        (with(&mine.chain, &text), "text.pem cannot be read as PEM"),
        (with(&folder.join("gone.pem"), &mine.key), "gone.pem cannot be read as PEM"),
        (with(&mine.chain, &folder.join("gone.key")), "gone.key cannot be read as PEM"),
        (with(&mine.key, &mine.key), "mine.key holds no certificate"),
        (with(&mine.chain, &other.key), "do not make a pair"),
    ] {
        let error = start_error(&house, files).await;
        assert!(error.to_string().contains(named), "{named}: {error}");
        assert!(error.get_ref().is_some_and(|inner| inner.is::<TlsError>()));
    }
}
