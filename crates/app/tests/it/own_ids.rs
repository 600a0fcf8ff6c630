//! Rows that carry the ids under which a Rebound wrote them: brought in first by somebody else, they keep
//! nobody's rows out; who brought one in first goes on knowing it.

use app::export::{self, Target};
use app::import::{self, Owner};
use app::noes::Filter;
use app::{accounts, audit};
use domain::{Attempt, AttemptId, Outcome, PersonId, Role, Standing};
use testkit::db::Backend;

use crate::isolation::{colleague, member};
use crate::made::{Desk, on_each};
use crate::whose_rows::bring;

/// A file that another Rebound wrote: two noes of whom `rep` names.
fn file_of(rep: &str) -> String {
    let elsewhere = Desk::new(Backend::Sqlite);
    for who in ["Ada Merrow", "Ben Oake"] {
        elsewhere.log(who, Outcome::No);
    }
    let (bytes, _) = export::write(
        &elsewhere.app,
        &elsewhere.me,
        Target::Csv,
        Filter::default(),
        Vec::new(),
    )
    .unwrap();
    named(&String::from_utf8(bytes).unwrap(), rep)
}

/// The same file, its rows under another name.
fn named(file: &str, rep: &str) -> String {
    let mut lines = file.lines();
    let head = lines.next().unwrap();
    let at = head.split(',').position(|column| column == "rep").unwrap();
    let mut out = format!("{head}\n");
    for line in lines {
        let mut cells: Vec<&str> = line.split(',').collect();
        cells[at] = rep;
        out += &cells.join(",");
        out.push('\n');
    }
    out
}

/// The same file without its last column, and so from another source.
fn cut(file: &str) -> String {
    let cut = |line: &str| line.rsplit_once(',').unwrap().0.to_owned();
    file.lines().map(cut).collect::<Vec<_>>().join("\n") + "\n"
}

fn of(desk: &Desk, id: PersonId) -> Vec<Attempt> {
    let mut all = desk.attempts();
    all.retain(|a| a.owner == id);
    all
}

fn as_administrator(desk: &Desk, name: &str) -> Owner {
    Owner::of(&member(desk, name)).unwrap()
}

#[test]
fn a_colleagues_file_brought_in_first_keeps_nothing_of_theirs_out() {
    on_each(|desk| {
        let eve = colleague(desk, "Eve Lark", &[Role::Seller]);
        let tom = colleague(desk, "Tom Birch", &[Role::Seller]);
        let original = file_of("Tom Birch");
        let done = bring(&desk.app, &eve.seller().unwrap(), &named(&original, ""));
        assert_eq!(done.attempts, 2);
        let planted = of(desk, eve.id());
        let ines = || as_administrator(desk, "Ines Marlowe");
        let done = bring(&desk.app, ines(), &original);
        assert_eq!((done.attempts, done.duplicates, done.corrected), (2, 0, 0));
        let his = of(desk, tom.id());
        assert_eq!(his.len(), 2);
        assert_eq!(of(desk, eve.id()), planted);
        // The same file again adds nothing, and what it says now is his.
        let done = bring(&desk.app, ines(), &original);
        assert_eq!((done.attempts, done.duplicates, done.corrected), (0, 2, 0));
        let done = bring(&desk.app, ines(), &original.replace(",no,", ",yes,"));
        assert_eq!((done.attempts, done.duplicates, done.corrected), (0, 2, 2));
        let ids = |all: &[Attempt]| all.iter().map(|a| a.id).collect::<Vec<AttemptId>>();
        assert_eq!(ids(&of(desk, tom.id())), ids(&his));
        assert_eq!(of(desk, eve.id()), planted);
    });
}

#[test]
fn nor_those_of_somebody_without_an_account() {
    on_each(|desk| {
        let eve = colleague(desk, "Eve Lark", &[Role::Seller]);
        let original = file_of("Tom Birch");
        bring(&desk.app, &eve.seller().unwrap(), &named(&original, ""));
        let ines = || as_administrator(desk, "Ines Marlowe");
        let done = bring(&desk.app, ines(), &original);
        assert_eq!((done.attempts, done.duplicates), (2, 0));
        assert_eq!(done.placeholders, ["Tom Birch"]);
        let tom = desk.tend(|act, who| accounts::find_placeholder(act, who, "Tom Birch"));
        assert_eq!(of(desk, tom.id).len(), 2);
        // Read with fewer columns it is another file, whose ids find what an administrator brought in.
        let other = colleague(desk, "Rafe Dunmore", &[Role::Seller]).id();
        let fresh = file_of("Rafe Dunmore");
        assert_eq!(bring(&desk.app, ines(), &fresh).attempts, 2);
        let again = bring(&desk.app, ines(), &cut(&fresh));
        assert_eq!((again.attempts, again.duplicates), (0, 2));
        // Also when files call him otherwise by then, or he left.
        desk.tend(move |act, who| accounts::set_rep_names(act, who, other, &[]));
        desk.tend(move |act, who| accounts::set_standing(act, who, other, Standing::Deactivated));
        let twice = cut(&cut(&fresh));
        let again = bring(&desk.app, ines(), &twice);
        assert_eq!((again.attempts, again.duplicates), (0, 2));
        assert_eq!(of(desk, other).len(), 2);
    });
}

#[test]
fn who_brought_a_row_in_first_stays_written_beside_it() {
    on_each(|desk| {
        let jun = colleague(desk, "Jun Calder", &[Role::Seller]);
        let otto = colleague(desk, "Otto Brandt", &[Role::Seller, Role::Administrator]);
        let by = || {
            let all = of(desk, jun.id());
            all.iter().map(|a| a.brought_by).collect::<Vec<_>>()
        };
        let (ines, otto) = (
            || as_administrator(desk, "Ines Marlowe"),
            Owner::of(&otto).unwrap(),
        );
        let table =
            "id,date,prospect,outcome,attempts,rep\n1,2026-11-02,Ada Merrow,no,2,Jun Calder\n";
        bring(&desk.app, ines(), table);
        let changed = table.replace(",no,2,", ",yes,3,");
        assert_eq!(bring(&desk.app, otto.clone(), &changed).corrected, 1);
        assert_eq!(by(), [Some(desk.me.id()); 3]);
        // By its own id, changed by another and by whose it is.
        let first = file_of("Jun Calder");
        bring(&desk.app, ines(), &first);
        let done = bring(&desk.app, otto, &cut(&first).replace(",no,", ",yes,"));
        assert_eq!(done.corrected, 2);
        let hers = jun.seller().unwrap();
        let done = bring(&desk.app, &hers, &cut(&first).replace(",no,", ",not_now,"));
        assert_eq!(done.corrected, 2);
        assert!(by().iter().all(|by| *by == Some(desk.me.id())));
    });
}

#[test]
fn an_import_that_breaks_off_stands_in_the_log_with_what_it_did() {
    on_each(|desk| {
        let mut file = "id,date,prospect,outcome\n".to_owned();
        for n in 0..10_500 {
            file += &format!("{n},2026-11-02,Ada Merrow,no\n");
        }
        let (app, me) = (&desk.app, &desk.me);
        let broken = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let mapping = exchange::Mapping::default();
            let options = import::Options::default();
            import::run(app, me, file.as_bytes().to_vec(), &mapping, options, |at| {
                // After the first ten thousand, which are written by the time the next are read.
                assert!(at.rows <= 10_000, "somebody pulled the plug");
            })
        }));
        assert!(broken.is_err());
        assert_eq!(desk.attempts().len(), 10_000);
        let runs = desk.act(|act, me| import::latest(act, me, 5));
        assert_eq!(runs.len(), 1);
        assert_eq!((runs[0].counts[0], runs[0].counts[2]), (10_000, 10_000));
        let id = *runs[0].id.as_bytes();
        let log = desk.tend(|act, who| audit::page(act, who, None));
        let lines = log.iter().filter(|l| l.act == "import");
        assert_eq!(lines.map(|l| l.subject).collect::<Vec<_>>(), [Some(id)]);
        // Run again it is finished, and that is another line.
        let done = bring(app, me, &file);
        assert_eq!((done.attempts, done.duplicates), (500, 10_000));
        let runs = desk.act(|act, me| import::latest(act, me, 5));
        assert_eq!(runs.len(), 2);
        assert!(
            runs.iter()
                .any(|r| r.counts[2] == 500 && r.counts[5] == 10_000)
        );
    });
}
