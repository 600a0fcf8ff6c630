//! Coming in by password and by link: who is let in, who is not, and how often one may try.

use std::future::Future;
use std::net::{IpAddr, Ipv4Addr};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use app::sign_in::{self, Visitor};
use app::{AppError, Kind, Member, Token, accounts, session};
use domain::{PersonId, Role, Roles, Standing};
use jiff::{SignedDuration, Timestamp};
use store::tables::audit;

use crate::made::{Desk, on_each, thursday};

struct Parked(Thread);

impl Wake for Parked {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Waits for a future on this thread.
pub(crate) fn wait<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Parked(thread::current())));
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(out) => return out,
            Poll::Pending => thread::park(),
        }
    }
}

pub(crate) fn from(last: u8) -> Visitor {
    Visitor {
        address: IpAddr::V4(Ipv4Addr::new(203, 0, 113, last)),
        agent: "a browser".into(),
    }
}

/// Minutes after [`thursday`] at which a desk's clock stands in the tests of windows.
static MINUTES: AtomicI64 = AtomicI64::new(0);

fn moving() -> Timestamp {
    thursday() + SignedDuration::from_mins(MINUTES.load(Ordering::SeqCst))
}

const RIGHT: &str = "lanterns by the river";

impl Desk {
    pub(crate) fn try_in(
        &self,
        from: Visitor,
        email: &str,
        password: &str,
    ) -> Result<(Member, Token), AppError> {
        let (email, password) = (email.to_owned(), password.to_owned());
        wait(sign_in::by_password(&self.app, from, email, password, None))
    }

    /// Somebody new with a link to come in by.
    pub(crate) fn new_link(&self, name: &str, email: &str, roles: &[Role]) -> (PersonId, Token) {
        let (name, email, roles) = (name.to_owned(), email.to_owned(), Roles::of(roles));
        self.tend(move |act, who| {
            let new = accounts::add(act, who, &name, &email, roles)?;
            let (token, _) = accounts::make_link(act, who, new.id)?;
            Ok((new.id, token))
        })
    }

    pub(crate) fn use_link(
        &self,
        link: &Token,
        email: &str,
        password: &str,
    ) -> Result<(Member, Token), AppError> {
        let (link, email, password) = (link.clone(), email.to_owned(), password.to_owned());
        wait(sign_in::by_link(
            &self.app,
            from(1),
            link,
            email,
            password,
            None,
        ))
    }

    /// Jun, a seller who comes in with [`RIGHT`].
    fn with_jun(&self) -> PersonId {
        let (id, link) = self.new_link("Jun Okafor", "jun@example.com", &[Role::Seller]);
        self.use_link(&link, "", RIGHT).unwrap();
        id
    }

    fn here(&self, token: &Token) -> bool {
        let token = token.clone();
        self.app
            .read_blocking(move |act| session::who(act, &token))
            .unwrap()
            .is_some()
    }
}

fn said(e: &AppError) -> (Kind, String, Option<String>) {
    (e.kind, e.message.clone(), e.hint.clone())
}

#[test]
fn whoever_is_not_let_in_hears_the_same() {
    on_each(|desk| {
        desk.with_jun();
        let (gone, link) = desk.new_link("Mara Lind", "mara@example.com", &[Role::Seller]);
        desk.use_link(&link, "", RIGHT).unwrap();
        desk.tend(move |act, who| accounts::set_standing(act, who, gone, Standing::Deactivated));
        desk.new_link("Tomas Vey", "tomas@example.com", &[Role::Seller]);
        let answers: Vec<_> = [
            ("jun@example.com", "lanterns by the sea"),
            ("jun@example.com", ""),
            ("nobody@example.com", RIGHT),
            ("mara@example.com", RIGHT),
            // No password yet.
            ("tomas@example.com", RIGHT),
            ("not an address", RIGHT),
            ("", ""),
        ]
        .into_iter()
        .map(|(email, password)| said(&desk.try_in(from(1), email, password).unwrap_err()))
        .collect();
        assert!(answers.iter().all(|a| *a == answers[0]), "{answers:?}");
        assert_eq!(answers[0].0, Kind::Refused);
        let (me, token) = desk.try_in(from(1), " JUN@Example.com ", RIGHT).unwrap();
        assert_eq!(me.name(), "Jun Okafor");
        assert!(desk.here(&token));
        // Every try is written down, of known people with their id, of nobody with none.
        let lines = desk.look(|tx| audit::before(tx, None, 100));
        let failed: Vec<bool> = lines
            .iter()
            .filter(|l| l.act == "sign_in_failed")
            .map(|l| l.subject.is_some())
            .collect();
        assert_eq!(failed.len(), answers.len());
        assert!(failed.contains(&true) && failed.contains(&false));
    });
}

#[test]
fn too_many_tries_wait_and_the_door_opens_again() {
    for backend in testkit::db::each() {
        MINUTES.store(0, Ordering::SeqCst);
        let desk = Desk::at(backend.fresh(), moving);
        desk.with_jun();
        let most = desk.app.thresholds().account_tries;
        let window = desk.app.thresholds().tries_minutes;
        // Unknown accounts wait as known ones do.
        for email in ["jun@example.com", "nobody@example.com"] {
            for n in 0..most {
                let address = u8::try_from(n).unwrap() + 10;
                let e = desk.try_in(from(address), email, "wrong").unwrap_err();
                assert_eq!(e.kind, Kind::Refused, "{email} {n}");
            }
            // From anywhere, and with the right password.
            let e = desk.try_in(from(99), email, RIGHT).unwrap_err();
            assert_eq!(e.kind, Kind::TooOften);
            assert!(e.message.contains(&format!("{window} minutes")), "{e}");
        }
        MINUTES.store(window - 1, Ordering::SeqCst);
        let e = desk.try_in(from(99), "jun@example.com", RIGHT).unwrap_err();
        assert!(e.message.contains("Wait 1 minute,"), "{e}");
        MINUTES.store(window, Ordering::SeqCst);
        desk.try_in(from(99), "jun@example.com", RIGHT).unwrap();
        // Coming in begins the count anew.
        for _ in 0..most {
            assert!(desk.try_in(from(1), "jun@example.com", "wrong").is_err());
        }
        assert_eq!(
            desk.try_in(from(1), "jun@example.com", RIGHT)
                .unwrap_err()
                .kind,
            Kind::TooOften
        );
    }
}

#[test]
fn an_address_waits_for_wrong_tries_only() {
    on_each(|desk| {
        desk.with_jun();
        let most = desk.app.thresholds().address_tries;
        let (_, link) = desk.new_link("Mara Lind", "mara@example.com", &[Role::Seller]);
        // Whoever holds a link guesses nothing, however often the password will not do.
        for _ in 0..most * 2 {
            let e = desk.use_link(&link, "", "short").unwrap_err();
            assert_eq!(e.field, Some("password"));
        }
        for n in 0..most {
            let guess = Token::from_bytes([u8::try_from(n).unwrap(); 32]);
            let e = desk.use_link(&guess, "x@example.com", RIGHT).unwrap_err();
            assert_eq!(e.kind, Kind::NotFound);
        }
        let e = desk.use_link(&link, "", RIGHT).unwrap_err();
        assert_eq!(e.kind, Kind::TooOften);
        assert!(desk.try_in(from(1), "jun@example.com", RIGHT).is_err());
        desk.try_in(from(2), "jun@example.com", RIGHT).unwrap();
    });
}

#[test]
fn many_at_once_do_not_slip_through() {
    on_each(|desk| {
        desk.with_jun();
        let most = usize::try_from(desk.app.thresholds().account_tries).unwrap();
        let tries: Vec<_> = (0..most * 3)
            .map(|n| {
                // As many processes beside each other have a store each.
                let url = desk.fresh.url.parse().unwrap();
                let shared = desk.app.clone();
                thread::spawn(move || {
                    let app = match n % 3 {
                        0 => app::App::open(&url, thursday).unwrap(),
                        _ => shared,
                    };
                    loop {
                        let knocked = app
                            .write_blocking(|act| sign_in::knock(act, &from(7), "jun@example.com"));
                        match knocked {
                            // The database was taken; a person would try again.
                            Err(e) if matches!(e.kind, Kind::Busy | Kind::Conflict) => {}
                            other => return other.is_ok(),
                        }
                    }
                })
            })
            .collect();
        let let_in = tries
            .into_iter()
            .filter(|_| true)
            .map(|t| t.join().unwrap());
        assert_eq!(let_in.filter(|ok| *ok).count(), most);
    });
}

#[test]
fn whoever_comes_in_leaves_the_session_of_before() {
    on_each(|desk| {
        desk.with_jun();
        let enter = |before: Option<Token>| {
            wait(sign_in::by_password(
                &desk.app,
                from(1),
                "jun@example.com".into(),
                RIGHT.into(),
                before,
            ))
            .unwrap()
            .1
        };
        let planted = enter(None);
        let own = enter(Some(planted.clone()));
        assert_ne!(planted, own);
        assert!(!desk.here(&planted) && desk.here(&own));
        // A wrong try ends nothing.
        let before = Some(own.clone());
        let wrong = sign_in::by_password(
            &desk.app,
            from(1),
            "jun@example.com".into(),
            "wrong".into(),
            before,
        );
        assert!(wait(wrong).is_err() && desk.here(&own));
    });
}

#[test]
fn sessions_are_listed_and_ended_by_their_owner_alone() {
    on_each(|desk| {
        desk.with_jun();
        let (jun, here) = desk.try_in(from(1), "jun@example.com", RIGHT).unwrap();
        let (_, there) = desk.try_in(from(1), "jun@example.com", RIGHT).unwrap();
        let list = |token: &Token| {
            let (jun, token) = (jun.clone(), token.clone());
            desk.act(move |act, _| session::mine(act, &jun, &token))
        };
        let all = list(&here);
        // The one of the link is there, too.
        assert_eq!(all.len(), 3);
        assert_eq!(all.iter().filter(|(_, here)| *here).count(), 1);
        assert!(all.iter().all(|(s, _)| s.agent == "a browser"));
        let (other, _) = list(&there).into_iter().find(|(_, here)| *here).unwrap();
        // Somebody else cannot end it.
        let hash = other.hash;
        let ines = desk.act(|act, _| {
            session::at_keyboard(act, Some("Ines Marlowe"), "", &domain::Zone::utc())
        });
        let e = desk
            .attempt_to(move |act, _| session::end_mine(act, &ines, &hash))
            .unwrap_err();
        assert_eq!(e.kind, Kind::NotFound);
        assert!(desk.here(&there));
        let owner = jun.clone();
        desk.act(move |act, _| session::end_mine(act, &owner, &hash));
        assert!(!desk.here(&there) && desk.here(&here));
        let (owner, mine) = (jun.clone(), here.clone());
        assert_eq!(
            desk.act(move |act, _| session::end_others(act, &owner, &mine)),
            1
        );
        assert!(desk.here(&here));
    });
}

#[test]
fn a_link_lets_in_once_and_whoever_it_is_for() {
    on_each(|desk| {
        let (id, link) = desk.new_link("Jun Okafor", "", &[Role::Seller]);
        let look = |link: &Token| {
            let link = link.clone();
            desk.attempt_to(move |act, _| sign_in::invited(act, &link))
        };
        let invited = look(&link).unwrap();
        assert_eq!(
            (invited.name.as_str(), invited.email.as_str(), invited.again),
            ("Jun Okafor", "", false)
        );
        // Looking used nothing up, and neither does what will not do.
        for (email, password, field) in [
            ("", RIGHT, "email"),
            ("no address", RIGHT, "email"),
            ("jun@example.com", "short", "password"),
            ("jun@example.com", "jun okafor jun", "password"),
        ] {
            let e = desk.use_link(&link, email, password).unwrap_err();
            assert_eq!(e.field, Some(field), "{email} {password}: {e}");
        }
        let (me, token) = desk.use_link(&link, "jun@example.com", RIGHT).unwrap();
        assert_eq!((me.id(), me.email()), (id, "jun@example.com"));
        assert!(desk.here(&token));
        let used = desk
            .use_link(&link, "jun@example.com", "another river song")
            .unwrap_err();
        let never = desk
            .use_link(&Token::from_bytes([7; 32]), "x@example.com", RIGHT)
            .unwrap_err();
        assert_eq!(said(&used), said(&never));
        assert_eq!(said(&used), said(&look(&link).unwrap_err()));

        // A new way in ends the one before: password and browsers.
        let (reset, _) = desk.tend(move |act, who| accounts::make_link(act, who, id));
        let (newer, _) = desk.tend(move |act, who| accounts::make_link(act, who, id));
        assert_eq!(
            said(&look(&reset).unwrap_err()),
            said(&never),
            "a newer link ends the older"
        );
        let invited = look(&newer).unwrap();
        assert!(invited.again && invited.email == "jun@example.com");
        let (_, now) = desk
            .use_link(&newer, "other@example.com", "another river song")
            .unwrap();
        assert!(desk.here(&now) && !desk.here(&token));
        assert!(desk.try_in(from(1), "jun@example.com", RIGHT).is_err());
        // The address written beside it counts only where there was none.
        desk.try_in(from(1), "jun@example.com", "another river song")
            .unwrap();

        // Of somebody shut out it lets nobody in.
        let (shut, link) = desk.new_link("Mara Lind", "mara@example.com", &[Role::Seller]);
        desk.tend(move |act, who| accounts::set_standing(act, who, shut, Standing::Deactivated));
        assert_eq!(said(&look(&link).unwrap_err()), said(&never));
        let e = desk.use_link(&link, "", RIGHT).unwrap_err();
        assert_eq!(said(&e), said(&never));
        let refused = desk.attempt_to_tend(move |act, who| accounts::make_link(act, who, shut));
        assert_eq!(refused.unwrap_err().kind, Kind::Refused);
    });
}

#[test]
fn of_two_who_use_a_link_at_once_one_is_let_in() {
    on_each(|desk| {
        let (_, link) = desk.new_link("Jun Okafor", "jun@example.com", &[Role::Seller]);
        let threads: Vec<_> = (0..3)
            .map(|_| {
                let (app, link) = (desk.app.clone(), link.clone());
                thread::spawn(move || {
                    wait(sign_in::by_link(
                        &app,
                        from(3),
                        link,
                        String::new(),
                        RIGHT.into(),
                        None,
                    ))
                    .is_ok()
                })
            })
            .collect();
        let let_in = threads.into_iter().map(|t| t.join().unwrap());
        assert_eq!(let_in.filter(|ok| *ok).count(), 1);
    });
}

#[test]
fn a_link_runs_out() {
    for backend in testkit::db::each() {
        let desk = Desk::new(backend);
        let (_, link) = desk.new_link("Jun Okafor", "jun@example.com", &[Role::Seller]);
        let url = desk.fresh.url.parse().unwrap();
        let app = app::App::open(&url, || thursday() + SignedDuration::from_hours(73)).unwrap();
        let late = sign_in::by_link(&app, from(1), link, String::new(), RIGHT.into(), None);
        let e = wait(late).unwrap_err();
        assert_eq!(e.kind, Kind::NotFound);
    }
}

#[test]
fn whoever_is_shut_out_is_out_at_once() {
    on_each(|desk| {
        let id = desk.with_jun();
        let (_, token) = desk.try_in(from(1), "jun@example.com", RIGHT).unwrap();
        assert!(desk.here(&token));
        desk.tend(move |act, who| accounts::set_standing(act, who, id, Standing::Deactivated));
        assert!(!desk.here(&token));
        assert!(desk.try_in(from(1), "jun@example.com", RIGHT).is_err());
    });
}

#[test]
fn ones_own_password_is_changed_by_who_knows_it() {
    on_each(|desk| {
        desk.with_jun();
        let (jun, here) = desk.try_in(from(1), "jun@example.com", RIGHT).unwrap();
        let (_, there) = desk.try_in(from(1), "jun@example.com", RIGHT).unwrap();
        let set = |present: &str, email: &str, new: &str| {
            wait(sign_in::set_password(
                &desk.app,
                from(1),
                jun.clone(),
                here.clone(),
                present.into(),
                email.into(),
                new.into(),
            ))
        };
        let new = "a kettle and four stamps";
        assert_eq!(set("wrong", "", new).unwrap_err().field, Some("present"));
        assert_eq!(set(RIGHT, "", "short").unwrap_err().field, Some("password"));
        assert_eq!(set(RIGHT, "nowhere", new).unwrap_err().field, Some("email"));
        set(RIGHT, "jun.okafor@example.com", new).unwrap();
        assert!(desk.here(&here) && !desk.here(&there));
        assert!(
            desk.try_in(from(1), "jun.okafor@example.com", RIGHT)
                .is_err()
        );
        desk.try_in(from(1), "jun.okafor@example.com", new).unwrap();
        // Guessing the present one is slowed, too.
        let most = desk.app.thresholds().account_tries;
        for _ in 0..most {
            assert_eq!(set("wrong", "", RIGHT).unwrap_err().kind, Kind::Invalid);
        }
        let e = set("wrong", "", RIGHT).unwrap_err();
        assert_eq!(e.kind, Kind::TooOften);
        // The last way in stays while others are here.
        let owner = jun.clone();
        let kept = desk.attempt_to(move |act, _| sign_in::drop_password(act, &owner));
        assert_eq!(kept.unwrap_err().kind, Kind::Refused);
        desk.try_in(from(1), "jun.okafor@example.com", new).unwrap();
    });
}
