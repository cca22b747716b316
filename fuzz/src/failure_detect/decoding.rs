//! Any bytes, as a message.

use synod_failure_detect::membership::Message;
use synod_failure_detect::{Heap, Inline};

/// Decodes into both capacities; what decodes is the same in both, and after encoding.
pub fn check(bytes: &[u8]) {
    let bounded = postcard::from_bytes::<Message<u16, [u8; 4], u32, Inline<4>>>(bytes);
    let growable = postcard::from_bytes::<Message<u16, [u8; 4], u32, Heap>>(bytes);
    match (&bounded, &growable) {
        (Ok(bounded), Ok(growable)) => {
            assert_eq!(bounded.news.as_slice(), growable.news.as_slice());
            let again = postcard::to_allocvec(bounded).expect("it encodes");
            assert_eq!(postcard::to_allocvec(growable).expect("it encodes"), again);
            assert_eq!(postcard::from_bytes(&again).as_ref(), Ok(bounded));
        }
        (Ok(_), Err(error)) => panic!("only without a heap: {error}"),
        // More news than there is room for.
        (Err(_), Ok(growable)) => assert!(growable.news.len() > 4),
        (Err(_), Err(_)) => {}
    }
}
