//! Who a provider's subject is here, and what their groups make of them.

use app::provider::{self, Claims, GroupRoles, Pending};
use app::sign_in::Visitor;
use app::{AppError, Kind, Member, accounts, audit, session};
use domain::{Person, Role, Roles, Standing};

use crate::made::{Desk, on_each};

fn visitor() -> Visitor {
    Visitor {
        address: "203.0.113.7".parse().unwrap(),
        agent: "a browser".into(),
    }
}

pub(crate) fn claims(subject: &str, email: &str, groups: &[&str]) -> Claims {
    Claims {
        issuer: "https://sign-on.example".into(),
        subject: subject.into(),
        email: email.into(),
        email_verified: true,
        name: format!("{subject} by name"),
        zone: "Europe/Oslo".into(),
        groups: groups.iter().map(|g| (*g).to_owned()).collect(),
        just_asked: false,
    }
}

fn wait<T>(f: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(f)
}

pub(crate) fn come(
    desk: &Desk,
    claims: Claims,
    roles: &[(&str, Role)],
) -> Result<Member, AppError> {
    let roles = roles.iter().map(|(g, r)| ((*g).to_owned(), *r)).collect();
    let came = provider::come_in(&desk.app, visitor(), claims, GroupRoles(roles), None);
    wait(came).map(|(member, _)| member)
}

/// The administrator has a way in of their own: the provider.
pub(crate) fn connected(desk: &Desk) {
    desk.act(|act, _| {
        let me = session::only(act)?.unwrap();
        provider::connect(act, &me, &claims("ines", "", &[]))
    });
}

fn added(desk: &Desk, name: &str, email: &str) -> Person {
    let (name, email) = (name.to_owned(), email.to_owned());
    desk.tend(move |act, who| accounts::add(act, who, &name, &email, Roles::of(&[Role::Seller])))
}

#[test]
fn nobody_comes_before_whoever_set_it_up_can_come_back() {
    on_each(|desk| {
        let refused = come(desk, claims("jun", "jun@example.com", &[]), &[]).unwrap_err();
        assert_eq!(refused.kind, Kind::Refused);
        assert!(refused.message.contains("nobody else in yet"), "{refused}");
        connected(desk);
        let jun = come(desk, claims("jun", "jun@example.com", &[]), &[]).unwrap();
        assert_eq!(
            (jun.name(), jun.email()),
            ("jun by name", "jun@example.com")
        );
        assert_eq!(jun.zone().name(), "Europe/Oslo");
        assert_eq!(jun.roles(), Roles::of(&[Role::Seller]));
        // The next time it is the same person, whatever they are called by then.
        let again = come(desk, claims("jun", "other@example.com", &[]), &[]).unwrap();
        assert_eq!((again.id(), again.email()), (jun.id(), "jun@example.com"));
        let lines = desk.tend(|act, who| audit::page(act, who, None));
        let codes: Vec<(&str, &str)> = lines
            .iter()
            .map(|l| (l.act.as_str(), l.detail.as_str()))
            .collect();
        assert_eq!(codes[0], ("sign_in", "oidc"));
        assert!(codes.contains(&("person", "added by provider")));
        assert!(codes.contains(&("sign_in_failed", "oidc")));
        // The same subject of another provider is somebody else.
        let other = Claims {
            issuer: "https://other.example".into(),
            ..claims("jun", "", &[])
        };
        assert_ne!(come(desk, other, &[]).unwrap().id(), jun.id());
    });
}

#[test]
fn an_account_is_theirs_only_by_a_verified_address_and_while_nobody_is_in_it() {
    on_each(|desk| {
        connected(desk);
        let waiting = added(desk, "Jun Abara", "Jun@Example.com");
        let unverified = Claims {
            email_verified: false,
            ..claims("mallory", "jun@example.com", &[])
        };
        let mallory = come(desk, unverified, &[]).unwrap();
        assert_ne!(mallory.id(), waiting.id);
        assert_eq!(mallory.email(), "", "an address that may be another's");

        let id = waiting.id;
        let (link, _) = desk.tend(move |act, who| accounts::make_link(act, who, id));
        let jun = come(desk, claims("jun", "jun@example.com", &[]), &[]).unwrap();
        assert_eq!((jun.id(), jun.name()), (waiting.id, "Jun Abara"));
        let stale = desk.attempt_to(move |act, _| app::sign_in::invited(act, &link));
        assert_eq!(stale.unwrap_err().kind, Kind::NotFound, "the link is over");

        // Somebody who is in already wrote down an address that is not theirs.
        let taken = come(desk, claims("late", "jun@example.com", &[]), &[]).unwrap_err();
        assert!(taken.message.contains("another way in"), "{taken}");
    });
}

#[test]
fn a_sign_in_by_a_provider_lasts_a_working_day() {
    on_each(|desk| {
        connected(desk);
        let asked = |just_asked: bool| {
            let claims = Claims {
                just_asked,
                ..claims("jun", "", &[])
            };
            let came = provider::come_in(&desk.app, visitor(), claims, GroupRoles::default(), None);
            wait(came).unwrap().1
        };
        for just_asked in [false, true] {
            let token = asked(just_asked);
            let at = |hours: i64| {
                let token = token.clone();
                desk.act(move |act, _| {
                    act.now += jiff::SignedDuration::from_hours(hours);
                    let stands = session::who(act, &token)?.is_some();
                    Ok((stands, session::proved(act, &token)?.is_some()))
                })
            };
            // A provider that knew them from before has shown nothing of who sits there.
            assert_eq!(at(0), (true, just_asked));
            assert_eq!(at(11), (true, false));
            assert_eq!(at(12), (false, false));
        }
    });
}

#[test]
fn who_is_shut_out_stays_out() {
    on_each(|desk| {
        connected(desk);
        let jun = come(desk, claims("jun", "jun@example.com", &[]), &[]).unwrap();
        let invited = added(desk, "Ada Merrow", "ada@example.com");
        for id in [jun.id(), invited.id] {
            desk.tend(move |act, who| accounts::set_standing(act, who, id, Standing::Deactivated));
        }
        for (subject, email) in [("jun", "jun@example.com"), ("ada", "ada@example.com")] {
            let refused = come(desk, claims(subject, email, &[]), &[]).unwrap_err();
            assert_eq!(refused.kind, Kind::Refused);
            assert!(refused.message.contains("may not come in"), "{refused}");
        }
    });
}

#[test]
fn groups_give_and_take_the_roles_they_stand_for_and_no_others() {
    let roles = [
        ("sales", Role::Seller),
        ("leads", Role::Lead),
        ("it", Role::Administrator),
    ];
    on_each(|desk| {
        connected(desk);
        let nowhere = come(desk, claims("jun", "", &["cooks"]), &roles).unwrap_err();
        assert!(nowhere.message.contains("None of your groups"), "{nowhere}");
        let jun = come(desk, claims("jun", "", &["sales", "leads"]), &roles).unwrap();
        assert_eq!(jun.roles(), Roles::of(&[Role::Seller, Role::Lead]));
        let id = jun.id();
        desk.tend(move |act, who| {
            let all = Roles::of(&[Role::Seller, Role::Lead, Role::Mentor]);
            accounts::set_roles(act, who, id, all)
        });
        let jun = come(desk, claims("jun", "", &["leads"]), &roles).unwrap();
        assert_eq!(jun.roles(), Roles::of(&[Role::Lead, Role::Mentor]));
        desk.tend(move |act, who| accounts::set_roles(act, who, id, Roles::of(&[Role::Lead])));
        assert!(come(desk, claims("jun", "", &[]), &roles).is_err());
        let left = desk.tend(move |act, who| accounts::get(act, who, id));
        assert_eq!(left.roles, Roles::NONE, "taken all the same");

        // Nobody else could look after it: the role stays although the group went.
        let ines = come(desk, claims("ines", "", &["sales"]), &roles).unwrap();
        assert_eq!(
            ines.roles(),
            Roles::of(&[Role::Seller, Role::Administrator])
        );
        come(desk, claims("kim", "", &["it"]), &roles).unwrap();
        let ines = come(desk, claims("ines", "", &["sales"]), &roles).unwrap();
        assert_eq!(ines.roles(), Roles::of(&[Role::Seller]));
    });
}

#[test]
fn a_provider_is_connected_to_one_account_and_the_last_way_in_stays() {
    on_each(|desk| {
        connected(desk);
        let jun = come(desk, claims("jun", "", &[]), &[]).unwrap();
        let me = jun.clone();
        let taken =
            desk.attempt_to(move |act, _| provider::connect(act, &me, &claims("ines", "", &[])));
        assert!(taken.unwrap_err().message.contains("Somebody else here"));
        let last = desk.attempt_to(move |act, _| provider::disconnect(act, &jun));
        assert!(last.unwrap_err().message.contains("could not come in"));
    });
}

#[test]
fn what_is_under_way_runs_out() {
    for backend in testkit::db::each() {
        let desk = Desk::new(backend);
        let begin = |act: &mut app::Act<'_, '_>, _: &app::Seller| {
            let pending = Pending {
                state: "state".into(),
                nonce: "nonce".into(),
                verifier: "verifier".into(),
                issuer: "https://sign-on.example".into(),
                next: String::new(),
                asks_anew: false,
            };
            provider::begin(act, &visitor(), None, &pending)
        };
        let token = desk.act(begin);
        let desk = desk.later(|| "2026-11-19T11:48:01Z".parse().unwrap());
        let late = desk.act(move |act, _| provider::take(act, &token));
        assert!(late.is_none(), "ten minutes are over");
    }
}

#[test]
fn what_is_under_way_serves_once_and_not_for_ever() {
    on_each(|desk| {
        let pending = Pending {
            state: "state".into(),
            nonce: "nonce".into(),
            verifier: "verifier".into(),
            issuer: "https://sign-on.example".into(),
            next: String::new(),
            asks_anew: false,
        };
        let begin = |desk: &Desk| {
            let pending = pending.clone();
            desk.act(move |act, _| provider::begin(act, &visitor(), None, &pending))
        };
        let token = begin(desk);
        let take = |token: &app::Token| {
            let token = token.clone();
            desk.act(move |act, _| provider::take(act, &token))
        };
        let under_way = take(&token).unwrap();
        assert_eq!(under_way.pending.nonce, "nonce");
        assert!(under_way.connects.is_none() && take(&token).is_none());
        assert!(take(&app::Token::from_bytes([7; 32])).is_none());
        // Beginning over and over has to wait.
        let tries: Vec<bool> = (0..12)
            .map(|_| {
                let pending = pending.clone();
                desk.attempt_to(move |act, _| provider::begin(act, &visitor(), None, &pending))
                    .is_ok()
            })
            .collect();
        assert!(tries[0] && !tries[11], "{tries:?}");
    });
}
