//! The test kit for storages, and a storage.

use core::{
    convert::Infallible,
    fmt::{self, Write as _},
};

use synod_consensus_core::raft::{
    Entry, Log, LogId, RingLog,
    replica::Write,
    storage_kit::{Failure, Found, Storage, Violation, check},
};

use crate::text::Buffer;

type Payload = [u8; 6];

/// A disk that has what was written, and what was synced.
pub struct Disk {
    written: Found<RingLog<Payload, 24>, u64>,
    synced: Found<RingLog<Payload, 24>, u64>,
}

impl Storage for Disk {
    type Log = RingLog<Payload, 24>;
    type Snapshot = u64;
    type Error = Infallible;

    fn payload(number: u64) -> Payload {
        [number as u8; 6]
    }

    fn snapshot(number: u64) -> u64 {
        number
    }

    fn write(
        &mut self,
        write: &Write<'_, Payload>,
        snapshot: Option<&u64>,
    ) -> Result<(), Infallible> {
        if let Some(hard_state) = write.hard_state {
            self.written.hard_state = hard_state;
        }
        if let Some(last) = write.snapshot {
            self.written.snapshot = snapshot.copied();
            self.written.log.install(last);
        }
        for (LogId { term, index }, payload) in write.entries.iter() {
            self.written.log.truncate(index.saturating_sub(1));
            let _ = self.written.log.append(Entry { term, payload: payload.copied() });
        }
        Ok(())
    }

    fn compact(&mut self, last: LogId, snapshot: &u64) -> Result<(), Infallible> {
        self.written.log.compact(last.index);
        self.written.snapshot = Some(*snapshot);
        Ok(())
    }

    fn sync(&mut self) -> Result<(), Infallible> {
        self.synced = self.written.clone();
        Ok(())
    }

    fn crash(&mut self, _: u64) -> Result<(), Infallible> {
        self.written = self.synced.clone();
        Ok(())
    }

    fn recover(&mut self) -> Result<Found<RingLog<Payload, 24>, u64>, Infallible> {
        self.sync()?;
        Ok(self.written.clone())
    }
}

operations! {
    "check" => fn(seed: u64, disk: &mut Disk) -> Result<(), Failure<Infallible>> {
        check(seed, disk)
    }
    "Violation::rule" => fn(violation: &Violation) -> u8 {
        violation.rule()
    }
    "Violation as Display" => fn(violation: Violation, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{violation}")
    }
    "Failure as Display" => fn(
        failure: Failure<Infallible>, buffer: &mut Buffer
    ) -> fmt::Result {
        write!(buffer, "{failure}")
    }
}
