//! What `intersection` shows of families that do not meet.

use synod_quorum::{Explicit, IntersectionError, NodeSet, Threshold, intersection};

type Nodes = NodeSet<1>;

#[test]
fn a_listed_set_that_contains_another_is_not_what_is_shown() {
    let large = Nodes::from_nodes(&[0, 1]).unwrap();
    let small = Nodes::from_nodes(&[0]).unwrap();
    let listed: Explicit<2> = Explicit::new(&[large, small]).unwrap();
    let stranger = Nodes::from_nodes(&[2]).unwrap();
    let one = Threshold::new(stranger, 1).unwrap();

    let found = intersection(&listed, &one);
    assert_eq!(found, Err(IntersectionError::Disjoint { first: small, second: stranger }));
    let found = intersection(&one, &listed);
    assert_eq!(found, Err(IntersectionError::Disjoint { first: stranger, second: small }));
}
