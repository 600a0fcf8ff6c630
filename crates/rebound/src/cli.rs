//! The command line: what can be said, and its help.

use std::net::SocketAddr;
use std::path::PathBuf;

use app::DatabaseUrl;
use app::evidence::By;
use app::tokens::Scope;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand};
use domain::{Channel, LossKind, Outcome, Role, SaidBy, Stage, Zone};
use exchange::{DateOrder, Field, Mapping, RowKind, ValueMap};

use crate::commands::odds::Odds;
use crate::oidc::Oidc;

/// Rebound turns every no in sales into a next step.
///
/// Without a command it serves its pages, at http://localhost:7700 unless told otherwise.
#[derive(Debug, Parser)]
#[command(name = "rebound", version, max_term_width = 96)]
#[command(
    after_help = "Exit codes: 0 done · 1 the fault is Rebound's · 2 something given is not right · \
    3 not found · 4 more than one person could be meant · 5 refused, or changed meanwhile · \
    6 the database is busy or cannot be reached"
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(flatten)]
    pub(crate) serve: Serve,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// What every command takes.
#[derive(Debug, Args)]
pub(crate) struct Global {
    /// Where the ledger is: sqlite:PATH or postgres://USER@HOST/NAME [default: a file of your own]
    #[arg(
        long,
        global = true,
        value_name = "URL",
        env = "REBOUND_DATABASE",
        hide_env_values = true
    )]
    pub(crate) database: Option<DatabaseUrl>,
    /// Who you are, by name or e-mail address, where several people use one Rebound
    #[arg(long = "as", global = true, value_name = "NAME", env = "REBOUND_AS")]
    pub(crate) as_person: Option<String>,
    /// Print exactly one JSON object on standard output
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve the pages (what Rebound does without a command)
    Serve(Serve),
    /// Log a no
    No(Log),
    /// Log a yes
    // Reasons and kinds of loss belong to a no.
    #[command(
        mut_arg("why", |a| a.hide(true)),
        mut_arg("said_by", |a| a.hide(true)),
        mut_arg("loss", |a| a.hide(true))
    )]
    Yes(Log),
    /// List attempts, noes unless asked otherwise
    Noes(Noes),
    /// Bring attempts and deals in from a CSV or Parquet file
    Import(Import),
    /// Write attempts out
    Export(Export),
    /// Make, list or end your own tokens of the API
    #[command(subcommand)]
    Token(TokenAct),
    /// Write everything into one archive
    Backup(Backup),
    /// Bring an archive back, into either kind of database; stop every Rebound on it first
    Restore(Restore),
    /// Say what attempts tell: rates, runs, slumps, barriers, and whom to ask next
    Evidence(Evidence),
    /// Work out runs, the next yes, slumps and pitches from a few numbers
    #[command(subcommand)]
    Odds(Odds),
    /// Add people, let them in, change what they are here for
    User(User),
}

/// Whoever can open the database may be anyone: these commands ask for no password.
#[derive(Debug, Args)]
#[command(
    after_help = "Links are handed over by you; Rebound sends nothing. Whoever can open the database \
    may be anyone: these commands ask for no password. They work on a ledger that somebody uses already; \
    only `add` begins a new one, where a database is named."
)]
pub(crate) struct User {
    #[command(subcommand)]
    pub(crate) what: UserDo,
}

#[derive(Debug, Subcommand)]
pub(crate) enum UserDo {
    /// Show everybody
    List,
    /// Add somebody and print the link by which they come in
    Add {
        /// What they are called
        name: String,
        /// The address they will sign in with
        #[arg(long)]
        email: Option<String>,
        /// What they are here for; may be repeated [default: seller]
        #[arg(long, value_name = "ROLE", value_parser = listed(Role::ALL, Role::code))]
        role: Vec<Role>,
        /// Add another person of a name that somebody here has already
        #[arg(long)]
        another: bool,
        /// The address people type, to begin the link with [default: where it was last served]
        #[arg(long, value_name = "URL", env = "REBOUND_PUBLIC_URL")]
        public_url: Option<String>,
    },
    /// Print a new link by which somebody comes in for the first time
    Invite {
        /// Their name or e-mail address
        name: String,
        /// The address people type, to begin the link with [default: where it was last served]
        #[arg(long, value_name = "URL", env = "REBOUND_PUBLIC_URL")]
        public_url: Option<String>,
    },
    /// Print a link with which somebody sets a new password
    Reset {
        /// Their name or e-mail address
        name: String,
        /// The address people type, to begin the link with [default: where it was last served]
        #[arg(long, value_name = "URL", env = "REBOUND_PUBLIC_URL")]
        public_url: Option<String>,
    },
    /// Say what somebody is here for, from now on
    Role {
        /// Their name or e-mail address
        name: String,
        /// Every role they have
        #[arg(value_name = "ROLE", value_parser = listed(Role::ALL, Role::code))]
        role: Vec<Role>,
        /// Take every role away
        #[arg(long, conflicts_with = "role")]
        none: bool,
    },
    /// Put somebody into a team, made where there is none, or out of theirs; teams nobody is in are
    /// closed on the page Teams
    Team {
        /// Their name or e-mail address
        name: String,
        /// The team; without one they are in none
        team: Option<String>,
        /// Since which day, such as 2026-11-01 [default: from now on]
        #[arg(long, value_name = "DAY")]
        since: Option<String>,
    },
    /// Shut somebody out, at once and everywhere; their rows stay
    Deactivate {
        /// Their name or e-mail address
        name: String,
    },
    /// Let somebody in again
    Activate {
        /// Their name or e-mail address
        name: String,
    },
    /// Say by which names and addresses files call somebody, in place of those before
    Files {
        /// Their name or e-mail address
        name: String,
        /// Each name or address in files; none for nobody’s rows
        names: Vec<String>,
    },
    /// Make rows that were brought in under a name those of somebody with an account
    Claim {
        /// The name the rows were brought in under
        placeholder: String,
        /// Whose they are: a name or e-mail address
        by: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Fill a made-up year of a team of six, in a database of its own
    #[arg(long)]
    pub(crate) demo: bool,
    /// Address and port to listen on [default: 127.0.0.1:7700]
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) bind: Option<SocketAddr>,
    /// The address people type [default: http://localhost and the port]
    #[arg(long, value_name = "URL", env = "REBOUND_PUBLIC_URL")]
    pub(crate) public_url: Option<String>,
    /// Certificate to serve https with, as PEM
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub(crate) tls_cert: Option<PathBuf>,
    /// Its key, as PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub(crate) tls_key: Option<PathBuf>,
    /// A proxy, or a network of them, whose word about where a visitor comes from is taken; may be
    /// repeated
    #[arg(
        long = "trusted-proxy",
        value_name = "ADDRESS",
        env = "REBOUND_TRUSTED_PROXIES",
        value_delimiter = ',',
        value_parser = word::<web::Network>
    )]
    pub(crate) trusted_proxies: Vec<web::Network>,
    /// How much to say on standard error: error, warn, info, debug
    #[arg(long, value_name = "LEVEL", env = "REBOUND_LOG")]
    pub(crate) log: Option<String>,
    #[command(flatten)]
    pub(crate) oidc: Oidc,
}

#[derive(Debug, Args)]
pub(crate) struct Log {
    /// Who was asked: a name, "Name, Company", an e-mail address or a telephone number
    pub(crate) who: String,
    /// Why: a code such as N4, or a label such as "No budget"
    #[arg(long, value_name = "REASON")]
    pub(crate) why: Option<String>,
    /// What they said, in their words
    #[arg(long, value_name = "WORDS")]
    pub(crate) said: Option<String>,
    /// Whose word the reason is [default: prospect with --said, else seller_guess]
    #[arg(long, value_name = "WHO", value_parser = listed(SaidBy::ALL, SaidBy::code))]
    pub(crate) said_by: Option<SaidBy>,
    /// How far along [default: as the last time, else opener]
    #[arg(long, value_name = "STAGE", value_parser = listed(Stage::ALL, Stage::code))]
    pub(crate) stage: Option<Stage>,
    /// By which way [default: as the last time, else call]
    #[arg(long, value_name = "CHANNEL", value_parser = listed(Channel::ALL, Channel::code))]
    pub(crate) channel: Option<Channel>,
    /// When: 2026-11-19, "2026-11-19 14:30", 14:30 for today [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
    /// What kind of loss
    #[arg(long, value_name = "KIND", value_parser = listed(LossKind::ALL, LossKind::code))]
    pub(crate) loss: Option<LossKind>,
    /// Which pitch was used
    #[arg(long, value_name = "PITCH")]
    pub(crate) pitch: Option<String>,
    /// Which segment they belong to [default: the prospect's own]
    #[arg(long, value_name = "SEGMENT")]
    pub(crate) segment: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Noes {
    /// yes, no, not_now, send_info, no_reply, unknown, or all
    #[arg(long, default_value = "no", value_parser = outcome)]
    pub(crate) outcome: AnyOutcome,
    /// Only with this reason, by code or label
    #[arg(long, value_name = "REASON")]
    pub(crate) why: Option<String>,
    /// Only at this stage
    #[arg(long, value_parser = listed(Stage::ALL, Stage::code))]
    pub(crate) stage: Option<Stage>,
    /// Only by this channel
    #[arg(long, value_parser = listed(Channel::ALL, Channel::code))]
    pub(crate) channel: Option<Channel>,
    /// Only in this segment, by code or label
    #[arg(long)]
    pub(crate) segment: Option<String>,
    /// Only with a reason in their word (said), only a guess (guess), or none yet (none)
    #[arg(long, value_name = "said|guess|none")]
    pub(crate) word: Option<String>,
    /// Not before this day, such as 2026-11-01, yesterday or monday
    #[arg(long, value_name = "DAY")]
    pub(crate) since: Option<String>,
    /// Not after this day
    #[arg(long, value_name = "DAY")]
    pub(crate) until: Option<String>,
    /// Only where name, company or words begin with these words
    #[arg(long, value_name = "TEXT")]
    pub(crate) find: Option<String>,
    /// newest, oldest or who
    #[arg(long, default_value = "newest")]
    pub(crate) sort: String,
    /// How many at most
    #[arg(long, default_value_t = 50)]
    pub(crate) limit: usize,
}

/// An outcome, or any.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AnyOutcome(pub(crate) Option<Outcome>);

#[derive(Debug, Args)]
pub(crate) struct Import {
    /// The file, CSV or Parquet; told by its content
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) reading: Reading,
    /// Show what would happen and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Bring in all rows or none
    #[arg(long)]
    pub(crate) strict: bool,
}

#[derive(Debug, Args)]
#[command(mut_arg("zone", |arg| arg.help("The zone of times without an offset [default: UTC]")))]
pub(crate) struct Evidence {
    /// A file to read in place of your own ledger, CSV or Parquet; nothing is brought in
    #[arg(long, value_name = "FILE")]
    pub(crate) from: Option<PathBuf>,
    /// What to tell attempts apart by: rep, segment, stage, channel, pitch
    #[arg(long, value_name = "WHAT,...", value_delimiter = ',', value_parser = listed(By::ALL, By::code))]
    pub(crate) by: Vec<By>,
    #[command(flatten)]
    pub(crate) reading: Reading,
}

/// How a file is to be read.
#[derive(Debug, Args)]
pub(crate) struct Reading {
    /// Which column holds a field, as in --map outcome=Result; may be repeated
    #[arg(long = "map", value_name = "FIELD=COLUMN", value_parser = Mapping::parse_map)]
    pub(crate) map: Vec<(Field, String)>,
    /// What a value means, as in --value outcome:Gewonnen=yes; may be repeated
    #[arg(long = "value", value_name = "FIELD:FROM=TO", value_parser = Mapping::parse_value)]
    pub(crate) value: Vec<ValueMap>,
    /// The zone of times without an offset [default: your own]
    #[arg(long, value_name = "ZONE", value_parser = zone)]
    pub(crate) zone: Option<Zone>,
    /// How dates such as 03/04/2026 are meant: ymd, dmy or mdy
    #[arg(long, value_name = "ORDER", value_parser = word::<DateOrder>)]
    pub(crate) date_format: Option<DateOrder>,
    /// Whether a row is a deal or an ask [default: told by the columns]
    #[arg(long, value_name = "deals|asks", value_parser = word::<RowKind>)]
    pub(crate) rows: Option<RowKind>,
    /// Read it as this format whatever its header says
    #[arg(long, value_name = "FORMAT", value_parser = word::<exchange::Format>)]
    pub(crate) format: Option<exchange::Format>,
}

impl Reading {
    /// Whether anything was said about reading.
    pub(crate) fn is_asked_for(&self) -> bool {
        !self.map.is_empty()
            || !self.value.is_empty()
            || self.zone.is_some()
            || self.date_format.is_some()
            || self.rows.is_some()
            || self.format.is_some()
    }

    /// The same as a mapping.
    pub(crate) fn mapping(self) -> Mapping {
        Mapping {
            format: self.format,
            columns: self.map,
            values: self.value,
            zone: self.zone,
            date_format: self.date_format,
            rows: self.rows,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct Export {
    /// Where to; standard output when left out
    pub(crate) file: Option<PathBuf>,
    /// csv, json, or what a CRM takes back: hubspot-deals, pipedrive-activities and the like
    #[arg(long, default_value = "csv")]
    pub(crate) format: String,
    /// Write over the file when it exists
    #[arg(long)]
    pub(crate) force: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TokenAct {
    /// Make one; it is shown once
    Add(TokenAdd),
    /// List yours
    List,
    /// End one of yours, at once and everywhere
    End {
        /// Its name, or its id as the list shows it
        token: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct TokenAdd {
    /// What it is for, so that you know it again
    pub(crate) name: String,
    /// What it may do: ledger:read or ledger:write; may be repeated [default: ledger:read]
    #[arg(long, value_name = "SCOPE", value_parser = listed(Scope::ALL, Scope::code))]
    pub(crate) scope: Vec<Scope>,
    /// How many days it stands, 365 at most [default: 90]
    #[arg(long, value_name = "DAYS")]
    pub(crate) days: Option<i64>,
}

#[derive(Debug, Args)]
pub(crate) struct Backup {
    /// The archive to write [default: one named after the moment, in the backup folder, which has
    /// to be set once with --folder]
    pub(crate) archive: Option<PathBuf>,
    /// Keep archives in this folder from now on
    #[arg(long, value_name = "FOLDER")]
    pub(crate) folder: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Restore {
    /// The archive to bring back
    pub(crate) archive: PathBuf,
    /// Replace what the database holds now
    #[arg(long)]
    pub(crate) replace: bool,
    /// Go on although no list of the forgotten stands beside the archive
    #[arg(long)]
    pub(crate) without_list: bool,
}

/// Reads a word of a closed list that the help shows.
fn listed<T>(all: &'static [T], code: fn(T) -> &'static str) -> impl TypedValueParser<Value = T>
where
    T: std::str::FromStr<Err: std::error::Error + Send + Sync + 'static>,
    T: Copy + Send + Sync + 'static,
{
    PossibleValuesParser::new(all.iter().map(|word| code(*word))).try_map(|text| text.parse::<T>())
}

/// Reads a word of a closed list.
fn word<T: std::str::FromStr<Err: ToString>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|e: T::Err| e.to_string())
}

fn zone(text: &str) -> Result<Zone, String> {
    Zone::new(text).map_err(|e| e.to_string())
}

fn outcome(text: &str) -> Result<AnyOutcome, String> {
    if text == "all" {
        return Ok(AnyOutcome(None));
    }
    word(text).map(|o| AnyOutcome(Some(o)))
}
