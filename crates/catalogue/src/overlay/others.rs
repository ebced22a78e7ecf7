//! Lists, roles and stray files of an overlay.

use super::Tightening;
use crate::doc::Node;
use crate::fault::{Faults, Place, nearest};
use crate::list::List;
use crate::names::RoleName;
use crate::role::Role;
use indexmap::IndexMap;

impl Tightening<'_> {
    /// A list may grow and an item's time may shrink; nothing may be put back in force.
    pub(super) fn items(&mut self, path: &[&str], base: &List, merged: &List) {
        for (name, item) in &base.items {
            let Some(now) = merged.items.get(name) else { continue };
            let earlier = item.from.is_some() && now.from < item.from;
            let longer = item.until.is_some() && (now.until.is_none() || now.until > item.until);
            if earlier || longer {
                let mut deeper = path.to_vec();
                deeper.push(name.as_str());
                self.loosens(&deeper, "延长了有效期", "lengthens its time in force");
            }
            if (&item.group, &item.maps) != (&now.group, &now.maps) {
                let mut deeper = path.to_vec();
                deeper.push(name.as_str());
                self.loosens(&deeper, "改了归类或对应（group、maps），统计会变", "changes what it counts as (`group`, `maps`)");
            }
        }
    }
}

pub(crate) fn compare_lists(base: &List, merged: &List, over: &Node, faults: &mut Faults) {
    Tightening { over, faults }.items(&["items"], base, merged);
}

/// A role may be given less or kept apart from more; a shipped one never gains.
pub(crate) fn compare_roles(base: &IndexMap<RoleName, Role>, merged: &IndexMap<RoleName, Role>, over: &Node, faults: &mut Faults) {
    let mut tightening = Tightening { over, faults };
    for (name, now) in merged {
        let before = base.get(name);
        if now.accounts && !before.is_some_and(|role| role.accounts) {
            tightening.loosens(&[name.as_str(), "accounts"], "多了一个管理账号的角色", "lets one more role keep accounts");
        }
        if now.vouches && !before.is_some_and(|role| role.vouches) {
            tightening.loosens(&[name.as_str(), "vouches"], "多了一个确认重置密码的角色", "lets one more role confirm new passwords");
        }
        if now.audits && !before.is_some_and(|role| role.audits) {
            tightening.loosens(&[name.as_str(), "audits"], "多了一个查看事件日志的角色", "lets one more role read the event log");
        }
        if now.screens && !before.is_some_and(|role| role.screens) {
            tightening.loosens(&[name.as_str(), "screens"], "多了一个启动筛查的角色", "lets one more role run the screening");
        }
    }
    for (name, role) in base {
        let Some(now) = merged.get(name) else { continue };
        if now.ceiling > role.ceiling {
            tightening.loosens(&[name.as_str(), "ceiling"], "提高了上限", "raises the ceiling");
        }
        if now.factor < role.factor {
            tightening.loosens(&[name.as_str(), "factor"], "放松了动态码登录的要求", "asks less for a second factor");
        }
        if role.outside && !now.outside {
            tightening.loosens(&[name.as_str(), "outside"], "把外来人员当作职工", "makes outsiders staff");
        }
        if role.keyless && !now.keyless {
            tightening.loosens(
                &[name.as_str(), "keyless"],
                "让不得持钥的角色持有恢复密钥的份额",
                "lets a role that never may hold a share of the recovery key",
            );
        }
        if role.nameless && !now.nameless {
            tightening.loosens(&[name.as_str(), "persons"], "让看不到人名的角色看到人名", "shows names to a role that sees none");
        }
        if role.apart.iter().any(|other| !now.apart.contains(other)) {
            tightening.loosens(&[name.as_str(), "apart"], "取消了职责分离", "drops a separation of duties");
        }
    }
}

/// Folders and files of a catalogue. Anything else in a site's folder would be silently without effect.
const KNOWN: [&str; 13] = [
    "registers",
    "rules",
    "datasets",
    "reports",
    "plans",
    "courses",
    "lists",
    "calendars",
    "mappings",
    "locales",
    "roles.toml",
    "areas.toml",
    super::replaced::DECLARATIONS,
];

/// Names a definition that stands where nobody reads it.
pub(crate) fn stray(path: &str, place: &Place, faults: &mut Faults) {
    let first = path.split('/').next().unwrap_or(path);
    if KNOWN.contains(&first) {
        return;
    }
    let hint = nearest(first, KNOWN);
    let (zh, en) =
        hint.map_or((String::new(), String::new()), |near| (format!("；是否想写 {near}？"), format!("; did you mean `{near}`?")));
    faults.add(
        place,
        format!("{path} 不在任何定义文件夹里，不会生效{zh}"),
        format!("`{path}` is in no folder of definitions and would have no effect{en}"),
    );
}
