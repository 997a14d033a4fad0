//! Settings as the text of a mosquitto.conf and of the files that it names.

use super::access::{Access, AccessList, AccessWho, Secret, User};
use super::conf::Slot;
use super::config::{BrokerConfig, QueueOverflow};
use crate::codec::Version;

/// Directives that a settings form and a written mosquitto.conf have: each setting under one name, files apart.
pub const DIRECTIVES: &[&str] = &[
    "accept_protocol_versions",
    "allow_anonymous",
    "allow_zero_length_clientid",
    "auto_id_prefix",
    "check_control_characters",
    "check_payload_format",
    "clientid_prefixes",
    "connect_timeout",
    "deny_subscribe",
    "max_connections",
    "max_inflight_messages",
    "max_keepalive",
    "max_output_packets",
    "max_packet_size",
    "max_qos",
    "max_queued_bytes",
    "max_queued_messages",
    "max_retained_bytes",
    "max_retained_messages",
    "max_sessions",
    "max_subscriptions",
    "max_topic_alias",
    "max_topic_alias_broker",
    "max_topic_levels",
    "max_unreleased_messages",
    "message_size_limit",
    "queue_overflow",
    "queue_qos0_messages",
    "reason_strings",
    "response_information",
    "retain_available",
    "server_moved",
    "server_reference",
    "session_expiry_limit",
    "shared_subscription_available",
    "subscription_identifier_available",
    "sys_interval",
    "upgrade_outgoing_qos",
    "use_username_as_clientid",
    "wildcard_subscription_available",
];

impl BrokerConfig {
    /// What a mosquitto.conf would say for this directive; for one that may stand several times, each value. Empty for
    /// unknown ones and for those that name files.
    pub fn values(&self, directive: &str) -> Vec<String> {
        use Slot as S;
        let mut copy = self.clone();
        let Some(slot) = copy.slot(directive) else { return Vec::new() };
        let one = match slot {
            S::Switch(it) => if *it { "true" } else { "false" }.to_owned(),
            S::Short(it) => it.to_string(),
            S::Long(it) => it.to_string(),
            S::Count(it) => it.to_string(),
            S::Limit(it) if *it >= u32::MAX as usize => "-1".to_owned(),
            S::Limit(it) => it.to_string(),
            S::Text(it) => it.clone(),
            S::Optional(it) => it.clone().unwrap_or_default(),
            S::List(it) => return it.clone(),
            S::Other(_) => match directive {
                "accept_protocol_versions" => {
                    let served = Version::ALL.into_iter().filter(|version| self.serves(*version));
                    served.map(|version| version.level().to_string()).collect::<Vec<_>>().join(",")
                }
                "max_qos" => self.max_qos.to_string(),
                "queue_overflow" => match self.queue_overflow {
                    QueueOverflow::DropNewest => "drop_newest",
                    QueueOverflow::DropOldest => "drop_oldest",
                }
                .to_owned(),
                _ => return Vec::new(),
            },
        };
        vec![one]
    }
}

impl User {
    /// Writes a `password_file`.
    pub fn write_all(users: &[Self]) -> String {
        let mut out = String::new();
        for user in users {
            let password = match &user.password {
                Secret::Plain(bytes) => String::from_utf8_lossy(bytes),
                Secret::Hashed(hash, _) => hash.into(),
            };
            out.extend([&*user.name, ":", &password, "\n"]);
        }
        out
    }
}

impl AccessList {
    /// Writes an `acl_file`: what concerns everybody and clients without a user name, then what concerns each user
    /// and client.
    pub fn write(&self) -> String {
        let mut out = String::new();
        let mut written = AccessWho::Anonymous;
        let general = |who: &AccessWho| matches!(who, AccessWho::Anonymous | AccessWho::Pattern);
        let (first, then) = (self.rules.iter().filter(|it| general(&it.who)), self.rules.iter());
        for rule in first.chain(then.filter(|it| !general(&it.who))) {
            if !general(&rule.who) && rule.who != written {
                match &rule.who {
                    AccessWho::User(name) => out.extend(["user ", name, "\n"]),
                    AccessWho::Client(id) => out.extend(["client ", id, "\n"]),
                    AccessWho::Anonymous | AccessWho::Pattern => {}
                }
                written = rule.who.clone();
            }
            let word = if rule.who == AccessWho::Pattern { "pattern " } else { "topic " };
            let access = match rule.access {
                Access::Read => "read ",
                Access::Write => "write ",
                Access::ReadWrite => "readwrite ",
                Access::Deny => "deny ",
            };
            out.extend([word, access, &rule.filter, "\n"]);
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::super::conf::{Conf, ConfFiles};
    use super::*;

    #[test]
    fn what_is_written_reads_the_same() {
        let given = "accept_protocol_versions 3,5\nmax_qos 1\nqueue_overflow drop_oldest\nmax_sessions 7\n\
                     max_retained_bytes -1\ndeny_subscribe a b\ndeny_subscribe c\nresponse_information r/%c\n\
                     session_expiry_limit 9\nsys_interval 10\nretain_available false\nauto_id_prefix x-\n";
        let mut none = |_: &str| None;
        let read = |text: &str, none: &mut dyn FnMut(&str) -> Option<String>| {
            Conf::parse(text, &mut ConfFiles { read: none, hashes: None }).map(|conf| conf.config)
        };
        let config = read(given, &mut none).expect("a configuration");
        let mut written = String::new();
        for directive in DIRECTIVES {
            for value in config.values(directive).iter().filter(|value| !value.is_empty()) {
                written.extend([directive, " ", value, "\n"]);
            }
        }
        assert_eq!(read(&written, &mut none), Ok(config));
        let all: Vec<_> =
            DIRECTIVES.iter().filter(|it| BrokerConfig::default().values(it).is_empty()).collect();
        assert_eq!(all, [&"deny_subscribe"], "each has a value");
    }

    #[test]
    fn files_are_written_as_they_are_read() {
        let rules = "topic read $SYS/#\npattern readwrite u/%u\nuser ann\ntopic readwrite home/#\ntopic deny home/safe\nclient lamp\ntopic write x y\n";
        let list = AccessList::parse(rules).expect("rules");
        assert_eq!(list.write(), rules);
        let users = User::parse_all("ann:a:b\nbob:\n", None).expect("users");
        assert_eq!(User::write_all(&users), "ann:a:b\nbob:\n");
    }
}
