//! What is refused.

use synod_capacity::Full;
use synod_failure_detect::membership::{
    Body, BroadcastError, ConfigError, Membership, MembershipConfig, ReceiveError,
};

use crate::net::{Frame, One, Room, Some16, alive, config, frame, news, start};

#[test]
fn what_makes_no_sense_is_refused() {
    let usual = config(0, 1);
    let refusal = |config| One::<16>::new(0, config, 0).err();
    let least = usual.least_message::<Some16>();
    assert_eq!(refusal(MembershipConfig { max_message: least, ..usual }), None);
    let refused = refusal(MembershipConfig { max_message: least - 1, ..usual });
    assert_eq!(refused, Some(ConfigError::TooSmall { needed: least }));

    assert_eq!(Membership::<Room<16, 1>>::new(0, usual, 0).err(), Some(ConfigError::News));
    assert!(Membership::<Room<16, 2>>::new(0, usual, 0).is_ok());

    let pace =
        |ack_timeout_us| refusal(MembershipConfig { ack_timeout_us, period_us: 1_000, ..usual });
    assert_eq!([pace(1), pace(999)], [None; 2]);
    assert_eq!([pace(0), pace(1_000), pace(1_001)], [Some(ConfigError::AckTimeout); 3]);

    let zeros = [
        MembershipConfig { suspicion_periods: 0, ..usual },
        MembershipConfig { suspicion_factor: 0, ..usual },
        MembershipConfig { repeats: 0, ..usual },
        MembershipConfig { exchange_us: 0, ..usual },
    ];
    assert_eq!(zeros.map(refusal), [Some(ConfigError::Zero); 4]);

    let relays = |relays| refusal(MembershipConfig { relays, ..usual });
    assert_eq!([relays(0), relays(7)], [None; 2]);
    assert_eq!(relays(8), Some(ConfigError::Relays));
}

#[test]
fn errors_say_what_is_wrong() {
    let full = Full { needed: 3, capacity: 2 };
    let texts = [
        (ConfigError::TooSmall { needed: 64 }.to_string(), "messages need 64 bytes"),
        (ConfigError::News.to_string(), "messages need room for two pieces of news"),
        (
            ConfigError::AckTimeout.to_string(),
            "the ack timeout must be above 0 and below the period",
        ),
        (ConfigError::Zero.to_string(), "a factor or a time is 0"),
        (ConfigError::Relays.to_string(), "more than seven relays"),
        (ReceiveError::Cluster.to_string(), "a message of another group"),
        (ReceiveError::Receiver.to_string(), "a message for another member"),
        (ReceiveError::Sender.to_string(), "a message from this member's own id"),
        (ReceiveError::Left.to_string(), "a message to a member that has left"),
        (BroadcastError::Full(full).to_string(), "broadcasts: room for 3 needed, capacity 2"),
        (BroadcastError::Left.to_string(), "a member that has left tells nothing"),
        (BroadcastError::Exhausted.to_string(), "the last broadcast of this life was told"),
    ];
    for (text, expected) in texts {
        assert_eq!(text, expected);
    }
}

#[test]
fn a_member_is_shown_in_short() {
    let mut member = start(3);
    member
        .handle_message(1, 1, &Frame { to: 3, ..frame(Body::Gossip, &[news(1, 1, 0, alive(0))]) })
        .unwrap();
    assert_eq!(
        format!("{member:?}"),
        "Membership { me: 3, generation: 1, incarnation: 0, members: 1, slowness: 0, .. }"
    );
}
