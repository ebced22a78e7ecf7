//! Every format of log, with what breaks in them: lines that are no records, statements over lines, lost encodings.

use proptest::prelude::*;
use sqlaudit::read::{Format, Item, Source, each};
use std::io::Cursor;

/// Statements with line, user, session and time; and the lines that were bad.
fn read(format: Format, bytes: &[u8]) -> (Vec<[String; 5]>, Vec<u64>) {
    let (mut found, mut bad) = (Vec::new(), Vec::new());
    let mut source = Source::new(Cursor::new(bytes.to_vec())).expect("memory can be read");
    each(format, &mut source, &mut |item| {
        match item {
            Item::Record(record) => {
                found.push([
                    record.line.to_string(),
                    record.sql.into_owned(),
                    record.user.into_owned(),
                    record.session.into_owned(),
                    record.time.into_owned(),
                ]);
            }
            Item::Bad { line, .. } => bad.push(line),
            Item::Other => {}
        }
        Ok(())
    })
    .expect("memory can be read");
    (found, bad)
}

fn sql(format: Format, bytes: &[u8]) -> Vec<String> {
    read(format, bytes).0.into_iter().map(|[_, sql, ..]| sql).collect()
}

#[test]
fn json_lines_by_our_names_and_those_of_plugins() {
    let log = "{\"sql\":\"select 1\",\"user\":\"a\",\"session\":7,\"time\":\"2026-03-02 10:00:00\"}\nno json\n\n[1]\n{\"x\":1}\n{\"audit_record\":{\"name\":\"Query\",\"sqltext\":\"select 2\",\"user\":\"b\",\"connection_id\":\"9\"}}\n{\"general_data\":{\"query\":\"select 3\"},\"account\":{\"user\":\"c\",\"host\":\"h\"}}\n";
    let (found, bad) = read(Format::Jsonl, log.as_bytes());
    assert_eq!(bad, [2, 3, 4, 5]);
    assert_eq!(found[0], ["1", "select 1", "a", "7", "2026-03-02 10:00:00"].map(String::from));
    assert_eq!((found[1][1].as_str(), found[1][2].as_str(), found[1][3].as_str()), ("select 2", "b", "9"));
    assert_eq!((found[2][0].as_str(), found[2][1].as_str(), found[2][2].as_str()), ("7", "select 3", "c"));
}

#[test]
fn oracle_files_by_length_over_lines_and_with_a_wrong_length() {
    let text = "select ypmc, 'a''b'\n\nfrom yf_fymx";
    let entry = |length: usize| {
        format!(
            "Tue Mar  3 10:15:30 2026 +08:00\nLENGTH : '300'\nACTION :[{length}] '{text}'\nDATABASE USER:[1] '/'\nPRIVILEGE :[6] 'SYSDBA'\nCLIENT USER:[6] 'oracle'\nSTATUS:[1] '0'\nSESSIONID:[4] '4711'\n\n"
        )
    };
    let log = format!("Audit file /u01/x.aud\nOracle Database 19c\n\n{}{}", entry(text.len()), entry(text.len() + 9));
    let (found, _) = read(Format::OracleOs, log.as_bytes());
    assert_eq!(found.len(), 2, "{found:?}");
    for one in &found {
        assert_eq!((one[1].as_str(), one[2].as_str(), one[3].as_str(), one[4].as_str()), (text, "oracle", "4711", "3-Mar-2026 10:15:30"));
    }
    assert_eq!(found[0][0], "5");
}

#[test]
fn oracle_in_gb18030() {
    let (gbk, ..) = encoding_rs::GB18030.encode("select 药品 from 处方");
    let mut log = format!("Tue Mar  3 10:15:30 2026 +08:00\nACTION :[{}] '", gbk.len()).into_bytes();
    log.extend_from_slice(&gbk);
    log.extend_from_slice(b"'\nDATABASE USER:[1] 'A'\nSTATUS:[1] '0'\n");
    assert_eq!(sql(Format::OracleOs, &log), ["select 药品 from 处方"]);
}

#[test]
fn exports_with_column_names() {
    let log = "EVENT_TIMESTAMP,DBUSERNAME,SESSIONID,SQL_TEXT\n2026-03-02 10:00:00,U,5,\"select a,\n\"\"b\"\" from t\"\n2026-03-02,U,5\n2026-03-02,U,5,\n";
    let (found, bad) = read(Format::OracleUnified, log.as_bytes());
    assert_eq!((found.len(), bad), (1, vec![4]));
    assert_eq!(found[0], ["2", "select a,\n\"b\" from t", "U", "5", "2026-03-02 10:00:00"].map(String::from));
    let wide: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain("event_time\tserver_principal_name\tstatement\n2026\tsa\tselect 药\n".encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    assert_eq!(sql(Format::Mssql, &wide), ["select 药"]);
    let text = "Audit event: audit_schema_version:1\nevent_time:2026-03-02 10:00:00.1\nserver_principal_name:sa\nstatement:select a\nfrom t\nadditional_information:\nAudit event: audit_schema_version:1\nstatement:select 2\n";
    assert_eq!(sql(Format::Mssql, text.as_bytes()), ["select a\nfrom t", "select 2"]);
}

#[test]
fn quotes_that_never_close_cost_one_record() {
    let log = "DBUSERNAME,SQL_TEXT\nU,\"select 1\nU,select 2\nU,select 3\n";
    let (found, bad) = read(Format::OracleUnified, log.as_bytes());
    assert_eq!(bad, [2]);
    assert_eq!(found.len(), 2, "{found:?}");
}

#[test]
fn mariadb_lines() {
    let log = "20260302 10:00:00,db,root,localhost,12,1,CONNECT,his,,0\n20260302 10:00:01,db,root,10.0.0.1,12,2,QUERY,his,'select \\'a\\', b\\nfrom t',0\nshort\n20260302 10:00:02,db,root,h,12,3,QUERY,his,'select cut off\n";
    let (found, bad) = read(Format::Mysql, log.as_bytes());
    assert_eq!(bad, [3]);
    assert_eq!(found[0], ["2", "select 'a', b\nfrom t", "root", "12", "20260302 10:00:01"].map(String::from));
    assert_eq!(found[1][1], "select cut off");
}

#[test]
fn pgaudit_in_both_kinds_of_files() {
    let csv = "2026-03-02 10:00:00.1 CST,\"u\",\"his\",77,\"10.0.0.1:5000\",65e.4d,1,\"SELECT\",2026-03-02 09:00:00 CST,3/4,0,LOG,00000,\"AUDIT: SESSION,1,1,READ,SELECT,,,\"\"select \"\"\"\"a\"\"\"\",\nb from t\"\",<not logged>,12\",,,,,,,,,\"psql\",\"client backend\",,0\n2026-03-02 10:00:00.1 CST,\"u\",\"his\",77,\"\",6,1,\"\",2026,3/4,0,LOG,00000,\"connection\",,,,,,,,,\"psql\",\"\",,0\n";
    let (found, bad) = read(Format::Pgaudit, csv.as_bytes());
    assert!(bad.is_empty(), "{bad:?}");
    assert_eq!(found, [["1", "select \"a\",\nb from t", "u", "65e.4d", "2026-03-02 10:00:00.1 CST"].map(String::from)]);
    let text = "2026-03-02 10:00:00.123 CST [77] u@his LOG:  AUDIT: SESSION,1,1,READ,SELECT,,,\"select a,\n\tb from t\",<none>\n2026-03-02 10:00:01 CST [77] u@his LOG:  connection received\n";
    let (found, _) = read(Format::Pgaudit, text.as_bytes());
    assert_eq!(found, [["1", "select a,\n\tb from t", "u", "77", "2026-03-02 10:00:00"].map(String::from)]);
}

#[test]
fn formats_are_told_by_their_beginning() {
    let cases: [(&str, Option<Format>); 7] = [
        ("{\"sql\":1}", Some(Format::Jsonl)),
        ("Audit file /x\n", Some(Format::OracleOs)),
        ("SESSIONID,DBUSERNAME,SQL_TEXT\n", Some(Format::OracleUnified)),
        ("20260302 10:00:01,db,root,h,12,2,QUERY,his,'select',0", Some(Format::Mysql)),
        ("x LOG:  AUDIT: SESSION,1", Some(Format::Pgaudit)),
        ("event_time,statement,server_principal_name", Some(Format::Mssql)),
        ("hello", None),
    ];
    for (text, format) in cases {
        assert_eq!(Format::guess(text.as_bytes()), format, "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_bytes_make_a_reader_or_the_auditor_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400), words in proptest::collection::vec("[a-zA-Z药名()'\"`,;=*/$@:.\\[\\]0-9#-]{0,6}|select|from|group by|prescriptions|drug|'", 0..40)) {
        let text = words.join(" ");
        let mut auditor = crate::support::auditor("none");
        for (_, format) in Format::NAMES {
            for input in [bytes.as_slice(), text.as_bytes()] {
                for sql in sql(format, input) {
                    auditor.push(&sqlaudit::Record { sql: sql.into(), ..Default::default() });
                }
            }
        }
        auditor.push(&sqlaudit::Record { sql: text.into(), ..Default::default() });
        auditor.push(&sqlaudit::Record { sql: String::from_utf8_lossy(&bytes), ..Default::default() });
        prop_assert!(std::iter::from_fn(|| auditor.next(true)).count() >= 2);
    }
}

#[test]
fn a_chain_of_ten_thousand_ors_is_read_word_by_word() {
    let many = vec!["drug = 'a'"; 10_000].join(" or ");
    let row = crate::support::one("none", &format!("select drug, count(*) from prescriptions where {many} group by drug"));
    assert!(row.features.contains(&"unparsed".to_owned()));
    let deep = format!("select {}1{}", "(".repeat(5_000), ")".repeat(5_000));
    crate::support::one("none", &deep);
}
