//! Reports sealed before they are sent: what another program, or a browser's script, posts to the two addresses of `docs/api.md`.

use crate::browser::{Browser, Page};
use crate::house::House;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};
use tower::ServiceExt;
use vault::{Addressees, Contents, EntryKey, FileCard, ReceiptCode, SystemEntropy};

const MATTER: &str = "窗口外要求另付现金八百元";
const PHOTO: &[u8] = b"\xff\xd8\xff\xe0\0\x10JFIF planted-sealed-picture";

/// A report on its way, to be spoilt before it is sent.
struct Sent {
    json: Value,
    files: Vec<Vec<u8>>,
    code: ReceiptCode,
}

fn plain() -> Value {
    json!({ "identity": { "choice": "anonymous" }, "route": { "choice": "department" } })
}

fn words() -> Value {
    json!({
        "when_text": { "text": "上个月" }, "where_text": { "text": "缴费窗口旁" }, "unit_text": { "text": "某科室" },
        "persons": { "text": "戴眼镜的大夫" }, "matter": { "text": MATTER }, "evidence": { "cards": [1] },
    })
}

async fn post(house: &House, path: &str, kind: &str, accept: &str, body: Vec<u8>) -> Page {
    let request = Request::builder().method(Method::POST).uri(path).header(header::HOST, "house.example");
    let request = request.header(header::CONTENT_TYPE, kind).header(header::ACCEPT, accept).body(Body::from(body)).expect("a request");
    let (parts, body) = house.router.clone().oneshot(request).await.expect("an answer").into_parts();
    let bytes = axum::body::to_bytes(body, usize::MAX).await.expect("the whole answer").to_vec();
    Page { status: parts.status, headers: parts.headers, bytes, path: path.to_owned() }
}

async fn keys(house: &House, values: &Value) -> Page {
    post(house, "/report/keys", "application/json", "*/*", json!({ "values": values }).to_string().into_bytes()).await
}

fn read(page: &Page) -> Value {
    serde_json::from_slice(&page.bytes).unwrap_or_else(|_| panic!("JSON, not {}", page.text()))
}

/// Seals these words and these files for whom the house names.
async fn sealed(house: &House, values: Value, words: Value, files: &[(&str, &[u8])]) -> Sent {
    let keys = read(&keys(house, &values).await.expect(StatusCode::OK));
    let to: Addressees = serde_json::from_value(keys.clone()).expect("what to seal to");
    let (key, code) = (EntryKey::generate(&mut SystemEntropy), ReceiptCode::generate(&mut SystemEntropy));
    let (mut content, mut kept) = (words.as_object().expect("fields").clone(), serde_json::Map::new());
    for name in ["reporter", "contact"] {
        kept.extend(content.remove_entry(name));
    }
    if files.is_empty() {
        content.remove("evidence");
    }
    let covers: Vec<&String> = content.keys().chain(kept.keys()).collect();
    let covers = json!(covers);
    let cards: Vec<FileCard> =
        files.iter().map(|(name, bytes)| FileCard { name: (*name).to_owned(), size: bytes.len() as u64, sha256: String::new() }).collect();
    let (content, kept) = (Value::from(content).to_string(), (!kept.is_empty()).then(|| Value::from(kept).to_string()));
    let contents = Contents { content: content.as_bytes(), cards: &cards, identity: kept.as_deref().map(str::as_bytes) };
    let submission = to.seal(&key, &contents, &code, &mut SystemEntropy).expect("custodians are there");
    let seal = |(_, bytes): &(&str, &[u8])| {
        let mut out = Vec::new();
        vault::seal_file(&key.recipient(), &to.place("file"), *bytes, &mut out).expect("in memory");
        out
    };
    let json = json!({ "ticket": keys["ticket"], "values": values, "covers": covers, "submission": submission });
    Sent { json, files: files.iter().map(seal).collect(), code }
}

impl Sent {
    fn body(&self) -> Vec<u8> {
        let mut body = format!("--edge\r\nContent-Disposition: form-data; name=\"report\"\r\n\r\n{}\r\n", self.json).into_bytes();
        for file in &self.files {
            body.extend_from_slice(b"--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"sealed\"\r\n\r\n");
            body.extend_from_slice(file);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--edge--\r\n");
        body
    }

    async fn send(&self, house: &House) -> Page {
        self.send_for(house, "application/json").await
    }

    async fn send_for(&self, house: &House, accept: &str) -> Page {
        post(house, "/report/sealed", "multipart/form-data; boundary=edge", accept, self.body()).await
    }
}

async fn refused(house: &House, sent: &Sent, status: StatusCode, code: &str) -> Value {
    let page = sent.send(house).await;
    let answer = read(&page);
    assert_eq!((page.status, answer["code"].as_str()), (status, Some(code)), "{answer}");
    assert!(answer["text"].as_str().is_some_and(|text| !text.is_empty()), "{answer}");
    answer
}

/// The one report, opened by an inspector.
async fn opened(house: &House) -> (Browser, Page) {
    let mut li = Browser::signed_in(house, "li").await;
    let link =
        li.get("/r/report?sort=-created").await.links().into_iter().find(|link| link.starts_with("/r/report/JB-")).expect("the report");
    let entry = li.get(&link).await;
    assert!(!entry.has(MATTER));
    let page = li.submit(entry.form(&format!("{link}/open"))).await.expect(StatusCode::OK);
    (li, page)
}

#[tokio::test]
async fn a_report_sealed_elsewhere_is_read_like_any_other_and_answers_to_its_code() {
    let house = House::new().await;
    let sent = sealed(&house, plain(), words(), &[("票据.jpg", PHOTO), ("经过.txt", "三号楼".as_bytes())]).await;
    let answer = read(&sent.send(&house).await.expect(StatusCode::OK));
    assert!(answer["receipt"]["hash"].is_string() && answer["receipt"]["seq"].is_number(), "{answer}");
    assert!(!answer.to_string().contains("JB-"), "a receipt names no number: {answer}");
    for planted in [MATTER.as_bytes(), "票据".as_bytes(), &b"planted-sealed-picture"[..], "戴眼镜".as_bytes()] {
        assert!(crate::sealed::holding(house.folder.path(), planted).is_empty());
        assert!(!sent.body().windows(planted.len()).any(|window| window == planted), "nothing readable is sent");
    }
    let (mut li, page) = opened(&house).await;
    for word in [MATTER, "缴费窗口旁", "戴眼镜的大夫", "票据.jpg", "经过.txt"] {
        assert!(page.has(word), "{word}: {}", page.words());
    }
    assert!(!page.has("不符"), "every file is what it says: {}", page.words());
    let file = page.links().into_iter().find(|link| link.contains("/file/evidence/")).expect("the attachment");
    assert_eq!(li.get(&file).await.expect(StatusCode::OK).bytes, PHOTO);
    let mut reporter = Browser::new(&house);
    let ask = reporter.get("/receipt").await.form("/receipt").with("code", &sent.code.to_groups().expose(String::clone));
    let stage = reporter.submit(ask).await.expect(StatusCode::OK);
    assert!(stage.has("您的举报") && stage.has("已收到"), "{}", stage.words());
}

#[tokio::test]
async fn the_page_of_the_receipt_has_room_for_a_code_and_holds_none() {
    let house = House::new().await;
    let sent = sealed(&house, plain(), words(), &[]).await;
    let page = sent.send_for(&house, "text/html, application/json").await.expect(StatusCode::OK);
    assert!(page.has("已收到您的举报") && page.has("它只显示这一次") && page.has("收件凭据"), "{}", page.words());
    assert_eq!(crate::public::code_in(&page).as_deref(), Some(""), "only the sender knows the code");
}

#[tokio::test]
async fn sent_again_it_is_one_report() {
    let house = House::new().await;
    let sent = sealed(&house, plain(), words(), &[("票据.jpg", PHOTO)]).await;
    let first = read(&sent.send(&house).await.expect(StatusCode::OK));
    assert_eq!(read(&sent.send(&house).await.expect(StatusCode::OK)), first);
    let mut li = Browser::signed_in(&house, "li").await;
    assert!(li.get("/r/report").await.has("1 件"));
    // Another letter under the ticket of the first is not taken for it.
    let mut other = sealed(&house, plain(), words(), &[]).await;
    other.json["ticket"] = sent.json["ticket"].clone();
    refused(&house, &other, StatusCode::CONFLICT, "duplicate").await;
}

#[tokio::test]
async fn keys_follow_the_route_and_the_plain_answers_are_checked() {
    let house = House::new().await;
    let readers = async |route: &str| {
        let page =
            keys(&house, &json!({ "identity": { "choice": "anonymous" }, "route": { "choice": route } })).await.expect(StatusCode::OK);
        let keys = read(&page);
        (keys["readers"].as_array().expect("keys").len(), keys["eyes"].as_str().unwrap_or_default().to_owned())
    };
    let (department, eyes) = readers("department").await;
    assert!(eyes.contains("能打开的只有"), "{eyes}");
    let (discipline, other_eyes) = readers("discipline").await;
    assert!(discipline < department && eyes != other_eyes, "who it concerns gets no key: {eyes} {other_eyes}");
    let missing = keys(&house, &json!({ "route": { "choice": "department" } })).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(read(&missing)["fields"][0]["field"], "identity", "{}", missing.text());
    keys(&house, &json!({ "identity": { "choice": "anonymous" }, "route": { "choice": "moon" } }))
        .await
        .expect(StatusCode::UNPROCESSABLE_ENTITY);
    keys(&house, &json!({ "matter": { "text": MATTER } })).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    let english = post(&house, "/report/keys?lang=en", "application/json", "*/*", b"{\"values\":{}}".to_vec()).await;
    assert!(english.text().contains("choose"), "{}", english.text());
    // Words sealed for one route are not taken for another.
    let mut sent = sealed(&house, plain(), words(), &[]).await;
    sent.json["values"]["route"] = json!({ "choice": "discipline" });
    refused(&house, &sent, StatusCode::CONFLICT, "stale").await;
}

#[tokio::test]
async fn a_browser_that_seals_works_through_a_flood_with_keys_asked_for_anew() {
    let house = crate::flood::flooded().await;
    let first = sealed(&house, plain(), words(), &[("票据.jpg", PHOTO)]).await;
    let asked = refused(&house, &first, StatusCode::TOO_MANY_REQUESTS, "puzzle").await;
    let (key, bits) = (asked["puzzle"]["key"].as_str().expect("a key"), asked["puzzle"]["bits"].as_u64().expect("bits"));
    let nonce = crate::flood::worked(key, bits as u32);
    // As the island does it: the keys are asked for again, with the ticket of the first time.
    house.pass_minutes(1);
    let again = json!({ "values": plain(), "ticket": first.json["ticket"] }).to_string().into_bytes();
    let again = read(&post(&house, "/report/keys", "application/json", "*/*", again).await.expect(StatusCode::OK));
    assert_ne!(again["ticket"], first.json["ticket"]);
    let mut second = first;
    second.json["ticket"] = again["ticket"].clone();
    second.json["puzzle"] = json!({ "key": key, "nonce": nonce });
    second.send(&house).await.expect(StatusCode::OK);
    let mut other = sealed(&house, plain(), words(), &[]).await;
    other.json["puzzle"] = json!({ "key": key, "nonce": nonce });
    refused(&house, &other, StatusCode::TOO_MANY_REQUESTS, "puzzle").await;
}

#[tokio::test]
async fn attachments_wait_where_too_many_lie_unsent() {
    let mut house = House::new().await;
    house.cram(0);
    let sent = sealed(&house, plain(), words(), &[("票据.jpg", PHOTO)]).await;
    let page = sent.send(&house).await;
    assert!(
        page.status.is_client_error() && read(&page)["text"].as_str().is_some_and(|text| text.contains("回执码补交")),
        "{}",
        page.text()
    );
    sealed(&house, plain(), words(), &[]).await.send(&house).await.expect(StatusCode::OK);
}

#[tokio::test]
async fn what_a_stranger_makes_of_it_is_refused_and_nothing_stored() {
    let house = House::new().await;
    let check = async |what: &str, status: StatusCode, code: &str, spoil: &dyn Fn(&mut Sent)| {
        let mut sent = sealed(&house, plain(), words(), &[("票据.jpg", PHOTO)]).await;
        spoil(&mut sent);
        let answer = refused(&house, &sent, status, code).await;
        assert!(!answer.to_string().contains(MATTER), "{what}");
    };
    let (conflict, wrong, bad) = (StatusCode::CONFLICT, StatusCode::UNPROCESSABLE_ENTITY, StatusCode::BAD_REQUEST);
    check("a ticket of its own", conflict, "stale", &|sent| sent.json["ticket"] = json!("e30.AAAA")).await;
    check("no submission", bad, "unreadable", &|sent| sent.json["submission"] = json!({})).await;
    check("more than agreed", bad, "unreadable", &|sent| sent.json["words"] = json!(MATTER)).await;
    check("a word left out", wrong, "missing", &|sent| {
        sent.json["covers"].as_array_mut().expect("covers").retain(|name| name != "matter");
    })
    .await;
    check("a word in the clear", wrong, "not_on_form", &|sent| sent.json["values"]["matter"] = json!({ "text": MATTER })).await;
    check("a field of the house", wrong, "not_on_form", &|sent| sent.json["values"]["channel"] = json!({ "choice": "visit" })).await;
    for channel in ["letter", "mail", "box"] {
        check("a way it did not come", wrong, "not_on_form", &|sent| sent.json["values"]["channel"] = json!({ "choice": channel })).await;
    }
    check("a name without one", wrong, "not_on_form", &|sent| sent.json["covers"].as_array_mut().expect("covers").push(json!("reporter")))
        .await;
    check("a reader left out", conflict, "stale", &|sent| drop(sent.json["submission"]["wraps"].as_array_mut().expect("wraps").pop()))
        .await;
    check("words that are not sealed", wrong, "unknown_value", &|sent| sent.json["submission"]["content"] = json!("d29yZHM")).await;
    check("a file that is not sealed", wrong, "unknown_value", &|sent| sent.files[0] = PHOTO.to_vec()).await;
    check("a file cut short", wrong, "unknown_value", &|sent| sent.files[0].truncate(9_000)).await;
    check("a file missing", wrong, "missing", &|sent| sent.files.clear()).await;
    check("a file too many", StatusCode::PAYLOAD_TOO_LARGE, "too_large", &|sent| sent.files.push(sent.files[0].clone())).await;
    check("a file too large", StatusCode::PAYLOAD_TOO_LARGE, "too_large", &|sent| sent.files[0] = vec![b'x'; 24 << 20]).await;
    let old = sealed(&house, plain(), words(), &[]).await;
    house.pass_hours(13);
    refused(&house, &old, conflict, "stale").await;
    let files_first = b"--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x\"\r\n\r\nx\r\n--edge--\r\n".to_vec();
    let page = post(&house, "/report/sealed", "multipart/form-data; boundary=edge", "*/*", files_first).await;
    assert_eq!((page.status, read(&page)["code"].as_str()), (bad, Some("unreadable")));
    for body in [b"".to_vec(), b"{".to_vec(), vec![b'['; 100_000], b"\xff\xfe".to_vec()] {
        assert_eq!(post(&house, "/report/sealed", "application/json", "*/*", body).await.status, bad);
    }
    let page = post(&house, "/report/sealed", "application/json", "*/*", vec![b' '; 2 << 20]).await;
    assert_eq!(page.status, StatusCode::PAYLOAD_TOO_LARGE);
    let mut li = Browser::signed_in(&house, "li").await;
    assert!(li.get("/r/report").await.has("0 件"));
}

#[tokio::test]
async fn what_is_wrong_inside_is_said_when_it_is_opened_and_nothing_is_lost() {
    let house = House::new().await;
    let odd = json!({
        "when_text": { "text": "上个月" }, "where_text": { "flag": true }, "unit_text": { "text": "  " },
        "persons": { "text": "x" }, "matter": { "text": MATTER }, "evidence": { "cards": [1, 2] },
    });
    let sent = sealed(&house, plain(), odd, &[("假照片.png", b"MZ\x90\0\x03\0\0\0"), ("经过.txt", "三号楼".as_bytes())]).await;
    sent.send(&house).await.expect(StatusCode::OK);
    let (mut li, page) = opened(&house).await;
    for told in ["“在哪里”里不是这一项的内容", "“哪个科室”标明已填，打开后是空的", "“假照片.png”的内容和名称不符"]
    {
        assert!(page.has(told), "{told}: {}", page.words());
    }
    assert!(page.has(MATTER) && !page.has("“经过.txt”的内容"), "{}", page.words());
    let file = page.links().into_iter().find(|link| link.contains("/file/evidence/")).expect("the disguised one is kept");
    let file = li.get(&file).await.expect(StatusCode::OK);
    assert_eq!(file.bytes, b"MZ\x90\0\x03\0\0\0");
    assert!(file.headers["content-disposition"].to_str().expect("plain").starts_with("attachment"), "saved, never shown");

    let house = House::new().await;
    let mut noise = sealed(&house, plain(), words(), &[]).await;
    let other = sealed(&house, plain(), words(), &[]).await;
    for part in ["content", "recipient"] {
        noise.json["submission"][part] = other.json["submission"][part].clone();
    }
    noise.send(&house).await.expect(StatusCode::OK);
    let (_, page) = opened(&house).await;
    assert!(page.has("打不开，或不是约定的格式") && page.has("用错了密钥"), "{}", page.words());
}

#[tokio::test]
async fn a_name_goes_to_the_custodians_and_not_into_what_handlers_open() {
    let house = House::new().await;
    let mut named = words();
    named["reporter"] = json!({ "text": "示例举报人" });
    named["contact"] = json!({ "text": "000-0000" });
    let values = json!({ "identity": { "choice": "named" }, "route": { "choice": "department" } });
    let sent = sealed(&house, values, named, &[]).await;
    assert!(sent.json["submission"]["identity"]["dealing"]["shares"].as_array().is_some_and(|shares| shares.len() >= 3));
    sent.send(&house).await.expect(StatusCode::OK);
    assert!(crate::sealed::holding(house.folder.path(), "示例举报人".as_bytes()).is_empty());
    let (_, page) = opened(&house).await;
    assert!(page.has(MATTER) && !page.has("示例举报人") && !page.has("标明已填"), "{}", page.words());
}

#[tokio::test]
async fn pages_offer_it_until_a_sealed_word_has_passed_the_server() {
    let house = House::new().await;
    let mut browser = Browser::new(&house);
    let first = browser.get("/report").await.expect(StatusCode::OK);
    assert!(!first.text().contains("data-seal=") && first.text().contains("data-on"), "nothing to seal on the first page");
    let form = first.form("/report").with("identity", "anonymous").with("route", "department");
    let second = browser.submit(form).await.expect(StatusCode::OK);
    assert!(second.text().contains("data-seal=") && second.has("不在浏览器里密封"), "{}", second.words());
    let form = second.form("/report").with("when_text", "上个月").with("where_text", "缴费窗口旁");
    let third = browser.submit(form).await.expect(StatusCode::OK);
    assert!(!third.text().contains("data-seal=") && !third.text().contains("data-on"), "these words came by the server's way");
    assert!(third.has("不在浏览器里密封"), "{}", third.words());
}
