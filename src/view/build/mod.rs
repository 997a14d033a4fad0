//! A packet as a form: a template to begin with, every field of it to be changed, properties and filters to be added.
//!
//! The form is made from the packet's own bytes, and a change gives other bytes: the two can never disagree. All lengths
//! around a field follow it.

mod checks;
mod fields;
mod template;
mod whole;

pub use checks::{Check, checks};
pub use fields::{
    BuildField, Entry, Refused, addable, build_fields, held, set, with_filter, with_property, without,
};
pub use template::template;
pub use whole::{as_version, switched};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::{Field, PacketType, PropertyId, Version, decode};
    use crate::dissect::dissect;

    #[test]
    fn every_type_of_every_version_has_a_sound_template() {
        for version in Version::ALL {
            for packet in PacketType::ALL {
                let Some(bytes) = template(packet, version) else {
                    assert_eq!((packet, version == Version::V5), (PacketType::Auth, false));
                    continue;
                };
                assert_eq!(
                    decode(&bytes, version).map(|it| it.packet_type()),
                    Ok(packet),
                    "{packet} {version}"
                );
            }
        }
    }

    #[test]
    fn every_field_of_every_template_takes_what_it_holds() {
        for version in Version::ALL {
            for bytes in PacketType::ALL.into_iter().filter_map(|packet| template(packet, version)) {
                let dissection = dissect(&bytes, version);
                for field in build_fields(&dissection) {
                    let text = held(&dissection, &bytes, &field);
                    assert_eq!(
                        set(&dissection, &bytes, &field, &text).as_ref(),
                        Ok(&bytes),
                        "{field:?} {text}"
                    );
                }
            }
        }
    }

    fn change(bytes: &[u8], version: Version, name: &str, text: &str) -> Result<Vec<u8>, Refused> {
        let dissection = dissect(bytes, version);
        let field =
            build_fields(&dissection).into_iter().find(|it| it.name == name).expect("it has such a field");
        set(&dissection, bytes, &field, text)
    }

    #[test]
    fn a_change_gives_other_bytes_whose_lengths_fit() {
        let publish = template(PacketType::Publish, Version::V5).expect("there is one");
        let longer = change(&publish, Version::V5, "topic name", "a/much/longer/topic").expect("it fits");
        assert!(decode(&longer, Version::V5).is_ok());
        assert_eq!(longer[1], publish[1] + 9);
        let retained = change(&publish, Version::V5, "RETAIN", "1").expect("it fits");
        assert_eq!(retained[0], publish[0] | 1);
        let other = change(&publish, Version::V5, "packet identifier", "0x1234").expect("it fits");
        assert!(other.windows(2).any(|it| it == [0x12, 0x34]));
        assert_eq!(change(&publish, Version::V5, "packet identifier", "70000"), Err(Refused::TooLarge(16)));
        assert_eq!(change(&publish, Version::V5, "packet identifier", "x"), Err(Refused::NotNumber));
        assert_eq!(change(&publish, Version::V5, "QoS", "4"), Err(Refused::TooLarge(2)));
        // What the rules forbid can be built too.
        let broken = change(&publish, Version::V5, "QoS", "3").expect("it fits into two bits");
        assert!(decode(&broken, Version::V5).is_err());
    }

    #[test]
    fn properties_and_filters_come_and_go() {
        let mut bytes = template(PacketType::Publish, Version::V5).expect("there is one");
        let plain = bytes.clone();
        for id in addable(&dissect(&bytes, Version::V5), false) {
            bytes = with_property(&dissect(&bytes, Version::V5), &bytes, id);
            assert!(decode(&bytes, Version::V5).is_ok(), "{}", id.name());
        }
        let left = addable(&dissect(&bytes, Version::V5), false);
        assert_eq!(left, [PropertyId::SubscriptionIdentifier, PropertyId::UserProperty]);
        while let Some(at) =
            dissect(&bytes, Version::V5).nodes.iter().position(|it| it.field == Field::Property)
        {
            bytes = without(&dissect(&bytes, Version::V5), &bytes, at);
        }
        assert_eq!(bytes, plain);
        for version in Version::ALL {
            let subscribe = template(PacketType::Subscribe, version).expect("there is one");
            let more = with_filter(&dissect(&subscribe, version), &subscribe).expect("it has filters");
            assert!(decode(&more, version).is_ok());
            assert_eq!(more.len(), subscribe.len() + 4);
            for packet in [PacketType::Subscribe, PacketType::Unsubscribe] {
                let one = template(packet, version).expect("there is one");
                let two = with_filter(&dissect(&one, version), &one).expect("it has filters");
                let dissection = dissect(&two, version);
                let last = build_fields(&dissection).into_iter().filter_map(|it| it.part).max();
                assert_eq!(without(&dissection, &two, last.expect("filters")), one, "{packet} {version}");
            }
        }
        assert_eq!(addable(&dissect(&[0xc0, 0], Version::V5), true), []);
    }
}
