//! Gives the linker the memory of the board that stands for the target.

use std::{env, error::Error, fs, path::PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let target = env::var("TARGET")?;
    let board = match target.as_str() {
        "thumbv6m-none-eabi" => "microbit",
        "thumbv7m-none-eabi" => "lm3s6965evb",
        "thumbv7em-none-eabihf" => "mps2-an386",
        _ => return Err(format!("no board for the target {target}").into()),
    };
    let memory = format!("memory/{board}.x");
    let folder = PathBuf::from(env::var("OUT_DIR")?);
    fs::copy(&memory, folder.join("memory.x"))?;
    println!("cargo::rustc-check-cfg=cfg(board, values(any()))");
    println!("cargo::rustc-cfg=board=\"{board}\"");
    println!("cargo::rerun-if-changed={memory}");
    println!("cargo::rustc-link-search={}", folder.display());
    println!("cargo::rustc-link-arg=-Tlink.x");
    println!("cargo::rustc-link-arg=--nmagic");
    Ok(())
}
