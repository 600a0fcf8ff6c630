//! How fast rows come out of a file: `cargo bench -p exchange`.

use std::fmt::Write;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use exchange::{Mapping, read_all};

/// Made-up asks in Rebound's own columns.
fn asks(rows: usize) -> Vec<u8> {
    let mut csv =
        String::from("id,at,prospect,company,email,channel,stage,outcome,reason,said_by,words\n");
    for i in 0..rows {
        let outcome = ["no", "no_reply", "not_now", "yes"][i % 4];
        let _ = writeln!(
            csv,
            "{i},2026-03-{:02}T10:{:02}:00Z,Person {i},Firm {},p{i}@example.com,call,opener,{outcome},N4,prospect,\"Not this year, {i}\"",
            i % 28 + 1,
            i % 60,
            i / 3,
        );
    }
    csv.into_bytes()
}

fn read(c: &mut Criterion) {
    let file = asks(10_000);
    let mut group = c.benchmark_group("exchange");
    group
        .throughput(Throughput::Elements(10_000))
        .sample_size(20);
    group.bench_function("read 10,000 asks from CSV", |b| {
        b.iter(|| read_all(file.clone(), &Mapping::default()));
    });
    group.finish();
}

criterion_group!(benches, read);
criterion_main!(benches);
