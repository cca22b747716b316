//! What the repository holds: the library crates, and the workspaces beside the main one.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use xshell::{Shell, cmd};

/// A crate that can be published.
pub struct Library {
    pub package: String,
    /// Its folder's short name, such as `clocks`.
    pub folder: String,
    /// The oldest toolchain it promises to build with, such as `1.87.0`.
    pub oldest_toolchain: String,
}

/// Folders of workspaces with lock files of their own, which a plain cargo command never sees, each
/// with the target that it must be built for. (Firmware for larger boards has more in it.)
pub const OUTSIDE: &[(&str, Option<&str>)] = &[
    ("bench", None),
    ("bench/kv", None),
    ("fuzz", None),
    ("sim/models", None),
    ("examples/board", Some("thumbv6m-none-eabi")),
    ("examples/board", Some("thumbv7m-none-eabi")),
    ("xtask/image", Some("thumbv6m-none-eabi")),
];

/// All members but the servers among them, which switch on features of the libraries.
pub const WITHOUT_SERVERS: [&str; 2] = ["--exclude", "synod-kv"];

/// The publishable members of the main workspace.
pub fn libraries(shell: &Shell) -> Result<Vec<Library>> {
    let metadata = cmd!(shell, "cargo metadata --no-deps --format-version 1").quiet().read()?;
    let metadata: Value = serde_json::from_str(&metadata)?;
    let packages = metadata["packages"].as_array().context("no packages in cargo's metadata")?;
    // `publish = false` is an empty list of registries there; no restriction is null.
    let publishable = packages
        .iter()
        .filter(|package| package["publish"].as_array().is_none_or(|to| !to.is_empty()));
    let libraries = publishable.map(library).collect::<Result<Vec<_>>>()?;
    ensure!(!libraries.is_empty(), "no member of the workspace can be published");
    Ok(libraries)
}

/// The options that make a cargo command act on `libraries`.
pub fn selection(libraries: &[Library]) -> Vec<&str> {
    libraries.iter().flat_map(|library| ["--package", &library.package]).collect()
}

fn library(package: &Value) -> Result<Library> {
    let text =
        |key: &str| package[key].as_str().with_context(|| format!("a package without {key}"));
    let folder = Path::new(text("manifest_path")?).parent().and_then(Path::file_name);
    let version = text("rust_version")?;
    Ok(Library {
        package: text("name")?.to_owned(),
        folder: folder.unwrap_or_default().to_string_lossy().into_owned(),
        oldest_toolchain: match version.split('.').count() {
            2 => format!("{version}.0"),
            _ => version.to_owned(),
        },
    })
}
