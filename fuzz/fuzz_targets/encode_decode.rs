//! What is decoded is encoded, in no more bytes, and decoded to the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mqtt_playground::codec::{Packet, Version, decode};

fuzz_target!(|bytes: &[u8]| {
    for version in Version::ALL {
        let Ok(packet) = decode(bytes, version) else { continue };
        let version = match packet {
            Packet::Connect(connect) => connect.version,
            _ => version,
        };
        let mut written = b"before".to_vec();
        assert_eq!(packet.encode(version, &mut written), Ok(()), "{packet:?}");
        let written = written.strip_prefix(b"before").expect("what stood there stays");
        assert!(written.len() <= bytes.len(), "{written:02x?}");
        assert_eq!(decode(written, version), Ok(packet));
        let mut again = Vec::new();
        assert_eq!(packet.encode(version, &mut again), Ok(()));
        assert_eq!(again, written);
    }
});
