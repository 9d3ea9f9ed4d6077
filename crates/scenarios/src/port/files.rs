//! The feed as the CSV files that `bitacora port rules` reads. The truth is none of them.

use bitacora_port::screening::{ContainerEvent, SealReading};

use super::PortDay;

/// File name and text. No value of a scenario holds a comma, a quote or a line end.
pub type File = (&'static str, String);

fn table(header: &str, rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut text = format!("{header}\n");
    for row in rows {
        text.push_str(&row.join(","));
        text.push('\n');
    }
    text
}

fn some<T: ToString>(value: Option<T>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

const EVENTS: &str = "event_id,ts,trip,container,type,facility,actor,seal,weight_kg,auth,received,seal_maker,placement,\
    second_read,read_count,scale,size_type,movement,empty,slot,tier,doors,vessel,line,classifier";

/// One row; an event of a scenario reports at most one seal.
fn event(event: &ContainerEvent) -> Vec<String> {
    let seal: Option<&SealReading> = event.seals.first();
    let yard = event.yard.as_ref();
    vec![
        some(event.reference.as_deref()),
        event.at.to_string(),
        some(event.trip.as_deref()),
        event.container.to_string(),
        event.kind.code().to_owned(),
        some(event.facility.as_ref().map(|one| one.as_str())),
        some(event.actor.as_ref().map(|one| one.as_str())),
        some(seal.map(|seal| seal.number.as_str())),
        some(event.mass.as_ref().map(|mass| mass.kg.value())),
        some(event.order.as_deref()),
        event.received.to_string(),
        some(seal.and_then(|seal| seal.maker.as_deref())),
        some(seal.map(|seal| seal.placement.code())),
        some(seal.and_then(|seal| seal.second_read.as_ref()).map(|number| number.as_str())),
        some(seal.map(|seal| seal.read_count)),
        some(event.mass.as_ref().and_then(|mass| mass.scale.as_deref())),
        some(event.size_type.as_deref()),
        some(event.movement.map(|one| one.code())),
        some(event.empty),
        some(yard.map(|yard| yard.slot.as_str())),
        some(yard.and_then(|yard| yard.tier)),
        some(yard.and_then(|yard| yard.doors).map(|side| side.code())),
        some(event.vessel.as_deref()),
        some(event.line.as_deref()),
        event.classifier.code().to_owned(),
    ]
}

impl PortDay {
    /// Every file of the feed.
    pub fn files(&self) -> Vec<File> {
        let orders = self.orders.iter().map(|one| {
            vec![
                one.order.clone(),
                one.kind.code().to_owned(),
                one.container.to_string(),
                one.valid_from.to_string(),
                one.valid_to.to_string(),
                some(one.parties.as_deref()),
                some(one.consignee.as_deref()),
                some(one.booked_at),
            ]
        });
        let access = self.access.iter().map(|one| {
            vec![
                one.id.clone(),
                one.at.to_string(),
                one.user.as_str().to_owned(),
                one.role.clone(),
                one.object.code().to_owned(),
                one.action.code().to_owned(),
                one.container.to_string(),
                some(one.task.as_deref()),
                some(one.code_hash),
                some(one.party.as_deref()),
                some(one.haulier.as_deref()),
                some(one.consignee.as_deref()),
            ]
        });
        let reefer = self.reefer.iter().map(|one| {
            vec![
                one.id.clone(),
                one.at.to_string(),
                one.container.to_string(),
                some(one.setpoint_celsius),
                some(one.return_air_celsius),
                some(one.supply_air_celsius),
                some(one.powered),
                some(one.defrosting),
                some(one.panel_open),
            ]
        });
        let telematics = self.telematics.iter().map(|one| {
            vec![
                one.id.clone(),
                one.at.to_string(),
                one.container.to_string(),
                some(one.truck.as_deref()),
                some(one.driver.as_ref().map(|driver| driver.as_str())),
                some(one.speed_kmh),
                some(one.allowed_place),
            ]
        });
        let ranges = self.seal_ranges.iter().map(|one| {
            vec![
                one.prefix.clone(),
                one.first.to_string(),
                one.last.to_string(),
                one.digits.to_string(),
                some(one.maker.as_deref()),
                some(one.issued_to.as_deref()),
                one.issued_at.to_string(),
            ]
        });
        let travel = self.travel_times.iter().map(|one| {
            vec![one.from.as_str().to_owned(), one.to.as_str().to_owned(), one.minutes.to_string()]
        });
        vec![
            ("events.csv", table(EVENTS, self.events.iter().map(event))),
            (
                "orders.csv",
                table("order,kind,container,valid_from,valid_to,parties,consignee,booked_at", orders),
            ),
            (
                "access.csv",
                table(
                    "id,at,user,role,object,action,container,task,code_hash,party,haulier,consignee",
                    access,
                ),
            ),
            (
                "reefer.csv",
                table(
                    "id,at,container,setpoint_celsius,return_air_celsius,supply_air_celsius,powered,defrosting,panel_open",
                    reefer,
                ),
            ),
            ("telematics.csv", table("id,at,container,truck,driver,speed_kmh,allowed_place", telematics)),
            ("seal_ranges.csv", table("prefix,first,last,digits,maker,issued_to,issued_at", ranges)),
            ("travel_times.csv", table("from,to,minutes", travel)),
        ]
    }
}
