use std::cell::Cell;
use std::io::{self, Read, Write};
use std::rc::Rc;

use proptest::prelude::*;
use vault::{EntryKey, FileError, FileSealer, open_file, seal, seal_file};

use crate::given::{HERE, elsewhere, entry_key, inside_length};

const HEAD: usize = 36;
const PART: usize = 64 * 1024;

fn sealed(key: &EntryKey, content: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let length = seal_file(&key.recipient(), &HERE, content, &mut out).unwrap();
    assert_eq!(length, content.len() as u64);
    out
}

fn opened(key: &EntryKey, sealed: &[u8]) -> Result<Vec<u8>, FileError> {
    let mut out = Vec::new();
    let length = open_file(key, &HERE, sealed, &mut out)?;
    assert_eq!(length, out.len() as u64);
    Ok(out)
}

/// Bytes that repeat nowhere near, so that a swapped part would show.
fn content(length: usize) -> Vec<u8> {
    (0..length as u64).map(|place| (place.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 56) as u8).collect()
}

#[test]
fn a_file_comes_back_whatever_its_length() {
    let key = entry_key();
    let edges = [PART - HEAD - 1, PART - HEAD, PART - HEAD + 1, 2 * PART - HEAD - 1, 2 * PART];
    for length in [0, 1, 16_384 - HEAD - 1, 16_384 - HEAD].into_iter().chain(edges) {
        let content = content(length);
        assert_eq!(opened(&key, &sealed(&key, &content)).unwrap(), content, "{length} bytes");
    }
}

#[test]
fn content_that_looks_like_the_end_comes_back() {
    let key = entry_key();
    let mut marks = vec![0x80; 3];
    marks.extend(vec![0; 3 * PART]);
    let mut mark_then_more = marks.clone();
    mark_then_more.push(1);
    for content in [vec![0; 2 * PART + 5], vec![0x80; PART], marks, mark_then_more, vec![0x80], vec![0]] {
        assert!(opened(&key, &sealed(&key, &content)).unwrap() == content, "{} bytes", content.len());
    }
}

#[test]
fn lengths_say_little() {
    let key = entry_key();
    let inside = |content: usize| inside_length(&sealed(&key, &vec![1; content]));
    assert_eq!(inside(0), 16_384);
    assert_eq!(inside(16_384 - HEAD - 1), 16_384);
    assert_eq!(inside(16_384 - HEAD), 16_384 + 1024);
    assert_eq!(inside(1_000_000), inside(1_000_000 + 10_000));
    // Padmé adds at most 12 %.
    for content in [20_000, 70_000, 300_000, 1_048_576, 3_000_000] {
        let inside = inside(content);
        assert!(inside > content && inside <= content * 112 / 100 + HEAD + 1, "{content} became {inside}");
    }
}

#[test]
fn a_file_opens_in_its_place_with_its_key_only() {
    let key = entry_key();
    let sealed = sealed(&key, b"words");
    for context in elsewhere() {
        let refused = open_file(&key, &context, sealed.as_slice(), io::sink());
        assert!(matches!(refused, Err(FileError::WrongContext)), "{refused:?}");
    }
    assert!(matches!(opened(&entry_key(), &sealed), Err(FileError::WrongKey)));
    let envelope = seal(&key.recipient(), &HERE, b"words");
    assert!(matches!(opened(&key, envelope.as_bytes()), Err(FileError::Malformed)));
    for not_sealed in [&b""[..], b"PK\x03\x04", &[b'\n'; 9000], &[0; 9000]] {
        let refused = opened(&key, not_sealed);
        assert!(!matches!(refused, Ok(_) | Err(FileError::Altered { .. })), "{refused:?}");
    }
    assert!(matches!(opened(&key, b"PK\x03\x04"), Err(FileError::NotSealed)));
}

#[test]
fn a_cut_file_is_named_as_cut() {
    let key = entry_key();
    let sealed = sealed(&key, &content(200_000));
    let end = sealed.len();
    let payload = end - (inside_length(&sealed) + 4 * 16);
    let after_one_part = payload + PART + 16;
    for cut in [10, payload - 20, payload, payload + 1, after_one_part, after_one_part + 1, end - 1] {
        let refused = opened(&key, &sealed[..cut]);
        assert!(matches!(refused, Err(FileError::Length { .. })), "cut to {cut} of {end}: {refused:?}");
    }
    let good_after_one_part = match opened(&key, &sealed[..after_one_part]) {
        Err(FileError::Length { good }) => good,
        other => panic!("{other:?}"),
    };
    assert_eq!(good_after_one_part, (PART - HEAD) as u64);
    let mut longer = sealed.clone();
    longer.extend_from_slice(b"more");
    assert!(matches!(opened(&key, &longer), Err(FileError::Length { .. })));
}

#[test]
fn an_altered_file_is_named_as_altered() {
    let key = entry_key();
    let sealed = sealed(&key, &content(200_000));
    let payload = sealed.len() - (inside_length(&sealed) + 4 * 16);
    let check = |place: usize, good_parts: usize| {
        let mut changed = sealed.clone();
        changed[place] ^= 1;
        let good_bytes = (good_parts * PART).saturating_sub(HEAD) as u64;
        match opened(&key, &changed) {
            Err(FileError::Altered { good }) => assert_eq!(good, good_bytes, "byte {place}"),
            other => panic!("byte {place}: {other:?}"),
        }
    };
    check(payload, 0);
    check(payload + PART, 0);
    check(payload + PART + 16, 1);
    check(payload + 2 * (PART + 16) + 5, 2);
    check(sealed.len() - 1, 3);
    let mut swapped = sealed.clone();
    swapped[payload..payload + 2 * (PART + 16)].rotate_left(PART + 16);
    assert!(matches!(opened(&key, &swapped), Err(FileError::Altered { good: 0 })));
}

#[test]
fn an_inside_without_end_is_refused() {
    let key = entry_key();
    let inside = {
        let identity = age::x25519::Identity::generate();
        let recipient = identity.to_public().to_string().parse().unwrap();
        let mut out = Vec::new();
        seal_file(&recipient, &HERE, &b"words"[..], &mut out).unwrap();
        age::decrypt(&identity, &out).unwrap()
    };
    let recipient: age::x25519::Recipient = key.recipient().to_string().parse().unwrap();
    let resealed = |inside: &[u8]| age::encrypt(&recipient, inside).unwrap();
    assert_eq!(opened(&key, &resealed(&inside)).unwrap(), b"words", "the unchanged inside opens");
    for changed in [&inside[..HEAD - 1], &inside[..HEAD], &inside[..HEAD + 5], b"QLF2"] {
        assert!(matches!(opened(&key, &resealed(changed)), Err(FileError::Malformed)));
    }
}

#[test]
fn an_upload_without_finish_does_not_open() {
    let key = entry_key();
    let mut out = Vec::new();
    let mut sealer = FileSealer::new(&key.recipient(), &HERE, &mut out).unwrap();
    sealer.write_all(&content(300_000)).unwrap();
    sealer.flush().unwrap();
    drop(sealer);
    assert!(matches!(opened(&key, &out), Err(FileError::Length { .. })));
}

/// A source that fails once after some bytes and then ends; a destination that takes only so many.
struct Failing(usize);

impl Read for Failing {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0 {
            0 => Ok(0),
            1 => {
                self.0 = 0;
                Err(io::Error::from(io::ErrorKind::UnexpectedEof))
            }
            left => {
                let count = buffer.len().min(left - 1);
                self.0 -= count;
                buffer[..count].fill(1);
                Ok(count)
            }
        }
    }
}

impl Write for Failing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = bytes.len().min(self.0);
        self.0 -= count;
        if count == 0 { Err(io::Error::from(io::ErrorKind::StorageFull)) } else { Ok(count) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_failing_disk_is_not_blamed_on_the_file() {
    let key = entry_key();
    let seal = |from: &mut dyn Read, to: &mut dyn Write| seal_file(&key.recipient(), &HERE, from, to);
    assert!(matches!(seal(&mut Failing(100_000), &mut io::sink()), Err(FileError::Source(_))));
    let large = content(500_000);
    for room in [0, 100, 100_000] {
        let refused = seal(&mut large.as_slice(), &mut Failing(room));
        assert!(matches!(refused, Err(FileError::Destination(_))), "{refused:?}");
    }

    let sealed = sealed(&key, &large);
    let refused = open_file(&key, &HERE, sealed.as_slice(), Failing(100_000));
    assert!(matches!(refused, Err(FileError::Destination(_))), "{refused:?}");
    for good in [10, 1000, 100_000] {
        let refused = open_file(&key, &HERE, sealed[..good].chain(Failing(1)), io::sink());
        assert!(matches!(refused, Err(FileError::Source(_))), "{refused:?}");
    }
}

/// Counts what is read and written, and fails when the writing falls far behind the reading.
struct Flow<T> {
    inner: T,
    held: Rc<Cell<i64>>,
}

impl<R: Read> Read for Flow<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.held.set(self.held.get() + count as i64);
        assert!(self.held.get() < 5 * PART as i64, "{} bytes are held back", self.held.get());
        Ok(count)
    }
}

impl<W: Write> Write for Flow<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.inner.write(bytes)?;
        self.held.set(self.held.get() - count as i64);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

#[test]
fn a_large_file_flows_through_a_small_memory() {
    // Just what needs no padding, which is read and never written.
    const LARGE: usize = 32 * 1024 * 1024 - HEAD - 1;
    let key = entry_key();
    let mut kept = Vec::with_capacity(LARGE + LARGE / 8);
    let held = Rc::new(Cell::new(0));
    let from = Flow { inner: io::repeat(0x5A).take(LARGE as u64), held: held.clone() };
    let length = seal_file(&key.recipient(), &HERE, from, Flow { inner: &mut kept, held }).unwrap();
    assert_eq!(length, LARGE as u64);

    let held = Rc::new(Cell::new(0));
    let from = Flow { inner: kept.as_slice(), held: held.clone() };
    assert_eq!(open_file(&key, &HERE, from, Flow { inner: io::sink(), held }).unwrap(), LARGE as u64);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_pieces_come_back(
        pieces in proptest::collection::vec((prop_oneof![Just(0u8), Just(0x80), any::<u8>()], 0usize..40_000), 0..8),
    ) {
        let key = entry_key();
        let mut whole = Vec::new();
        let mut sealer = FileSealer::new(&key.recipient(), &HERE, Vec::new()).unwrap();
        for (byte, count) in pieces {
            let piece = vec![byte; count];
            sealer.write_all(&piece).unwrap();
            whole.extend(piece);
        }
        let (sealed, length) = sealer.finish().unwrap();
        prop_assert_eq!(length, whole.len() as u64);
        prop_assert!(opened(&key, &sealed).unwrap() == whole);
    }

    #[test]
    fn any_flipped_byte_is_noticed(place in any::<prop::sample::Index>(), bit in 0u8..8) {
        let key = entry_key();
        let mut changed = sealed(&key, &content(70_000));
        let place = place.index(changed.len());
        changed[place] ^= 1 << bit;
        prop_assert!(opened(&key, &changed).is_err());
    }
}
