//! Bytes in, UTF-8 text out, whatever the encoding was.

use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};

use bytes::Bytes;
use encoding_rs::{Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::OpenError;

/// What is read: a file, or bytes in memory. It must be a regular file, because encoding and
/// order of dates are decided over all of it before the first row comes out.
#[derive(Debug)]
pub struct Input(Kind);

#[derive(Debug)]
enum Kind {
    File(File),
    Bytes(Cursor<Bytes>),
}

impl From<File> for Input {
    fn from(file: File) -> Self {
        Self(Kind::File(file))
    }
}

impl From<Bytes> for Input {
    fn from(bytes: Bytes) -> Self {
        Self(Kind::Bytes(Cursor::new(bytes)))
    }
}

impl From<Vec<u8>> for Input {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes::from(bytes).into()
    }
}

impl Input {
    /// Its length in bytes.
    pub(crate) fn size(&self) -> io::Result<u64> {
        match &self.0 {
            Kind::File(file) => Ok(file.metadata()?.len()),
            Kind::Bytes(bytes) => Ok(bytes.get_ref().len() as u64),
        }
    }

    /// The same bytes from the beginning. Two of them share a position, so that only one may be
    /// read at a time.
    ///
    /// # Errors
    /// When the file cannot be read from its beginning again.
    pub fn again(&self) -> io::Result<Self> {
        let mut again = match &self.0 {
            Kind::File(file) => Self::from(file.try_clone()?),
            Kind::Bytes(bytes) => Self::from(bytes.get_ref().clone()),
        };
        again.seek(SeekFrom::Start(0))?;
        Ok(again)
    }

    /// A stretch of the bytes; an error when they end before it.
    pub(crate) fn stretch(&self, start: u64, length: usize) -> io::Result<Bytes> {
        if start
            .checked_add(length as u64)
            .is_none_or(|end| self.size().is_ok_and(|s| end > s))
        {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let mut again = self.again()?;
        if let Kind::Bytes(bytes) = &again.0 {
            let start = usize::try_from(start).map_err(|_| io::ErrorKind::UnexpectedEof)?;
            return Ok(bytes.get_ref().slice(start..start + length));
        }
        again.seek(SeekFrom::Start(start))?;
        let mut out = vec![0; length];
        again.read_exact(&mut out)?;
        Ok(out.into())
    }
}

impl Read for Input {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        match &mut self.0 {
            Kind::File(file) => file.read(buf),
            Kind::Bytes(bytes) => bytes.read(buf),
        }
    }
}

impl Seek for Input {
    fn seek(&mut self, pos: SeekFrom) -> io::Result<u64> {
        match &mut self.0 {
            Kind::File(file) => file.seek(pos),
            Kind::Bytes(bytes) => bytes.seek(pos),
        }
    }
}

const CHUNK: usize = 64 * 1024;

/// What files that are no tables begin with, and what to call them.
const OTHER_FILES: &[(&[u8], &str)] = &[
    (b"PK\x03\x04", "an Excel workbook or another zip archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"%PDF", "a PDF document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
];

/// Reads all of a text once and tells its encoding: by its byte order mark, or UTF-8 when all of
/// it is, or Windows-1252.
pub(crate) fn encoding_of(input: &Input) -> Result<&'static Encoding, OpenError> {
    let mut input = input.again()?;
    let mut buf = vec![0; CHUNK];
    let mut first = true;
    let mut utf8 = true;
    let mut utf8_mark = false;
    // Bytes of a character that the last chunk cut in two, moved to the front of the buffer.
    let mut kept = 0;
    loop {
        let read = read_some(&mut input, &mut buf[kept..])?;
        let chunk = &buf[..kept + read];
        if first {
            first = false;
            if let Some((_, what)) = OTHER_FILES
                .iter()
                .find(|(start, _)| chunk.starts_with(start))
            {
                return Err(OpenError::NotText((*what).to_owned()));
            }
            match Encoding::for_bom(chunk) {
                Some((encoding, _)) if encoding != UTF_8 => return Ok(encoding),
                marked => utf8_mark = marked.is_some(),
            }
        }
        if chunk[kept..].contains(&0) {
            let what = if looks_like_utf16(chunk) {
                "text in UTF-16 without a byte order mark"
            } else {
                "not text"
            };
            return Err(OpenError::NotText(what.to_owned()));
        }
        if read == 0 {
            return Ok(if utf8_mark || utf8 && kept == 0 {
                UTF_8
            } else {
                WINDOWS_1252
            });
        }
        kept = 0;
        if utf8 && let Err(error) = std::str::from_utf8(chunk) {
            if error.error_len().is_some() {
                utf8 = false;
            } else {
                let cut = error.valid_up_to();
                kept = chunk.len() - cut;
                buf.copy_within(cut..cut + kept, 0);
            }
        }
    }
}

/// Every second byte is nothing, and the others are something.
fn looks_like_utf16(chunk: &[u8]) -> bool {
    let zeros = |odd: usize| {
        chunk
            .iter()
            .skip(odd)
            .step_by(2)
            .filter(|b| **b == 0)
            .count()
    };
    let (even, odd) = (zeros(0), zeros(1));
    even.max(odd) > chunk.len() / 4 && even.min(odd) <= chunk.len() / 8
}

fn read_some(input: &mut impl Read, buf: &mut [u8]) -> io::Result<usize> {
    loop {
        match input.read(buf) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

/// Reads an input as UTF-8 without a byte order mark, and counts what it has taken.
#[derive(Debug)]
pub(crate) struct Text {
    input: Input,
    /// How to decode; nothing for UTF-8.
    decoder: Option<Box<Transcoder>>,
    /// A byte order mark may stand at the very beginning.
    at_start: bool,
    taken: u64,
    /// The last byte given, where a newline is to follow the last line.
    last_byte: Option<u8>,
    /// Bytes that may still be given before the reader must say that a row was read.
    allowance: usize,
}

struct Transcoder {
    decoder: Decoder,
    raw: Vec<u8>,
    out: Vec<u8>,
    given: usize,
    ended: bool,
}

impl std::fmt::Debug for Transcoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Transcoder({})", self.decoder.encoding().name())
    }
}

/// Most bytes of one row. Beyond it a quotation mark was never closed.
pub(crate) const LONGEST_ROW: usize = 8 * 1024 * 1024;

impl Text {
    pub(crate) fn new(input: Input, encoding: &'static Encoding) -> Self {
        let decoder = (encoding != UTF_8).then(|| {
            Box::new(Transcoder {
                // The mark of UTF-16 is taken off here; Windows-1252 has none.
                decoder: if encoding == UTF_16LE || encoding == UTF_16BE {
                    encoding.new_decoder_with_bom_removal()
                } else {
                    encoding.new_decoder_without_bom_handling()
                },
                raw: vec![0; CHUNK],
                out: Vec::new(),
                given: 0,
                ended: false,
            })
        });
        Self {
            input,
            at_start: decoder.is_none(),
            decoder,
            taken: 0,
            last_byte: None,
            allowance: LONGEST_ROW,
        }
    }

    /// With a newline after the last line too, so that every line ends alike.
    pub(crate) fn with_last_newline(mut self) -> Self {
        self.last_byte = Some(b'\n');
        self
    }

    /// Bytes of the input taken so far.
    pub(crate) fn taken(&self) -> u64 {
        self.taken
    }

    /// A row was read: the next one may be as long again.
    pub(crate) fn renew(&mut self) {
        self.allowance = LONGEST_ROW;
    }

    fn fill(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let Some(t) = &mut self.decoder else {
            let mut read = read_some(&mut self.input, buf)?;
            self.taken += read as u64;
            if self.at_start {
                self.at_start = false;
                if buf[..read].starts_with(b"\xef\xbb\xbf") {
                    buf.copy_within(3..read, 0);
                    read -= 3;
                    if read == 0 {
                        return self.fill(buf);
                    }
                }
            }
            return Ok(read);
        };
        while t.given == t.out.len() && !t.ended {
            let read = read_some(&mut self.input, &mut t.raw)?;
            self.taken += read as u64;
            t.ended = read == 0;
            let room = t.decoder.max_utf8_buffer_length(read).unwrap_or(CHUNK * 4);
            t.out.resize(room, 0);
            let (_, _, written, _) = t
                .decoder
                .decode_to_utf8(&t.raw[..read], &mut t.out, t.ended);
            t.out.truncate(written);
            t.given = 0;
        }
        let n = buf.len().min(t.out.len() - t.given);
        buf[..n].copy_from_slice(&t.out[t.given..t.given + n]);
        t.given += n;
        Ok(n)
    }
}

impl Read for Text {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.allowance == 0 {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let mut read = self.fill(buf)?;
        if let Some(last) = &mut self.last_byte
            && !buf.is_empty()
        {
            if read == 0 && *last != b'\n' {
                buf[0] = b'\n';
                read = 1;
            }
            *last = if read == 0 { *last } else { buf[read - 1] };
        }
        self.allowance = self.allowance.saturating_sub(read);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8]) -> String {
        let input = Input::from(bytes.to_vec());
        let encoding = encoding_of(&input).expect("text");
        let mut out = String::new();
        Text::new(input, encoding)
            .read_to_string(&mut out)
            .expect("readable");
        out
    }

    #[test]
    fn every_encoding_comes_out_as_utf8() {
        assert_eq!(text("Müller €".as_bytes()), "Müller €");
        assert_eq!(text(b"\xef\xbb\xbfM\xc3\xbcller"), "Müller");
        assert_eq!(text(b"M\xfcller \x80"), "Müller €");
        let utf16: Vec<u8> = "\u{feff}Müller €"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        assert_eq!(text(&utf16), "Müller €");
        let utf16: Vec<u8> = "\u{feff}Müller €"
            .encode_utf16()
            .flat_map(u16::to_be_bytes)
            .collect();
        assert_eq!(text(&utf16), "Müller €");
        assert_eq!(text(b""), "");
        assert_eq!(text(b"\xef\xbb\xbf"), "");
    }

    #[test]
    fn the_encoding_is_decided_over_all_of_it() {
        // The one byte that is not UTF-8 stands behind several chunks.
        let mut bytes = "ü".repeat(CHUNK * 2 + 1).into_bytes();
        assert_eq!(text(&bytes).chars().count(), CHUNK * 2 + 1);
        bytes.push(0xfc);
        assert!(text(&bytes).starts_with("Ã¼") && text(&bytes).ends_with('ü'));
    }

    #[test]
    fn what_is_no_text_is_named() {
        let said = |bytes: &[u8]| encoding_of(&Input::from(bytes.to_vec())).expect_err("no text");
        assert!(
            said(b"PK\x03\x04rest")
                .to_string()
                .contains("Excel workbook")
        );
        assert!(said(&[0; 100]).to_string().contains("is not text"));
        assert!(said(b"a\0b\0,\0").to_string().contains("UTF-16"));
    }

    #[test]
    fn a_stretch_ends_where_the_bytes_do() {
        let input = Input::from(b"abcdef".to_vec());
        assert_eq!(input.stretch(2, 3).expect("inside").as_ref(), b"cde");
        assert!(input.stretch(4, 3).is_err());
        assert!(input.stretch(u64::MAX, 1).is_err());
    }
}
