//! A swarm: many nodes that find out about each other, on a network that is slow, lossy and cut,
//! and that stand still now and then.
//!
//! A node is ours or somebody else's: what they do under the same faults is compared.

mod member;

use alloc::{rc::Rc, vec, vec::Vec};

use crate::{queue::Queue, random::Random};

pub use member::{Member, Swarmer, swim};

/// A node of a swarm. Others are known by their places.
pub trait Node {
    /// The time of [`poll_timeout`](Self::poll_timeout) has come.
    fn handle_timeout(&mut self, now_us: u64);

    /// Another one has sent this.
    fn handle_message(&mut self, now_us: u64, from: usize, bytes: &[u8]);

    /// When it is to be called.
    fn poll_timeout(&self) -> Option<u64>;

    /// What it says next, until `None`.
    fn poll(&mut self) -> Option<Said>;
}

/// What a node says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// To another one.
    Send {
        /// Which one.
        to: usize,
        /// What.
        bytes: Vec<u8>,
        /// Whether it asks the receiver whether that is alive, for itself.
        is_probe: bool,
    },
    /// To its host.
    Told(Told),
}

/// What a node tells its host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// Another one is there.
    Up(usize),
    /// Another one is dead.
    Down(usize),
    /// Another one has left.
    Left(usize),
    /// Another one tells everybody this.
    Heard(usize, u32),
}

/// Something that a node told its host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// When.
    pub at_us: u64,
    /// Which node.
    pub by: usize,
    /// What.
    pub told: Told,
}

/// How a node stands still.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pause {
    /// It does nothing at all.
    Whole,
    /// It neither sends nor receives; its timers go on.
    Io,
}

/// What a network does to messages.
#[derive(Clone, Copy, Debug)]
pub struct Weather {
    /// The shortest and the longest time of one on its way.
    pub delay_us: (u64, u64),
    /// How many of a million are lost.
    pub drop_ppm: u32,
    /// How many of a million come twice.
    pub duplicate_ppm: u32,
}

/// What was sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// Messages.
    pub messages: u64,
    /// Their bytes.
    pub bytes: u64,
    /// The bytes of the largest.
    pub largest: usize,
}

/// A node asks another one whether it is alive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Probe {
    /// When.
    pub at_us: u64,
    /// Who.
    pub by: usize,
    /// Whom.
    pub of: usize,
}

#[derive(Debug)]
struct Place<N> {
    node: Option<N>,
    /// What was meant for an earlier node is not for this one.
    life: u32,
    pause: Option<Pause>,
    /// What came, and what was said, in a pause.
    inbox: Vec<(usize, Rc<[u8]>)>,
    outbox: Vec<(usize, Rc<[u8]>)>,
    /// When the queue has a call for it.
    called_us: u64,
}

#[derive(Debug)]
enum Happening {
    Call(usize),
    Arrival { from: usize, to: usize, life: u32, bytes: Rc<[u8]> },
}

/// Nodes, and what is between them.
#[derive(Debug)]
pub struct Swarm<N> {
    places: Vec<Place<N>>,
    queue: Queue<Happening>,
    random: Random,
    cut: Vec<bool>,
    now_us: u64,
    /// What the network does.
    pub weather: Weather,
    /// What the nodes have told their hosts.
    pub events: Vec<Event>,
    /// What was sent.
    pub sent: Sent,
    /// Who asked whom; only if that is wanted.
    pub probes: Option<Vec<Probe>>,
}

impl<N: Node> Swarm<N> {
    /// Places for so many nodes.
    #[must_use]
    pub fn new(seed: u64, places: usize, weather: Weather) -> Self {
        let place = || Place {
            node: None,
            life: 0,
            pause: None,
            inbox: Vec::new(),
            outbox: Vec::new(),
            called_us: u64::MAX,
        };
        Self {
            places: (0..places).map(|_| place()).collect(),
            queue: Queue::default(),
            random: Random::new(seed),
            cut: vec![false; places * places],
            now_us: 0,
            weather,
            events: Vec::new(),
            sent: Sent::default(),
            probes: None,
        }
    }

    /// The time.
    #[must_use]
    pub const fn now_us(&self) -> u64 {
        self.now_us
    }

    /// Chance of the one that plays with the swarm.
    pub const fn random(&mut self) -> &mut Random {
        &mut self.random
    }

    /// The node at a place, if there is one.
    #[must_use]
    pub fn node(&self, place: usize) -> Option<&N> {
        self.places[place].node.as_ref()
    }

    /// Puts a node at a place.
    pub fn start(&mut self, place: usize, node: N) {
        self.kill(place);
        self.places[place].node = Some(node);
        self.settle(place);
    }

    /// Takes the node from a place, and whatever is on its way to it.
    pub fn kill(&mut self, place: usize) {
        let place = &mut self.places[place];
        place.node = None;
        place.life += 1;
        place.pause = None;
        place.called_us = u64::MAX;
        place.inbox.clear();
        place.outbox.clear();
    }

    /// Has a node do something.
    pub fn call(&mut self, place: usize, verb: impl FnOnce(&mut N)) {
        if let Some(node) = &mut self.places[place].node {
            verb(node);
        }
        self.settle(place);
    }

    /// Has a node stand still.
    pub fn pause(&mut self, place: usize, pause: Pause) {
        self.places[place].pause = Some(pause);
    }

    /// Has a node go on: what it had said is sent, and what has come is handed over before it is
    /// called.
    pub fn resume(&mut self, place: usize) {
        self.places[place].pause = None;
        for (to, bytes) in core::mem::take(&mut self.places[place].outbox) {
            self.send(place, to, &bytes);
        }
        for (from, bytes) in core::mem::take(&mut self.places[place].inbox) {
            self.hand_over(place, from, &bytes);
        }
        self.wake(place);
    }

    /// Cuts the way from one place to another, or mends it.
    pub fn cut(&mut self, from: usize, to: usize, is_cut: bool) {
        let places = self.places.len();
        self.cut[from * places + to] = is_cut;
    }

    /// Lets time pass.
    pub fn run_for(&mut self, time_us: u64) {
        let until_us = self.now_us + time_us;
        while self.queue.next_us().is_some_and(|at_us| at_us <= until_us) {
            let Some((at_us, happening)) = self.queue.pop() else { return };
            self.now_us = at_us;
            match happening {
                Happening::Call(place) => {
                    if self.places[place].called_us == at_us {
                        self.places[place].called_us = u64::MAX;
                        self.wake(place);
                    }
                }
                Happening::Arrival { from, to, life, bytes } => {
                    let place = &mut self.places[to];
                    if place.node.is_none() || place.life != life {
                        continue;
                    }
                    if place.pause.is_some() {
                        place.inbox.push((from, bytes));
                    } else {
                        self.hand_over(to, from, &bytes);
                    }
                }
            }
        }
        self.now_us = until_us;
    }

    /// Calls a node if it is due.
    fn wake(&mut self, place: usize) {
        let now_us = self.now_us;
        if self.places[place].pause == Some(Pause::Whole) {
            return;
        }
        if let Some(node) = &mut self.places[place].node
            && node.poll_timeout().is_some_and(|due_us| due_us <= now_us)
        {
            node.handle_timeout(now_us);
        }
        self.settle(place);
    }

    fn hand_over(&mut self, place: usize, from: usize, bytes: &[u8]) {
        let now_us = self.now_us;
        if let Some(node) = &mut self.places[place].node {
            node.handle_message(now_us, from, bytes);
        }
        self.settle(place);
    }

    /// Takes what a node has to say, and plans its next call.
    fn settle(&mut self, place: usize) {
        while let Some(said) = self.places[place].node.as_mut().and_then(Node::poll) {
            match said {
                Said::Told(told) => {
                    self.events.push(Event { at_us: self.now_us, by: place, told });
                }
                Said::Send { to, bytes, is_probe } => {
                    if is_probe {
                        let probe = Probe { at_us: self.now_us, by: place, of: to };
                        self.probes.iter_mut().for_each(|probes| probes.push(probe));
                    }
                    let bytes = Rc::from(bytes);
                    if self.places[place].pause.is_some() {
                        self.places[place].outbox.push((to, bytes));
                    } else {
                        self.send(place, to, &bytes);
                    }
                }
            }
        }
        let due_us = self.places[place].node.as_ref().and_then(Node::poll_timeout);
        let due_us = due_us.unwrap_or(u64::MAX).max(self.now_us);
        if due_us < self.places[place].called_us {
            self.places[place].called_us = due_us;
            self.queue.push(due_us, Happening::Call(place));
        }
    }

    fn send(&mut self, from: usize, to: usize, bytes: &Rc<[u8]>) {
        self.sent.messages += 1;
        self.sent.bytes += bytes.len() as u64;
        self.sent.largest = self.sent.largest.max(bytes.len());
        let Some(life) = self.places.get(to).map(|place| place.life) else { return };
        if self.cut[from * self.places.len() + to] || self.random.ppm(self.weather.drop_ppm) {
            return;
        }
        let copies = if self.random.ppm(self.weather.duplicate_ppm) { 2 } else { 1 };
        for _ in 0..copies {
            let (least_us, most_us) = self.weather.delay_us;
            let at_us = self.now_us + self.random.range(least_us, most_us);
            self.queue.push(at_us, Happening::Arrival { from, to, life, bytes: bytes.clone() });
        }
    }
}
