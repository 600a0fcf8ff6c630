//! Ten million attempts from Parquet, over every stream at once: `cargo xtask bench bulk` makes the file,
//! runs this and the same work in pandas, polars and duckdb beside it, and compares.
//!
//! `cargo bench -p evidence --bench bulk -- FILE` prints one JSON object. The six outputs are those of
//! the peers, with the peers' formulas: counts with a posterior, runs with their chances, CUSUM flags,
//! persistence, reasons with intervals. Rebound's own watch is timed on top.

#![allow(
    missing_docs,
    clippy::print_stdout,
    reason = "a program for a terminal"
)]

use std::fs::File;
use std::time::Instant;

use evidence::persistence::ByAttempt;
use evidence::{Beta, Counts, Pooled, Runs, Stream, Trial, fold};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl, get_typed_column_reader};
use parquet::data_type::{DataType, Int32Type, Int64Type};
use parquet::file::reader::{FileReader, RowGroupReader, SerializedFileReader};

/// Segments of each seller in the file.
const SEGMENTS: usize = 5;
/// The peers' threshold, designed drop and weak prior (`common.py`).
const H: f64 = 4.5;
const DROP: f64 = 0.5;
const PRIOR: (f64, f64) = (2.0, 18.0);
/// Rows decoded at a time: few enough to stay in the processor's cache.
const BATCH: usize = 8_192;

/// What the six outputs need of one stream.
#[derive(Default, Clone)]
struct Group {
    counts: Counts,
    runs: Runs,
}

/// Each attempt in the order of the file, for the CUSUM: its baseline is a stream's first half, and how
/// long that is stands fast only at the end.
#[derive(Default)]
struct Kept {
    /// Place of the stream, and the outcome in the lowest bit.
    place: Vec<u16>,
    /// Seconds since 1970.
    at: Vec<u32>,
}

/// The columns of a few rows.
#[derive(Default)]
struct Rows {
    at: Vec<i64>,
    rep: Vec<i32>,
    segment: Vec<i32>,
    attempt: Vec<i32>,
    outcome: Vec<i32>,
    barrier: Vec<i32>,
}

/// Takes the file's rows batch by batch, in order, without keeping them.
fn each(path: &str, mut take: impl FnMut(&Rows)) {
    let file = SerializedFileReader::new(File::open(path).expect("the file")).expect("Parquet");
    let columns = file
        .metadata()
        .file_metadata()
        .schema_descr()
        .columns()
        .to_vec();
    let place = |name: &str| {
        columns
            .iter()
            .position(|c| c.name() == name)
            .expect("a column")
    };
    let places = ["ts", "rep", "segment", "attempt", "outcome", "barrier"].map(place);
    let mut rows = Rows::default();
    for group in 0..file.num_row_groups() {
        let group = file.get_row_group(group).expect("a row group");
        let mut at = column::<Int64Type>(&*group, places[0]);
        let mut small = [1, 2, 3, 4, 5].map(|i| column::<Int32Type>(&*group, places[i]));
        loop {
            let read = fill(&mut at, &mut rows.at);
            let Rows {
                rep,
                segment,
                attempt,
                outcome,
                barrier,
                ..
            } = &mut rows;
            for (column, into) in small
                .iter_mut()
                .zip([rep, segment, attempt, outcome, barrier])
            {
                assert_eq!(fill(column, into), read, "columns are equally long");
            }
            if read == 0 {
                break;
            }
            take(&rows);
        }
    }
}

fn column<T: DataType>(group: &dyn RowGroupReader, place: usize) -> ColumnReaderImpl<T> {
    let reader: ColumnReader = group.get_column_reader(place).expect("a column");
    get_typed_column_reader(reader)
}

fn fill<T: DataType>(column: &mut ColumnReaderImpl<T>, into: &mut Vec<T::T>) -> usize {
    into.clear();
    // Columns that may be empty carry a mark a row; this file's never are.
    let mut marks = Vec::with_capacity(BATCH);
    let (_, read, _) = column
        .read_records(BATCH, Some(&mut marks), None, into)
        .expect("values");
    read
}

/// Time of this thread on a processor, in seconds.
fn cpu() -> f64 {
    let text = std::fs::read_to_string("/proc/self/schedstat").expect("Linux");
    let first = text.split(' ').next().and_then(|ns| ns.parse::<f64>().ok());
    first.expect("nanoseconds") / 1e9
}

/// The most memory that was ever resident, in MiB.
fn resident() -> f64 {
    let text = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = text
        .lines()
        .find(|line| line.starts_with("VmHWM"))
        .expect("a line");
    line.split_whitespace()
        .nth(1)
        .and_then(|kib| kib.parse::<f64>().ok())
        .expect("KiB")
        / 1024.0
}

fn main() {
    // `cargo test --benches` and clippy come without a file.
    let Some(path) = std::env::args().skip(1).find(|arg| !arg.starts_with('-')) else {
        println!("cargo xtask bench bulk");
        return;
    };
    let (began, at_first) = (Instant::now(), cpu());
    let mut groups: Vec<Group> = Vec::new();
    let mut persistence = ByAttempt::default();
    let mut barriers = [0_u64; 16];
    let mut kept = Kept::default();
    let (mut attempts, mut pass) = (0_u64, 0.0);
    each(&path, |rows| {
        let before = cpu();
        let n = rows.at.len();
        let (rep, segment, attempt) = (&rows.rep[..n], &rows.segment[..n], &rows.attempt[..n]);
        let (outcome, barrier) = (&rows.outcome[..n], &rows.barrier[..n]);
        for i in 0..n {
            let place = rep[i] as usize * SEGMENTS + segment[i] as usize;
            if place >= groups.len() {
                groups.resize(place + 1, Group::default());
            }
            let (group, yes) = (&mut groups[place], outcome[i] == 1);
            group.counts.push(yes);
            group.runs.push(yes);
            persistence.push(attempt[i] as u32, yes);
            // What is no "no" has barrier 0.
            barriers[(barrier[i] & 15) as usize] += 1;
            kept.place.push((place as u16) << 1 | u16::from(yes));
        }
        kept.at.extend(rows.at.iter().map(|&at| at as u32));
        attempts += n as u64;
        pass += cpu() - before;
    });
    barriers[0] = 0;
    let before = cpu();
    let flags = slumps(&groups, &kept);
    pass += cpu() - before;
    let ends = finish(&groups, &flags, &persistence, &barriers);
    let (cpu_all, wall_all, resident_all) =
        (cpu() - at_first, began.elapsed().as_secs_f64(), resident());
    drop((groups, kept));

    // Rebound's own fold over the same rows, the watch and all.
    let (mut streams, mut watched) = (Vec::<Stream>::new(), 0.0);
    let pooled = Pooled::default();
    each(&path, |rows| {
        let before = cpu();
        for i in 0..rows.at.len() {
            let place = rows.rep[i] as usize * SEGMENTS + rows.segment[i] as usize;
            if place >= streams.len() {
                streams.resize(place + 1, Stream::default());
            }
            let trial = Trial {
                yes: rows.outcome[i] == 1,
                answered: rows.outcome[i] != 2,
                dated: true,
                attempt: rows.attempt[i] as u32,
            };
            fold(&mut streams[place], trial, &pooled);
        }
        watched += cpu() - before;
    });
    let alarms: u32 = streams.iter().map(Stream::alarms).sum();
    println!(
        "{{\"attempts\":{attempts},\"cpu\":{cpu_all:.3},\"wall\":{wall_all:.3},\"resident\":{resident_all:.0},\
         \"pass_ns\":{:.2},\"watch_ns\":{:.2},\"alarms\":{alarms},{ends}}}",
        pass * 1e9 / attempts as f64,
        watched * 1e9 / attempts as f64,
    );
}

/// What the peers print of their six outputs, so that all can be compared; the rest is worked out as
/// they do it.
fn finish(
    groups: &[Group],
    flags: &[u32],
    persistence: &ByAttempt,
    barriers: &[u64; 16],
) -> String {
    let (mut longest, mut current, mut sum) = (0, 0, 0.0);
    for group in groups.iter().filter(|group| group.counts.tries() > 0) {
        let belief = Beta::new(PRIOR.0, PRIOR.1)
            .expect("a prior")
            .after(group.counts);
        let (p, range) = (belief.mean(), belief.interval());
        let q = 1.0 - p;
        let (n, k) = (group.counts.tries(), group.runs.longest());
        let p_longest = -(-((n + 1 - k).max(1) as f64) * p * q.powf(k as f64)).exp_m1();
        // Summed so that nothing is left out as unused.
        sum += range.low + range.high + p_longest + q.powf(group.runs.current() as f64);
        longest = longest.max(k);
        current += group.runs.current();
    }
    let first = persistence.counts()[0];
    for counts in persistence.counts() {
        sum += counts.wilson().low;
    }
    let all: u64 = barriers.iter().sum();
    for n in barriers {
        sum += Counts::new(*n, all).map_or(0.0, |counts| counts.wilson().high);
    }
    let seen = groups
        .iter()
        .filter(|group| group.counts.tries() > 0)
        .count();
    format!(
        "\"groups\":{seen},\"flags\":{},\"longest_max\":{longest},\"cur\":{current},\"h1\":{},\"top\":{},\"sum\":{sum}",
        flags.iter().filter(|&&at| at > 0).count(),
        first.share().unwrap_or_default(),
        barriers.iter().max().copied().unwrap_or_default(),
    )
}

/// When the peers' CUSUM first reaches its threshold in each stream, in seconds since 1970; 0 where it
/// never does.
fn slumps(groups: &[Group], kept: &Kept) -> Vec<u32> {
    #[derive(Clone, Copy, Default)]
    struct Cusum {
        w: f64,
        steps: [f64; 2],
        /// Attempts of the first half still to come, and the yeses among those that came.
        baseline: u64,
        half: u64,
        yes: u32,
        flagged: u32,
    }
    let begin = |group: &Group| Cusum {
        baseline: group.counts.tries() / 2,
        half: group.counts.tries() / 2,
        ..Cusum::default()
    };
    let mut states: Vec<Cusum> = groups.iter().map(begin).collect();
    for (&packed, &at) in kept.place.iter().zip(&kept.at) {
        let (state, yes) = (&mut states[usize::from(packed >> 1)], packed & 1);
        if state.baseline > 0 {
            state.baseline -= 1;
            state.yes += u32::from(yes);
            continue;
        }
        if state.steps[0] == 0.0 {
            let p0 = (PRIOR.0 + f64::from(state.yes)) / (PRIOR.0 + PRIOR.1 + state.half as f64);
            let p1 = p0 * DROP;
            state.steps = [((1.0 - p1) / (1.0 - p0)).ln(), (p1 / p0).ln()];
        }
        state.w = (state.w + state.steps[usize::from(yes)]).max(0.0);
        if state.w >= H && state.flagged == 0 {
            state.flagged = at;
        }
    }
    states.iter().map(|state| state.flagged).collect()
}
