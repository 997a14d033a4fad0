//! Repeatable randomness (splitmix64).

pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    /// Below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    /// From `least` up to and with `greatest`; the ends come up often.
    pub fn number(&mut self, least: u32, greatest: u32) -> u32 {
        match self.below(8) {
            0 => least,
            1 => greatest,
            _ => least + (self.next() % (u64::from(greatest - least) + 1)) as u32,
        }
    }

    pub fn chance(&mut self, of_hundred: usize) -> bool {
        self.below(100) < of_hundred
    }

    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    pub fn bytes(&mut self, len: usize) -> Vec<u8> {
        (0..len).map(|_| self.next() as u8).collect()
    }

    /// Text of up to `most` characters, with spaces, markup and letters of two to four bytes among them.
    pub fn text(&mut self, most: usize) -> String {
        const ODD: &[char] = &[' ', '"', '\'', '<', '>', '&', '\\', '$', 'é', 'ß', '→', '中', '🌡'];
        let len = self.below(most + 1);
        (0..len)
            .map(|_| match self.below(10) {
                0 => self.pick(ODD),
                1 | 2 => char::from(b'0' + self.below(10) as u8),
                _ => char::from(b'a' + self.below(26) as u8),
            })
            .collect()
    }

    pub fn direction(&mut self) -> mqtt_playground::codec::Direction {
        use mqtt_playground::codec::Direction as D;
        self.pick(&[D::ToServer, D::ToClient])
    }
}
