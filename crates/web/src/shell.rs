//! The staff shell around a page: areas with what waits in them, the person, the day.

use crate::failure::Answer;
use crate::staff::Staff;
use crate::wished::Wished as _;
use crate::view::act::Act;
use crate::view::shell::{Area, Me, Printed, Shell};

impl Staff {
    /// `area`: the one the page belongs to; `Some("desk")` for the desk itself.
    pub(crate) async fn shell(&self, title: &str, area: Option<&str>) -> Answer<Shell> {
        Ok(Shell {
            lang: self.lang.tag(),
            theme: self.theme,
            narrow: self.narrow,
            title: title.to_owned(),
            house: self.house().to_owned(),
            today: self.long_today(),
            csrf: self.signer.token(),
            me: Me { name: self.name.clone(), acts: self.own_acts() },
            sign_out: "/leave",
            home: "/",
            search: "/search",
            query: String::new(),
            other: self.other(),
            areas: self.areas(area).await?,
            toast: None,
            printed: Printed { by: self.name.clone(), at: self.moment(self.now) },
            filters: None,
        })
    }

    fn own_acts(&self) -> Vec<Act> {
        let mut acts = vec![Act::link(self.say("notices"), "/notices"), Act::link(self.say("password"), "/me/password")];
        if self.viewer.holds("admin") {
            acts.push(Act::link(self.say("accounts"), "/accounts"));
        }
        acts
    }

    /// The desk, and the areas that hold a register this person may enter.
    async fn areas(&self, here: Option<&str>) -> Answer<Vec<Area>> {
        let waiting = self.app.store.waiting_by_register(&self.viewer).await?;
        let all: u64 = waiting.values().sum();
        let mut areas = vec![Area {
            icon: "desk".to_owned(),
            label: self.say("desk"),
            short: self.say("desk-short"),
            href: "/".to_owned(),
            on: here == Some("desk"),
            count: (all > 0).then(|| all.to_string()),
            pinned: true,
        }];
        for area in &self.catalogue.areas {
            let registers: Vec<_> = self.catalogue.registers.values().filter(|register| register.area == area.name && self.may_enter(register)).collect();
            let has_pages = area.name == "campaign" || area.name == "care";
            if registers.is_empty() && !(has_pages && self.app.figures.is_some()) {
                continue;
            }
            let count: u64 = registers.iter().filter_map(|register| waiting.get(&register.name)).sum();
            areas.push(Area {
                icon: area.icon.clone(),
                label: self.text(&area.title).to_owned(),
                short: self.text(&area.short).to_owned(),
                href: format!("/area/{}", area.name),
                on: here == Some(area.name.as_str()),
                count: (count > 0).then(|| count.to_string()),
                pinned: area.pinned,
            });
        }
        Ok(areas)
    }
}
