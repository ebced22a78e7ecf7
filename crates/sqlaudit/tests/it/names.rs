//! What tables and columns are by their names alone, and that the map has the last word.

use crate::support::map;
use sqlaudit::{Kind, Map, MapFile, Roles};

#[test]
fn columns_are_told_by_their_last_word() {
    let map = map("none");
    let cases = [
        ("ypmc", Roles::DRUG),
        ("drug_qty", Roles::QTY),
        ("ypsl", Roles::QTY),
        ("kdysdm", Roles::DOCTOR),
        ("ysxm", Roles::DOCTOR),
        ("kdksmc", Roles::DEPT),
        ("cfrq", Roles::TIME),
        ("drugstarttime", Roles::TIME),
        ("brxm", Roles::PATIENT),
        ("patient_id", Roles::PATIENT),
        ("zyh", Roles::ENCOUNTER),
        ("patientunitstayid", Roles::ENCOUNTER),
        ("开单医师姓名", Roles::DOCTOR),
        ("药品名称", Roles::DRUG),
        ("发药数量", Roles::QTY),
        ("总金额", Roles::AMOUNT),
        ("dob", Roles::NONE),
        ("ypdj", Roles::NONE),
        ("unit_price", Roles::NONE),
        ("route", Roles::NONE),
    ];
    for (name, roles) in cases {
        assert_eq!(map.roles("x", name), roles, "{name}");
    }
    // A bare name says what its table is of.
    assert_eq!(
        (map.roles("drugs", "name"), map.roles("doctors", "name"), map.roles("x", "name")),
        (Roles::DRUG, Roles::DOCTOR, Roles::NONE)
    );
}

#[test]
fn tables_are_told_by_their_words() {
    let map = map("none");
    let cases = [
        ("ms_cf02", Kind::Prescription),
        ("门诊处方明细", Kind::Prescription),
        ("drug_dispense", Kind::Prescription),
        ("medication", Kind::Prescription),
        ("zy_fymx", Kind::Charge),
        ("drug_inventory", Kind::Stock),
        ("药房库存", Kind::Stock),
        ("药品字典", Kind::Drug),
        ("drug_dict", Kind::Drug),
        ("gy_ksdm", Kind::Department),
        ("labevents", Kind::Other),
        ("dosing_protocols", Kind::Other),
        ("abc", Kind::Unknown),
    ];
    for (name, kind) in cases {
        assert_eq!(map.kind(name), kind, "{name}");
    }
}

#[test]
fn the_map_comes_before_the_name_and_names_its_faults() {
    let file: MapFile = toml::from_str(
        "[tables.\"HIS.T_9\"]\nkind = \"prescription\"\ncolumns = { F1 = \"drug\", ypmc = \"none\" }\n[synonyms]\nrx = \"his.t_9\"",
    )
    .expect("sound");
    let known = Map::new(file).expect("known roles");
    assert_eq!((known.kind("rx"), known.roles("rx", "f1"), known.roles("t_9", "ypmc")), (Kind::Prescription, Roles::DRUG, Roles::NONE));
    let file: MapFile = toml::from_str("level = 0\n[columns]\na = \"pill\"").expect("sound TOML");
    let faults = Map::new(file).expect_err("two faults");
    assert!(faults.len() == 2 && faults[0].contains("columns.a") && faults[1].contains("level"), "{faults:?}");
}
