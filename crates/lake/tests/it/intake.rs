//! Rows in: what is kept, what is rejected and why, and how an import that cannot be taken is refused.

use std::ops::ControlFlow;

use lake::{Error, Handed, Mapping, Outcome, Reason, intake};

use parquet::basic::{Compression, Encoding};
use parquet::file::reader::{FileReader, SerializedFileReader};

use crate::lab::{AT_MS, Lab, contract, definition, mapping, months};

const HEAD: &str = "line_id,time,item,quantity,amount_fen\n";

#[test]
fn lines_are_filed_by_month_sorted_by_time_and_keep_leading_zeros() {
    let lab = Lab::new();
    let receipt = lab
        .orders(&format!("{HEAD}0003,2024-02-01 08:00:00,00A1,2,1250\n0001,2024-01-31 23:59:59,B2,1,300\n0002,2024-01-05,00A1,1.5,900\n"));
    assert_eq!((receipt.rows, receipt.accepted, receipt.rejected_total()), (3, 3, 0));
    assert_eq!(receipt.months, months(&["2024-01", "2024-02"]));
    assert_eq!(
        lab.orders_dump(),
        ["0002|2024-01-05T00:00:00|00A1|1.5|900", "0001|2024-01-31T23:59:59|B2|1.0|300", "0003|2024-02-01T08:00:00|00A1|2.0|1250",]
    );
}

#[test]
fn refunds_stay_negative_and_empty_cells_stay_empty() {
    let lab = Lab::new();
    lab.orders(&format!("{HEAD}L1,2024-01-05,A,-2,-1250\nL2,2024-01-06,A,1,\n"));
    assert_eq!(lab.orders_dump(), ["L1|2024-01-05T00:00:00|A|-2.0|-1250", "L2|2024-01-06T00:00:00|A|1.0|"]);
    let filled = lab.lake().filled("order_line");
    assert_eq!((filled.get("amount_fen"), filled.get("quantity"), filled.get("prescriber")), (Some(&1), Some(&2), None));
}

#[test]
fn every_rejected_row_has_its_number_column_value_and_reason() {
    let lab = Lab::new();
    let receipt = lab.orders(
        "line_id,time,item,quantity,kind,self_paid,days_supply\n\
         L1,2024-01-05,A,1,drug,是,3\n\
         ,2024-01-05,A,1,drug,1,3\n\
         L3,2024-13-05,A,1,drug,1,3\n\
         L4,2024-01-05,A,one,drug,1,3\n\
         L5,2024-01-05,A,1,medicine,1,3\n\
         L6,2024-01-05,A,1,药品,maybe,3\n\
         L7,2024-01-05,A,1,Drug,0,9999\n\
         L8,1066-01-05,A,1,drug,0,3\n\
         L9,2024-01-05,A,99999999999999999999,drug,0,3\n\
         L10,2024-01-05,A\n\
         L11,2024-01-05,A,1,药品,否,3\n",
    );
    assert_eq!((receipt.rows, receipt.accepted), (11, 2));
    assert_eq!(receipt.rejected_total(), 9);
    let found: Vec<_> = receipt.examples.iter().map(|r| (r.row, r.column.as_str(), r.value.as_str(), r.reason)).collect();
    assert_eq!(
        found,
        [
            (3, "line_id", "", Reason::Missing),
            (4, "time", "2024-13-05", Reason::NotADate),
            (5, "quantity", "one", Reason::NotANumber),
            (6, "kind", "medicine", Reason::UnknownValue),
            (7, "self_paid", "maybe", Reason::NotAFlag),
            (8, "days_supply", "9999", Reason::OutOfRange),
            (9, "time", "1066-01-05", Reason::OutOfRange),
            (10, "quantity", "99999999999999999999", Reason::TooBig),
            (11, "", "", Reason::Ragged),
        ]
    );
    let file = lab.rejected(&receipt);
    assert_eq!(file.lines().count(), 10, "{file}");
    for reason in receipt.rejected.keys() {
        assert!(file.contains(reason.code()) && file.contains(&reason.label().zh), "{reason:?} in {file}");
    }
    assert_eq!(lab.dump("order_line", &["line_id", "kind", "self_paid"]), ["L1|drug|true", "L11|drug|false"]);
}

#[test]
fn a_rejected_value_cannot_become_a_formula() {
    let lab = Lab::new();
    let receipt = lab.orders(&format!("{HEAD}L1,2024-01-05,A,=1+cmd,0\n"));
    let file = lab.rejected(&receipt);
    assert!(!file.contains(",=1+cmd"), "{file}");
    assert!(file.contains("=1+cmd"), "{file}");
}

#[test]
fn wrong_columns_are_all_named_with_the_nearest_name_and_nothing_changes() {
    let lab = Lab::new();
    let contract = contract("order_line");
    let path = lab.file("wrong.csv", "line_id,tmie,item,qty,amount_fen,Weather\nL1,2024-01-05,A,1,5,sun\n");
    let error = lab.hand(&contract, &Mapping::plain(&contract), &path).expect_err("columns do not fit");
    let Error::Columns(columns) = &error else { panic!("{error}") };
    let missing: Vec<_> = columns.missing.iter().map(|n| (n.name.as_str(), n.near.as_deref())).collect();
    assert_eq!(missing, [("time", Some("tmie")), ("quantity", None)]);
    let unknown: Vec<_> = columns.unknown.iter().map(|n| (n.name.as_str(), n.near.as_deref())).collect();
    assert_eq!(unknown, [("tmie", Some("time")), ("qty", None), ("Weather", None)]);
    assert!(error.sentence().zh.contains("缺少列：time（相近：tmie）、quantity"), "{}", error.sentence().zh);
    assert_eq!(lab.lake().datasets().count(), 0);
}

#[test]
fn a_vendor_file_with_chinese_names_yuan_and_marked_refunds() {
    let lab = Lab::new();
    let path = lab.file(
        "导出.csv",
        "明细号,开立时间,开单科室,医师工号,项目编码,项目名称,类别,数量,单位,金额,就诊类型,退费标志\n\
         00017,2024/1/5 8:03,心内科,0042,Y001,阿司匹林,西药,\"1,200\",片,\"1,234.56\",门诊,0\n\
         00018,20240105080500,心内科,0042,Y001,阿司匹林,西药,2,片,0.125,门诊,1\n\
         00019,2024年1月6日,心内科,0042,Y002,不明,其他费用,1,项,3,门诊,0\n",
    );
    let receipt = lab.hand(&contract("order_line"), &mapping("order_line_zh"), &path).expect("taken in");
    assert_eq!((receipt.accepted, receipt.rejected_total()), (3, 0), "{:?}", receipt.examples);
    assert_eq!(
        lab.dump("order_line", &["line_id", "time", "department", "prescriber", "kind", "quantity", "amount_fen", "setting"]),
        [
            "00017|2024-01-05T08:03:00|心内科|0042|drug|1200.0|123456|outpatient",
            "00018|2024-01-05T08:05:00|心内科|0042|drug|-2.0|-13|outpatient",
            "00019|2024-01-06T00:00:00|心内科|0042|other|1.0|300|outpatient",
        ]
    );
}

#[test]
fn a_mapping_can_join_choose_default_scale_and_skip() {
    let text = r#"
        mapping = "vendor"
        dataset = "order_line"
        title = { zh = "厂商", en = "vendor" }
        ignore = ["*"]
        [columns]
        line_id = { join = ["rx", "no"] }
        time = { join = ["day", "clock"], separator = " ", format = "%d/%m/%Y %H:%M" }
        item = { from = ["code", "name"], empty = ["0", "NULL"] }
        quantity = { from = "boxes", times = "12", range = "high" }
        amount_fen = { from = "wan", unit = "wan", bad = "empty" }
        setting = { from = "where", values = { "OP" = "outpatient", "IP" = "inpatient" }, otherwise = "" }
        kind = { constant = "drug" }
        unit = { from = "unit", default = "片" }
        [skip.totals]
        column = "rx"
        is = ["合计"]
        why = { zh = "合计行", en = "total lines" }
    "#;
    let mapping: Mapping = toml::from_str(text).expect("well-formed");
    let lab = Lab::new();
    let path = lab.file(
        "vendor.csv",
        "rx,no,day,clock,code,name,boxes,wan,where,unit,rest\n\
         R1,1,05/01/2024,08:03,0,名字,1-2,0.0001,OP,,x\n\
         R1,2,06/01/2024,08:03,C7,名字,0.5,free,XX,盒,x\n\
         合计,,,,,,1.5,,,,\n",
    );
    let receipt = lab.hand(&contract("order_line"), &mapping, &path).expect("taken in");
    assert_eq!((receipt.rows, receipt.accepted, receipt.skipped_total(), receipt.rejected_total()), (3, 2, 1, 0));
    assert_eq!(receipt.skipped.get("totals"), Some(&1));
    let blanked: Vec<_> = receipt.blanked.iter().map(|b| (b.column.as_str(), b.reason, b.cells)).collect();
    assert_eq!(blanked, [("wan", Reason::NotANumber, 1)]);
    assert_eq!(
        lab.dump("order_line", &["line_id", "time", "item", "quantity", "amount_fen", "setting", "unit"]),
        ["R1-1|2024-01-05T08:03:00|名字|24.0|100|outpatient|片", "R1-2|2024-01-06T08:03:00|C7|6.0|||盒"]
    );
}

#[test]
fn a_try_counts_everything_and_changes_nothing() {
    let lab = Lab::new();
    let contract = contract("order_line");
    let path = lab.file("orders.csv", format!("{HEAD}L1,2024-01-05,A,1,5\nL2,never,A,1,5\n"));
    let handed = Handed { path: &path, name: "orders.csv", at_ms: AT_MS, try_only: true, watch: &mut |_| ControlFlow::Continue(()) };
    let receipt = intake(&lab.lake_dir(), &contract, &Mapping::plain(&contract), handed).expect("tried");
    assert_eq!((receipt.outcome, receipt.accepted, receipt.rejected_total()), (Outcome::Tried, 1, 1));
    assert_eq!(receipt.rejected_file, None);
    let lake = lab.lake();
    assert_eq!((lake.datasets().count(), lake.dim("item").expect("a dictionary").num_rows()), (0, 0));
}

#[test]
fn an_import_can_be_stopped_and_changes_nothing() {
    let lab = Lab::new();
    let contract = contract("order_line");
    let rows: String = (0..25_000).map(|n| format!("L{n},2024-01-05,A,1,5\n")).collect();
    let path = lab.file("orders.csv", format!("{HEAD}{rows}"));
    let mut seen = Vec::new();
    let mut watch = |rows| {
        seen.push(rows);
        if rows >= 20_000 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let handed = Handed { path: &path, name: "orders.csv", at_ms: AT_MS, try_only: false, watch: &mut watch };
    let error = intake(&lab.lake_dir(), &contract, &Mapping::plain(&contract), handed).expect_err("stopped");
    assert!(matches!(error, Error::Cancelled));
    assert_eq!(seen, [10_000, 20_000]);
    assert_eq!(lab.lake().datasets().count(), 0);
}

#[test]
fn a_file_without_one_good_row_changes_nothing_and_says_so() {
    let lab = Lab::new();
    let receipt = lab.orders(&format!("{HEAD}L1,never,A,1,5\n"));
    assert_eq!(receipt.outcome, Outcome::NothingAccepted);
    assert_eq!(lab.lake().datasets().count(), 0);
    let receipt = lab.orders(HEAD);
    assert_eq!((receipt.outcome, receipt.rows), (Outcome::NothingAccepted, 0));
}

#[test]
fn a_contract_that_would_read_old_lines_in_another_way_is_refused() {
    let lab = Lab::new();
    lab.orders(&format!("{HEAD}L1,2024-01-05,A,1,5\n"));
    let text = std::fs::read_to_string(crate::lab::catalogue().join("datasets/order_line.toml")).expect("the contract");
    let changed = lab.file("order_line.toml", text.replace("[columns.quantity]\nis = \"decimal\"", "[columns.quantity]\nis = \"integer\""));
    let changed: lake::Contract = definition(&changed);
    let path = lab.file("more.csv", format!("{HEAD}L2,2024-01-05,A,1,5\n"));
    let error = lab.hand(&changed, &Mapping::plain(&changed), &path).expect_err("another coding");
    assert!(matches!(&error, Error::Definition { faults, .. } if faults[0].path == "columns.quantity"), "{error}");
}

#[test]
fn a_contract_may_gain_and_lose_columns_and_old_lines_keep_theirs() {
    let lab = Lab::new();
    let mut contract = contract("order_line");
    let ward = contract.columns["route"].clone();
    contract.columns.shift_remove("route");
    let old = lab.file("old.csv", "line_id,time,item,quantity,unit\nL1,2024-01-05,A,1,盒\n");
    lab.hand(&contract, &Mapping::plain(&contract), &old).expect("taken in");
    contract.columns.insert("ward".into(), ward);
    contract.columns.shift_remove("unit");
    let new = lab.file("new.csv", "line_id,time,item,quantity,ward\nL2,2024-01-06,A,1,三病区\n");
    lab.hand(&contract, &Mapping::plain(&contract), &new).expect("taken in");
    assert_eq!(lab.dump("order_line", &["line_id", "unit", "ward"]), ["L1|盒|", "L2||三病区"]);
}

#[test]
fn lines_behind_a_figure_are_found_by_name() {
    let lab = Lab::new();
    lab.orders(
        "line_id,time,item,quantity,prescriber\nL1,2024-01-05,A,1,007\nL2,2024-01-06,B,1,007\nL3,2024-02-06,A,1,007\nL4,2024-02-07,A,1,008\n",
    );
    let lake = lab.lake();
    let all = lake.months("order_line");
    let ids = |wanted: &[(&str, &str)], limit| {
        let found = lake.find("order_line", &all, wanted, limit).expect("found");
        let ids = found.project(&[0]).expect("the first column");
        crate::lab::rows(&ids)
    };
    assert_eq!(ids(&[("prescriber", "007"), ("item", "A")], 10), ["L1", "L3"]);
    assert_eq!(ids(&[("prescriber", "007"), ("item", "A")], 1), ["L1"]);
    assert_eq!(ids(&[("line_id", "L4")], 10), ["L4"]);
    assert!(ids(&[("item", "Z")], 10).is_empty());
    assert!(lake.find("order_line", &all, &[("quantity", "1")], 10).is_err());
    assert!(lake.find("order_line", &all, &[("colour", "1")], 10).is_err());
}

#[test]
fn a_month_is_parquet_version_2_sorted_with_integers_by_delta() {
    let lab = Lab::new();
    let rows: String = (0..3_000).map(|n| format!("X{n:05},2024-01-{:02} 08:00:00,I{},1,{n}\n", n * 17 % 28 + 1, n % 40)).collect();
    lab.orders(&format!("{HEAD}{rows}"));
    let path = lab.lake().month_file("order_line", months(&["2024-01"])[0]).expect("a file");
    let file = std::fs::File::open(&path).expect("the file");
    let reader = SerializedFileReader::new(file).expect("Parquet");
    let meta = reader.metadata();
    assert_eq!((meta.file_metadata().version(), meta.file_metadata().num_rows()), (2, 3_000));
    for column in meta
        .row_group(0)
        .columns()
        .iter()
        .filter(|column| ["time", "line_id", "item", "amount_fen"].contains(&column.column_path().string().as_str()))
    {
        let encodings: Vec<_> = column.encodings().collect();
        assert!(encodings.contains(&Encoding::DELTA_BINARY_PACKED), "{:?}: {encodings:?}", column.column_path());
        assert!(matches!(column.compression(), Compression::ZSTD(_)));
    }
    let sorted = meta.row_group(0).sorting_columns().expect("the order is written down");
    assert_eq!(sorted.iter().map(|column| column.column_idx).collect::<Vec<_>>(), [1, 0]);
    let lines = lab.dump("order_line", &["time", "line_id"]);
    assert!(lines.is_sorted(), "by time and then by line");
    let size = std::fs::metadata(&path).expect("the file").len();
    assert!(size < 40_000, "{size} bytes for 3,000 lines");
}
