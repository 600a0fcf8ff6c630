//! Deals are opened, closed and opened again; what closed them stays.

use app::ledger::{self, NewAttempt, WhoRef};
use app::{Kind, deals};
use domain::{Deal, DealId, DealState, Money, Outcome, SaidBy, Stage, When};
use store::tables::deal;

use crate::made::{Desk, on_each};

fn opened(desk: &Desk) -> Deal {
    let ada = desk.log("Ada Merrow", Outcome::No).who.id;
    desk.act(move |act, me| {
        let value = Money {
            hundredths: 125_000,
            currency: "EUR".into(),
        };
        deals::open(act, me, ada, "Shelves", Some(value))
    })
}

fn now(desk: &Desk, id: DealId) -> Deal {
    desk.look(move |tx| deal::get(tx, id)).unwrap()
}

fn close(desk: &Desk, id: DealId, outcome: Outcome) -> Result<ledger::Logged, app::AppError> {
    desk.attempt_to(move |act, me| {
        let new = NewAttempt {
            reason: (outcome == Outcome::No).then(|| "N7".into()),
            said_by: Some(SaidBy::Prospect),
            ..NewAttempt::new(WhoRef::Unnamed, outcome)
        };
        deals::close(act, me, id, new)
    })
}

#[test]
fn a_lost_deal_opened_again_keeps_its_reason() {
    on_each(|desk| {
        let d = opened(desk);
        let lost = close(desk, d.id, Outcome::No).unwrap();
        assert_eq!(lost.attempt.stage, Stage::Negotiation);
        assert_eq!(lost.attempt.value, d.value);
        assert_eq!(lost.attempt.deal, Some(d.id));
        assert_eq!(now(desk, d.id).state, DealState::Lost);
        assert!(now(desk, d.id).closed_at.is_some());
        let again = close(desk, d.id, Outcome::Yes).unwrap_err();
        assert_eq!(again.kind, Kind::Conflict);
        desk.act(move |act, me| deals::reopen(act, me, d.id));
        assert_eq!(now(desk, d.id), d);
        assert_eq!(desk.attempt(lost.attempt.id), lost.attempt);
        let won = close(desk, d.id, Outcome::Yes).unwrap();
        assert_eq!(now(desk, d.id).state, DealState::Won);
        assert_ne!(won.attempt.id, lost.attempt.id);
        assert_eq!(desk.attempts().len(), 3);
        let kinds: Vec<String> = desk
            .lines(d.id.as_bytes())
            .into_iter()
            .map(|line| line.kind)
            .collect();
        assert_eq!(kinds, ["deal_closed", "deal_reopened", "deal_closed"]);
    });
}

#[test]
fn what_closes_nothing_is_refused() {
    on_each(|desk| {
        let d = opened(desk);
        for outcome in [Outcome::NotNow, Outcome::SendInfo, Outcome::Unknown] {
            assert_eq!(close(desk, d.id, outcome).unwrap_err().kind, Kind::Invalid);
        }
        assert_eq!(now(desk, d.id), d);
        let open = desk
            .attempt_to(move |act, me| deals::reopen(act, me, d.id))
            .unwrap_err();
        assert_eq!(open.kind, Kind::Conflict);
        assert_eq!(desk.attempts().len(), 1);
    });
}

#[test]
fn undoing_the_closing_ask_opens_the_deal_again() {
    on_each(|desk| {
        let d = opened(desk);
        let lost = close(desk, d.id, Outcome::No).unwrap().attempt.id;
        desk.act(move |act, me| ledger::undo(act, me, lost));
        assert_eq!(now(desk, d.id), d);
        // What was closed by another ask since then stays closed.
        let lost = close(desk, d.id, Outcome::No).unwrap().attempt.id;
        desk.act(move |act, me| deals::reopen(act, me, d.id));
        close(desk, d.id, Outcome::Yes).unwrap();
        desk.act(move |act, me| ledger::undo(act, me, lost));
        assert_eq!(now(desk, d.id).state, DealState::Won);
    });
}

#[test]
fn a_deal_closes_when_it_was_asked_for_with_whoever_was_asked() {
    on_each(|desk| {
        let nobodys = Deal {
            id: DealId::from_bytes([7; 16]),
            prospect: None,
            ..opened(desk)
        };
        let id = nobodys.id;
        desk.act(move |act, _| Ok(deal::insert(act.tx, &nobodys)?));
        let day = jiff::civil::date(2026, 11, 12);
        let logged = desk.act(move |act, me| {
            let new = NewAttempt {
                at: Some(When::Day(day)),
                ..NewAttempt::new(WhoRef::Text("Bram Osei".into()), Outcome::Yes)
            };
            deals::close(act, me, id, new)
        });
        let closed = now(desk, id);
        let at = desk.me.zone().start_of(day).as_microsecond();
        assert_eq!(closed.closed_at, Some(at));
        assert_eq!(closed.prospect, Some(logged.who.id));
    });
}
