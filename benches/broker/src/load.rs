//! What is sent, and what a client's end does: as little as it can, so that the broker is what is measured.

/// One publisher, some subscribers, and how much goes through.
pub struct Load {
    pub subscribers: u32,
    pub qos: u8,
    pub publishes: usize,
    /// Messages on their way at most.
    pub window: usize,
}

pub const TOPIC: &str = "bench/fan/out/topic";
pub const PAYLOAD: [u8; 16] = [b'a'; 16];
/// The publisher's connection; subscribers are 1 and up.
pub const PUBLISHER: u32 = 0;

impl Load {
    pub fn new(subscribers: u32, qos: u8, deliveries: usize) -> Self {
        let window = match (subscribers, qos) {
            (1, 0) => 1000,
            (1, _) => 100,
            _ => 20,
        };
        Self { subscribers, qos, publishes: deliveries / subscribers as usize, window }
    }

    pub fn deliveries(&self) -> usize {
        self.publishes * self.subscribers as usize
    }

    /// The PUBLISH, and where its packet identifier stands.
    pub fn publish(&self) -> (Vec<u8>, usize) {
        let id: &[u8] = if self.qos > 0 { &[0, 0] } else { &[] };
        let at = 4 + TOPIC.len();
        (packet(0x30 | self.qos << 1, &[&text(TOPIC), id, &PAYLOAD]), at)
    }

    pub fn subscribe(&self) -> Vec<u8> {
        packet(0x82, &[&[0, 1], &text(TOPIC), &[self.qos]])
    }
}

pub fn connect(client_id: &str) -> Vec<u8> {
    packet(0x10, &[&text("MQTT"), &[4, 2, 0, 0], &text(client_id)])
}

/// A packet of less than 128 bytes.
fn packet(first: u8, parts: &[&[u8]]) -> Vec<u8> {
    let body = parts.concat();
    [&[first, body.len() as u8], &body[..]].concat()
}

fn text(text: &str) -> Vec<u8> {
    [&(text.len() as u16).to_be_bytes(), text.as_bytes()].concat()
}

/// What a client's end has seen.
#[derive(Default)]
pub struct Tally {
    pub delivered: usize,
    /// Messages that the publisher has acknowledged to the end.
    pub acknowledged: usize,
}

impl Tally {
    /// One whole packet of less than 128 bytes; gives the answer to it.
    pub fn take(&mut self, packet: &[u8]) -> Option<[u8; 4]> {
        match packet[0] >> 4 {
            3 => {
                self.delivered += 1;
                let at = 4 + usize::from(u16::from_be_bytes([packet[2], packet[3]]));
                match packet[0] >> 1 & 3 {
                    0 => None,
                    qos => Some([if qos == 1 { 0x40 } else { 0x50 }, 2, packet[at], packet[at + 1]]),
                }
            }
            4 | 7 => {
                self.acknowledged += 1;
                None
            }
            5 => Some([0x62, 2, packet[2], packet[3]]),
            6 => Some([0x70, 2, packet[2], packet[3]]),
            _ => None,
        }
    }
}
