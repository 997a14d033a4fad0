//! What both ends of SCRAM-SHA-256 (RFC 5802, RFC 7677) work out: keys of a password, and the proofs made of them.

use base64ct::{Base64, Encoding};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};

/// A key, a signature or a proof.
pub type ScramKey = [u8; 32];

/// HMAC-SHA-256 of `parts`, one after the other.
pub fn hmac_sha_256(key: &[u8], parts: &[&[u8]]) -> ScramKey {
    // Any length is a key.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return ScramKey::default() };
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}

/// What a password becomes.
#[derive(Clone, Copy)]
pub struct ScramKeys {
    /// Known to the client alone.
    pub client: ScramKey,
    /// What a server keeps to recognise the client by.
    pub stored: ScramKey,
    /// What a server proves itself with.
    pub server: ScramKey,
}

impl ScramKeys {
    /// Takes as long as `iterations` ask for. The password is taken byte by byte, without SASLprep: the same for ASCII.
    pub fn new(password: &[u8], salt: &[u8], iterations: u32) -> Self {
        let mut salted = ScramKey::default();
        pbkdf2::pbkdf2_hmac::<Sha256>(password, salt, iterations, &mut salted);
        let client = hmac_sha_256(&salted, &[b"Client Key"]);
        Self { client, stored: stored_key(&client), server: hmac_sha_256(&salted, &[b"Server Key"]) }
    }
}

/// The stored key that a client key belongs to.
pub fn stored_key(client: &ScramKey) -> ScramKey {
    Sha256::digest(client).into()
}

/// The client's proof from its client key, and the client key from its proof: `all` is what both ends have said.
pub fn scram_proof(key: &ScramKey, stored: &ScramKey, all: &[&[u8]]) -> ScramKey {
    let mut proof = hmac_sha_256(stored, all);
    proof.iter_mut().zip(key).for_each(|(byte, key)| *byte ^= key);
    proof
}

/// Base64 with padding.
pub fn base64(bytes: &[u8]) -> String {
    Base64::encode_string(bytes)
}

/// Reads it; `None` for anything else.
pub fn from_base64(text: &str) -> Option<Vec<u8>> {
    Base64::decode_vec(text).ok()
}

/// Whether two secrets are equal, in a time that does not tell where they differ.
pub fn same(one: &[u8], other: &[u8]) -> bool {
    let differing = one.iter().zip(other).fold(0, |all, (a, b)| all | (a ^ b));
    differing == 0 && one.len() == other.len()
}
