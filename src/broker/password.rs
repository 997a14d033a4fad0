//! Passwords as mosquitto_passwd writes them.

use base64ct::{Base64, Encoding};
use sha2::{Digest, Sha512};

use super::access::HashCheck;

impl HashCheck {
    /// Reads `$7$iterations$salt$hash` (PBKDF2 with SHA-512) and the older `$6$salt$hash` (SHA-512).
    pub const MOSQUITTO: Self = Self(takes);
}

fn takes(hash: &str, password: &[u8]) -> bool {
    check(hash, password).unwrap_or(false)
}

fn check(hash: &str, password: &[u8]) -> Option<bool> {
    let mut fields = hash.strip_prefix('$')?.split('$');
    let mut found = [0u8; 64];
    match fields.next()? {
        "7" => {
            let iterations = fields.next()?.parse().ok()?;
            let salt = Base64::decode_vec(fields.next()?).ok()?;
            pbkdf2::pbkdf2_hmac::<Sha512>(password, &salt, iterations, &mut found);
        }
        "6" => {
            let salt = Base64::decode_vec(fields.next()?).ok()?;
            found = Sha512::new().chain_update(password).chain_update(salt).finalize().into();
        }
        _ => return None,
    }
    let known = Base64::decode_vec(fields.next()?).ok()?;
    let differing = known.iter().zip(found).fold(0, |all, (a, b)| all | (a ^ b));
    Some(differing == 0 && known.len() == found.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_mosquitto_passwd_writes_is_read() {
        // mosquitto_passwd -b FILE ann secret, version 2.0
        let hash = "$7$101$Bd/VFOXbWPtTmZ69$CZDG9yS0/VzkrbJl4pjNLOJc/LN4tevIhx43HjTOUepjnH2vwPU7tPFsBeMvEu5IRdCmjGhTv+mvLkJDZKMm6w==";
        let check = HashCheck::MOSQUITTO.0;
        assert!(check(hash, b"secret") && !check(hash, b"Secret") && !check(hash, b""));
        let older = "$6$CfKz1MoRfE2L7gp4$u15s06s0KrptZJcGxP5ATCXyI0Vus8XCEPgwsRmlAuXt6dTR/pbpUzvfLUNPYfqpfms7efNqj41yZnFPVlfx7Q==";
        assert!(check(older, b"secret") && !check(older, b"Secret"));
        for broken in ["", "$", "$7$", "$7$x$AAAA$AAAA", "$7$1$AAAA$AAAA", "$5$AAAA$AAAA", "secret"] {
            assert!(!check(broken, b"secret"), "{broken}");
        }
    }
}
