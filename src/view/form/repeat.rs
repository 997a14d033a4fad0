//! Payloads that change from one message of a series to the next.

use bytes::Bytes;

use crate::time::Instant;

/// The payload of message `n`, sent at `at`: `{{n}}` is its number, `{{t}}` virtual time in seconds, `{{rnd 20 24}}` a
/// whole number from 20 to 24 by chance, the same one whenever it is asked for. Anything else stays as it is.
pub(super) fn filled(payload: &Bytes, n: u32, at: Instant) -> Bytes {
    let Ok(text) = core::str::from_utf8(payload) else { return payload.clone() };
    if !text.contains("{{") {
        return payload.clone();
    }
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, after)) = rest.split_once("{{") {
        out.push_str(before);
        match after.split_once("}}").and_then(|(word, after)| Some((value(word, n, at, out.len())?, after))) {
            Some((value, after)) => {
                out.push_str(&value);
                rest = after;
            }
            None => {
                out.push_str("{{");
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out.into_bytes().into()
}

fn value(word: &str, n: u32, at: Instant, place: usize) -> Option<String> {
    let mut words = word.split_whitespace();
    let first = words.next()?;
    match first {
        "n" => Some(n.to_string()),
        "t" => Some(at.to_string()),
        "rnd" => {
            let least: i64 = words.next()?.parse().ok()?;
            let most: i64 = words.next()?.parse().ok()?;
            let span = most.checked_sub(least)?.checked_add(1).filter(|span| *span > 0)? as u64;
            let chance = mix(u64::from(n) << 32 | place as u64) % span;
            Some((least + chance as i64).to_string())
        }
        _ => None,
    }
}

/// Steele, Lea and Flood's SplitMix64, one step from `seed`.
const fn mix(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(template: &'static str, n: u32) -> String {
        let filled = filled(&Bytes::from_static(template.as_bytes()), n, Instant::from_millis(2_500));
        String::from_utf8(filled.to_vec()).unwrap_or_default()
    }

    #[test]
    fn words_in_braces_are_filled_in_and_others_stay() {
        assert_eq!(text("a{{n}}b{{t}}c", 3), "a3b2.500c");
        assert_eq!(text("{{x}} {{rnd 2}} {{rnd 3 2}} {{n", 1), "{{x}} {{rnd 2}} {{rnd 3 2}} {{n");
        let drawn: Vec<i64> = (1..200).filter_map(|n| text("{{rnd -1 1}}", n).parse().ok()).collect();
        assert!(drawn.len() == 199 && [-1, 0, 1].iter().all(|it| drawn.contains(it)), "{drawn:?}");
        assert_eq!(text("{{rnd 0 1000}}", 7), text("{{rnd 0 1000}}", 7));
    }
}
