//! What an administrator does about people and teams, and what nobody can do.

use app::{Kind, accounts, session};
use domain::{Role, Roles, Standing};
use store::tables::audit;

use crate::made::on_each;

#[test]
fn somebody_always_looks_after_it() {
    on_each(|desk| {
        let me = desk.me.id();
        let sell = Roles::of(&[Role::Seller]);
        let refused = |desk: &crate::made::Desk| {
            let roles =
                desk.attempt_to_tend(move |act, who| accounts::set_roles(act, who, me, sell));
            let out = desk.attempt_to_tend(move |act, who| {
                accounts::set_standing(act, who, me, Standing::Deactivated)
            });
            for e in [roles.unwrap_err(), out.unwrap_err()] {
                assert_eq!(e.kind, Kind::Refused, "{e}");
                assert!(e.hint.unwrap().contains("somebody else"));
            }
        };
        refused(desk);
        let (jun, _) = desk.new_link("Jun Okafor", "jun@example.com", &[Role::Administrator]);
        // One who was shut out looks after nothing.
        desk.tend(move |act, who| accounts::set_standing(act, who, jun, Standing::Deactivated));
        refused(desk);
        let back = desk.attempt_to_tend(move |act, who| {
            accounts::set_standing(act, who, jun, Standing::Active)
        });
        assert!(
            back.unwrap_err().hint.unwrap().contains("Sign-in"),
            "a way in of one's own comes first"
        );
        let (mara, _) = desk.new_link("Mara Lind", "", &[Role::Administrator]);
        desk.tend(move |act, who| accounts::set_roles(act, who, me, sell));
        let left = desk.act(|act, _| session::tending(act)).unwrap();
        assert_eq!(left.id(), mara);
    });
}

#[test]
fn nobody_is_invited_before_the_administrator_can_come_back() {
    on_each(|desk| {
        let invite = || {
            desk.attempt_to_tend(|act, who| {
                let roles = Roles::of(&[Role::Seller]);
                accounts::invite(act, who, "Jun Okafor", "jun@example.com", roles)
            })
        };
        let e = invite().unwrap_err();
        assert_eq!(e.kind, Kind::Refused);
        assert!(e.hint.unwrap().contains("Sign-in"));
        assert!(
            desk.act(|act, _| session::only(act)).is_some(),
            "nobody was added"
        );
        let me = desk.me.id();
        let (own, _) = desk.tend(move |act, who| accounts::make_link(act, who, me));
        desk.use_link(&own, "ines@example.com", "lanterns by the river")
            .unwrap();
        let (jun, _, _) = invite().unwrap();
        assert_eq!(jun.roles, Roles::of(&[Role::Seller]));
        let again = invite().unwrap_err();
        assert_eq!((again.kind, again.field), (Kind::Invalid, Some("email")));
    });
}

#[test]
fn roles_decide_what_a_person_may_do() {
    on_each(|desk| {
        let (id, _) = desk.new_link("Jun Okafor", "jun@example.com", &[]);
        let may = || {
            let me = desk.act(|act, _| {
                session::at_keyboard(act, Some("jun@example.com"), "", &domain::Zone::utc())
            });
            [
                me.seller().is_some(),
                me.lead().is_some(),
                me.administrator().is_some(),
            ]
        };
        assert_eq!(may(), [false; 3]);
        for (roles, expected) in [
            (vec![Role::Seller], [true, false, false]),
            (vec![Role::Lead, Role::Mentor], [false, true, false]),
            (vec![Role::Administrator], [false, false, true]),
            (Role::ALL.to_vec(), [true; 3]),
        ] {
            let roles = Roles::of(&roles);
            desk.tend(move |act, who| accounts::set_roles(act, who, id, roles));
            assert_eq!(may(), expected);
        }
        let lines = desk.look(|tx| audit::before(tx, None, 1));
        assert_eq!(lines[0].act, "roles");
        assert!(
            lines[0].detail.starts_with("administrator -> seller"),
            "{lines:?}"
        );
        assert!(!lines[0].detail.contains("Jun"));
    });
}

#[test]
fn teams_are_made_named_and_joined() {
    on_each(|desk| {
        let (id, _) = desk.new_link("Jun Okafor", "", &[Role::Seller]);
        let south = desk.tend(|act, who| accounts::add_team(act, who, "South"));
        let taken = desk.attempt_to_tend(|act, who| accounts::add_team(act, who, " SOUTH "));
        assert_eq!(taken.unwrap_err().field, Some("name"));
        let (team, name) = (south.id, "North");
        desk.tend(move |act, who| accounts::rename_team(act, who, team, name));
        let early = desk
            .me
            .zone()
            .start_of(jiff::civil::date(2026, 11, 1))
            .as_microsecond();
        desk.tend(move |act, who| accounts::set_team(act, who, id, Some(team), Some(early)));
        let all = desk.tend(accounts::all);
        let jun = all.iter().find(|a| a.person.id == id).unwrap();
        let (team, since) = jun.team.clone().unwrap();
        assert_eq!((team.name.as_str(), since), ("North", early));
        desk.tend(move |act, who| accounts::set_team(act, who, id, None, None));
        let all = desk.tend(accounts::all);
        assert!(all.iter().all(|a| a.team.is_none()));
    });
}

#[test]
fn the_log_can_be_taken_out_and_holds_no_names() {
    on_each(|desk| {
        desk.new_link("Jun Okafor", "jun@example.com", &[Role::Seller, Role::Lead]);
        let name = desk.me.name().to_owned();
        let who = desk
            .app
            .read_blocking(move |act| {
                session::at_keyboard(act, Some(&name), "", &domain::Zone::utc())
            })
            .unwrap()
            .administrator()
            .unwrap();
        let out = app::audit::write_csv(&desk.app, &who, Vec::new()).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(
            text.starts_with("at,actor,act,subject,detail,via\n"),
            "{text}"
        );
        assert!(
            text.contains("roles") && text.contains("\"seller, lead\""),
            "{text}"
        );
        assert!(text.trim_end().ends_with("\"audit\","), "{text}");
        for name in ["Jun", "Okafor", "Ines", "example.com"] {
            assert!(!text.contains(name), "{name} in {text}");
        }
    });
}
