//! Every way to cut a stream into chunks gives the same packets, or the same end.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mqtt_playground::codec::{Frame, FrameError, Framer, measure};

type Cut = (Vec<Vec<u8>>, Option<FrameError>, usize);

/// The packets, why there are no more, and how many bytes are left.
fn cut<'a>(chunks: impl Iterator<Item = &'a [u8]>, limit: usize) -> Cut {
    let mut framer = Framer::new(limit);
    let mut frames = Vec::new();
    let (mut end, mut behind) = (None, 0);
    for chunk in chunks {
        if end.is_some() {
            behind += chunk.len();
            continue;
        }
        framer.push(chunk);
        while end.is_none() {
            match framer.next_frame() {
                Ok(Some(frame)) => frames.push(frame.to_vec()),
                Ok(None) => break,
                Err(error) => end = Some(error),
            }
        }
    }
    if let Some(error) = end {
        assert_eq!(framer.next_frame(), Err(error), "an error stays");
    }
    (frames, end, framer.pending().len() + behind)
}

/// The same by measuring alone.
fn measured(mut stream: &[u8], limit: usize) -> Cut {
    let mut frames = Vec::new();
    let end = loop {
        match measure(stream) {
            Frame::More => break None,
            Frame::Malformed => break Some(FrameError::MalformedLength),
            Frame::Len { total, header } => {
                assert!((2..=5).contains(&header) && header <= total);
                if total > limit {
                    break Some(FrameError::TooLarge { len: total, limit });
                }
                let Some((frame, rest)) = stream.split_at_checked(total) else { break None };
                frames.push(frame.to_vec());
                stream = rest;
            }
        }
    };
    (frames, end, stream.len())
}

// The first byte says the limit and the chunks' size.
fuzz_target!(|bytes: &[u8]| {
    let Some((settings, stream)) = bytes.split_first() else { return };
    let limit = [16, 300, 70_000, usize::MAX][usize::from(settings & 3)];
    let size = usize::from(settings >> 2) + 2;
    let expected = measured(stream, limit);
    assert_eq!(cut(std::iter::once(stream), limit), expected);
    assert_eq!(cut(stream.chunks(1), limit), expected);
    assert_eq!(cut(stream.chunks(size), limit), expected);
});
