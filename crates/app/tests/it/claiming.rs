//! Whose rows are whose: said by an administrator about others, and once somebody has a placeholder's
//! rows nobody is left behind its name.

use app::{Act, Kind, accounts, audit};
use domain::{PersonId, Role, Roles, Standing};

use crate::isolation::{colleague, member};
use crate::made::{Desk, on_each};
use crate::team::new_team;
use crate::whose_rows::{bring, ines, rows_of, waiting};

#[test]
fn nobody_claims_for_themselves_while_another_could_say_so() {
    on_each(|desk| {
        let jun = colleague(desk, "Jun Calder", &[Role::Seller, Role::Administrator]);
        let file = "id,date,prospect,outcome,rep\n2,2026-11-02,Ada Merrow,no,Tom Birch\n";
        bring(&desk.app, ines(desk), file);
        let (from, me) = (waiting(desk, "Tom Birch"), desk.me.id());
        let claim = move |act: &mut Act<'_, '_>, who: &app::Administrator| {
            accounts::claim(act, who, from, me)
        };
        let refused = desk.attempt_to_tend(claim).unwrap_err();
        assert_eq!(refused.kind, Kind::Refused);
        assert_eq!(rows_of(desk, from), 1);
        let who = jun.administrator().unwrap();
        let went = desk.act(move |act, _| claim(act, &who));
        assert_eq!(went.attempts, 1);
        assert_eq!(rows_of(desk, from), 0);
    });
}

/// Says what files call somebody, as one administrator or at the keyboard.
fn call(
    desk: &Desk,
    admin: &str,
    id: PersonId,
    names: &[&str],
    keyboard: bool,
) -> Result<(), app::AppError> {
    let who = member(desk, admin).administrator().unwrap();
    let names: Vec<String> = names.iter().map(|&n| n.to_owned()).collect();
    let app = match keyboard {
        true => desk.app.clone().at_keyboard(),
        false => desk.app.clone(),
    };
    app.write_blocking(move |act| accounts::set_rep_names(act, &who, id, &names))
}

#[test]
fn nor_takes_a_name_for_themselves_under_which_rows_come_in() {
    on_each(|desk| {
        let me = desk.me.id();
        // Alone there is nobody to ask.
        call(desk, "Ines Marlowe", me, &["Ines Marlowe", "I. M."], false).unwrap();
        colleague(desk, "Otto Brandt", &[Role::Seller, Role::Administrator]);
        let both = ["Ines Marlowe", "I. M.", "Tom Birch"];
        let refused = call(desk, "Ines Marlowe", me, &both, false).unwrap_err();
        assert_eq!(refused.kind, Kind::Refused);
        let file = "id,date,prospect,outcome,rep\n2,2026-11-02,Ada Merrow,no,Tom Birch\n";
        assert_eq!(
            bring(&desk.app, ines(desk), file).placeholders,
            ["Tom Birch"]
        );
        assert_eq!(rows_of(desk, me), 0);
        // To give a name away, or write it otherwise, is one's own to say.
        call(desk, "Ines Marlowe", me, &["INES  marlowe"], false).unwrap();
        call(
            desk,
            "Otto Brandt",
            me,
            &["Ines Marlowe", "I. M.", "North 7"],
            false,
        )
        .unwrap();
        call(desk, "Ines Marlowe", me, &["Ines Marlowe", "North 8"], true).unwrap();
        let log = desk.tend(|act, who| audit::page(act, who, None));
        let said: Vec<&str> = (log.iter().rev())
            .filter_map(|l| l.detail.strip_prefix("names in files: "))
            .collect();
        let expected = [
            "1 added, 0 taken away",
            "0 added, 1 taken away",
            "2 added, 0 taken away",
            "1 added, 2 taken away",
        ];
        assert_eq!(said, expected);
    });
}

#[test]
fn nobody_comes_back_under_the_name_of_rows_that_were_claimed() {
    on_each(|desk| {
        let jun = colleague(desk, "Jun Calder", &[Role::Seller]).id();
        let north = new_team(desk, "North");
        let file = "id,date,prospect,outcome,rep\n2,2026-11-02,Ada Merrow,no,Tom Birch\n";
        bring(&desk.app, ines(desk), file);
        let from = waiting(desk, "Tom Birch");
        desk.tend(move |act, who| accounts::claim(act, who, from, jun));
        let person = || desk.look(move |tx| store::tables::person::get(tx, from));
        let before = person();
        type Try = fn(&mut Act<'_, '_>, &app::Administrator, PersonId, domain::TeamId) -> Tried;
        type Tried = Result<(), app::AppError>;
        let tries: [Try; 5] = [
            |act, who, id, _| accounts::set_standing(act, who, id, Standing::Active),
            |act, who, id, _| accounts::set_roles(act, who, id, Roles::of(&[Role::Lead])),
            |act, who, id, _| accounts::make_link(act, who, id).map(drop),
            |act, who, id, team| accounts::set_team(act, who, id, Some(team), None),
            |act, who, id, _| accounts::set_rep_names(act, who, id, &["Tom Birch".into()]),
        ];
        for (n, one) in tries.into_iter().enumerate() {
            let refused = desk.attempt_to_tend(move |act, who| one(act, who, from, north));
            let refused = refused.unwrap_err();
            assert_eq!(refused.kind, Kind::Refused, "{n}");
            assert!(
                refused.message.contains("somebody else"),
                "{n}: {}",
                refused.message
            );
        }
        assert_eq!(person(), before);
    });
}
