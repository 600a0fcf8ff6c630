//! What a process has used, as the kernel counts it.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::shell;

/// Reads processor time and memory of processes.
pub(super) struct Meter {
    ticks_per_second: f64,
}

impl Meter {
    pub(super) fn new() -> Result<Self> {
        let text = shell::output(std::process::Command::new("getconf").arg("CLK_TCK"))?;
        Ok(Self {
            ticks_per_second: text
                .trim()
                .parse()
                .context("getconf CLK_TCK is no number")?,
        })
    }

    /// Processor time of a running process, its own and the kernel's on its behalf.
    pub(super) fn cpu(&self, pid: u32) -> Result<Duration> {
        let fields = stat(&pid.to_string())?;
        Ok(self.ticks(&fields[11..13]))
    }

    /// Processor time of all children of ours that have ended and been waited for.
    pub(super) fn children(&self) -> Result<Duration> {
        let fields = stat("self")?;
        Ok(self.ticks(&fields[13..15]))
    }

    fn ticks(&self, fields: &[u64]) -> Duration {
        let ticks: u64 = fields.iter().sum();
        Duration::from_secs_f64(ticks as f64 / self.ticks_per_second)
    }
}

/// Memory of a process in MiB: `VmRSS` for now, `VmHWM` for the most it ever had.
pub(super) fn memory(pid: u32, what: &str) -> Result<f64> {
    let text = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(what)?.strip_prefix(':'))
        .with_context(|| format!("the kernel does not say {what}"))?;
    let kib: f64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kib / 1024.0)
}

/// The numbers that follow name and state in `/proc/PID/stat`, from the parent's id on; a negative
/// one reads as nought.
fn stat(pid: &str) -> Result<Vec<u64>> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let (_, rest) = text
        .rsplit_once(") ")
        .context("a stat line has a name in brackets")?;
    // What follows the name is: state, then field 4 onwards; utime is field 14.
    Ok(rest
        .split_whitespace()
        .map(|word| word.parse().unwrap_or(0))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ones_own_use_can_be_read() {
        let me = std::process::id();
        assert!(memory(me, "VmRSS").unwrap() > 0.5);
        let meter = Meter::new().unwrap();
        let mut sum = 0u64;
        for n in 0..30_000_000u64 {
            sum = sum.wrapping_mul(31).wrapping_add(n);
        }
        assert!(meter.cpu(me).unwrap() > Duration::ZERO, "{sum}");
    }
}
