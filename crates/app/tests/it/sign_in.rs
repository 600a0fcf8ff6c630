//! Coming in by password and by link: who is let in, who is not, and how often one may try.

use std::future::Future;
use std::net::{IpAddr, Ipv4Addr};
use std::pin::pin;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use app::sign_in::{self, Typed, Visitor};
use app::{AppError, Kind, Member, Proved, Token, accounts, session, tokens};
use domain::{PersonId, Role, Roles, Standing};
use jiff::{SignedDuration, Timestamp};
use store::tables::{audit, passing, person, ways};

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

/// One test at a time moves the clock.
static CLOCK: Mutex<()> = Mutex::new(());

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

    /// Whose session a token is, if they showed a moment ago that it is they.
    pub(crate) fn proof(&self, token: &Token) -> Option<Proved> {
        let token = token.clone();
        let found = self
            .app
            .read_blocking(move |act| session::proved(act, &token));
        found.unwrap()
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
    let _alone = CLOCK.lock();
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
            assert_eq!((e.kind, e.wait), (Kind::TooOften, Some(window * 60)));
            assert!(e.message.contains(&format!("in {window} minutes")), "{e}");
        }
        MINUTES.store(window - 1, Ordering::SeqCst);
        let e = desk.try_in(from(99), "jun@example.com", RIGHT).unwrap_err();
        assert!(e.message.contains("in 1 minute."), "{e}");
        assert_eq!(e.wait, Some(60));
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
fn tokens_that_end_with_everything_else_are_written_down() {
    on_each(|desk| {
        let id = desk.with_jun();
        let add = |name: &'static str| {
            let (_, session) = desk.try_in(from(1), "jun@example.com", RIGHT).unwrap();
            let me = desk.proof(&session).unwrap();
            let made = desk
                .app
                .write_blocking(move |act| tokens::add(act, &me, name, tokens::Scope::ALL, None));
            made.unwrap().1
        };
        let stands = |secret: &tokens::Secret| {
            let secret = secret.clone();
            let found = desk.app.read_blocking(move |act| tokens::who(act, &secret));
            found.unwrap().is_some()
        };
        // Who ended how many, and whose.
        let ended = || {
            desk.tend(|act, who| {
                let mut lines = app::audit::page(act, who, None)?;
                lines.retain(|l| l.act == "api_token" && l.detail.starts_with("ended"));
                Ok(lines
                    .into_iter()
                    .map(|l| (l.actor, l.subject, l.detail))
                    .collect::<Vec<_>>())
            })
        };
        let whose = Some(*id.as_bytes());
        let (phone, sheet) = (add("phone"), add("sheet"));
        let link = desk.tend(move |act, who| Ok(accounts::make_link(act, who, id)?.0));
        assert!(stands(&phone) && stands(&sheet) && ended().is_empty());
        desk.use_link(&link, "", RIGHT).unwrap();
        assert!(!stands(&phone) && !stands(&sheet));
        assert_eq!(ended(), [(Some(id), whose, "ended 2".to_owned())]);
        let again = add("again");
        desk.tend(move |act, who| accounts::set_standing(act, who, id, Standing::Deactivated));
        assert!(!stands(&again));
        assert_eq!(
            ended()[0],
            (Some(desk.me.id()), whose, "ended 1".to_owned())
        );
        // Where none stood there is nothing to say.
        desk.tend(move |act, who| accounts::set_standing(act, who, id, Standing::Deactivated));
        assert_eq!(ended().len(), 2);
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
                None,
                here.clone(),
                Typed {
                    present: present.into(),
                    email: email.into(),
                    new: new.into(),
                },
            ))
        };
        let new = "a kettle and four stamps";
        assert_eq!(set("wrong", "", new).unwrap_err().field, Some("present"));
        assert_eq!(set(RIGHT, "", "short").unwrap_err().field, Some("password"));
        assert_eq!(set(RIGHT, "nowhere", new).unwrap_err().field, Some("email"));
        // The session begins anew with it, and every other one ends.
        let renewed = set(RIGHT, "jun.okafor@example.com", new).unwrap();
        assert!(desk.here(&renewed) && !desk.here(&here) && !desk.here(&there));
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

/// Whether a session stands, and whether its person may add a way in, so many minutes on.
fn after(desk: &Desk, token: &Token, minutes: i64) -> (bool, bool) {
    MINUTES.store(minutes, Ordering::SeqCst);
    (desk.here(token), desk.proof(token).is_some())
}

#[test]
fn who_has_a_way_in_signs_in_again_after_a_month() {
    let _alone = CLOCK.lock();
    const DAY: i64 = 24 * 60;
    for backend in testkit::db::each() {
        MINUTES.store(0, Ordering::SeqCst);
        let desk = Desk::at(backend.fresh(), moving);
        // Alone, without a way in: one stays in as long as one comes by once in a while.
        let (_, mine) = desk
            .app
            .write_blocking(|act| session::enter(act, "a browser", None))
            .unwrap();
        for day in [80, 160, 400] {
            let idle = after(&desk, &mine, day * DAY);
            assert_eq!(idle, (day < 400, day < 400), "day {day}");
            let used = mine.clone();
            desk.act(move |act, _| session::touch(act, &used));
        }
        MINUTES.store(0, Ordering::SeqCst);
        desk.with_jun();
        let (jun, token) = desk.try_in(from(1), "jun@example.com", RIGHT).unwrap();
        for day in 1..30 {
            assert!(after(&desk, &token, day * DAY).0, "day {day}");
            let used = token.clone();
            desk.act(move |act, _| session::touch(act, &used));
        }
        let listed = |token: &Token| {
            let (jun, token) = (jun.clone(), token.clone());
            desk.act(move |act, _| session::mine(act, &jun, &token))
                .len()
        };
        // This one, and the one of the link.
        assert_eq!(listed(&token), 2);
        assert!(!after(&desk, &token, 30 * DAY).0, "however busy");
        assert_eq!(listed(&token), 0);
    }
}

#[test]
fn a_way_in_is_added_by_who_signed_in_a_moment_ago() {
    let _alone = CLOCK.lock();
    for backend in testkit::db::each() {
        MINUTES.store(0, Ordering::SeqCst);
        let desk = Desk::at(backend.fresh(), moving);
        let (_, mine) = desk
            .app
            .write_blocking(|act| session::enter(act, "a browser", None))
            .unwrap();
        desk.with_jun();
        let (jun, token) = desk.try_in(from(1), "jun@example.com", RIGHT).unwrap();
        let minutes = desk.app.thresholds().proof_minutes;
        assert_eq!(after(&desk, &token, minutes - 1), (true, true));
        assert_eq!(after(&desk, &token, minutes), (true, false));
        // Who has no way in has nothing to show, and never waits for it.
        assert_eq!(after(&desk, &mine, 5 * minutes), (true, true));
        // Their password shows it as well, where they have one.
        let set = |proof: Option<Proved>, present: &str, new: &str| {
            wait(sign_in::set_password(
                &desk.app,
                from(1),
                jun.clone(),
                proof,
                token.clone(),
                Typed {
                    present: present.into(),
                    new: new.into(),
                    ..Typed::default()
                },
            ))
        };
        let renewed = set(None, RIGHT, "a kettle and four stamps").unwrap();
        assert!(
            desk.proof(&renewed).is_some(),
            "a passkey may follow at once"
        );
        let id = jun.id();
        desk.act(move |act, _| Ok(ways::drop_password(act.tx, id)?));
        let e = set(None, "", RIGHT).unwrap_err();
        assert_eq!(e.kind, Kind::Refused);
        assert!(e.message.contains("once more"), "{e}");
        // What another showed is nothing.
        let others = desk.proof(&mine);
        assert!(set(others, "", RIGHT).is_err());
        MINUTES.store(0, Ordering::SeqCst);
        set(desk.proof(&renewed), "", RIGHT).unwrap();
    }
}

#[test]
fn the_last_administrator_who_can_come_in_stays_one() {
    on_each(|desk| {
        let ines = desk.me.id();
        let only_seller = Roles::of(&[Role::Seller]);
        let demote = |id: PersonId| {
            desk.attempt_to_tend(move |act, who| accounts::set_roles(act, who, id, only_seller))
        };
        let both = [Role::Seller, Role::Administrator];
        let (mara, _) = desk.new_link("Mara Lind", "mara@example.com", &both);
        // Mara may come in by her link; without it she could not look after anything.
        demote(ines).unwrap();
        desk.act(move |act, _| {
            let mut me = person::get(act.tx, ines)?.unwrap();
            me.roles = Roles::of(&both);
            person::update(act.tx, &me)?;
            Ok(passing::end_links_of(act.tx, mara)?)
        });
        let e = demote(ines).unwrap_err();
        assert_eq!(e.kind, Kind::Refused);
        assert!(e.hint.unwrap().contains("can sign in"));
        // Who looks after nothing may always change.
        let (jun, _) = desk.new_link("Jun Okafor", "", &[Role::Seller]);
        demote(jun).unwrap();
        let (again, _) = desk.tend(move |act, who| accounts::make_link(act, who, mara));
        desk.use_link(&again, "", RIGHT).unwrap();
        demote(ines).unwrap();
    });
}
