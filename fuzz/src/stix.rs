//! Other people's STIX. No bytes may panic, hang or set aside more than the bounds; every object ends in one list, and an
//! item of ours that was read is written and read again as the same.

use bitacora_stix::import::{Imported, Known, Limits, Proposed, import};
use bitacora_stix::{Bundle, Caveats, Standing, Times, item_objects};

pub type Target = fn(&[u8]);

/// By the names of their corpora.
pub const TARGETS: [(&str, Target); 1] = [("stix_import", stix_import)];

fn limits() -> Limits {
    Limits { objects: 64, values: 20_000, ..Limits::default() }
}

fn lists(read: &Imported) -> usize {
    read.contacts.len()
        + read.sightings.len()
        + read.proposals.len()
        + read.context.len()
        + read.refused.len()
}

/// A bundle, an envelope or one object; twice to the same.
pub fn stix_import(bytes: &[u8]) {
    let Ok(read) = import(bytes, &limits(), &Known::default()) else { return };
    assert_eq!(Ok(&read), import(bytes, &limits(), &Known::default()).as_ref(), "two readings differ");
    assert!(lists(&read) <= limits().objects + 1, "an object is in two lists");
    let origins = read.contacts.iter().map(|contact| &contact.origin).chain(&read.context);
    for evidence in origins.map(|origin| origin.evidence) {
        assert!(evidence.of(bytes).is_some(), "evidence lies elsewhere");
    }
    // The next page of the same source knows these markings.
    import(bytes, &limits(), &read.known).ok();
    for proposal in &read.proposals {
        let Proposed::Released(item) = &proposal.what else { continue };
        let times = Times::first(proposal.origin.created.unwrap_or_default());
        let Ok(objects) = item_objects(item, &Caveats::own(), times, Standing::Stands) else { continue };
        let mut bundle = Bundle::default();
        bundle.add(objects).expect("the objects of one item agree");
        let again =
            import(bundle.canonical().as_bytes(), &Limits::default(), &Known::default()).expect("ours");
        assert_eq!(again.refused, [], "our own form is refused");
        let back = again.proposals.iter().find_map(|proposal| match &proposal.what {
            Proposed::Released(back) => Some(back),
            _ => None,
        });
        assert_eq!(back, Some(&Box::new(item.said())), "an item changes on its way");
    }
}
