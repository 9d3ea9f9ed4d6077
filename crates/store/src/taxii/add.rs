//! Objects into a collection: numbered, admitted and written in one transaction, which several requests share.

use std::sync::PoisonError;

use bitacora_primitives::Instant;
use rustc_hash::{FxHashMap, FxHashSet};

use super::group::Weighed;
use super::object::type_of;
use super::{Added, Admitted, NewObject, TaxiiStore, Verdict, collections, standing, status};
use crate::link::{Insert, Link, Value, args, in_runs, placeholders};
use crate::{StoreError, log};

/// Who asks, and when.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Request {
    /// A UUID; the status is found by it.
    pub id: String,
    /// The caller's clock, from which `date_added` is taken.
    pub at: Instant,
    /// Who hands the objects in; kept with each of them. `None`: they are the node's own.
    pub platform: Option<String>,
    /// Kept with the status, unread: what the caller knows of objects that it did not hand over. `None`: no status is kept.
    pub note: Option<String>,
}

/// A request as it will be stored; the times are final unless it is refused.
#[derive(Clone, Copy, Debug)]
pub struct Planned<'a> {
    pub collection: &'a str,
    pub request: &'a Request,
    pub objects: &'a [NewObject],
    /// One for each object, in order.
    pub added: &'a [Added],
}

/// A request that waits for its transaction.
pub(super) struct Job {
    collection: String,
    request: Request,
    objects: Vec<NewObject>,
}

impl Weighed for Job {
    fn weight(&self) -> usize {
        self.objects.len()
    }
}

/// Hands out `date_added`.
///
/// INVARIANT: `date_added` rises in commit order, and never falls below a value that was served.
struct Order {
    /// Read inside the writer's lock: nobody hands out another until this transaction is visible or gone. Deletions leave the row.
    newest: i64,
}

impl Order {
    fn next(&mut self, clock: Instant) -> Instant {
        self.newest = clock.micros().max(self.newest.saturating_add(1));
        Instant::from_micros(self.newest)
    }
}

/// What a request comes to.
struct Plan {
    number: i64,
    added: Vec<Added>,
}

const DOING: &str = "adding objects to a collection";

impl TaxiiStore {
    /// Adds objects in their order, all of them or none; durable when this returns `Ok`. What the collection has already is
    /// told and not stored again, so that a repeated request changes nothing.
    pub fn add(
        &self,
        collection: &str,
        request: Request,
        objects: Vec<NewObject>,
    ) -> Result<Vec<Added>, StoreError> {
        let job = Job { collection: collection.to_owned(), request, objects };
        let answered = self
            .group
            .submit(job, |jobs: &[Job]| self.database.write(DOING, |link| self.add_all(link, jobs)))?;
        answered.unwrap_or(Err(StoreError::Busy { doing: DOING }))
    }

    /// Answers the first of the jobs: those of which no two name the same object.
    fn add_all(
        &self,
        link: &mut Link,
        jobs: &[Job],
    ) -> Result<Vec<Result<Vec<Added>, StoreError>>, StoreError> {
        let jobs = jobs.get(..apart(jobs)).unwrap_or(jobs);
        let numbers = self.numbers(link, jobs)?;
        let Found { known, closed, newest } = look(link, jobs, &numbers)?;
        let mut order = Order { newest };
        let mut plans = Vec::with_capacity(jobs.len());
        for (job, number) in jobs.iter().zip(numbers) {
            plans.push(match number {
                Ok(number) if closed.contains(&number) => {
                    Err(StoreError::ClosedCollection(job.collection.clone()))
                }
                Ok(number) => Ok(Plan { number, added: plan(link, job, number, &known, &mut order)? }),
                Err(error) => Err(error),
            });
        }
        self.ask(link, jobs, &mut plans)?;
        let mut rows = Rows::default();
        let mut answers = Vec::with_capacity(jobs.len());
        for (job, plan) in jobs.iter().zip(plans) {
            answers.push(match plan {
                Ok(plan) => {
                    rows.add(link, job, &plan, &known)?;
                    Ok(plan.added)
                }
                Err(error) => Err(error),
            });
        }
        rows.flush(link)?;
        Ok(answers)
    }

    /// The collections' numbers, which never change: asked for once.
    fn numbers(&self, link: &mut Link, jobs: &[Job]) -> Result<Vec<Result<i64, StoreError>>, StoreError> {
        let mut numbers = self.numbers.lock().unwrap_or_else(PoisonError::into_inner);
        let number = |job: &Job| {
            if let Some(number) = numbers.get(&job.collection) {
                return Ok(Ok(*number));
            }
            match collections::number(link, DOING, &job.collection) {
                Ok(number) => {
                    numbers.insert(job.collection.clone(), number);
                    Ok(Ok(number))
                }
                Err(unknown @ StoreError::UnknownCollection(_)) => Ok(Err(unknown)),
                Err(error) => Err(error),
            }
        };
        jobs.iter().map(number).collect()
    }

    /// INVARIANT: nothing is written, nor acknowledged, that was not admitted.
    fn ask(
        &self,
        link: &mut Link,
        jobs: &[Job],
        plans: &mut [Result<Plan, StoreError>],
    ) -> Result<(), StoreError> {
        let Some(admission) = self.admission.as_deref() else { return Ok(()) };
        let planned: Vec<Planned<'_>> = jobs
            .iter()
            .zip(plans.iter())
            .filter_map(|(job, plan)| {
                let added = &plan.as_ref().ok()?.added;
                let Job { collection, request, objects } = job;
                Some(Planned { collection, request, objects, added })
            })
            .collect();
        if planned.is_empty() {
            return Ok(());
        }
        let Admitted { verdicts, leaf } = admission.admit(&planned);
        let mut verdicts = verdicts.into_iter();
        for plan in plans.iter_mut().filter(|plan| plan.is_ok()) {
            let why = match verdicts.next() {
                Some(Verdict::Admitted) => continue,
                Some(Verdict::Refused(why)) => why,
                None => "no verdict was given".to_owned(),
            };
            *plan = Err(StoreError::NotAdmitted { why });
        }
        if let Some(leaf) = leaf {
            log::append(link, |_| leaf)?;
        }
        Ok(())
    }
}

/// How many of the first jobs have no object's id in common: those that follow must see what these did.
fn apart(jobs: &[Job]) -> usize {
    let mut seen = FxHashSet::default();
    for (count, job) in jobs.iter().enumerate() {
        let names = || job.objects.iter().map(|object| (job.collection.as_str(), object.id.as_str()));
        if names().any(|name| seen.contains(&name)) {
            return count;
        }
        seen.extend(names());
    }
    jobs.len()
}

/// Objects of which a collection has rows, by its number.
type KnownIds<'j> = FxHashSet<(i64, &'j str)>;

/// What is there before anything is added.
#[derive(Default)]
struct Found<'j> {
    /// Of the jobs' objects.
    known: KnownIds<'j>,
    /// Collections that take no more objects.
    closed: FxHashSet<i64>,
    /// The newest `date_added`; 0 where there is none.
    newest: i64,
}

/// Asks all of it in one statement, since in PostgreSQL each is a round trip.
fn look<'j>(
    link: &mut Link,
    jobs: &'j [Job],
    numbers: &[Result<i64, StoreError>],
) -> Result<Found<'j>, StoreError> {
    let mut asked: Vec<(i64, &str)> = Vec::new();
    for (job, number) in jobs.iter().zip(numbers) {
        let Ok(number) = number else { continue };
        asked.extend(job.objects.iter().map(|object| (*number, object.id.as_str())));
        if job.objects.is_empty() {
            // Whether its collection is closed is to be told all the same.
            asked.push((*number, ""));
        }
    }
    let mut found = Found::default();
    for run in in_runs(&asked) {
        // Subqueries a row, which no planner turns into a reading of the whole table.
        let sql = format!(
            "SELECT (SELECT MIN(spec_version) FROM taxii_live WHERE collection = k.column1 AND id = k.column2), \
             (SELECT closed FROM taxii_collection_end WHERE collection = k.column1), \
             (SELECT MAX(date_added) FROM taxii_object), k.column3 FROM (VALUES {}) AS k",
            placeholders(1, run.len(), &["CAST(? AS BIGINT)", "CAST(? AS TEXT)", "CAST(? AS BIGINT)"])
        );
        let values: Vec<Value> = (0_i64..)
            .zip(run)
            .flat_map(|(place, (number, id))| [Value::from(*number), Value::from(*id), Value::from(place)])
            .collect();
        for mut row in link.query(DOING, &sql, &values)? {
            let (known, closed) = (row.opt_text()?.is_some(), row.opt_int()?.is_some());
            found.newest = row.opt_int()?.unwrap_or(0);
            let Some(name) = run.get(row.number::<usize>()?) else { continue };
            if known {
                found.known.insert(*name);
            }
            if closed {
                found.closed.insert(name.0);
            }
        }
    }
    Ok(found)
}

/// One version of an object that the collection has or will have.
struct Held {
    date_added: Instant,
    version: Instant,
    hash: [u8; 32],
}

fn plan(
    link: &mut Link,
    job: &Job,
    number: i64,
    known: &KnownIds<'_>,
    order: &mut Order,
) -> Result<Vec<Added>, StoreError> {
    // What this very request brings, by object and spec version.
    let mut brought: FxHashMap<(&str, &str), Vec<Held>> = FxHashMap::default();
    let mut added = Vec::with_capacity(job.objects.len());
    for object in &job.objects {
        let mine = brought.entry((object.id.as_str(), object.spec_version.as_str())).or_default();
        let same = |held: &&Held| object.version.is_none_or(|version| version == held.version);
        let before = match mine.iter().find(same) {
            Some(held) => Some((held.date_added, held.version, held.hash)),
            None if known.contains(&(number, object.id.as_str())) => held(link, number, object)?,
            None => None,
        };
        added.push(match before {
            Some((date_added, version, hash)) => {
                Added::AlreadyThere { date_added, version, same: hash == object.hash }
            }
            None => {
                let date_added = order.next(job.request.at);
                let version = object.version.unwrap_or(date_added);
                mine.push(Held { date_added, version, hash: object.hash });
                Added::Stored { date_added, version }
            }
        });
    }
    Ok(added)
}

/// The row that already holds this version of the object; for one without versions, the one there is.
fn held(
    link: &mut Link,
    number: i64,
    object: &NewObject,
) -> Result<Option<(Instant, Instant, [u8; 32])>, StoreError> {
    let sql = "SELECT l.date_added, l.version, o.hash FROM taxii_live l \
               JOIN taxii_object o ON o.date_added = l.date_added \
               WHERE l.collection = $1 AND l.id = $2 AND l.spec_version = $3 \
               AND l.version >= $4 AND l.version <= $5 ORDER BY l.version LIMIT 1";
    let (least, most) = match object.version {
        Some(version) => (version.micros(), version.micros()),
        None => (i64::MIN, i64::MAX),
    };
    let values = args![number, &object.id, &object.spec_version, least, most];
    let row = link.query_first(DOING, sql, values)?;
    row.map(|mut row| Ok((row.instant()?, row.instant()?, row.hash()?))).transpose()
}

/// Rows that wait to be written many at a time.
#[derive(Default)]
struct Rows {
    objects: Vec<[Value; 8]>,
    contents: Vec<[Value; 2]>,
    live: Vec<[Value; 7]>,
    statuses: Vec<[Value; 5]>,
}

/// Rows that are collected before they are written.
const ROWS: usize = 512;

impl Rows {
    fn add(
        &mut self,
        link: &mut Link,
        job: &Job,
        plan: &Plan,
        known: &KnownIds<'_>,
    ) -> Result<(), StoreError> {
        let mut brought = FxHashSet::default();
        for (object, added) in job.objects.iter().zip(&plan.added) {
            let Added::Stored { date_added, version } = *added else { continue };
            let class = if known.contains(&(plan.number, object.id.as_str()))
                || !brought.insert(object.id.as_str())
            {
                self.flush(link)?;
                standing::take_place(link, plan.number, &object.id, &object.spec_version, version)?
            } else {
                standing::ONLY
            };
            let named = || {
                [
                    Value::from(date_added),
                    plan.number.into(),
                    (&object.id).into(),
                    type_of(&object.id).into(),
                    (&object.spec_version).into(),
                    version.into(),
                ]
            };
            let [a, b, c, d, e, f] = named();
            let platform = job.request.platform.as_ref().map_or(Value::Null, Value::from);
            self.objects.push([a, b, c, d, e, f, (&object.hash).into(), platform]);
            let [a, b, c, d, e, f] = named();
            self.live.push([a, b, c, d, e, f, class.into()]);
            self.contents.push([date_added.into(), object.content.as_slice().into()]);
            if self.live.len() >= ROWS {
                self.flush(link)?;
            }
        }
        if let Some(note) = &job.request.note {
            self.statuses.push(status::row(plan.number, &job.request, note, &job.objects, &plan.added));
        }
        Ok(())
    }

    fn flush(&mut self, link: &mut Link) -> Result<(), StoreError> {
        const OBJECT: &str =
            "taxii_object (date_added, collection, id, type, spec_version, version, hash, platform)";
        const LIVE: &str = "taxii_live (date_added, collection, id, type, spec_version, version, class)";
        let rows = std::mem::take(self);
        let (mut objects, mut live) = (in_runs(&rows.objects), in_runs(&rows.live));
        let (mut contents, mut statuses) = (in_runs(&rows.contents), in_runs(&rows.statuses));
        loop {
            let tables: Vec<Insert<'_>> = [
                objects.next().map(|run| Insert::of(OBJECT, run)),
                contents.next().map(|run| Insert::of("taxii_content (date_added, content)", run)),
                live.next().map(|run| Insert::of(LIVE, run)),
                // A request whose id has a status already keeps the first: an id names one request.
                statuses.next().map(|run| Insert::of(status::COLUMNS, run).unless_there()),
            ]
            .into_iter()
            .flatten()
            .collect();
            if tables.is_empty() {
                break;
            }
            link.insert(DOING, &tables)?;
        }
        Ok(())
    }
}
