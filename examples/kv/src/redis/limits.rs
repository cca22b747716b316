//! What clients may cost.

use crate::state::command::MAX_VALUE_BYTES;

/// Bounds, so that slow and hostile clients exhaust nothing: by default all of them hold about
/// 512 MiB at most, beside what they store.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connections at a time.
    pub connections: u64,
    /// Bytes of one request, as it is sent. Its encoding in the log is never larger, beside what
    /// [`Proposal::OVERHEAD`](crate::node::proposal::Proposal::OVERHEAD) adds.
    pub request_bytes: usize,
    /// Arguments of one request.
    pub arguments: usize,
    /// Requests of one connection that wait for their answers. Beyond that it is not read.
    pub depth: usize,
    /// Bytes of one connection's answers that wait to be sent. Beyond that, and the one answer that
    /// crosses it, neither are more of them written out nor is the connection read.
    pub answer_bytes: usize,
    /// Bytes that all connections hold together, beside the first 64 KiB of each, with the values of
    /// answers that wait. Beyond that, whose answers are more than `answer_bytes` is cut off.
    pub total_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 4_096,
            request_bytes: MAX_VALUE_BYTES,
            arguments: 1 << 16,
            depth: 128,
            answer_bytes: 1 << 16,
            total_bytes: 256 << 20,
        }
    }
}
