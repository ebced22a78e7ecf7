//! Gateways of a served house: a signed message is one report, in time, once, and whoever sends nothing holds no place for long.

use crate::post::holding;
use crate::qinglian_as;
use crate::served::{House, Served};
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// The secret a gateway shares.
pub const SECRET: &str = "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff00010203";

/// How long a body may take. Units: seconds.
const LONGEST_S: u64 = 30;
/// Bodies that are read at once.
const ROOM: usize = 4;

/// A house with two gateways of one secret.
pub fn house() -> House {
    let house = House::without_puzzles();
    let file = house.data.join("qinglian.toml");
    let text = "\n[[post.gateway]]\nchannel = \"sms\"\n\n[[post.gateway]]\nchannel = \"wechat\"\n";
    fs::write(&file, fs::read_to_string(&file).expect("it is there") + text).expect("written");
    for channel in ["sms", "wechat"] {
        qinglian_as(Some(SECRET), &format!("post set-password {channel} --data {{}}"), &[&house.data]).ends(0);
    }
    house
}

/// Seconds since 1970.
pub fn now() -> i64 {
    store::real_time().0 / 1000
}

fn message(id: &str) -> String {
    format!("{{\"id\":\"{id}\",\"from\":\"000-0000\",\"text\":\"三号窗口龘靐收费\"}}")
}

/// A post that was begun: its head is sent, and so much of its body.
struct Begun {
    stream: TcpStream,
    rest: Vec<u8>,
}

impl Begun {
    /// Signed for a time, with half of its body under way.
    fn half(addr: &str, at: i64, body: &str) -> Self {
        let signature = post::hook::sign(SECRET.as_bytes(), &at.to_string(), body.as_bytes());
        Self::new(addr, "sms", &[("x-qinglian-timestamp", &at.to_string()), ("x-qinglian-signature", &signature)], body, body.len() / 2)
    }

    fn new(addr: &str, channel: &str, headers: &[(&str, &str)], body: &str, sent: usize) -> Self {
        let mut stream = TcpStream::connect(addr).expect("it serves");
        stream.set_read_timeout(Some(Duration::from_secs(3 * LONGEST_S))).expect("a socket");
        let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let head = format!(
            "POST /hooks/{channel} HTTP/1.1\r\nHost: {addr}\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n",
            body.len()
        );
        let (first, rest) = body.as_bytes().split_at(sent);
        stream.write_all(&[head.as_bytes(), first].concat()).expect("sent");
        Self { stream, rest: rest.to_vec() }
    }

    /// Is an answer there already?
    fn is_answered(&self) -> bool {
        self.stream.set_nonblocking(true).expect("a socket");
        let answered = self.stream.peek(&mut [0]).is_ok();
        self.stream.set_nonblocking(false).expect("a socket");
        answered
    }

    fn finish(mut self) -> (u16, serde_json::Value) {
        self.stream.write_all(&self.rest).expect("sent");
        self.answer()
    }

    /// Status and JSON of the answer.
    fn answer(mut self) -> (u16, serde_json::Value) {
        let mut answer = String::new();
        self.stream.read_to_string(&mut answer).expect("an answer");
        let status = answer.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or_else(|| panic!("no status: {answer:?}"));
        let json = answer
            .split_once("\r\n\r\n")
            .map(|(_, body)| body)
            .and_then(|body| serde_json::from_str(&body[body.find('{')?..=body.rfind('}')?]).ok());
        (status, json.unwrap_or_default())
    }
}

/// A whole post with a signature of its own.
pub fn signed(addr: &str, channel: &str, at: i64, secret: &str, body: &str) -> (u16, serde_json::Value) {
    let signature = post::hook::sign(secret.as_bytes(), &at.to_string(), body.as_bytes());
    let headers = [("x-qinglian-timestamp", at.to_string()), ("x-qinglian-signature", signature)];
    let headers = [(headers[0].0, headers[0].1.as_str()), (headers[1].0, headers[1].1.as_str())];
    Begun::new(addr, channel, &headers, body, body.len()).answer()
}

#[test]
fn a_signed_message_is_one_report_and_any_other_is_none() {
    let house = house();
    let served = Served::start(&house.data);
    let post = |at: i64, secret: &str, body: &str, channel: &str| signed(&served.addr, channel, at, secret, body);
    let body = message("m-1");
    let (status, said) = post(now(), SECRET, &body, "sms");
    assert_eq!((status, said["accepted"].as_bool(), said["again"].as_bool()), (200, Some(true), Some(false)), "{said}");
    assert!(!said.to_string().contains("JB-"), "{said}");
    // Times on both sides of this server's, some seconds from the edge for a machine that is busy.
    assert_eq!(post(now() - 301, SECRET, &body, "sms").0, 401, "too old");
    assert_eq!(post(now() + 315, SECRET, &body, "sms").0, 401, "from the future");
    assert_eq!(post(now() - 285, SECRET, &message("m-old"), "sms").0, 200, "a clock that is slow");
    assert_eq!(post(now() + 299, SECRET, &message("m-new"), "sms").0, 200, "a clock that is fast");
    assert_eq!(post(now(), "another secret of the right length", &body, "sms").0, 401);
    assert_eq!(post(now(), SECRET, &body, "email").0, 404, "no such gateway");
    assert_eq!(post(now(), SECRET, "{\"id\":\"m-2\"}", "sms").0, 422, "no words");
    assert_eq!(Begun::new(&served.addr, "sms", &[], &body, body.len()).answer().0, 401, "unsigned");
    assert_eq!(house.count("report"), 3);
    assert_eq!(holding(&house.data, "龘靐"), Vec::<PathBuf>::new());
    assert_eq!(holding(&house.data, SECRET), Vec::<PathBuf>::new(), "the secret");
}

#[test]
fn the_same_message_is_taken_once_however_it_comes_again() {
    let house = house();
    let mut served = Served::start(&house.data);
    let (at, body) = (now(), message("m-1"));
    assert_eq!(signed(&served.addr, "sms", at, SECRET, &body).1["again"], false);
    let again = |addr: &str, at: i64, body: &str| {
        let (status, said) = signed(addr, "sms", at, SECRET, body);
        assert_eq!((status, said["again"].as_bool()), (200, Some(true)), "{said}");
    };
    again(&served.addr, at, &body);
    again(&served.addr, now() + 1, &body);
    // Whoever has the secret and uses an id again adds nothing either.
    again(&served.addr, now(), &body.replace("三号", "四号"));
    served.kill();
    served = Served::start(&house.data);
    again(&served.addr, at, &body);
    assert_eq!(house.count("report"), 1);
    // Another id, and the same id of another gateway, are other messages.
    assert_eq!(signed(&served.addr, "sms", at, SECRET, &message("m-2")).1["again"], false);
    assert_eq!(signed(&served.addr, "wechat", at, SECRET, &body).1["again"], false);
    assert_eq!(house.count("report"), 3);
}

#[test]
fn a_body_that_does_not_come_holds_its_place_for_half_a_minute_and_no_longer() {
    let house = house();
    let served = Served::start(&house.data);
    let begun = Instant::now();
    let hold = |at: usize| Begun::half(&served.addr, now(), &message(&format!("held-{at}")));
    let mut held: Vec<Begun> = (0..ROOM).map(hold).collect();
    // The places are taken once those heads were read; a head that came while the message beside it held a place is begun again.
    while signed(&served.addr, "sms", now(), SECRET, &message("meanwhile")).0 != 503 {
        held.iter_mut().enumerate().filter(|(_, one)| one.is_answered()).for_each(|(at, one)| *one = hold(at));
        assert!(begun.elapsed() < Duration::from_secs(LONGEST_S - 10), "four bodies under way leave no place");
    }
    let meanwhile = house.count("report");
    // What would not be taken anyway is refused at once, without its body and without a place.
    for (at, why) in [(now() - 400, "out of time"), (now() + 400, "out of time")] {
        let (asked, refused) = (Instant::now(), Begun::half(&served.addr, at, &message("late")).answer());
        assert_eq!((refused.0, asked.elapsed() < Duration::from_secs(5)), (401, true), "{why}: {}", refused.1);
    }
    let unsigned = Begun::new(&served.addr, "sms", &[("x-qinglian-timestamp", &now().to_string())], &message("bare"), 0).answer();
    assert_eq!(unsigned.0, 401, "{}", unsigned.1);
    for one in held {
        let (status, said) = one.answer();
        let after = begun.elapsed().as_secs();
        assert_eq!((status, said["accepted"].as_bool()), (408, Some(false)), "{said}");
        assert!((LONGEST_S - 1..2 * LONGEST_S).contains(&after), "after {after} s");
    }
    assert_eq!(house.count("report"), meanwhile, "half a message is none");
    assert_eq!(signed(&served.addr, "sms", now(), SECRET, &message("held-0")).1["again"], false, "the places are free, and the id too");
}

#[test]
fn a_message_that_was_in_time_when_it_began_and_late_when_it_came_is_none() {
    let house = house();
    let served = Served::start(&house.data);
    // The head is in time; the signature is checked, with the time, when the body is there.
    let late = Begun::half(&served.addr, now() - 292, &message("slow"));
    let in_time = Begun::half(&served.addr, now() - 200, &message("soon"));
    std::thread::sleep(Duration::from_secs(12));
    let (status, said) = late.finish();
    assert_eq!(status, 401, "{said}");
    let (status, said) = in_time.finish();
    assert_eq!(status, 200, "{said}");
    assert_eq!(house.count("report"), 1);
}
