//! Cutting a byte stream into packets: by their fixed headers alone.

use bytes::{Bytes, BytesMut};

/// Where a packet begins and ends, as far as its first bytes tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frame {
    /// The packet takes this many bytes, its fixed header included; they need not all be here.
    Len {
        /// All its bytes.
        total: usize,
        /// Those of the fixed header.
        header: usize,
    },
    /// The fixed header is not complete yet.
    More,
    /// The Remaining Length goes on after four bytes (3.1.1 section 2.2.3, 5.0 section 1.5.5).
    Malformed,
}

/// Measures the packet that begins with the first of `bytes`.
#[inline]
pub fn measure(bytes: &[u8]) -> Frame {
    let mut remaining = 0usize;
    for i in 0..4 {
        let Some(byte) = bytes.get(1 + i) else { return Frame::More };
        remaining |= usize::from(byte & 0x7f) << (7 * i);
        if byte & 0x80 == 0 {
            return Frame::Len { total: 2 + i + remaining, header: 2 + i };
        }
    }
    Frame::Malformed
}

/// Why a stream cannot be cut any further.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// The Remaining Length goes on after four bytes.
    #[error("the remaining length goes on after four bytes")]
    MalformedLength,
    /// The packet is over the limit.
    #[error("a packet of {len} bytes is over the limit of {limit}")]
    TooLarge {
        /// What the packet claims to take.
        len: usize,
        /// What is allowed.
        limit: usize,
    },
}

/// Collects chunks cut anywhere and hands out whole packets without copying them again.
///
/// Holds at most one unfinished packet of the allowed size and what followed in the last chunk; a claimed length
/// allocates nothing until its bytes arrive.
#[derive(Clone, Debug)]
pub struct Framer {
    buffer: BytesMut,
    limit: usize,
}

/// A whole packet: in the chunk that it came with, or put together.
#[derive(Clone, Debug)]
pub enum Whole<'a> {
    /// Where it came.
    Here(&'a [u8]),
    /// From more than one chunk.
    Kept(Bytes),
}

impl core::ops::Deref for Whole<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Here(bytes) => bytes,
            Self::Kept(bytes) => bytes,
        }
    }
}

impl Framer {
    /// For packets of at most `limit` bytes, fixed header included.
    pub fn new(limit: usize) -> Self {
        Self { buffer: BytesMut::new(), limit }
    }

    /// Appends a chunk.
    pub fn push(&mut self, chunk: &[u8]) {
        self.buffer.extend_from_slice(chunk);
    }

    /// Bytes that wait for the rest of their packet.
    pub fn pending(&self) -> &[u8] {
        &self.buffer
    }

    /// As pushing `chunk` and asking for the next packet, without a copy where the packet lies in the chunk as a whole.
    /// What has been seen is taken off `chunk`, and `None` says that all of it has.
    ///
    /// # Errors
    /// As [`Framer::next_frame`].
    pub fn next_in<'a>(&mut self, chunk: &mut &'a [u8]) -> Result<Option<Whole<'a>>, FrameError> {
        if self.buffer.is_empty()
            && let Frame::Len { total, .. } = measure(chunk)
            && total <= self.limit
            && let Some((packet, rest)) = chunk.split_at_checked(total)
        {
            *chunk = rest;
            return Ok(Some(Whole::Here(packet)));
        }
        self.push(core::mem::take(chunk));
        Ok(self.next_frame()?.map(Whole::Kept))
    }

    /// Forgets what has not become a packet.
    pub fn clear(&mut self) {
        self.buffer.clear();
    }

    /// The next whole packet, if it is here.
    ///
    /// # Errors
    /// When the stream cannot be cut any further: the connection is lost, the bytes stay in [`Framer::pending`].
    pub fn next_frame(&mut self) -> Result<Option<Bytes>, FrameError> {
        match measure(&self.buffer) {
            Frame::More => Ok(None),
            Frame::Malformed => Err(FrameError::MalformedLength),
            Frame::Len { total, .. } if total > self.limit => {
                Err(FrameError::TooLarge { len: total, limit: self.limit })
            }
            Frame::Len { total, .. } if total > self.buffer.len() => Ok(None),
            Frame::Len { total, .. } => Ok(Some(self.buffer.split_to(total).freeze())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_come_out_whole_wherever_the_chunks_are_cut() {
        let stream = [0xc0, 0x00, 0x40, 0x02, 0x00, 0x07, 0xd0, 0x00];
        for cut in 0..stream.len() {
            let mut framer = Framer::new(100);
            let mut frames = Vec::new();
            for chunk in [&stream[..cut], &stream[cut..]] {
                framer.push(chunk);
                while let Ok(Some(frame)) = framer.next_frame() {
                    frames.push(frame);
                }
            }
            assert_eq!(frames, [&stream[..2], &stream[2..6], &stream[6..]]);
            assert!(framer.pending().is_empty());
            let mut frames = Vec::new();
            for mut chunk in [&stream[..cut], &stream[cut..]] {
                while let Ok(Some(frame)) = framer.next_in(&mut chunk) {
                    frames.push(frame.to_vec());
                }
                assert!(chunk.is_empty());
            }
            assert_eq!(frames, [&stream[..2], &stream[2..6], &stream[6..]]);
            assert!(framer.pending().is_empty());
        }
    }

    #[test]
    fn a_claimed_length_takes_no_memory_and_is_held_against_the_limit() {
        let mut framer = Framer::new(1000);
        framer.push(&[0x30, 0xff, 0xff, 0xff, 0x7f]);
        assert_eq!(framer.next_frame(), Err(FrameError::TooLarge { len: 268_435_460, limit: 1000 }));
        let mut framer = Framer::new(usize::MAX);
        framer.push(&[0x30, 0xff, 0xff, 0xff, 0x7f]);
        assert_eq!(framer.next_frame(), Ok(None));
        assert!(framer.buffer.capacity() < 1024);
        framer.clear();
        framer.push(&[0x30, 0xff, 0xff, 0xff, 0xff]);
        assert_eq!(framer.next_frame(), Err(FrameError::MalformedLength));
        let mut framer = Framer::new(3);
        let mut chunk: &[u8] = &[0xc0, 0x00, 0x40, 0x02, 0x00, 0x07, 0xd0];
        assert!(matches!(framer.next_in(&mut chunk), Ok(Some(Whole::Here([0xc0, 0x00])))));
        assert!(matches!(framer.next_in(&mut chunk), Err(FrameError::TooLarge { len: 4, limit: 3 })));
        assert_eq!(framer.pending(), [0x40, 0x02, 0x00, 0x07, 0xd0], "the bytes that are to blame");
    }
}
