//! Whose rows a file brings in: each belongs to the seller it names.

use std::collections::HashMap;

use domain::{Person, PersonId, Standing, fold};
use exchange::{Field, Input, Mapping, Reader};
use store::tables::person;

use crate::accounts::is_called;
use crate::claiming::add_placeholder;
use crate::{Act, Administrator, App, AppError, Kind, Member, Result, Seller, error, session};

/// Who brings a file in, and whose rows that may be.
#[derive(Debug, Clone)]
pub enum Owner {
    /// One's own rows.
    Mine(Seller),
    /// Everybody's: an administrator brings them in.
    Everybody(Seller, Administrator),
}

impl Owner {
    /// What a signed-in person may bring in; nothing when they have no ledger.
    pub fn of(member: &Member) -> Option<Self> {
        let me = member.seller()?;
        Some(match member.administrator() {
            Some(administrator) => Self::Everybody(me, administrator),
            None => Self::Mine(me),
        })
    }

    /// Who brings the file in.
    pub(super) fn me(&self) -> &Seller {
        match self {
            Self::Mine(me) | Self::Everybody(me, _) => me,
        }
    }
}

impl From<&Seller> for Owner {
    fn from(me: &Seller) -> Self {
        Self::Mine(me.clone())
    }
}

/// Whose a row is.
#[derive(Debug, Clone)]
pub(super) enum Whose {
    /// This person's.
    Of(Seller),
    /// Somebody's who is not here yet.
    Nobody,
    /// Somebody's whose rows may not be brought in, or cannot be told from another's.
    Refused(String),
}

/// The people whom a file's rows name.
pub(super) struct Reps {
    owner: Owner,
    /// Every row is the only person's, whatever its label says.
    alone: bool,
    /// What was found out already, by folded name.
    known: HashMap<String, Whose>,
}

impl Reps {
    /// Who uses Rebound for themselves, without having set up a way in, has a whole history to
    /// themselves. Who is alone in what is to be an organisation's has a file that names one seller
    /// at most; the others' rows wait for them.
    pub(super) fn read(app: &App, owner: Owner, input: &Input, mapping: &Mapping) -> Result<Self> {
        let id = owner.me().id();
        let (personal, only) = app.read_blocking(move |act| {
            let personal = session::is_personal(act)?;
            Ok((personal, session::only(act)?.is_some_and(|m| m.id() == id)))
        })?;
        let alone = personal || (only && names_one(input, mapping, owner.me()));
        Ok(Self {
            owner,
            alone,
            known: HashMap::new(),
        })
    }

    pub(super) fn me(&self) -> &Seller {
        self.owner.me()
    }

    /// Whether rows of others may be brought in.
    pub(super) fn everybody(&self) -> bool {
        matches!(self.owner, Owner::Everybody(..))
    }

    /// The seller who brings the file in for themselves; nobody when an administrator brings it in for
    /// all.
    pub(super) fn seller(&self) -> Option<PersonId> {
        (!self.everybody()).then(|| self.me().id())
    }

    /// Whose the rows under this name are.
    pub(super) fn whose(&mut self, act: &mut Act<'_, '_>, rep: &str) -> Result<Whose> {
        let key = fold(rep);
        if key.is_empty() || self.alone {
            return Ok(Whose::Of(self.me().clone()));
        }
        if let Some(known) = self.known.get(&key) {
            return Ok(known.clone());
        }
        let whose = self.look_up(act, rep)?;
        self.known.insert(key, whose.clone());
        Ok(whose)
    }

    /// One's own rows are those under any name of one's own. Somebody else's are matched by what an
    /// administrator gave alone: what people call themselves is theirs to change.
    fn look_up(&self, act: &mut Act<'_, '_>, rep: &str) -> Result<Whose> {
        if let Owner::Mine(me) = &self.owner {
            let mine = person::get(act.tx, me.id())?
                .is_some_and(|now| now.is_rep(rep) || is_called(&now, rep));
            return Ok(match mine {
                true => Whose::Of(me.clone()),
                false => Whose::Refused(format!(
                    "Only an administrator can bring in rows of “{rep}”. If that is you, leave this column out."
                )),
            });
        }
        let all = person::all(act.tx)?;
        let called: Vec<&Person> = all.iter().filter(|p| p.is_rep(rep)).collect();
        // Rows that wait go on waiting until they are claimed, and who left keeps their rows as long as
        // nobody else here is called so.
        let found = [
            Standing::Placeholder,
            Standing::Active,
            Standing::Deactivated,
        ]
        .map(|standing| {
            let so = called.iter().filter(|p| p.standing == standing);
            so.copied().collect::<Vec<&Person>>()
        })
        .into_iter()
        .find(|found| !found.is_empty());
        Ok(match found.as_deref() {
            None => Whose::Nobody,
            Some([one]) => Whose::Of(Seller::vouched((*one).clone())),
            Some(_) => Whose::Refused(format!(
                "Files call several people here “{rep}”. Write their e-mail addresses in this column, or give them other names in files on the People page."
            )),
        })
    }

    /// Whether labels may be added that everybody sees.
    pub(super) fn makes_labels(&self) -> bool {
        self.alone || self.everybody()
    }

    /// Writes down somebody whose rows come in before they have an account.
    pub(super) fn add(&mut self, act: &mut Act<'_, '_>, rep: &str) -> Result<Seller> {
        let zone = self.me().zone().clone();
        let new = Seller::vouched(add_placeholder(act, rep, zone)?);
        self.known.insert(fold(rep), Whose::Of(new.clone()));
        Ok(new)
    }
}

/// Whether all rows name the same seller, or none. A file that cannot be read names nobody.
fn names_one(input: &Input, mapping: &Mapping, me: &Seller) -> bool {
    let Ok(again) = input.again() else {
        return true;
    };
    let Ok(mut rows) = Reader::open(again, mapping, me.zone()) else {
        return true;
    };
    if rows.header_of(Field::Rep).is_none() {
        return true;
    }
    let mut first: Option<String> = None;
    rows.by_ref()
        .flatten()
        .map(|row| fold(&row.rep))
        .filter(|rep| !rep.is_empty())
        .all(|rep| *first.get_or_insert_with(|| rep.clone()) == rep)
}

/// How many rows of a file stand under one name, and whose they would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepRows {
    /// The name as the file first writes it; empty where it says nothing.
    pub rep: String,
    /// Rows that can be read.
    pub rows: u64,
    /// Whose they would be.
    pub to: RowsGo,
}

/// Whose rows would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowsGo {
    /// Somebody's with an account, who may not come in any more perhaps.
    Account {
        /// Whose.
        person: PersonId,
        /// What they are called.
        name: String,
        /// The address they sign in with, or empty.
        email: String,
        /// Whether they may come in.
        active: bool,
    },
    /// Somebody's without an account whose rows wait already.
    Waiting,
    /// Somebody's without an account, who would be written down.
    New,
    /// Nobody's, and why.
    Out(String),
}

/// Whose the rows of a file would be, most rows first, for an administrator to look at before bringing
/// it in. Empty when its rows name nobody, or are one's own alone.
///
/// # Errors
/// When the file cannot be read with the mapping, or the database cannot.
pub fn reps_of(
    app: &App,
    owner: impl Into<Owner>,
    input: impl Into<Input>,
    mapping: &Mapping,
) -> Result<Vec<RepRows>> {
    let (owner, input) = (owner.into(), input.into());
    let mut reps = Reps::read(app, owner, &input, mapping)?;
    let unreadable = |text: String| AppError::new(Kind::Invalid, error::sentence(&text));
    let mut reader =
        Reader::open(input, mapping, reps.me().zone()).map_err(|e| unreadable(e.to_string()))?;
    if !reps.everybody() || reps.alone || reader.header_of(Field::Rep).is_none() {
        return Ok(Vec::new());
    }
    let mut count: HashMap<String, (String, u64)> = HashMap::new();
    for row in reader.by_ref().flatten() {
        let (_, rows) = count
            .entry(fold(&row.rep))
            .or_insert_with(|| (row.rep.trim().to_owned(), 0));
        *rows += 1;
    }
    let mut named: Vec<(String, u64)> = count.into_values().collect();
    named.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    app.read_blocking(move |act| {
        named
            .into_iter()
            .map(|(rep, rows)| {
                let to = match reps.whose(act, &rep)? {
                    Whose::Of(seller) => goes_to(seller.person()),
                    Whose::Nobody => RowsGo::New,
                    Whose::Refused(why) => RowsGo::Out(why),
                };
                Ok(RepRows { rep, rows, to })
            })
            .collect()
    })
}

fn goes_to(person: &Person) -> RowsGo {
    match person.standing {
        Standing::Placeholder => RowsGo::Waiting,
        standing => RowsGo::Account {
            person: person.id,
            name: person.name.clone(),
            email: person.email.clone(),
            active: standing == Standing::Active,
        },
    }
}
