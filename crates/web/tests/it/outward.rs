//! What the house shows people without an account: the public notice, posters, ratings by link and at a counter.

use crate::browser::{Browser, Page};
use crate::house::{House, choice, text, values};
use crate::public::code_in;
use axum::http::StatusCode;
use engine::{Actor, EntryId, Moment, UnitId, Value};
use store::Request;

/// A channel as one drafts it, open on working days in the morning.
pub async fn channel(house: &House, item: &str, contact: &str) -> EntryId {
    let row = values([("from", choice("t0800")), ("until", choice("t1200"))]);
    let given = values([
        ("channel", choice(item)),
        ("contact", text(contact)),
        ("days", choice("working")),
        ("hours", Value::Rows(vec![row])),
        ("receiver", Value::Unit(house.surgery)),
    ]);
    let done = house.store.submit(Request::create(Actor::Person(house.person("li")), "channel_notice", given)).await;
    done.expect("a channel is stored").entry
}

pub async fn publish(house: &House, entry: EntryId) {
    for (who, make) in [("zhou", "check"), ("li", "publish")] {
        let step = Request::make(Actor::Person(house.person(who)), "channel_notice", entry, make, store::Change::default());
        house.store.submit(step).await.expect("the step is taken");
    }
}

async fn place(house: &House, code: &str) -> EntryId {
    let given =
        values([("code", text(code)), ("name", text("挂号窗口旁")), ("unit", Value::Unit(house.surgery)), ("kind", choice("counter"))]);
    let done = house.store.submit(Request::create(Actor::Person(house.person("li")), "poster_place", given)).await;
    done.expect("a place is stored").entry
}

#[tokio::test]
async fn what_is_published_or_withdrawn_shows_at_once() {
    let house = House::new().await;
    let entry = channel(&house, "phone", "000-1234").await;
    let mut anybody = Browser::new(&house);
    assert!(!anybody.get("/notice").await.expect(StatusCode::OK).has("000-1234"), "a draft is nobody's");
    publish(&house, entry).await;
    let page = anybody.get("/notice").await.expect(StatusCode::OK);
    assert!(page.has("000-1234") && page.has("法定工作日 8:00–12:00") && page.has("打击报复"), "{}", page.words());
    assert!(page.bytes.len() < 20_000, "with style and script it stays far below 60 KB");
    assert!(anybody.get("/notice?lang=en").await.has("Legal working days 8:00–12:00"));
    let first = anybody.get("/report").await;
    assert!(first.links().iter().any(|link| link == "/notice"), "the first page leads there");
    let withdraw = Request::make(Actor::Person(house.person("li")), "channel_notice", entry, "withdraw", store::Change::default());
    house.store.submit(withdraw.with_note("换号")).await.expect("withdrawn");
    assert!(!anybody.get("/notice").await.has("000-1234"));
    assert!(anybody.cookies.is_empty());
}

async fn reported(house: &House, path: &str) -> Page {
    let mut browser = Browser::new(house);
    let mut page = browser.get(path).await.expect(StatusCode::OK);
    for given in crate::public::answers() {
        page = browser.submit(crate::public::filled(&page, &given)).await.expect(StatusCode::OK);
    }
    browser.submit(page.form("/report").and("_send", "1")).await.expect(StatusCode::OK)
}

#[tokio::test]
async fn a_poster_says_where_and_nothing_else_does() {
    let house = House::new().await;
    let known = place(&house, "A1-01").await;
    for (path, wanted) in [("/report?at=a1-01", Some(known)), ("/report?at=ZZ-99", None), ("/report?at=%3Cb%3E", None), ("/report", None)] {
        let sent = reported(&house, path).await;
        assert!(code_in(&sent).is_some(), "{path}: {}", sent.words());
        let register = catalogue::RegisterName::new("report");
        let last = house.store.table(&register).await.expect("reports").pop().expect("one");
        assert_eq!(last.values.get("place").and_then(Value::as_link), wanted, "{path}");
    }
    // Nobody points to an entry by typing its id.
    let mut browser = Browser::new(&house);
    let mut page = browser.get("/report").await;
    for given in crate::public::answers() {
        page = browser.submit(crate::public::filled(&page, &given).and("place", &known.to_string())).await.expect(StatusCode::OK);
    }
    browser.submit(page.form("/report").and("_send", "1").and("place", &known.to_string())).await.expect(StatusCode::OK);
    let last = house.store.table(&catalogue::RegisterName::new("report")).await.expect("reports").pop().expect("one");
    assert_eq!(last.values.get("place"), None);
}

#[tokio::test]
async fn posters_need_an_address_and_counts_by_place_are_not_small() {
    let house = House::new().await;
    place(&house, "A1-01").await;
    for _ in 0..2 {
        reported(&house, "/report?at=A1-01").await;
    }
    let mut li = Browser::signed_in(&house, "li").await;
    let list = li.get("/places").await.expect(StatusCode::OK);
    assert!(list.has("A1-01") && list.has("＜5") && list.has("还不能打印"), "{}", list.words());
    let mut zhang = Browser::signed_in(&house, "zhang").await;
    assert!(!zhang.get("/places").await.expect(StatusCode::OK).has("＜5"), "who reads no reports sees no counts");
    let house = House::at("https://jubao.example").await;
    place(&house, "A1-01").await;
    place(&house, "A1-02").await;
    let mut li = Browser::signed_in(&house, "li").await;
    let posters = li.get("/places/posters?at=A1-01&at=A1-02&at=ZZ").await.expect(StatusCode::OK);
    assert_eq!(posters.text().matches("class=\"sheet\"").count(), 2);
    assert!(posters.has("jubao.example/report") && posters.has("A1-02 · 挂号窗口旁"), "{}", posters.words());
}

fn rated<'f>(page: &Page, action: &str, given: &[(&'f str, &'f str)]) -> crate::browser::Form {
    given.iter().fold(page.form(action), |form, (name, value)| form.with(name, value))
}

const GOOD: [(&str, &str); 3] = [("score", "s5"), ("asked_for", "no"), ("sent_out", "no")];

#[tokio::test]
async fn a_link_is_used_once_and_a_yes_opens_a_clue() {
    let house = House::new().await;
    let until = Moment(house.store.now().0 + 86_400_000);
    let codes = house.store.make_links(2, Some(house.surgery), "discharge", until).await.expect("links");
    let path = format!("/s/{}", codes[0]);
    assert!(path.len() <= 25 && codes[0].len() * 5 >= 60, "{path}");
    let mut patient = Browser::new(&house);
    let page = patient.get(&path).await.expect(StatusCode::OK);
    assert!(page.has("普外科") && page.has("不问姓名"), "{}", page.words());
    let half = patient.submit(rated(&page, &path, &GOOD[..1])).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    let yes = [("score", "s2"), ("asked_for", "yes"), ("sent_out", "no"), ("words", "出院前有人要钱")];
    let thanks = patient.submit(rated(&half, &path, &yes)).await.expect(StatusCode::OK);
    assert!(thanks.has("谢谢您") && thanks.links().iter().any(|link| link == "/report"), "{}", thanks.words());
    // Pressed at once by two: the store takes one, and whatever is refused uses no link up.
    let rating = |code: &str, score: &str| {
        let given =
            [("score", score), ("asked_for", "no"), ("sent_out", "no")].map(|(name, item)| (name.into(), Value::Choice(item.into())));
        let creation = store::Creation { uses: Some(code.to_owned()), values: given.into_iter().collect(), ..store::Creation::default() };
        house.store.submit(store::Request::create(engine::Actor::Public, "rating", creation))
    };
    assert!(rating(&codes[1], "s99").await.is_err());
    assert!(house.store.short_link(&codes[1]).await.expect("read").is_some_and(|link| !link.used), "a refused answer leaves it");
    assert!(rating(&codes[0], "s5").await.is_err(), "used");
    let again = patient.submit(rated(&half, &path, &yes)).await.expect(StatusCode::OK);
    assert!(again.has("只能用一次"), "{}", again.words());
    assert!(patient.get(&path).await.expect(StatusCode::OK).has("已经评价过"));
    patient.get("/s/0000000000000").await.expect(StatusCode::NOT_FOUND);
    let ratings = house.store.table(&catalogue::RegisterName::new("rating")).await.expect("ratings");
    assert_eq!(ratings.len(), 1);
    assert_eq!(ratings[0].values.get("unit"), Some(&Value::Unit(house.surgery)));
    let clues = house.store.table(&catalogue::RegisterName::new("clue")).await.expect("clues");
    assert_eq!(clues.iter().map(|clue| clue.values.get("rating").and_then(Value::as_link)).collect::<Vec<_>>(), [Some(ratings[0].id)]);
    house.pass_hours(25);
    patient.get(&format!("/s/{}", codes[1])).await.expect(StatusCode::NOT_FOUND);
    assert!(patient.cookies.is_empty());
}

#[tokio::test]
async fn a_counter_rates_without_a_link_and_figures_hide_small_groups() {
    let house = House::new().await;
    place(&house, "A1-01").await;
    let mut patient = Browser::new(&house);
    patient.get("/rate").await.expect(StatusCode::NOT_FOUND);
    patient.get("/rate?at=ZZ-99").await.expect(StatusCode::NOT_FOUND);
    let figures = async |house: &House| Browser::signed_in(house, "li").await.get("/ratings").await.expect(StatusCode::OK).words();
    for number in 1..=5 {
        let page = patient.get("/rate?at=A1-01").await.expect(StatusCode::OK);
        patient.submit(rated(&page, "/rate", &GOOD)).await.expect(StatusCode::OK);
        let said = figures(&house).await;
        assert_eq!(said.contains("＜5"), number < 5, "{number}: {said}");
        assert_eq!(said.contains("100 %"), number == 5, "{number}: {said}");
    }
    // Pressed twice it is one rating.
    let page = patient.get("/rate?at=A1-01").await;
    for _ in 0..2 {
        patient.submit(rated(&page, "/rate", &GOOD)).await.expect(StatusCode::OK);
    }
    assert_eq!(house.store.table(&catalogue::RegisterName::new("rating")).await.expect("ratings").len(), 6);
    // One who is not satisfied can be told from neither a count nor a share.
    let page = patient.get("/rate?at=A1-01").await;
    let poor = [("score", "s1"), ("asked_for", "no"), ("sent_out", "no")];
    patient.submit(rated(&page, "/rate", &poor)).await.expect(StatusCode::OK);
    let said = figures(&house).await;
    assert!(!said.contains(" %"), "{said}");
    Browser::signed_in(&house, "zhang").await.get("/ratings").await.expect(StatusCode::NOT_FOUND);
}

/// Whoever gets the figures with small counts left out does not read one rating after the other beside them.
#[tokio::test]
async fn single_ratings_do_not_undo_what_the_figures_leave_out() {
    let house = House::new().await;
    place(&house, "A1-01").await;
    let mut patient = Browser::new(&house);
    let page = patient.get("/rate?at=A1-01").await.expect(StatusCode::OK);
    patient.submit(rated(&page, "/rate", &GOOD)).await.expect(StatusCode::OK);
    let rating = house.store.table(&catalogue::RegisterName::new("rating")).await.expect("ratings")[0].clone();
    let (feng, li) = (Browser::signed_in(&house, "feng").await, Browser::signed_in(&house, "li").await);
    let place = house.store.table(&catalogue::RegisterName::new("poster_place")).await.expect("places")[0].clone();
    let told = ["普外科", "很满意", "挂号窗口旁"];
    for (mut browser, sees) in [(feng, false), (li, true)] {
        assert!(browser.get("/ratings").await.expect(StatusCode::OK).has("＜5"));
        let list = browser.get("/r/rating").await.expect(StatusCode::OK);
        assert!(list.has(&rating.number));
        let file = list.links().into_iter().find(|link| link.contains("export.csv")).expect("a file");
        let file = browser.get(&file).await.expect(StatusCode::OK).text();
        let entry = browser.get(&format!("/r/rating/{}", rating.number)).await.expect(StatusCode::OK).words();
        let shown = |words: &str| told.iter().filter(|word| words.contains(**word)).count();
        assert_eq!(shown(&file) > 0, sees, "{file}");
        assert_eq!(shown(&entry) > 0, sees, "{entry}");
        assert_eq!(
            browser.get(&format!("/r/poster_place/{}", place.number)).await.expect(StatusCode::OK).has(&rating.number),
            sees,
            "the place leads to it"
        );
        let by_score = ["s1", "s5"].map(|score| format!("/r/rating?score={score}"));
        let mut found = Vec::new();
        for path in by_score {
            found.push(browser.get(&path).await.has(&rating.number));
        }
        assert_eq!(found[0] != found[1], sees, "a filter tells nobody what the list does not show: {found:?}");
    }
}

#[tokio::test]
async fn links_leave_as_a_file_and_every_one_works() {
    let house = House::at("https://jubao.example").await;
    let mut li = Browser::signed_in(&house, "li").await;
    let form = li.get("/ratings").await.form("/ratings/links");
    li.submit_once(form.clone().with("count", "0")).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    let unit: UnitId = house.surgery;
    let form = form.with("unit", &unit.to_string()).with("stage", "discharge").with("count", "3").with("days", "7");
    let file = li.submit_once(form).await.expect(StatusCode::OK);
    let rows: Vec<String> = file.text().lines().skip(1).map(str::to_owned).collect();
    assert_eq!(rows.len(), 3, "{}", file.text());
    for row in rows {
        let path = row.split(',').next().and_then(|link| link.strip_prefix("https://jubao.example")).expect("a link").to_owned();
        assert!(Browser::new(&house).get(&path).await.expect(StatusCode::OK).has("普外科"), "{row}");
    }
}

/// Files of the data folder in which a word stands as it is.
pub fn searched(house: &House, word: &str) -> Vec<std::path::PathBuf> {
    let mut folders = vec![house.folder.path().to_path_buf()];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder reads").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if std::fs::read(&path).unwrap_or_default().windows(word.len()).any(|part| part == word.as_bytes()) {
                found.push(path);
            }
        }
    }
    found
}
