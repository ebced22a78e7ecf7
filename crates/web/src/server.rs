//! The server: connections, TLS, time limits, a graceful end.

use crate::app::App;
use crate::gate::Peer;
use crate::router;
use crate::tls::{self, Certificate};
use crate::work;
use axum::body::Body;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use std::convert::Infallible;
use std::io;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt;

/// A browser has this long to say what it wants, and to agree on keys.
const HEAD_TIMEOUT: Duration = Duration::from_secs(15);
/// Pages under way may finish within this time when the server ends.
const END_TIMEOUT: Duration = Duration::from_secs(20);
/// Connections at once; more wait to be accepted.
const CONNECTIONS: usize = 4_096;

/// Serves until `end` comes true, then lets what is under way finish.
///
/// Errors: the certificate cannot be used. What goes wrong in one connection ends that connection only.
pub async fn serve(app: App, listener: TcpListener, certificate: Option<Certificate>, end: impl Future<Output = ()>) -> io::Result<()> {
    app.store.warm().await.map_err(io::Error::other)?;
    let tls = certificate.as_ref().map(tls::acceptor).transpose()?;
    let service = router::router(app.clone());
    let work = tokio::spawn(work::run(app));
    let graceful = GracefulShutdown::new();
    let room = std::sync::Arc::new(Semaphore::new(CONNECTIONS));
    let mut end = std::pin::pin!(end);
    loop {
        let permit = room.clone().acquire_owned().await.map_err(io::Error::other)?;
        let (stream, peer) = tokio::select! {
            () = &mut end => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, address)) => (stream, Peer(address.ip())),
                Err(error) => {
                    // Out of file handles, most likely: a pause lets some close.
                    tracing::warn!(error = %error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            },
        };
        let (service, tls, watcher) = (service.clone(), tls.clone(), graceful.watcher());
        tokio::spawn(async move {
            connection((stream, peer), tls, service, watcher).await;
            drop(permit);
        });
    }
    drop(listener);
    work.abort();
    if tokio::time::timeout(END_TIMEOUT, graceful.shutdown()).await.is_err() {
        tracing::warn!("some pages did not finish in time and were cut off");
    }
    Ok(())
}

async fn connection((stream, peer): (TcpStream, Peer), tls: Option<TlsAcceptor>, service: axum::Router, watcher: Watcher) {
    let _ = stream.set_nodelay(true);
    match tls {
        None => http(stream, peer, service, watcher).await,
        Some(tls) => match tokio::time::timeout(HEAD_TIMEOUT, tls.accept(stream)).await {
            Ok(Ok(stream)) => http(stream, peer, service, watcher).await,
            Ok(Err(error)) => tracing::debug!(error = %error, "a browser and the server found no common TLS"),
            Err(_) => tracing::debug!("a browser did not finish its TLS greeting"),
        },
    }
}

async fn http<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(stream: S, peer: Peer, service: axum::Router, watcher: Watcher) {
    let answer = service_fn(move |request: Request<Incoming>| {
        let service = service.clone();
        async move {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(peer);
            let response = service.oneshot(request).await;
            Ok::<_, Infallible>(response.unwrap_or_else(|never| match never {}))
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_headers(64)
        .serve_connection(TokioIo::new(stream), answer);
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(error = %error, "a connection ended early");
    }
}
