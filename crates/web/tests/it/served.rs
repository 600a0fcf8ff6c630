//! The site on a real socket.

use std::sync::mpsc;
use std::time::Duration;

use web::{Config, ServeError, serve};

/// Serving until it is stopped.
pub(crate) struct Served {
    pub(crate) port: u16,
    stop: tokio::sync::oneshot::Sender<()>,
    done: tokio::task::JoinHandle<Result<(), ServeError>>,
}

impl Served {
    pub(crate) async fn start(app: app::App, config: Config) -> Self {
        let (tell, told) = mpsc::channel();
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let ready = move |addr: std::net::SocketAddr| tell.send(addr).expect("somebody waits");
        let done = tokio::spawn(serve(app, config, ready, async { drop(stopped.await) }));
        let told = tokio::task::spawn_blocking(move || told.recv_timeout(Duration::from_secs(20)));
        let port = told.await.expect("waited").expect("an address").port();
        Self { port, stop, done }
    }

    pub(crate) async fn stop(self) {
        self.stop.send(()).expect("still serving");
        self.done.await.expect("ended").expect("ended well");
    }
}
