//! SCRAM-SHA-256 (RFC 5802, RFC 7677): a password is proved without being sent, and the server proves that it knows it.

use core::fmt;
use std::sync::Arc;

use super::auth::{Exchange, Mechanism, Progress};
use crate::session::{
    ScramKey as Key, ScramKeys, base64, from_base64, hmac_sha_256 as hmac, same, scram_proof, stored_key,
};

/// The mechanism `SCRAM-SHA-256`, without channel binding. Passwords are taken byte by byte, without SASLprep: the same
/// for ASCII.
pub struct Scram {
    seed: Vec<u8>,
    users: Vec<(String, Arc<Keys>)>,
}

/// What a server keeps of a password.
struct Keys {
    salt: Vec<u8>,
    iterations: u32,
    stored: Key,
    server: Key,
}

impl fmt::Debug for Scram {
    /// Names, no secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.users.iter().map(|(name, _)| name)).finish()
    }
}

impl Keys {
    fn new(password: &[u8], salt: &[u8], iterations: u32) -> Self {
        let ScramKeys { stored, server, .. } = ScramKeys::new(password, salt, iterations);
        Self { salt: salt.to_vec(), iterations, stored, server }
    }
}

impl Scram {
    /// RFC 7677 asks for this many rounds at least.
    pub const ITERATIONS: u32 = 4_096;

    /// Without users yet. Nonces and salts come from `seed`: random bytes that nobody else knows, or, where the same
    /// run shall give the same bytes, a fixed one.
    pub fn new(seed: &[u8]) -> Self {
        Self { seed: seed.to_vec(), users: Vec::new() }
    }

    /// One user more.
    #[must_use]
    pub fn with_user(mut self, name: &str, password: &[u8]) -> Self {
        let keys = Keys::new(password, &self.salt(name), Self::ITERATIONS);
        self.users.push((name.to_owned(), Arc::new(keys)));
        self
    }

    fn salt(&self, name: &str) -> [u8; 16] {
        let mut salt = [0; 16];
        salt.copy_from_slice(&hmac(&self.seed, &[b"salt", name.as_bytes()])[..16]);
        salt
    }
}

impl Mechanism for Scram {
    fn name(&self) -> &str {
        "SCRAM-SHA-256"
    }

    fn begin(&self, number: u64) -> Box<dyn Exchange> {
        let users = self.users.clone();
        let nonce = base64(&hmac(&self.seed, &[b"nonce", &number.to_be_bytes()])[..18]);
        // Who is not known gets a salt like everybody else.
        let unknown = hmac(&self.seed, &[b"unknown"]).to_vec();
        Box::new(Server { users, nonce, unknown, stage: Stage::First })
    }
}

/// One exchange at the server.
#[derive(Clone)]
struct Server {
    users: Vec<(String, Arc<Keys>)>,
    nonce: String,
    unknown: Vec<u8>,
    stage: Stage,
}

#[derive(Clone)]
enum Stage {
    First,
    Final {
        name: String,
        keys: Option<Arc<Keys>>,
        /// `c=` as it has to be: the header of the first message.
        binding: String,
        /// Both first messages, with a comma behind each.
        firsts: String,
        nonce: String,
    },
    Over,
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SCRAM-SHA-256")
    }
}

impl Exchange for Server {
    fn step(&mut self, data: &[u8]) -> Progress {
        // Before it has said anything, the client is asked to begin.
        if data.is_empty() && matches!(self.stage, Stage::First) {
            return Progress::Continue(Vec::new());
        }
        let Ok(message) = core::str::from_utf8(data) else { return Progress::Failed };
        let stage = core::mem::replace(&mut self.stage, Stage::Over);
        let progress = match stage {
            Stage::First => self.first(message),
            Stage::Final { name, keys, binding, firsts, nonce } => {
                let end = keys.and_then(|keys| verify(&keys, message, &binding, &firsts, &nonce));
                end.map(|data| Progress::Done { user_name: name, data })
            }
            Stage::Over => None,
        };
        progress.unwrap_or(Progress::Failed)
    }

    fn copy(&self) -> Box<dyn Exchange> {
        Box::new(self.clone())
    }
}

impl Server {
    /// `n,,n=user,r=nonce`
    fn first(&mut self, message: &str) -> Option<Progress> {
        let (flag, rest) = message.split_once(',')?;
        let (identity, bare) = rest.split_once(',')?;
        // Channel binding (p=…) is not offered; another identity than the user's is not.
        if !matches!(flag, "n" | "y") || !identity.is_empty() {
            return None;
        }
        let mut fields = bare.split(',');
        let name = unescape(fields.next()?.strip_prefix("n=")?)?;
        let theirs = fields.next()?.strip_prefix("r=").filter(|nonce| !nonce.is_empty())?;
        let keys = self.users.iter().find(|(known, _)| *known == name).map(|(_, keys)| Arc::clone(keys));
        let nonce = [theirs, &self.nonce].concat();
        let unknown = hmac(&self.unknown, &[name.as_bytes()]);
        let (salt, iterations) = match &keys {
            Some(keys) => (&*keys.salt, keys.iterations),
            None => (&unknown[..16], Scram::ITERATIONS),
        };
        let reply = ["r=", &nonce, ",s=", &base64(salt), ",i=", &iterations.to_string()].concat();
        let firsts = [bare, ",", &reply, ","].concat();
        let binding = base64([flag, ",,"].concat().as_bytes());
        self.stage = Stage::Final { name, keys, binding, firsts, nonce };
        Some(Progress::Continue(reply.into_bytes()))
    }
}

/// `c=biws,r=nonce,p=proof`: the server's own proof, if the client's is right.
fn verify(keys: &Keys, message: &str, binding: &str, firsts: &str, nonce: &str) -> Option<Vec<u8>> {
    let (without_proof, proof) = message.rsplit_once(",p=")?;
    let mut fields = without_proof.split(',');
    if fields.next()?.strip_prefix("c=")? != binding || fields.next()?.strip_prefix("r=")? != nonce {
        return None;
    }
    let proof: Key = from_base64(proof)?.try_into().ok()?;
    let both = [firsts.as_bytes(), without_proof.as_bytes()];
    let client_key = scram_proof(&proof, &keys.stored, &both);
    let known = same(&stored_key(&client_key), &keys.stored);
    known.then(|| ["v=", &base64(&hmac(&keys.server, &both))].concat().into_bytes())
}

/// A name has its commas and equals signs as `=2C` and `=3D`.
fn unescape(name: &str) -> Option<String> {
    let mut plain = String::new();
    let mut parts = name.split('=');
    plain.push_str(parts.next()?);
    for part in parts {
        let (sign, rest) = part.split_at_checked(2)?;
        plain.push(match sign {
            "2C" => ',',
            "3D" => '=',
            _ => return None,
        });
        plain.push_str(rest);
    }
    Some(plain).filter(|plain| !plain.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: &[u8] = b"n,,n=user,r=rOprNGfwEbeRWgbNEkqO";
    const FINAL: &[u8] = b"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";

    /// RFC 7677 section 3: user and pencil.
    fn server() -> Server {
        let keys = Keys::new(b"pencil", &from_base64("W22ZaJ0SNY7soEsUEjb6gQ==").unwrap(), 4_096);
        Server {
            users: vec![("user".to_owned(), Arc::new(keys))],
            nonce: "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0".to_owned(),
            unknown: vec![1],
            stage: Stage::First,
        }
    }

    #[test]
    fn the_example_of_rfc_7677_is_followed() {
        let mut server = server();
        assert_eq!(server.step(b""), Progress::Continue(vec![]));
        let reply = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
        assert_eq!(server.step(FIRST), Progress::Continue(reply.into()));
        let data = b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=".to_vec();
        assert_eq!(server.step(FINAL), Progress::Done { user_name: "user".into(), data });
        assert_eq!(server.step(FINAL), Progress::Failed, "an exchange is over once");
    }

    #[test]
    fn whatever_is_changed_fails() {
        for (from, to) in
            [("c=biws", "c=eSws"), ("k0,p", "k1,p"), ("p=dH", "p=dG"), ("VQ=", "VQ"), (",p=", ",q=")]
        {
            let mut server = server();
            server.step(FIRST);
            let changed = String::from_utf8(FINAL.to_vec()).unwrap().replace(from, to);
            assert_eq!(server.step(changed.as_bytes()), Progress::Failed, "{from} {to}");
        }
        for first in
            ["p=x,,n=user,r=a", "n,a=b,n=user,r=a", "n,,n=user,r=", "n,,n=us=er,r=a", "n,,n=,r=a", "", "n,"]
        {
            let mut server = server();
            server.stage = Stage::First;
            if !first.is_empty() {
                assert_eq!(server.step(first.as_bytes()), Progress::Failed, "{first}");
            }
        }
        assert_eq!(server().step(&[0xff]), Progress::Failed);
    }

    #[test]
    fn who_is_not_known_learns_nothing_until_the_end() {
        let mut server = server();
        let Progress::Continue(reply) = server.step(b"n,,n=nobody,r=x") else {
            panic!("a reply like any other")
        };
        assert!(String::from_utf8(reply).unwrap().ends_with(",i=4096"));
        assert_eq!(server.step(b"c=biws,r=x%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=AAAA"), Progress::Failed);
        assert_eq!(unescape("a=2Cb=3D"), Some("a,b=".to_owned()));
    }

    #[test]
    fn each_exchange_has_its_own_nonce_and_each_seed_its_own_salts() {
        let scram = Scram::new(b"seed").with_user("ann", b"pw");
        let first = |number| scram.begin(number).step(b"n,,n=ann,r=x");
        assert!(first(1) != first(2) && first(1) == first(1));
        assert_ne!(scram.salt("ann"), Scram::new(b"other").salt("ann"));
        assert_eq!(format!("{scram:?}"), "[\"ann\"]");
    }
}
