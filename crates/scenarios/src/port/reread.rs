//! What the port does when it is asked to read a seal again: a likely misread waits for that before the load. Most are read,
//! some are forgotten, and a re-read slips as often as any other reading.

use bitacora_port::screening::{Alert, SealPlacement};

use super::PortDay;
use super::course::MINUTE;
use super::feed::Feed;
use super::tell::Teller;
use crate::rng::Rng;

/// Of those asked for with time left, those that are read before the load. A judgement.
const ANSWERED: f64 = 0.9;
/// From the alert to somebody at the box, and from there to the load.
const NOTICE: i64 = 20 * MINUTE;

impl PortDay {
    /// The same day, had the seals of these alerts been read again where there was time; and how many were asked for.
    pub fn with_rereads(mut self, demoted: &[&Alert]) -> (Self, usize) {
        let mut feed = Feed { events: std::mem::take(&mut self.events), ..Feed::new(self.start) };
        let mut teller = Teller { feed: &mut feed, places: &self.places, truth: &mut self.truth };
        let mut asked = 0;
        for alert in demoted {
            let course = self.courses.iter().find(|course| Some(course.number) == alert.container);
            let raised = (alert.at - self.start).micros() / 1_000_000;
            let load = course.and_then(|course| course.load).filter(|load| raised + 2 * NOTICE <= *load);
            let (Some(course), Some(load)) = (course, load) else { continue };
            asked += 1;
            let mut rng = Rng::of(self.seed, 300_000 + asked as u64);
            if !rng.chance(ANSWERED) {
                continue;
            }
            let at = raised + NOTICE + (rng.unit() * (load - raised - 2 * NOTICE) as f64) as i64;
            let vent = alert.texts.get("placement").is_some_and(|code| code == SealPlacement::Vent.code());
            if vent {
                teller.vent(course, at, &mut rng);
            } else {
                teller.check(course, at, &mut rng);
            }
        }
        feed.number();
        self.events = feed.events;
        self.truth.misreads.sort_by_key(|one| (one.at, one.container));
        (self, asked)
    }
}
