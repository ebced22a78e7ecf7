//! What is known of a statement's shape, and what is done with one nobody has seen.

use super::{Auditor, MOST_MADE};
use crate::analyse;
use crate::context::Record;
use crate::finding::Analysis;
use crate::lex::Sort;
use crate::lexical;
use crate::shape::Shape;
use std::sync::Arc;

impl Auditor {
    pub(super) fn known(&mut self, record: &Record<'_>, shape: &Shape, quoting: crate::lex::Quoting) -> Arc<Analysis> {
        let sql: &str = &record.sql;
        let literal = |index: usize| shape.literal(sql, index);
        if let Some(known) = self.cache.get(&shape.key, literal) {
            self.summary.unparsed += u64::from(!known.parsed);
            return known;
        }
        let (analysis, consulted) = self.fresh(record, shape, quoting);
        self.summary.unparsed += u64::from(!analysis.parsed);
        let analysis = Arc::new(analysis);
        if shape.key.len() < 64 * 1024 {
            self.cache.add(&shape.key, consulted, literal, analysis.clone());
        }
        analysis
    }

    /// Analyses a statement, and the SQL it may hold in its texts.
    fn fresh(&mut self, record: &Record<'_>, shape: &Shape, quoting: crate::lex::Quoting) -> (Analysis, Vec<usize>) {
        let sql: &str = &record.sql;
        let first = shape.tokens.first().map_or("", |token| &sql[token.start..token.end]).to_ascii_lowercase();
        if let Some((name, of)) = synonym(sql, shape) {
            self.map.learn_synonym(&name, &of);
            self.cache.clear();
        }
        let told = analyse::analyse(&self.map, &self.made, sql, shape, quoting, record.dialect);
        let (mut analysis, mut consulted) = match told {
            Some(told) => {
                self.learn(told.made);
                (told.analysis, told.consulted)
            }
            None => (lexical::analyse(&self.map, sql, shape), Vec::new()),
        };
        if !matches!(first.as_str(), "select" | "with" | "insert" | "update" | "delete" | "(") {
            let held = analyse::held_in_texts(sql, shape);
            if !held.is_empty() {
                consulted = (0..shape.literals.len()).collect();
            }
            for text in held.iter().take(8) {
                let mut inner = Shape::default();
                inner.take(text, quoting);
                let told = analyse::analyse(&self.map, &self.made, text, &inner, quoting, record.dialect);
                let found = match told {
                    Some(told) => {
                        self.learn(told.made);
                        told.analysis
                    }
                    None => lexical::analyse(&self.map, text, &inner),
                };
                analysis.dynamic |= !found.findings.is_empty();
                analysis.touches |= found.touches;
                analysis.single_patient |= found.single_patient;
                analysis.exports.extend(found.exports);
                analysis.findings.extend(found.findings.into_iter().map(|finding| finding.frozen(|index| inner.literal(text, index))));
            }
        }
        (analysis, consulted)
    }

    fn learn(&mut self, made: Vec<(String, analyse::Out)>) {
        for (name, out) in made {
            if !name.is_empty() && (self.made.len() < MOST_MADE || self.made.contains_key(&name)) {
                self.made.insert(name, Arc::new(out));
                // What was said of the name before no longer holds.
                self.cache.clear();
            }
        }
    }
}

/// `CREATE SYNONYM a FOR b`, which parsers do not know.
fn synonym(sql: &str, shape: &Shape) -> Option<(String, String)> {
    let words: Vec<&str> = shape.tokens.iter().take(24).map(|token| &sql[token.start..token.end]).collect();
    let at = |wanted: &str| words.iter().position(|word| word.eq_ignore_ascii_case(wanted));
    if !words.first()?.eq_ignore_ascii_case("create") {
        return None;
    }
    let (begin, to) = (at("synonym")?, at("for")?);
    if shape.tokens.get(begin)?.sort != Sort::Word || to < begin + 2 {
        return None;
    }
    let of = words.get(to + 1..)?.split(|word| matches!(*word, ";" | "@")).next()?.concat();
    let of = of.split('@').next().unwrap_or_default().to_owned();
    Some((words.get(begin + 1..to)?.concat(), of))
}
