//! A link handed to a gateway: a real HTTP receiver reads what came and checks the signature.

use post::{Error, Gateway, GatewaySettings, hook};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::thread::JoinHandle;

const SECRET: &str = "0123456789abcdef0123456789abcdef";
const NOW: i64 = 1_790_000_000;

fn settings(url: Option<String>) -> GatewaySettings {
    GatewaySettings { channel: "sms".to_owned(), with: BTreeMap::new(), url, ca: None }
}

/// What a receiver read of one request: its first line, its headers, its body.
type Heard = (String, BTreeMap<String, String>, Vec<u8>);

/// Takes one request and answers it so.
fn receiver(answer: &'static str) -> (String, JoinHandle<Heard>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/send?by=sms", listener.local_addr().expect("its address"));
    let heard = std::thread::spawn(move || {
        let (stream, _) = listener.accept().expect("somebody comes");
        let mut from = BufReader::new(&stream);
        let mut line = || {
            let mut line = String::new();
            from.read_line(&mut line).expect("a line");
            line.trim_end().to_owned()
        };
        let first = line();
        let headers: BTreeMap<String, String> = std::iter::from_fn(|| Some(line()).filter(|line| !line.is_empty()))
            .filter_map(|line| line.split_once(": ").map(|(name, value)| (name.to_lowercase(), value.to_owned())))
            .collect();
        let mut body = vec![0; headers["content-length"].parse().expect("a length")];
        from.read_exact(&mut body).expect("the body");
        (&stream).write_all(format!("HTTP/1.1 {answer}\r\nContent-Length: 2\r\n\r\n{{}}").as_bytes()).expect("an answer");
        (first, headers, body)
    });
    (url, heard)
}

#[tokio::test]
async fn a_link_arrives_signed() {
    let (url, heard) = receiver("200 OK");
    let gateway = Gateway::new(&settings(Some(url)), Some(SECRET)).expect("right settings").expect("it takes links");
    gateway.send_link("s-1", "000-0000", "https://jubao.example.cn/s/abc", NOW).await.expect("it is taken");
    let (first, headers, body) = heard.join().expect("it was read");
    assert_eq!(first, "POST /send?by=sms HTTP/1.1");
    let (at, signature) = (headers.get(hook::TIMESTAMP).map(String::as_str), headers.get(hook::SIGNATURE).map(String::as_str));
    assert_eq!(hook::verify(SECRET.as_bytes(), at, signature, &body, NOW), Ok(()));
    assert_eq!(hook::verify(b"another", at, signature, &body, NOW), Err(hook::Fault::Forged));
    let said: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
    assert_eq!(said, serde_json::json!({ "id": "s-1", "to": "000-0000", "url": "https://jubao.example.cn/s/abc" }));
}

#[tokio::test]
async fn a_gateway_that_refuses_or_is_gone_says_so() {
    let (url, heard) = receiver("503 Service Unavailable");
    let gateway = Gateway::new(&settings(Some(url)), Some(SECRET)).expect("right settings").expect("it takes links");
    let refused = gateway.send_link("s-1", "000-0000", "https://x", NOW).await.expect_err("not taken");
    assert!(matches!(refused, Error::Refused { .. }) && !refused.to_string().contains("000-0000"), "{refused}");
    heard.join().expect("it was read");
    let gone = gateway.send_link("s-1", "000-0000", "https://x", NOW).await.expect_err("nobody there");
    assert!(matches!(gone, Error::Unreachable { .. }), "{gone:?}");
}

#[test]
fn only_https_leaves_this_machine() {
    let new = |url: &str, secret| Gateway::new(&settings(Some(url.to_owned())), secret);
    assert!(new("https://gateway.example.cn/send", Some(SECRET)).is_ok());
    assert!(new("http://127.0.0.1:8080/send", Some(SECRET)).is_ok());
    for wrong in ["http://gateway.example.cn/send", "gateway", "ftp://x/y", ""] {
        assert!(matches!(new(wrong, Some(SECRET)), Err(Error::Setting { .. })), "{wrong}");
    }
    assert!(matches!(new("https://gateway.example.cn/send", None), Err(Error::NoPassword { .. })));
    assert!(Gateway::new(&settings(None), None).is_ok_and(|none| none.is_none()), "a gateway may only bring messages");
}
