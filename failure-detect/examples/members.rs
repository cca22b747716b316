//! Five members on real sockets of this machine: they find together, one dies, one leaves.
//!
//! `cargo run -p synod-failure-detect --example members --features std,serde`
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // An example may panic.
#![allow(clippy::arithmetic_side_effects)]
#![allow(clippy::std_instead_of_core)] // And use `std`.

use std::{
    io,
    net::UdpSocket,
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use synod_failure_detect::membership::{Group, Membership, MembershipConfig, MessageOf, Output};
use synod_failure_detect::{Heap, Inline};

/// Members are known by their ports.
struct Ports;

impl Group for Ports {
    type Id = u16;
    type Metadata = ();
    type Broadcast = ();
    const MAX_ID: usize = 3;
    const MAX_METADATA: usize = 0;
    const MAX_BROADCAST: usize = 0;
    type Members = Heap;
    type Broadcasts = Inline<1>;
    type News = Inline<64>;
}

/// How a member ends.
#[derive(Clone, Copy, PartialEq)]
enum End {
    Dies,
    Leaves,
}

fn main() -> io::Result<()> {
    let sockets: Vec<_> =
        (0..5).map(|_| UdpSocket::bind("127.0.0.1:0")).collect::<Result<_, _>>()?;
    let first = sockets[0].local_addr()?.port();
    let start = Instant::now();
    let ends =
        [(9, End::Leaves), (3, End::Dies), (7, End::Leaves), (9, End::Leaves), (9, End::Leaves)];
    let members = sockets.into_iter().zip(ends).map(|(socket, (seconds, end))| {
        thread::spawn(move || run(&socket, first, start, Duration::from_secs(seconds), end))
    });
    for member in members.collect::<Vec<_>>() {
        member.join().unwrap()?;
    }
    Ok(())
}

fn run(socket: &UdpSocket, first: u16, start: Instant, life: Duration, end: End) -> io::Result<()> {
    let me = socket.local_addr()?.port();
    let now_us = || u64::try_from(start.elapsed().as_micros()).unwrap();
    // Grows from start to start, here; a count that is stored would be better.
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let (cluster, generation) = (1, u32::try_from(since_1970.as_secs()).unwrap());
    let config = MembershipConfig {
        period_us: 200_000,
        ack_timeout_us: 50_000,
        ..MembershipConfig::new(cluster, me, generation, since_1970.as_secs() ^ u64::from(me))
    };
    let mut member = Membership::<Ports>::new(now_us(), config, ()).unwrap();
    if me != first {
        member.join(now_us(), first).unwrap();
    }
    let mut frame = [0; 1500];
    let mut has_left = false;
    while start.elapsed() < life || (end == End::Leaves && !has_left) {
        if start.elapsed() >= life {
            member.leave();
            has_left = true;
        }
        // All that has arrived, then what is due.
        let wait_us = member.poll_timeout().unwrap_or(0).saturating_sub(now_us()).clamp(1, 100_000);
        socket.set_read_timeout(Some(Duration::from_micros(wait_us)))?;
        while let Ok((len, from)) = socket.recv_from(&mut frame) {
            if let Ok(message) = postcard::from_bytes::<MessageOf<Ports>>(&frame[..len]) {
                let _not_for_us = member.handle_message(now_us(), from.port(), &message);
                drain(&mut member, socket, start)?;
            }
            socket.set_read_timeout(Some(Duration::from_micros(1)))?;
        }
        member.handle_timeout(now_us());
        drain(&mut member, socket, start)?;
    }
    println!(
        "{:6.3} s  {me} {}",
        start.elapsed().as_secs_f64(),
        if has_left { "left" } else { "died" }
    );
    Ok(())
}

fn drain(member: &mut Membership<Ports>, socket: &UdpSocket, start: Instant) -> io::Result<()> {
    let me = socket.local_addr()?.port();
    while let Some(output) = member.poll_output() {
        match output {
            Output::Send { to, message } => {
                let mut frame = [0; 1500];
                let frame = postcard::to_slice(&message, &mut frame).unwrap();
                socket.send_to(frame, ("127.0.0.1", to))?;
            }
            Output::Event(event) => {
                println!("{:6.3} s  {me}: {event:?}", start.elapsed().as_secs_f64());
            }
            Output::Broadcast { .. } => {}
        }
    }
    Ok(())
}
