//! The part of a message that is filled as far as there is room.

use synod_capacity::{Capacity, List};

use super::{Broadcast, News, size::Sizes};

/// News to be sent, and the bytes that are left.
pub(super) struct Draft<'a, Id, M, N: Capacity> {
    pub(super) news: &'a mut List<News<Id, M>, N>,
    pub(super) room: Room,
}

impl<Id, M, N: Capacity> Draft<'_, Id, M, N> {
    /// Adds a piece if there is room; whether there was.
    pub(super) fn add(&mut self, piece: News<Id, M>) -> bool {
        !self.is_full() && self.room.take_news(&piece) && self.news.push(piece).is_ok()
    }

    /// Whether it has as many pieces as it can.
    pub(super) fn is_full(&self) -> bool {
        self.news.len() >= self.news.capacity()
    }
}

/// The bytes that are left in a message.
#[derive(Clone, Copy, Debug)]
pub(super) struct Room {
    sizes: Sizes,
    bytes: usize,
}

impl Room {
    pub(super) const fn new(sizes: Sizes, bytes: usize) -> Self {
        Self { sizes, bytes }
    }

    /// Takes the room of a piece of news; whether it was there.
    fn take_news<Id, M>(&mut self, news: &News<Id, M>) -> bool {
        self.take(self.sizes.news(news))
    }

    /// Takes the room of a broadcast; whether it was there.
    pub(super) fn take_broadcast<Id, B>(&mut self, broadcast: &Broadcast<Id, B>) -> bool {
        self.take(self.sizes.broadcast(broadcast))
    }

    fn take(&mut self, bytes: usize) -> bool {
        let rest = self.bytes.checked_sub(bytes);
        self.bytes = rest.unwrap_or(self.bytes);
        rest.is_some()
    }
}
