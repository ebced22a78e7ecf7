//! Every template rendered in both languages with strict undefined, and what every page must have.

use crate::browser::{Browser, Page};
use crate::house::House;
use crate::html::without_templates;
use crate::reports::Sample;
use axum::http::StatusCode;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Mutex};
use tracing_subscriber::layer::{Context, SubscriberExt};

/// Notes which templates were rendered in which language.
#[derive(Clone, Default)]
struct Rendered(Arc<Mutex<BTreeSet<(String, String)>>>);

impl<S: tracing::Subscriber> tracing_subscriber::Layer<S> for Rendered {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        #[derive(Default)]
        struct Seen(String, String);
        impl tracing::field::Visit for Seen {
            fn record_str(&mut self, field: &tracing::field::Field, value: &str) {
                match field.name() {
                    "template.name" => self.0 = value.to_owned(),
                    "page.lang" => self.1 = value.to_owned(),
                    _ => {}
                }
            }
            fn record_debug(&mut self, _: &tracing::field::Field, _: &dyn std::fmt::Debug) {}
        }
        let mut seen = Seen::default();
        event.record(&mut seen);
        if !seen.0.is_empty() {
            self.0.lock().expect("nobody panics with the lock").insert((seen.0, seen.1));
        }
    }
}

/// The paper on top of what is handed out to an authority is Chinese; `content` opens one and reads it.
const PAPER: &str = "pages/package.html";

fn templates() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/pages");
    std::fs::read_dir(folder)
        .expect("the templates")
        .map(|entry| format!("pages/{}", entry.expect("an entry").file_name().to_string_lossy()))
        .collect()
}

/// What holds of every whole page.
#[track_caller]
fn whole(page: &Page) {
    let html = page.text();
    assert!(html.starts_with("<!doctype html>\n") || html.contains("<!doctype html>"), "{}: {html}", page.path);
    assert!(html.contains("<html lang=\"zh-CN\"") || html.contains("<html lang=\"en\""), "{}", page.path);
    assert!(html.contains("class=\"skip\" href=\"#main\"") && html.contains("id=\"main\""), "{} has a skip link", page.path);
    for wrong in [" style=\"", "<style", "onclick=", "<script>", "javascript:", "http://", "https://"] {
        assert!(!html.replace(EXIT, "").contains(wrong), "{} holds {wrong}", page.path);
    }
    let shown = without_templates(&html);
    assert_eq!(shown.matches("<h1").count(), 1, "{} has one h1", page.path);
    labelled(&page.path, &shown);
    // What a script puts in the place of what is shown is as sound by itself.
    for template in html.split("<template").skip(1) {
        let inside = template.split_once("</template>").unwrap_or_else(|| panic!("{} leaves a template open", page.path)).0;
        assert!(inside.matches("<h1").count() <= 1, "{}: {inside}", page.path);
        labelled(&page.path, inside);
    }
}

/// No id stands twice, and every label speaks of a field that is there.
#[track_caller]
fn labelled(path: &str, html: &str) {
    let ids: Vec<&str> = html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let unique: BTreeSet<&&str> = ids.iter().collect();
    let twice: Vec<&&str> = unique.iter().filter(|id| ids.iter().filter(|one| *one == **id).count() > 1).copied().collect();
    assert!(twice.is_empty(), "{path} holds ids twice: {twice:?}");
    for label in html.split(" for=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(ids.contains(&label), "{path}: a label speaks of {label}");
    }
}

const EXIT: &str = "https:&#x2f;&#x2f;www.gov.cn&#x2f;";

async fn visit(browser: &mut Browser, path: &str, expected: StatusCode) -> Page {
    let page = browser.get(path).await.expect(expected);
    whole(&page);
    page
}

async fn crawl(house: &House, lang: &str) {
    let gift = house.gift("某患者家属").await.number;
    let other = house.gift("另一位").await.number;
    let to = |path: &str| if path.contains('?') { format!("{path}&lang={lang}") } else { format!("{path}?lang={lang}") };
    let mut anyone = Browser::new(house);
    visit(&mut anyone, &to("/enter"), StatusCode::OK).await;
    visit(&mut anyone, &to("/nowhere"), StatusCode::NOT_FOUND).await;
    crate::public::walk(house, lang, |page| whole(page)).await;

    let mut li = Browser::signed_in(house, "li").await;
    // A form that is sent carries no language: the cookie says it, as in a real browser.
    li.get(&format!("/lang?to={lang}&back=/")).await;
    visit(&mut li, &to("/nowhere"), StatusCode::NOT_FOUND).await;
    for path in [
        "/",
        "/me",
        "/me/password",
        "/desk/due",
        "/desk/waiting",
        "/area/gift",
        "/area/campaign",
        "/notices",
        "/search?q=骨科",
        "/search?q=普外科",
        "/search",
        "/reports",
        "/rules",
        "/rules/U02",
        "/rules/U02/runs/20260601-080000",
        "/reports/s003_annex4",
        "/reports/s003_annex4?cell=0-1",
        "/reports/s003_annex4?to=2026-01-01",
    ] {
        let status = if path.contains("to=2026-01-01") { StatusCode::CONFLICT } else { StatusCode::OK };
        visit(&mut li, &to(path), status).await;
    }
    for end in [
        "",
        "?tab=overdue",
        "?unit=me",
        "/new",
        "/board",
        "/import",
        &format!("?open={gift}"),
        &format!("/{gift}"),
        &format!("/{gift}?only=changes"),
        &format!("/{gift}?only=looks"),
        &format!("/{gift}/edit"),
        &format!("/{gift}/move/accept"),
        &format!("/{gift}/note"),
        &format!("/{gift}/assign"),
        &format!("/{gift}/recuse"),
        &format!("/{gift}/print"),
        "/views?tab=overdue",
    ] {
        visit(&mut li, &to(&format!("/r/gift{end}")), StatusCode::OK).await;
    }
    assert!(!li.get(&to(&format!("/r/gift/{gift}/panel"))).await.expect(StatusCode::OK).text().contains("<html"), "a panel is a fragment");
    assert!(!li.get(&to("/find/person?q=张&name=witness")).await.expect(StatusCode::OK).text().contains("<html"));
    let list = li.get(&to("/r/gift")).await;
    let bulk = Browser::submit(&mut li, list.form("/r/gift/bulk").and("pick", &gift).and("pick", &other).and("move", "escalate")).await;
    whole(&bulk.expect(StatusCode::OK));
    crate::import::walk(&mut li, lang, |page| whole(page)).await;
    crate::identity::walk(&mut li, lang, |page| whole(page)).await;
    crate::escrow::walk(house, lang, |page| whole(page)).await;
    let job = crate::export::job(house, &mut li).await;
    visit(&mut li, &to(&job), StatusCode::OK).await;
    let mut ma = Browser::signed_in(house, "ma").await;
    let (run, lease) = crate::reports::under_way(house).await;
    visit(&mut ma, &to(&run), StatusCode::OK).await;
    crate::reports::ended(house, &lease).await;
    visit(&mut ma, &to(&run), StatusCode::OK).await;
    let mut shi = Browser::signed_in(house, "shi").await;
    for path in ["/log", "/log?chain=looks", "/log?who=x"] {
        visit(&mut shi, &to(path), StatusCode::OK).await;
    }
    let mut admin = Browser::signed_in(house, "admin").await;
    for path in ["/accounts".to_owned(), format!("/accounts/{}", house.person("li"))] {
        visit(&mut admin, &to(&path), StatusCode::OK).await;
    }
}

#[tokio::test]
async fn every_template_renders_in_both_languages() {
    let seen = Rendered::default();
    // For the whole program: another test's page counts as well, and no thread misses it.
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(seen.clone())).expect("no other test listens");
    let house = House::with(Some(Arc::new(Sample::default()))).await;
    for lang in ["zh-CN", "en"] {
        crawl(&house, lang).await;
        crate::rounds::walk(lang, whole).await;
        let demo = House::touring(crate::tour::tour()).await;
        visit(&mut Browser::new(&demo), &format!("/try?lang={lang}"), StatusCode::OK).await;
    }
    let seen = seen.0.lock().expect("nobody panics with the lock").clone();
    for lang in ["zh-CN", "en"] {
        let missing: Vec<String> =
            templates().into_iter().filter(|name| name != PAPER && !seen.contains(&(name.clone(), lang.to_owned()))).collect();
        assert!(missing.is_empty(), "not rendered in {lang}: {missing:?}");
    }
}
