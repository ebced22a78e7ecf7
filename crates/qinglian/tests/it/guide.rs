//! The guide with accounts for everybody belongs to a demo: no file laid into a real house brings it there.

use crate::qinglian;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A house that is served until the test ends.
struct Served {
    child: Child,
    addr: String,
}

impl Served {
    fn of(data: &Path) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").port();
        let addr = format!("127.0.0.1:{port}");
        let mut command = Command::new(env!("CARGO_BIN_EXE_qinglian"));
        command.args(["serve", "--addr", &addr, "--data"]).arg(data).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let served = Self { child: command.spawn().expect("the binary runs"), addr };
        let begun = Instant::now();
        while TcpStream::connect(&served.addr).is_err() {
            assert!(begun.elapsed() < Duration::from_secs(60), "the house was not served within a minute");
            std::thread::sleep(Duration::from_millis(50));
        }
        served
    }

    /// The head of an answer: its status line and headers.
    fn head(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.addr).expect("connected");
        write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("answered");
        answer.split("\r\n\r\n").next().unwrap_or_default().to_owned()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_house_that_init_made_has_no_guide_whatever_lies_in_its_folder() {
    let dir = tempfile::tempdir().expect("a folder");
    let data = dir.path().join("data");
    qinglian("init --data {} --admin root --house 测试医院", &[&data]).ends(0);
    std::fs::write(data.join("accounts.json"), r#"[{"role":"admin","account":"root","password":"x","name":"甲","unit":"乙"}]"#)
        .expect("written");
    std::fs::write(data.join("guide.json"), r#"{"codes":[]}"#).expect("written");
    std::fs::write(data.join("demo.json"), r#"{"seed":1,"lines":50000,"today":"2026-06-11","version":"0.1.0"}"#).expect("written");
    let refused = qinglian("demo --data {} --addr 127.0.0.1:0", &[&data]).ends(1);
    assert!(refused.err.contains("no demo"), "{}", refused.err);
    let served = Served::of(&data);
    assert!(
        served.head("/").contains("303 ") && served.head("/").to_lowercase().contains("location: /enter?to=%2f"),
        "{}",
        served.head("/")
    );
    assert!(served.head("/try").starts_with("HTTP/1.1 404"), "{}", served.head("/try"));
}
