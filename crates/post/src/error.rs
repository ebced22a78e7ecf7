//! Why mail could not go out or come in: always which server, and what to do about it; never an address, a word of a letter or a password.

use std::path::PathBuf;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{server} cannot be reached ({why}): is the host and port right, does the server run, does a firewall stand between?")]
    Unreachable { server: String, why: String },
    #[error("{server} did not answer within {seconds} s: is the port that of another protocol, or `tls` another than the server's?")]
    Silent { server: String, seconds: u64 },
    #[error(
        "{server} shows a certificate that is not trusted ({why}): name the authority's PEM file as `ca`, and the host as the certificate does"
    )]
    Untrusted { server: String, why: String },
    #[error("{server} does not take this user and password ({why}): set it again with `qinglian post set-password {name}`")]
    WrongPassword { server: String, name: String, why: String },
    #[error("there is no password for {name}: set it with `qinglian post set-password {name}`")]
    NoPassword { name: String },
    #[error("{server} refuses ({why})")]
    Refused { server: String, why: String },
    #[error(
        "{server} cannot take away one letter by itself (it has no UIDPLUS), only all that anybody marked as deleted: have the extension switched on, or use a mailbox on another server"
    )]
    NoUidPlus { server: String },
    #[error("{server} says what this program does not understand ({why})")]
    Protocol { server: String, why: String },
    #[error("{} cannot be read ({why}): `ca` wants a PEM file with the certificate of the authority", path.display())]
    Ca { path: PathBuf, why: String },
    #[error("`{key}` = \"{value}\" {why}")]
    Setting { key: String, value: String, why: String },
    #[error("an address is not one")]
    Address,
}

impl Error {
    /// Whether trying again later may help: not with a wrong password or setting.
    pub fn may_pass(&self) -> bool {
        match self {
            Error::Unreachable { .. } | Error::Silent { .. } | Error::Refused { .. } | Error::Protocol { .. } => true,
            Error::Untrusted { .. } | Error::WrongPassword { .. } | Error::NoPassword { .. } => false,
            Error::NoUidPlus { .. } | Error::Ca { .. } | Error::Setting { .. } | Error::Address => false,
        }
    }
}
