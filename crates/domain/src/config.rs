//! Every threshold in one place, with its default and the reason for it.

/// Numbers that decide behaviour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thresholds {
    /// Days after which an e-mail or message without an answer counts as `no_reply`. 14: two
    /// working weeks.
    pub no_reply_after_days: i64,
    /// Days until the follow-up that "not now" makes. 14, until a better date is given.
    pub not_now_after_days: i64,
    /// Days until the follow-up that "send info" makes. 3: time to read it.
    pub send_info_after_days: i64,
    /// Days after which a follow-up that was never made is not made any more. 30: what was to be
    /// done a month ago is no plan.
    pub overdue_days: i64,
    /// Marks shown in the run strip before "and 12 more".
    pub run_marks: usize,
    /// Follow-ups that Today shows: what a day can hold.
    pub due_shown: usize,
    /// Attempts looked back over for people a tap may mean.
    pub recent_attempts: usize,
    /// Attempts shown of somebody who is next, the latest.
    pub next_attempts: usize,
    /// People from the head of the call list that are ordered by how likely they are to say yes. 200:
    /// more than a day's calls, and whoever was pasted long ago stays ahead of what came yesterday.
    pub ordered_people: usize,
    /// Attempts that a prospect's page shows, the latest.
    pub prospect_attempts: usize,
    /// People that a name typed on Today may bring up.
    pub found_people: usize,
    /// People that a search for somebody to merge with may bring up.
    pub merge_people: usize,
    /// Below this many attempts Today says that they are few.
    pub few_attempts: i64,
    /// People that the words of a name are looked up among.
    pub search_people: usize,
    /// People that a word of a search may lead to for their attempts to be looked up. A word that
    /// leads to more is found sooner by walking along the list. 2,000: either way costs about as
    /// much with 500,000 attempts.
    pub search_hits: usize,
    /// Places of a word that a search keeps at hand while it walks.
    pub search_known: usize,
    /// Attempts walked along for one page of a search. Where its words stand far from the page,
    /// their people are the shorter way.
    pub search_walk: usize,
    /// Attempts of a search that are all read and counted.
    pub search_counted: usize,
    /// Attempts a filter may pass for the list by name to look their people up.
    pub few_listed: usize,
    /// Lines that may be pasted as a call list at once; a longer one is a file to import.
    pub call_list_lines: usize,
    /// Rows on a page of the ledger.
    pub page_rows: usize,
    /// Longest text of the prospect's words, note or follow-up, in characters.
    pub text_chars: usize,
    /// Longest name, company or label, in characters.
    pub name_chars: usize,
    /// Longest imported text that becomes a reason, in characters. 80: a longer one is somebody's
    /// words rather than a label.
    pub reason_chars: usize,
    /// Most reasons one import may add to the list; what comes after stays as words.
    pub new_reasons: usize,
    /// Largest file that may be uploaded, in bytes.
    pub upload_bytes: usize,
    /// Days a session lasts without being used. 90: whoever works alone signs in once and stays in,
    /// holidays and leave included.
    pub session_days: i64,
    /// Days after which somebody with a way in signs in again, however busy they were. 30: a browser
    /// left behind somewhere is worth nothing after a month.
    pub session_most_days: i64,
    /// Hours a sign-in by another provider lasts. 12: a working day; each morning the provider
    /// decides anew who comes in.
    pub provider_session_hours: i64,
    /// Minutes after signing in during which one may change how one comes in without signing in once
    /// more. 10: long enough to do it, too short for whoever finds the browser open.
    pub proof_minutes: i64,
    /// Fewest characters of a password. 10: with wrong tries slowed down, guessing takes years.
    pub password_chars: usize,
    /// Failed sign-ins of one account in a window before it has to wait.
    pub account_tries: i64,
    /// Failed sign-ins from one address in a window before it has to wait: an office shares one.
    pub address_tries: i64,
    /// Minutes such a window lasts.
    pub tries_minutes: i64,
    /// Hours an invitation or a new way in stands.
    pub link_hours: i64,
    /// Minutes a passkey or a provider may take to let somebody in.
    pub ceremony_minutes: i64,
    /// Days an API token stands unless another number is said.
    pub token_days: i64,
    /// Days an API token stands at most.
    pub token_most_days: i64,
    /// API tokens that a person may have at once.
    pub tokens_each: usize,
    /// Requests a minute that one API token may make of one process. 6,000: a hundred a second is
    /// more than any honest program needs, and stops one that runs wild.
    pub token_requests: u32,
    /// Hours for which an answer of the API is kept to be repeated.
    pub answer_hours: i64,
    /// Fewest contributors of a number shown to a lead, the viewer not counted.
    pub contributors: usize,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            no_reply_after_days: 14,
            not_now_after_days: 14,
            send_info_after_days: 3,
            overdue_days: 30,
            run_marks: 40,
            due_shown: 12,
            recent_attempts: 30,
            next_attempts: 3,
            ordered_people: 200,
            prospect_attempts: 200,
            found_people: 6,
            merge_people: 12,
            few_attempts: 20,
            search_people: 500,
            search_hits: 2_000,
            search_known: 6_000,
            search_walk: 4_000,
            search_counted: 256,
            few_listed: 1_000,
            call_list_lines: 2_000,
            page_rows: 50,
            text_chars: 4_000,
            name_chars: 200,
            reason_chars: 80,
            new_reasons: 300,
            upload_bytes: 256 * 1024 * 1024,
            session_days: 90,
            session_most_days: 30,
            provider_session_hours: 12,
            proof_minutes: 10,
            password_chars: 10,
            account_tries: 10,
            address_tries: 60,
            tries_minutes: 15,
            link_hours: 72,
            ceremony_minutes: 10,
            token_days: 90,
            token_most_days: 365,
            tokens_each: 50,
            token_requests: 6_000,
            answer_hours: 24,
            contributors: 5,
        }
    }
}
