//! Parses a condition: `or` binds least, then `and`, then `not`.

use super::check::{Scope, compare, membership, operand, truth};
use super::lex::{Token, tokens};
use super::{Builtin, Class, Expr, Op, Operand};

/// What is wrong with a condition, in both languages.
pub(crate) type Wrong = (String, String);

/// Reads and type-checks a condition.
pub(crate) fn parse(text: &str, scope: &Scope<'_>) -> Result<Expr, Wrong> {
    let tokens = tokens(text)?;
    let mut parser = Parser { tokens: &tokens, at: 0, scope, depth: 0 };
    let expr = parser.any()?;
    match parser.peek() {
        None => Ok(expr),
        Some(token) => Err(unexpected(token)),
    }
}

fn unexpected(token: &Token) -> Wrong {
    let shown = token.shown();
    (format!("条件在 {shown} 处读不下去"), format!("did not expect `{shown}` here"))
}

/// Parentheses and `not` nest at most this deep; deeper is a mistake, and recursion must be bounded.
const DEEPEST: usize = 32;

struct Parser<'a> {
    tokens: &'a [Token],
    at: usize,
    scope: &'a Scope<'a>,
    depth: usize,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<&'a Token> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Result<&'a Token, Wrong> {
        let token = self.peek().ok_or_else(|| ("条件没有写完".to_owned(), "the condition ends too early".to_owned()))?;
        self.at += 1;
        Ok(token)
    }

    fn word(&mut self, word: &str) -> bool {
        let here = matches!(self.peek(), Some(Token::Word(found)) if found == word);
        self.at += usize::from(here);
        here
    }

    fn sign(&mut self, sign: &str) -> bool {
        let here = matches!(self.peek(), Some(Token::Sign(found)) if *found == sign);
        self.at += usize::from(here);
        here
    }

    fn need(&mut self, sign: &str) -> Result<(), Wrong> {
        if self.sign(sign) {
            return Ok(());
        }
        Err((format!("条件里缺少 {sign}"), format!("`{sign}` is missing in the condition")))
    }

    fn deeper(&mut self) -> Result<(), Wrong> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(("条件嵌套太深".into(), "the condition nests too deeply".into()));
        }
        Ok(())
    }

    fn any(&mut self) -> Result<Expr, Wrong> {
        self.deeper()?;
        let mut parts = vec![self.all()?];
        while self.word("or") {
            parts.push(self.all()?);
        }
        self.depth -= 1;
        Ok(if parts.len() == 1 { parts.remove(0) } else { Expr::Any(parts) })
    }

    fn all(&mut self) -> Result<Expr, Wrong> {
        let mut parts = vec![self.one()?];
        while self.word("and") {
            parts.push(self.one()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Expr::All(parts) })
    }

    fn one(&mut self) -> Result<Expr, Wrong> {
        if self.word("not") {
            self.deeper()?;
            let inner = self.one()?;
            self.depth -= 1;
            return Ok(Expr::Not(Box::new(inner)));
        }
        if self.sign("(") {
            let inner = self.any()?;
            self.need(")")?;
            return Ok(inner);
        }
        if self.word("overdue") {
            return Ok(Expr::Overdue);
        }
        let left = self.operand()?;
        if self.word("is") {
            let not = self.word("not");
            if !self.word("empty") {
                return Err(("is 后面写 empty 或 not empty".into(), "`is` is followed by `empty` or `not empty`".into()));
            }
            let empty = Expr::Empty(left);
            return Ok(if not { Expr::Not(Box::new(empty)) } else { empty });
        }
        if self.word("in") {
            return self.list(left);
        }
        let op = match self.peek() {
            Some(Token::Sign("=")) => Op::Eq,
            Some(Token::Sign("!=")) => Op::Ne,
            Some(Token::Sign("<")) => Op::Lt,
            Some(Token::Sign("<=")) => Op::Le,
            Some(Token::Sign(">")) => Op::Gt,
            Some(Token::Sign(">=")) => Op::Ge,
            _ => return truth(left, self.scope),
        };
        self.at += 1;
        let right = self.operand()?;
        compare(left, op, right, self.scope)
    }

    fn list(&mut self, left: Operand) -> Result<Expr, Wrong> {
        self.need("(")?;
        let mut of = vec![self.operand()?];
        while self.sign(",") {
            of.push(self.operand()?);
        }
        self.need(")")?;
        membership(left, of, self.scope)
    }

    fn operand(&mut self) -> Result<Operand, Wrong> {
        let minus = self.sign("-");
        let token = self.next()?;
        if let Token::Word(word) = token
            && word == "today"
        {
            return self.today();
        }
        match operand(token, minus, self.scope).map_err(|known| known.unwrap_or_else(|| unexpected(token)))? {
            Operand::Builtin(from) if from.class() == Class::Moment => self.hours(from),
            other => Ok(other),
        }
    }

    /// `now`, `now - 24h`, `created + 2h`.
    fn hours(&mut self, from: Builtin) -> Result<Operand, Wrong> {
        let Some(sign) = self.plus_or_minus() else { return Ok(Operand::Builtin(from)) };
        match self.next()? {
            Token::Hours(hours) => Ok(Operand::Hours { from, plus: sign * hours }),
            other => Err(unexpected(other)),
        }
    }

    fn plus_or_minus(&mut self) -> Option<i64> {
        if self.sign("+") {
            return Some(1);
        }
        self.sign("-").then_some(-1)
    }

    /// `today`, `today + 7d`, `today - 30d`.
    fn today(&mut self) -> Result<Operand, Wrong> {
        let Some(sign) = self.plus_or_minus() else { return Ok(Operand::Today(0)) };
        match self.next()? {
            Token::Days(days) => Ok(Operand::Today(sign * days)),
            other => Err(unexpected(other)),
        }
    }
}
