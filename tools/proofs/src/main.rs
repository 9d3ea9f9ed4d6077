//! Proves claims about every possible request with cedar-policy-symcc and cvc5, or finds the request for which one does not
//! hold. Reads claims as JSON lines; each counterexample is asked of Cedar's authoriser again before it counts.
//!
//! Exit code 1 when a claim that should hold has a counterexample, or a planted set has none.

mod claim;

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Stdin};
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::Instant;

use cedar_policy::{Authorizer, Decision, RequestEnv, Schema};
use cedar_policy_symcc::solver::LocalSolver;
use cedar_policy_symcc::{CedarSymCompiler, CompiledPolicy, CompiledPolicySet, Env};
use claim::{Claim, Known, Schemas};

type Prover = CedarSymCompiler<LocalSolver>;

/// Lines of standard input, which several threads take from.
type Lines = std::io::Lines<BufReader<Stdin>>;

/// Claims of one property: how many were proved, how many planted sets were caught.
#[derive(Default)]
struct Tally {
    proved: usize,
    caught: usize,
}

/// The version of a package in this program's own lock file.
fn locked(package: &str) -> &'static str {
    let lock = include_str!("../Cargo.lock");
    let place = lock.find(&format!("name = \"{package}\"\n")).map_or("", |at| &lock[at..]);
    place.split("version = \"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or("?")
}

fn solver_version() -> String {
    let path = std::env::var("CVC5").unwrap_or_else(|_| "cvc5".to_owned());
    let output = std::process::Command::new(path).arg("--version").output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    text.lines().next().unwrap_or("no cvc5").to_owned()
}

fn told(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// A request that the policies permit and `within` does not. Cedar itself must answer so.
async fn outside(
    prover: &mut Prover,
    claim: &Claim,
    within: &[String],
    (schema, request): (&Schema, &RequestEnv),
) -> Result<Option<Env>, String> {
    let (wide, narrow) = (claim::set(&claim.policies)?, claim::set(within)?);
    let compiled = |set| CompiledPolicySet::compile(set, request, schema).map_err(told);
    let found = prover
        .check_implies_with_counterexample_opt(&compiled(&wide)?, &compiled(&narrow)?)
        .await
        .map_err(told)?;
    if let Some(found) = &found {
        let ask = |set| Authorizer::new().is_authorized(&found.request, set, &found.entities).decision();
        if (ask(&wide), ask(&narrow)) != (Decision::Allow, Decision::Deny) {
            return Err(format!("the solver's request is none: {}", told(&found.request)));
        }
    }
    Ok(found)
}

/// A request for which one of the policies errs. Cedar itself must say so.
async fn erring(
    prover: &mut Prover,
    claim: &Claim,
    (schema, request): (&Schema, &RequestEnv),
) -> Result<Option<Env>, String> {
    for (number, text) in claim.policies.iter().enumerate() {
        let policy = claim::policy(number, text)?;
        let compiled = CompiledPolicy::compile(&policy, request, schema).map_err(told)?;
        let found = prover.check_never_errors_with_counterexample_opt(&compiled).await.map_err(told)?;
        if let Some(found) = found {
            let set = claim::set(std::slice::from_ref(text))?;
            let response = Authorizer::new().is_authorized(&found.request, &set, &found.entities);
            if response.diagnostics().errors().next().is_none() {
                return Err(format!("the solver's request makes nothing err: {}", told(&found.request)));
            }
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// The first counterexample over all actions, or none: then the claim is proved.
async fn counterexample(prover: &mut Prover, claim: &Claim, known: &Known) -> Result<Option<Env>, String> {
    if known.requests.is_empty() || (claim.within.is_none() && claim.policies.is_empty()) {
        return Err("there is nothing to prove".to_owned());
    }
    for request in &known.requests {
        let at = (&known.schema, request);
        let found = match &claim.within {
            Some(within) => outside(prover, claim, within, at).await?,
            None => erring(prover, claim, at).await?,
        };
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// What is known of the claims so far.
#[derive(Default)]
struct Report {
    tallies: BTreeMap<String, Tally>,
    wrong: Vec<String>,
}

impl Report {
    fn add(&mut self, claim: &Claim, outcome: Result<Option<Env>, String>) {
        let tally = self.tallies.entry(claim.property.clone()).or_default();
        let wrong = match (outcome, claim.holds) {
            (Ok(None), true) => return tally.proved += 1,
            (Ok(Some(_)), false) => return tally.caught += 1,
            (Ok(Some(found)), true) => format!("not so for {}", found.request),
            (Ok(None), false) => "planted, and not caught".to_owned(),
            (Err(error), _) => error,
        };
        self.wrong.push(format!("{}, {}: {wrong}", claim.property, claim.name));
    }

    /// Prints everything; whether all is as claimed.
    fn print(&self, started: Instant) -> bool {
        let (mut proved, mut caught) = (0, 0);
        for (property, tally) in &self.tallies {
            println!(
                "  {property}: {} proved for all requests, {} planted sets caught",
                tally.proved, tally.caught
            );
            (proved, caught) = (proved + tally.proved, caught + tally.caught);
        }
        let (errors, seconds) = (self.wrong.len(), started.elapsed().as_secs_f64());
        println!("{proved} claims proved, {caught} planted sets caught, {errors} errors, in {seconds:.1} s");
        for text in self.wrong.iter().take(20) {
            println!("  {text}");
        }
        errors == 0 && proved > 0 && caught > 0
    }
}

/// Takes claims until there are none left, each to a solver of its own: one that has answered hundreds grows slow.
async fn work(claims: &Mutex<Lines>, report: &Mutex<Report>) -> Result<(), String> {
    let mut schemas = Schemas::default();
    loop {
        // Not held while the solver works.
        let line = claims.lock().map_err(told)?.next();
        let Some(line) = line else { return Ok(()) };
        let claim: Claim = serde_json::from_str(&line.map_err(told)?).map_err(told)?;
        let known = schemas.get(&claim.schema)?;
        // A minute for each question.
        let solver = LocalSolver::cvc5_with_args(["--tlimit-per=60000"]).map_err(told)?;
        let mut prover = CedarSymCompiler::new(solver).map_err(told)?;
        let outcome = counterexample(&mut prover, &claim, known).await;
        prover.solver_mut().clean_up().await.map_err(told)?;
        report.lock().map_err(told)?.add(&claim, outcome);
    }
}

fn run() -> Result<bool, String> {
    println!(
        "cedar-policy-symcc {}, cedar-policy {}, {}",
        locked("cedar-policy-symcc"),
        locked("cedar-policy"),
        solver_version()
    );
    let started = Instant::now();
    let (claims, report) = (Mutex::new(BufReader::new(std::io::stdin()).lines()), Mutex::<Report>::default());
    let alone = || -> Result<(), String> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(told)?;
        runtime.block_on(work(&claims, &report))
    };
    let count = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..count).map(|_| scope.spawn(alone)).collect();
        workers
            .into_iter()
            .try_for_each(|worker| worker.join().map_err(|_| "a worker panicked".to_owned())?)
    })?;
    Ok(report.into_inner().map_err(told)?.print(started))
}

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("proofs: {error}");
            ExitCode::FAILURE
        }
    }
}
