//! mosquitto.conf read into a [`BrokerConfig`], directive by directive.

use super::access::{AccessList, HashCheck, User};
use super::config::{BrokerConfig, QueueOverflow};
use crate::codec::{QoS, Version};

/// What a directive may need besides its line.
pub struct ConfFiles<'a> {
    /// Gives the text of a file that a directive names (`password_file`, `acl_file`), if there is one.
    pub read: &'a mut dyn FnMut(&str) -> Option<String>,
    /// Reads hashed passwords; without it, only plain ones are taken.
    pub hashes: Option<HashCheck>,
}

/// A mosquitto.conf that was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conf {
    /// What it says.
    pub config: BrokerConfig,
    /// Directives of mosquitto that mean nothing to a broker without sockets, files and a log.
    pub ignored: Vec<IgnoredDirective>,
}

impl Conf {
    /// Whether mosquitto would keep sessions and retained messages on its disk: it does not unless it is told to.
    pub fn persists(&self) -> bool {
        let last = self.ignored.iter().rev().find(|it| it.directive == "persistence");
        last.is_some_and(|it| ["true", "1"].contains(&it.value.as_str()))
    }
}

/// A directive of mosquitto that means nothing here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IgnoredDirective {
    /// Its line, counted from 1.
    pub line: usize,
    /// Its name.
    pub directive: String,
    /// The rest of the line.
    pub value: String,
}

/// What cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {directive}: {fault}")]
pub struct ConfError {
    /// The line, counted from 1.
    pub line: usize,
    /// The directive as it stands there.
    pub directive: String,
    /// What is wrong.
    pub fault: ConfFault,
}

/// What is wrong with a directive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfFault {
    /// Neither mosquitto's nor ours.
    #[error("unknown directive")]
    Unknown,
    /// One of mosquitto's that means nothing here.
    #[error("means nothing here")]
    Meaningless,
    /// A value of another kind or outside its bounds.
    #[error("expects {0}")]
    Value(&'static str),
    /// The file is not there.
    #[error("the file cannot be read")]
    File,
    /// A line of the file that cannot be read.
    #[error("line {line} of the file expects {expected}")]
    FileLine {
        /// The line of that file, counted from 1.
        line: usize,
        /// What stands there otherwise.
        expected: &'static str,
    },
}

/// Where a value goes, and comes from.
pub(super) enum Slot<'a> {
    Switch(&'a mut bool),
    Short(&'a mut u16),
    Long(&'a mut u32),
    Count(&'a mut usize),
    /// 0 and -1 are no limit.
    Limit(&'a mut usize),
    Text(&'a mut String),
    Optional(&'a mut Option<String>),
    List(&'a mut Vec<String>),
    Other(Other),
}

pub(super) enum Other {
    Access,
    Passwords,
    Versions,
    MaxQos,
    Overflow,
    Expiration,
}

/// Directives of mosquitto that mean nothing here: they are about sockets, files, processes and logs.
const MEANINGLESS: &[&str] = &[
    "allow_duplicate_messages",
    "auth_opt_",
    "auth_plugin",
    "auth_plugin_deny_special_chars",
    "autosave_interval",
    "autosave_on_changes",
    "bind_address",
    "bind_interface",
    "bridge_",
    "cafile",
    "capath",
    "certfile",
    "check_retain_source",
    "ciphers",
    "ciphers_tls1.3",
    "connection",
    "connection_messages",
    "crlfile",
    "dhparamfile",
    "enable_control_api",
    "enable_proxy_protocol",
    "global_plugin",
    "http_dir",
    "include_dir",
    "keyfile",
    "listener",
    "listener_allow_anonymous",
    "listener_auto_id_prefix",
    "local_",
    "log_dest",
    "log_facility",
    "log_timestamp",
    "log_timestamp_format",
    "log_type",
    "max_inflight_bytes",
    "memory_limit",
    "mount_point",
    "packet_buffer_size",
    "per_listener_settings",
    "persistence",
    "persistence_file",
    "persistence_location",
    "pid_file",
    "plugin",
    "plugin_load",
    "plugin_opt_",
    "plugin_use",
    "port",
    "protocol",
    "psk_file",
    "psk_hint",
    "remote_",
    "require_certificate",
    "retain_expiry_interval",
    "retry_interval",
    "round_robin",
    "set_tcp_nodelay",
    "socket_domain",
    "store_clean_interval",
    "tls_engine",
    "tls_engine_kpass_sha1",
    "tls_keyform",
    "tls_version",
    "topic",
    "use_identity_as_username",
    "use_subject_as_username",
    "user",
    "websockets_headers_size",
    "websockets_log_level",
    "websockets_origin",
    "try_private",
    "start_type",
    "restart_timeout",
    "idle_timeout",
    "threshold",
    "notifications",
    "notifications_local_only",
    "notification_topic",
    "keepalive_interval",
    "cleansession",
    "clientid",
    "username",
    "password",
    "address",
    "addresses",
];

impl Conf {
    /// Reads a mosquitto.conf over the defaults.
    ///
    /// # Errors
    /// The first line that cannot be read.
    pub fn parse(text: &str, files: &mut ConfFiles<'_>) -> Result<Self, ConfError> {
        let mut conf = Self::default();
        for (at, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (directive, value) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
            let (line, value) = (at + 1, value.trim());
            match conf.config.set(directive, value, files) {
                Ok(()) => {}
                Err(ConfFault::Meaningless) => {
                    let (directive, value) = (directive.to_owned(), value.to_owned());
                    conf.ignored.push(IgnoredDirective { line, directive, value });
                }
                Err(fault) => return Err(ConfError { line, directive: directive.to_owned(), fault }),
            }
        }
        Ok(conf)
    }
}

impl BrokerConfig {
    /// Sets one thing, named and written as in mosquitto.conf (our own have the field's name; `_secs` left out).
    ///
    /// # Errors
    /// When there is no such directive, or it does not take this value; nothing has changed then.
    pub fn set(&mut self, directive: &str, value: &str, files: &mut ConfFiles<'_>) -> Result<(), ConfFault> {
        let Some(slot) = self.slot(directive) else {
            let is_it = |name: &str| name == directive || name.ends_with('_') && directive.starts_with(name);
            let known = MEANINGLESS.iter().any(|name| is_it(name));
            return Err(if known { ConfFault::Meaningless } else { ConfFault::Unknown });
        };
        match slot {
            Slot::Switch(slot) => {
                *slot = match value {
                    "true" | "1" => true,
                    "false" | "0" => false,
                    _ => return Err(ConfFault::Value("true or false")),
                }
            }
            Slot::Short(slot) => *slot = number(value, u64::from(u16::MAX))? as u16,
            Slot::Long(slot) => *slot = number(value, u64::from(u32::MAX))? as u32,
            Slot::Count(slot) => *slot = number(value, u64::from(u32::MAX))? as usize,
            Slot::Limit(slot) => {
                *slot = match value {
                    "-1" | "0" => u32::MAX as usize,
                    _ => number(value, u64::from(u32::MAX))? as usize,
                }
            }
            Slot::Text(slot) => value.clone_into(slot),
            Slot::Optional(slot) => *slot = Some(value.to_owned()).filter(|value| !value.is_empty()),
            Slot::List(slot) => slot.push(value.to_owned()),
            Slot::Other(other) => return self.set_other(&other, value, files),
        }
        Ok(())
    }

    pub(super) fn slot(&mut self, directive: &str) -> Option<Slot<'_>> {
        use Slot as S;
        Some(match directive {
            "acl_file" => S::Other(Other::Access),
            "password_file" => S::Other(Other::Passwords),
            "accept_protocol_versions" => S::Other(Other::Versions),
            "max_qos" => S::Other(Other::MaxQos),
            "queue_overflow" => S::Other(Other::Overflow),
            "persistent_client_expiration" => S::Other(Other::Expiration),
            "allow_anonymous" => S::Switch(&mut self.allow_anonymous),
            "allow_zero_length_clientid" => S::Switch(&mut self.allow_zero_length_clientid),
            "auto_id_prefix" => S::Text(&mut self.auto_id_prefix),
            "check_control_characters" => S::Switch(&mut self.check_control_characters),
            "check_payload_format" => S::Switch(&mut self.check_payload_format),
            "clientid_prefixes" => S::Text(&mut self.clientid_prefixes),
            "connect_timeout" => S::Short(&mut self.connect_timeout_secs),
            "deny_subscribe" => S::List(&mut self.deny_subscribe),
            "max_connections" | "global_max_connections" => S::Limit(&mut self.max_connections),
            "max_inflight_messages" => S::Short(&mut self.max_inflight_messages),
            "max_keepalive" => S::Short(&mut self.max_keepalive),
            "max_output_packets" => S::Count(&mut self.max_output_packets),
            "max_packet_size" => S::Limit(&mut self.max_packet_size),
            "max_queued_bytes" => S::Count(&mut self.max_queued_bytes),
            "max_queued_messages" => S::Count(&mut self.max_queued_messages),
            "max_retained_bytes" => S::Limit(&mut self.max_retained_bytes),
            "max_retained_messages" => S::Limit(&mut self.max_retained_messages),
            "max_sessions" | "global_max_clients" => S::Limit(&mut self.max_sessions),
            "max_subscriptions" => S::Limit(&mut self.max_subscriptions),
            "max_topic_alias" => S::Short(&mut self.max_topic_alias),
            "max_topic_alias_broker" => S::Short(&mut self.max_topic_alias_broker),
            "max_topic_levels" => S::Limit(&mut self.max_topic_levels),
            "max_unreleased_messages" => S::Short(&mut self.max_unreleased_messages),
            "message_size_limit" => S::Count(&mut self.message_size_limit),
            "queue_qos0_messages" => S::Switch(&mut self.queue_qos0_messages),
            "reason_strings" => S::Switch(&mut self.reason_strings),
            "response_information" => S::Optional(&mut self.response_information),
            "retain_available" => S::Switch(&mut self.retain_available),
            "server_reference" => S::Optional(&mut self.server_reference),
            "server_moved" => S::Switch(&mut self.server_moved),
            "shared_subscription_available" => S::Switch(&mut self.shared_subscription_available),
            "subscription_identifier_available" => S::Switch(&mut self.subscription_identifier_available),
            "sys_interval" => S::Short(&mut self.sys_interval_secs),
            "upgrade_outgoing_qos" => S::Switch(&mut self.upgrade_outgoing_qos),
            "use_username_as_clientid" => S::Switch(&mut self.use_username_as_clientid),
            "wildcard_subscription_available" => S::Switch(&mut self.wildcard_subscription_available),
            "session_expiry_limit" => S::Long(&mut self.persistent_client_expiration_secs),
            _ => return None,
        })
    }

    fn set_other(&mut self, other: &Other, value: &str, files: &mut ConfFiles<'_>) -> Result<(), ConfFault> {
        match other {
            Other::Access => {
                let text = (files.read)(value).ok_or(ConfFault::File)?;
                self.access = Some(AccessList::parse(&text)?);
            }
            Other::Passwords => {
                let text = (files.read)(value).ok_or(ConfFault::File)?;
                self.users = User::parse_all(&text, files.hashes)?;
            }
            Other::Versions => {
                let mut served = [false; 3];
                for level in value.split(',') {
                    let version = level.trim().parse().ok().and_then(Version::from_level);
                    let Some(version) = version else {
                        return Err(ConfFault::Value("3, 4 and 5, with commas"));
                    };
                    served[version as usize] = true;
                }
                self.accept_protocol_versions = served;
            }
            Other::MaxQos => {
                let level = number(value, 2).map_err(|_| ConfFault::Value("0, 1 or 2"))?;
                self.max_qos = QoS::from_bits(level as u8).unwrap_or_default();
            }
            Other::Overflow => {
                self.queue_overflow = match value {
                    "drop_newest" => QueueOverflow::DropNewest,
                    "drop_oldest" => QueueOverflow::DropOldest,
                    _ => return Err(ConfFault::Value("drop_newest or drop_oldest")),
                }
            }
            Other::Expiration => self.persistent_client_expiration_secs = span(value)?,
        }
        Ok(())
    }
}

fn number(value: &str, most: u64) -> Result<u64, ConfFault> {
    let number = value.parse().ok().filter(|number| *number <= most);
    number.ok_or(match most {
        0xffff => ConfFault::Value("a whole number from 0 to 65535"),
        _ => ConfFault::Value("a whole number from 0 to 4294967295"),
    })
}

/// `14d`: a number of hours, days, weeks, months (of 30 days) or years, in seconds.
fn span(value: &str) -> Result<u32, ConfFault> {
    const HOUR: u64 = 3_600;
    let (count, unit) = value.split_at(value.len().saturating_sub(1));
    let secs = match unit {
        "h" => HOUR,
        "d" => 24 * HOUR,
        "w" => 7 * 24 * HOUR,
        "m" => 30 * 24 * HOUR,
        "y" => 365 * 24 * HOUR,
        _ => 0,
    };
    let total = count.parse::<u64>().ok().and_then(|count| u32::try_from(count.checked_mul(secs)?).ok());
    total.filter(|total| *total > 0).ok_or(ConfFault::Value("a number with h, d, w, m or y, such as 14d"))
}

#[cfg(test)]
mod tests {
    use super::super::access::{Access, AccessWho, Secret};
    use super::*;

    fn parse(text: &str) -> Result<Conf, ConfError> {
        let mut read = |name: &str| {
            match name {
            "acl" => Some("topic read $SYS/#\nuser ann\ntopic home/#\ntopic deny home/safe\nclient lamp\ntopic write x y\npattern read u/%u\n".to_owned()),
            "passwords" => Some("# ours\nann:a:b\nbob:\n".to_owned()),
            "hashed" => Some("ann:$7$101$x$y".to_owned()),
            "broken" => Some("topic a/#/b".to_owned()),
            _ => None,
        }
        };
        Conf::parse(text, &mut ConfFiles { read: &mut read, hashes: None })
    }

    fn error(text: &str) -> String {
        parse(text).unwrap_err().to_string()
    }

    #[test]
    fn every_kind_of_value_is_read() {
        let conf = parse(
            "# comment\n\n  max_inflight_messages  1 \nretain_available false\nmax_keepalive 60\nmax_connections -1\n\
             max_qos 1\naccept_protocol_versions 3, 5\npersistent_client_expiration 2d\nauto_id_prefix x-\n\
             response_information r/%c\ndeny_subscribe a b\ndeny_subscribe c\nqueue_overflow drop_oldest\n\
             acl_file acl\npassword_file passwords\nsys_interval 10",
        )
        .unwrap();
        let config = conf.config;
        assert_eq!(
            (config.max_inflight_messages, config.retain_available, config.max_keepalive),
            (1, false, 60)
        );
        assert_eq!((config.max_connections, config.max_qos), (u32::MAX as usize, QoS::AtLeastOnce));
        assert_eq!(config.accept_protocol_versions, [true, false, true]);
        assert_eq!((config.persistent_client_expiration_secs, config.sys_interval_secs), (172_800, 10));
        assert_eq!((config.auto_id_prefix, config.response_information), ("x-".into(), Some("r/%c".into())));
        assert_eq!(
            (config.deny_subscribe, config.queue_overflow),
            (vec!["a b".to_owned(), "c".to_owned()], QueueOverflow::DropOldest)
        );
        let rules = config.access.unwrap().rules;
        let told: Vec<_> = rules.iter().map(|rule| (rule.access, &*rule.filter)).collect();
        use Access as A;
        assert_eq!(
            told,
            [
                (A::Read, "$SYS/#"),
                (A::ReadWrite, "home/#"),
                (A::Deny, "home/safe"),
                (A::Write, "x y"),
                (A::Read, "u/%u")
            ]
        );
        assert_eq!(
            (&rules[1].who, &rules[3].who),
            (&AccessWho::User("ann".into()), &AccessWho::Client("lamp".into()))
        );
        assert_eq!(config.users[0], User { name: "ann".into(), password: Secret::Plain(b"a:b".to_vec()) });
        assert!(conf.ignored.is_empty());
    }

    #[test]
    fn persistence_is_a_switch_as_the_others_and_the_last_one_counts() {
        for (text, persists) in [
            ("", false),
            ("persistence true", true),
            ("persistence 1", true),
            ("persistence 0", false),
            ("persistence true\npersistence false", false),
        ] {
            let mut none = |_: &str| None;
            let conf = Conf::parse(text, &mut ConfFiles { read: &mut none, hashes: None });
            assert_eq!(conf.map(|conf| conf.persists()), Ok(persists), "{text}");
        }
    }

    #[test]
    fn what_means_nothing_here_is_named() {
        let conf = parse("listener 1883\nlog_type all\nbridge_insecure true\n").unwrap();
        let named: Vec<_> = conf.ignored.iter().map(|it| (it.line, &*it.directive, &*it.value)).collect();
        assert_eq!(named, [(1, "listener", "1883"), (2, "log_type", "all"), (3, "bridge_insecure", "true")]);
        assert_eq!(conf.config, BrokerConfig::default());
    }

    #[test]
    fn what_cannot_be_read_is_told_with_its_line() {
        assert_eq!(error("\nmax_qos 3"), "line 2: max_qos: expects 0, 1 or 2");
        assert_eq!(
            error("max_keepalive 65536"),
            "line 1: max_keepalive: expects a whole number from 0 to 65535"
        );
        assert_eq!(error("retain_available maybe"), "line 1: retain_available: expects true or false");
        assert_eq!(error("retain_avaliable true"), "line 1: retain_avaliable: unknown directive");
        assert_eq!(error("acl_file nowhere"), "line 1: acl_file: the file cannot be read");
        assert_eq!(error("acl_file broken"), "line 1: acl_file: line 1 of the file expects a topic filter");
        assert_eq!(
            error("password_file hashed"),
            "line 1: password_file: line 1 of the file expects a password that is not hashed"
        );
        assert_eq!(
            error("persistent_client_expiration 0d"),
            "line 1: persistent_client_expiration: expects a number with h, d, w, m or y, such as 14d"
        );
        assert_eq!(
            error("accept_protocol_versions 6"),
            "line 1: accept_protocol_versions: expects 3, 4 and 5, with commas"
        );
    }
}
