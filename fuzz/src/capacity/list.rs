//! Lists of several capacities against a `Vec`.

use std::{mem, rc::Rc};

use arbitrary::Arbitrary;
use synod_capacity::{Capacity, Full, Heap, Inline, List};

use crate::{fingerprint::fingerprint, refusal::refusal};

/// One call.
#[derive(Arbitrary, Clone, Debug)]
pub enum Operation {
    /// `push` of a value.
    Push(u8),
    /// `pop`.
    Pop,
    /// `insert` of a value before an index.
    Insert(Index, u8),
    /// `remove`.
    Remove(Index),
    /// `swap_remove`.
    SwapRemove(Index),
    /// `truncate`.
    Truncate(Index),
    /// `clear`.
    Clear,
    /// `retain` of the values that have a bit in common with this one.
    Retain(u8),
    /// `extend_from_slice`.
    Extend(Vec<u8>),
    /// `resize` to a length below 16, with this filler.
    Resize(u8, u8),
    /// `reserve`.
    Reserve(Index),
    /// Overwriting in place.
    Overwrite(Index, u8),
    /// `clone`, and going on with the clone.
    Clone,
    /// `from_slice`, and going on with the result.
    Replace(Vec<u8>),
    /// Consumption by value: so many from the front, so many from the back, the rest dropped.
    Consume(u8, u8),
}

/// An index that is small, or as large as can be.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub struct Index(u8);

impl Index {
    fn get(self) -> usize {
        match self.0 {
            255 => usize::MAX,
            254 => usize::MAX / 2 + 1,
            small => usize::from(small % 12),
        }
    }
}

/// Applies the operations to lists of every kind of capacity, step by step.
pub fn check(operations: &[Operation]) {
    let mut none = Modelled::<Inline<0>>::new();
    let mut one = Modelled::<Inline<1>>::new();
    let mut some = Modelled::<Inline<6>>::new();
    let mut heap = Modelled::<Heap>::new();
    for operation in operations.iter().take(100) {
        none.apply(operation);
        one.apply(operation);
        some.apply(operation);
        heap.apply(operation);
        none.compare(&heap);
        one.compare(&some);
        some.compare(&heap);
        heap.compare(&one);
    }
}

/// An element that is not `Copy`, and of which it is known how many are alive.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Element {
    value: u8,
    /// Each living element holds one reference.
    census: Rc<()>,
}

/// A list, and what it should hold.
#[derive(Debug)]
struct Modelled<C: Capacity> {
    list: List<Element, C>,
    model: Vec<u8>,
    census: Rc<()>,
}

impl<C: Capacity> Modelled<C> {
    fn new() -> Self {
        Self { list: List::new(), model: Vec::new(), census: Rc::new(()) }
    }

    fn apply(&mut self, operation: &Operation) {
        match operation {
            Operation::Push(value) => {
                let outcome = self.list.push(self.element(*value));
                if self.accepted(1, outcome, *value) {
                    self.model.push(*value);
                }
            }
            Operation::Pop => {
                assert_eq!(self.list.pop().map(|e| e.value), self.model.pop());
            }
            Operation::Insert(index, value) => {
                let outcome = self.list.insert(index.get(), self.element(*value));
                if self.accepted(1, outcome, *value) {
                    let end = self.model.len();
                    self.model.insert(index.get().min(end), *value);
                }
            }
            Operation::Remove(index) => {
                let there = index.get() < self.model.len();
                let expected = there.then(|| self.model.remove(index.get()));
                assert_eq!(self.list.remove(index.get()).map(|e| e.value), expected);
            }
            Operation::SwapRemove(index) => {
                let there = index.get() < self.model.len();
                let expected = there.then(|| self.model.swap_remove(index.get()));
                let removed = self.list.swap_remove(index.get());
                assert_eq!(removed.map(|e| e.value), expected);
            }
            Operation::Truncate(len) => {
                self.list.truncate(len.get());
                self.model.truncate(len.get());
            }
            Operation::Clear => {
                self.list.clear();
                self.model.clear();
            }
            Operation::Retain(bits) => self.retain(*bits),
            Operation::Extend(values) => {
                let elements = self.elements(values);
                let outcome = self.list.extend_from_slice(&elements);
                assert_eq!(outcome.err(), self.due(values.len()));
                if outcome.is_ok() {
                    self.model.extend_from_slice(values);
                }
            }
            Operation::Resize(len, filler) => self.resize(usize::from(len % 16), *filler),
            Operation::Reserve(additional) => self.reserve(additional.get()),
            Operation::Overwrite(index, value) => {
                if let Some(element) = self.list.get_mut(index.get()) {
                    element.value = *value;
                    self.model[index.get()] = *value;
                }
            }
            Operation::Clone => {
                let clone = self.list.clone();
                assert_eq!(clone, self.list);
                self.list = clone;
            }
            Operation::Replace(values) => match List::from_slice(&self.elements(values)) {
                Ok(list) => {
                    self.list = list;
                    self.model.clone_from(values);
                }
                Err(full) => assert_eq!(Some(full), refusal::<C>(values.len())),
            },
            Operation::Consume(front, back) => self.consume(*front, *back),
        }
        self.check();
    }

    fn retain(&mut self, bits: u8) {
        let mut seen = Vec::new();
        self.list.retain(|element| {
            seen.push(element.value);
            element.value & bits != 0
        });
        assert_eq!(seen, self.model, "once an element, front to back");
        self.model.retain(|value| value & bits != 0);
    }

    fn resize(&mut self, len: usize, filler: u8) {
        let outcome = self.list.resize(len, &self.element(filler));
        assert_eq!(outcome.err(), refusal::<C>(len));
        if outcome.is_ok() {
            self.model.resize(len, filler);
        }
    }

    fn reserve(&mut self, additional: usize) {
        let needed = self.model.len().saturating_add(additional);
        match self.list.reserve(additional) {
            Ok(()) => assert!(needed <= C::LIMIT && needed <= usize::MAX / 2),
            // What the heap had allocated is its own affair.
            Err(full) if C::LIMIT == usize::MAX => assert_eq!(full.needed, needed),
            Err(full) => assert_eq!(Some(full), refusal::<C>(needed)),
        }
    }

    fn consume(&mut self, front: u8, back: u8) {
        let mut elements = mem::take(&mut self.list).into_iter();
        let mut expected = mem::take(&mut self.model).into_iter();
        for _ in 0..front % 8 {
            assert_eq!(elements.next().map(|e| e.value), expected.next());
            assert_eq!(elements.len(), expected.len());
        }
        for _ in 0..back % 8 {
            assert_eq!(elements.next_back().map(|e| e.value), expected.next_back());
            assert_eq!(elements.len(), expected.len());
        }
    }

    /// Asserts that the list is what the model says, and that no element was lost or dropped twice.
    fn check(&self) {
        let values = self.list.iter().map(|element| element.value);
        assert!(values.eq(self.model.iter().copied()));
        assert_eq!(Rc::strong_count(&self.census), 1 + self.model.len());
        assert_eq!(self.list.capacity(), C::LIMIT);
        assert!(self.list.len() <= C::LIMIT);
    }

    /// Asserts that lists of different capacities compare as their elements do.
    fn compare<D: Capacity>(&self, other: &Modelled<D>) {
        let equal = self.model == other.model;
        assert_eq!(self.list == other.list, equal);
        assert_eq!(self.list.partial_cmp(&other.list), Some(self.model.cmp(&other.model)));
        if equal {
            assert_eq!(fingerprint(&self.list), fingerprint(&other.list));
        }
    }

    /// Asserts that `additional` elements were taken in exactly if they fit, and otherwise that the
    /// value came back.
    fn accepted(&self, additional: usize, outcome: Result<(), (Full, Element)>, value: u8) -> bool {
        let due = self.due(additional).map(|full| (full, value));
        let refused = outcome.map_err(|(full, element)| (full, element.value));
        assert_eq!(refused.err(), due);
        due.is_none()
    }

    fn due(&self, additional: usize) -> Option<Full> {
        refusal::<C>(self.model.len().saturating_add(additional))
    }

    fn element(&self, value: u8) -> Element {
        let census = Rc::clone(&self.census);
        Element { value, census }
    }

    fn elements(&self, values: &[u8]) -> Vec<Element> {
        values.iter().map(|value| self.element(*value)).collect()
    }
}
