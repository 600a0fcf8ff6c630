//! Whose rows a file brings in: each belongs to the seller it names.

use std::collections::HashMap;

use domain::{Person, PersonId, Standing, fold};
use exchange::{Field, Input, Mapping, Reader};
use store::tables::{audit, person};

use crate::accounts::{CLAIMED_BY, add_placeholder, is_called};
use crate::{Act, Administrator, App, Member, Result, Seller, session};

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

    fn look_up(&self, act: &mut Act<'_, '_>, rep: &str) -> Result<Whose> {
        let all: Vec<Person> = person::all(act.tx)?
            .into_iter()
            .filter(|p| is_called(p, rep))
            .collect();
        let standing = |standing| all.iter().filter(move |p| p.standing == standing);
        let mut claimed = Vec::new();
        for gone in standing(Standing::Deactivated) {
            claimed.extend(claimed_by(act, gone.id)?);
        }
        let mut here: Vec<&Person> = standing(Standing::Active).chain(&claimed).collect();
        here.sort_by_key(|p| p.id);
        here.dedup_by_key(|p| p.id);
        let mine = here.iter().any(|p| p.id == self.me().id());
        // Rows that wait go on waiting until they are claimed: anybody can take on the name.
        let waiting: Vec<&Person> = standing(Standing::Placeholder).collect();
        let found = if waiting.is_empty() { here } else { waiting };
        Ok(match (&self.owner, found.as_slice()) {
            (Owner::Mine(me), _) if mine => Whose::Of(me.clone()),
            (Owner::Mine(_), _) => Whose::Refused(format!(
                "Only an administrator can bring in rows of “{rep}”. If that is you, leave this column out."
            )),
            (Owner::Everybody(..), []) => Whose::Nobody,
            (Owner::Everybody(..), [one]) => Whose::Of(Seller::vouched((*one).clone())),
            (Owner::Everybody(..), _) => Whose::Refused(format!(
                "Several people here are called “{rep}”. Write their e-mail addresses in this column."
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

/// Who has claimed the rows of somebody, if anybody has and is still here.
fn claimed_by(act: &mut Act<'_, '_>, placeholder: PersonId) -> Result<Option<Person>> {
    let mut by: Option<PersonId> = None;
    audit::each(act.tx, |line| {
        if line.subject.as_ref() == Some(placeholder.as_bytes()) {
            let id = line.detail.strip_prefix(CLAIMED_BY);
            by = id.and_then(|id| id.parse().ok()).or(by);
        }
        Ok(())
    })?;
    let Some(by) = by else { return Ok(None) };
    Ok(person::get(act.tx, by)?.filter(|p| p.standing == Standing::Active))
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
