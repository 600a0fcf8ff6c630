//! Known and unknown people are answered alike in time: what takes time is a password hash, and the
//! hashes made for each are counted. Counting says more than a clock does.

use std::net::Ipv4Addr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use domain::{Role, Roles, Zone};
use tempfile::TempDir;

use super::*;
use crate::accounts;

const RIGHT: &str = "lanterns by the river";

struct Parked(Thread);

impl Wake for Parked {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Parked(thread::current())));
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(out) => return out,
            Poll::Pending => thread::park(),
        }
    }
}

/// Each asks from an address of their own, so that none has to wait.
fn from(last: u8) -> Visitor {
    Visitor {
        address: Ipv4Addr::new(203, 0, 113, last).into(),
        agent: String::new(),
    }
}

struct Door {
    app: App,
    _folder: TempDir,
}

impl Door {
    fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("alike.db").display());
        let app = App::open(&url.parse().unwrap(), jiff::Timestamp::now).unwrap();
        app.write_blocking(|act| crate::session::local_or_new(act, "Ines Marlowe", &Zone::utc()))
            .unwrap();
        Self {
            app,
            _folder: folder,
        }
    }

    /// Somebody new, and a link to hand over.
    fn invite(&self, name: &'static str) -> (PersonId, Token) {
        let email = format!("{name}@example.com");
        let made = self.app.write_blocking(move |act| {
            let ines = crate::session::at_keyboard(act, Some("Ines Marlowe"), "", &Zone::utc())?;
            let who = ines.administrator().ok_or_else(refused)?;
            let new = accounts::add(act, &who, name, &email, Roles::of(&[Role::Seller]))?;
            let (link, _) = accounts::make_link(act, &who, new.id)?;
            Ok((new.id, link))
        });
        made.unwrap()
    }

    fn set_standing(&self, id: PersonId, standing: Standing) {
        let done = self.app.write_blocking(move |act| {
            let person = person::get(act.tx, id)?.ok_or_else(refused)?;
            Ok(person::update(act.tx, &Person { standing, ..person })?)
        });
        done.unwrap();
    }

    /// A new link for somebody who is here.
    fn reset(&self, id: PersonId) -> Token {
        let made = self.app.write_blocking(move |act| {
            let ines = crate::session::at_keyboard(act, Some("Ines Marlowe"), "", &Zone::utc())?;
            let who = ines.administrator().ok_or_else(refused)?;
            Ok(accounts::make_link(act, &who, id)?.0)
        });
        made.unwrap()
    }

    /// Password hashes that something took.
    fn hashes<T>(&self, f: impl FnOnce() -> T) -> (u64, T) {
        let runs = || self.app.hasher().runs.load(Ordering::Relaxed);
        let before = runs();
        let out = f();
        (runs() - before, out)
    }

    fn try_in(&self, last: u8, email: &str, password: &str) -> (u64, bool) {
        let (email, given) = (email.to_owned(), password.to_owned());
        let (hashes, come) =
            self.hashes(|| wait(by_password(&self.app, from(last), email, given, None)));
        (hashes, come.is_ok())
    }

    fn use_link(&self, last: u8, link: &Token, password: &str) -> (u64, bool) {
        let (link, given) = (link.clone(), password.to_owned());
        let (hashes, come) = self.hashes(|| {
            wait(by_link(
                &self.app,
                from(last),
                link,
                String::new(),
                given,
                None,
            ))
        });
        (hashes, come.is_ok())
    }
}

#[test]
fn signing_in_takes_one_hash_whoever_it_is() {
    let door = Door::open();
    let (_, link) = door.invite("jun");
    assert!(door.use_link(1, &link, RIGHT).1);
    let (gone, link) = door.invite("mara");
    assert!(door.use_link(1, &link, RIGHT).1);
    door.set_standing(gone, Standing::Deactivated);
    door.invite("wayless");
    for (last, email, password) in [
        (2, "jun@example.com", "lanterns by the sea"),
        (3, "jun@example.com", ""),
        (4, "nobody@example.com", RIGHT),
        (5, "mara@example.com", RIGHT),
        (6, "wayless@example.com", RIGHT),
        (7, "no address", RIGHT),
        (8, "", ""),
    ] {
        assert_eq!(door.try_in(last, email, password), (1, false), "{email}");
    }
    assert_eq!(door.try_in(9, "jun@example.com", RIGHT), (1, true));
}

#[test]
fn a_link_that_lets_nobody_in_takes_no_hash_whyever() {
    let door = Door::open();
    let (jun, invitation) = door.invite("jun");
    // Looked at, and tried with a password that will not do: nothing is hashed for anybody.
    let looked = door.hashes(|| {
        let link = invitation.clone();
        door.app.read_blocking(move |act| invited(act, &link))
    });
    assert!(looked.0 == 0 && looked.1.is_ok());
    assert_eq!(door.use_link(1, &invitation, "short"), (0, false));
    assert_eq!(door.use_link(1, &invitation, RIGHT), (1, true));
    let reset = door.reset(jun);
    assert_eq!(door.use_link(1, &reset, RIGHT), (1, true));
    let (mara, of_gone) = door.invite("mara");
    let (wayless, replaced) = door.invite("wayless");
    door.reset(wayless);
    door.set_standing(mara, Standing::Deactivated);
    let never = Token::draw().unwrap();
    for (what, link) in [
        ("an invitation used", &invitation),
        ("a reset used", &reset),
        ("of somebody deactivated", &of_gone),
        ("replaced by a newer one", &replaced),
        ("never made", &never),
    ] {
        assert_eq!(door.use_link(2, link, RIGHT), (0, false), "{what}");
    }
}
