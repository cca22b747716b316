//! Requests whose answers are on their way.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use tokio::sync::oneshot;

use crate::{
    node::{ask::Ask, status::Status},
    redis::{info, server::Server},
    state::{
        command::{Read, Write},
        reply::Reply,
    },
};

const UNANSWERED: Reply = Reply::error("TRYAGAIN the node could not answer");

/// A request that was taken on, and what it costs until it is answered.
#[derive(Debug)]
pub(crate) struct Pending {
    pub(crate) kind: Kind,
    pub(crate) cost_bytes: usize,
    /// Whether the answer is there, and was [counted](Self::arrived).
    pub(crate) is_counted: bool,
    answer: Answer,
}

/// What must not be under way beside what else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Write,
    Read,
    /// Beside everything.
    Local,
}

#[derive(Debug)]
enum Answer {
    Here(Reply),
    OfWrite(oneshot::Receiver<Reply>),
    OfRead(oneshot::Receiver<Reply>),
    OfInfo(oneshot::Receiver<Status>, Vec<String>),
}

impl Pending {
    /// A write, and what to ask the node.
    pub(crate) fn write(write: Write, cost_bytes: usize) -> (Ask, Self) {
        let (sender, receiver) = oneshot::channel();
        let answer = Answer::OfWrite(receiver);
        (Ask::Write(write, sender), Self::new(Kind::Write, answer, cost_bytes))
    }

    /// A read, and what to ask the node.
    pub(crate) fn read(read: Read, cost_bytes: usize) -> (Ask, Self) {
        let (sender, receiver) = oneshot::channel();
        let answer = Answer::OfRead(receiver);
        (Ask::Read(read, sender), Self::new(Kind::Read, answer, cost_bytes))
    }

    /// `INFO`, and what to ask the node. It comes after the writes before it, as a read does.
    pub(crate) fn info(sections: Vec<String>, cost_bytes: usize) -> (Ask, Self) {
        let (sender, receiver) = oneshot::channel();
        let answer = Answer::OfInfo(receiver, sections);
        (Ask::Status(sender), Self::new(Kind::Read, answer, cost_bytes))
    }

    /// What is answered at once.
    pub(crate) const fn answered(reply: Reply, cost_bytes: usize) -> Self {
        Self::new(Kind::Local, Answer::Here(reply), cost_bytes)
    }

    const fn new(kind: Kind, answer: Answer, cost_bytes: usize) -> Self {
        Self { kind, cost_bytes, is_counted: false, answer }
    }

    /// The node was not asked, and will not be.
    pub(crate) fn refuse(&mut self) {
        self.answer = Answer::Here(match self.kind {
            Kind::Write => Reply::NO_LEADER,
            Kind::Read | Kind::Local => UNANSWERED,
        });
    }

    /// Waits for the answer.
    pub(crate) fn poll(&mut self, context: &mut Context<'_>, server: &Server) -> Poll<()> {
        let reply = match &mut self.answer {
            Answer::Here(_) => return Poll::Ready(()),
            Answer::OfWrite(reply) => ready!(poll(reply, context)).unwrap_or(Reply::UNKNOWN),
            Answer::OfRead(reply) => ready!(poll(reply, context)).unwrap_or(UNANSWERED),
            Answer::OfInfo(status, sections) => match ready!(poll(status, context)) {
                Some(status) => Reply::Bulk(Bytes::from(info::text(server, &status, sections))),
                None => UNANSWERED,
            },
        };
        self.answer = Answer::Here(reply);
        Poll::Ready(())
    }

    /// The answer, if it was waited for and not counted yet. It is to be counted now.
    pub(crate) fn arrived(&mut self) -> Option<&Reply> {
        match &self.answer {
            Answer::Here(reply) if !self.is_counted => {
                self.is_counted = true;
                Some(reply)
            }
            _ => None,
        }
    }

    /// The answer, if it was waited for.
    pub(crate) fn into_reply(self) -> Option<Reply> {
        match self.answer {
            Answer::Here(reply) => Some(reply),
            _ => None,
        }
    }
}

/// `None` if the node has dropped the question.
fn poll<T>(answer: &mut oneshot::Receiver<T>, context: &mut Context<'_>) -> Poll<Option<T>> {
    Pin::new(answer).poll(context).map(Result::ok)
}
