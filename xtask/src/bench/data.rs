//! Made-up ledgers for measuring: always the same, from a small generator and a short word list.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use anyhow::Result;

const FIRST: [&str; 24] = [
    "Ada", "Bruno", "Carla", "Dario", "Edda", "Falk", "Greta", "Hugo", "Ines", "Jonas", "Kaja",
    "Levi", "Mira", "Nils", "Olga", "Pavel", "Quinn", "Rosa", "Sven", "Tilda", "Udo", "Vera",
    "Wanda", "Yves",
];
const LAST: [&str; 24] = [
    "Ahorn", "Birke", "Cedar", "Dorn", "Esche", "Farn", "Ginster", "Heide", "Iris", "Juniper",
    "Kiefer", "Linde", "Mohn", "Nessel", "Olive", "Palm", "Quitte", "Rowan", "Salbei", "Tanne",
    "Ulme", "Veilchen", "Weide", "Yew",
];
const COMPANY: [&str; 12] = [
    "Paper Kite",
    "Slow River",
    "Tin Lantern",
    "Blue Hour",
    "Quiet Harbour",
    "Copper Fern",
    "Round Table",
    "Long Meadow",
    "Second Bell",
    "Salt Barn",
    "Open Gate",
    "North Window",
];
const WORDS: [&str; 8] = [
    "there is no budget left this year",
    "we already have somebody for that",
    "please call again in spring",
    "my manager would have to agree and she will not",
    "it looks like more work than it saves",
    "too expensive for a team of our size",
    "we do not change anything before the audit",
    "I do not see what it would do for us",
];
const CHANNEL: [&str; 4] = ["call", "email", "meeting", "message"];
const STAGE: [&str; 6] = [
    "opener",
    "discovery",
    "demo",
    "proposal",
    "negotiation",
    "renewal",
];
const SEGMENT: [&str; 4] = ["shops", "clinics", "schools", "workshops"];

/// A first name that many prospects have, to search for.
pub(super) const COMMON_NAME: &str = "Mira";

/// The header of Rebound's own neutral format.
const HEADER: &str =
    "id,at,prospect,company,email,phone,channel,stage,outcome,reason,said_by,words,segment";

/// A small generator whose numbers are the same on every machine.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 11) % sides as u64) as usize
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.roll(from.len())]
    }
}

/// Writes `rows` attempts of the last two years on a fifth as many prospects.
pub(super) fn write_csv(file: &Path, rows: usize) -> Result<()> {
    let mut out = BufWriter::new(File::create(file)?);
    writeln!(out, "{HEADER}")?;
    let mut dice = Dice(0x5eed_1e55_0fa0);
    let prospects = (rows / 5).max(1);
    let mut line = String::new();
    // Two years of minutes, spread evenly and in order, as an export has them.
    let minutes = 2 * 365 * 24 * 60;
    for row in 0..rows {
        let who = dice.roll(prospects);
        // The prospect's own number decides the name, so that each keeps theirs.
        let first = FIRST[who % FIRST.len()];
        let last = LAST[(who / FIRST.len()) % LAST.len()];
        let company = COMPANY[(who / 7) % COMPANY.len()];
        let at = moment(row * minutes / rows);
        let outcome = match dice.roll(100) {
            0..=5 => "yes",
            6..=65 => "no",
            66..=80 => "no_reply",
            81..=91 => "not_now",
            _ => "send_info",
        };
        line.clear();
        write!(
            line,
            "a{row},{at},{first} {last} {who},{company} {},{}.{}.{who}@example.com,+1 555 {:07},{},{},{outcome}",
            who / 40,
            first.to_lowercase(),
            last.to_lowercase(),
            who,
            dice.pick(&CHANNEL),
            dice.pick(&STAGE),
        )?;
        if outcome == "no" {
            let said_by = ["prospect", "seller_guess"][dice.roll(2)];
            write!(
                line,
                ",N{},{said_by},{}",
                1 + dice.roll(9),
                dice.pick(&WORDS)
            )?;
        } else {
            line.push_str(",,,");
        }
        writeln!(out, "{line},{}", dice.pick(&SEGMENT))?;
    }
    out.flush()?;
    Ok(())
}

/// A minute of the two years that begin with 2024-11-01, in UTC.
fn moment(minute: usize) -> String {
    let mut day = minute / (24 * 60);
    let (mut year, mut month) = (2024, 11);
    loop {
        let length = match month {
            2 if year % 4 == 0 => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        if day < length {
            break;
        }
        day -= length;
        month += 1;
        if month == 13 {
            (year, month) = (year + 1, 1);
        }
    }
    let (hour, minute) = (minute / 60 % 24, minute % 60);
    format!("{year}-{month:02}-{:02}T{hour:02}:{minute:02}:00Z", day + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_real_dates() {
        assert_eq!(moment(0), "2024-11-01T00:00:00Z");
        assert_eq!(moment(30 * 24 * 60 + 61), "2024-12-01T01:01:00Z");
        assert_eq!(
            moment((30 + 31 + 31 + 28) * 24 * 60),
            "2025-03-01T00:00:00Z"
        );
    }

    #[test]
    fn the_same_file_each_time_with_as_many_cells_in_each_row() {
        let dir = tempfile::tempdir().unwrap();
        let (one, two) = (dir.path().join("1.csv"), dir.path().join("2.csv"));
        write_csv(&one, 200).unwrap();
        write_csv(&two, 200).unwrap();
        let text = std::fs::read_to_string(&one).unwrap();
        assert_eq!(text, std::fs::read_to_string(&two).unwrap());
        let cells = HEADER.split(',').count();
        assert!(text.lines().all(|line| line.split(',').count() == cells));
    }
}
