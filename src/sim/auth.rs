//! Who proves a password by SCRAM-SHA-256 in a scenario: a client whose CONNECT names that method, to a broker that
//! knows its users' passwords as they are.
//!
//! Nothing is secret in a tab, and the same run has to give the same bytes: nonces and salts come from names.

use std::sync::Arc;

use crate::broker::{self, BrokerConfig, Secret};
use crate::client::{self, Client};
use crate::codec::{PropertyId, Version};

const SEED: &[u8] = b"MQTT Playground";

/// Before it connects: with the method in its properties, a client proves its password in place of sending it.
pub(super) fn equip(client: &mut Client) {
    let config = client.config();
    let method = config.properties.as_properties().text(PropertyId::AuthenticationMethod);
    let proves = config.version == Version::V5 && method == Some(client::Scram::NAME);
    let mechanism = config.user_name.as_deref().filter(|_| proves).map(|name| {
        let password = config.password.as_deref().unwrap_or_default();
        let seed = [SEED, config.client_id.as_bytes()].concat();
        Arc::new(client::Scram::new(&seed, name, password)) as Arc<dyn client::Mechanism>
    });
    // While it is connected, its method stays.
    let _ = client.set_mechanism(mechanism);
}

/// What a broker of these settings offers.
pub(super) fn mechanisms(config: &BrokerConfig) -> Vec<Arc<dyn broker::Mechanism>> {
    let mut scram = broker::Scram::new(SEED);
    let mut any = false;
    for user in &config.users {
        if let Secret::Plain(password) = &user.password {
            scram = scram.with_user(&user.name, password);
            any = true;
        }
    }
    if any { vec![Arc::new(scram)] } else { Vec::new() }
}
