//! Rows come in once, as what they are, whatever else is wrong with the file.

use app::import::{self, Imported, Options, Owner};
use app::{AppError, Kind};
use domain::{Attempt, Channel, DealState, FollowUpKind, Outcome, Reasons, SaidBy, Stage, When};
use exchange::{Field, Format, Mapping, RowKind};
use jiff::civil::date;
use store::tables::{deal, event, follow_up};

use crate::isolation::member;
use crate::made::{Desk, contact, on_each};

pub(crate) fn mapped(columns: &[(Field, &str)]) -> Mapping {
    Mapping {
        columns: columns.iter().map(|(f, c)| (*f, (*c).to_owned())).collect(),
        ..Mapping::default()
    }
}

pub(crate) fn try_bring(
    desk: &Desk,
    file: &str,
    mapping: &Mapping,
    options: Options,
) -> Result<Imported, AppError> {
    let bytes = file.as_bytes().to_vec();
    let everybody = Owner::of(&member(desk, desk.me.name())).unwrap();
    import::run(&desk.app, everybody, bytes, mapping, options, |_| {})
}

pub(crate) fn bring(desk: &Desk, file: &str) -> Imported {
    try_bring(desk, file, &Mapping::default(), Options::default()).unwrap()
}

/// Rows, prospects, attempts, yes, open deals, duplicates, corrected, errors.
pub(crate) fn figures(done: &Imported) -> [u64; 8] {
    [
        done.rows,
        done.prospects,
        done.attempts,
        done.yes,
        done.deals_open,
        done.duplicates,
        done.corrected,
        done.errors_in_all,
    ]
}

const ASKS: &str = "\
id,at,rep,prospect,company,email,phone,channel,stage,outcome,reason,said_by,words,value,currency,segment,pitch
1,2026-11-02T10:00:00Z,Ines Marlowe,Ada Merrow,Whitlock,ada@whitlock.example,,call,opener,no,N4,prospect,too dear,1250,EUR,Retail,Short
2,2026-11-03,Jun,Bram Osei,Quillfeather,,+44 20 7946 0182,email,proposal,not_now,,,,,,,
3,,,Cleo Tarn,,,,visit,demo,yes,,,,,,Retail,
4,2026-11-16,,Dora Vale,,,,call,opener,send_info,,,,,,,
";

#[test]
fn a_row_becomes_what_it_says() {
    on_each(|desk| {
        let done = bring(desk, ASKS);
        assert_eq!(figures(&done), [4, 4, 4, 1, 0, 0, 0, 0]);
        assert_eq!(done.format, "rebound");
        let all = desk.attempts();
        let of = |name: &str| {
            let id = desk.find_one(name);
            all.iter().find(|a| a.prospect == id).unwrap()
        };
        let ada = of("Ada Merrow");
        assert_eq!(ada.rep.as_deref(), Some("Ines Marlowe"));
        assert_eq!(ada.owner, desk.me.id());
        assert_eq!(ada.reasons, Reasons::one("N4", SaidBy::Prospect));
        assert_eq!(ada.words.as_deref(), Some("too dear"));
        assert_eq!(
            ada.value.as_ref().map(ToString::to_string).as_deref(),
            Some("1250.00 EUR")
        );
        assert_eq!(ada.source.id.as_deref(), Some("1"));
        assert_eq!(ada.when.iso(), "2026-11-02T10:00:00Z");
        assert!(ada.segment.is_some() && ada.pitch.is_some());
        let bram = of("Bram Osei");
        assert_eq!(
            (bram.channel, bram.stage),
            (Channel::Email, Stage::Proposal)
        );
        assert_eq!(bram.when, When::Day(date(2026, 11, 3)));
        assert_eq!(of("Cleo Tarn").when, When::Undated);
        // What is still to come back to makes a follow-up, what is long past makes none.
        let due = desk.look({
            let me = desk.me.id();
            move |tx| follow_up::due_by(tx, me, i64::MAX, 9)
        });
        assert_eq!(due.len(), 1);
        assert_eq!(due[0].kind, FollowUpKind::SendInfo);
        assert_eq!(due[0].due, When::Day(date(2026, 11, 19)));
        assert_eq!(desk.act(|act, me| import::latest(act, me, 5)).len(), 1);
    });
}

#[test]
fn several_asks_of_one_row_stand_before_its_last() {
    on_each(|desk| {
        let file = "prospect,outcome,attempts,at,channel\n\
            Ada,yes,3,2026-11-02,call\nBram,no,1,,call\nCleo,no_reply,2,,call\n";
        assert_eq!(figures(&bring(desk, file)), [3, 3, 6, 1, 0, 0, 0, 0]);
        let ada = desk.find_one("Ada");
        let theirs: Vec<Attempt> = desk
            .attempts()
            .into_iter()
            .filter(|a| a.prospect == ada)
            .collect();
        let said: Vec<_> = theirs.iter().map(|a| (a.outcome, a.when)).collect();
        let day = When::Day(date(2026, 11, 2));
        assert_eq!(
            said,
            [
                (Outcome::No, When::Undated),
                (Outcome::No, When::Undated),
                (Outcome::Yes, day)
            ]
        );
        // Directly before it: where it stands, and one after the other.
        assert!(theirs.iter().all(|a| a.order == theirs[2].order));
        assert!(theirs.is_sorted_by_key(|a| a.seq));
        let history = desk.page(app::noes::Query {
            sort: app::noes::Sort::Oldest,
            ..app::noes::Query::default()
        });
        let order: Vec<Outcome> = history.rows.iter().map(|r| r.attempt.outcome).collect();
        use Outcome::{No, NoReply, Yes};
        assert_eq!(order, [No, No, NoReply, No, No, Yes]);
    });
}

#[test]
fn a_trial_says_the_same_and_changes_nothing() {
    on_each(|desk| {
        let trial = Options {
            dry_run: true,
            ..Options::default()
        };
        let file = format!("{ASKS}5,2026-11-02,,Eve,,,,call,opener,maybe,,,,,,New,\n");
        let would = try_bring(desk, &file, &Mapping::default(), trial).unwrap();
        assert!(desk.attempts().is_empty() && desk.prospects().is_empty());
        let segments = desk.act(|act, _| app::labels::all(act, domain::LabelKind::Segment));
        assert!(segments.is_empty());
        assert!(desk.act(|act, me| import::latest(act, me, 5)).is_empty());
        let did = bring(desk, &file);
        assert_eq!(would, did);
        let again = try_bring(desk, &file, &Mapping::default(), trial).unwrap();
        assert_eq!(figures(&again), [5, 0, 0, 0, 0, 4, 0, 1]);
    });
}

#[test]
fn prospects_match_by_what_is_surest_and_are_never_merged() {
    on_each(|desk| {
        desk.prospect(contact(
            "Ada Merrow",
            "Whitlock",
            "ada@whitlock.example",
            "",
        ));
        desk.prospect(contact("Bram Osei", "Quillfeather", "", "+44 20 7946 0182"));
        desk.prospect(contact("Cleo Tarn", "Foxglove", "", ""));
        desk.prospect(contact("Dora Vale", "", "", ""));
        desk.prospect(contact("Dora Vale", "", "", ""));
        let file = "\
prospect,company,email,phone,outcome,channel
A. M.,,ADA@whitlock.example,,no,call
Somebody,,,0044 20 7946 0182,no,call
cleo  tarn,FOXGLOVE,cleo@foxglove.example,,no,call
C. Tarn,,cleo@foxglove.example,,no,call
Cleo Tarn,Foxglove,other@foxglove.example,,no,call
Dora Vale,,,,no,call
Cleo Tarn,Elsewhere,,,no,call
";
        // New: another Cleo by her address, a third Dora, the Cleo of another firm.
        assert_eq!(figures(&bring(desk, file)), [7, 3, 7, 0, 0, 0, 0, 0]);
        let all = desk.prospects();
        assert!(all.iter().all(|p| p.merged_into.is_none()));
        let cleo = all
            .iter()
            .find(|p| p.email == "cleo@foxglove.example")
            .unwrap();
        assert_eq!(cleo.name, "Cleo Tarn");
        let theirs = desk.attempts();
        assert_eq!(theirs.iter().filter(|a| a.prospect == cleo.id).count(), 2);
        // What a row adds about somebody known stands in their history.
        let lines = desk.lines(cleo.id.as_bytes());
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0].kind, "edited");
        assert!(!lines[0].before.as_ref().unwrap().contains("cleo@"));
    });
}

#[test]
fn rows_without_a_prospect_make_unnamed_ones() {
    on_each(|desk| {
        let file = "outcome,channel\nno,call\nno,call\nyes,email\n";
        assert_eq!(figures(&bring(desk, file)), [3, 3, 3, 1, 0, 0, 0, 0]);
        assert!(desk.prospects().iter().all(|p| p.name.is_empty()));
        assert_eq!(figures(&bring(desk, file)), [3, 0, 0, 0, 0, 3, 0, 0]);
    });
}

#[test]
fn a_reason_nobody_knows_becomes_an_editable_one() {
    on_each(|desk| {
        let said = "They would like to think about it until the summer is over and the new building stands";
        let file = format!(
            "prospect,outcome,reason,said_by,channel\nAda,no,Too dear,prospect,call\nBram,no,too  DEAR,,call\nCleo,no,{said},,call\nDora,no,Price or value,,call\n"
        );
        bring(desk, &file);
        let reasons: Vec<_> = desk
            .attempts()
            .into_iter()
            .map(|a| (a.reasons, a.words))
            .collect();
        let labels = desk.act(|act, _| app::labels::all(act, domain::LabelKind::Reason));
        let new = labels.iter().find(|l| l.label == "Too dear").unwrap();
        assert!(new.code.starts_with("x-"));
        assert_eq!(labels.len(), 17);
        assert!(reasons.contains(&(Reasons::one(&new.code, SaidBy::Prospect), None)));
        assert!(reasons.contains(&(Reasons::one(&new.code, SaidBy::SellerGuess), None)));
        assert!(reasons.contains(&(Reasons::one("N4", SaidBy::SellerGuess), None)));
        // A sentence is somebody's words, not a label.
        assert!(reasons.contains(&(Reasons::default(), Some(said.to_owned()))));
    });
}

#[test]
fn who_asked_to_be_left_alone_is() {
    on_each(|desk| {
        let file = "prospect,outcome,reason,said_by,channel,at\n\
            Ada Merrow,not_now,N15,prospect,call,2026-11-18\nBram Osei,no,N1,prospect,call,2026-11-18\n";
        bring(desk, file);
        let stopped = |name: &str| desk.stored(desk.find_one(name)).do_not_contact.is_some();
        assert!(stopped("Ada Merrow") && !stopped("Bram Osei"));
        let ada = desk.find_one("Ada Merrow");
        assert!(
            desk.look(move |tx| follow_up::open_of_prospect(tx, ada))
                .is_empty()
        );
        // It can be undone like one that was logged.
        let a = desk
            .attempts()
            .into_iter()
            .find(|a| a.prospect == ada)
            .unwrap()
            .id;
        desk.act(move |act, me| app::ledger::undo(act, me, a));
        assert!(!stopped("Ada Merrow"));
    });
}

fn deals(desk: &Desk) -> Vec<domain::Deal> {
    let me = desk.me.id();
    desk.look(move |tx| {
        let mut all = Vec::new();
        for id in ["1", "2", "3"] {
            all.extend(deal::by_source_id(tx, id)?);
        }
        all.extend(
            deal::open(tx, me, 50)?
                .into_iter()
                .filter(|d| d.source.id.is_none()),
        );
        Ok(all)
    })
}

#[test]
fn deals_open_close_and_open_again() {
    on_each(|desk| {
        let row = |state: &str, at: &str| {
            format!("id,deal,prospect,outcome,at\n1,Shelves,Ada Merrow,{state},{at}\n")
        };
        let step = |state: &str, at: &str| figures(&bring(desk, &row(state, at)));
        let state = || deals(desk)[0].state;
        assert_eq!(step("Open", ""), [1, 1, 0, 0, 1, 0, 0, 0]);
        assert_eq!(state(), DealState::Open);
        assert_eq!(step("Lost", "2026-10-01"), [1, 0, 1, 0, 0, 1, 1, 0]);
        assert_eq!(state(), DealState::Lost);
        let lost = desk.attempts()[0].clone();
        assert_eq!(
            (lost.outcome, lost.stage),
            (Outcome::No, Stage::Negotiation)
        );
        assert_eq!(step("Negotiation", ""), [1, 0, 0, 0, 0, 1, 1, 0]);
        assert_eq!(state(), DealState::Open);
        assert_eq!(desk.attempt(lost.id), lost);
        assert_eq!(step("Won", "2026-11-01"), [1, 0, 1, 1, 0, 1, 1, 0]);
        assert_eq!(state(), DealState::Won);
        assert_eq!(desk.attempts().len(), 2);
        // The same again, and a won one that gets another date.
        assert_eq!(step("Won", "2026-11-01"), [1, 0, 0, 0, 0, 1, 0, 0]);
        assert_eq!(step("Won", "2026-11-02"), [1, 0, 0, 0, 0, 1, 1, 0]);
        assert_eq!(desk.attempts().len(), 2);
        let id = deals(desk)[0].id;
        let kinds: Vec<String> = desk
            .look(move |tx| event::of_subject(tx, id.as_bytes()))
            .into_iter()
            .map(|line| line.kind)
            .collect();
        assert_eq!(
            kinds,
            [
                "deal_closed",
                "deal_reopened",
                "deal_closed",
                "deal_changed"
            ]
        );
    });
}

#[test]
fn a_lost_deal_that_was_won_after_all_is_no_loss_of_any_kind() {
    on_each(|desk| {
        let row = |state: &str, kind: &str| {
            format!("id,deal,prospect,outcome,loss_kind\n1,Shelves,Ada,{state},{kind}\n")
        };
        bring(desk, &row("lost", "competitor"));
        assert!(desk.attempts()[0].loss_kind.is_some());
        bring(desk, &row("won", ""));
        let now = desk.attempts().remove(0);
        assert_eq!((now.outcome, now.loss_kind), (Outcome::Yes, None));
    });
}

/// A deal that closes in one go sets the same in motion as a row that came in closed.
#[test]
fn a_deal_lost_for_good_leaves_its_prospect_alone() {
    on_each(|desk| {
        let row = |state: &str, reason: &str| {
            format!(
                "id,deal,prospect,outcome,reason,said_by\n1,Shelves,Ada Merrow,{state},{reason},prospect\n"
            )
        };
        bring(desk, &row("open", ""));
        bring(desk, &row("lost", "N15"));
        assert!(desk.stored(desk.find_one("Ada")).do_not_contact.is_some());
    });
}

#[test]
fn deal_rows_may_lack_everything_else() {
    on_each(|desk| {
        let file = "deal,outcome,at\nShelves,open,\nDoors,,2026-12-24\nWindows,won,2026-10-01\nRoof,whatever,\n";
        // Three open ones without anybody; the closed one is an ask of somebody unnamed.
        assert_eq!(figures(&bring(desk, file)), [4, 1, 1, 1, 3, 0, 0, 0]);
        assert_eq!(figures(&bring(desk, file)), [4, 0, 0, 0, 0, 4, 0, 0]);
        assert_eq!(desk.attempts()[0].stage, Stage::Negotiation);
    });
}

#[test]
fn an_ask_is_only_linked_to_its_deal() {
    on_each(|desk| {
        bring(
            desk,
            "id,deal,prospect,outcome\n1,Shelves,Ada Merrow,open\n",
        );
        let file = "prospect,deal,channel,outcome\nAda Merrow,Shelves,call,no\nAda Merrow,Unknown,call,no\n";
        assert_eq!(figures(&bring(desk, file)), [2, 0, 2, 0, 0, 0, 0, 0]);
        let shelves = deals(desk)[0].id;
        let links: Vec<_> = desk.attempts().into_iter().map(|a| a.deal).collect();
        assert!(links.contains(&Some(shelves)) && links.contains(&None));
        assert_eq!(deals(desk).len(), 1);
        assert_eq!(deals(desk)[0].state, DealState::Open);
    });
}

#[test]
fn the_mapping_decides_what_a_row_is() {
    on_each(|desk| {
        let file = "title,who,result\nShelves,Ada,lost\n";
        let mut mapping = mapped(&[
            (Field::Deal, "title"),
            (Field::Prospect, "who"),
            (Field::Outcome, "result"),
        ]);
        mapping.format = Some(Format::Generic);
        mapping.rows = Some(RowKind::Asks);
        let done = try_bring(desk, file, &mapping, Options::default()).unwrap();
        assert_eq!(figures(&done), [1, 1, 1, 0, 0, 0, 0, 0]);
        assert_eq!(desk.attempts()[0].stage, Stage::Opener);
        // Read as deals after all: the ask is corrected, and the deal is there.
        mapping.rows = Some(RowKind::Deals);
        let done = try_bring(desk, file, &mapping, Options::default()).unwrap();
        assert_eq!(figures(&done), [1, 0, 0, 0, 0, 1, 1, 0]);
        let ada = desk.find_one("Ada");
        let deals = desk.look(move |tx| deal::of_prospect(tx, ada));
        assert_eq!((deals.len(), deals[0].state), (1, DealState::Lost));
        assert_eq!(desk.attempts().len(), 1);
    });
}

/// Characters that PostgreSQL does not store, as a file in UTF-16 may hold.
#[test]
fn characters_that_no_text_may_hold_are_left_out() {
    on_each(|desk| {
        let text = "prospect,outcome,words,reason,channel\nAda\0 Merrow,no,\"we\0 have\nsome\u{7}one\",Too\0 dear,call\n";
        let bytes: Vec<u8> = "\u{feff}"
            .encode_utf16()
            .chain(text.encode_utf16())
            .flat_map(u16::to_le_bytes)
            .collect();
        let done = import::run(
            &desk.app,
            &desk.me,
            bytes,
            &Mapping::default(),
            Options::default(),
            |_| {},
        )
        .unwrap();
        assert_eq!(figures(&done), [1, 1, 1, 0, 0, 0, 0, 0]);
        assert_eq!(desk.prospects()[0].name, "Ada Merrow");
        assert_eq!(
            desk.attempts()[0].words.as_deref(),
            Some("we have\nsomeone")
        );
    });
}

#[test]
fn what_is_no_table_is_refused_and_changes_nothing() {
    on_each(|desk| {
        for file in [
            "",
            "outcome\n",
            "no header here",
            "a,b\n1,2\n",
            "PK\u{3}\u{4}zip",
        ] {
            let error = try_bring(desk, file, &Mapping::default(), Options::default()).unwrap_err();
            assert_eq!(error.kind, Kind::Invalid, "{file}");
        }
        assert!(desk.act(|act, me| import::latest(act, me, 5)).is_empty());
    });
}
