//! One person at work.
//!
//! Those due to be asked again come first, then somebody new. The chance of a yes depends on
//! person, segment, stage, channel, try, month and pitch, so that the pages have something true to
//! find.

use std::collections::BTreeMap;

use domain::{Channel, DealState, LossKind, Outcome, Stage};

use super::calendar::{DAYS, Slot, WINDOW};
use super::dice::Dice;
use super::words::{NOT_NOW, SEND_INFO, WHY, Why, YES};
use super::year::{Ask, Lead, Member, Opportunity, Year};

/// What is promised of the local person: how many of the last 90 days' asks are a yes, and how many
/// asks stand after the last one.
const LOCAL_YES: u32 = 91;
const LOCAL_RUN: usize = 31;

/// A prospect who will be asked again.
#[derive(Debug, Clone, Copy)]
struct Open {
    lead: usize,
    stage: Stage,
    /// Asks since their last yes.
    tries: usize,
    pitch: usize,
    deal: Option<usize>,
}

/// One person at work.
pub(super) struct Work<'y> {
    person: usize,
    member: &'static Member,
    dice: Dice,
    /// By the day they are due, then in the order they were put there.
    queue: BTreeMap<(i32, u32), Open>,
    year: &'y mut Year,
}

/// The day from which the newer pitch is tried, before the end of the sample.
const NEW_PITCH: i32 = 150;

/// How much likelier a yes is by stage, beside a first contact.
const fn by_stage(stage: Stage) -> f64 {
    match stage {
        Stage::Opener => 1.0,
        Stage::Discovery => 3.0,
        Stage::Demo => 3.4,
        Stage::Proposal => 3.6,
        Stage::Negotiation => 4.5,
        Stage::Referral => 2.2,
        Stage::Repeat => 3.0,
        Stage::Renewal => 4.5,
    }
}

const fn by_channel(channel: Channel) -> f64 {
    match channel {
        Channel::Call => 1.0,
        Channel::Email => 0.6,
        Channel::Meeting => 1.5,
        Channel::Message => 0.8,
        Channel::Visit => 1.3,
        Channel::Other => 0.9,
    }
}

/// By the place of the segment.
const BY_SEGMENT: [f64; 5] = [1.0, 1.35, 0.68, 0.98, 0.6];
/// By the try since the last yes; later ones as the last of these.
const BY_TRY: [f64; 8] = [1.25, 1.1, 0.95, 0.8, 0.65, 0.5, 0.4, 0.3];
/// By month of the year, from January.
const BY_MONTH: [f64; 12] = [
    0.95, 1.0, 1.08, 1.0, 1.02, 1.0, 0.9, 0.75, 1.1, 1.12, 1.06, 0.8,
];
/// What the factors come to on average, so that a person's rate is what it says.
const USUAL: f64 = 1.28;

impl<'y> Work<'y> {
    /// Somebody at the beginning of the year, with nobody to come back to.
    pub(super) fn new(
        person: usize,
        member: &'static Member,
        dice: Dice,
        year: &'y mut Year,
    ) -> Self {
        Self {
            person,
            member,
            dice,
            queue: BTreeMap::new(),
            year,
        }
    }

    /// Works through the year.
    pub(super) fn through(mut self, slots: &[Slot]) {
        let last_yes = (self.person == 0).then(|| last_yes(slots));
        let opens = DAYS - WINDOW;
        // What is left of the promised yeses, and of the asks that may bring them.
        let mut yes_left = f64::from(LOCAL_YES - 1);
        let mut asks_left = slots
            .iter()
            .take(last_yes.unwrap_or(0))
            .filter(|s| s.day >= opens && !s.waiting)
            .fold(0.0, |n, _| n + 1.0);
        let mut usual = USUAL;
        for (i, slot) in slots.iter().enumerate() {
            let open = self.next(slot);
            let channel = if slot.waiting {
                Channel::Email
            } else {
                self.channel(&open)
            };
            let factor = self.factor(&open, channel, slot);
            let chance = match last_yes {
                _ if slot.waiting => 0.0,
                Some(last) if i > last => 0.0,
                Some(last) if i == last => 1.0,
                Some(_) if slot.day >= opens => {
                    usual += (factor - usual) * 0.01;
                    yes_left / f64::max(asks_left, 1.0) * factor / usual
                }
                _ => self.member.rate / 100.0 * factor / USUAL,
            };
            let yes = self.dice.chance(chance);
            if slot.day >= opens && !slot.waiting {
                asks_left -= 1.0;
                yes_left -= if yes { 1.0 } else { 0.0 };
            }
            let outcome = match (slot.waiting, yes) {
                (true, _) => Outcome::Unknown,
                (_, true) => Outcome::Yes,
                _ => self.not_yet(channel, open.stage),
            };
            self.happens(slot, open, channel, outcome);
        }
    }

    /// Who is asked: whoever is due, else somebody new.
    fn next(&mut self, slot: &Slot) -> Open {
        if let Some((&key, &open)) = self.queue.first_key_value()
            && key.0 <= slot.day
            && self.dice.chance(0.94)
        {
            self.queue.remove(&key);
            return open;
        }
        let mut segments = [(0, 0.0); 5];
        for (i, (weight, slot)) in self.member.segments.iter().zip(&mut segments).enumerate() {
            *slot = (i, *weight);
        }
        let segment = self.dice.weighed(&segments);
        let stage = self.dice.weighed(&[
            (Stage::Opener, 93.0),
            (Stage::Repeat, 3.0),
            (Stage::Referral, 2.0),
            (Stage::Renewal, 2.0),
        ]);
        let newer = slot.day >= DAYS - NEW_PITCH && self.dice.chance(0.55);
        self.year.leads.push(Lead {
            person: self.person,
            segment,
            first: slot.at,
            last: slot.at,
            asks: 0,
            outcome: Outcome::Unknown,
            twin_of: None,
        });
        Open {
            lead: self.year.leads.len() - 1,
            stage,
            tries: 0,
            pitch: usize::from(newer),
            deal: None,
        }
    }

    fn channel(&mut self, open: &Open) -> Channel {
        use Channel::{Call, Email, Meeting, Message, Other, Visit};
        match open.stage {
            Stage::Opener => self.dice.weighed(&[
                (Call, 68.0),
                (Email, 18.0),
                (Message, 7.0),
                (Visit, 4.0),
                (Other, 1.0),
                (Meeting, 2.0),
            ]),
            Stage::Discovery | Stage::Demo => {
                self.dice
                    .weighed(&[(Meeting, 55.0), (Call, 38.0), (Visit, 7.0)])
            }
            Stage::Proposal => self
                .dice
                .weighed(&[(Email, 40.0), (Call, 35.0), (Meeting, 25.0)]),
            Stage::Negotiation => self.dice.weighed(&[(Call, 50.0), (Meeting, 50.0)]),
            _ => self
                .dice
                .weighed(&[(Call, 60.0), (Email, 25.0), (Meeting, 15.0)]),
        }
    }

    fn factor(&self, open: &Open, channel: Channel, slot: &Slot) -> f64 {
        let segment = self.year.leads[open.lead].segment;
        let month = usize::from(slot.month.unsigned_abs()).clamp(1, 12) - 1;
        let pitch = if open.pitch == 1 { 1.22 } else { 1.0 };
        by_stage(open.stage)
            * by_channel(channel)
            * BY_SEGMENT[segment]
            * BY_TRY[open.tries.min(BY_TRY.len() - 1)]
            * BY_MONTH[month]
            * pitch
    }

    /// What comes of an ask that is no yes.
    fn not_yet(&mut self, channel: Channel, stage: Stage) -> Outcome {
        use Outcome::{No, NoReply, NotNow, SendInfo};
        let weights = match (channel, stage) {
            (Channel::Meeting | Channel::Visit, _) => [52.0, 25.0, 12.0, 6.0],
            (Channel::Email | Channel::Message, _) => [22.0, 7.0, 6.0, 60.0],
            (_, Stage::Opener) => [33.0, 12.0, 8.0, 47.0],
            _ => [45.0, 20.0, 8.0, 27.0],
        };
        self.dice.weighed(&[
            (No, weights[0]),
            (NotNow, weights[1]),
            (SendInfo, weights[2]),
            (NoReply, weights[3]),
        ])
    }

    /// Writes an ask down, with its reason and words, and plans what follows.
    fn happens(&mut self, slot: &Slot, mut open: Open, channel: Channel, outcome: Outcome) {
        self.deal(slot, &mut open, outcome);
        let early = matches!(open.stage, Stage::Opener | Stage::Discovery | Stage::Demo);
        let mut ask = Ask {
            at: slot.at,
            person: self.person,
            lead: open.lead,
            outcome,
            stage: open.stage,
            channel,
            loss: None,
            said: None,
            guess: None,
            heard: None,
            words: None,
            pitch: (early && self.dice.chance(0.85)).then_some(open.pitch),
            deal: open.deal,
            again: None,
        };
        match outcome {
            Outcome::No => self.reason(&mut ask),
            Outcome::NotNow => {
                let (days, words) = self.dice.pick(&NOT_NOW);
                ask.again = Some(days);
                ask.words = self.dice.chance(0.75).then_some(words);
            }
            Outcome::SendInfo => {
                ask.again = Some(3);
                ask.words = self.dice.chance(0.6).then(|| self.dice.pick(&SEND_INFO));
            }
            Outcome::Yes => ask.words = self.dice.chance(0.4).then(|| self.dice.pick(&YES)),
            Outcome::NoReply if !early && self.dice.chance(0.4) => {
                ask.loss = Some(LossKind::NoAnswer);
            }
            _ => {}
        }
        let lead = &mut self.year.leads[open.lead];
        lead.last = slot.at;
        lead.asks += 1;
        lead.outcome = outcome;
        self.goes_on(slot.day, open, &ask);
        self.year.asks.push(ask);
    }

    /// Opens a deal with the proposal, and closes it with the answer.
    fn deal(&mut self, slot: &Slot, open: &mut Open, outcome: Outcome) {
        if open.stage == Stage::Proposal && open.deal.is_none() {
            let worth = i64::from(self.dice.between(8, 90)) * 400;
            self.year.deals.push(Opportunity {
                person: self.person,
                lead: open.lead,
                opened: slot.at,
                closed: None,
                worth,
            });
            open.deal = Some(self.year.deals.len() - 1);
        }
        let state = match (open.stage, outcome) {
            (Stage::Negotiation, Outcome::Yes) => DealState::Won,
            (Stage::Proposal | Stage::Negotiation, Outcome::No) => DealState::Lost,
            _ => return,
        };
        if let Some(deal) = open.deal.and_then(|d| self.year.deals.get_mut(d)) {
            deal.closed = Some((slot.at, state));
        }
    }

    /// Why it was a no: what they said, what was guessed, often both, sometimes neither.
    fn reason(&mut self, ask: &mut Ask) {
        let why = self.why(|w| w.said);
        let stops = why.code == domain::REASON_DO_NOT_CONTACT;
        match self.dice.unit() {
            p if p < 0.37 || stops => {
                ask.said = Some(why.code);
                ask.words = self.dice.chance(0.8).then(|| self.dice.pick(why.words));
                if !stops && self.dice.chance(0.45) {
                    // The guess was there before they said it.
                    let right = self.dice.chance(0.4);
                    ask.guess = Some(if right {
                        why.code
                    } else {
                        self.why(|w| w.guessed).code
                    });
                }
            }
            p if p < 0.74 => ask.guess = Some(self.why(|w| w.guessed).code),
            p if p < 0.77 => {
                ask.heard = Some(why.code);
                ask.guess = self.dice.chance(0.5).then(|| self.why(|w| w.guessed).code);
            }
            _ => {}
        }
        let late = !matches!(ask.stage, Stage::Opener | Stage::Discovery);
        ask.loss =
            self.dice
                .chance(if late { 0.9 } else { 0.12 })
                .then(|| match ask.said.or(ask.heard) {
                    Some("N6" | "N7") => LossKind::Competitor,
                    Some("N2" | "N3" | "N8" | "N13") => LossKind::NoDecision,
                    Some("N1" | "N9" | "N12") => LossKind::NotQualified,
                    _ => LossKind::Unknown,
                });
    }

    fn why(&mut self, weight: impl Fn(&Why) -> f64) -> &'static Why {
        let weights: Vec<(&'static Why, f64)> = WHY.iter().map(|w| (w, weight(w))).collect();
        self.dice.weighed(&weights)
    }

    /// When they are asked again, and for what.
    fn goes_on(&mut self, day: i32, mut open: Open, ask: &Ask) {
        open.tries += 1;
        let (again, days) = match ask.outcome {
            Outcome::Yes => {
                let (stage, chance, low, high) = after_yes(open.stage, &mut self.dice);
                open.stage = stage;
                open.tries = 0;
                if !matches!(stage, Stage::Proposal | Stage::Negotiation) {
                    open.deal = None;
                }
                (chance, self.dice.between(low, high))
            }
            Outcome::No if ask.said == Some(domain::REASON_DO_NOT_CONTACT) => (0.0, 0),
            Outcome::No if open.deal.is_some() => (0.0, 0),
            Outcome::No if open.tries < 6 => (0.45, self.dice.between(20, 70)),
            Outcome::No | Outcome::Unknown => (0.0, 0),
            // After nine tries it is let be.
            _ if open.tries >= 9 => (0.0, 0),
            Outcome::NotNow | Outcome::SendInfo => {
                (0.94, i32::try_from(ask.again.unwrap_or(14)).unwrap_or(14))
            }
            Outcome::NoReply => (0.93, self.dice.between(1, 6)),
        };
        if self.dice.chance(again) {
            let key = (
                day + days,
                u32::try_from(self.year.asks.len()).unwrap_or(u32::MAX),
            );
            self.queue.insert(key, open);
        }
    }
}

/// What is asked for after a yes, how likely, and after how many days.
fn after_yes(stage: Stage, dice: &mut Dice) -> (Stage, f64, i32, i32) {
    match stage {
        Stage::Opener => (Stage::Discovery, 0.97, 2, 9),
        Stage::Discovery if dice.chance(0.3) => (Stage::Proposal, 1.0, 2, 8),
        Stage::Discovery => (Stage::Demo, 1.0, 3, 10),
        Stage::Demo => (Stage::Proposal, 1.0, 2, 8),
        Stage::Proposal => (Stage::Negotiation, 1.0, 3, 12),
        Stage::Negotiation | Stage::Renewal => (Stage::Referral, 0.8, 20, 40),
        Stage::Referral => (Stage::Repeat, 0.7, 40, 80),
        Stage::Repeat => (Stage::Renewal, 0.7, 120, 200),
    }
}

/// The place of the last yes: so many asks with a known outcome stand after it.
fn last_yes(slots: &[Slot]) -> usize {
    let known = slots.iter().enumerate().rev().filter(|(_, s)| !s.waiting);
    known.map(|(i, _)| i).nth(LOCAL_RUN).unwrap_or(0)
}
