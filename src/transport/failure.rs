//! Why a WebSocket may not have opened. A browser does not tell a page: DNS, TCP, TLS and the upgrade all end in
//! close code 1006. What can be said are the likely causes, in their order, and which are ruled out.

use super::Address;

/// How likely a cause is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Likelihood {
    /// The first one to look at.
    Likely,
    /// It can be.
    Possible,
    /// It cannot be, and why not.
    RuledOut,
}

/// A cause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// How likely.
    pub likelihood: Likelihood,
    /// A few words.
    pub title: &'static str,
    /// What it means and what to look at.
    pub text: String,
    /// An address worth trying instead.
    pub try_instead: Option<String>,
    /// A web address that tells more when it is opened in a tab of its own.
    pub look_at: Option<String>,
}

/// Where the page itself came from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// It came over https.
    pub secure: bool,
    /// It came from this computer.
    pub local: bool,
}

/// Ports of MQTT over TCP, which no browser can speak.
const TCP_PORTS: [u16; 2] = [1883, 8883];
/// Ports on which brokers usually have WebSockets with TLS, and without.
const SECURE_PORTS: [u16; 5] = [443, 8081, 8084, 8443, 8884];
const PLAIN_PORTS: [u16; 6] = [80, 8000, 8080, 8083, 9001, 15675];
/// Ports on which brokers usually want a path.
const PATH_PORTS: [u16; 5] = [8000, 8083, 8084, 8884, 15675];

/// The causes for an address that did not open, the likely ones first.
pub fn causes(address: &Address, page: Origin) -> Vec<Cause> {
    let mut causes =
        vec![nothing_listens(address), no_websocket(address), tls(address), path(address), subprotocol()];
    causes.extend(certificate(address));
    causes.extend(permission(address, page));
    causes.push(mixed_content(address, page));
    causes.sort_by_key(|cause| cause.likelihood);
    causes
}

fn cause(likelihood: Likelihood, title: &'static str, text: impl Into<String>) -> Cause {
    Cause { likelihood, title, text: text.into(), try_instead: None, look_at: None }
}

/// A hint in the address makes a cause likely.
fn likely(hint: bool) -> Likelihood {
    if hint { Likelihood::Likely } else { Likelihood::Possible }
}

fn speaks_tcp(address: &Address) -> bool {
    TCP_PORTS.contains(&address.port)
}

fn wants_other_tls(address: &Address) -> bool {
    if address.secure { PLAIN_PORTS.contains(&address.port) } else { SECURE_PORTS.contains(&address.port) }
}

fn wants_path(address: &Address) -> bool {
    address.path == "/" && PATH_PORTS.contains(&address.port)
}

fn nothing_listens(address: &Address) -> Cause {
    let text = if address.is_loopback() {
        format!(
            "No program on this computer takes connections on port {}. Mosquitto needs the lines “listener {}” and \
             “protocol websockets” in its configuration, and has to be running.",
            address.port, address.port
        )
    } else {
        format!(
            "The name {} may be wrong, the broker down, or a firewall in the way of port {}.",
            address.host, address.port
        )
    };
    let hinted =
        speaks_tcp(address) || !address.is_loopback() && (wants_other_tls(address) || wants_path(address));
    cause(likely(!hinted), "Nothing listens there.", text)
}

fn no_websocket(address: &Address) -> Cause {
    let tcp = speaks_tcp(address);
    let text = if tcp {
        format!(
            "Port {} is the usual one for MQTT over TCP. A browser cannot speak that; the broker needs a WebSocket \
             listener, often on 9001, 8083 or 8084.",
            address.port
        )
    } else {
        "A listener for plain MQTT or another protocol does not answer a WebSocket's opening.".to_owned()
    };
    let other = if address.secure { 8084 } else { 9001 };
    Cause {
        try_instead: tcp.then(|| with(address, address.secure, other, &address.path)),
        ..cause(likely(tcp), "Not a WebSocket listener.", text)
    }
}

fn tls(address: &Address) -> Cause {
    let port = address.port;
    let (text, try_instead) = match (address.secure, wants_other_tls(address)) {
        (true, false) => ("The listener may speak no TLS.".to_owned(), false),
        (true, true) => (format!("Brokers usually speak no TLS on {port}."), false),
        (false, false) => ("The listener may want TLS, that is wss://.".to_owned(), true),
        (false, true) => (format!("Brokers usually want TLS on {port}, that is wss://."), true),
    };
    Cause {
        try_instead: Some(with(address, try_instead, port, &address.path)),
        ..cause(likely(wants_other_tls(address)), "TLS on one side only.", text)
    }
}

fn path(address: &Address) -> Cause {
    let text = format!(
        "The path is {}. Mosquitto takes any, EMQX, HiveMQ and VerneMQ listen on /mqtt, RabbitMQ on /ws.",
        address.path
    );
    let other = if address.port == 15675 { "/ws" } else { "/mqtt" };
    Cause {
        try_instead: (address.path == "/").then(|| with(address, address.secure, address.port, other)),
        ..cause(likely(wants_path(address)), "Wrong path.", text)
    }
}

fn subprotocol() -> Cause {
    let text = "The server has to answer with the subprotocol mqtt. A server that is no MQTT broker, a very old one \
                (mqttv3.1), or a proxy in between, may not.";
    cause(Likelihood::Possible, "No mqtt subprotocol.", text)
}

/// A browser asks nobody about a WebSocket's certificate; about a page's it does.
fn certificate(address: &Address) -> Option<Cause> {
    let text = "A certificate that the broker signed itself, or that is for another name or over, is not taken, and \
                a page is not told so. Opened as a page, the browser says what is wrong and may let you accept it.";
    address.secure.then(|| Cause {
        look_at: Some(format!("https://{}:{}/", address.host, address.port)),
        ..cause(Likelihood::Possible, "Certificate not trusted.", text)
    })
}

/// Browsers begin to ask before a page from elsewhere opens something in the local network.
fn permission(address: &Address, page: Origin) -> Option<Cause> {
    if !address.is_local() {
        return None;
    }
    let title = "No permission for the local network.";
    Some(if page.local {
        cause(Likelihood::RuledOut, title, "The page came from this computer, which needs none.")
    } else {
        let text = "Chromium asks before a page opens an address of this computer or the local network. Was that \
                    refused? Beside the page's address it can be allowed.";
        cause(Likelihood::Possible, title, text)
    })
}

fn mixed_content(address: &Address, page: Origin) -> Cause {
    let text = match (page.secure, address.secure) {
        (false, _) => "This page did not come over https, so ws:// and wss:// are both allowed.",
        (true, true) => "The address is wss://, which an https page may open.",
        (true, false) => "The address is on this computer, which an https page may open.",
    };
    cause(Likelihood::RuledOut, "Mixed content.", text)
}

fn with(address: &Address, secure: bool, port: u16, path: &str) -> String {
    let scheme = if secure { "wss" } else { "ws" };
    let path = if path == "/" { "" } else { path };
    format!("{scheme}://{}:{port}{path}", address.host)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Origin = Origin { secure: false, local: true };
    const HOSTED: Origin = Origin { secure: true, local: false };

    fn of(text: &str, page: Origin) -> Vec<Cause> {
        causes(&Address::parse(text, page.secure).expect("a good address"), page)
    }

    fn titles(text: &str, page: Origin, likelihood: Likelihood) -> Vec<&'static str> {
        of(text, page).iter().filter(|it| it.likelihood == likelihood).map(|it| it.title).collect()
    }

    #[test]
    fn the_likely_cause_comes_first_and_what_is_ruled_out_last() {
        let local = of("ws://127.0.0.1:9001", HERE);
        assert_eq!(local[0].title, "Nothing listens there.");
        assert!(local[0].text.contains("listener 9001"));
        assert!(local.is_sorted_by_key(|it| it.likelihood));
        assert_eq!(local.last().map(|it| it.likelihood), Some(Likelihood::RuledOut));
    }

    #[test]
    fn the_address_tells_which_cause_is_likely() {
        let likely = |text| titles(text, HERE, Likelihood::Likely);
        assert_eq!(likely("ws://h:1883"), ["Not a WebSocket listener."]);
        assert_eq!(likely("wss://h:8883"), ["Not a WebSocket listener."]);
        assert_eq!(likely("ws://h:8884/mqtt"), ["TLS on one side only."]);
        assert_eq!(likely("wss://h:9001"), ["TLS on one side only."]);
        assert_eq!(likely("wss://h:8084"), ["Wrong path."]);
        assert_eq!(likely("ws://h:8083/mqtt"), ["Nothing listens there."]);
        assert_eq!(likely("ws://127.0.0.1:8083"), ["Nothing listens there.", "Wrong path."]);
        assert_eq!(of("ws://h:1883", HERE)[0].try_instead.as_deref(), Some("ws://h:9001"));
        let path = of("ws://h:15675", HERE).into_iter().find(|it| it.title == "Wrong path.");
        assert_eq!(path.and_then(|it| it.try_instead).as_deref(), Some("ws://h:15675/ws"));
    }

    #[test]
    fn what_is_worth_trying_is_a_good_address_and_another_one() {
        for text in ["ws://h", "wss://h:8883/mqtt", "ws://127.0.0.1:1883", "wss://[::1]:8084/"] {
            let address = Address::parse(text, false).expect("a good address");
            for other in causes(&address, HERE).into_iter().filter_map(|it| it.try_instead) {
                let parsed = Address::parse(&other, false).expect(&other);
                assert_ne!(
                    (parsed.secure, parsed.port, parsed.path),
                    (address.secure, address.port, address.path.clone())
                );
            }
        }
    }

    #[test]
    fn a_certificate_is_looked_at_as_a_page() {
        let told = |text| of(text, HERE).into_iter().find_map(|it| it.look_at);
        assert_eq!(told("wss://broker.example:8084/mqtt").as_deref(), Some("https://broker.example:8084/"));
        assert_eq!(told("ws://broker.example:8083"), None);
    }

    #[test]
    fn permission_is_asked_for_by_pages_from_elsewhere_only() {
        const TITLE: &str = "No permission for the local network.";
        for address in ["ws://localhost:9001", "wss://192.168.1.9:8084", "wss://172.20.0.3", "wss://pi.local"]
        {
            assert!(titles(address, HOSTED, Likelihood::Possible).contains(&TITLE), "{address}");
            assert!(titles(address, HERE, Likelihood::RuledOut).contains(&TITLE), "{address}");
        }
        assert!(of("wss://172.32.0.3", HOSTED).iter().all(|it| it.title != TITLE));
    }

    #[test]
    fn mixed_content_is_ruled_out_with_the_reason_that_holds() {
        let reason = |text: &str, page| of(text, page).pop().expect("there are causes").text;
        assert!(reason("ws://h", HERE).contains("did not come over https"));
        assert!(reason("wss://h", HOSTED).contains("wss://"));
        assert!(reason("ws://localhost", HOSTED).contains("this computer"));
    }
}
