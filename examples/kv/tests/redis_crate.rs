//! The crate `redis`, as an application would use it.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, clippy::std_instead_of_core)] // A test may panic.

mod processes;

use redis::{Commands, Connection, RedisResult, pipe};

fn connect(port: u16) -> Connection {
    redis::Client::open(format!("redis://127.0.0.1:{port}/")).unwrap().get_connection().unwrap()
}

#[test]
fn an_application_uses_any_node() {
    let (_cluster, port) = processes::ready("redis_crate");
    let mut nodes = [0, 1, 2].map(|node| connect(port + node));
    let [one, two, three] = &mut nodes;
    let _: () = one.set("name", "synod").unwrap();
    assert_eq!(two.get::<_, String>("name").unwrap(), "synod");
    assert_eq!(three.incr::<_, _, i64>("count", 5).unwrap(), 5);
    assert_eq!(
        one.mget::<_, (Option<i64>, Option<String>)>(&["count", "no"]).unwrap(),
        (Some(5), None)
    );
    assert_eq!(two.append::<_, _, usize>("name", "!").unwrap(), 6);
    assert_eq!(three.del::<_, usize>(&["name", "no"]).unwrap(), 1);
    // What a pipeline reads is what it wrote.
    for (number, node) in (0..60_i64).zip([0, 1, 2].into_iter().cycle()) {
        let mut pipe = pipe();
        pipe.incr("count", 1).get("count").set("last", number).get("last");
        let (a, b, (), c): (i64, i64, (), i64) = pipe.query(&mut nodes[node]).unwrap();
        assert_eq!((a, b, c), (6 + number, 6 + number, number));
    }
    // What it does not have is an error, and the connection goes on.
    let list: RedisResult<i64> = nodes[0].lpush("list", 1);
    assert!(list.unwrap_err().to_string().contains("unknown command"));
    let wrong: RedisResult<i64> = nodes[0].incr("text", 1.5);
    assert!(wrong.is_err());
    assert!(nodes[0].exists::<_, bool>("last").unwrap());
}
