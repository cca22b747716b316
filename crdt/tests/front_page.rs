//! The example of the front page is short. (`cargo xtask test` runs it, and it checks itself.)

#[test]
fn the_example_has_at_most_sixty_lines() {
    assert!(include_str!("../examples/offline_spell.rs").lines().count() <= 60);
}
