//! The strict decoder: any bytes, and every beginning of a valid packet.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mqtt_playground::codec::{Frame, Version, decode, decode_first, measure};

fuzz_target!(|bytes: &[u8]| {
    for version in Version::ALL {
        let first = decode_first(bytes, version);
        let whole = match measure(bytes) {
            Frame::Len { total, .. } => bytes.get(..total),
            Frame::More | Frame::Malformed => None,
        };
        match whole {
            Some(frame) => {
                let expected = decode(frame, version).map(|packet| Some((packet, frame.len())));
                assert_eq!(first, expected, "{version}: the first of a stream is read as it is alone");
            }
            None => assert!(!matches!(first, Ok(Some(_))), "{version}: a packet that is not whole"),
        }
        let Ok(packet) = decode(bytes, version) else { continue };
        // No version told beforehand may change how a CONNECT is read.
        if bytes[0] >> 4 == 1 {
            assert!(Version::ALL.iter().all(|told| decode(bytes, *told) == Ok(packet)));
        }
        for end in (0..bytes.len()).take(64).chain(bytes.len().saturating_sub(8)..bytes.len()) {
            assert_eq!(
                decode_first(&bytes[..end], version),
                Ok(None),
                "{version}: {end} bytes are a beginning"
            );
            assert!(decode(&bytes[..end], version).is_err(), "{version}: {end} bytes are not a packet");
        }
    }
});
