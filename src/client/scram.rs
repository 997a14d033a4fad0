//! SCRAM-SHA-256 (RFC 5802, RFC 7677) at the client: it proves a password without sending it, and has the server prove
//! that it knows it too.

use core::fmt;

use super::auth::{Exchange, Mechanism};
use crate::session::{ScramKeys, base64, from_base64, hmac_sha_256, same, scram_proof};

/// The mechanism `SCRAM-SHA-256`, without channel binding.
#[derive(Clone)]
pub struct Scram {
    seed: Vec<u8>,
    user_name: String,
    password: Vec<u8>,
}

/// Rounds that a server may ask for at most: more would keep the client busy.
const MAX_ITERATIONS: u32 = 100_000;

impl fmt::Debug for Scram {
    /// The name, no secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Scram").field(&self.user_name).finish()
    }
}

impl Scram {
    /// The Authentication Method.
    pub const NAME: &str = "SCRAM-SHA-256";

    /// Nonces come from `seed`: random bytes that nobody else knows, or, where the same run shall give the same bytes, a
    /// fixed one.
    pub fn new(seed: &[u8], user_name: &str, password: &[u8]) -> Self {
        Self { seed: seed.to_vec(), user_name: user_name.to_owned(), password: password.to_vec() }
    }
}

impl Mechanism for Scram {
    fn name(&self) -> &str {
        Self::NAME
    }

    fn begin(&self, number: u64) -> (Box<dyn Exchange>, Vec<u8>) {
        let nonce = hmac_sha_256(&self.seed, &[b"client nonce", &number.to_be_bytes()]);
        let nonce = base64(&nonce[..18]);
        // A name has its commas and equals signs as =2C and =3D.
        let name = self.user_name.replace('=', "=3D").replace(',', "=2C");
        let bare = ["n=", &name, ",r=", &nonce].concat();
        let first = ["n,,", &bare].concat().into_bytes();
        (Box::new(Proving { password: self.password.clone(), stage: Stage::First { bare, nonce } }), first)
    }
}

/// One exchange.
#[derive(Clone)]
struct Proving {
    password: Vec<u8>,
    stage: Stage,
}

#[derive(Clone)]
enum Stage {
    /// The first message without its header, and its nonce.
    First {
        bare: String,
        nonce: String,
    },
    /// What the server has to say in the end.
    Final {
        server: String,
    },
    Over,
}

impl fmt::Debug for Proving {
    /// How far it is, which tells states apart; no secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &self.stage {
            Stage::First { .. } => "first",
            Stage::Final { .. } => "final",
            Stage::Over => "over",
        })
    }
}

impl Exchange for Proving {
    fn step(&mut self, data: &[u8]) -> Option<Vec<u8>> {
        let Stage::First { bare, nonce } = core::mem::replace(&mut self.stage, Stage::Over) else {
            return None;
        };
        let message = core::str::from_utf8(data).ok()?;
        let mut fields = message.split(',');
        // The server's nonce goes on where ours ends: else it is not an answer to us.
        let both = fields.next()?.strip_prefix("r=")?;
        both.strip_prefix(&*nonce).filter(|theirs| !theirs.is_empty())?;
        let salt = from_base64(fields.next()?.strip_prefix("s=")?)?;
        let iterations = fields.next()?.strip_prefix("i=")?.parse().ok()?;
        if iterations == 0 || iterations > MAX_ITERATIONS {
            return None;
        }
        let keys = ScramKeys::new(&self.password, &salt, iterations);
        // c=biws: the header `n,,`.
        let without_proof = ["c=biws,r=", both].concat();
        let all = [&bare, ",", message, ",", &without_proof].concat();
        let proof = scram_proof(&keys.client, &keys.stored, &[all.as_bytes()]);
        let server = ["v=", &base64(&hmac_sha_256(&keys.server, &[all.as_bytes()]))].concat();
        self.stage = Stage::Final { server };
        Some([&without_proof, ",p=", &base64(&proof)].concat().into_bytes())
    }

    fn finish(&mut self, data: &[u8]) -> bool {
        match core::mem::replace(&mut self.stage, Stage::Over) {
            Stage::Final { server } => same(server.as_bytes(), data),
            _ => false,
        }
    }

    fn copy(&self) -> Box<dyn Exchange> {
        Box::new(self.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7677 section 3: user and pencil.
    fn proving() -> Proving {
        let nonce = "rOprNGfwEbeRWgbNEkqO".to_owned();
        Proving {
            password: b"pencil".to_vec(),
            stage: Stage::First { bare: ["n=user,r=", &nonce].concat(), nonce },
        }
    }

    const SERVER: &str =
        "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
    const PROOF: &[u8] = b"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
    const VERIFIER: &[u8] = b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

    #[test]
    fn the_example_of_rfc_7677_is_followed() {
        let mut client = proving();
        assert_eq!(client.step(SERVER.as_bytes()).as_deref(), Some(PROOF));
        assert!(client.copy().finish(VERIFIER));
        assert!(client.finish(VERIFIER) && !client.finish(VERIFIER), "an exchange is over once");
    }

    #[test]
    fn a_server_that_is_not_who_it_should_be_is_not_believed() {
        for (from, to) in [
            ("rOprNGfwEbeRWgbNEkqO%", "xOprNGfwEbeRWgbNEkqO%"),
            ("%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0", ""),
            (",s=W22", ",x=W22"),
            ("W22ZaJ0", "~"),
            ("i=4096", "i=0"),
            ("i=4096", "i=100001"),
            ("i=4096", ""),
        ] {
            assert_eq!(proving().step(SERVER.replace(from, to).as_bytes()), None, "{from} {to}");
        }
        assert_eq!(proving().step(&[0xff]), None);
        let mut client = proving();
        assert!(!client.finish(VERIFIER), "before it has proved anything");
        let mut client = proving();
        assert!(client.step(SERVER.as_bytes()).is_some());
        assert!(!client.finish(b"v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="));
    }

    #[test]
    fn names_are_escaped_and_secrets_not_printed() {
        let scram = Scram::new(b"seed", "a,b=c", b"pencil");
        let (exchange, first) = scram.begin(1);
        assert!(first.starts_with(b"n,,n=a=2Cb=3Dc,r="), "{first:?}");
        assert!(first != scram.begin(2).1 && first == scram.begin(1).1);
        assert_eq!(format!("{scram:?} {exchange:?}"), "Scram(\"a,b=c\") first");
    }
}
