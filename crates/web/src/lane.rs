//! A lane of its own for what comes without an account: threads that yield to those of the house, so that a flood on the public pages
//! is slow for itself and not for whoever works here.

use crate::app::App;
use crate::failure::Failure;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;
use std::io;
use store::Store;
use tokio::runtime::{Builder, Handle, Runtime};

/// How much the lane yields: at ten, a thread of the house that has work gets about nine tenths of a processor they share.
const YIELDS: i32 = 10;

pub(crate) struct Lane {
    /// Always there; taken only when it is dropped.
    runtime: Option<Runtime>,
}

impl Lane {
    /// Errors: the system gives no threads.
    pub(crate) fn new() -> io::Result<Self> {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let yielding = || {
            // Where a system does not allow it, the lane is merely no slower than the rest.
            let usual = rustix::process::getpriority_process(None).unwrap_or(0);
            let _ = rustix::process::setpriority_process(None, usual + YIELDS);
        };
        let mut lane = Builder::new_multi_thread();
        lane.worker_threads(threads).thread_name("public").on_thread_start(yielding).enable_all();
        Ok(Self { runtime: Some(lane.build()?) })
    }

    fn handle(&self) -> &Handle {
        self.runtime.as_ref().expect("a lane has its threads until it is dropped").handle()
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // It may be dropped where nothing may block.
            runtime.shutdown_background();
        }
    }
}

/// Answers a request on the lane, page and all: what is left to the house's own threads is to send bytes.
pub(crate) async fn public(State(app): State<App>, request: Request, next: Next) -> Response {
    let work = async move {
        let (head, body) = next.run(request).await.into_parts();
        match body.collect().await {
            Ok(page) => Response::from_parts(head, Body::from(page.to_bytes())),
            Err(error) => Failure::broken(error).into_response(),
        }
    };
    match app.lane.handle().spawn(Store::apart(work)).await {
        Ok(response) => response,
        Err(error) => Failure::broken(error).into_response(),
    }
}
