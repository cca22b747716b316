//! Operations of replicas in zones.

use synod_hashring::{Replicas, TooFewNodes, Zoned};

use super::Boards;

type Zones<'a> = Zoned<&'a Boards, fn(u16) -> u16>;

operations! {
    "Zoned::new" => fn(ring: &Boards) -> usize {
        Zoned::new(ring, |node| node / 16).zone_count().unwrap_or(0)
    }
    "Zoned::placement" => fn(zoned: &Zones<'_>) -> usize { zoned.placement().token_count() }
    "Zoned::zone_count" => fn(zoned: &Zones<'_>) -> Option<usize> { zoned.zone_count() }
    "Zoned::replicas" => fn(ring: &Boards, key: u64) -> Result<Replicas<u16, 3>, TooFewNodes> {
        Zoned::new(ring, |node| node / 16).replicas(key)
    }
    "Zoned::successors_where" => fn(ring: &Boards, key: u64, nodes: &mut [u16], mask: u16) -> usize {
        Zoned::new(ring, |node| node / 16).successors_where(key, nodes, |node| node & mask == 0).1
    }
    "Replicas::are_apart" => fn(replicas: &Replicas<u16, 3>) -> bool { replicas.are_apart() }
}
