//! What a signed-in person may do, as types. Only [`session`](crate::session) and the command line's
//! keyboard make a [`Member`]; each other permission comes from one, if the person's roles say so.
//! An act names the permission it needs as its argument, so that a forgotten check does not compile.
//!
//! A lead's permission reaches counts and what was shared, and has no way to anybody's rows:
//!
//! ```compile_fail
//! fn rows(act: &mut app::Act<'_, '_>, lead: &app::Lead) {
//!     let _ = app::noes::page(act, lead, &app::noes::Query::default());
//! }
//! ```
//!
//! The same with a seller's own permission is fine:
//!
//! ```
//! fn rows(act: &mut app::Act<'_, '_>, me: &app::Seller) {
//!     let _ = app::noes::page(act, me, &app::noes::Query::default());
//! }
//! ```
//!
//! Nobody makes a permission by hand:
//!
//! ```compile_fail
//! fn forge(person: domain::Person) -> app::Administrator {
//!     app::Administrator { person }
//! }
//! ```

use domain::{Person, PersonId, Role, Roles, Standing, Zone};

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub struct $name {
            person: Person,
        }

        impl $name {
            /// Their id.
            pub fn id(&self) -> PersonId {
                self.person.id
            }

            /// What they are called.
            pub fn name(&self) -> &str {
                &self.person.name
            }

            /// Where they work.
            pub fn zone(&self) -> &Zone {
                &self.person.zone
            }

            /// Whether single-letter keys act.
            pub fn keys(&self) -> bool {
                self.person.keys
            }

            /// What they are here for.
            pub fn roles(&self) -> Roles {
                self.person.roles
            }

            #[allow(dead_code, reason = "not every permission is asked for all of it")]
            pub(crate) fn person(&self) -> &Person {
                &self.person
            }

            /// The permission of a person the program itself vouches for.
            pub(crate) fn vouched(person: Person) -> Self {
                Self { person }
            }
        }
    )+};
}

permissions! {
    /// A signed-in person, whatever they are here for.
    Member;
    /// A signed-in person who showed a moment ago that it is they: what gives somebody a new way in
    /// takes this.
    Proved;
    /// Permission to act on one's own ledger.
    Seller;
    /// Permission to see a team's counts and what its members share.
    Lead;
    /// Permission to look after the installation and its people; sees nobody's rows.
    Administrator;
}

impl Proved {
    /// The person, for what asks for less.
    pub fn member(&self) -> Member {
        Member::vouched(self.person.clone())
    }
}

impl Member {
    /// The address they sign in with, or empty.
    pub fn email(&self) -> &str {
        &self.person.email
    }

    /// Their language as a BCP 47 tag.
    pub fn language(&self) -> &str {
        &self.person.language
    }

    /// Whether the lead of their team may read their rows.
    pub fn shares_rows(&self) -> bool {
        self.person.shares_rows
    }

    /// Their own ledger, if they sell.
    pub fn seller(&self) -> Option<Seller> {
        self.having(Role::Seller).map(Seller::vouched)
    }

    /// Their team's counts, if they lead.
    pub fn lead(&self) -> Option<Lead> {
        self.having(Role::Lead).map(Lead::vouched)
    }

    /// The installation, if they look after it.
    pub fn administrator(&self) -> Option<Administrator> {
        self.having(Role::Administrator).map(Administrator::vouched)
    }

    fn having(&self, role: Role) -> Option<Person> {
        let may = self.person.standing == Standing::Active && self.person.roles.has(role);
        may.then(|| self.person.clone())
    }
}
