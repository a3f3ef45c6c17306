//! A TCP proxy that breaks connections on command: it stands before the IMAP or SMTP port in tests of faults.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

#[derive(Default)]
struct State {
    /// New connections are closed at once.
    refuse: AtomicBool,
    /// Bytes are held back, connections stay open.
    stall: AtomicBool,
    /// A connection is cut once this many bytes of the server's answers have passed; 0 is never.
    cut_after: AtomicU64,
    /// How many connections are still to be cut that way.
    cuts_left: AtomicUsize,
    accepted: AtomicUsize,
    open: Mutex<Vec<TcpStream>>,
}

/// The proxy; it ends with the test's process.
pub struct Proxy {
    pub port: u16,
    state: Arc<State>,
}

impl Proxy {
    /// Stands before `upstream`.
    pub fn before(upstream: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(State::default());
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                shared.accepted.fetch_add(1, Ordering::SeqCst);
                if shared.refuse.load(Ordering::SeqCst) {
                    continue;
                }
                let Ok(server) = TcpStream::connect(("127.0.0.1", upstream)) else { continue };
                let mut open = shared.open.lock().unwrap();
                open.push(client.try_clone().unwrap());
                open.push(server.try_clone().unwrap());
                drop(open);
                pump(client.try_clone().unwrap(), server.try_clone().unwrap(), Arc::clone(&shared), false);
                pump(server, client, Arc::clone(&shared), true);
            }
        });
        Self { port, state }
    }

    /// Closes what is open, and every new connection, until [`Proxy::pass`].
    pub fn refuse(&self) {
        self.state.refuse.store(true, Ordering::SeqCst);
        self.drop_all();
    }
    /// Holds every byte back, until [`Proxy::pass`].
    pub fn stall(&self) {
        self.state.stall.store(true, Ordering::SeqCst);
    }
    /// Lets everything through again.
    pub fn pass(&self) {
        self.state.refuse.store(false, Ordering::SeqCst);
        self.state.stall.store(false, Ordering::SeqCst);
        self.state.cuts_left.store(0, Ordering::SeqCst);
    }
    /// Cuts the next `connections` once `bytes` of the server's answers have passed.
    pub fn cut_after(&self, bytes: u64, connections: usize) {
        self.state.cut_after.store(bytes, Ordering::SeqCst);
        self.state.cuts_left.store(connections, Ordering::SeqCst);
    }
    /// Closes every open connection.
    pub fn drop_all(&self) {
        for s in self.state.open.lock().unwrap().drain(..) {
            s.shutdown(Shutdown::Both).ok();
        }
    }
    /// Connections accepted so far.
    pub fn accepted(&self) -> usize {
        self.state.accepted.load(Ordering::SeqCst)
    }
}

fn pump(mut from: TcpStream, mut to: TcpStream, state: Arc<State>, answers: bool) {
    std::thread::spawn(move || {
        let mut passed = 0;
        let mut buffer = [0; 16384];
        loop {
            let n = match from.read(&mut buffer) {
                Ok(0) | Err(_) => break,
                Ok(n) => n,
            };
            while state.stall.load(Ordering::SeqCst) {
                std::thread::sleep(Duration::from_millis(20));
            }
            passed += n as u64;
            let limit = state.cut_after.load(Ordering::SeqCst);
            if answers && limit > 0 && passed > limit {
                let cut =
                    state.cuts_left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1)).is_ok();
                if cut {
                    break;
                }
            }
            if to.write_all(&buffer[..n]).is_err() {
                break;
            }
        }
        from.shutdown(Shutdown::Both).ok();
        to.shutdown(Shutdown::Both).ok();
    });
}
