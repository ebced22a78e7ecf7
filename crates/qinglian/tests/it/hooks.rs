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

    /// The same, when the server has read its head and waits for its body. Errors: the status it was refused with instead.
    fn waited_for(addr: &str, at: i64, body: &str) -> Result<Self, u16> {
        let (at, signature) = (at.to_string(), post::hook::sign(SECRET.as_bytes(), &at.to_string(), body.as_bytes()));
        let headers = [("x-qinglian-timestamp", at.as_str()), ("x-qinglian-signature", &signature), ("expect", "100-continue")];
        let mut begun = Self::new(addr, "sms", &headers, body, 0);
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            begun.stream.read_exact(&mut byte).expect("an answer");
            head.extend(byte);
        }
        match String::from_utf8_lossy(&head).split(' ').nth(1).and_then(|code| code.parse().ok()).expect("a status") {
            100 => {
                let later = begun.rest.split_off(body.len() / 2);
                begun.stream.write_all(&begun.rest).expect("sent");
                Ok(Self { rest: later, ..begun })
            }
            refused => Err(refused),
        }
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
    // Times on both sides of this server's, a minute from the edge where a busy machine might come to the other side of it; the edge
    // itself is tried on a given clock, in the tests of the crate.
    assert_eq!(post(now() - 301, SECRET, &body, "sms").0, 401, "too old");
    assert_eq!(post(now() + 360, SECRET, &body, "sms").0, 401, "from the future");
    assert_eq!(post(now() - 240, SECRET, &message("m-old"), "sms").0, 200, "a clock that is slow");
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
    // A gateway that counts anew after a restart uses an id again for other words: they are not lost.
    let other = body.replace("三号", "四号");
    assert_eq!(signed(&served.addr, "sms", now(), SECRET, &other).1["again"], false);
    again(&served.addr, now(), &other);
    served.kill();
    served = Served::start(&house.data);
    again(&served.addr, at, &body);
    assert_eq!(house.count("report"), 2);
    // Another id, and the same id of another gateway, are other messages.
    assert_eq!(signed(&served.addr, "sms", at, SECRET, &message("m-2")).1["again"], false);
    assert_eq!(signed(&served.addr, "wechat", at, SECRET, &body).1["again"], false);
    assert_eq!(house.count("report"), 4);
}

#[test]
fn a_body_that_does_not_come_holds_its_place_for_half_a_minute_and_no_longer() {
    let house = house();
    let served = Served::start(&house.data);
    let begun = Instant::now();
    // A body that is waited for holds its place.
    let hold = |at: usize| Begun::waited_for(&served.addr, now(), &message(&format!("held-{at}"))).expect("there is a place");
    let held: Vec<Begun> = (0..ROOM).map(hold).collect();
    assert_eq!(signed(&served.addr, "sms", now(), SECRET, &message("meanwhile")).0, 503, "four bodies under way leave no place");
    // What would not be taken anyway is refused without a place, since there is none, and without its body, which never comes.
    for at in [now() - 400, now() + 400] {
        let (status, said) = Begun::half(&served.addr, at, &message("late")).answer();
        assert_eq!(status, 401, "out of time: {said}");
    }
    let unsigned = Begun::new(&served.addr, "sms", &[("x-qinglian-timestamp", &now().to_string())], &message("bare"), 0).answer();
    assert_eq!(unsigned.0, 401, "{}", unsigned.1);
    assert!(begun.elapsed() < Duration::from_secs(LONGEST_S), "the places were held meanwhile");
    for one in held {
        let (status, said) = one.answer();
        let after = begun.elapsed().as_secs();
        assert_eq!((status, said["accepted"].as_bool()), (408, Some(false)), "{said}");
        assert!((LONGEST_S - 1..2 * LONGEST_S).contains(&after), "after {after} s");
    }
    assert_eq!(house.count("report"), 0, "half a message is none");
    assert_eq!(signed(&served.addr, "sms", now(), SECRET, &message("held-0")).1["again"], false, "the places are free, and the id too");
}

#[test]
fn a_message_that_was_in_time_when_it_began_and_late_when_it_came_is_none() {
    let house = house();
    let served = Served::start(&house.data);
    // The head is in time, begun again where a busy machine read it too late; the signature is checked, with the time, when the body is there.
    let begin = || {
        let at = now() - 292;
        Begun::waited_for(&served.addr, at, &message("slow")).map(|begun| (at, begun)).ok()
    };
    let (at, late) = (0..20).find_map(|_| begin()).expect("a head is read within eight seconds");
    let in_time = Begun::waited_for(&served.addr, now() - 200, &message("soon")).expect("its head is in time");
    while now() <= at + 301 {
        std::thread::sleep(Duration::from_millis(200));
    }
    let (status, said) = late.finish();
    assert_eq!(status, 401, "{said}");
    let (status, said) = in_time.finish();
    assert_eq!(status, 200, "{said}");
    assert_eq!(house.count("report"), 1);
}
