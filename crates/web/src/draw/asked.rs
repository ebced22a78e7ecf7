//! When a field is asked, as a script on the page can tell: by what is chosen in another control of the same form.

use catalogue::Field;
use catalogue::expr::{Expr, Literal, Op, Operand};

/// `parties=unclear|none`. `None`: always, or by something only the house can judge; then it stands on the page with its hint.
pub(crate) fn said(field: &Field) -> Option<String> {
    match field.asked_if.as_ref()? {
        Expr::Compare { left: Operand::Field(name), op: Op::Eq, right: Operand::Literal(Literal::Text(item)) } => {
            Some(format!("{name}={item}"))
        }
        Expr::In { left: Operand::Field(name), of } => {
            let items: Option<Vec<&str>> = of
                .iter()
                .map(|literal| match literal {
                    Literal::Text(item) => Some(item.as_str()),
                    _ => None,
                })
                .collect();
            Some(format!("{name}={}", items?.join("|")))
        }
        _ => None,
    }
}
