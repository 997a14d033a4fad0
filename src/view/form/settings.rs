//! The broker's settings, as a form and as the text of a mosquitto.conf: the text is what counts, the form reads and
//! writes its lines, so that comments and unknown directives stay.

use crate::broker::{AccessList, BrokerConfig, Conf, ConfError, ConfFault, ConfFiles, DIRECTIVES, User};

/// What is typed into the settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The mosquitto.conf.
    pub text: String,
    /// The password file that it names.
    pub users: String,
    /// The access rules that it names.
    pub access: String,
}

/// How a setting is filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingKind {
    /// On or off.
    Switch,
    /// One of these.
    Choice(&'static [&'static str]),
    /// A line.
    Line,
}

/// Settings by what they are about: directives of mosquitto.conf, each with words.
pub const SETTINGS: &[(&str, &[(&str, &str)])] = &[
    (
        "Who may connect",
        &[
            ("allow_anonymous", "Without user name"),
            ("allow_zero_length_clientid", "Without client id"),
            ("accept_protocol_versions", "Versions: 3, 4, 5"),
            ("auto_id_prefix", "Made-up ids begin with"),
            ("clientid_prefixes", "Client ids begin with"),
            ("use_username_as_clientid", "User name as client id"),
            ("connect_timeout", "Seconds for CONNECT"),
            ("max_connections", "Connections"),
            ("max_sessions", "Sessions"),
            ("max_keepalive", "Keep alive, s"),
            ("session_expiry_limit", "Absent sessions end, s"),
        ],
    ),
    (
        "What it serves",
        &[
            ("max_qos", "Maximum QoS"),
            ("retain_available", "Retained messages"),
            ("wildcard_subscription_available", "Wildcards"),
            ("shared_subscription_available", "Shared subscriptions"),
            ("subscription_identifier_available", "Subscription ids"),
            ("deny_subscribe", "Filters refused"),
            ("upgrade_outgoing_qos", "Subscription’s QoS up"),
            ("check_payload_format", "Payload format checked"),
            ("check_control_characters", "No control characters"),
            ("sys_interval", "$SYS every, s; 0 never"),
        ],
    ),
    (
        "Limits",
        &[
            ("max_inflight_messages", "In flight a client"),
            ("max_queued_messages", "Queued messages"),
            ("max_queued_bytes", "Queued bytes"),
            ("queue_overflow", "When full"),
            ("queue_qos0_messages", "Queue QoS 0"),
            ("max_unreleased_messages", "QoS 2 unreleased"),
            ("max_packet_size", "Packet, bytes"),
            ("message_size_limit", "Payload, bytes; 0 none"),
            ("max_retained_messages", "Retained messages"),
            ("max_retained_bytes", "Retained bytes"),
            ("max_subscriptions", "Subscriptions a client"),
            ("max_topic_levels", "Topic levels"),
            ("max_topic_alias", "Aliases from a client"),
            ("max_topic_alias_broker", "Aliases to a client"),
            ("max_output_packets", "Packets not sent yet"),
        ],
    ),
    (
        "What 5.0 clients are told",
        &[
            ("reason_strings", "Reason strings"),
            ("response_information", "Response information"),
            ("server_reference", "Server reference"),
            ("server_moved", "Moved for good"),
        ],
    ),
];

/// How a setting is filled in.
pub fn setting_kind(directive: &str) -> SettingKind {
    match directive {
        "queue_overflow" => SettingKind::Choice(&["drop_newest", "drop_oldest"]),
        "max_qos" => SettingKind::Choice(&["0", "1", "2"]),
        _ => match usual(directive).as_str() {
            "true" | "false" => SettingKind::Switch,
            _ => SettingKind::Line,
        },
    }
}

/// The default.
fn usual(directive: &str) -> String {
    BrokerConfig::default().values(directive).pop().unwrap_or_default()
}

/// The names that the files have in the text.
const FILES: [&str; 2] = ["password_file", "acl_file"];

impl Settings {
    /// What differs from the defaults.
    pub fn of(config: &BrokerConfig) -> Self {
        let access = config.access.as_ref().map(AccessList::write).unwrap_or_default();
        let mut settings = Self { text: String::new(), users: User::write_all(&config.users), access };
        let usual = BrokerConfig::default();
        for directive in DIRECTIVES {
            let values = config.values(directive);
            if values != usual.values(directive) {
                for value in values {
                    settings.text.extend([directive, " ", &value, "\n"]);
                }
            }
        }
        settings.name_files();
        settings
    }

    /// Reads what is typed.
    ///
    /// # Errors
    /// The first line that cannot be read.
    pub fn parse(&self) -> Result<Conf, ConfError> {
        let rules = self.lines("acl_file").last().map(|(_, value)| value.to_owned());
        let mut read = |name: &str| {
            Some(if rules.as_deref() == Some(name) { self.access.clone() } else { self.users.clone() })
        };
        Conf::parse(&self.text, &mut ConfFiles { read: &mut read, hashes: None })
    }

    fn lines<'a>(&'a self, directive: &'a str) -> impl Iterator<Item = (usize, &'a str)> {
        self.text.lines().enumerate().filter_map(move |(at, line)| {
            let line = line.trim();
            let (word, value) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
            (word == directive).then(|| (at, value.trim()))
        })
    }

    /// What a field of the form shows: the values in the text with commas, or the default.
    pub fn shown(&self, directive: &str) -> String {
        let values: Vec<&str> = self.lines(directive).map(|(_, value)| value).collect();
        match values.as_slice() {
            [] => usual(directive),
            all if directive == "deny_subscribe" => all.join(", "),
            [.., last] => (*last).to_owned(),
        }
    }

    /// Whether the text says something about it.
    pub fn is_set(&self, directive: &str) -> bool {
        self.lines(directive).next().is_some()
    }

    /// Writes a field of the form into the text: in place of its line, or at the end; the default needs no line.
    pub fn set(&mut self, directive: &str, value: &str) {
        let values: Vec<&str> = match directive {
            _ if value == usual(directive) => Vec::new(),
            "deny_subscribe" => value.split(',').map(str::trim).filter(|it| !it.is_empty()).collect(),
            _ => vec![value],
        };
        let old: Vec<usize> = self.lines(directive).map(|(at, _)| at).collect();
        let mut lines: Vec<String> = self.text.lines().map(str::to_owned).collect();
        let place = old.first().copied().unwrap_or(lines.len());
        for at in old.into_iter().rev() {
            lines.remove(at);
        }
        for value in values.into_iter().rev() {
            lines.insert(place, [directive, " ", value].concat());
        }
        self.text = lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect();
    }

    /// Names the files that have something in them, and no others.
    pub fn name_files(&mut self) {
        let filled = [!self.users.trim().is_empty(), !self.access.trim().is_empty()];
        for ((directive, name), filled) in FILES.into_iter().zip(["passwords", "rules"]).zip(filled) {
            if filled != self.is_set(directive) {
                self.set(directive, if filled { name } else { "" });
            }
        }
    }
}

/// An error as a person reads it: `Line 3, max_qos: expects 0, 1 or 2.`
pub fn conf_words(error: &ConfError) -> String {
    let line = error.line.to_string();
    let place = match (error.directive.as_str(), error.fault) {
        ("password_file", ConfFault::FileLine { .. }) => "Users".to_owned(),
        ("acl_file", ConfFault::FileLine { .. }) => "Access rules".to_owned(),
        (directive, _) => ["Line ", &line, ", ", directive].concat(),
    };
    [&place, ": ", &error.fault.to_string(), "."].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_knows_every_setting_once() {
        let mut listed: Vec<&str> = SETTINGS.iter().flat_map(|(_, all)| all.iter().map(|it| it.0)).collect();
        listed.sort_unstable();
        assert_eq!(listed, DIRECTIVES);
    }

    #[test]
    fn form_and_text_say_the_same() {
        let mut settings = Settings::of(&BrokerConfig::default());
        assert_eq!(settings.text, "");
        settings.text = "# mine\nmax_qos 1\nlistener 1883\n".to_owned();
        assert_eq!((settings.shown("max_qos"), settings.shown("sys_interval")), ("1".into(), "0".into()));
        settings.set("sys_interval", "10");
        settings.set("max_qos", "2");
        settings.set("deny_subscribe", "a, b/#");
        assert_eq!(
            settings.text,
            "# mine\nlistener 1883\nsys_interval 10\ndeny_subscribe a\ndeny_subscribe b/#\n"
        );
        assert_eq!(settings.shown("deny_subscribe"), "a, b/#");
        let conf = settings.parse().expect("a configuration");
        assert_eq!((conf.config.sys_interval_secs, conf.ignored[0].line), (10, 2));
        assert_eq!(Settings::of(&conf.config).parse().map(|it| it.config), Ok(conf.config));
    }

    #[test]
    fn files_are_named_while_there_is_something_in_them() {
        let mut settings = Settings::of(&BrokerConfig::default());
        settings.users = "ann:x\n".to_owned();
        settings.access = "user ann\ntopic readwrite a/#\n".to_owned();
        settings.name_files();
        assert_eq!(settings.text, "password_file passwords\nacl_file rules\n");
        let config = settings.parse().expect("a configuration").config;
        assert_eq!((config.users.len(), config.access.as_ref().map(|it| it.rules.len())), (1, Some(1)));
        assert_eq!(Settings::of(&config), settings);
        settings.access = "topic a/#/b".to_owned();
        let error = settings.parse().expect_err("a bad filter");
        assert_eq!(conf_words(&error), "Access rules: line 1 of the file expects a topic filter.");
        settings.text = "max_qos 3".to_owned();
        let error = settings.parse().expect_err("no such QoS");
        assert_eq!(conf_words(&error), "Line 1, max_qos: expects 0, 1 or 2.");
        (settings.users, settings.access) = (String::new(), String::new());
        settings.name_files();
        assert_eq!(settings.text, "max_qos 3");
    }
}
