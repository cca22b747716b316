//! Shares by weight, and how far loads are from them.

/// The share of each node: of all keys by weight, where each key is on so many different nodes.
///
/// No node has a key twice: one that weighs more than 1/`copies` of all has every key, and the
/// others share the rest.
pub(crate) fn shares(weights: &[u64], copies: usize) -> Vec<f64> {
    let most = 1.0 / float(copies);
    let mut shares: Vec<Option<f64>> = vec![None; weights.len()];
    let mut left = 1.0;
    loop {
        let free = || weights.iter().zip(&shares).filter(|(_, share)| share.is_none());
        let weight: f64 = free().map(|(weight, _)| whole(*weight)).sum();
        let factor = if weight > 0.0 { left / weight } else { 0.0 };
        let is_above = |weight: u64| whole(weight) * factor > most * (1.0 + 1e-12);
        let above: Vec<_> = weights
            .iter()
            .zip(&shares)
            .map(|(weight, share)| share.is_none() && is_above(*weight))
            .collect();
        if !above.contains(&true) {
            let by_weight = weights.iter().map(|weight| whole(*weight) * factor);
            return shares
                .iter()
                .zip(by_weight)
                .map(|(share, free)| share.unwrap_or(free))
                .collect();
        }
        for (share, _) in shares.iter_mut().zip(above).filter(|(_, above)| *above) {
            *share = Some(most);
            left -= most;
        }
    }
}

/// The same, where no two copies of a key are in one zone, if there are enough zones.
///
/// Zones share as nodes do: a zone of more than 1/`copies` of all has every key. Inside it, weights
/// decide.
pub(crate) fn shares_apart(weights: &[u64], zones: &[usize], copies: usize) -> Vec<f64> {
    let count = zones.iter().max().map_or(0, |zone| zone.saturating_add(1));
    let nodes = || weights.iter().zip(zones);
    let weight_of = |zone| sum(nodes().filter(|(_, one)| **one == zone).map(|(weight, _)| *weight));
    let zone_weights: Vec<_> = (0..count).map(weight_of).collect();
    if zone_weights.iter().filter(|weight| **weight > 0).count() < copies {
        return shares(weights, copies);
    }
    let zone_shares = shares(&zone_weights, copies);
    let share = |(weight, zone): (&u64, &usize)| {
        let (of, all) = (zone_shares.get(*zone)?, zone_weights.get(*zone)?);
        (*all > 0).then(|| of * whole(*weight) / whole(*all))
    };
    nodes().map(|node| share(node).unwrap_or(0.0)).collect()
}

/// What has to move to get from these shares to those: the sum of what grows.
pub(crate) fn least_moved(before: &[f64], after: &[f64]) -> f64 {
    before.iter().zip(after).map(|(before, after)| (after - before).max(0.0)).sum()
}

/// The load of each node over its share; `None` where it has none.
pub(crate) fn ratios(loads: &[u64], shares: &[f64]) -> Vec<Option<f64>> {
    let total = whole(sum(loads.iter().copied()));
    let ratio = |(load, share): (&u64, &f64)| {
        (*share > 0.0 && total > 0.0).then(|| whole(*load) / (total * share))
    };
    loads.iter().zip(shares).map(ratio).collect()
}

pub(crate) fn largest(ratios: &[Option<f64>]) -> f64 {
    ratios.iter().flatten().copied().fold(0.0, f64::max)
}

/// The standard deviation of load over share, around 1: a node counts as much as any other.
pub(crate) fn deviation(ratios: &[Option<f64>]) -> f64 {
    let squares: Vec<_> = ratios.iter().flatten().map(|ratio| (ratio - 1.0).powi(2)).collect();
    (squares.iter().sum::<f64>() / float(squares.len()).max(1.0)).sqrt()
}

/// The deviation that chance alone makes where each of so many keys is on a node with the chance of
/// its share.
pub(crate) fn by_chance(shares: &[f64], keys: u64) -> f64 {
    let taking = || shares.iter().filter(|share| **share > 0.0);
    let variances = taking().map(|share| (1.0 - share) / (whole(keys) * share));
    (variances.sum::<f64>() / float(taking().count()).max(1.0)).sqrt()
}

pub(crate) fn sum(numbers: impl Iterator<Item = u64>) -> u64 {
    numbers.fold(0, u64::saturating_add)
}

/// To the 53 bits of a fraction, which is more than is shown.
#[expect(clippy::cast_precision_loss, reason = "rounded to the nearest")]
pub(crate) const fn whole(number: u64) -> f64 {
    number as f64
}

#[expect(clippy::cast_precision_loss, reason = "rounded to the nearest")]
pub(crate) const fn float(number: usize) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_near(left: &[f64], right: &[f64]) {
        let near = left.iter().zip(right).all(|(left, right)| (left - right).abs() < 1e-9);
        assert!(left.len() == right.len() && near, "{left:?} {right:?}");
    }

    #[test]
    fn shares_follow_weights_up_to_every_key() {
        assert_near(&shares(&[1, 2, 1, 0], 1), &[0.25, 0.5, 0.25, 0.0]);
        // Two copies: half of all is a copy of every key.
        assert_near(&shares(&[6, 1, 1], 2), &[0.5, 0.25, 0.25]);
        // What the first leaves puts the second above, too.
        assert_near(&shares(&[50, 10, 3, 3], 3), &[1.0 / 3.0, 1.0 / 3.0, 1.0 / 6.0, 1.0 / 6.0]);
        assert_near(&shares(&[7, 1], 2), &[0.5, 0.5]);
        assert_near(&shares(&[4_294_967_295; 3], 3), &[1.0 / 3.0; 3]);
        assert_near(&shares(&[0, 0], 1), &[0.0, 0.0]);
    }

    #[test]
    fn a_zone_has_every_key_at_most_once() {
        let thirds = [1.0 / 6.0, 1.0 / 6.0, 1.0 / 3.0, 0.25, 1.0 / 12.0];
        assert_near(&shares_apart(&[4, 4, 5, 3, 1], &[0, 0, 1, 2, 2], 3), &thirds);
        // One copy, or too few zones: as if there were none.
        assert_near(&shares_apart(&[1, 3], &[0, 1], 1), &[0.25, 0.75]);
        assert_near(&shares_apart(&[1, 1, 2], &[0, 0, 0], 2), &[0.25, 0.25, 0.5]);
        let thirds = [0.0, 1.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0];
        assert_near(&shares_apart(&[0, 3, 1, 1], &[0, 1, 2, 2], 3), &thirds);
    }

    #[test]
    fn figures_of_a_load() {
        let ratios = ratios(&[30, 50, 20, 0], &[0.25, 0.5, 0.25, 0.0]);
        assert_eq!(ratios, [Some(1.2), Some(1.0), Some(0.8), None]);
        assert_near(&[largest(&ratios), deviation(&ratios)], &[1.2, (0.08_f64 / 3.0).sqrt()]);
        assert_near(&[least_moved(&[0.5, 0.5, 0.0], &[0.25, 0.5, 0.25])], &[0.25]);
        // Of 400 keys on four equal nodes, 100 each, give or take √75.
        assert_near(&[by_chance(&[0.25; 4], 400)], &[75_f64.sqrt() / 100.0]);
    }
}
