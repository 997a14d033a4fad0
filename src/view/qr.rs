//! A text as a QR code: the dark squares as a path to be filled.

use qrcodegen::{QrCode, QrCodeEcc, Version};

/// The largest code that is made: 117 modules a side, so that a phone reads it from a screen.
const LARGEST: u8 = 25;

/// A code as it is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// Modules a side, the light margin of four on all sides among them.
    pub side: u32,
    /// The dark modules, one unit each, as the data of an SVG path.
    pub path: String,
}

/// The code of a text; nothing where it is too long (some 1,250 bytes).
pub fn code(text: &str) -> Option<Code> {
    let segments = qrcodegen::QrSegment::make_segments(text);
    let (ecc, least) = (QrCodeEcc::Low, Version::MIN);
    let most = Version::new(LARGEST);
    let made = QrCode::encode_segments_advanced(&segments, ecc, least, most, None, true).ok()?;
    let mut path = String::new();
    for y in 0..made.size() {
        let mut x = 0;
        while x < made.size() {
            let run = (x..made.size()).take_while(|x| made.get_module(*x, y)).count() as i32;
            if run > 0 {
                let numbers = [x + MARGIN, y + MARGIN, run].map(|number| number.to_string());
                let [x, y, run] = &numbers;
                path.push_str(&["M", x, " ", y, "h", run, "v1h-", run, "z"].concat());
            }
            x += run.max(1);
        }
    }
    Some(Code { side: (made.size() + 2 * MARGIN) as u32, path })
}

/// Light modules around it, as its standard asks for.
const MARGIN: i32 = 4;

#[cfg(test)]
mod tests {
    use super::*;

    /// The path's squares, row by row.
    fn squares(code: &Code) -> Vec<Vec<bool>> {
        let mut rows = vec![vec![false; code.side as usize]; code.side as usize];
        for run in code.path.split('M').skip(1) {
            let numbers: Vec<usize> =
                run.split(|c: char| !c.is_ascii_digit()).filter_map(|it| it.parse().ok()).collect();
            assert_eq!((numbers[3], numbers[2]), (1, numbers[4]), "{run}");
            rows[numbers[1]][numbers[0]..numbers[0] + numbers[2]].fill(true);
        }
        rows
    }

    #[test]
    fn three_corners_have_the_squares_that_cameras_look_for() {
        let code = code("https://example.org/#world=1.abc").expect("short");
        assert_eq!(code.side, 25 + 8);
        let rows = squares(&code);
        let finder = |top: usize, left: usize| {
            for (y, line) in ["1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111"]
                .into_iter()
                .enumerate()
            {
                let found: String =
                    rows[top + y][left..left + 7].iter().map(|dark| if *dark { '1' } else { '0' }).collect();
                assert_eq!(found, line, "row {y} of the square at {top}, {left}");
            }
        };
        let far = code.side as usize - 4 - 7;
        finder(4, 4);
        finder(4, far);
        finder(far, 4);
        // The margin is light on all sides.
        assert!(rows.iter().take(4).flatten().all(|dark| !dark));
        assert!(rows.iter().all(|row| row[..4].iter().chain(&row[row.len() - 4..]).all(|dark| !dark)));
    }

    #[test]
    fn what_is_too_long_for_a_screen_has_none() {
        assert_eq!(code(&"a".repeat(1_273)).map(|code| code.side), Some(117 + 8));
        assert_eq!(code(&"a".repeat(1_274)), None);
    }
}
