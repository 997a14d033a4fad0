//! Writes a capture file: Ethernet, IPv4 and TCP around the bytes of MQTT connections.

use mqtt_playground::codec::Direction;

/// Bytes of a segment: small enough for many packets to span several.
const SEGMENT: usize = 1400;
const PORT: u16 = 1883;
const SYN: u8 = 0x02;
const ACK: u8 = 0x10;
const PUSH: u8 = 0x08;

/// The file so far. Checksums stay zero: tshark does not check them unless asked.
pub struct Pcap {
    file: Vec<u8>,
    connections: u16,
    frames: u32,
    /// The next sequence number of client and server.
    sequence: [u32; 2],
}

impl Pcap {
    pub fn new() -> Self {
        let mut file = Vec::new();
        file.extend(0xa1b2_c3d4u32.to_le_bytes());
        for half in [2u16, 4] {
            file.extend(half.to_le_bytes());
        }
        // Time zone, accuracy, longest frame, link type Ethernet.
        for word in [0u32, 0, 0x4_0000, 1] {
            file.extend(word.to_le_bytes());
        }
        Self { file, connections: 0, frames: 0, sequence: [0; 2] }
    }

    /// A connection of whole packets, cut into segments: many in one, and one over many. No cut falls into a fixed
    /// header: tshark 4.0 cannot read on when a Remaining Length spans segments.
    pub fn connection<'a>(&mut self, packets: impl Iterator<Item = (Direction, &'a [u8])>) {
        self.open();
        let mut buffer: Vec<u8> = Vec::new();
        let mut towards = Direction::ToServer;
        for (direction, mut bytes) in packets {
            if direction != towards || SEGMENT - buffer.len() < 5 {
                self.flush(towards, &mut buffer);
                towards = direction;
            }
            while buffer.len() + bytes.len() > SEGMENT {
                let (here, rest) = bytes.split_at(SEGMENT - buffer.len());
                buffer.extend(here);
                self.flush(towards, &mut buffer);
                bytes = rest;
            }
            buffer.extend(bytes);
        }
        self.flush(towards, &mut buffer);
    }

    /// A connection with its segments as they were.
    pub fn segments<'a>(&mut self, segments: impl Iterator<Item = (Direction, &'a [u8])>) {
        self.open();
        for (direction, bytes) in segments {
            self.flush(direction, &mut bytes.to_vec());
        }
    }

    pub fn finish(self) -> Vec<u8> {
        self.file
    }

    fn open(&mut self) {
        self.connections += 1;
        self.sequence = [1000, 5000];
        self.segment(Direction::ToServer, SYN, &[]);
        self.segment(Direction::ToClient, SYN | ACK, &[]);
        self.segment(Direction::ToServer, ACK, &[]);
    }

    fn flush(&mut self, direction: Direction, bytes: &mut Vec<u8>) {
        if !bytes.is_empty() {
            self.segment(direction, PUSH | ACK, bytes);
            bytes.clear();
        }
    }

    fn segment(&mut self, direction: Direction, flags: u8, bytes: &[u8]) {
        let (client, server) = (20_000 + self.connections, PORT);
        let (from, ports, ends) = match direction {
            Direction::ToServer => (0, [client, server], [1u8, 2]),
            Direction::ToClient => (1, [server, client], [2u8, 1]),
        };
        let mut frame = Vec::with_capacity(54 + bytes.len());
        frame.extend([0, 0, 0, 0, 0, ends[1], 0, 0, 0, 0, 0, ends[0], 0x08, 0x00]);
        // IPv4: 20 bytes of header, not fragmented, time to live 64, TCP.
        frame.extend([0x45, 0]);
        frame.extend((40 + bytes.len() as u16).to_be_bytes());
        frame.extend([0, 0, 0x40, 0, 64, 6, 0, 0, 10, 0, 0, ends[0], 10, 0, 0, ends[1]]);
        frame.extend(ports.iter().flat_map(|port| port.to_be_bytes()));
        frame.extend(self.sequence[from].to_be_bytes());
        let acknowledged = if flags & ACK != 0 { self.sequence[1 - from] } else { 0 };
        frame.extend(acknowledged.to_be_bytes());
        frame.extend([0x50, flags, 0xff, 0xff, 0, 0, 0, 0]);
        frame.extend(bytes);
        self.sequence[from] += bytes.len() as u32 + u32::from(flags & SYN != 0);
        self.frames += 1;
        for word in [self.frames / 1000, self.frames % 1000 * 1000, frame.len() as u32, frame.len() as u32] {
            self.file.extend(word.to_le_bytes());
        }
        self.file.extend(frame);
    }
}
