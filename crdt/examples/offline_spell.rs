//! Three replicas of a set of open doors, in frames of 64 bytes; one is out of reach for a while.
//! `cargo run -p synod-crdt --features serde --example offline_spell`

use synod_crdt::{
    AntiEntropy, AntiEntropyConfig, AwSet, Causal, CausalContext, Inline, Message, Output,
    ReceiveError,
};

// Replicas and doors of 16 bits; room for 3 replicas and 3 gaps, 16 doors, 2 peers. No heap.
type Doors = Causal<u16, AwSet<u16>, Inline<6>, Inline<16>>;
type Sync = AntiEntropy<u16, Inline<6>, Inline<2>, 8>;
type Heard = Message<u16, CausalContext<u16, Inline<6>>, Doors>;
type Result<T> = core::result::Result<T, Box<dyn core::error::Error>>;

fn node(me: u16, peers: [u16; 2]) -> Result<(Doors, Sync)> {
    let (boot, max_message, max_id, max_row) = (1, 64, 3, AwSet::<u16>::max_row(3));
    let (cluster, resend_us) = (5, 1_000);
    let config = AntiEntropyConfig { cluster, me, boot, max_message, max_id, max_row, resend_us };
    Ok((Doors::new(), Sync::new(config, &peers)?))
}

/// Carries frames until nothing is left to say; none reaches or leaves `away`.
fn talk(nodes: &mut [(Doors, Sync)], now_us: u64, away: Option<u16>) -> Result<()> {
    let mut frames: Vec<(u16, u16, Vec<u8>)> = Vec::new();
    loop {
        for ((doors, sync), me) in nodes.iter_mut().zip(0..) {
            sync.handle_timeout(now_us);
            while let Some(Output::Send { to, message }) = sync.poll_output(doors) {
                frames.push((me, to, postcard::to_slice(&message, &mut [0; 64])?.to_vec()));
            }
        }
        let Some((from, to, frame)) = frames.pop() else { return Ok(()) };
        let reached = away != Some(from) && away != Some(to);
        if let Some((doors, sync)) = nodes.get_mut(usize::from(to)).filter(|_| reached) {
            let message: Heard = postcard::from_bytes(&frame)?;
            match sync.handle_message(now_us, from, &message, doors) {
                Ok(_) | Err(ReceiveError::Stale) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

fn main() -> Result<()> {
    let mut nodes = [node(0, [1, 2])?, node(1, [0, 2])?, node(2, [0, 1])?];
    for (now_us, me, opens, door, away) in [
        (0, 0_u16, true, 7, None),
        (1_000, 1, false, 7, Some(2)), // replica 2 does not hear of this …
        (2_000, 2, true, 7, Some(2)),  // … opens the door once more,
        (1_000_000, 1, true, 9, None), // and comes back
    ] {
        let Some((doors, sync)) = nodes.get_mut(usize::from(me)) else { continue };
        let writer = doors.write(me);
        sync.record(&if opens { writer.insert(door)? } else { writer.remove(&door)? });
        talk(&mut nodes, now_us, away)?;
        println!("{:?}", nodes.each_ref().map(|node| node.0.read().iter().collect::<Vec<_>>()));
    }
    assert!(nodes.iter().all(|(doors, _)| doors.read().iter().eq([&7, &9])));
    Ok(())
}
