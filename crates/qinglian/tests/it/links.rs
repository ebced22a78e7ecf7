//! One-time links by text message: a real receiver gets number and link, the link works once, and the number stands in no file.

use crate::browser::Browser;
use crate::hooks::SECRET;
use crate::post::holding;
use crate::qinglian_as;
use crate::served::{House, PASSWORD, Served, first_choice};
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::mpsc;
use std::time::Duration;

const ADDRESS: &str = "https://jubao.example.cn";
const NUMBERS: [&str; 2] = ["000-0000-7391", "000-0000-7392"];

/// A receiver that takes the first request and refuses the second. Answers what came, signature checked.
fn receiver() -> (u16, mpsc::Receiver<serde_json::Value>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("its address").port();
    let (heard, hear) = mpsc::channel();
    std::thread::spawn(move || {
        for (stream, answer) in listener.incoming().flatten().zip(["200 OK", "503 Service Unavailable"]) {
            let mut from = BufReader::new(&stream);
            let (mut length, mut at, mut signature) = (0, None, None);
            loop {
                let mut line = String::new();
                from.read_line(&mut line).expect("a line");
                let Some((name, value)) = line.trim_end().split_once(": ").map(|(name, value)| (name.to_lowercase(), value.to_owned()))
                else {
                    if line.trim().is_empty() {
                        break;
                    }
                    continue;
                };
                match name.as_str() {
                    "content-length" => length = value.parse().expect("a length"),
                    name if name == post::hook::TIMESTAMP => at = Some(value),
                    name if name == post::hook::SIGNATURE => signature = Some(value),
                    _ => {}
                }
            }
            let mut body = vec![0; length];
            from.read_exact(&mut body).expect("the body");
            post::hook::verify(SECRET.as_bytes(), at.as_deref(), signature.as_deref(), &body, crate::hooks::now()).expect("it is signed");
            (&stream).write_all(format!("HTTP/1.1 {answer}\r\nContent-Length: 2\r\n\r\n{{}}").as_bytes()).expect("an answer");
            heard.send(serde_json::from_slice(&body).expect("JSON")).expect("somebody waits");
        }
    });
    (port, hear)
}

#[test]
fn a_link_goes_by_text_message_and_its_number_nowhere() {
    let (port, hear) = receiver();
    let house = House::without_puzzles();
    let file = house.data.join("qinglian.toml");
    let before = fs::read_to_string(&file).expect("it is there");
    let public = before.replace("[serve]\n", &format!("[serve]\npublic = \"{ADDRESS}\"\n"));
    assert_ne!(public, before, "there is a place for it");
    let gateway = format!("\n[[post.gateway]]\nchannel = \"sms\"\nurl = \"http://127.0.0.1:{port}/send\"\n");
    fs::write(&file, public + &gateway).expect("written");
    qinglian_as(Some(SECRET), "post set-password sms --data {}", &[&house.data]).ends(0);
    let served = Served::start(&house.data);
    let mut li = Browser::signed_in(&served.addr, "li", PASSWORD);
    let page = li.get("/ratings").expect("it serves").ok();
    let unit = first_choice(&page, "sms_unit").expect("a unit");
    let form = page.form("/ratings/sms").with("sms_unit", &unit).with("sms_stage", "discharge").with("sms_days", "7");
    assert_eq!(li.submit(&form.clone().with("sms_numbers", " ")).expect("it serves").status, 422, "nobody to send to");
    let typed = format!("{}\r\n王五\r\n{}\r\n", NUMBERS[0], NUMBERS[1]);
    let said = li.submit(&form.with("sms_numbers", &typed)).expect("it serves").ok();
    assert!(said.text().contains("已交给网关发送 1 条"), "{}", said.text());
    assert!(said.text().contains("第 2 行没有发出：不是电话号码") && said.text().contains("第 3 行没有发出"), "{}", said.text());
    assert!(NUMBERS.iter().all(|number| !said.text().contains(number)), "no number is said back");
    let heard = hear.recv_timeout(Duration::from_secs(120)).expect("the receiver heard");
    assert_eq!(heard["to"], NUMBERS[0]);
    let path = heard["url"].as_str().and_then(|url| url.strip_prefix(ADDRESS)).expect("a link of this house").to_owned();
    let mut patient = Browser::new(&served.addr);
    let rating = patient.get(&path).expect("it serves").ok();
    let form = rating.form(&path).with("score", "s4").with("asked_for", "no").with("sent_out", "no");
    patient.submit(&form).expect("it serves").ok();
    assert_eq!(house.count("rating"), 1);
    let again = patient.get(&path).expect("it serves");
    assert!(!again.text().contains("name=\"score\""), "it works once");
    drop(served);
    for number in NUMBERS {
        assert_eq!(holding(&house.data, number), Vec::<std::path::PathBuf>::new(), "{number} stands in no file");
    }
}
