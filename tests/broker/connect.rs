//! CONNECT: who is accepted, and what else may be a first packet.

use crate::rig::{CLOSE, Rig};

#[test]
fn both_served_versions_are_accepted() {
    let mut rig = Rig::default();
    rig.open([1, 2]);
    // 3.1.1 MQTT-3.1.4-4, MQTT-3.2.2-1
    rig.send(1, "10 0d 0004'MQTT' 04 02 003c 0001'a'", &[(1, "20 02 00 00")]);
    rig.heard("accepts a: MQTT 3.1.1, clean session, keep alive 60 s [3.1.1 MQTT-3.1.4-4]");
    rig.send(2, "10 0f 0006'MQIsdp' 03 00 0000 0001'b'", &[(2, "20 02 00 00")]);
    rig.heard("accepts b: MQTT 3.1, kept session, keep alive 0 s [3.1 section 3.2]");
}

#[test]
fn other_protocol_levels_are_refused_in_the_form_they_resemble() {
    // 3.1.1 MQTT-3.1.2-2, 5.0 MQTT-3.1.2-2
    let refused = [
        ("10 0d 0004'MQTT' 03 02 003c 0001'a'", "20 02 00 01"),
        ("10 0f 0006'MQIsdp' 04 02 003c 0001'a'", "20 02 00 01"),
        ("10 0e 0004'MQTT' 05 02 003c 00 0001'a'", "20 03 00 84 00"),
        ("10 0e 0004'MQTT' 06 02 003c 00 0001'a'", "20 03 00 84 00"),
    ];
    for (connect, answer) in refused {
        let mut rig = Rig::default();
        // 3.1.1 MQTT-3.1.4-5: what follows a refused CONNECT is not processed
        rig.open([1]).send(1, &format!("{connect} c0 00"), &[(1, answer), (1, CLOSE)]);
        assert_eq!(rig.broker.counts(), (0, 0, 0));
    }
}
