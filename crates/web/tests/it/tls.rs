//! TLS by rustls: a wrong certificate is named before anything is served.

use web::{Certificate, TlsError};

#[tokio::test]
async fn files_that_are_no_certificate_are_named() {
    let house = crate::house::House::new().await;
    let folder = house.folder.path();
    let (chain, key) = (folder.join("chain.pem"), folder.join("key.pem"));
    std::fs::write(&chain, "no certificate").expect("written");
    std::fs::write(&key, "no key").expect("written");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let error = web::serve(house.app.clone(), listener, Some(Certificate { chain: chain.clone(), key }), std::future::pending())
        .await
        .expect_err("it does not start");
    assert!(error.to_string().contains("chain.pem"), "{error}");
    assert!(error.get_ref().is_some_and(|inner| inner.is::<TlsError>()));
}
