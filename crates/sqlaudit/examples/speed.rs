//! How many statements a second one core audits: repeated shapes with other literals, as JSON lines in, JSON lines out.
//!
//! `cargo run --release -p sqlaudit --example speed [statements]`

use sqlaudit::read::{Format, Item, Source, each};
use sqlaudit::{Approvals, Auditor, Lang, Map, MapFile};
use std::io::{Cursor, Write};
use std::time::Instant;

const SHAPES: &[&str] = &[
    "SELECT ypmc, ypsl, ypdw FROM yf_fymx WHERE zyh = '{n}' ORDER BY fyrq",
    "SELECT b.ypmc, SUM(b.ypsl) FROM ms_cf01 a, ms_cf02 b WHERE a.cfsb = b.cfsb AND a.kfrq >= '2026-01-{d} 00:00:00' AND a.kfrq < '2026-02-{d} 00:00:00' AND a.brid = {n} GROUP BY b.ypmc",
    "SELECT y.ygxm, b.ypmc, SUM(b.ypsl) sl FROM ms_cf01 a JOIN ms_cf02 b ON a.cfsb = b.cfsb JOIN gy_ygdm y ON y.ygdm = a.ysdm WHERE a.kfrq BETWEEN '2026-01-{d}' AND '2026-03-{d}' GROUP BY y.ygxm, b.ypmc ORDER BY 3 DESC",
    "INSERT INTO yf_fymx (fysb, ypxh, ypsl, fyrq, zyh) VALUES ({n}, {d}, 2, '2026-01-{d} 10:11:12', '{n}')",
    "UPDATE zy_brry SET brks = '{d}' WHERE zyh = '{n}'",
    "SELECT COUNT(*) FROM zy_brry WHERE brks = '{d}' AND cyrq IS NULL",
    "SELECT * FROM gy_ygdm WHERE ygdm = '{n}'",
    "SELECT SUM(ypsl) FROM yf_fymx WHERE ypmc = 'drug {d}' AND fyrq >= '2026-01-{d}' AND fyrq < '2026-02-{d}'",
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let count: usize = std::env::args().nth(1).map_or(Ok(400_000), |text| text.parse())?;
    let mut log = Vec::new();
    for at in 0..count {
        let sql =
            SHAPES[at % SHAPES.len()].replace("{n}", &(at * 7919 % 1_000_000).to_string()).replace("{d}", &format!("{:02}", at % 28 + 1));
        writeln!(
            log,
            "{{\"sql\":\"{sql}\",\"user\":\"his_app\",\"client\":\"his.exe\",\"ip\":\"10.0.0.{}\",\"session\":\"{}\",\"time\":\"2026-03-02 {:02}:{:02}:00\",\"rows\":3}}",
            at % 200,
            at % 50,
            8 + at * 9 / count,
            at % 60
        )?;
    }
    let bytes = log.len();
    let file: MapFile = toml::from_str(include_str!("../maps/his.toml"))?;
    let map = Map::new(file).map_err(|faults| faults.join("\n"))?;
    let mut auditor = Auditor::new(map, Approvals::default(), None, Lang::Zh).map_err(|faults| faults.join("\n"))?;
    let mut out = std::io::sink();
    let start = Instant::now();
    let mut source = Source::new(Cursor::new(log))?;
    each(Format::Jsonl, &mut source, &mut |item| {
        if let Item::Record(record) = item {
            auditor.push(&record);
        }
        while let Some(row) = auditor.next(false) {
            serde_json::to_writer(&mut out, &row)?;
        }
        Ok(())
    })?;
    while let Some(row) = auditor.next(true) {
        serde_json::to_writer(&mut out, &row)?;
    }
    let took = start.elapsed().as_secs_f64();
    let summary = auditor.summary();
    println!(
        "{count} statements, {:.1} MB in {took:.2} s: {:.0} statements/s; {} flagged, {} % unparsed",
        bytes as f64 / 1e6,
        count as f64 / took,
        summary.flagged,
        summary.unparsed_percent
    );
    Ok(())
}
