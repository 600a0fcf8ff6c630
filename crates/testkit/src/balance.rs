//! One address before several processes: what stands in front of them where an organisation runs
//! more than one. It sends no two steps of anything to the same process.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// Longest head of a request.
const HEAD: usize = 64 * 1024;

/// An address that is not answered at yet.
#[derive(Debug)]
pub struct Balance {
    listener: TcpListener,
}

/// The address, with two processes behind it. Its threads end with the test's own process.
#[derive(Debug)]
pub struct Balanced {
    base: String,
    served: Arc<Mutex<Vec<(String, usize)>>>,
}

impl Balance {
    /// Takes a free address.
    ///
    /// # Panics
    /// When there is none.
    pub fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        Self { listener }
    }

    /// Its address as people type it, to be told to the processes as theirs.
    ///
    /// # Panics
    /// When the system does not know it.
    pub fn public_url(&self) -> String {
        let at = self.listener.local_addr().expect("an address");
        format!("http://localhost:{}", at.port())
    }

    /// Begins to serve with these two processes, given by their addresses. Each change goes to the
    /// one that the change before did not go to, and each page is asked of the other one: so the
    /// second half of whatever takes two requests never meets the process of the first.
    pub fn between(self, first: &str, second: &str) -> Balanced {
        let served: Arc<Mutex<Vec<(String, usize)>>> = Arc::default();
        let base = self.public_url();
        let at = [first, second].map(|base| base.trim_start_matches("http://").to_owned());
        let (log, turn) = (Arc::clone(&served), Arc::new(Mutex::new(1)));
        thread::spawn(move || {
            for visitor in self.listener.incoming().flatten() {
                let (at, log, turn) = (at.clone(), Arc::clone(&log), Arc::clone(&turn));
                // Who goes away in the middle is no fault of anybody's.
                thread::spawn(move || pass_on(visitor, &at, &log, &turn).ok());
            }
        });
        Balanced { base, served }
    }
}

impl Default for Balance {
    fn default() -> Self {
        Self::new()
    }
}

impl Balanced {
    /// Its address without a path.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Which process served the last request of this method and path.
    ///
    /// # Panics
    /// When there was none.
    pub fn last(&self, request: &str) -> usize {
        let served = self.served.lock().expect("no thread panics with it");
        let found = served.iter().rev().find(|(asked, _)| asked == request);
        found
            .unwrap_or_else(|| panic!("no {request} in {served:?}"))
            .1
    }
}

fn pass_on(
    mut visitor: TcpStream,
    at: &[String; 2],
    served: &Mutex<Vec<(String, usize)>>,
    turn: &Mutex<usize>,
) -> io::Result<()> {
    let (head, body) = request(&mut visitor)?;
    let mut lines = head.split("\r\n");
    let first = lines.next().unwrap_or_default();
    let asked = first.rsplit_once(' ').map_or(first, |(asked, _)| asked);
    let asked = asked.split('?').next().unwrap_or_default().to_owned();
    let process = {
        let mut turn = turn.lock().expect("no thread panics with it");
        if asked.starts_with("POST ") {
            *turn = 1 - *turn;
            *turn
        } else {
            1 - *turn
        }
    };
    served
        .lock()
        .expect("no thread panics with it")
        .push((asked, process));
    let kept =
        lines.filter(|l| !l.is_empty() && !l.to_ascii_lowercase().starts_with("connection:"));
    let mut passed = first.to_owned();
    for line in kept.chain(["Connection: close"]) {
        passed.push_str("\r\n");
        passed.push_str(line);
    }
    passed.push_str("\r\n\r\n");
    let mut server = TcpStream::connect(&at[process])?;
    server.write_all(passed.as_bytes())?;
    server.write_all(&body)?;
    io::copy(&mut server, &mut visitor)?;
    visitor.shutdown(Shutdown::Both)
}

/// The head of a request and its body, which says how long it is.
fn request(visitor: &mut TcpStream) -> io::Result<(String, Vec<u8>)> {
    let mut read = Vec::new();
    let mut piece = [0; 4096];
    let end = loop {
        if let Some(end) = read.windows(4).position(|w| w == b"\r\n\r\n") {
            break end + 4;
        }
        let n = visitor.read(&mut piece)?;
        if n == 0 || read.len() > HEAD {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        read.extend_from_slice(&piece[..n]);
    };
    let head = String::from_utf8_lossy(&read[..end]).into_owned();
    let mut body = read.split_off(end);
    let length = head
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, value)| value.trim().parse().ok())
        .unwrap_or(0);
    let mut rest = vec![0; usize::saturating_sub(length, body.len())];
    visitor.read_exact(&mut rest)?;
    body.extend(rest);
    Ok((head, body))
}
