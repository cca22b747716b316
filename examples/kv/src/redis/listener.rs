//! Where clients connect, and how many may.

use std::{sync::Arc, time::Duration};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::{net::TcpListener, sync::mpsc, time::sleep};
use tracing::warn;

use crate::{
    node::ask::Ask,
    redis::{client, limits::Limits, server::Server},
};

/// Files that are open, or may be, beside the connections of clients.
const OWN_FILES: u64 = 128;

/// Takes the connections of clients.
pub(crate) async fn serve(listener: TcpListener, asks: mpsc::Sender<Ask>) {
    let port = listener.local_addr().map_or(0, |address| address.port());
    let limits = Limits { connections: allowed_connections(), ..Limits::default() };
    let server = Arc::new(Server::new(limits, port));
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                // Only a delay of answers depends on it.
                let _ = stream.set_nodelay(true);
                tokio::spawn(client::serve(stream, asks.clone(), Arc::clone(&server)));
            }
            Err(error) => {
                // Out of file descriptors, say. Some will be closed.
                warn!(%error, "cannot accept a client");
                sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

/// As many connections of clients as this process may have open files, without those of its own.
fn allowed_connections() -> u64 {
    let limit = getrlimit(Resource::Nofile);
    // The soft limit is for programs that cannot count so far.
    let raised = Rlimit { current: limit.maximum, ..limit };
    let limit = setrlimit(Resource::Nofile, raised).map_or(limit, |()| raised);
    let allowed = limit.current.unwrap_or(u64::MAX).saturating_sub(OWN_FILES);
    allowed.clamp(1, Limits::default().connections)
}
