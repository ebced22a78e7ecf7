//! Checking a printed receipt: whether this house's chain holds it, and nothing of what it says.

use crate::app::App;
use crate::failure::Answer;
use crate::pages::report::spoken;
use crate::posted::{self, Into};
use crate::view::faults::Fault;
use crate::view::field::{Control, Field};
use crate::view::shell::Door;
use crate::visit::Visit;
use axum::extract::{Request, State as Of};
use axum::http::StatusCode;
use serde::Serialize;
use store::Claim;

#[derive(Serialize)]
struct Page {
    #[serde(flatten)]
    door: Door,
    heading: String,
    held: Option<String>,
    faults: Vec<Fault>,
    field: Field,
}

/// `GET /receipt/check`
pub(crate) async fn show(visit: Visit) -> Answer {
    page(&visit, StatusCode::OK, "", None, None)
}

/// `POST /receipt/check`: a line that is none and one the chain does not hold get the same words.
pub(crate) async fn go(Of(app): Of<App>, visit: Visit, request: Request) -> Answer {
    let posted = posted::read_public(&app, request, Into::Nowhere).await?;
    let visit = spoken(visit, &posted);
    let typed = posted.pairs.get("line").unwrap_or_default();
    let claim = Claim::parse(typed);
    let at = match &claim {
        Some(claim) => app.store.confirms(claim).await?,
        None => None,
    };
    match claim.zip(at) {
        Some((claim, at)) => {
            let told = [("place", claim.seq.to_string().into()), ("when", visit.date(at.date()).into())];
            let held = visit.fill("proof-held", &told);
            page(&visit, StatusCode::OK, typed, Some(held), None)
        }
        None => page(&visit, StatusCode::UNPROCESSABLE_ENTITY, typed, None, Some(visit.say("proof-none"))),
    }
}

fn page(visit: &Visit, status: StatusCode, typed: &str, held: Option<String>, fault: Option<String>) -> Answer {
    let heading = visit.say("proof-title");
    let field = Field::new("line", visit.say("proof-line"), Control::long(typed, Some(300)));
    let page = Page {
        door: visit.door(&heading),
        heading,
        held,
        faults: fault.iter().map(|text| Fault { href: "#f-line".to_owned(), text: text.clone() }).collect(),
        field: field.required(true).hint(Some(visit.say("proof-line-hint"))).fault(fault),
    };
    visit.page_as(status, "pages/public_proof.html", &page)
}
