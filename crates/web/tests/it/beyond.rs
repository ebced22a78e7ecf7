//! Pages that belong to no register: tables, rules, the log, accounts. Definitions say whose they are, and no link leads elsewhere.

use crate::browser::Browser;
use crate::house::House;
use crate::reports::Sample;
use axum::http::StatusCode;
use std::sync::Arc;

async fn house() -> House {
    House::with(Some(Arc::new(Sample::default()))).await
}

#[tokio::test]
async fn each_page_opens_for_those_the_definitions_name() {
    let house = house().await;
    for (login, reports, rules, log, accounts) in [
        ("li", true, true, false, false),
        ("ma", false, true, false, false),
        ("dai", false, false, false, false),
        ("zhang", false, false, false, false),
        ("shi", false, false, true, false),
        ("admin", false, false, false, true),
    ] {
        let mut browser = Browser::signed_in(&house, login).await;
        for (paths, may) in [
            (&["/reports", "/reports/s003_annex4", "/reports/s003_annex4/xlsx"][..], reports),
            (&["/rules", "/rules/U02"], rules),
            (&["/log", "/log?chain=looks", "/log/export.csv"], log),
            (&["/accounts"], accounts),
        ] {
            for path in paths {
                let expected = if may { StatusCode::OK } else { StatusCode::NOT_FOUND };
                assert_eq!(browser.get(path).await.status, expected, "{login} at {path}");
            }
        }
    }
}

#[tokio::test]
async fn no_area_and_no_rail_draws_a_link_that_leads_nowhere() {
    let house = house().await;
    for login in ["li", "ma", "dai", "zhang", "shi", "admin", "qian"] {
        let mut browser = Browser::signed_in(&house, login).await;
        let rail = browser.get("/").await.expect(StatusCode::OK).links();
        let areas: Vec<String> = rail.iter().filter(|link| link.starts_with("/area/") || *link == "/log").cloned().collect();
        for area in ["/area/campaign", "/area/care"] {
            assert!(browser.get(area).await.expect(StatusCode::OK).status.is_success());
        }
        for area in areas.iter().map(String::as_str).chain(["/area/campaign", "/area/care"]) {
            let page = browser.get(area).await.expect(StatusCode::OK);
            for link in page.links().into_iter().filter(|link| link.starts_with('/') && !link.starts_with("/lang")) {
                assert_eq!(browser.get(&link).await.status, StatusCode::OK, "{login}: {area} leads to {link}");
            }
        }
    }
    let mut ma = Browser::signed_in(&house, "ma").await;
    assert!(!ma.get("/area/campaign").await.links().contains(&"/reports".to_owned()));
    assert!(ma.get("/area/care").await.links().contains(&"/rules".to_owned()), "what she reads is offered");
}
