//! Group commit: requests that come while a transaction is being written wait, and share the next one and its sync. The first
//! who waits does the work for all, so an idle store is as fast as one without a queue. Knows nothing of what the work is.

use std::collections::{HashMap, VecDeque};
use std::mem;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// A request that can share a transaction with others.
pub(super) trait Weighed {
    /// In the unit of [`HEAVIEST`].
    fn weight(&self) -> usize;
}

/// Objects of one transaction: beyond, the rest waits for the next, so that nobody waits long for others' objects. A
/// single heavier request goes alone.
pub(super) const HEAVIEST: usize = 2_000;

pub(super) struct Group<Q, A> {
    state: Mutex<State<Q, A>>,
    /// Something was finished, or nobody leads any more.
    turned: Condvar,
}

struct State<Q, A> {
    next: u64,
    waiting: VecDeque<(u64, Q)>,
    finished: HashMap<u64, Finished<Q, A>>,
    /// Someone is writing a transaction.
    led: bool,
}

enum Finished<Q, A> {
    Answered(A),
    /// The transaction that it shared failed: it tries alone, and learns its own error.
    Failed(Q),
}

impl<Q: Weighed, A> Group<Q, A> {
    pub(super) fn new() -> Self {
        let state = State { next: 0, waiting: VecDeque::new(), finished: HashMap::new(), led: false };
        Self { state: Mutex::new(state), turned: Condvar::new() }
    }

    /// Has `request` done together with those that wait. `work` answers the first of what it is given, at least one; the
    /// rest comes again. An error of `work` means that nothing of what it was given was done.
    pub(super) fn submit<E>(
        &self,
        request: Q,
        work: impl Fn(&[Q]) -> Result<Vec<A>, E>,
    ) -> Result<Option<A>, E> {
        let mut state = self.state();
        let ticket = state.next;
        state.next += 1;
        state.waiting.push_back((ticket, request));
        loop {
            match state.finished.remove(&ticket) {
                Some(Finished::Answered(answer)) => return Ok(Some(answer)),
                Some(Finished::Failed(request)) => {
                    drop(state);
                    return Ok(work(&[request])?.pop());
                }
                None if state.led => {
                    state = self.turned.wait(state).unwrap_or_else(PoisonError::into_inner);
                }
                None => {
                    let (tickets, requests) = take(&mut state.waiting);
                    state.led = true;
                    drop(state);
                    let mut lead = Lead { group: self, tickets, requests, answers: Vec::new() };
                    let alone = lead.tickets == [ticket];
                    match work(&lead.requests) {
                        Ok(answers) => lead.answers = answers,
                        Err(error) if alone => {
                            lead.tickets.clear();
                            return Err(error);
                        }
                        Err(_) => {}
                    }
                    drop(lead);
                    state = self.state();
                }
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State<Q, A>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn take<Q: Weighed>(waiting: &mut VecDeque<(u64, Q)>) -> (Vec<u64>, Vec<Q>) {
    let mut weight = 0;
    let fits = |(_, request): &&(u64, Q)| {
        weight += request.weight();
        weight <= HEAVIEST
    };
    let many = waiting.iter().take_while(fits).count().max(1).min(waiting.len());
    waiting.drain(..many).unzip()
}

/// Gives out what was done when it goes, a panic of the work included: nobody waits for ever.
struct Lead<'g, Q: Weighed, A> {
    group: &'g Group<Q, A>,
    tickets: Vec<u64>,
    requests: Vec<Q>,
    /// Of the first requests; empty where the work failed.
    answers: Vec<A>,
}

impl<Q: Weighed, A> Drop for Lead<'_, Q, A> {
    fn drop(&mut self) {
        let mut state = self.group.state();
        let failed = self.answers.is_empty();
        let mut answers = mem::take(&mut self.answers).into_iter();
        let asked = mem::take(&mut self.tickets).into_iter().zip(mem::take(&mut self.requests));
        let mut again = Vec::new();
        for (ticket, request) in asked {
            match answers.next() {
                Some(answer) => drop(state.finished.insert(ticket, Finished::Answered(answer))),
                None if failed => drop(state.finished.insert(ticket, Finished::Failed(request))),
                None => again.push((ticket, request)),
            }
        }
        for back in again.into_iter().rev() {
            state.waiting.push_front(back);
        }
        state.led = false;
        drop(state);
        self.group.turned.notify_all();
    }
}
