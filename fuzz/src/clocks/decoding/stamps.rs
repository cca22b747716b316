//! What has a fixed size: stamps, dots, and clocks that are one number.

use synod_clocks::{Dot, HybridClock, HybridStamp, LamportClock, LamportStamp, WideHybridStamp};

use super::Decoded;

impl Decoded for Dot<u8> {
    type Raw = (u8, u64);

    fn is_legal(raw: &Self::Raw) -> bool {
        raw.1 > 0
    }

    fn read(&self) -> Self::Raw {
        (self.replica, self.counter.get())
    }

    fn operate(&self, other: &Self) {
        assert_eq!(self.cmp(other), self.read().cmp(&other.read()));
        assert_eq!(Dot::new(self.replica, self.counter.get()), Some(*self));
    }
}

impl Decoded for LamportStamp<u8> {
    type Raw = (u64, u8);

    fn is_legal(_: &Self::Raw) -> bool {
        true
    }

    fn read(&self) -> Self::Raw {
        (self.time, self.node)
    }

    fn operate(&self, other: &Self) {
        assert_eq!(self.cmp(other), self.read().cmp(&other.read()));
    }
}

impl Decoded for LamportClock<u8> {
    type Raw = (u8, u64);

    fn is_legal(_: &Self::Raw) -> bool {
        true
    }

    fn read(&self) -> Self::Raw {
        (self.node(), self.time())
    }

    fn operate(&self, other: &Self) {
        let mut clock = self.clone();
        if let Ok(issued) = clock.tick() {
            assert_eq!(issued.time, self.time() + 1);
            let mut receiver = other.clone();
            match receiver.receive(issued) {
                Ok(received) => assert!(received.time > issued.time.max(other.time())),
                Err(_) => assert_eq!(issued.time.max(other.time()), u64::MAX),
            }
        } else {
            assert_eq!(self.time(), u64::MAX);
            assert_eq!(clock, *self);
        }
    }
}

impl Decoded for HybridStamp {
    type Raw = u64;

    fn is_legal(_: &Self::Raw) -> bool {
        true
    }

    fn read(&self) -> Self::Raw {
        self.to_bits()
    }

    fn operate(&self, other: &Self) {
        let parts = |stamp: &Self| (stamp.wall_us(), stamp.counter());
        assert_eq!(self.cmp(other), parts(self).cmp(&parts(other)));
        let base = HybridStamp::from_wall_us(self.wall_us()).expect("a stamp's own time");
        assert_eq!(base.to_bits() + u64::from(self.counter()), self.to_bits());
        assert_eq!(self.to_string(), format!("{}.{}", self.wall_us(), self.counter()));
        let mut clock = HybridClock::recover(u64::MAX, *self);
        match clock.receive(0, *other) {
            Ok(next) => assert!(next > *self && next > *other),
            Err(_) => assert!(*self.max(other) == HybridStamp::MAX && clock.last() == *self),
        }
    }
}

impl Decoded for WideHybridStamp<u8> {
    type Raw = (u64, u8);

    fn is_legal(_: &Self::Raw) -> bool {
        true
    }

    fn read(&self) -> Self::Raw {
        (self.stamp.to_bits(), self.node)
    }

    fn operate(&self, other: &Self) {
        assert_eq!(self.cmp(other), self.read().cmp(&other.read()));
        assert_eq!(self.stamp.at(self.node), *self);
    }
}
