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
}

/// Ports of MQTT over TCP, which no browser can speak.
const TCP_PORTS: [u16; 2] = [1883, 8883];

/// The causes for an address that did not open, the likely ones first. `secure_page`: the page came over https.
pub fn causes(address: &Address, secure_page: bool) -> Vec<Cause> {
    let mut causes = vec![nothing_listens(address), no_websocket(address), tls(address), path(address)];
    causes.push(Cause {
        likelihood: Likelihood::Possible,
        title: "No mqtt subprotocol.",
        text: "The server has to answer with the subprotocol mqtt. A server that is no MQTT broker, or a proxy in \
               between, may not."
            .to_owned(),
        try_instead: None,
    });
    causes.push(Cause {
        likelihood: Likelihood::RuledOut,
        title: "Mixed content.",
        text: match (secure_page, address.secure) {
            (false, _) => "This page did not come over https, so ws:// and wss:// are both allowed.",
            (true, true) => "The address is wss://, which an https page may open.",
            (true, false) => "The address is on this computer, which an https page may open.",
        }
        .to_owned(),
        try_instead: None,
    });
    causes.sort_by_key(|cause| cause.likelihood);
    causes
}

fn nothing_listens(address: &Address) -> Cause {
    let here = address.is_loopback();
    let text = if here {
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
    let likelihood =
        if TCP_PORTS.contains(&address.port) { Likelihood::Possible } else { Likelihood::Likely };
    Cause { likelihood, title: "Nothing listens there.", text, try_instead: None }
}

fn no_websocket(address: &Address) -> Cause {
    let tcp = TCP_PORTS.contains(&address.port);
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
        likelihood: if tcp { Likelihood::Likely } else { Likelihood::Possible },
        title: "Not a WebSocket listener.",
        text,
        try_instead: tcp.then(|| with(address, address.secure, other, &address.path)),
    }
}

fn tls(address: &Address) -> Cause {
    let (text, try_instead) = if address.secure {
        let text = "The listener may speak no TLS, or its certificate may not be trusted by this browser.";
        (text, with(address, false, address.port, &address.path))
    } else {
        let text = "The listener may want TLS, that is wss://.";
        (text, with(address, true, address.port, &address.path))
    };
    Cause {
        likelihood: Likelihood::Possible,
        title: "TLS on one side only.",
        text: text.to_owned(),
        try_instead: Some(try_instead),
    }
}

fn path(address: &Address) -> Cause {
    let bare = address.path == "/";
    Cause {
        likelihood: Likelihood::Possible,
        title: "Wrong path.",
        text: format!(
            "The path is {}. Mosquitto takes any, EMQX, HiveMQ and VerneMQ listen on /mqtt, RabbitMQ on /ws.",
            address.path
        ),
        try_instead: bare.then(|| with(address, address.secure, address.port, "/mqtt")),
    }
}

fn with(address: &Address, secure: bool, port: u16, path: &str) -> String {
    let scheme = if secure { "wss" } else { "ws" };
    let path = if path == "/" { "" } else { path };
    format!("{scheme}://{}:{port}{path}", address.host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, secure_page: bool) -> Vec<Cause> {
        causes(&Address::parse(text, secure_page).expect("a good address"), secure_page)
    }

    #[test]
    fn the_likely_cause_comes_first_and_what_is_ruled_out_last() {
        let local = of("ws://127.0.0.1:9001", false);
        assert_eq!(local[0].title, "Nothing listens there.");
        assert!(local[0].text.contains("listener 9001"));
        assert!(local.is_sorted_by_key(|it| it.likelihood));
        assert_eq!(local.last().map(|it| it.likelihood), Some(Likelihood::RuledOut));
        let tcp = of("ws://broker.example:1883", false);
        assert_eq!(tcp[0].title, "Not a WebSocket listener.");
        assert_eq!(tcp[0].try_instead.as_deref(), Some("ws://broker.example:9001"));
    }

    #[test]
    fn what_is_worth_trying_is_a_good_address_and_another_one() {
        for text in ["ws://h", "wss://h:8883/mqtt", "ws://127.0.0.1:1883", "wss://[::1]:8084/"] {
            let address = Address::parse(text, false).expect("a good address");
            for other in causes(&address, false).into_iter().filter_map(|it| it.try_instead) {
                let parsed = Address::parse(&other, false).expect(&other);
                assert_ne!(
                    (parsed.secure, parsed.port, parsed.path),
                    (address.secure, address.port, address.path.clone())
                );
            }
        }
    }

    #[test]
    fn mixed_content_is_ruled_out_with_the_reason_that_holds() {
        let reason = |text: &str, secure| of(text, secure).pop().expect("there are causes").text;
        assert!(reason("ws://h", false).contains("did not come over https"));
        assert!(reason("wss://h", true).contains("wss://"));
        assert!(reason("ws://localhost", true).contains("this computer"));
    }
}
