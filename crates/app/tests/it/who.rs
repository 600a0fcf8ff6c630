//! Who is meant by what was typed.

use app::Kind;
use app::ledger::{NewAttempt, WhoRef};
use domain::Outcome;

use crate::made::{Desk, contact, on_each, with};

/// A ledger where several people are known.
fn known(desk: &Desk) {
    for (name, company, email, phone) in [
        (
            "Ada Merrow",
            "Whitlock & Pell",
            "ada@whitlock.example",
            "+44 20 7946 0182",
        ),
        ("Ada Lund", "Quillfeather", "", "020 7946 0199"),
        ("Anna Brook", "Tarn & Tow", "", ""),
        ("Bram Osei", "Quillfeather", "", ""),
        ("Bram Osei", "Tarn & Tow", "", ""),
        ("", "Lantern Yard", "", ""),
        ("Zoë Ångström", "", "", ""),
    ] {
        desk.prospect(contact(name, company, email, phone));
    }
}

fn names(desk: &Desk, text: &str) -> Result<String, app::AppError> {
    let logged = desk.log_new(with(text, Outcome::No))?;
    Ok(format!("{} / {}", logged.who.name, logged.who.company))
}

#[test]
fn people_are_recognised_by_all_their_ways() {
    on_each(|desk| {
        known(desk);
        for (text, wanted) in [
            ("ada@whitlock.example", "Ada Merrow / Whitlock & Pell"),
            (" ADA@Whitlock.Example ", "Ada Merrow / Whitlock & Pell"),
            (
                "mailto:ada@whitlock.example",
                "Ada Merrow / Whitlock & Pell",
            ),
            ("0044 (0)20 7946 0182", "Ada Merrow / Whitlock & Pell"),
            ("tel:+442079460182", "Ada Merrow / Whitlock & Pell"),
            ("Ada Merrow", "Ada Merrow / Whitlock & Pell"),
            ("ada  merrow", "Ada Merrow / Whitlock & Pell"),
            ("Ada Lund, Quillfeather", "Ada Lund / Quillfeather"),
            ("Merrow", "Ada Merrow / Whitlock & Pell"),
            ("Anna", "Anna Brook / Tarn & Tow"),
            ("Bram Osei, Tarn & Tow", "Bram Osei / Tarn & Tow"),
            ("bram osei, quillfeather", "Bram Osei / Quillfeather"),
            ("Lantern Yard", "Lantern Yard / "),
            ("zoe angstrom", "Zoë Ångström / "),
            // An address or a number among other things is as good as alone.
            (
                "Ada Merrow, ada@whitlock.example",
                "Ada Merrow / Whitlock & Pell",
            ),
            ("A. Merrow; 020 7946 0199", "Ada Lund / Quillfeather"),
        ] {
            assert_eq!(names(desk, text).unwrap(), wanted, "{text}");
        }
        assert_eq!(desk.prospects().len(), 7);
    });
}

#[test]
fn who_is_unknown_becomes_a_prospect() {
    on_each(|desk| {
        known(desk);
        for (text, wanted) in [
            // A whole name, not the beginning of another.
            ("Ann", "Ann / "),
            ("Bra", "Bra / "),
            ("Cleo Tarn, Foxglove", "Cleo Tarn / Foxglove"),
            ("dora@foxglove.example", "dora@foxglove.example / "),
            ("???", "??? / "),
            ("王小明", "王小明 / "),
        ] {
            let logged = desk.log_new(with(text, Outcome::No)).unwrap();
            let p = desk.stored(logged.who.id);
            let shown = if p.name.is_empty() { p.email } else { p.name };
            assert_eq!(format!("{shown} / {}", p.company), wanted);
        }
        assert_eq!(desk.prospects().len(), 13);
        // And the same text means the same person from then on.
        for text in [
            "Ann",
            "cleo tarn, foxglove",
            "dora@foxglove.example",
            "???",
            "王小明",
        ] {
            names(desk, text).unwrap();
        }
        assert_eq!(desk.prospects().len(), 13);
    });
}

#[test]
fn several_who_fit_are_listed() {
    on_each(|desk| {
        known(desk);
        for (text, wanted) in [("Ada", 2), ("Bram Osei", 2), ("Quillfeather", 2)] {
            let error = desk.log_new(with(text, Outcome::No)).unwrap_err();
            assert_eq!(error.kind, Kind::Ambiguous, "{text}");
            assert_eq!(error.candidates.len(), wanted, "{text}");
            assert!(error.hint.unwrap().contains(&error.candidates[0].name));
        }
        assert!(desk.attempts().is_empty());
        let error = desk.log_new(with("Bram Osei", Outcome::No)).unwrap_err();
        let second = error.candidates[1].clone();
        let by_id = NewAttempt::new(WhoRef::Id(second.id), Outcome::No);
        assert_eq!(desk.log_new(by_id).unwrap().who.id, second.id);
        // The id as text, as a command line has it.
        let logged = desk.log(&second.id.to_string(), Outcome::No);
        assert_eq!(logged.who.id, second.id);
        let new = NewAttempt::new(
            WhoRef::New {
                name: "Bram Osei".into(),
                company: String::new(),
            },
            Outcome::No,
        );
        assert_ne!(desk.log_new(new).unwrap().who.id, second.id);
        let nobody = NewAttempt::new(WhoRef::Unnamed, Outcome::No);
        assert_eq!(desk.log_new(nobody).unwrap().who.name, "Unnamed prospect");
    });
}

#[test]
fn a_longer_name_does_not_hide_a_shorter_one() {
    on_each(|desk| {
        desk.prospect(contact("Ada Merrow", "", "", ""));
        desk.prospect(contact("Ada Merrow-Lund", "", "", ""));
        assert_eq!(names(desk, "Ada Merrow").unwrap(), "Ada Merrow / ");
        assert_eq!(
            names(desk, "Ada Merrow-Lund").unwrap(),
            "Ada Merrow-Lund / "
        );
    });
}

/// However many words begin alike, the person called so is found.
#[test]
fn a_short_name_is_found_among_many() {
    on_each(|desk| {
        let vale = desk.prospect(contact("Jo Vale", "", "", ""));
        desk.act(move |act, _| {
            let many: Vec<domain::Prospect> = (0u16..2_100)
                .map(|n| {
                    let mut id = [5; 16];
                    id[..2].copy_from_slice(&n.to_be_bytes());
                    let id = domain::ProspectId::from_bytes(id);
                    domain::Prospect {
                        id,
                        root: id,
                        name: format!("Jo{n}"),
                        ..vale.clone()
                    }
                })
                .collect();
            Ok(store::derived::append_prospects(act.tx, &many)?)
        });
        assert_eq!(names(desk, "Jo Vale").unwrap(), "Jo Vale / ");
        assert_eq!(names(desk, "Jo").unwrap(), "Jo Vale / ");
        assert_eq!(desk.find("Jo Vale"), ["Jo Vale"]);
        // Words that prospects said do not crowd out the names.
        desk.act(|act, me| {
            for _ in 0..40 {
                let new = NewAttempt {
                    words: Some("zephyr yes, zephyr no".into()),
                    ..with("Jo Vale", Outcome::No)
                };
                app::ledger::log(act, me, new)?;
            }
            app::prospects::create(act, &contact("Zephyr Quill", "", "", "")).map(drop)
        });
        assert_eq!(desk.find("zeph"), ["Zephyr Quill"]);
    });
}

#[test]
fn finding_needs_every_word_and_finds_by_beginnings() {
    on_each(|desk| {
        known(desk);
        assert_eq!(desk.find("ad whi"), ["Ada Merrow"]);
        assert_eq!(desk.find("osei ta"), ["Bram Osei"]);
        assert_eq!(desk.find("an"), ["Anna Brook", "Zoë Ångström"]);
        assert_eq!(desk.find("ada@whit"), ["Ada Merrow"]);
        assert!(desk.find("ada osei").is_empty());
        assert!(desk.find("").is_empty() && desk.find("%_'").is_empty());
    });
}
