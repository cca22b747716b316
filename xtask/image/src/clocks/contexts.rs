//! Causal contexts and siblings.

use core::{
    cmp::Ordering,
    fmt::{self, Write},
    hash::{Hash, Hasher},
};

use synod_clocks::{
    CausalContext, Causality, ContextError, Dot, Full, Inline, NextDotError, PutError, Siblings,
    SiblingsError,
};

use super::{Narrow, Version};
use crate::{
    dropped::Dropped,
    text::Buffer,
    wire::{decode, encode},
};

type Context = CausalContext<u16, Inline<8>, Inline<16>>;
type NarrowContext = CausalContext<u16, Inline<3>, Inline<5>>;
type Values = Siblings<u16, u32, Inline<8>, Inline<4>>;
type NarrowValues = Siblings<u16, u32, Inline<3>, Inline<2>>;
type Owned = Siblings<u16, Dropped, Inline<8>, Inline<4>>;

operations! {
    "CausalContext::new" => fn() -> Context {
        CausalContext::new()
    }
    "CausalContext::contiguous" => fn(context: &Context) -> &Version {
        context.contiguous()
    }
    "CausalContext::cloud" => fn(context: &Context) -> &[Dot<u16>] {
        context.cloud()
    }
    "CausalContext::is_empty" => fn(context: &Context) -> bool {
        context.is_empty()
    }
    "CausalContext::contains" => fn(context: &Context, dot: Dot<u16>) -> bool {
        context.contains(dot)
    }
    "CausalContext::latest" => fn(context: &Context, replica: u16) -> u64 {
        context.latest(replica)
    }
    "CausalContext::next_dot" => fn(
        context: &mut Context, replica: u16
    ) -> Result<Dot<u16>, NextDotError> {
        context.next_dot(replica)
    }
    "CausalContext::insert" => fn(
        context: &mut Context, dot: Dot<u16>
    ) -> Result<bool, ContextError> {
        context.insert(dot)
    }
    "CausalContext::merge" => fn(
        context: &mut Context, other: &NarrowContext
    ) -> Result<bool, ContextError> {
        context.merge(other)
    }
    "CausalContext::dominates" => fn(a: &Context, b: &NarrowContext) -> bool {
        a.dominates(b)
    }
    "CausalContext::causality" => fn(a: &Context, b: &NarrowContext) -> Causality {
        a.causality(b)
    }
    "CausalContext as From<VersionVector>" => fn(
        contiguous: Version
    ) -> Context {
        contiguous.into()
    }
    "CausalContext as Default" => fn() -> Context {
        CausalContext::default()
    }
    "CausalContext as Clone" => fn(context: &Context) -> Context {
        context.clone()
    }
    "CausalContext as PartialEq<CausalContext>" => fn(a: &Context, b: &NarrowContext) -> bool {
        a == b
    }
    "CausalContext as PartialOrd<CausalContext>" => fn(
        a: &Context, b: &NarrowContext
    ) -> Option<Ordering> {
        a.partial_cmp(b)
    }
    "CausalContext as Hash" => fn(context: &Context, hasher: &mut &mut dyn Hasher) {
        context.hash(hasher);
    }
    "CausalContext as Serialize" => fn(context: &Context, buffer: &mut [u8]) -> Option<usize> {
        encode(context, buffer)
    }
    "CausalContext as Deserialize" => fn(bytes: &[u8]) -> Option<Context> {
        decode(bytes)
    }
    "ContextError as Display" => fn(error: &ContextError, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{error}")
    }
    "NextDotError as Display" => fn(error: &NextDotError, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{error}")
    }
    "Siblings::new" => fn() -> Values {
        Siblings::new()
    }
    "Siblings::context" => fn(values: &Values) -> &Version {
        values.context()
    }
    "Siblings::versions" => fn(values: &Values) -> &[(Dot<u16>, u32)] {
        values.versions()
    }
    "Siblings::values" => fn(values: &Values) -> u32 {
        values.values().fold(0, |sum, value| sum ^ value)
    }
    "Siblings::len" => fn(values: &Values) -> usize {
        values.len()
    }
    "Siblings::is_empty" => fn(values: &Values) -> bool {
        values.is_empty()
    }
    "Siblings::put" => fn(
        values: &mut Values, context: &Narrow, replica: u16, value: u32) -> Result<Dot<u16>, (PutError, u32
    )> {
        values.put(context, replica, value)
    }
    "Siblings::put (dropping)" => fn(
        values: &mut Owned, context: &Narrow, replica: u16, value: Dropped) -> Result<Dot<u16>, (PutError, Dropped
    )> {
        values.put(context, replica, value)
    }
    "Siblings::delete" => fn(values: &mut Values, context: &Narrow) -> Result<bool, Full> {
        values.delete(context)
    }
    "Siblings::delete (dropping)" => fn(
        values: &mut Owned, context: &Narrow
    ) -> Result<bool, Full> {
        values.delete(context)
    }
    "Siblings::merge" => fn(
        values: &mut Values, other: &NarrowValues
    ) -> Result<bool, SiblingsError> {
        values.merge(other)
    }
    "Siblings::merge (dropping)" => fn(
        values: &mut Owned, other: &Owned
    ) -> Result<bool, SiblingsError> {
        values.merge(other)
    }
    "Siblings as Default" => fn() -> Values {
        Siblings::default()
    }
    "Siblings as Clone" => fn(values: &Values) -> Values {
        values.clone()
    }
    "Siblings as PartialEq<Siblings>" => fn(a: &Values, b: &NarrowValues) -> bool {
        a == b
    }
    "Siblings as Hash" => fn(values: &Values, hasher: &mut &mut dyn Hasher) {
        values.hash(hasher);
    }
    "Siblings as Serialize" => fn(values: &Values, buffer: &mut [u8]) -> Option<usize> {
        encode(values, buffer)
    }
    "Siblings as Deserialize" => fn(bytes: &[u8]) -> Option<Values> {
        decode(bytes)
    }
    "PutError as Display" => fn(error: &PutError, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{error}")
    }
    "SiblingsError as Display" => fn(error: &SiblingsError, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{error}")
    }
}
