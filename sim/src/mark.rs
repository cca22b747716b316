//! What a batch of runs must have seen, or it has not tested what it should.

/// What may be seen, with its names for people, behind those that a batch may do without.
macro_rules! marks {
    (optional: [$($optional:ident),*], $($(#[$doc:meta])* $name:ident $text:literal,)*) => {
        /// Something rare that happened.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub enum Mark { $($(#[$doc])* $name,)* }

        impl Mark {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Its name for people.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// Whether a batch may do without it.
            #[must_use]
            pub fn is_optional(self) -> bool {
                let optional: &[Self] = &[$(Self::$optional),*];
                optional.contains(&self)
            }
        }

        /// How often each happened.
        #[derive(Clone, Copy, Debug)]
        pub struct Marks([u64; Mark::ALL.len()]);

        impl Default for Marks {
            fn default() -> Self {
                Self([0; Mark::ALL.len()])
            }
        }

        impl Marks {
            /// Once more.
            #[inline]
            pub const fn hit(&mut self, mark: Mark) {
                self.0[mark as usize] += 1;
            }

            /// Once more, if so.
            #[inline]
            pub const fn hit_if(&mut self, so: bool, mark: Mark) {
                self.0[mark as usize] += so as u64;
            }

            /// How often.
            #[must_use]
            pub const fn of(&self, mark: Mark) -> u64 {
                self.0[mark as usize]
            }

            /// How often each of [`Mark::ALL`] did.
            #[must_use]
            pub const fn as_slice(&self) -> &[u64] {
                &self.0
            }

            /// Adds those of another run.
            pub fn add(&mut self, other: &Self) {
                for (mine, theirs) in self.0.iter_mut().zip(other.0) {
                    *mine += theirs;
                }
            }
        }
    };
}

pub(crate) use marks;
