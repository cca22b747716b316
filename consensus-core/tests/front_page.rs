//! The example of the front page is the example that can be run.

#[test]
fn the_front_page_has_the_example() {
    let example = include_str!("../examples/three_nodes.rs");
    let begin = example.find("use synod_consensus_core").unwrap_or_default();
    let code = example.split_at(begin).1;
    assert!(include_str!("../README.md").contains(code.trim_end()));
    assert!(example.lines().count() <= 80);
}
