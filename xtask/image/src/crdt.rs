//! `synod-crdt`: what a program would use of it, and the size of its types. The operations are in
//! the modules.

mod anti_entropy;
mod kinds;
mod places;
mod sets;
mod states;
mod values;

use core::hint::black_box;

use synod_crdt::{
    AntiEntropy, AwSet, CatchUp, Causal, CausalContext, CausalMap, GCounter, HybridStamp, Inline,
    LwwRegister, Merge, Message, Output, PnCounter,
};

use crate::wire::{decode, encode};

/// Up to 8 replicas or gaps, and up to 32 elements.
type Tags = Causal<u16, AwSet<u16>, Inline<8>, Inline<32>>;
/// Up to 4 replicas or gaps, and 16 settings.
type Settings = Causal<u16, CausalMap<u8, LwwRegister<u32>>, Inline<4>, Inline<16>>;
type Stock = Causal<u16, PnCounter, Inline<4>, Inline<12>>;
/// To up to 7 peers, with the latest 8 changes.
type Machine = AntiEntropy<u16, Inline<8>, Inline<7>, 8>;
type Visitors = Causal<u16, GCounter, Inline<8>, Inline<0>>;

configurations! {
    "add-wins set of 32 u16, 8 replicas: insert, remove, read, merge" => fn(
        tags: &mut Tags, other: &Tags, element: u16
    ) -> Option<bool> {
        let _ = black_box(tags.write(1).insert(element));
        let _ = black_box(tags.write(1).remove(&element));
        let _ = black_box(tags.merge(other));
        Some(tags.read().contains(&element))
    }
    "add-wins set of 32 u16, 8 replicas: every operation, and deltas in postcard" => fn(
        tags: &mut Tags, input: &[u8], output: &mut [u8], element: u16
    ) -> Option<usize> {
        if let Ok(delta) = tags.write(1).insert(element) {
            black_box(encode(&delta, output));
        }
        if let Ok(delta) = tags.write(1).remove(&element) {
            black_box(encode(&delta, output));
        }
        if let Ok(delta) = tags.write(1).reset() {
            black_box(encode(&delta, output));
        }
        if let Some(received) = decode::<Tags>(input) {
            let _ = black_box(tags.validate(&received));
            let _ = black_box(tags.merge(&received));
            if let Some(part) = tags.delta_since(received.context(), &mut CatchUp::new(), 8) {
                black_box(encode(&part, output));
            }
        }
        black_box((tags.read().contains(&element), tags.read().len()));
        for element in tags.read().iter() {
            black_box(*element);
        }
        encode(tags, output)
    }
    "add-wins set of 32 u16 in anti-entropy of 8 replicas, messages in postcard" => fn(
        machine: &mut Machine, tags: &mut Tags, now_us: u64, input: &[u8], output: &mut [u8]
    ) -> Option<u64> {
        if let Ok(delta) = tags.write(1).insert(7) {
            machine.record(&delta);
        }
        if let Some(message) = decode::<Message<u16, CausalContext<u16, Inline<8>>, Tags>>(input) {
            let _ = black_box(machine.handle_message(now_us, 2, &message, tags));
        }
        machine.handle_timeout(now_us);
        while let Some(event) = machine.poll_output(tags) {
            if let Output::Send { message, .. } = event {
                black_box(encode(&message, output));
            }
        }
        machine.poll_timeout()
    }
    "map of 16 last-writer-wins settings, 4 replicas, and deltas in postcard" => fn(
        settings: &mut Settings, input: &[u8], output: &mut [u8], key: u8, at: HybridStamp
    ) -> Option<u32> {
        if let Ok(delta) = settings.write(1).at(&key).set(at, 7) {
            black_box(encode(&delta, output));
        }
        let _ = black_box(settings.merge(&decode::<Settings>(input)?));
        settings.read().at(&key).get().copied()
    }
    "positive-negative counter, 4 replicas, and deltas in postcard" => fn(
        stock: &mut Stock, input: &[u8], output: &mut [u8], amount: i64
    ) -> Option<i128> {
        if let Ok(delta) = stock.write(1).add(amount) {
            black_box(encode(&delta, output));
        }
        let _ = black_box(stock.merge(&decode::<Stock>(input)?));
        Some(stock.read().value())
    }
    "grow-only counter, 8 replicas: add, merge, read" => fn(
        visitors: &mut Visitors, other: &Visitors, amount: u64
    ) -> u128 {
        let _ = black_box(visitors.write(1).add(amount));
        let _ = black_box(visitors.merge(other));
        visitors.read().value()
    }
}

sizes! {
    "Causal<u16, AwSet<u16>, Inline<8>, Inline<32>>" => Tags,
    "Causal<u16, CausalMap<u8, LwwRegister<u32>>, Inline<4>, Inline<16>>" => Settings,
    "Causal<u16, PnCounter, Inline<4>, Inline<12>>" => Stock,
    "Causal<u16, GCounter, Inline<8>, Inline<0>>" => Visitors,
    "AntiEntropy<u16, Inline<8>, Inline<7>, 8>" => Machine,
    "CatchUp<u16>" => CatchUp<u16>,
}
