//! The image of `xtask/image`: every operation, compiled and optimized as one object, from which
//! any of them can be linked alone.

use std::{collections::BTreeMap, fs, path::PathBuf};

use anyhow::{Context, Result, bail, ensure};
use object::{
    Object, ObjectSection, ObjectSymbol,
    read::{archive::ArchiveFile, elf::ElfFile32},
};
use xshell::{Shell, cmd};

use crate::tools;

/// The undefined function which the image's panic handler calls.
pub const PANIC: &str = "__panic_is_reachable";

const FOLDER: &str = "xtask/image";

/// A compiled image.
pub struct Image {
    archive: PathBuf,
    linker: PathBuf,
    /// Everything in the archive: the optimized object, and the compiler's runtime.
    bytes: Vec<u8>,
}

impl Image {
    /// Compiles the image for `target` with a profile of its `Cargo.toml` and flags for `rustc`.
    pub fn build(shell: &Shell, target: &str, profile: &str, flags: &[&str]) -> Result<Self> {
        tools::target(shell, &tools::active_toolchain(), target)?;
        let manifest = format!("{FOLDER}/Cargo.toml");
        let folder = tools::root().join(FOLDER).join("target");
        cmd!(
            shell,
            "cargo rustc --quiet --locked --manifest-path {manifest} --target-dir {folder}
                --target {target} --profile {profile} -- {flags...}"
        )
        .quiet()
        .run()
        .with_context(|| format!("the image for {target}, profile {profile}"))?;
        let archive = folder.join(target).join(profile).join("libimage.a");
        let bytes = fs::read(&archive).with_context(|| archive.display().to_string())?;
        Ok(Self { archive, linker: linker(shell)?, bytes })
    }

    /// The names of all symbols of one kind (`operation`, `configuration`, `size`), without the
    /// kind: `capacity::List::insert`.
    pub fn names(&self, kind: &str) -> Result<Vec<String>> {
        let mut names = Vec::new();
        for object in self.objects()? {
            names.extend(object.symbols().filter_map(|entry| {
                let name = entry.name().ok()?.strip_prefix(&symbol(kind, ""))?;
                entry.is_definition().then(|| name.to_owned())
            }));
        }
        names.sort();
        ensure!(!names.is_empty(), "the image has no symbol of the kind `{kind}`");
        Ok(names)
    }

    /// The contents of the statics of the kind `size`, by name.
    pub fn sizes(&self) -> Result<BTreeMap<String, u64>> {
        let mut sizes = BTreeMap::new();
        for object in self.objects()? {
            for entry in object.symbols() {
                let Some(name) = entry.name()?.strip_prefix(&symbol("size", "")) else {
                    continue;
                };
                let index = entry.section_index().context("a size in no section")?;
                let bytes = object
                    .section_by_index(index)?
                    .data_range(entry.address(), entry.size())?
                    .and_then(|bytes| bytes.try_into().ok())
                    .with_context(|| format!("`{name}` is not a word"))?;
                sizes.insert(name.to_owned(), u64::from(u32::from_le_bytes(bytes)));
            }
        }
        Ok(sizes)
    }

    /// Every object in the archive, the optimized one first.
    pub fn objects(&self) -> Result<Vec<ElfFile32<'_>>> {
        let archive = ArchiveFile::parse(&*self.bytes)?;
        archive.members().map(|member| Ok(ElfFile32::parse(member?.data(&*self.bytes)?)?)).collect()
    }

    /// Links the named symbols of one kind and what they reach, and nothing else. `definitions`
    /// are symbols to take for defined.
    ///
    /// The inner error is the linker's: something they reach is not defined.
    pub fn link(
        &self,
        shell: &Shell,
        kind: &str,
        names: &[String],
        definitions: &[&str],
    ) -> Result<Result<Vec<u8>, String>> {
        let linked = self.archive.with_file_name("linked.elf");
        let _ = fs::remove_file(&linked);
        let symbols: Vec<String> = names.iter().map(|name| symbol(kind, name)).collect();
        let roots = symbols.iter().map(|symbol| format!("--undefined={symbol}"));
        let definitions = definitions.iter().map(|symbol| format!("--defsym={symbol}=0"));
        let (linker, archive) = (&self.linker, &self.archive);
        let output = cmd!(shell, "{linker} -flavor gnu --gc-sections --entry=0 -o {linked}")
            .args(roots)
            .args(definitions)
            .arg(archive)
            .quiet()
            .ignore_status()
            .output()?;
        if !output.status.success() {
            return Ok(Err(String::from_utf8_lossy(&output.stderr).into_owned()));
        }
        let bytes = fs::read(&linked)?;
        // A root which is not in the archive is no error for the linker.
        let object = ElfFile32::<object::Endianness>::parse(&*bytes)?;
        for symbol in &symbols {
            ensure!(object.symbol_by_name(symbol).is_some(), "`{symbol}` was not linked");
        }
        Ok(Ok(bytes))
    }
}

/// The symbol that the image's macros give to a name.
pub fn symbol(kind: &str, name: &str) -> String {
    format!("{kind}:image::{name}")
}

/// The linker which comes with the compiler.
fn linker(shell: &Shell) -> Result<PathBuf> {
    let sysroot = cmd!(shell, "rustc --print sysroot").quiet().read()?;
    let host = cmd!(shell, "rustc --print host-tuple").quiet().read()?;
    let linker = PathBuf::from(sysroot).join("lib/rustlib").join(host).join("bin/rust-lld");
    if !linker.exists() {
        bail!("missing: rust-lld, which comes with the compiler, at {}", linker.display());
    }
    Ok(linker)
}
