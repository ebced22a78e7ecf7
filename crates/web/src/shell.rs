//! The staff shell around a page: areas with what waits in them, the person, the day.

use crate::failure::Answer;
use crate::pages::area::has_pages;
use crate::pages::identity::keeping;
use crate::staff::Staff;
use crate::view::act::Act;
use crate::view::shell::{Area, Me, Printed, Shell};
use catalogue::Page;

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
            tour: self.app.config.tour.as_ref().map(|_| "/try"),
            toast: None,
            printed: Printed { by: self.name.clone(), at: self.on_paper().moment(self.now) },
            filters: None,
        })
    }

    fn own_acts(&self) -> Vec<Act> {
        let mut acts = vec![Act::link(self.say("notices"), "/notices"), Act::link(self.say("me"), "/me")];
        if self.opens(Page::Accounts) || engine::account::vouches(&self.catalogue, &self.viewer, &self.viewer.institution) {
            acts.push(Act::link(self.say("accounts"), "/accounts"));
        }
        if engine::account::keeps(&self.catalogue, &self.viewer, &self.viewer.institution) {
            acts.push(Act::link(self.say("mail"), "/mail"));
        }
        if crate::pages::escrow::has_to_do(self) {
            acts.push(Act::link(self.say("escrow"), "/escrow"));
        }
        if keeping::has_to_do(self) {
            acts.push(Act::link(self.say("identity-keeping"), "/identity"));
        }
        acts
    }

    /// The desk, the areas that hold a register or a page this person may enter, and for an auditor the log, each with how many entries wait there for them.
    async fn areas(&self, here: Option<&str>) -> Answer<Vec<Area>> {
        let waiting = self.app.store.waiting(&self.viewer).await?;
        let shown = |count: u64| (count > 0).then(|| count.to_string());
        let mut areas = vec![Area {
            icon: "desk".to_owned(),
            label: self.say("desk"),
            short: self.say("desk-short"),
            href: "/".to_owned(),
            on: here == Some("desk"),
            count: shown(waiting.values().sum()),
            pinned: true,
        }];
        for area in &self.catalogue.areas {
            let enters = self.catalogue.registers.values().any(|register| register.area == area.name && self.may_enter(register));
            if !(enters || has_pages(self, &area.name)) {
                continue;
            }
            let here_waiting = self.catalogue.registers.values().filter(|register| register.area == area.name);
            let count = here_waiting.filter_map(|register| waiting.get(&register.name)).sum();
            areas.push(Area {
                icon: area.icon.clone(),
                label: self.text(&area.title).to_owned(),
                short: self.text(&area.short).to_owned(),
                href: format!("/area/{}", area.name),
                on: here == Some(area.name.as_str()),
                count: shown(count),
                pinned: area.pinned,
            });
        }
        if self.opens(Page::Log) {
            // A phone's foot has room for four and the rest: the log takes the last place.
            if let Some(last) = areas.iter_mut().rfind(|area| area.pinned) {
                last.pinned = false;
            }
            areas.push(Area {
                icon: "eye".to_owned(),
                label: self.say("log"),
                short: self.say("log-short"),
                href: "/log".to_owned(),
                on: here == Some("log"),
                count: None,
                pinned: true,
            });
        }
        Ok(areas)
    }
}
