#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]
//! A row is found again by its line, however the lines end.

use bitacora_accounts::import::{absent, commitments};

#[test]
fn a_row_names_the_line_on_which_it_begins() {
    let lines = ["series_id,years,why", "a,2001,\"in", "two lines\"", "", "b,2002,x", ",2003,y", "c,2004,z"];
    for end in ["\n", "\r\n"] {
        let text = lines.join(end);
        let read = absent(text.as_bytes()).unwrap();
        let told: Vec<(u64, &str)> = read.rows.iter().map(|row| (row.line, row.series.as_str())).collect();
        assert_eq!(told, [(2, "a"), (5, "b"), (7, "c")], "{end:?}");
        assert_eq!(read.defects.first[0].line, 6, "{end:?}");
        let marked = format!("\u{feff}{text}");
        assert_eq!(absent(marked.as_bytes()).unwrap().rows, read.rows, "{end:?}");
    }
    let heading = "id,promiser,promisee,indicator,direction,target,unit,baseline,deadline,source_name\r\n";
    let row = "a,COL,USA,x,at_least,1,ha,,2020-12-31,s\r\n";
    assert_eq!(commitments(format!("{heading}{row}").as_bytes()).unwrap().rows[0].line, 2);
}
