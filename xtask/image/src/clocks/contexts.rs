//! Ranges of dots, causal contexts and siblings.

use core::{
    cmp::Ordering,
    fmt::{self, Write},
    hash::{Hash, Hasher},
    num::NonZeroU64,
};

use synod_clocks::{
    Beyond, CausalContext, Causality, Dot, DotRange, Full, Inline, PutError, Shared, Siblings,
    SiblingsError,
};

use super::{Narrow, Version};
use crate::{
    dropped::Dropped,
    text::Buffer,
    wire::{decode, encode},
};

type Context = CausalContext<u16, Inline<16>>;
type NarrowContext = CausalContext<u16, Inline<5>>;
type Values = Siblings<u16, u32, Inline<8>, Inline<4>>;
type NarrowValues = Siblings<u16, u32, Inline<3>, Inline<2>>;
type Owned = Siblings<u16, Dropped, Inline<8>, Inline<4>>;

operations! {
    "DotRange::new" => fn(
        replica: u16, first: NonZeroU64, last: NonZeroU64
    ) -> Option<DotRange<u16>> {
        DotRange::new(replica, first, last)
    }
    "DotRange::replica" => fn(range: &DotRange<u16>) -> u16 {
        range.replica()
    }
    "DotRange::first" => fn(range: &DotRange<u16>) -> NonZeroU64 {
        range.first()
    }
    "DotRange::last" => fn(range: &DotRange<u16>) -> NonZeroU64 {
        range.last()
    }
    "DotRange::first_dot" => fn(range: &DotRange<u16>) -> Dot<u16> {
        range.first_dot()
    }
    "DotRange::last_dot" => fn(range: &DotRange<u16>) -> Dot<u16> {
        range.last_dot()
    }
    "DotRange::len" => fn(range: &DotRange<u16>) -> NonZeroU64 {
        range.len()
    }
    "DotRange::contains_range" => fn(range: &DotRange<u16>, other: DotRange<u16>) -> bool {
        range.contains_range(other)
    }
    "DotRange::intersection" => fn(
        range: &DotRange<u16>, other: DotRange<u16>
    ) -> Option<DotRange<u16>> {
        range.intersection(other)
    }
    "DotRange::hull" => fn(range: &DotRange<u16>, other: DotRange<u16>) -> Option<DotRange<u16>> {
        range.hull(other)
    }
    "DotRange::before" => fn(range: &DotRange<u16>, dot: Dot<u16>) -> Option<DotRange<u16>> {
        range.before(dot)
    }
    "DotRange::after" => fn(range: &DotRange<u16>, dot: Dot<u16>) -> Option<DotRange<u16>> {
        range.after(dot)
    }
    "DotRange::contains" => fn(range: &DotRange<u16>, dot: Dot<u16>) -> bool {
        range.contains(dot)
    }
    "DotRange as From<Dot>" => fn(dot: Dot<u16>) -> DotRange<u16> {
        dot.into()
    }
    "CausalContext::new" => fn() -> Context {
        CausalContext::new()
    }
    "CausalContext::ranges" => fn(context: &Context) -> &[DotRange<u16>] {
        context.ranges()
    }
    "CausalContext::is_empty" => fn(context: &Context) -> bool {
        context.is_empty()
    }
    "CausalContext::contains" => fn(context: &Context, dot: Dot<u16>) -> bool {
        context.contains(dot)
    }
    "CausalContext::contains_range" => fn(context: &Context, range: DotRange<u16>) -> bool {
        context.contains_range(range)
    }
    "CausalContext::run" => fn(context: &Context, replica: u16) -> u64 {
        context.run(replica)
    }
    "CausalContext::latest" => fn(context: &Context, replica: u16) -> u64 {
        context.latest(replica)
    }
    "CausalContext::of" => fn(context: &Context, replica: u16) -> &[DotRange<u16>] {
        context.of(replica)
    }
    "CausalContext::next_dot" => fn(context: &Context, replica: u16) -> Option<Dot<u16>> {
        context.next_dot(replica)
    }
    "CausalContext::insert" => fn(context: &mut Context, dot: Dot<u16>) -> Result<bool, Full> {
        context.insert(dot)
    }
    "CausalContext::insert_range" => fn(
        context: &mut Context, range: DotRange<u16>
    ) -> Result<bool, Full> {
        context.insert_range(range)
    }
    "CausalContext::merge" => fn(
        context: &mut Context, other: &NarrowContext
    ) -> Result<bool, Full> {
        context.merge(other)
    }
    "CausalContext::reserve_merge" => fn(
        context: &mut Context, other: &NarrowContext
    ) -> Result<(), Full> {
        context.reserve_merge(other)
    }
    "CausalContext::meet" => fn(
        context: &mut Context, other: &NarrowContext
    ) -> Result<bool, Full> {
        context.meet(other)
    }
    "CausalContext::beyond" => fn(a: &Context, b: &NarrowContext) -> Option<DotRange<u16>> {
        a.beyond(b).last()
    }
    "Beyond::after" => fn(beyond: &Beyond<'static, u16>, dot: Dot<u16>) -> Option<DotRange<u16>> {
        beyond.clone().after(dot).next()
    }
    "CausalContext::shared" => fn(a: &Context, b: &NarrowContext) -> Option<DotRange<u16>> {
        a.shared(b).last()
    }
    "Shared::after" => fn(common: &Shared<'static, u16>, dot: Dot<u16>) -> Option<DotRange<u16>> {
        common.clone().after(dot).next()
    }
    "Shared as Iterator" => fn(
        common: &mut Shared<'static, u16>
    ) -> (Option<DotRange<u16>>, Option<usize>) {
        (common.next(), common.size_hint().1)
    }
    "Beyond as Iterator" => fn(
        beyond: &mut Beyond<'static, u16>
    ) -> (Option<DotRange<u16>>, Option<usize>) {
        (beyond.next(), beyond.size_hint().1)
    }
    "CausalContext::dominates" => fn(a: &Context, b: &NarrowContext) -> bool {
        a.dominates(b)
    }
    "CausalContext::causality" => fn(a: &Context, b: &NarrowContext) -> Causality {
        a.causality(b)
    }
    "CausalContext::clear" => fn(context: &mut Context) {
        context.clear();
    }
    "CausalContext as TryFrom<&VersionVector>" => fn(
        vector: &Narrow
    ) -> Result<Context, Full> {
        vector.try_into()
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
