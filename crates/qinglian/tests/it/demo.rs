//! The synthetic hospital: found as planted, on seeds no threshold was set on; sound; its papers are the official ones.

use crate::qinglian;

#[test]
fn rules_find_what_was_planted_on_unseen_seeds() {
    for seed in [20_261_122_u64, 977] {
        let dir = tempfile::tempdir().expect("a folder");
        let data = dir.path().join("demo");
        let line = format!("demo --truth --json --lines 50000 --today 2026-06-11 --seed {seed} --data {{}}");
        let rows = qinglian(&line, &[&data]).ends(0).json();
        for rule in ["U01", "U02", "C01"] {
            let row = rows.as_array().expect("rows").iter().find(|row| row["rule"] == rule).unwrap_or_else(|| panic!("{rule} is missing: {rows}"));
            let (recall, precision) = (row["recall"].as_f64().expect("a number"), row["precision"].as_f64().expect("a number"));
            assert!(row["planted"].as_u64().expect("a count") > 0, "{row}");
            assert!(recall >= 0.95 && precision >= 0.8, "seed {seed}: {row}");
        }
        if seed == 977 {
            papers(&data);
        }
    }
}

/// One demo serves for the rest: making one takes longer than looking at it.
fn papers(data: &std::path::Path) {
    qinglian("verify --data {}", &[data]).ends(0);
    for annex in ["s003_annex2", "s003_annex3", "s003_annex4"] {
        for ending in ["xlsx", "docx", "json"] {
            let out = data.with_file_name(format!("{annex}.{ending}"));
            qinglian(&format!("report {annex} --data {{}} --out {{}}"), &[data, &out]).ends(0);
            assert!(std::fs::metadata(&out).expect("written").len() > 1_000, "{}", out.display());
        }
    }
    let out = data.with_file_name("part.json");
    qinglian("report s003_annex4 --data {} --from 2026-05-01 --out {}", &[data, &out]).ends(0);
    let text = std::fs::read_to_string(&out).expect("written");
    assert!(text.contains("非累计口径"), "another first day is marked");
    let sealed = std::fs::read_to_string(data.with_file_name("s003_annex3.json")).expect("written");
    assert!(sealed.to_lowercase().contains("sealed"), "names in 附件3 are sealed cells");
}
