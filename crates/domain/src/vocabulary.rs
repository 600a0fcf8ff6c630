//! The closed lists: outcome, stage, channel, loss kind, who said it.
//!
//! Each word has a stable code (stored, exported, in the API) and an English label.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A code that is in none of the lists.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{found}” is not a known {what}; use one of: {known}")]
pub struct UnknownWord {
    /// What was being read, such as "outcome".
    pub what: &'static str,
    /// The text that was found.
    pub found: String,
    /// The codes that would have been right, separated by commas.
    pub known: String,
}

macro_rules! vocabulary {
    ($(#[$doc:meta])* $name:ident, $what:literal { $($(#[$vdoc:meta])* $variant:ident = $code:literal, $label:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $code)] $variant,)+ }

        impl $name {
            /// Every word of the list, in its order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable code.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// The English label.
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $label,)+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.code())
            }
        }

        impl FromStr for $name {
            type Err = UnknownWord;

            fn from_str(s: &str) -> Result<Self, Self::Err> {
                match s {
                    $($code => Ok(Self::$variant),)+
                    _ => Err(UnknownWord {
                        what: $what,
                        found: s.to_owned(),
                        known: [$($code),+].join(", "),
                    }),
                }
            }
        }
    };
}

vocabulary! {
    /// What came of one ask.
    Outcome, "outcome" {
        /// The ask was accepted: the only success.
        Yes = "yes", "Yes";
        /// The ask was turned down.
        No = "no", "No";
        /// Not now: a follow-up, never called a no.
        NotNow = "not_now", "Not now";
        /// Send something: a follow-up, never called a no.
        SendInfo = "send_info", "Send info";
        /// Busy, voicemail, silence.
        NoReply = "no_reply", "No reply";
        /// Not known yet, or never recorded.
        Unknown = "unknown", "Not known";
    }
}

impl Outcome {
    /// Whether the attempt is a trial (every attempt whose outcome is known).
    pub const fn is_trial(self) -> bool {
        !matches!(self, Self::Unknown)
    }

    /// Whether somebody answered at all.
    pub const fn is_answered(self) -> bool {
        !matches!(self, Self::NoReply | Self::Unknown)
    }

    /// Whether the outcome asks for a follow-up by itself.
    pub const fn makes_follow_up(self) -> bool {
        matches!(self, Self::NotNow | Self::SendInfo)
    }
}

vocabulary! {
    /// How far along the ask was.
    Stage, "stage" {
        /// First contact.
        Opener = "opener", "Opener";
        /// Finding out what they need.
        Discovery = "discovery", "Discovery";
        /// Showing it.
        Demo = "demo", "Demo";
        /// An offer is on the table.
        Proposal = "proposal", "Proposal";
        /// Terms are being talked over.
        Negotiation = "negotiation", "Negotiation";
        /// Asking for an introduction.
        Referral = "referral", "Referral";
        /// Asking a customer to buy again.
        Repeat = "repeat", "Repeat";
        /// Asking a customer to stay.
        Renewal = "renewal", "Renewal";
    }
}

vocabulary! {
    /// How the ask reached them.
    Channel, "channel" {
        /// By telephone.
        Call = "call", "Call";
        /// By e-mail.
        Email = "email", "E-mail";
        /// In a meeting, in person or on screen.
        Meeting = "meeting", "Meeting";
        /// By text or chat message.
        Message = "message", "Message";
        /// At their door.
        Visit = "visit", "Visit";
        /// Any other way.
        Other = "other", "Other";
    }
}

impl Channel {
    /// Whether silence is an answer after a while: an unknown outcome becomes `no_reply`.
    pub const fn waits_for_reply(self) -> bool {
        matches!(self, Self::Email | Self::Message)
    }
}

vocabulary! {
    /// What kind of loss it was, kept apart from the reason.
    LossKind, "loss kind" {
        /// They chose somebody else.
        Competitor = "competitor", "Chose a competitor";
        /// They decided nothing.
        NoDecision = "no_decision", "No decision";
        /// It was never going to fit.
        NotQualified = "not_qualified", "Did not qualify";
        /// They never answered.
        NoAnswer = "no_answer", "No answer";
        /// Nobody knows.
        Unknown = "unknown", "Not known";
    }
}

vocabulary! {
    /// Whose word a reason is.
    SaidBy, "source of the reason" {
        /// The prospect said so.
        Prospect = "prospect", "They said";
        /// The seller's own guess.
        SellerGuess = "seller_guess", "Your guess";
        /// Somebody else said so.
        ThirdParty = "third_party", "Somebody else said";
    }
}

vocabulary! {
    /// What somebody does in Rebound; one person may have several.
    Role, "role" {
        /// Asks prospects and logs what they said.
        Seller = "seller", "Seller";
        /// Helps others with what they share.
        Mentor = "mentor", "Mentor";
        /// Leads a team and sees its counts.
        Lead = "lead", "Lead";
        /// Hires.
        Recruiter = "recruiter", "Recruiter";
        /// Installs, invites, connects; sees nobody's rows.
        Administrator = "administrator", "Administrator";
    }
}

vocabulary! {
    /// Whether a person may come in.
    Standing, "standing" {
        /// May sign in.
        Active = "active", "Active";
        /// May not any more; their rows stay.
        Deactivated = "deactivated", "Deactivated";
        /// Somebody whose rows were imported, without a way in until claimed.
        Placeholder = "placeholder", "No account yet";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_reads_back() {
        for &outcome in Outcome::ALL {
            assert_eq!(outcome.code().parse(), Ok(outcome));
        }
        for &stage in Stage::ALL {
            assert_eq!(stage.code().parse(), Ok(stage));
        }
        for &channel in Channel::ALL {
            assert_eq!(channel.code().parse(), Ok(channel));
        }
    }

    #[test]
    fn an_unknown_word_says_what_would_be_right() {
        let error = "maybe".parse::<Outcome>().expect_err("not an outcome");
        assert_eq!(
            error.to_string(),
            "“maybe” is not a known outcome; use one of: yes, no, not_now, send_info, no_reply, unknown"
        );
    }

    #[test]
    fn only_a_yes_is_a_success_and_silence_is_a_trial() {
        assert!(Outcome::NoReply.is_trial() && !Outcome::NoReply.is_answered());
        assert!(Outcome::NotNow.is_trial() && Outcome::NotNow.makes_follow_up());
        assert!(!Outcome::Unknown.is_trial());
    }
}
