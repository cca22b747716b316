//! A record that is written again and again, one write at a time.

use core::fmt;

/// Where a record stands: what changes while a write is on its way is gathered into the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct OneWrite {
    /// The latest id that was given out.
    issued: u64,
    /// Whether that one is yet to be reported.
    outstanding: bool,
    /// Whether the record has changed since it was polled.
    changed: bool,
}

impl OneWrite {
    /// A record that is durable as it is.
    pub(crate) const fn new() -> Self {
        Self { issued: 0, outstanding: false, changed: false }
    }

    /// The record has changed.
    pub(crate) const fn touch(&mut self) {
        self.changed = true;
    }

    /// Whether the record is durable as it is.
    pub(crate) const fn is_durable(&self) -> bool {
        !self.changed && !self.outstanding
    }

    /// The id of a write of the record, if one is due and none is on its way.
    pub(crate) fn poll(&mut self) -> Option<u64> {
        if !self.changed || self.outstanding {
            return None;
        }
        self.issued = self.issued.checked_add(1)?;
        self.outstanding = true;
        self.changed = false;
        Some(self.issued)
    }

    /// A write is durable.
    pub(crate) const fn report(&mut self, id: u64) -> Result<(), UnknownWrite> {
        if !self.outstanding || id != self.issued {
            return Err(UnknownWrite);
        }
        self.outstanding = false;
        Ok(())
    }

    /// Where it stands, without how many writes there were.
    pub(crate) const fn canonical(self) -> Self {
        Self { issued: self.outstanding as u64, ..self }
    }
}

/// No such write is outstanding: it was never polled, or it was reported before. The machine is as
/// it was; look for the mistake in the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct UnknownWrite;

impl fmt::Display for UnknownWrite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no such write is outstanding")
    }
}

impl core::error::Error for UnknownWrite {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time() {
        let mut write = OneWrite::new();
        assert_eq!((write.poll(), write.is_durable()), (None, true));
        write.touch();
        assert!(!write.is_durable());
        assert_eq!((write.poll(), write.poll()), (Some(1), None));
        write.touch();
        assert_eq!(
            (write.poll(), write.report(2), write.report(0)),
            (None, Err(UnknownWrite), Err(UnknownWrite))
        );
        assert_eq!((write.report(1), write.report(1)), (Ok(()), Err(UnknownWrite)));
        assert!(!write.is_durable(), "it has changed since");
        assert_eq!(write.poll(), Some(2));
        assert_eq!((write.report(2), write.is_durable()), (Ok(()), true));
    }

    #[test]
    fn without_ids() {
        let mut write = OneWrite { issued: u64::MAX, ..OneWrite::new() };
        write.touch();
        assert_eq!((write.poll(), write.is_durable()), (None, false));
    }
}
