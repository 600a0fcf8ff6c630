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
    /// Marks shown in the run strip before "and 12 more".
    pub run_marks: usize,
    /// Follow-ups that Today shows: what a day can hold.
    pub due_shown: usize,
    /// Attempts looked back over for people a tap may mean.
    pub recent_attempts: usize,
    /// Attempts shown of somebody who is next, the latest.
    pub next_attempts: usize,
    /// Attempts that a prospect's page shows, the latest.
    pub prospect_attempts: usize,
    /// People that a name typed on Today may bring up.
    pub found_people: usize,
    /// People that a search for somebody to merge with may bring up.
    pub merge_people: usize,
    /// Below this many attempts Today says that they are few.
    pub few_attempts: i64,
    /// People a search may match before it asks for another word.
    pub search_people: usize,
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
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            no_reply_after_days: 14,
            not_now_after_days: 14,
            send_info_after_days: 3,
            run_marks: 40,
            due_shown: 12,
            recent_attempts: 30,
            next_attempts: 3,
            prospect_attempts: 200,
            found_people: 6,
            merge_people: 12,
            few_attempts: 20,
            search_people: 500,
            page_rows: 50,
            text_chars: 4_000,
            name_chars: 200,
            reason_chars: 80,
            new_reasons: 300,
            upload_bytes: 256 * 1024 * 1024,
        }
    }
}
