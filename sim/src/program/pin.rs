//! Writes what pinned runs give now.

use std::{error::Error, fs, path::Path};

use synod_sim::{
    raft::{RECORDING, record_pinned},
    replay::replay_pinned,
};

use super::machine::MACHINES;

/// Writes the hashes of pinned runs and the recording, and says which have changed.
pub(crate) fn pin() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("pinned");
    for machine in &MACHINES {
        let mut hashes = String::from("[\n");
        for pinned in machine.pinned {
            let hash = (machine.run)(&pinned.settings, None).hash;
            let news = if hash == pinned.hash { "as before" } else { "new" };
            println!("{hash:016x} {news} {}, {:?}", machine.name, pinned.settings);
            hashes += &format!("    0x{hash:016x},\n");
        }
        fs::write(folder.join(machine.hashes), hashes + "]\n")?;
    }

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
