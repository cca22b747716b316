//! What the connections of clients ask of their node.

use tokio::sync::oneshot;

use crate::{
    node::status::Status,
    state::{
        command::{Read, Write},
        reply::Reply,
    },
};

/// A question, and where its answer goes. A question whose asker has gone is dropped.
#[derive(Debug)]
pub enum Ask {
    /// Have this command applied by all nodes.
    Write(Write, oneshot::Sender<Reply>),
    /// Answer this from the state as it is now, or later.
    Read(Read, oneshot::Sender<Reply>),
    /// How the node is doing.
    Status(oneshot::Sender<Status>),
}
