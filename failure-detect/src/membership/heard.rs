//! Which broadcasts of a member were heard.

/// The latest number, and which of the 32 before it: what is older still counts as heard.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Heard {
    latest: u32,
    /// Bit `i` is for the number `latest - 1 - i`.
    before: u32,
}

impl Heard {
    /// Whether the number is a new one. 0 never is.
    pub(super) const fn is_new(self, number: u32) -> bool {
        match number.checked_sub(self.latest) {
            Some(0) => false,
            Some(_) => true,
            None => self.place(number) != 0 && self.before & self.place(number) == 0,
        }
    }

    /// Notes that a number was heard.
    pub(super) const fn note(&mut self, number: u32) {
        match number.checked_sub(self.latest) {
            Some(0) => {}
            Some(ahead) => {
                // What was the latest is one of those before now.
                let with_latest = (self.before as u64) << 1 | (self.latest > 0) as u64;
                let kept = match with_latest.checked_shl(ahead.wrapping_sub(1)) {
                    Some(kept) => kept,
                    None => 0,
                };
                #[expect(clippy::cast_possible_truncation, reason = "the older ones are dropped")]
                let kept = kept as u32;
                self.before = kept;
                self.latest = number;
            }
            None => self.before |= self.place(number),
        }
    }

    /// The bit of a number before the latest; none if it is too old, or 0.
    const fn place(self, number: u32) -> u32 {
        let behind = self.latest.wrapping_sub(number).wrapping_sub(1);
        match 1_u32.checked_shl(behind) {
            Some(bit) if number > 0 => bit,
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_is_new_once_within_the_window() {
        let mut heard = Heard::default();
        let mut taken = [false; 100];
        // A walk that goes back and forth, and repeats.
        for step in 0..300_u32 {
            let number = 1 + (step * 7 + step % 5 * 11) % 90;
            let latest = (1..100).rev().find(|&n| taken[n as usize]).unwrap_or(0);
            let in_window = number + 32 >= latest;
            let expected = !taken[number as usize] && in_window;
            assert_eq!(heard.is_new(number), expected, "{number} after {latest}");
            if expected {
                heard.note(number);
                taken[number as usize] = true;
            }
        }
    }

    #[test]
    fn the_ends() {
        let mut heard = Heard::default();
        assert!(!heard.is_new(0));
        assert!(heard.is_new(u32::MAX));
        heard.note(u32::MAX);
        assert!(!heard.is_new(u32::MAX));
        assert!(heard.is_new(u32::MAX - 32) && !heard.is_new(u32::MAX - 33));
        assert!(!heard.is_new(0) && !heard.is_new(1));
        let mut early = Heard::default();
        early.note(5);
        assert!(!early.is_new(0) && early.is_new(1));
    }
}
