//! Pasted bytes as they are given away: with placeholders for what is secret, and as text that says who sends what.

use core::ops::Range;

use super::bytes::hex;
use super::decode::{Index, State, Told};
use crate::codec::{Direction, Field, PacketType, PropertyId};
use crate::dissect::dissect_heard;

/// What stands for each byte of a secret: the packets are as long as they were.
const PLACEHOLDER: u8 = b'*';

/// What should not be given away without a thought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Secrets {
    /// The bytes of passwords, and of the data by which clients authenticate, counted from the first of all.
    pub places: Vec<Range<usize>>,
    /// A packet that may hold some cannot be read whole: nobody knows whether there is one in the rest.
    pub hidden: bool,
}

impl Secrets {
    /// Those of the packets that the index holds.
    pub fn of(bytes: &[u8], index: &Index) -> Self {
        let mut found = Self::default();
        for entry in &index.entries {
            if !matches!(entry.packet_type, Some(PacketType::Connect | PacketType::Auth)) {
                continue;
            }
            let Some(packet) = dissect_heard(bytes, entry.offset, &entry.heard) else { continue };
            let nodes = packet.dissection.nodes.iter().filter(|node| {
                let data =
                    node.field == Field::PropertyBinary && node.aux == PropertyId::AuthenticationData as u8;
                (data || node.field == Field::Password) && node.len > 0
            });
            found
                .places
                .extend(nodes.map(|node| entry.offset + node.range().start..entry.offset + node.range().end));
            found.hidden |= entry.state != State::Valid;
        }
        found
    }

    /// The bytes with placeholders of the same length for them.
    pub fn without(&self, bytes: &[u8]) -> Vec<u8> {
        let mut given = bytes.to_vec();
        for place in &self.places {
            if let Some(secret) = given.get_mut(place.clone()) {
                secret.fill(PLACEHOLDER);
            }
        }
        given
    }
}

/// The packets as text, one a line; `labels`: whether each line says who sends.
pub fn lines(bytes: &[u8], index: &Index, labels: bool) -> String {
    let mut text = String::with_capacity(bytes.len() * 3);
    for entry in &index.entries {
        let label = match entry.way().filter(|_| labels) {
            Some(Direction::ToServer) => "client -> broker: ",
            Some(Direction::ToClient) => "broker -> client: ",
            None => "",
        };
        text.push_str(label);
        let packet = bytes.get(entry.offset..entry.offset + entry.len).unwrap_or(&[]);
        for (i, byte) in packet.iter().enumerate() {
            text.push_str(if i > 0 { " " } else { "" });
            text.push_str(&hex(*byte).to_ascii_lowercase());
        }
        text.push('\n');
    }
    text.pop();
    text
}

/// Who sends a packet, chosen by hand: its bytes, and what was known without that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turned {
    /// Behind its last byte.
    pub end: usize,
    /// Who sends it.
    pub way: Direction,
    /// Who was thought to.
    pub was: Option<Direction>,
}

impl Turned {
    /// The next choice for a packet that `way` sends as far as is known: the other side, then, where nothing was known,
    /// the second one, then what it was.
    pub fn next(before: Option<Self>, way: Option<Direction>, end: usize) -> Option<Self> {
        match before {
            None => {
                let other = way.map_or(Direction::ToServer, Direction::reversed);
                Some(Self { end, way: other, was: way })
            }
            Some(before) if before.was.is_none() && before.way == Direction::ToServer => {
                Some(Self { way: Direction::ToClient, ..before })
            }
            Some(_) => None,
        }
    }
}

/// Who sends what, with the packets that begin at these bytes sent as was chosen.
pub fn with_turned<'a>(told: Told, turned: impl IntoIterator<Item = (&'a usize, &'a Turned)>) -> Told {
    let mut told = told;
    for (from, it) in turned {
        let behind = told.partition_point(|(at, _)| *at <= it.end);
        let after = behind.checked_sub(1).and_then(|at| told[at].1);
        told.retain(|(at, _)| !(*from..=it.end).contains(at));
        let at = told.partition_point(|(at, _)| at < from);
        told.splice(at..at, [(*from, Some(it.way)), (it.end, after)]);
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::Version;
    use crate::dissect::parse_hex;

    fn read(hex: &str) -> (Vec<u8>, Index) {
        let bytes = parse_hex(hex).expect("hex");
        let mut index = Index::new(&bytes, None);
        index.advance(&bytes, usize::MAX);
        (bytes, index)
    }

    #[test]
    fn passwords_are_found_and_leave_packets_of_the_same_length() {
        let connect = "10 17 0004 4d515454 04 c2 003c 0001 63 0003 616461 0003 707764";
        let (bytes, index) = read(&[connect, "c0 00"].join(" "));
        let secrets = Secrets::of(&bytes, &index);
        assert!(!secrets.hidden);
        let held: Vec<&[u8]> = secrets.places.iter().map(|it| &bytes[it.clone()]).collect();
        assert_eq!(held[0], b"pwd");
        let given = secrets.without(&bytes);
        assert_eq!(given.len(), bytes.len());
        assert!(given.windows(3).any(|it| it == b"***") && !given.windows(3).any(|it| it == b"pwd"));
        assert!(given.windows(3).any(|it| it == b"ada"), "the user name stays");
        let mut again = Index::new(&given, None);
        again.advance(&given, usize::MAX);
        assert_eq!(again.entries.len(), index.entries.len());
    }

    #[test]
    fn authentication_data_is_as_secret_as_a_password() {
        let bytes = parse_hex("f0 0f 18 0d 15 0003 616263 16 0004 01020304").expect("hex");
        let mut index = Index::new(&bytes, Some(Version::V5));
        index.advance(&bytes, usize::MAX);
        let secrets = Secrets::of(&bytes, &index);
        assert_eq!(secrets.places.first(), Some(&(13..17)));
        assert_eq!(secrets.places.len(), 1);
        assert_eq!(&secrets.without(&bytes)[13..], b"****");
    }

    #[test]
    fn a_connect_that_cannot_be_read_may_hide_a_password() {
        let (bytes, index) = read("10 17 0004 4d515454 04 c2 003c 0009 63 0003 616461 0003 707764");
        assert_eq!(Secrets::of(&bytes, &index), Secrets { places: vec![], hidden: true });
        // Authentication data that is read tells nothing of the password behind a will that is not.
        let (bytes, index) = read(
            "10 24 0004 4d515454 05 c6 003c 08 15 0001 61 16 0001 62 0001 63 00 00ff 74 0003 616461 0003 707764",
        );
        let secrets = Secrets::of(&bytes, &index);
        assert_eq!(secrets.places.iter().map(|it| &bytes[it.clone()]).collect::<Vec<_>>(), [b"b"]);
        assert!(secrets.hidden);
        let (bytes, index) = read("c0 00 d0 00");
        assert_eq!(Secrets::of(&bytes, &index), Secrets::default());
    }

    #[test]
    fn a_packet_is_turned_alone_and_back() {
        use Direction::{ToClient, ToServer};
        let one = Turned::next(None, Some(ToServer), 4).expect("the other side");
        assert_eq!(one.way, ToClient);
        assert_eq!(Turned::next(Some(one), Some(ToClient), 4), None);
        let first = Turned::next(None, None, 4).expect("one side");
        let second = Turned::next(Some(first), Some(ToServer), 4).expect("the other side");
        assert_eq!((first.way, second.way), (ToServer, ToClient));
        assert_eq!(Turned::next(Some(second), Some(ToClient), 4), None);

        let told = with_turned(vec![], [(&2, &one)]);
        assert_eq!(told, [(2, Some(ToClient)), (4, None)]);
        let told = with_turned(vec![(0, Some(ToServer)), (6, None)], [(&2, &one)]);
        assert_eq!(told, [(0, Some(ToServer)), (2, Some(ToClient)), (4, Some(ToServer)), (6, None)]);
        // Side by side, and where a label stands already.
        let both = [(2, one), (4, Turned { end: 6, ..one })];
        let told = with_turned(
            vec![(0, Some(ToServer)), (2, Some(ToServer)), (4, Some(ToServer)), (6, Some(ToServer))],
            both.iter().map(|(at, it)| (at, it)),
        );
        let at = |byte: usize| told[told.partition_point(|(from, _)| *from <= byte) - 1].1;
        assert_eq!([0, 2, 4, 6].map(at), [Some(ToServer), Some(ToClient), Some(ToClient), Some(ToServer)]);
    }

    #[test]
    fn a_turned_packet_is_read_as_its_sender_would_send_it() {
        // A PUBLISH of one side, its acknowledgement of the other.
        let bytes = parse_hex("c0 00 32 07 0003 612f62 0001 d0 00").expect("hex");
        let mut index = Index::new(&bytes, None);
        index.advance(&bytes, usize::MAX);
        assert_eq!(index.entries[1].way(), None);
        let turned = Turned { end: 11, way: Direction::ToClient, was: None };
        let mut index = Index::with_ways(&bytes, None, with_turned(vec![], [(&2, &turned)]));
        index.advance(&bytes, usize::MAX);
        let ways: Vec<_> = index.entries.iter().map(|it| it.way()).collect();
        assert_eq!(ways, [Direction::ToServer, Direction::ToClient, Direction::ToClient].map(Some));
        assert!(lines(&bytes, &index, true).contains("\nbroker -> client: 32 07"));
    }
}
