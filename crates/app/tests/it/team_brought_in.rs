//! Rows brought in for others are known to whoever is or was an administrator, and make nobody a fifth to
//! them.

use app::accounts;
use app::import::Owner;
use app::team::Shown;
use domain::{Outcome, Role, Roles, TeamId};
use jiff::civil::date;
use store::tables::ways;

use crate::isolation::{colleague, member};
use crate::made::{Desk, on_each};
use crate::team::{ask, began, crew, file_of, join, log, october};
use crate::whose_rows::{bring, ines};

#[test]
fn nobody_makes_five_by_bringing_in_people_who_are_not() {
    on_each(|desk| {
        let (team, lead, sellers) = crew(desk, 2);
        for one in &sellers {
            log(desk, one, ask(date(2026, 10, 7), Outcome::No, None, None));
        }
        let invented: Vec<String> = (0..5).map(|n| format!("Invented {n}")).collect();
        // One who administrates and comes to lead only after the month was counted.
        let both = colleague(desk, "Otto Brandt", &[Role::Seller, Role::Administrator]);
        bring(&desk.app, Owner::of(&both).unwrap(), &file_of(&invented));
        for name in &invented {
            let name = name.clone();
            let one = desk.tend(move |act, who| accounts::find_placeholder(act, who, &name));
            join(desk, one.id, team, began());
        }
        join(desk, both.id(), team, began());
        // Whoever did not bring them in sees seven people's.
        assert!(matches!(october(desk, &lead), Shown::Figures(_)));
        let id = both.id();
        let roles = Roles::of(&[Role::Seller, Role::Lead, Role::Administrator]);
        desk.tend(move |act, who| accounts::set_roles(act, who, id, roles));
        assert_eq!(
            october(desk, &member(desk, "Otto Brandt")),
            Shown::KnownRows
        );
    });
    on_each(|desk| {
        let (team, _, _) = crew(desk, 0);
        let roles = [Role::Seller, Role::Lead, Role::Administrator];
        let both = colleague(desk, "Otto Brandt", &roles);
        join(desk, both.id(), team, began());
        let invented: Vec<String> = (0..6).map(|n| format!("Invented {n}")).collect();
        bring(&desk.app, Owner::of(&both).unwrap(), &file_of(&invented));
        for name in &invented {
            let name = name.clone();
            let one = desk.tend(move |act, who| accounts::find_placeholder(act, who, &name));
            join(desk, one.id, team, began());
        }
        assert_eq!(october(desk, &both), Shown::TooFew);
    });
}

/// Somebody comes to be here for something else.
fn make(desk: &Desk, name: &str, roles: &[Role]) {
    let (id, roles) = (member(desk, name).id(), Roles::of(roles));
    desk.tend(move |act, who| {
        // So that another may stop looking after it.
        ways::set_password(act.tx, who.id(), "$argon2id$made-up", 1)?;
        accounts::set_roles(act, who, id, roles)
    });
}

/// Five whom nobody knows, of a file that an administrator brings in.
fn invented(desk: &Desk, team: TeamId, by: Owner) -> String {
    let names: Vec<String> = (0..5).map(|n| format!("Invented {n}")).collect();
    let file = file_of(&names);
    bring(&desk.app, by, &file);
    for name in names {
        let one = desk.tend(move |act, who| accounts::find_placeholder(act, who, &name));
        join(desk, one.id, team, began());
    }
    file
}

#[test]
fn a_second_administrator_makes_no_strangers_of_them() {
    on_each(|desk| {
        let (team, lead, sellers) = crew(desk, 2);
        for one in &sellers {
            log(desk, one, ask(date(2026, 10, 7), Outcome::No, None, None));
        }
        let both = [Role::Seller, Role::Administrator];
        let otto = colleague(desk, "Otto Brandt", &both);
        let vera = colleague(desk, "Vera Moss", &both);
        join(desk, vera.id(), team, began());
        invented(desk, team, Owner::of(&otto).unwrap());
        // Who never was one knows none of them.
        assert!(matches!(october(desk, &lead), Shown::Figures(_)));
        for roles in [&[Role::Lead, Role::Administrator][..], &[Role::Lead]] {
            make(desk, "Vera Moss", roles);
            assert_eq!(october(desk, &member(desk, "Vera Moss")), Shown::KnownRows);
        }
    });
    // Nor while months are counted: she leads, and he brings them in.
    on_each(|desk| {
        let (team, lead, sellers) = crew(desk, 2);
        for one in &sellers {
            log(desk, one, ask(date(2026, 10, 7), Outcome::No, None, None));
        }
        make(desk, "Lea Farrow", &[Role::Lead, Role::Administrator]);
        make(desk, "Lea Farrow", &[Role::Lead]);
        invented(desk, team, ines(desk));
        assert_eq!(october(desk, &lead), Shown::TooFew);
    });
}

#[test]
fn who_brought_rows_in_first_knows_them_whoever_brings_them_in_again() {
    on_each(|desk| {
        let (team, _, sellers) = crew(desk, 2);
        for one in &sellers {
            log(desk, one, ask(date(2026, 10, 7), Outcome::No, None, None));
        }
        let otto = colleague(desk, "Otto Brandt", &[Role::Seller, Role::Administrator]);
        join(desk, otto.id(), team, began());
        let file = invented(desk, team, Owner::of(&otto).unwrap());
        let done = bring(&desk.app, ines(desk), &file.replace(",no,", ",yes,"));
        assert_eq!(done.corrected, 5);
        make(desk, "Otto Brandt", &[Role::Lead]);
        // As the log tells nobody's roles of long ago, who brought a row in stands beside the row too.
        desk.act(|act, _| {
            for line in store::tables::audit::before(act.tx, None, 999)? {
                if line.act == "roles" {
                    let prospect = domain::ProspectId::from_bytes(line.subject.unwrap());
                    store::tables::audit::blank(act.tx, prospect)?;
                }
            }
            Ok(())
        });
        let shown = october(desk, &member(desk, "Otto Brandt"));
        assert!(!matches!(shown, Shown::Figures(_)), "{shown:?}");
    });
}
