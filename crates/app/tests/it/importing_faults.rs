//! Rows that stay out: named by line and column, alone or with all the others.

use app::Kind;
use app::import::{self, Options};
use exchange::{Field, Format, Mapping};

use crate::importing::{bring, figures, mapped, try_bring};
use crate::made::on_each;

/// What the ledger refuses is named as the file names it, like what the reader refuses.
#[test]
fn faults_name_the_column_of_the_file() {
    on_each(|desk| {
        let mut mapping = mapped(&[
            (Field::Outcome, "Ergebnis"),
            (Field::Prospect, "Kunde"),
            (Field::At, "Wann"),
        ]);
        mapping.format = Some(Format::Generic);
        let long = "x".repeat(201);
        let file = format!(
            "Kunde;Ergebnis;Wann\n{long};no;2026-11-02\nAda;no;2031-01-01\nBram;vielleicht;\n"
        );
        let done = try_bring(desk, &file, &mapping, Options::default()).unwrap();
        let faults: Vec<_> = done
            .errors
            .iter()
            .map(|e| (e.line, e.column.as_str()))
            .collect();
        assert_eq!(faults, [(2, "Kunde"), (3, "Wann"), (4, "Ergebnis")]);
    });
}

#[test]
fn bad_rows_are_named_and_the_rest_goes_in() {
    on_each(|desk| {
        let long = "x".repeat(201);
        let file = format!(
            "id,at,prospect,outcome,channel,segment\n\
             1,2026-11-02,Ada,no,call,\n\
             2,2026-11-32,Bram,no,call,\n\
             3,2026-11-02,Cleo,perhaps,call,\n\
             4,2027-11-02,Dora,no,call,\n\
             5,2026-11-02,{long},no,call,\n\
             6,2026-11-02,Finn,no,call,{long}\n\
             7,2026-11-02,Gus,no\n\
             8,2026-11-02,Hana,yes,call,\n"
        );
        let done = bring(desk, &file);
        assert_eq!(figures(&done), [8, 2, 2, 1, 0, 0, 0, 6]);
        let lines: Vec<u64> = done.errors.iter().map(|e| e.line).collect();
        assert_eq!(lines, [3, 4, 5, 6, 7, 8]);
        let columns: Vec<&str> = done.errors.iter().map(|e| e.column.as_str()).collect();
        assert_eq!(columns, ["at", "outcome", "at", "prospect", "segment", ""]);
        assert!(done.errors.iter().all(|e| e.reason.len() > 10));
        // Nobody was made for a row that stayed out.
        assert_eq!(desk.prospects().len(), 2);
        let labels = desk.act(|act, _| app::labels::all(act, domain::LabelKind::Segment));
        assert!(labels.is_empty());
        // Put right, only what was wrong comes in.
        let right = file
            .replace("11-32", "11-03")
            .replace("perhaps", "not_now")
            .replace("2027-11", "2026-11")
            .replace(&long, "Elin")
            .replace("Gus,no", "Gus,no,call,");
        assert_eq!(figures(&bring(desk, &right)), [8, 6, 6, 0, 0, 2, 0, 0]);
    });
}

#[test]
fn strict_is_all_or_nothing() {
    on_each(|desk| {
        let strict = Options {
            strict: true,
            ..Options::default()
        };
        for wrong in [
            "prospect,outcome,channel,at\nAda,no,call,\nBram,maybe,call,\n",
            // One that only the ledger finds.
            "prospect,outcome,channel,at\nAda,no,call,\nBram,no,call,2030-01-01\n",
        ] {
            let error = try_bring(desk, wrong, &Mapping::default(), strict).unwrap_err();
            assert_eq!(error.kind, Kind::Invalid);
            assert!(error.message.contains("line 3"), "{}", error.message);
            assert!(desk.attempts().is_empty() && desk.prospects().is_empty());
            assert!(desk.act(|act, me| import::latest(act, me, 5)).is_empty());
        }
        let right = "prospect,outcome,channel\nAda,no,call\nBram,yes,call\n";
        let done = try_bring(desk, right, &Mapping::default(), strict).unwrap();
        assert_eq!(figures(&done), [2, 2, 2, 1, 0, 0, 0, 0]);
    });
}
