//! `bitacora witness`: an oversight body's node. It mirrors the commitments of both logs, cosigns them with the time, and
//! shows each party what the other showed it.

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::bound::Bound;
use crate::cli::exchange::WitnessArgs;
use crate::commands::agreement;
use crate::config::data_folder;
use crate::error::NodeError;
use crate::exchange::witness::{WitnessKeys, start};
use crate::serving::interrupted;
use crate::summary::say;
use crate::words::Words;

pub(crate) fn run(args: WitnessArgs, words: Words) -> Result<ExitCode, NodeError> {
    let keys = WitnessKeys::open(&data_folder(&args.data), &args.name)?;
    let (Some(file), Some(bind)) = (args.agreement, args.bind) else {
        say(&format!("cosigner {}\ntransport {}\n", keys.cosigner()?, keys.transport()?))?;
        return Ok(ExitCode::SUCCESS);
    };
    let (_, signed) = agreement::read(&file)?;
    let bound = Bound::to(bind)?;
    let address = bound.address();
    let failed = |cause| NodeError::Bind { address, cause };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(failed)?;
    let stop = Arc::new(AtomicBool::new(false));
    let publisher = runtime.block_on(async {
        let publisher = start(&keys, &signed, bound, Arc::clone(&stop))?;
        say(&format!("witnessing {} {address}\n", signed.id))?;
        interrupted().await;
        Ok::<_, NodeError>(publisher)
    })?;
    stop.store(true, Ordering::Relaxed);
    // What was cosigned last is published before it ends.
    publisher.join().map_err(|_| NodeError::Exchange("the witness broke down".to_owned()))?;
    eprintln!("{}", words.stopped);
    Ok(ExitCode::SUCCESS)
}
