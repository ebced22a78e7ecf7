//! Exporting lists.

use crate::browser::Browser;
use crate::house::House;

/// The page of a queued export.
pub async fn job(house: &House, _browser: &mut Browser) -> String {
    let payload = serde_json::json!({ "register": "gift", "query": "", "xlsx": true, "lang": "zh-CN" }).to_string();
    let id = house.store.queue_job("export", &payload, Some(house.person("li")), 3).await.expect("a job is queued");
    format!("/jobs/{id}")
}
