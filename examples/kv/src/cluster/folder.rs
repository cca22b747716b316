//! The folder of a cluster: one of each node's own, and a record of what was started there.
//!
//! An empty disk is no proof that a node is new: it may have lost what it had promised. So that it
//! is told to be new only once, the record is written right before the first start, and nodes of a
//! folder that has one are never told so again.

use std::{
    env,
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Read, Seek, Write},
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    process,
};

/// The record, in a cluster's folder.
const RECORD: &str = "cluster";

/// A folder, locked while this lives.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    nodes: usize,
    /// Whether nothing was ever started here.
    is_new: bool,
    is_temporary: bool,
    /// The record, locked.
    record: File,
}

impl Folder {
    /// The folder of a cluster of so many nodes: a new one, if it is missing or empty, or as it was
    /// left.
    pub(super) fn open(path: &Path, nodes: usize) -> io::Result<Self> {
        fs::create_dir_all(path)?;
        let is_empty = fs::read_dir(path)?.next().is_none();
        let record = path.join(RECORD);
        if !is_empty && !record.exists() {
            return refuse(path, "is neither empty nor the folder of a cluster");
        }
        let mut options = OpenOptions::new();
        let mut file = options.read(true).write(true).create(is_empty).open(&record)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return refuse(path, "is in use"),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        // A record that is not whole was never followed by a start.
        let is_new = !text.ends_with('\n');
        if !is_new && text != line(nodes) {
            return refuse(path, &format!("has {}: choose the same --nodes", text.trim_end()));
        }
        Ok(Self { path: path.to_owned(), nodes, is_new, is_temporary: false, record: file })
    }

    /// A folder that ends with this.
    pub(super) fn temporary(nodes: usize) -> io::Result<Self> {
        let mut number = 0_u32;
        loop {
            let path = env::temp_dir().join(format!("synod-kv-{}-{number}", process::id()));
            match fs::DirBuilder::new().mode(0o700).create(&path) {
                Ok(()) => {
                    let mut folder = Self::open(&path, nodes)?;
                    folder.is_temporary = true;
                    return Ok(folder);
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    number = number.saturating_add(1);
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Notes that its nodes are about to be started for the first time, unless that is noted
    /// already. Whether it was so.
    pub(super) fn begin(&mut self) -> io::Result<bool> {
        if !self.is_new {
            return Ok(false);
        }
        self.record.set_len(0)?;
        self.record.rewind()?;
        self.record.write_all(line(self.nodes).as_bytes())?;
        self.record.sync_all()?;
        File::open(&self.path)?.sync_all()?;
        self.is_new = false;
        Ok(true)
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it ends with this.
    pub(super) const fn is_temporary(&self) -> bool {
        self.is_temporary
    }

    /// It stays after all.
    pub(super) const fn keep(&mut self) {
        self.is_temporary = false;
    }

    /// Where a node has its data.
    pub(super) fn data(&self, id: u64) -> PathBuf {
        self.path.join(format!("node-{id}"))
    }

    /// Where what a node says is kept.
    pub(super) fn log(&self, id: u64) -> PathBuf {
        self.path.join(format!("node-{id}.log"))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.is_temporary {
            // There is nobody left to tell.
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

fn line(nodes: usize) -> String {
    format!("a cluster of {nodes}, started\n")
}

fn refuse<T>(path: &Path, why: &str) -> io::Result<T> {
    Err(io::Error::other(format!("{} {why}", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_new_once() {
        let root = Folder::temporary(1).unwrap();
        let path = root.path().join("inner");
        // Until something is started there.
        assert!(Folder::open(&path, 5).unwrap().is_new);
        let mut first = Folder::open(&path, 3).unwrap();
        assert!(first.is_new && first.begin().unwrap());
        assert!(!first.is_new && !first.begin().unwrap());
        assert!(Folder::open(&path, 3).unwrap_err().to_string().contains("in use"));
        drop(first);
        assert!(Folder::open(&path, 5).unwrap_err().to_string().contains("a cluster of 3"));
        assert!(!Folder::open(&path, 3).unwrap().is_new);
        // Even when all the nodes' data is gone.
        assert_eq!(fs::read_dir(&path).unwrap().count(), 1);
        // A record that a power cut left half written.
        fs::write(path.join(RECORD), "a clus").unwrap();
        assert!(Folder::open(&path, 3).unwrap().is_new);
        fs::write(path.join("foreign"), "").unwrap();
        fs::remove_file(path.join(RECORD)).unwrap();
        assert!(Folder::open(&path, 3).is_err());
        let gone = root.path().to_owned();
        drop(root);
        assert!(!gone.exists());
    }
}
