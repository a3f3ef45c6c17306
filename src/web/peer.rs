//! Who talks on the socket: told by the kernel, not by what they say.
//!
//! The socket's mode already keeps strangers out; asking the kernel again costs nothing and holds even where somebody
//! changed the mode.

use axum::extract::connect_info::Connected;
use axum::serve::IncomingStream;
use tokio::net::{UnixListener, UnixStream};

/// Whoever is at the other end of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    /// Their Unix user by name, where the system's user list has it.
    pub user: Option<String>,
    /// The daemon's own user, or root: they may speak for anybody.
    pub privileged: bool,
    /// May they talk at all?
    pub admitted: bool,
}

impl Peer {
    /// Asks the kernel who is at the other end of `stream`.
    #[must_use]
    pub fn of(stream: &UnixStream) -> Self {
        let Ok(credentials) = stream.peer_cred() else {
            return Self { user: None, privileged: false, admitted: false };
        };
        let (own_user, own_group) = (rustix::process::geteuid().as_raw(), rustix::process::getegid().as_raw());
        let (uid, gid) = (credentials.uid(), credentials.gid());
        let list = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
        let user = user_name(&list("/etc/passwd"), uid);
        let privileged = uid == 0 || uid == own_user;
        let member = || user.as_ref().is_some_and(|u| is_member(&list("/etc/group"), own_group, u));
        let admitted = privileged || gid == own_group || member();
        Self { user, privileged, admitted }
    }
}

impl Connected<IncomingStream<'_, UnixListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, UnixListener>) -> Self {
        Self::of(stream.io())
    }
}

/// The name of a user in the text of passwd(5).
fn user_name(passwd: &str, uid: u32) -> Option<String> {
    let fields = |line: &str| line.split(':').map(str::to_owned).collect::<Vec<_>>();
    passwd
        .lines()
        .map(fields)
        .find(|f| f.get(2).is_some_and(|id| *id == uid.to_string()))
        .and_then(|f| f.first().cloned())
}

/// Whether a user is named as a member of a group in the text of group(5).
fn is_member(group: &str, gid: u32, user: &str) -> bool {
    group.lines().any(|line| {
        let mut fields = line.split(':').skip(2);
        fields.next().is_some_and(|id| id == gid.to_string())
            && fields.next().is_some_and(|members| members.split(',').any(|m| m == user))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_groups_are_read_from_the_systems_lists() {
        let passwd = "root:x:0:0:root:/root:/bin/bash\nana:x:1001:1001::/home/ana:/bin/sh\n";
        assert_eq!(user_name(passwd, 1001).as_deref(), Some("ana"));
        assert_eq!(user_name(passwd, 100), None);
        let group = "root:x:0:\nintaked:x:990:ana,ben\nother:x:99:eve\n";
        assert!(is_member(group, 990, "ben"));
        assert!(!is_member(group, 990, "eve"));
        assert!(!is_member(group, 99, "ana"));
    }
}
