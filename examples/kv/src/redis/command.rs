//! Commands: what clients can ask for.

use bytes::Bytes;

use crate::state::{
    command::{Read, Write},
    reply::Reply,
};

/// What a client asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// What goes through the log.
    Write(Write),
    /// What looks at the state.
    Read(Read),
    /// What the connection answers by itself.
    Local(Local),
}

/// A command that the connection answers by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Local {
    /// This is the answer.
    Answer(Reply),
    /// `INFO`: these sections, in small letters; all if there is none.
    Info(Vec<String>),
    /// `CONFIG GET`: the parameters whose names match one of these.
    ConfigGet(Vec<String>),
    /// `CLIENT ID`.
    ClientId,
    /// `CLIENT GETNAME`.
    ClientName,
    /// `CLIENT SETNAME`; empty for none.
    SetClientName(Bytes),
    /// `HELLO`, in version 2 of the protocol, perhaps with a name.
    Hello(Option<Bytes>),
    /// `RESET`: the connection is as it was at first.
    Reset,
    /// `QUIT`: the last answer.
    Quit,
    /// A browser that was tricked into speaking to this port: not even an answer.
    HangUp,
}
