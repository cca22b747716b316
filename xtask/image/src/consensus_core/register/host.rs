//! All that a host does with a register.

use core::hint::black_box;

use synod_consensus_core::{
    Ballot, NodeId,
    register::{Config, Membership, Message, Output, Record, Update},
};

use super::{Keeping, Value};
use crate::wire::{decode, encode};

pub type Letter = Message<Value, 3>;
pub type Written = Record<Value, 3>;
pub type Effect = Output<'static, Value, 3>;
/// A call: the verb, the time, a number, and what is to become of the value.
pub type Call<'host> = (u8, u64, u64, &'host Update<Value>);
/// What a member begins with: as one of these, or with what is on its disk.
pub type Start<'host> = (&'host Config, &'host [NodeId], Option<Ballot>);

/// Makes a call, and polls what comes of it.
#[inline(always)]
pub fn work<'node>(
    register: &'node mut Keeping,
    (config, members, floor): Start<'_>,
    (verb, now_us, number, update): Call<'_>,
    message: &Letter,
    record: &Written,
) -> Option<Output<'node, Value, 3>> {
    match verb {
        0 => register.handle_message(now_us, NodeId(number), *message).ok()?,
        1 => register.handle_persisted(number).ok()?,
        2 => register.handle_timeout(now_us),
        3 => register.change(now_us, *update).ok()?,
        4 => drop(register.read(now_us).ok()?),
        5 => register.reconfigure(now_us, members).ok()?,
        6 => register.forget(now_us).ok()?,
        7 => drop(black_box(register.cancel())),
        8 => drop(black_box(register.poll_timeout())),
        9 => {
            let members = Membership::new(members).ok()?;
            *register = Keeping::bootstrap(*config, members, floor, now_us).ok()?;
        }
        10 => *register = Keeping::join(*config, floor, now_us).ok()?,
        11 => *register = Keeping::recover(*config, *record, now_us).ok()?,
        12 => drop(black_box((register.latest(), register.is_busy()))),
        _ => {}
    }
    register.poll_output()
}

/// Takes what came and what was on the disk as bytes, and gives what is polled as bytes.
#[inline(always)]
pub fn serve(
    register: &mut Keeping,
    start: Start<'_>,
    call: Call<'_>,
    (came, disk): (&[u8], &[u8]),
    output: &mut [u8],
) -> Option<usize> {
    let message = decode(came)?;
    let record = decode(disk)?;
    match work(register, start, call, &message, &record)? {
        Output::Write { record, .. } => encode(record, output),
        Output::Send { message, .. } => encode(&message, output),
        other => {
            let _ = black_box(other);
            None
        }
    }
}
