//! Connections of the simulation: in order, and lossy only by breaking. What is queued was let through by `exchange`;
//! what is written passed the gate at that moment, as the edge asks it to.

use std::collections::VecDeque;

use bitacora_exchange::observer::ObserverLink;
use bitacora_exchange::side::{Audience, Link};
use bitacora_exchange::{Outgoing, Tags};

use crate::world::party;

/// Colombia, the United States, the witness. The two sides have a link in each direction, as when both have dialled:
/// whatever is sent comes twice, and overtakes itself.
pub const PAIRS: [(usize, usize); 4] = [(0, 1), (0, 2), (1, 2), (0, 1)];
pub const CODES: [&str; 2] = ["CO", "US"];

pub enum End {
    Side(Box<Link>),
    Watch(ObserverLink),
}

pub struct Conn {
    pub ends: [End; 2],
    /// Waiting for their write.
    pub queued: [VecDeque<Outgoing>; 2],
    /// Written, not arrived.
    pub wire: [VecDeque<(u8, Vec<u8>)>; 2],
    /// What went onto the wire from each end: a suspension of it resets the connection.
    pub carried: [Vec<Tags>; 2],
}

impl Conn {
    pub fn new(pair: usize) -> Self {
        let (a, b) = PAIRS[pair];
        let ends = match b {
            1 => [partner("US"), partner("CO")],
            _ => {
                let audience = Audience::Witness("oversight".to_owned());
                let link = Link::new(audience, &party(CODES[1 - a]));
                [End::Side(Box::new(link)), End::Watch(ObserverLink::new(party(CODES[a])))]
            }
        };
        Self { ends, queued: Default::default(), wire: Default::default(), carried: Default::default() }
    }

    pub fn is_idle(&self) -> bool {
        self.queued.iter().all(VecDeque::is_empty) && self.wire.iter().all(VecDeque::is_empty)
    }
}

fn partner(code: &str) -> End {
    End::Side(Box::new(Link::new(Audience::Partner, &party(code))))
}
