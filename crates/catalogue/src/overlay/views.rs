//! Numbers, lists, papers and public pages of an overlay: nothing is told to more eyes, and nobody is asked for less.

use super::Tightening;
use crate::expr::Expr;
use crate::field::Sensitivity;
use crate::names::FieldName;
use crate::register::{Column, NumberFormat, NumberPart, Print, Public, Register};

impl Tightening<'_> {
    pub(super) fn number(&mut self, base: &Register, merged: &Register) {
        let Some(before) = chance(&base.number) else { return };
        match chance(&merged.number) {
            None => self.loosens(&["number"], "把随机编号改成连号", "turns random numbers into a sequence"),
            Some(now) if now < before => {
                self.loosens(&["number"], "随机编号变短，容易猜到", "makes random numbers shorter and easier to guess")
            }
            Some(_) => {}
        }
    }

    pub(super) fn views(&mut self, base: &Register, merged: &Register) {
        self.list(base, merged);
        if let Some(print) = &merged.print {
            self.print(base, merged, print);
        }
        match (&base.public, &merged.public) {
            (None, Some(_)) => self.loosens(&["public"], "开了不需账号的页面", "opens a page without an account"),
            (Some(before), Some(now)) => self.public(base, before, now),
            (_, None) => {}
        }
    }

    /// Titles and counts on tabs are shown to everybody who reads the list.
    fn list(&mut self, base: &Register, merged: &Register) {
        let titled =
            |column: &Column| matches!(column, Column::Field(name) if is_guarded(merged, name)) && !base.list.title.contains(column);
        if merged.list.title.iter().any(titled) {
            self.loosens(&["list", "title"], "把保密字段放进标题", "puts a confidential field in the title");
        }
        for (name, tab) in &merged.list.tabs {
            let known = base.list.tabs.get(name).is_some_and(|known| known.condition == tab.condition);
            if !known && reads_guarded(merged, &tab.condition) {
                self.loosens(&["list", "tabs", name], "用页签透露保密字段", "lets a tab tell what a confidential field holds");
            }
        }
    }

    fn print(&mut self, base: &Register, merged: &Register, now: &Print) {
        let before = base.print.as_ref();
        let printed = |name: &FieldName| before.is_some_and(|print| print.fields.contains(name));
        if now.fields.iter().any(|name| is_guarded(merged, name) && !printed(name)) {
            self.loosens(&["print", "fields"], "把保密字段印到纸上", "puts a confidential field on paper");
        }
        let Some(before) = before else { return };
        let wider = now.states.is_empty() || now.states.iter().any(|state| !before.states.contains(state));
        if !before.states.is_empty() && wider {
            self.loosens(&["print", "while"], "更多状态可打印", "prints in more states");
        }
        let slip = |print: &Print| print.early.as_ref().map(|early| (early.states.clone(), early.sign.len()));
        if slip(now) != slip(before) {
            self.loosens(&["print", "early"], "改了凭证出具以前的回执", "changes when the paper is only a slip, or who signs it");
        }
        if before.slip.is_some() && now.slip.is_none() {
            self.loosens(&["print", "slip"], "去掉了回执", "drops the slip that comes back");
        }
        if now.sign.len() < before.sign.len() {
            self.loosens(&["print", "sign"], "少了签名", "drops a signature");
        }
    }

    fn public(&mut self, base: &Register, before: &Public, now: &Public) {
        let asked = |public: &Public, name: &FieldName| public.steps.iter().any(|step| step.fields.contains(name));
        let more = |name: &FieldName| base.fields.contains_key(name) && !asked(before, name);
        if now.steps.iter().flat_map(|step| &step.fields).any(more) {
            self.loosens(&["public", "steps"], "让公众填写原由内部填写的字段", "lets the public fill in what only staff did");
        }
        if before.steps.iter().flat_map(|step| &step.fields).any(|name| !asked(now, name)) {
            self.loosens(&["public", "steps"], "公开页少问了内容", "asks the public for less");
        }
        if before.code && !now.code {
            self.loosens(&["public", "code"], "不再给查询码", "no longer hands out a code");
        }
        if now.answers.iter().any(|role| !before.answers.contains(role)) {
            self.loosens(&["public", "answers"], "让更多人以医院名义给举报人留言", "lets more people write to the reporter");
        }
        if now.shows.iter().any(|name| !before.shows.contains(name)) {
            self.loosens(&["public", "shows"], "让举报人看到更多内部填写的内容", "shows the reporter more of what staff write");
        }
        if now.open_days < before.open_days {
            self.loosens(&["public", "open_days"], "办结后更早不收举报人的留言", "hears the reporter for less time after the end");
        }
        if before.route != now.route {
            self.loosens(&["public", "route"], "改了由谁接收", "changes who receives it");
        }
        if before.letter != now.letter {
            self.loosens(&["public", "letter"], "改了来信填写的字段", "changes what a letter fills in");
        }
        if before.given != now.given || before.hours.is_some() && before.hours != now.hours {
            self.loosens(
                &["public"],
                "改了网址带来的内容或受理时间记在哪里",
                "changes what the address gives, or where the hours are noted",
            );
        }
    }
}

/// Random characters of a number.
fn chance(number: &NumberFormat) -> Option<u8> {
    number.0.iter().find_map(|part| match part {
        NumberPart::Random(count) => Some(*count),
        NumberPart::Literal(_) | NumberPart::Year | NumberPart::Month | NumberPart::Seq(_) => None,
    })
}

fn is_guarded(register: &Register, name: &FieldName) -> bool {
    register.fields.get(name).is_some_and(|field| field.sensitivity >= Sensitivity::Confidential)
}

fn reads_guarded(register: &Register, condition: &Expr) -> bool {
    condition.fields().into_iter().any(|name| is_guarded(register, name))
}
