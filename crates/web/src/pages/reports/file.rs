//! A table as a workbook or a document: the copy its page shows.

use super::{Wanted, compute};
use crate::address::Pairs;
use crate::failure::{Answer, Failure};
use crate::figures::FiguresError;
use crate::pages::export::saved;
use crate::staff::Staff;
use axum::extract::{Path, Request};
use office::paper;
use vault::Keyring;

/// What a report is saved as.
#[derive(Clone, Copy)]
enum Form {
    Excel,
    Word,
}

/// `GET /reports/{id}/xlsx`
pub(crate) async fn xlsx(staff: Staff, Path(id): Path<String>) -> Answer {
    save(&staff, &id, &staff.query, Form::Excel, None).await
}

/// `GET /reports/{id}/docx`
pub(crate) async fn docx(staff: Staff, Path(id): Path<String>) -> Answer {
    save(&staff, &id, &staff.query, Form::Word, None).await
}

/// `POST /reports/{id}/xlsx`: with the sealed cells in the clear.
pub(crate) async fn open_xlsx(staff: Staff, Path(id): Path<String>, request: Request) -> Answer {
    open_file(&staff, &id, request, Form::Excel).await
}

/// `POST /reports/{id}/docx`
pub(crate) async fn open_docx(staff: Staff, Path(id): Path<String>, request: Request) -> Answer {
    open_file(&staff, &id, request, Form::Word).await
}

async fn open_file(staff: &Staff, id: &str, request: Request, form: Form) -> Answer {
    let posted = staff.posted(request).await?;
    let keyring = staff.app.keyrings.get(&staff.session).ok_or_else(engine::Refusal::not_allowed)?;
    save(staff, id, &posted.pairs, form, Some(&keyring)).await
}

/// Why there is no file, or no ask.
pub(super) fn unsaved(error: FiguresError) -> Failure {
    match error {
        FiguresError::Refused(text) => engine::Refusal { code: engine::Code::Condition, text, fields: Vec::new() }.into(),
        FiguresError::NotIssued | FiguresError::Unknown(_) => Failure::NotFound,
        FiguresError::Broken(error) => Failure::Broken(error),
    }
}

async fn save(staff: &Staff, id: &str, pairs: &Pairs, form: Form, unlock: Option<&Keyring>) -> Answer {
    let report = compute(staff, id, &Wanted::of(pairs), unlock).await?.map_err(unsaved)?;
    let (paper, made_at) = (&report.paper, staff.now.local());
    let mut bytes = std::io::Cursor::new(Vec::new());
    let (end, kind) = match form {
        Form::Excel => {
            paper::write_xlsx(paper, made_at, &mut bytes).map_err(Failure::broken)?;
            ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
        }
        Form::Word => {
            paper::write_docx(paper, made_at, &mut bytes).map_err(Failure::broken)?;
            ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document")
        }
    };
    Ok(saved(bytes.into_inner(), &format!("{}.{end}", paper.title), kind))
}
