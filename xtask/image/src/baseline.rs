//! What every image has, to be taken off the others.

configurations! {
    "empty" => fn() {}
}
