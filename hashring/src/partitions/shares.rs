//! How many entries each node is to have.

/// What of a table a node is to have, and has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Share {
    pub(crate) weight: u32,
    /// The place of the first node of its zone.
    pub(crate) zone: u16,
    /// How many entries it has now.
    pub(crate) has: u32,
    /// How many it is to have.
    pub(crate) target: u32,
    /// What is left of its exact share, in units of 2⁻¹⁶, rounded up.
    rest: u64,
    /// Whether its share is a copy of every partition.
    is_whole: bool,
}

impl Share {
    pub(crate) const fn new(weight: u32, zone: u16, has: u32) -> Self {
        Self { weight, zone, has, target: 0, rest: 0, is_whole: false }
    }
}

/// What the nodes of a zone have together, at the place of its first node.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Zone {
    /// How many of them have a weight.
    nodes: u32,
    /// How many entries they are to have.
    target: u32,
    /// Whether that is as many as it may have.
    is_capped: bool,
}

/// Shares entries out: so many rows, with so many different nodes each. What was found for the
/// rows.
///
/// Each node's target is its exact share, rounded down or up. The exact share is proportional to
/// the weight, but no more than one entry a row for a node, and `in_zone` entries a row for a zone;
/// what these leave goes to the others. Rounded up is first what has more than its share rounded
/// down, so that it can stay, and of these, and of the others, what has the greatest rest; then the
/// lower node.
pub(crate) fn share_out(shares: &mut [Share], zones: &mut [Zone], rows: u16, copies: u8) -> Rows {
    let rules = rules(shares, zones, copies);
    let rows = u64::from(rows);
    let zone_rows = rows.saturating_mul(rules.in_zone.into());
    let mut total = rows.saturating_mul(rules.copies.into());
    loop {
        let is_free = |share: &Share, zones: &[Zone]| !is_capped(zones, share);
        let level = level(shares, |share| is_free(share, zones), total, rows);
        let capped = cap_zones(shares, zones, &level, rows, zone_rows);
        if capped == 0 {
            level.round_down(shares, |share| is_free(share, zones), rows);
            break;
        }
        total = total.saturating_sub(zone_rows.saturating_mul(capped));
    }
    for place in 0..zones.len() {
        if zones.get(place).is_some_and(|zone| zone.is_capped) {
            let is_inside = |share: &Share| usize::from(share.zone) == place;
            for share in shares.iter_mut().filter(|share| is_inside(share)) {
                share.is_whole = false;
            }
            level(shares, is_inside, zone_rows, rows).round_down(shares, is_inside, rows);
        }
    }
    round_up(shares, zones, rows.saturating_mul(rules.copies.into()), zone_rows);
    rules
}

/// What every row is to have.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rows {
    /// How many nodes.
    pub(crate) copies: u8,
    /// How many of one zone, at most.
    pub(crate) in_zone: u8,
}

fn rules(shares: &mut [Share], zones: &mut [Zone], copies: u8) -> Rows {
    for share in shares.iter().filter(|share| share.weight > 0) {
        if let Some(zone) = zones.get_mut(usize::from(share.zone)) {
            zone.nodes = zone.nodes.saturating_add(1);
        }
    }
    // How many nodes there are if each zone gives at most so many.
    let within = |most: u8| {
        let nodes = zones.iter().map(|zone| zone.nodes.min(most.into()));
        nodes.fold(0, u32::saturating_add)
    };
    let copies = u8::try_from(within(u8::MAX)).unwrap_or(u8::MAX).min(copies);
    let in_zone = (1..copies).find(|&most| within(most) >= copies.into()).unwrap_or(copies);
    Rows { copies, in_zone }
}

fn is_capped(zones: &[Zone], share: &Share) -> bool {
    zones.get(usize::from(share.zone)).is_some_and(|zone| zone.is_capped)
}

/// So many entries for so much weight.
struct Level {
    entries: u64,
    weight: u64,
}

/// Shares a total out among those of a group: marks whose share is a copy of every partition.
fn level(shares: &mut [Share], is_inside: impl Fn(&Share) -> bool, total: u64, rows: u64) -> Level {
    loop {
        let mut level = Level { entries: total, weight: 0 };
        for share in shares.iter().filter(|share| is_inside(share)) {
            if share.is_whole {
                level.entries = level.entries.saturating_sub(rows);
            } else {
                level.weight = level.weight.saturating_add(share.weight.into());
            }
        }
        let mut is_settled = true;
        for share in shares.iter_mut().filter(|share| is_inside(share) && !share.is_whole) {
            // Below 2^56, and 2^64.
            share.is_whole = level.entries.saturating_mul(share.weight.into())
                > rows.saturating_mul(level.weight);
            is_settled &= !share.is_whole;
        }
        if is_settled {
            return level;
        }
    }
}

impl Level {
    fn round_down(&self, shares: &mut [Share], is_inside: impl Fn(&Share) -> bool, rows: u64) {
        for share in shares.iter_mut().filter(|share| is_inside(share)) {
            let exact = if share.is_whole {
                (rows, 0)
            } else {
                let scaled = self.entries.saturating_mul(share.weight.into());
                let quotient = scaled.checked_div(self.weight).unwrap_or(0);
                let rest = scaled.checked_rem(self.weight).unwrap_or(0);
                // Below 2^48 before.
                let rest = rest.wrapping_shl(16).checked_div(self.weight).unwrap_or(0);
                let is_exact = scaled == quotient.saturating_mul(self.weight);
                (quotient, if is_exact { 0 } else { rest.saturating_add(1) })
            };
            share.target = u32::try_from(exact.0).unwrap_or(u32::MAX);
            share.rest = exact.1;
        }
    }
}

/// Marks the zones whose nodes would have more than a zone may have: how many are new.
fn cap_zones(
    shares: &[Share],
    zones: &mut [Zone],
    level: &Level,
    rows: u64,
    zone_rows: u64,
) -> u64 {
    let mut capped = 0_u64;
    for (place, zone) in (0_u16..=u16::MAX).zip(zones.iter_mut()) {
        if zone.is_capped || zone.nodes < 2 {
            // One node alone is no more than a copy of each.
            continue;
        }
        let inside = shares.iter().filter(|share| share.zone == place);
        let (whole, weight) = inside.fold((0_u64, 0_u64), |(whole, weight), share| {
            if share.is_whole {
                (whole.saturating_add(rows), weight)
            } else {
                (whole, weight.saturating_add(share.weight.into()))
            }
        });
        let wanted = u128::from(level.entries).saturating_mul(weight.into());
        let room = u128::from(zone_rows.saturating_sub(whole)).saturating_mul(level.weight.into());
        if whole > zone_rows || wanted > room {
            zone.is_capped = true;
            capped = capped.saturating_add(1);
        }
    }
    capped
}

/// Gives out what was rounded off.
fn round_up(shares: &mut [Share], zones: &mut [Zone], total: u64, zone_rows: u64) {
    let mut left = total;
    for share in shares.iter() {
        left = left.saturating_sub(share.target.into());
        if let Some(zone) = zones.get_mut(usize::from(share.zone)) {
            zone.target = zone.target.saturating_add(share.target);
        }
    }
    while left > 0 {
        let has_room = |share: &Share| {
            let zone = zones.get(usize::from(share.zone));
            share.rest > 0 && zone.is_some_and(|zone| u64::from(zone.target) < zone_rows)
        };
        let mut best: Option<&mut Share> = None;
        for share in shares.iter_mut().filter(|share| has_room(share)) {
            let rank = |share: &Share| (share.has > share.target, share.rest);
            if best.as_ref().is_none_or(|best| rank(best) < rank(share)) {
                best = Some(share);
            }
        }
        let Some(best) = best else { return };
        best.target = best.target.saturating_add(1);
        best.rest = 0;
        if let Some(zone) = zones.get_mut(usize::from(best.zone)) {
            zone.target = zone.target.saturating_add(1);
        }
        left = left.saturating_sub(1);
    }
}
