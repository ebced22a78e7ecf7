//! The guide with accounts for everybody belongs to a demo: no file laid into a real house brings it there.

use crate::browser::Browser;
use crate::qinglian;
use crate::served::Served;

#[test]
fn a_house_that_init_made_has_no_guide_whatever_lies_in_its_folder() {
    let dir = tempfile::tempdir().expect("a folder");
    let data = dir.path().join("data");
    qinglian("init --data {} --admin root --house 测试医院", &[&data]).ends(0);
    std::fs::write(data.join("accounts.json"), r#"[{"role":"admin","account":"root","password":"x","name":"甲","unit":"乙"}]"#)
        .expect("written");
    std::fs::write(data.join("guide.json"), r#"{"codes":[]}"#).expect("written");
    std::fs::write(data.join("demo.json"), r#"{"seed":1,"lines":50000,"today":"2026-06-11","version":"0.1.0"}"#).expect("written");
    let refused = qinglian("demo --data {} --addr 127.0.0.1:0", &[&data]).ends(1);
    assert!(refused.err.contains("no demo"), "{}", refused.err);
    let served = Served::start(&data);
    let mut anyone = Browser::new(&served.addr);
    let door = anyone.get("/").expect("it serves").ok();
    assert_eq!(door.form("/enter").get("to"), Some("/"), "one signs in first");
    assert_eq!(anyone.get("/try").expect("it serves").status, 404);
}
