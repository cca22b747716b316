//! What can be wrong with a disk, and what an operator is to do.

use std::{
    error::Error,
    fmt,
    io::{self, ErrorKind},
    path::{Path, PathBuf},
};

use super::Identity;

/// Why a node's storage refuses. After an error of a write nobody knows what is on the disk, so
/// the node must stop; its next start finds out.
#[derive(Debug)]
#[non_exhaustive]
pub enum StorageError {
    /// There is something in the folder where a new store was to be made.
    NotEmpty(PathBuf),
    /// There is no store in the folder.
    NoStore(PathBuf),
    /// Another process has the store open.
    InUse(PathBuf),
    /// The store is that of another node, or of another cluster.
    OtherNode {
        /// Whose it is.
        found: Identity,
        /// Who was to be started.
        wanted: Identity,
    },
    /// What was written is not there any more, or not as it was.
    Damaged {
        /// Where.
        path: PathBuf,
        /// What is wrong there.
        what: String,
    },
    /// The disk has no room, or the node is not allowed to use more of it.
    Full {
        /// What was to be written.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The system refuses.
    Io {
        /// What was to be read or written.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// An earlier write has failed.
    Stopped,
}

impl StorageError {
    /// A function that says of what the system refuses where it was.
    pub(super) fn at(path: &Path) -> impl Fn(io::Error) -> Self {
        move |source| {
            let path = path.to_owned();
            match source.kind() {
                ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
                    Self::Full { path, source }
                }
                _ => Self::Io { path, source },
            }
        }
    }

    /// A function that says what the database's refusal means for the node.
    pub(super) fn of<E: Into<redb::Error>>(path: &Path) -> impl Fn(E) -> Self {
        move |error| match error.into() {
            redb::Error::Io(source) => match source.kind() {
                // It is not a database any more, or a part of it is not there.
                ErrorKind::InvalidData | ErrorKind::UnexpectedEof => {
                    Self::damaged(path, source.to_string())
                }
                _ => Self::at(path)(source),
            },
            redb::Error::PreviousIo => Self::Stopped,
            redb::Error::DatabaseAlreadyOpen => Self::InUse(path.to_owned()),
            redb::Error::Corrupted(what) => Self::damaged(path, what),
            // All that this program ever wrote is of one version.
            error @ redb::Error::UpgradeRequired(_) => Self::damaged(path, error.to_string()),
            other => Self::at(path)(io::Error::other(other)),
        }
    }

    pub(super) fn damaged(path: &Path, what: impl Into<String>) -> Self {
        Self::Damaged { path: path.to_owned(), what: what.into() }
    }
}

impl fmt::Display for StorageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotEmpty(folder) => write!(
                f,
                "{} is not empty, and a new store is only made in an empty folder. If this node \
                 has run before, start it without `--bootstrap`",
                folder.display()
            ),
            Self::NoStore(folder) => write!(
                f,
                "there is no store in {}. `--bootstrap` makes one, for the very first start of a \
                 new cluster only: a node that has lost its disk must never come back under its id",
                folder.display()
            ),
            Self::InUse(folder) => {
                write!(f, "another process uses the store in {}", folder.display())
            }
            Self::OtherNode { found, wanted } => write!(
                f,
                "the store is that of {found}, and not of {wanted}: start it as what it is, or \
                 with the right folder"
            ),
            Self::Damaged { path, what } => write!(
                f,
                "{} is damaged: {what}. This node has lost what it promised, so it must not run \
                 under its id again, neither with an empty folder nor with a backup: writes that \
                 were acknowledged could be lost. The other nodes go on without it while more \
                 than half of all are up; there is no way yet to replace it. Only if this folder \
                 is a copy, and the original is just as the node left it when it last ran, start \
                 it with that",
                path.display()
            ),
            Self::Full { path, source } => write!(
                f,
                "no room to write {}: {source}. Nobody knows how much of it is on the disk, so \
                 the node stops. Make room, and start it again: nothing it acknowledged is lost",
                path.display()
            ),
            Self::Io { path, source } => write!(
                f,
                "{}: {source}. Nobody knows what is on the disk, so the node stops. Look after \
                 the disk and the rights of the folder, and start it again",
                path.display()
            ),
            Self::Stopped => f.write_str("an earlier write has failed: the node must stop"),
        }
    }
}

impl Error for StorageError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Full { source, .. } | Self::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_from_a_broken_one() {
        let error = |kind: ErrorKind| StorageError::at(Path::new("log"))(kind.into());
        assert!(matches!(error(ErrorKind::StorageFull), StorageError::Full { .. }));
        assert!(matches!(error(ErrorKind::PermissionDenied), StorageError::Io { .. }));
    }
}
