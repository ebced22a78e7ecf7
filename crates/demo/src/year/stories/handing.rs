//! Authorities content is handed out to: one with a key that was checked by telephone, one whose key waits for it, one without.

use super::super::script::{Script, date, item, text};
use vault::{HandlerKey, SystemEntropy};

/// Name, kind, desk; whether they gave a key, and whether somebody compared its fingerprint.
const AUTHORITIES: [(&str, &str, &str, bool, bool); 3] = [
    ("示例市纪委监委", "commission", "信访室", true, true),
    ("示例市卫生健康委", "health", "监察专员办", true, false),
    ("示例市公安局", "police", "经侦支队", false, false),
];

pub(super) fn authorities(script: &mut Script<'_>) {
    for (place, (name, kind, desk, has_key, is_checked)) in AUTHORITIES.into_iter().enumerate() {
        let mut story = script.story(-120 + i64::try_from(place).unwrap_or(0) * 30);
        story.on(0);
        let (inspector, director) = (story.by("inspector"), story.by("director"));
        let authority =
            story.create(inspector.clone(), "authority", vec![("name", text(name)), ("kind", item(kind)), ("desk", text(desk))]);
        if has_key {
            story.on(2);
            // Theirs, and nobody's here: a visitor of the demo enters a key of their own, made with `qinglian package key`.
            let key = HandlerKey::generate(&mut SystemEntropy).recipient().to_string();
            story.make(inspector, authority, "give_key", vec![("key", text(key))]);
        }
        if is_checked {
            story.on(3);
            let seen = vec![("checked_on", date(story.today())), ("checked_with", text("值班室，总机转接"))];
            story.make(director, authority, "check_key", seen);
        }
    }
}
