//! Three replicas edit one document, apart and then together: what each clock can tell of it.
//!
//! `cargo run -p synod-clocks --example three_replicas`

use synod_clocks::{
    CausalContext, Causality, Dot, HybridClock, Inline, LamportClock, LamportStamp, Siblings,
    VersionVector, WideHybridStamp,
};

type Version = VersionVector<char, Inline<3>>;
type Result<T> = core::result::Result<T, Box<dyn core::error::Error>>;

/// A replica has one of each clock, and stamps its edits with all of them.
struct Replica {
    name: char,
    /// How wrong its wall clock is, in microseconds.
    error_us: i64,
    lamport: LamportClock<char>,
    version: Version,
    hybrid: HybridClock,
}

/// An edit as it travels from replica to replica.
#[derive(Clone)]
struct Edit {
    text: &'static str,
    lamport: LamportStamp<char>,
    dot: Dot<char>,
    version: Version,
    hybrid: WideHybridStamp<char>,
}

impl Replica {
    fn new(name: char, error_us: i64) -> Self {
        Self {
            name,
            error_us,
            lamport: LamportClock::new(name),
            version: Version::new(),
            hybrid: HybridClock::new(500_000),
        }
    }

    fn edit(&mut self, true_us: u64, text: &'static str) -> Result<Edit> {
        let wall_us = true_us.saturating_add_signed(self.error_us);
        let dot = self.version.increment(self.name)?;
        let edit = Edit {
            text,
            lamport: self.lamport.tick()?,
            dot,
            version: self.version.clone(),
            hybrid: self.hybrid.tick(wall_us)?.at(self.name),
        };
        println!(
            "  {} writes {:11}  Lamport {}{}   version {:<24}  hybrid {}",
            self.name,
            format!("{text:?}"),
            edit.lamport.time,
            edit.lamport.node,
            format!("{:?}", edit.version),
            edit.hybrid.stamp,
        );
        Ok(edit)
    }

    fn receive(&mut self, true_us: u64, edit: &Edit) -> Result<()> {
        let wall_us = true_us.saturating_add_signed(self.error_us);
        self.lamport.receive(edit.lamport)?;
        self.version.merge(&edit.version)?;
        self.hybrid.receive(wall_us, edit.hybrid.stamp)?;
        println!("  {} receives {:?}", self.name, edit.text);
        Ok(())
    }
}

fn main() -> Result<()> {
    println!("Three replicas; b's wall clock is 300 ms fast, c's 200 ms slow.\n");
    let mut a = Replica::new('a', 0);
    let mut b = Replica::new('b', 300_000);
    let mut c = Replica::new('c', -200_000);

    println!("At 10.0 s, a writes and the others hear of it:");
    let draft = a.edit(10_000_000, "draft")?;
    b.receive(10_010_000, &draft)?;
    c.receive(10_020_000, &draft)?;

    println!("\nThe network splits. Two replicas edit, b 0.4 s before c:");
    let title = b.edit(11_000_000, "title")?;
    let ending = c.edit(11_400_000, "ending")?;

    println!("\nIt heals. b answers c's edit:");
    b.receive(13_000_000, &ending)?;
    let reply = b.edit(13_000_000, "reply")?;

    println!("\nWhat can each clock tell?\n");
    println!("  {:21} {:28} {:21} hybrid", "", "version vector", "Lamport");
    for (left, right) in [(&draft, &title), (&title, &ending), (&ending, &reply)] {
        let truth = match left.version.causality(&right.version) {
            Causality::Before => "happened before: certain",
            Causality::After => "happened after: certain",
            Causality::Equal => "the same edit",
            Causality::Concurrent => "concurrent: certain",
        };
        let order = |ordered| {
            if ordered { "smaller: maybe before" } else { "larger: not before" }
        };
        println!(
            "  {:9} → {:9} {:28} {:21} {}",
            left.text,
            right.text,
            truth,
            order(left.lamport < right.lamport),
            order(left.hybrid < right.hybrid),
        );
    }
    println!(
        "\n  Lamport and hybrid stamps put any two edits in one order, never against cause and"
    );
    println!(
        "  effect; only the version vector knows which order is real. Hybrid stamps stay close"
    );
    println!(
        "  to wall-clock time, errors included: by them the ending was written before the title."
    );

    a.receive(13_100_000, &reply)?;
    let mut seen = CausalContext::<char, Inline<4>>::new();
    for edit in [&draft, &reply] {
        seen.insert(edit.dot)?;
    }
    println!("\na heard the reply before the title. Its version vector says {:?}:", a.version);
    println!("as if it had both of b's edits. A causal context keeps the gap: {seen:?}.");

    let mut key = Siblings::<char, &str, Inline<3>, Inline<3>>::new();
    let mut read = Version::new();
    key.put(&read, 'a', draft.text).map_err(|(error, _)| error)?;
    read.merge(key.context())?;
    key.put(&read, 'a', title.text).map_err(|(error, _)| error)?;
    key.put(&read, 'a', ending.text).map_err(|(error, _)| error)?;
    print!("\nIn a key-value store, through one server, siblings keep both sides of the split:");
    println!(" {:?}.", key.values().collect::<Vec<_>>());
    let context = key.context().clone();
    key.put(&context, 'a', reply.text).map_err(|(error, _)| error)?;
    println!("Whoever has read both replaces both: {:?}.", key.values().collect::<Vec<_>>());
    Ok(())
}
