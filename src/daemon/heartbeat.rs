//! A sign of life to somebody outside: a watcher's page is fetched while every loop is well. A watcher that hears
//! nothing calls; so whatever goes wrong here, the network included, is noticed.

use super::front::Health;
use super::writer::Writer;
use crate::config::{Heartbeat, Watcher};
use crate::tls::{self, dial};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio_util::sync::CancellationToken;

/// How long the watcher may take for one read or write, and for the whole.
const PATIENCE: Duration = Duration::from_secs(10);
const WHOLE: Duration = Duration::from_secs(30);
/// Bytes of an answer that are read: its first line says all.
const ENOUGH: u64 = 512;

/// Beats until `cancel`. While something is not well the sign is held back; from the second beat on the watcher is told
/// so, where it has a page for that.
pub async fn beat(heart: Heartbeat, writer: Writer, health: Arc<Health>, cancel: CancellationToken) {
    let Some(every) = heart.watcher.as_ref().or(heart.failing.as_ref()).map(|w| w.every) else { return };
    let mut was_sick = false;
    loop {
        let mut sick: Vec<String> =
            health.parts().into_iter().filter(|p| !p.well && p.name != NAME).map(|p| p.name).collect();
        // The tick goes through the writer: a desk that does not decide is not alive.
        if writer.tick().await.is_err() {
            sick.push("the desk".to_owned());
        }
        let is_sick = !sick.is_empty();
        let (well, says) = sign(&heart, &sick, was_sick).await;
        health.says(NAME, well, says);
        was_sick = is_sick;
        tokio::select! {
            () = cancel.cancelled() => return,
            () = tokio::time::sleep(every) => {}
        }
    }
}

const NAME: &str = "heartbeat";

/// One sign; how it is, in a sentence.
async fn sign(heart: &Heartbeat, sick: &[String], was_sick: bool) -> (bool, String) {
    let unwell = || format!("because this is not well: {}", sick.join(", "));
    match (sick.is_empty(), &heart.watcher, &heart.failing) {
        (false, _, Some(failing)) if was_sick => match fetched(failing).await {
            Ok(()) => (false, format!("the watcher was told, {}", unwell())),
            Err(why) => (false, format!("the watcher could not be told ({why}), {}", unwell())),
        },
        (false, ..) => (false, format!("held back, {}", unwell())),
        (true, Some(watcher), _) => match fetched(watcher).await {
            Ok(()) => (true, "sent".to_owned()),
            Err(why) => (false, why),
        },
        (true, None, _) => (true, "all is well".to_owned()),
    }
}

async fn fetched(watcher: &Watcher) -> Result<(), String> {
    let ended = tokio::time::timeout(WHOLE, fetch(watcher)).await;
    ended.unwrap_or_else(|_| Err("the watcher did not answer in time".to_owned()))
}

/// Fetches the page once; an answer of 200 to 399 is a good one.
async fn fetch(watcher: &Watcher) -> Result<(), String> {
    let stream = dial::tcp(&watcher.host, watcher.port, PATIENCE).await.map_err(|e| e.to_string())?;
    let request = format!(
        "GET {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: intaked\r\nAccept: */*\r\nConnection: close\r\n\r\n",
        watcher.path, watcher.host
    );
    let answer = if watcher.tls {
        let trust = tls::client_config(None).map_err(|e| e.to_string())?;
        let line = dial::tls(stream, &watcher.host, watcher.port, trust, PATIENCE).await.map_err(|e| e.to_string())?;
        ask(line, &request).await
    } else {
        ask(stream, &request).await
    };
    let answer = answer.map_err(|e| format!("cannot reach {}: {e}", watcher.host))?;
    let status =
        answer.strip_prefix("HTTP/1.").and_then(|rest| rest.get(2..5)).and_then(|code| code.parse::<u16>().ok());
    match status {
        Some(200..=399) => Ok(()),
        Some(code) => Err(format!("{} answered {code}", watcher.host)),
        None => Err(format!("{} does not speak HTTP", watcher.host)),
    }
}

async fn ask(mut stream: impl AsyncRead + AsyncWrite + Unpin, request: &str) -> std::io::Result<String> {
    stream.write_all(request.as_bytes()).await?;
    stream.flush().await?;
    let mut answer = Vec::new();
    stream.take(ENOUGH).read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    #[tokio::test]
    async fn what_is_not_well_holds_the_sign_back_and_then_the_watcher_is_told() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = tokio::spawn(async move {
            let mut heard = Vec::new();
            for _ in 0..2 {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut line = vec![0; 1024];
                let n = stream.read(&mut line).await.unwrap();
                stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
                heard.push(String::from_utf8_lossy(&line[..n]).split(' ').nth(1).unwrap().to_owned());
            }
            heard
        });
        let page = |path: &str| Watcher {
            tls: false,
            host: "127.0.0.1".into(),
            port,
            path: path.into(),
            every: Duration::from_secs(60),
        };
        let heart = Heartbeat { watcher: Some(page("/key")), failing: Some(page("/key/fail")), mail: None };
        let sick = ["mail server smtp.example".to_owned()];
        let (well, says) = sign(&heart, &sick, false).await;
        assert!(!well && says.starts_with("held back, because"), "a hiccup calls nobody: {says}");
        let (well, says) = sign(&heart, &sick, true).await;
        assert!(!well && says.contains("was told") && says.contains("smtp.example"), "{says}");
        assert_eq!(sign(&heart, &[], true).await, (true, "sent".to_owned()));
        assert_eq!(server.await.unwrap(), ["/key/fail", "/key"]);
    }

    /// A watcher that gives this answer once; what it was asked.
    async fn asked(answer: &'static str) -> (Result<(), String>, String) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut heard = vec![0; 1024];
            let n = stream.read(&mut heard).await.unwrap();
            stream.write_all(answer.as_bytes()).await.unwrap();
            String::from_utf8_lossy(&heard[..n]).into_owned()
        });
        let every = Duration::from_secs(60);
        let watcher = Watcher { tls: false, host: "127.0.0.1".into(), port, path: "/key?x=1".into(), every };
        (fetch(&watcher).await, server.await.unwrap())
    }

    #[tokio::test]
    async fn the_watchers_page_is_fetched_and_a_bad_answer_is_no_sign_of_life() {
        let (well, heard) = asked("HTTP/1.1 200 OK\r\n\r\nOK").await;
        assert_eq!(well, Ok(()));
        assert!(heard.starts_with("GET /key?x=1 HTTP/1.1\r\nHost: 127.0.0.1\r\n"), "{heard}");
        assert_eq!(asked("HTTP/1.0 404 Not Found\r\n\r\n").await.0, Err("127.0.0.1 answered 404".to_owned()));
        assert!(asked("220 mail.example ESMTP\r\n").await.0.unwrap_err().contains("HTTP"));
    }
}
