//! Some nodes and a network, as a model for the search.

use std::{fmt, hash::Hash, sync::Arc};

use dashmap::DashMap;
use stateright::{Model, Property};

use crate::{intern::Interner, network::Network};

/// How many nodes there may be.
const PLACES: usize = 6;
/// Where there is no node.
const NOBODY: u32 = u32::MAX;

/// One node: a machine of the libraries, with its host and its disk.
pub(crate) trait Node: Clone + Send + Sync + 'static {
    /// What tells two nodes apart, whatever may happen to them: without time, chance, and counts of
    /// what is past. Nodes of two places differ in it.
    type View: Eq + Hash + Send + Sync;
    /// What nodes send each other.
    type Message: Clone + fmt::Debug + Eq + Hash + Send + Sync;
    /// What happens at a node besides messages.
    type Event: Copy + fmt::Debug + Eq + Hash + Send + Sync;
    /// What the observer is to know.
    type Note: Send + Sync;

    /// What tells it apart.
    fn view(&self) -> Self::View;

    /// All that may happen to it next, besides messages.
    fn events(&self) -> Vec<Self::Event>;

    /// One of these happens.
    fn happen(&mut self, event: Self::Event) -> Effects<Self>;

    /// A message arrives from the node at this place.
    fn receive(&mut self, from: usize, message: &Self::Message) -> Effects<Self>;
}

/// What follows from a step, besides the node's own change.
pub(crate) struct Effects<N: Node> {
    /// Messages, and to which places they go.
    pub(crate) sent: Vec<(usize, N::Message)>,
    /// In the order in which they were made.
    pub(crate) notes: Vec<N::Note>,
}

impl<N: Node> Default for Effects<N> {
    fn default() -> Self {
        Self { sent: Vec::new(), notes: Vec::new() }
    }
}

/// What happens at a node of a system.
pub(crate) type Event<S> = <<S as System>::Node as Node>::Event;
/// What nodes of a system send each other.
pub(crate) type Message<S> = <<S as System>::Node as Node>::Message;

/// What is searched: which nodes there are, what is counted, and where it ends.
pub(crate) trait System: Send + Sync + Sized + 'static {
    /// Its nodes.
    type Node: Node;
    /// What an observer remembers who sees all: what properties are about, and how much of what is
    /// bounded was used up. What was seen to be wrong stays so.
    type History: Clone + fmt::Debug + Default + Eq + Hash + Send + Sync;

    /// The nodes at the beginning, and what follows from their start.
    fn start(&self) -> Vec<(Self::Node, Effects<Self::Node>)>;

    /// Steps from the start to where the search begins; none as a rule.
    fn prologue(&self, world: &World<Self>, start: State<Self::History>) -> State<Self::History> {
        let _ = world;
        start
    }

    /// Whether the network loses this message whenever it is sent.
    fn loses(&self, message: &Message<Self>) -> bool;

    /// Whether this message means nothing to the node any more, whatever may happen. If it does
    /// change nothing now, it is taken out of the network.
    fn is_void(&self, node: &Self::Node, message: &Message<Self>) -> bool;

    /// Whether there may be such a node at this place. Where not, the search ends.
    fn bounds(&self, place: usize, node: &Self::Node) -> bool;

    /// Whether this may happen at the node of this place. If so, it is counted.
    fn admit(&self, history: &mut Self::History, place: usize, event: Event<Self>) -> bool;

    /// The observer takes note.
    fn note(&self, history: &mut Self::History, place: usize, note: &<Self::Node as Node>::Note);

    /// What must hold always, and what must be seen sometimes.
    fn properties(&self) -> Vec<Property<World<Self>>>;
}

/// A message on its way.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Envelope<M> {
    from: usize,
    to: usize,
    message: M,
}

/// A node that was met.
struct Known<N: Node> {
    node: Arc<N>,
    events: Vec<N::Event>,
    in_bounds: bool,
}

/// What happens to a node: the number of a message, or an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Input<E> {
    Message(u32),
    Event(E),
}

/// What follows, in numbers.
struct Outcome<N: Node> {
    node: u32,
    in_bounds: bool,
    /// It was a message that means nothing any more.
    is_void: bool,
    sent: Box<[u32]>,
    notes: Box<[N::Note]>,
}

type Outcomes<N> = DashMap<(u32, Input<<N as Node>::Event>), Arc<Outcome<N>>, ahash::RandomState>;

/// The model of a system.
///
/// A node's step depends on nothing but the node and what happens to it. So the machine makes each
/// step once, and what came of it is looked up from then on, in whatever state of the others.
pub(crate) struct World<S: System> {
    system: S,
    /// Whether silent steps are put together, and messages without a meaning taken out.
    is_reduced: bool,
    nodes: Interner<<S::Node as Node>::View, Known<S::Node>>,
    messages: Interner<Envelope<Message<S>>, Envelope<Message<S>>>,
    outcomes: Outcomes<S::Node>,
}

/// A state of all: nodes and messages by their numbers.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct State<H> {
    nodes: [u32; PLACES],
    network: Network,
    /// Whose turn it is, if the last step was silent.
    turn: Option<u8>,
    /// What was seen so far.
    pub(crate) history: H,
}

/// What happens next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step<E> {
    /// The message of this number arrives.
    Deliver(u32),
    /// Something happens at the node of a place.
    Happen(usize, E),
}

impl<S: System> World<S> {
    /// The model of this system.
    pub(crate) fn new(system: S) -> Self {
        let (nodes, messages) = (Interner::default(), Interner::default());
        Self { system, is_reduced: true, nodes, messages, outcomes: DashMap::default() }
    }

    /// The same with every state in between.
    #[cfg(test)]
    pub(crate) fn unreduced(system: S) -> Self {
        Self { is_reduced: false, ..Self::new(system) }
    }

    /// What it is a model of.
    pub(crate) fn system(&self) -> &S {
        &self.system
    }

    /// The node at a place, as it is in a state.
    pub(crate) fn node(&self, state: &State<S::History>, place: usize) -> Arc<S::Node> {
        Arc::clone(&self.nodes.get(state.nodes[place]).node)
    }

    /// The state after this event, whether or not it is admitted, and all that follows from it by
    /// messages and such events. What was sent until then is lost.
    pub(crate) fn settle(
        &self,
        mut state: State<S::History>,
        place: usize,
        first: Event<S>,
        goes_on: impl Fn(Event<S>) -> bool,
    ) -> State<S::History> {
        let outcome = self.step(place, state.nodes[place], Input::Event(first));
        self.take(&mut state, place, &outcome);
        let follows = |step: &_| match step {
            Step::Deliver(_) => true,
            Step::Happen(_, event) => goes_on(*event),
        };
        loop {
            state.turn = None;
            let mut actions = Vec::new();
            self.actions(&state, &mut actions);
            let mut steps = actions.into_iter().filter(follows);
            let Some(next) = steps.find_map(|step| self.next_state(&state, step)) else { break };
            state = next;
        }
        state.network = Network::default();
        state
    }

    /// How many different steps machines have made.
    pub(crate) fn machine_steps(&self) -> usize {
        self.outcomes.len()
    }

    /// What comes of this input to the node of this number.
    fn step(&self, place: usize, number: u32, input: Input<Event<S>>) -> Arc<Outcome<S::Node>> {
        if let Some(known) = self.outcomes.get(&(number, input)) {
            return Arc::clone(&known);
        }
        let mut node = S::Node::clone(&self.nodes.get(number).node);
        let (effects, may_be_void) = match input {
            Input::Event(event) => (node.happen(event), false),
            Input::Message(message) => {
                let Envelope { from, message, .. } = &*self.envelope(message);
                let may_be_void = self.system.is_void(&node, message);
                (node.receive(*from, message), may_be_void)
            }
        };
        let mut outcome = self.outcome(place, node, effects);
        let Outcome { node, sent, notes, .. } = &outcome;
        outcome.is_void = may_be_void && *node == number && sent.is_empty() && notes.is_empty();
        let outcome = Arc::new(outcome);
        self.outcomes.insert((number, input), Arc::clone(&outcome));
        outcome
    }

    /// What is to be remembered of a step at this place.
    fn outcome(&self, place: usize, node: S::Node, effects: Effects<S::Node>) -> Outcome<S::Node> {
        let sent = effects.sent.into_iter().filter(|(_, message)| !self.system.loses(message));
        let sent = sent.map(|(to, message)| {
            let envelope = Envelope { from: place, to, message };
            self.messages.number(envelope.clone(), || envelope) * PLACES as u32 + to as u32
        });
        let sent = sent.collect();
        let number = self.nodes.number(node.view(), || Known {
            events: node.events(),
            in_bounds: self.system.bounds(place, &node),
            node: Arc::new(node),
        });
        let in_bounds = self.nodes.get(number).in_bounds;
        Outcome { node: number, in_bounds, is_void: false, sent, notes: effects.notes.into() }
    }

    fn envelope(&self, message: u32) -> Arc<Envelope<Message<S>>> {
        self.messages.get(message / PLACES as u32)
    }

    /// Whether the outcome of a step changes the state, which it then does.
    fn take(
        &self,
        state: &mut State<S::History>,
        place: usize,
        outcome: &Outcome<S::Node>,
    ) -> bool {
        let moved = state.nodes[place] != outcome.node;
        state.nodes[place] = outcome.node;
        let told = self.tell(state, place, &outcome.notes);
        let sent = self.send(state, &outcome.sent);
        if moved && self.is_reduced {
            let nodes = state.nodes;
            state
                .network
                .lose(|message| place_of(message) == place && self.is_void(&nodes, message));
        }
        state.turn = (self.is_reduced && !told && !sent).then_some(place as u8);
        moved || told || sent
    }

    /// Whether the observer learns something.
    fn tell(
        &self,
        state: &mut State<S::History>,
        place: usize,
        notes: &[<S::Node as Node>::Note],
    ) -> bool {
        if notes.is_empty() {
            return false;
        }
        let before = state.history.clone();
        for note in notes {
            self.system.note(&mut state.history, place, note);
        }
        state.history != before
    }

    /// Whether one of these messages is new, and means something to its receiver.
    fn send(&self, state: &mut State<S::History>, messages: &[u32]) -> bool {
        let nodes = state.nodes;
        let sent = messages.iter().copied().filter(|&message| !self.is_void(&nodes, message));
        state.network.send(sent)
    }

    fn is_void(&self, nodes: &[u32; PLACES], message: u32) -> bool {
        let place = place_of(message);
        // While nodes are started, some are not there yet.
        self.is_reduced
            && nodes[place] != NOBODY
            && self.step(place, nodes[place], Input::Message(message)).is_void
    }
}

impl<S: System> Model for World<S> {
    type State = State<S::History>;
    type Action = Step<Event<S>>;

    fn init_states(&self) -> Vec<Self::State> {
        let (network, history) = (Network::default(), S::History::default());
        let mut state = State { nodes: [NOBODY; PLACES], network, turn: None, history };
        for (place, (node, effects)) in self.system.start().into_iter().enumerate() {
            let outcome = self.outcome(place, node, effects);
            self.take(&mut state, place, &outcome);
        }
        state.turn = None;
        vec![self.system.prologue(self, state)]
    }

    fn actions(&self, state: &Self::State, actions: &mut Vec<Self::Action>) {
        let its_turn = |place: usize| state.turn.is_none_or(|turn| usize::from(turn) == place);
        for (place, &number) in state.nodes.iter().enumerate() {
            if number != NOBODY && its_turn(place) {
                let known = self.nodes.get(number);
                actions.extend(known.events.iter().map(|&event| Step::Happen(place, event)));
            }
        }
        let messages = state.network.iter().filter(|&message| its_turn(place_of(message)));
        actions.extend(messages.map(Step::Deliver));
    }

    fn next_state(&self, state: &Self::State, action: Self::Action) -> Option<Self::State> {
        let mut next = state.clone();
        let (place, input) = match action {
            Step::Happen(place, event) => {
                if !self.system.admit(&mut next.history, place, event) {
                    return None;
                }
                (place, Input::Event(event))
            }
            Step::Deliver(message) => (place_of(message), Input::Message(message)),
        };
        let outcome = self.step(place, state.nodes[place], input);
        (outcome.in_bounds && self.take(&mut next, place, &outcome)).then_some(next)
    }

    fn format_action(&self, action: &Self::Action) -> String {
        match action {
            Step::Happen(place, event) => format!("{place}: {event:?}"),
            Step::Deliver(number) => {
                let Envelope { from, to, message } = &*self.envelope(*number);
                format!("{from} to {to}: {message:?}")
            }
        }
    }

    fn properties(&self) -> Vec<Property<Self>> {
        self.system.properties()
    }
}

/// To which place the message of this number goes.
const fn place_of(message: u32) -> usize {
    message as usize % PLACES
}
