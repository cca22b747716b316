//! Any bytes, as whatever can be decoded.

use synod_hashring::{
    Heap, Inline, Ketama, KetamaRule, KeyHash, Maglev, Rendezvous, Ring, WeightedRendezvous,
};

/// More tokens than this are left to a test: they take long.
const MOST_TOKENS: u64 = 10_000;

/// Tables of more entries are left to a test, too.
const MOST_ENTRIES: u32 = 1_000;

/// Decodes into both capacities; what decodes is the same in both, and after encoding.
pub fn check(bytes: &[u8]) {
    check_ring(bytes);
    check_rendezvous(bytes);
    check_weighted(bytes);
    check_table(bytes);
    check_ketama(bytes);
}

fn check_ketama(bytes: &[u8]) {
    let bounded = postcard::from_bytes::<Ketama<u8, Inline<4>, Inline<480>>>(bytes);
    let Ok((rule, nodes)) = postcard::from_bytes::<(KetamaRule, Vec<(u8, u32)>)>(bytes) else {
        assert!(bounded.is_err());
        return;
    };
    let growable = postcard::from_bytes::<Ketama<u8, Heap, Heap>>(bytes);
    let is_ascending = nodes.is_sorted_by(|(node, _), (next, _)| node < next);
    let weighted = nodes.iter().filter(|(_, weight)| *weight > 0).count();
    assert_eq!(growable.is_ok(), is_ascending);
    assert_eq!(bounded.is_ok(), is_ascending && nodes.len() <= 4 && weighted <= 3);
    if let Ok(ketama) = growable {
        assert_eq!(ketama.rule(), rule);
        assert!(ketama.nodes().map(|(node, weight)| (*node, weight)).eq(nodes));
        let again = postcard::to_allocvec(&ketama).expect("it encodes");
        assert!(postcard::from_bytes(&again).as_ref() == Ok(&ketama));
        if let Ok(bounded) = bounded {
            assert_eq!(postcard::to_allocvec(&bounded).expect("it encodes"), again);
        }
    }
}

fn check_table(bytes: &[u8]) {
    let bounded = postcard::from_bytes::<Maglev<u8, Inline<4>, Inline<211>>>(bytes);
    let parts = postcard::from_bytes::<(KeyHash, u32, Vec<(u8, u32)>)>(bytes);
    let Some((_, size, nodes)) = parts.ok().filter(|(_, size, _)| *size <= MOST_ENTRIES) else {
        assert!(bounded.is_err());
        return;
    };
    let growable = postcard::from_bytes::<Maglev<u8, Heap, Heap>>(bytes);
    let is_ascending = nodes.is_sorted_by(|(node, _), (next, _)| node < next);
    let is_prime = size > 1 && (2..size).all(|divisor| size % divisor != 0);
    let is_legal = is_ascending && is_prime && nodes.len() <= size as usize;
    assert_eq!(growable.is_ok(), is_legal);
    assert_eq!(bounded.is_ok(), is_legal && nodes.len() <= 4 && size <= 211);
    if let Ok(table) = growable {
        assert_eq!(table.table_size(), size);
        assert!(table.nodes().map(|(node, weight)| (*node, weight)).eq(nodes));
        let again = postcard::to_allocvec(&table).expect("it encodes");
        assert!(postcard::from_bytes(&again).as_ref() == Ok(&table));
        if let Ok(bounded) = bounded {
            assert_eq!(postcard::to_allocvec(&bounded).expect("it encodes"), again);
        }
    }
}

fn check_ring(bytes: &[u8]) {
    let bounded = postcard::from_bytes::<Ring<u8, Inline<4>, Inline<200>>>(bytes);
    let Ok((_, nodes)) = postcard::from_bytes::<(KeyHash, Vec<(u8, u32)>)>(bytes) else {
        assert!(bounded.is_err());
        return;
    };
    let total: u64 = nodes.iter().map(|&(_, tokens)| u64::from(tokens)).sum();
    if total > MOST_TOKENS {
        assert!(bounded.is_err());
        return;
    }
    let growable = postcard::from_bytes::<Ring<u8, Heap, Heap>>(bytes);
    let is_ascending = nodes.is_sorted_by(|(node, _), (next, _)| node < next);
    assert_eq!(growable.is_ok(), is_ascending);
    assert_eq!(bounded.is_ok(), is_ascending && nodes.len() <= 4 && total <= 200);
    if let Ok(ring) = growable {
        assert!(ring.nodes().map(|(node, tokens)| (*node, tokens)).eq(nodes));
        assert_eq!(ring.token_count() as u64, total);
        let again = postcard::to_allocvec(&ring).expect("it encodes");
        assert!(postcard::from_bytes(&again).as_ref() == Ok(&ring));
        if let Ok(bounded) = bounded {
            assert_eq!(postcard::to_allocvec(&bounded).expect("it encodes"), again);
        }
    }
}

fn check_rendezvous(bytes: &[u8]) {
    let bounded = postcard::from_bytes::<Rendezvous<u8, Inline<4>>>(bytes);
    let growable = postcard::from_bytes::<Rendezvous<u8, Heap>>(bytes);
    let Ok((_, nodes)) = postcard::from_bytes::<(KeyHash, Vec<u8>)>(bytes) else {
        assert!(bounded.is_err() && growable.is_err());
        return;
    };
    let is_ascending = nodes.is_sorted_by(|node, next| node < next);
    assert_eq!(growable.is_ok(), is_ascending);
    assert_eq!(bounded.is_ok(), is_ascending && nodes.len() <= 4);
    if let Ok(all) = growable {
        assert!(all.nodes().eq(&nodes));
        let again = postcard::to_allocvec(&all).expect("it encodes");
        assert!(postcard::from_bytes(&again).as_ref() == Ok(&all));
        if let Ok(bounded) = bounded {
            assert_eq!(postcard::to_allocvec(&bounded).expect("it encodes"), again);
        }
    }
}

fn check_weighted(bytes: &[u8]) {
    let bounded = postcard::from_bytes::<WeightedRendezvous<u8, Inline<4>>>(bytes);
    let growable = postcard::from_bytes::<WeightedRendezvous<u8, Heap>>(bytes);
    let Ok((_, nodes)) = postcard::from_bytes::<(KeyHash, Vec<(u8, u32)>)>(bytes) else {
        assert!(bounded.is_err() && growable.is_err());
        return;
    };
    let is_ascending = nodes.is_sorted_by(|(node, _), (next, _)| node < next);
    assert_eq!(growable.is_ok(), is_ascending);
    assert_eq!(bounded.is_ok(), is_ascending && nodes.len() <= 4);
    if let Ok(all) = growable {
        assert!(all.nodes().map(|(node, weight)| (*node, weight)).eq(nodes));
        let again = postcard::to_allocvec(&all).expect("it encodes");
        assert!(postcard::from_bytes(&again).as_ref() == Ok(&all));
        if let Ok(bounded) = bounded {
            assert_eq!(postcard::to_allocvec(&bounded).expect("it encodes"), again);
        }
    }
}
