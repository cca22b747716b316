//! Writes what pinned runs give now.

use std::{error::Error, fs, path::Path};

use synod_sim::{
    raft::{PINNED, RECORDING, record_pinned, run},
    replay::replay_pinned,
    replicas,
};

/// Writes the hashes of pinned runs and the recording, and says which have changed.
pub(crate) fn pin() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("pinned");
    let mut hashes = String::from("[\n");
    for pinned in PINNED {
        let hash = run(&pinned.settings, None).hash;
        println!(
            "{hash:016x} {} {:?}",
            if hash == pinned.hash { "as before" } else { "new" },
            pinned.settings
        );
        hashes += &format!("    0x{hash:016x},\n");
    }
    fs::write(folder.join("hashes.in"), hashes + "]\n")?;
    let mut hashes = String::from("[\n");
    for pinned in replicas::PINNED {
        let hash = replicas::run(&pinned.settings).hash;
        println!(
            "{hash:016x} {} {:?} of replicas",
            if hash == pinned.hash { "as before" } else { "new" },
            pinned.settings
        );
        hashes += &format!("    0x{hash:016x},\n");
    }
    fs::write(folder.join("replicas.in"), hashes + "]\n")?;

    let recording = record_pinned();
    let replayed = replay_pinned(&recording)
        .map_err(|differs| format!("the recording cannot be replayed: {differs}"))?;
    let news = if recording == RECORDING { "as before" } else { "new" };
    println!(
        "{:016x} {news} recording, {} events in {} bytes",
        replayed.hash,
        replayed.events,
        recording.len()
    );
    fs::write(folder.join("node.bin"), recording)?;
    Ok(())
}
