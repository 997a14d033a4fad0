//! The address of a broker's WebSocket listener, checked before the browser sees it.

/// A WebSocket address that a browser may open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// As it goes to the browser.
    pub url: String,
    /// TLS: `wss`.
    pub secure: bool,
    /// Host name or literal address, as typed.
    pub host: String,
    /// The port: as typed, else 80 or 443.
    pub port: u16,
    /// Path and query, beginning with a slash.
    pub path: String,
}

/// What is wrong with an address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Nothing was typed.
    #[error("Type the address of a WebSocket listener, such as ws://127.0.0.1:9001.")]
    Empty,
    /// No `ws://` or `wss://` before it.
    #[error("A WebSocket address begins with ws:// or wss://. Perhaps {suggestion}.")]
    NoScheme {
        /// The address with a scheme.
        suggestion: String,
    },
    /// MQTT's own scheme, or another that no WebSocket has.
    #[error(
        "{scheme}:// is not a WebSocket address; a browser opens ws:// and wss:// only. Perhaps {suggestion}."
    )]
    WrongScheme {
        /// What stands before `://`.
        scheme: String,
        /// The address with a scheme that fits.
        suggestion: String,
    },
    /// No host.
    #[error("There is no host name behind the scheme.")]
    NoHost,
    /// White space or another character that no address has.
    #[error("{found:?} cannot stand in an address.")]
    Character {
        /// The character.
        found: char,
    },
    /// The port is not a number from 1 to 65535.
    #[error("The port {port:?} is not a number from 1 to 65535.")]
    Port {
        /// What stands there.
        port: String,
    },
    /// User name or password in the address.
    #[error(
        "User name and password do not belong into the address: MQTT sends them in CONNECT. Use their fields."
    )]
    Credentials,
    /// A fragment, which WebSocket addresses do not have.
    #[error("A WebSocket address has no # part.")]
    Fragment,
    /// An https page may not open ws:// to another host.
    #[error(
        "This page came over https, so the browser blocks ws:// to other hosts (mixed content). Use wss://, or open the page over http."
    )]
    MixedContent,
}

impl Address {
    /// Reads an address. `secure_page` says that the page itself came over https.
    ///
    /// # Errors
    /// The first thing that keeps a browser from opening it.
    pub fn parse(text: &str, secure_page: bool) -> Result<Self, AddressError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(AddressError::Empty);
        }
        if let Some(found) =
            text.chars().find(|c| c.is_whitespace() || c.is_control() || "<>\"\\^`{|}".contains(*c))
        {
            return Err(AddressError::Character { found });
        }
        let Some((scheme, rest)) = text.split_once("://") else {
            return Err(AddressError::NoScheme { suggestion: format!("ws://{text}") });
        };
        let secure = match scheme.to_ascii_lowercase().as_str() {
            "ws" => false,
            "wss" => true,
            other => {
                let tls = matches!(other, "https" | "mqtts" | "ssl" | "tls");
                let suggestion = format!("{}://{rest}", if tls { "wss" } else { "ws" });
                return Err(AddressError::WrongScheme { scheme: scheme.to_owned(), suggestion });
            }
        };
        if rest.contains('#') {
            return Err(AddressError::Fragment);
        }
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        if authority.contains('@') {
            return Err(AddressError::Credentials);
        }
        let (host, port) = split_port(authority)?;
        if host.is_empty() {
            return Err(AddressError::NoHost);
        }
        let port = port.unwrap_or(if secure { 443 } else { 80 });
        if secure_page && !secure && !is_loopback(host) {
            return Err(AddressError::MixedContent);
        }
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        Ok(Self { url: text.to_owned(), secure, host: host.to_owned(), port, path })
    }

    /// Whether it is this computer.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.host)
    }

    /// Whether it is this computer or one of the local network, as far as the name tells.
    pub fn is_local(&self) -> bool {
        let parts: Vec<&str> = self.host.split('.').collect();
        self.is_loopback()
            || self.host.to_ascii_lowercase().ends_with(".local")
            || match parts[..] {
                ["10", _, _, _] | ["192", "168", _, _] | ["169", "254", _, _] => true,
                ["172", second, _, _] => second.parse().is_ok_and(|it: u8| (16..32).contains(&it)),
                _ => ["[fd", "[fc", "[fe80"].iter().any(|it| self.host.to_ascii_lowercase().starts_with(it)),
            }
    }

    /// `127.0.0.1:9001`: what the broker's lifeline is called.
    pub fn authority(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }
}

fn split_port(authority: &str) -> Result<(&str, Option<u16>), AddressError> {
    // A literal IPv6 address has colons of its own, inside brackets.
    let name_end = authority.rfind(']').map_or(0, |at| at + 1);
    let Some(colon) = authority[name_end..].find(':').map(|at| at + name_end) else {
        return Ok((authority, None));
    };
    let (host, port) = (&authority[..colon], &authority[colon + 1..]);
    match port.parse() {
        Ok(number @ 1..) if port.bytes().all(|it| it.is_ascii_digit()) => Ok((host, Some(number))),
        _ => Err(AddressError::Port { port: port.to_owned() }),
    }
}

/// Hosts that browsers take for this computer and open from https pages, too.
fn is_loopback(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    host == "localhost" || host.ends_with(".localhost") || host.starts_with("127.") || host == "[::1]"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_apart() {
        let told = |text: &str| {
            Address::parse(text, false)
                .map(|it| (it.secure, it.host.clone(), it.port, it.path.clone(), it.is_loopback()))
        };
        let cases = [
            ("ws://127.0.0.1:9001", (false, "127.0.0.1", 9001, "/", true)),
            (" WSS://broker.example/mqtt?x=1 ", (true, "broker.example", 443, "/mqtt?x=1", false)),
            ("ws://[::1]:8083/mqtt", (false, "[::1]", 8083, "/mqtt", true)),
            ("ws://[::1]", (false, "[::1]", 80, "/", true)),
            ("ws://a.localhost?x", (false, "a.localhost", 80, "/?x", true)),
        ];
        for (text, (secure, host, port, path, loopback)) in cases {
            assert_eq!(told(text), Ok((secure, host.into(), port, path.into(), loopback)), "{text}");
        }
    }

    #[test]
    fn each_mistake_has_its_own_answer() {
        use AddressError as E;
        let port = |port: &str| E::Port { port: port.into() };
        let cases = [
            ("  ", E::Empty),
            ("127.0.0.1:9001", E::NoScheme { suggestion: "ws://127.0.0.1:9001".into() }),
            ("mqtt://h:1883", E::WrongScheme { scheme: "mqtt".into(), suggestion: "ws://h:1883".into() }),
            ("HTTPS://h/mqtt", E::WrongScheme { scheme: "HTTPS".into(), suggestion: "wss://h/mqtt".into() }),
            ("ws://", E::NoHost),
            ("ws://:9001", E::NoHost),
            ("ws:///path", E::NoHost),
            ("ws://a b", E::Character { found: ' ' }),
            ("ws://h:0", port("0")),
            ("ws://h:65536", port("65536")),
            ("ws://h:+80", port("+80")),
            ("ws://h:", port("")),
            ("ws://h:90x", port("90x")),
            ("ws://me:secret@h", E::Credentials),
            ("ws://h/#x", E::Fragment),
        ];
        for (text, error) in cases {
            assert_eq!(Address::parse(text, false), Err(error), "{text}");
        }
    }

    #[test]
    fn an_https_page_opens_ws_to_this_computer_only() {
        assert_eq!(Address::parse("ws://broker.example", true), Err(AddressError::MixedContent));
        assert!(Address::parse("ws://127.0.0.1:9001", true).is_ok());
        assert!(Address::parse("ws://localhost:9001", true).is_ok());
        assert!(Address::parse("wss://broker.example", true).is_ok());
        assert!(Address::parse("ws://broker.example", false).is_ok());
    }
}
