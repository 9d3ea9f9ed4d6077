//! What the screening of containers finds, and how strong it is, in words.

use bitacora_leads::Level;
use bitacora_primitives::finding::Finding as F;

use super::Table;

impl Table {
    pub(crate) const fn level(&self, level: Level) -> &'static str {
        let (es, en) = match level {
            Level::High => ("ALTO (supuesto)", "HIGH (assumed)"),
            Level::Medium => ("MEDIO (supuesto)", "MEDIUM (assumed)"),
            Level::Low => ("BAJO (supuesto)", "LOW (assumed)"),
        };
        if self.is_spanish { es } else { en }
    }

    pub(crate) const fn port_loads(&self) -> &'static str {
        if self.is_spanish { "se carga" } else { "loads" }
    }

    pub(crate) const fn finding(&self, finding: F) -> &'static str {
        let (es, en) = match finding {
            F::SealChanged => ("precinto cambiado", "seal changed"),
            F::SealReused => ("precinto usado en dos contenedores", "seal used on two boxes"),
            F::SealNotIssued => ("precinto fuera de los rangos emitidos", "seal outside the ranges issued"),
            F::SealBeforeIssue => ("precinto visto antes de emitirse", "seal seen before it was issued"),
            F::HeavierAtLoad => ("más pesado al cargar", "heavier at load"),
            F::GateDiffersFromVgm => ("báscula distinta de la VGM", "gate scale differs from the VGM"),
            F::NumberDefect => ("número que no cumple ISO 6346", "number breaks ISO 6346"),
            F::TwoPlaces => ("un número en dos terminales", "one number at two terminals"),
            F::SizeTypeChanged => ("cambió el tipo de contenedor", "size and type changed"),
            F::TareChanged => ("cambió la tara", "tare changed"),
            F::TwoVessels => ("en los planos de dos buques", "in the bay plans of two vessels"),
            F::DoorOpened => ("puerta abierta sin inspección", "door opened without inspection"),
            F::MovedWithoutOrder => ("movido sin orden de trabajo", "moved with no work order"),
            F::LongDwell => ("estancia larga", "long dwell"),
            F::ManyRehandles => ("muchos movimientos", "many rehandles"),
            F::ReachableBeforeLoad => ("al alcance antes de cargar", "within reach before load"),
            F::PowerOff => ("refrigerado sin corriente", "reefer off"),
            F::ReturnAirStep => ("salto del aire de retorno", "return air step"),
            F::VentSealChanged => ("precinto de ventilación cambiado", "vent seal changed"),
            F::PanelOpened => ("panel de máquina abierto", "machinery panel opened"),
            F::TouchedAfterScan => ("tocado después del escaneo", "touched after the scan"),
            F::LookupWithoutTask => ("consulta sin tarea", "looked up without a task"),
            F::LookupRate => ("demasiadas consultas por hora", "too many look-ups an hour"),
            F::ViewedBadBoxes => ("vio contenedores hallados con droga", "viewed boxes found bad"),
            F::CodeReadOutsideChain => ("código leído fuera de la cadena", "code read outside the chain"),
            F::PickUpBeforeBooking => ("retirado antes de la reserva", "picked up before booking"),
            F::FirstTimePair => ("transportista nuevo para el destinatario", "haulier new to the consignee"),
            F::TwoGateOuts => ("dos salidas con un código", "two gate-outs on one code"),
            F::ReadByOneUsedByAnother => {
                ("código leído por uno, usado por otro", "code read by one, used by another")
            }
            F::LoadWithoutGateIn => ("cargado sin entrada", "loaded without gate-in"),
            F::GateInAfterLoad => ("entrada después de la carga", "gate-in after load"),
            F::SealNeverSeen => ("precinto a bordo nunca visto", "seal aboard never seen before"),
            F::VgmAfterLoad => ("VGM después de la carga", "VGM after load"),
            F::SlowRoad => ("más lento que su ruta", "slower than its route"),
            F::StopOutsidePlaces => {
                ("parada fuera de los lugares permitidos", "stopped outside the allowed places")
            }
            F::CrewOrTruckChanged => ("cambio de camión o conductor", "crew or truck changed"),
        };
        if self.is_spanish { es } else { en }
    }
}
