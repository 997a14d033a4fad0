//! DISCONNECT with a reason and properties.

use mqtt_playground::client::{ClientConfig, ClientError, CloseReason};
use mqtt_playground::codec::{PropertyBuf, PropertyId, PropertyValue, ReasonCode, Version};

use crate::rig::*;

fn expiry(secs: u32) -> PropertyBuf {
    numbers(&[(PropertyId::SessionExpiryInterval, secs)])
}

#[test]
fn a_reason_may_leave_the_will_to_the_server() {
    let mut rig = Rig::connected(v5(true, &[]));
    rig.client.disconnect_with(rig.now, ReasonCode(0x04), &PropertyBuf::new()).unwrap();
    assert_eq!(rig.drain(), sent(&["e0 01 04", "close"]));
    assert_eq!(rig.close_reason(), CloseReason::Requested);
}

#[test]
fn the_session_may_end_with_the_connection_after_all() {
    // 5.0 section 3.14.2.2.2
    let config = || v5(false, &[(PropertyId::SessionExpiryInterval, 60)]);
    for (secs, kept) in [(0, false), (5, true)] {
        let mut rig = Rig::connected(config());
        rig.publish("a", "1", Q1);
        rig.client.disconnect_with(rig.now, ReasonCode::SUCCESS, &expiry(secs)).unwrap();
        let packet = format!("e0 07 00 05 11 0000000{secs}");
        assert_eq!(rig.drain(), sent(&[&packet, "close"]));
        assert_eq!((rig.client.has_session(), rig.client.in_flight().len()), (kept, usize::from(kept)));
    }
    let mut rig = Rig::connected(v5(true, &[]));
    let longer = rig.client.disconnect_with(rig.now, ReasonCode::SUCCESS, &expiry(5));
    assert_eq!(longer, Err(ClientError::SessionExpiry));
    assert_eq!(rig.drain(), NOTHING);
    assert!(rig.client.disconnect_with(rig.now, ReasonCode::SUCCESS, &expiry(0)).is_ok());
}

#[test]
fn what_only_a_server_says_is_refused() {
    for code in [0x87, 0x89, 0x8b, 0x8d, 0x8e, 0x9d, 0xa2, 0x01, 0x92] {
        let mut rig = Rig::connected(v5(true, &[]));
        let refused = rig.client.disconnect_with(rig.now, ReasonCode(code), &PropertyBuf::new());
        assert_eq!(refused, Err(ClientError::ServersReason(ReasonCode(code))), "{code:#x}");
        assert_eq!(rig.drain(), NOTHING);
    }
}

#[test]
fn a_reason_string_stays_within_what_the_server_takes() {
    // 5.0 MQTT-3.14.2-3
    let mut rig = Rig::new(v5(true, &[]));
    rig.reconnect("20 08 00 00 05 27 00000008");
    let mut properties = PropertyBuf::new();
    properties.push(PropertyId::ReasonString, PropertyValue::Text("bye"));
    let long = rig.client.disconnect_with(rig.now, ReasonCode::SUCCESS, &properties);
    assert_eq!(long, Err(ClientError::PacketTooLarge { len: 10, limit: 8 }));
    rig.client.disconnect(rig.now).unwrap();
    assert_eq!(rig.drain(), sent(&["e0 00", "close"]));
}

#[test]
fn before_5_there_is_neither() {
    for version in [Version::V31, Version::V311] {
        let mut rig = Rig::connected(ClientConfig { version, ..kept("c") });
        rig.client.disconnect_with(rig.now, ReasonCode(0x04), &expiry(0)).unwrap();
        assert_eq!(rig.drain(), sent(&["e0 00", "close"]));
        assert_eq!(
            rig.client.disconnect_with(rig.now, ReasonCode::SUCCESS, &expiry(0)),
            Err(ClientError::NotConnected)
        );
    }
}
