//! A packet's bytes while they are edited.

/// Bytes that a packet has at most: a fixed header and the largest Remaining Length, 5.0 2.1.4.
const MOST: usize = 5 + 268_435_455;

/// Puts a byte 00 before the one at `at`, or behind the last; `false` if no packet is that long.
pub fn insert(bytes: &mut Vec<u8>, at: usize) -> bool {
    let fits = bytes.len() < MOST;
    if fits {
        bytes.insert(at.min(bytes.len()), 0);
    }
    fits
}

/// Takes a byte out; the last one stays.
pub fn remove(bytes: &mut Vec<u8>, at: usize) -> bool {
    let there = at < bytes.len() && bytes.len() > 1;
    if there {
        bytes.remove(at);
    }
    there
}

/// The same packet with the Remaining Length that fits what follows it; `None` if it fits as it is, or if it cannot be
/// told where it ends.
pub fn with_right_length(bytes: &[u8]) -> Option<Vec<u8>> {
    let (first, rest) = bytes.split_first()?;
    let width = rest.iter().take(4).position(|byte| byte & 0x80 == 0)? + 1;
    let (length, body) = rest.split_at(width);
    let mut right = Vec::new();
    let mut left = body.len();
    loop {
        let more = if left > 0x7f { 0x80 } else { 0 };
        right.push((left & 0x7f) as u8 | more);
        left >>= 7;
        if more == 0 {
            break;
        }
    }
    (length != right && right.len() <= 4).then(|| [&[*first][..], &right, body].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_and_go_but_for_the_last_one() {
        let mut bytes = vec![0xc0, 0x01];
        assert!(insert(&mut bytes, 1) && insert(&mut bytes, 9));
        assert_eq!(bytes, [0xc0, 0, 1, 0]);
        assert!(!remove(&mut bytes, 4));
        for _ in 0..3 {
            assert!(remove(&mut bytes, 1));
        }
        assert!(!remove(&mut bytes, 0));
        assert_eq!(bytes, [0xc0]);
    }

    #[test]
    fn the_length_is_made_to_fit() {
        assert_eq!(with_right_length(&[0x40, 2, 0, 7]), None);
        assert_eq!(with_right_length(&[0x40, 2, 0, 7, 9]), Some(vec![0x40, 3, 0, 7, 9]));
        assert_eq!(with_right_length(&[0xe0, 1]), Some(vec![0xe0, 0]));
        // 128 bytes need a length of two; a length that says the same in more bytes than it needs is made shorter.
        let mut long = vec![0x30, 5];
        long.resize(2 + 128, b'x');
        assert_eq!(with_right_length(&long).expect("another length")[..4], [0x30, 0x80, 0x01, b'x']);
        assert_eq!(with_right_length(&[0x40, 0x82, 0, 0, 7]), Some(vec![0x40, 2, 0, 7]));
        assert_eq!(with_right_length(&[0x40, 0x80, 0x80, 0x80, 0x80, 1]), None, "it has no end");
        assert_eq!(with_right_length(&[0x40]), None);
    }
}
