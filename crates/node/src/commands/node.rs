//! `bitacora node`: serve the page and the API, watch feeds or play a recording.

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;

use bitacora_primitives::Duration;
use bitacora_sea::Parameters;
use bitacora_store::Store;

use crate::bound::Bound;
use crate::charts;
use crate::cli::NodeArgs;
use crate::config::{Config, DEFAULT_BIND, data_folder};
use crate::error::NodeError;
use crate::feed_url::FeedUrl;
use crate::pipeline::Pipeline;
use crate::replay::replay;
use crate::serving::Node;
use crate::summary::say;
use crate::watch::watch;
use crate::words::Words;

pub(crate) fn run(args: NodeArgs, words: Words) -> Result<ExitCode, NodeError> {
    let folder = data_folder(&args.data);
    let config = Config::load(&folder)?;
    let database = args.data.database.clone().or_else(|| config.database.clone());
    let store = Store::open(&folder, database.as_deref())?;
    let bind = args.serve.bind.or(config.bind).unwrap_or(DEFAULT_BIND);
    let urls: Vec<FeedUrl> =
        config.feeds.iter().chain(&args.feed).map(|url| FeedUrl::parse(url)).collect::<Result<_, _>>()?;
    let page = Bound::to(bind)?;
    let partners = config.exchange.bind.map(Bound::to).transpose()?;
    let node = Node::new(config, store, charts::load_aloud(&folder))?;
    node.show_archive()?;

    thread::scope(|scope| {
        let served = node.serve(page, partners, |address, _| {
            say(&format!("{} http://{address}\nlistening http://{address}\n", words.serving))?;
            if let Some(path) = &args.replay {
                scope.spawn(|| {
                    report_end(replay(&node, path, args.speed), &node, words);
                    eprintln!("{}", words.replay_ended);
                });
            } else if !urls.is_empty() {
                scope.spawn(|| report_end(watch_feeds(&node, &urls), &node, words));
            }
            Ok(())
        });
        node.stop.store(true, Ordering::Relaxed);
        served
    })?;
    eprintln!("{}", words.stopped);
    Ok(ExitCode::SUCCESS)
}

/// A failure of the feed must be seen at once, and stops the node: a picture that no longer moves misleads.
pub(crate) fn report_end(outcome: Result<(), NodeError>, node: &Node, words: Words) {
    if let Err(error) = outcome {
        eprintln!("{}", words.failure(&error));
        node.stop.store(true, Ordering::Relaxed);
    }
}

fn watch_feeds(node: &Node, urls: &[FeedUrl]) -> Result<(), NodeError> {
    let lateness = Duration::from_secs(node.config.live_lateness_s.into());
    let parameters = Parameters { lateness, ..node.config.sea.clone() };
    let pipeline = Pipeline::new(
        Arc::clone(&node.store),
        Some(Arc::clone(&node.live)),
        parameters,
        Arc::clone(&node.charts),
        node.config.places.clone(),
    );
    watch(&node.store, Some(&node.live), pipeline, urls, false, &node.stop, |url, line| {
        tracing::info!(feed = url, line, "committed");
    })?;
    Ok(())
}
