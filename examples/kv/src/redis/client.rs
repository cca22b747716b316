//! One connection of a client.

use std::{
    collections::VecDeque,
    future::poll_fn,
    sync::{Arc, atomic::Ordering::Relaxed},
    task::Poll,
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    sync::mpsc::{self, Permit, error::TrySendError},
};

use crate::{
    node::ask::Ask,
    redis::{
        answers::Answers,
        command::{Command, Local},
        parse,
        pending::{Kind, Pending},
        request::Requests,
        server::{Place, Server},
        session::Session,
    },
    state::reply::Reply,
};

/// What an argument costs beside its bytes.
const ARGUMENT_BYTES: usize = 64;

const TOO_MANY: &[u8] = b"-ERR max number of clients reached\r\n";
const TOO_LARGE: Reply = Reply::error("OOM clients hold too much memory: try again later");

/// Serves a client until it leaves, misbehaves, or quits.
///
/// Its requests take effect in the order in which they came, and are answered in that order. As
/// many as its [limits](crate::redis::limits::Limits) allow are under way at once, if all of them are
/// writes, or all are reads: a read waits for the writes before it, and a write for the reads.
/// Beyond its limits the connection is not read, so that TCP holds back who sends. There is no
/// timeout: who is idle, or does not read its answers, keeps its place, as in Redis, until what is
/// held for all clients, with the values of answers that wait, is too much. A socket is to send
/// small packets at once (`TCP_NODELAY`): answers are gathered here.
///
/// A write whose answer is [`Reply::UNKNOWN`] may have been applied; who retries it may apply it
/// twice, as with Redis after a lost connection.
pub async fn serve(
    stream: impl AsyncRead + AsyncWrite,
    asks: mpsc::Sender<Ask>,
    server: Arc<Server>,
) {
    let (mut reader, mut writer) = tokio::io::split(stream);
    let Some(place) = server.admit() else {
        // The client may have gone.
        let _ = writer.write_all(TOO_MANY).await;
        return;
    };
    let mut connection = Connection {
        session: Session::new(place.id),
        requests: Requests::new(server.limits),
        answers: Answers::default(),
        pending: VecDeque::new(),
        next: None,
        cost_bytes: 0,
        writes: 0,
        reads: 0,
        stage: Stage::Open,
        asks: &asks,
        server: &server,
        place,
    };
    connection.run(&mut reader, &mut writer).await;
    // The client may have gone.
    let _ = writer.shutdown().await;
}

/// How far the end of a connection is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Open,
    /// The client says nothing more. What it has asked is answered.
    Heard,
    /// Nothing more is taken from it. What was taken is answered.
    Closing,
    /// It is over.
    Lost,
}

struct Connection<'a> {
    session: Session,
    requests: Requests,
    answers: Answers,
    /// Requests under way, and answers that come after theirs.
    pending: VecDeque<Pending>,
    /// The next request, which waits for others or for room.
    next: Option<(Ask, Pending)>,
    /// What `pending` and `next` cost.
    cost_bytes: usize,
    /// How many of `pending` are writes.
    writes: usize,
    /// How many of `pending` are reads.
    reads: usize,
    stage: Stage,
    asks: &'a mpsc::Sender<Ask>,
    server: &'a Server,
    place: Place<'a>,
}

impl Connection<'_> {
    async fn run(
        &mut self,
        reader: &mut (impl AsyncRead + Unpin),
        writer: &mut (impl AsyncWrite + Unpin),
    ) {
        let asks = self.asks;
        loop {
            while self.take_requests() | self.take_answers().await {}
            self.account();
            if self.is_over() {
                return;
            }
            let may_answer = self.may_answer();
            let is_readable = self.stage == Stage::Open && self.has_room() && may_answer;
            let is_blocked = self.next.is_some() && self.may_submit();
            let is_pending = !self.pending.is_empty() && (may_answer || !self.answers.is_empty());
            tokio::select! {
                // To send and to finish comes before taking on more.
                biased;
                sent = writer.write_buf(self.answers.bytes()), if !self.answers.is_empty() => {
                    if !matches!(sent, Ok(1..)) {
                        self.stage = Stage::Lost;
                    }
                }
                () = wait(&mut self.pending, self.server, may_answer), if is_pending => {
                    if !may_answer {
                        self.count();
                    }
                }
                permit = asks.reserve(), if is_blocked => self.submit(permit.ok()),
                read = reader.read_buf(self.requests.room()), if is_readable => match read {
                    Ok(0) => self.stage = Stage::Heard,
                    Ok(_) => {}
                    Err(_) => self.stage = Stage::Lost,
                },
                // Only if limits of 0 forbid everything.
                else => self.stage = Stage::Lost,
            }
        }
    }

    /// Takes on as many requests as may be under way, and says whether there was any.
    fn take_requests(&mut self) -> bool {
        let mut is_any = false;
        loop {
            if self.next.is_some() {
                if !self.may_submit() {
                    return is_any;
                }
                match self.asks.try_reserve() {
                    Ok(permit) => self.submit(Some(permit)),
                    Err(TrySendError::Closed(())) => self.submit(None),
                    Err(TrySendError::Full(())) => return is_any,
                }
            }
            if !self.has_room() || self.stage >= Stage::Closing {
                return is_any;
            }
            let parsed = self.requests.next(|arguments| (parse::parse(arguments), cost(arguments)));
            match parsed {
                Ok(None) => return is_any,
                Ok(Some((command, cost_bytes))) => self.begin(command, cost_bytes),
                Err(error) => self.end(error),
            }
            is_any = true;
        }
    }

    fn begin(&mut self, command: Result<Command, Reply>, cost_bytes: usize) {
        self.server.commands.fetch_add(1, Relaxed);
        self.cost_bytes = self.cost_bytes.saturating_add(cost_bytes);
        let answer = match command {
            Ok(Command::Write(write)) => {
                self.server.writes.fetch_add(1, Relaxed);
                self.next = Some(Pending::write(write, cost_bytes));
                return;
            }
            Ok(Command::Read(read)) => {
                self.server.reads.fetch_add(1, Relaxed);
                self.next = Some(Pending::read(read, cost_bytes));
                return;
            }
            Ok(Command::Local(Local::Info(sections))) => {
                self.next = Some(Pending::info(sections, cost_bytes));
                return;
            }
            Ok(Command::Local(Local::HangUp)) => {
                self.stage = Stage::Lost;
                return;
            }
            Ok(Command::Local(local)) => {
                if local == Local::Quit {
                    self.stage = Stage::Closing;
                }
                self.session.answer(local, &self.server.limits)
            }
            Err(error) => error,
        };
        let mut pending = Pending::answered(answer, cost_bytes);
        if let Some(reply) = pending.arrived() {
            self.answers.hold(reply);
        }
        self.pending.push_back(pending);
    }

    /// Sends the next request to the node, or answers it if that has ended.
    fn submit(&mut self, permit: Option<Permit<'_, Ask>>) {
        let Some((ask, mut pending)) = self.next.take() else { return };
        match permit {
            Some(permit) => permit.send(ask),
            None => pending.refuse(),
        }
        if let Some(count) = self.under_way(pending.kind) {
            *count = count.saturating_add(1);
        }
        self.pending.push_back(pending);
    }

    /// Writes out as many answers as there are, and fit, and says whether there was any.
    async fn take_answers(&mut self) -> bool {
        let most_bytes = self.server.limits.answer_bytes;
        self.answers.go_on(most_bytes);
        let mut is_any = false;
        while self.may_answer()
            && answered(&mut self.pending, self.server).await
            && let Some(first) = self.pending.pop_front()
        {
            if let Some(count) = self.under_way(first.kind) {
                *count = count.saturating_sub(1);
            }
            self.cost_bytes = self.cost_bytes.saturating_sub(first.cost_bytes);
            let is_counted = first.is_counted;
            if let Some(reply) = first.into_reply() {
                if is_counted {
                    self.answers.release(&reply);
                }
                self.answers.push(reply, most_bytes);
            }
            is_any = true;
        }
        is_any
    }

    fn under_way(&mut self, kind: Kind) -> Option<&mut usize> {
        match kind {
            Kind::Write => Some(&mut self.writes),
            Kind::Read => Some(&mut self.reads),
            Kind::Local => None,
        }
    }

    /// Counts the answers that have arrived, but cannot be written out yet.
    fn count(&mut self) {
        for reply in self.pending.iter_mut().filter_map(Pending::arrived) {
            self.answers.hold(reply);
        }
    }

    /// Sees to it that all clients together do not hold too much memory.
    fn account(&mut self) {
        self.answers.shrink();
        let answers = self.answers.held_bytes();
        let buffers = self.requests.held_bytes().saturating_add(answers);
        if self.place.hold(buffers.saturating_add(self.cost_bytes)) {
            return;
        }
        if answers > self.server.limits.answer_bytes {
            // Who does not read would never come to a last word, and all would be held until then.
            self.stage = Stage::Lost;
        } else if self.stage == Stage::Open {
            self.requests = Requests::new(self.server.limits);
            self.end(TOO_LARGE);
        }
    }

    /// Says a last word.
    fn end(&mut self, error: Reply) {
        self.pending.push_back(Pending::answered(error, 0));
        self.stage = Stage::Closing;
    }

    fn may_answer(&self) -> bool {
        self.answers.is_written() && self.answers.len() < self.server.limits.answer_bytes
    }

    fn is_over(&self) -> bool {
        let is_answered = self.pending.is_empty()
            && self.next.is_none()
            && self.answers.is_written()
            && self.answers.is_empty();
        self.stage == Stage::Lost || (self.stage != Stage::Open && is_answered)
    }

    fn has_room(&self) -> bool {
        let limits = &self.server.limits;
        self.next.is_none()
            && self.pending.len() < limits.depth
            && self.cost_bytes < limits.request_bytes
    }

    /// Whether the next request need not wait for those under way.
    fn may_submit(&self) -> bool {
        match self.next.as_ref().map(|(_, pending)| pending.kind) {
            Some(Kind::Write) => self.reads == 0,
            Some(Kind::Read) => self.writes == 0,
            Some(Kind::Local) | None => true,
        }
    }
}

/// Whether the first answer is there.
async fn answered(pending: &mut VecDeque<Pending>, server: &Server) -> bool {
    poll_fn(|context| {
        let first = pending.front_mut().map(|first| first.poll(context, server));
        Poll::Ready(first.is_some_and(|poll| poll.is_ready()))
    })
    .await
}

/// Waits for the first answer if it may be written out, else for any that was not counted yet.
async fn wait(pending: &mut VecDeque<Pending>, server: &Server, may_answer: bool) {
    let awaited = if may_answer { 1 } else { pending.len() };
    poll_fn(|context| {
        let mut is_any = false;
        for pending in pending.iter_mut().take(awaited) {
            if may_answer || !pending.is_counted {
                is_any |= pending.poll(context, server).is_ready();
            }
        }
        if is_any { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

/// What a request holds in memory, about.
fn cost(arguments: &[&[u8]]) -> usize {
    arguments
        .iter()
        .fold(0, |sum, argument| sum.saturating_add(argument.len()).saturating_add(ARGUMENT_BYTES))
}
