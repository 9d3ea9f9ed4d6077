//! What `bitacora detect` says: with `--describe` each definition in a few sentences (docs/behaviour.md has the
//! formulas), and over the archive how a run goes.

use bitacora_sea::archive::Needs;

use super::Table;
use crate::cli::detect::{DetectKind, Mode};
use crate::commands::detect::archive::{Revised, Stage};

impl Table {
    /// The definition, then the parameters, a line each.
    pub(crate) fn detector(&self, kind: DetectKind, mode: Mode, parameters: &str) -> String {
        let (es, en) = definition(kind, mode);
        let (text, heading) = if self.is_spanish { (es, "Parámetros") } else { (en, "Parameters") };
        format!("{text}\n\n{heading}:\n{parameters}")
    }

    const fn either(&self, (es, en): (&'static str, &'static str)) -> &'static str {
        if self.is_spanish { es } else { en }
    }

    /// The name of a stage of a run over the archive.
    pub(crate) const fn archive_stage(&self, stage: Stage) -> &'static str {
        self.either(match stage {
            Stage::Slices => ("tramos de tiempo", "slices of time"),
            Stage::Vessels => ("grupos de buques", "groups of vessels"),
            Stage::Cells => ("casillas", "tiles"),
            Stage::Across => ("entre casillas", "across tiles"),
        })
    }

    /// Why a run does not go on where another was.
    pub(crate) fn archive_anew(&self, code: &str) -> String {
        let (es, en) = match code {
            "program" => ("otra versión del programa", "another version of the program"),
            "parameters" => ("otros parámetros", "other parameters"),
            "kinds" => ("otras clases", "other kinds"),
            "archive" => ("otro archivo", "another archive"),
            "read" => ("otro margen", "another margin"),
            _ => ("otros ficheros en el archivo", "other files in the archive"),
        };
        if self.is_spanish {
            format!("se empieza de nuevo: la corrida anterior era de {es}")
        } else {
            format!("begun anew: the run before was of {en}")
        }
    }

    pub(crate) const fn archive_stopped(&self) -> &'static str {
        self.either((
            "detenido antes del final: la próxima corrida sigue desde aquí",
            "stopped before the end: the next run goes on from here",
        ))
    }

    /// Kinds that are not looked for, since the archive does not hold what they rest on.
    pub(crate) fn archive_lacks(&self, kinds: &str, needs: Needs) -> String {
        let why = match (needs, self.is_spanish) {
            (Needs::Positions, true) => "las posiciones",
            (Needs::Positions, false) => "positions",
            (Needs::Statics, true) => {
                "lo que los buques dijeron de sí mismos (statics/ es de otra carpeta, o hay posiciones anteriores)"
            }
            (Needs::Statics, false) => {
                "what vessels said of themselves (statics/ is of another folder, or there are positions from before it)"
            }
            (Needs::Hearings, true) => {
                "quién oyó cada transmisión con sus bits (receptions/ falta, es de otra carpeta o es anterior)"
            }
            (Needs::Hearings, false) => {
                "who heard each transmission with its bits (receptions/ is missing, of another folder or from before)"
            }
        };
        if self.is_spanish {
            format!("{kinds}: no se busca: el archivo no contiene {why}")
        } else {
            format!("{kinds}: not looked for: the archive does not hold {why}")
        }
    }

    /// A kind that needs a chart which is not there.
    pub(crate) fn archive_off(&self, kind: &str) -> String {
        if self.is_spanish {
            format!(
                "{kind}: no se busca: falta su carta en la carpeta de datos (anchorages.csv, areas.geojson o gshhg/)"
            )
        } else {
            format!(
                "{kind}: not looked for: its chart is not in the data folder (anchorages.csv, areas.geojson or gshhg/)"
            )
        }
    }

    /// A refusal with its place; `rows` of the file break the rule.
    pub(crate) fn archive_refused(
        &self,
        file: &str,
        group: Option<usize>,
        row: Option<usize>,
        rule: &str,
        rows: u64,
    ) -> String {
        let [refused, in_group, in_row, of_rows] = if self.is_spanish {
            ["rechazado", "grupo", "fila", "filas"]
        } else {
            ["refused", "row group", "row", "rows"]
        };
        let group = group.map(|group| format!(" {in_group} {group}")).unwrap_or_default();
        let row = row.map(|row| format!(" {in_row} {row}")).unwrap_or_default();
        let rows = if rows > 1 { format!(" ({rows} {of_rows})") } else { String::new() };
        format!("{refused}: `{file}`{group}{row}: {rule}{rows}")
    }

    /// What `--store` wrote.
    pub(crate) fn archive_revised(&self, revised: &Revised) -> String {
        let Revised { new, changed, withdrawn, same, going } = revised;
        if self.is_spanish {
            format!(
                "guardados: {new} nuevos, {changed} revisados, {withdrawn} retirados; {same} iguales, {going} en curso"
            )
        } else {
            format!(
                "stored: {new} new, {changed} revised, {withdrawn} withdrawn; {same} the same, {going} going on"
            )
        }
    }

    /// The last line of a run.
    pub(crate) fn archive_summary(
        &self,
        events: usize,
        fixes: u64,
        seconds: f64,
        fixes_s: f64,
        peak_mib: Option<u64>,
    ) -> String {
        let peak = peak_mib.map_or_else(|| "?".to_owned(), |mib| mib.to_string());
        let [found, of, most] = if self.is_spanish {
            ["eventos", "posiciones", "memoria máxima"]
        } else {
            ["events", "fixes", "peak memory"]
        };
        format!("{events} {found}, {fixes} {of}, {seconds:.1} s, {fixes_s:.0} {of}/s, {most} {peak} MiB")
    }
}

const fn definition(kind: DetectKind, mode: Mode) -> (&'static str, &'static str) {
    match (kind, mode) {
        (DetectKind::Segments, Mode::Exact) => (
            "Segmento: posiciones de un MMSI que un solo casco pudo transmitir. Una posición que ningún segmento abierto\n\
             pudo alcanzar comienza otro; entre varios, va al que mejor encaja. Ninguna se descarta.",
            "Segment: fixes of one MMSI that one hull can have sent. A fix that no open segment can have reached begins\n\
             another; with several, it goes to the one it fits best. None is dropped.",
        ),
        (DetectKind::Segments, Mode::Gfw) => (
            "Segmento según Global Fishing Watch (gpsdio-segment 66e00d07): por discrepancia con la estima hacia adelante y\n\
             hacia atrás, con tiempo penalizado. Para comparar; corta a las lanchas rápidas en zigzag.",
            "Segment as Global Fishing Watch has it (gpsdio-segment 66e00d07): by discrepancy from dead reckoning forwards\n\
             and backwards, with penalised time. For comparison; it cuts fast craft that zigzag.",
        ),
        (DetectKind::Encounters, Mode::Exact) => (
            "Encuentro: dos buques a una distancia máxima sin interrupción durante un tiempo mínimo, en tiempo continuo sobre\n\
             el movimiento rectilíneo entre posiciones. Sin rejilla, sin medianoche, en cualquier longitud.",
            "Encounter: two vessels within a distance of each other without a break for a least time, in continuous time on\n\
             straight motion between fixes. No grid, no midnight, any longitude.",
        ),
        (DetectKind::Encounters, Mode::Gfw) => (
            "Encuentro según Global Fishing Watch (pipe-encounters df93ee4d), etapa cruda: posiciones interpoladas cada 10 min\n\
             por segmento y día UTC; una fila por dirección. Para comparar; corta a medianoche.",
            "Encounter as Global Fishing Watch has it (pipe-encounters df93ee4d), raw stage: fixes resampled every 10 min per\n\
             segment and UTC day; one row per direction. For comparison; it cuts at midnight.",
        ),
        (DetectKind::Gaps, Mode::Exact) => (
            "Hueco AIS: silencio de un segmento estrictamente más largo que el umbral; abierto si dura hasta el final.",
            "AIS gap: silence of one segment strictly longer than the threshold; open if it lasts to the end.",
        ),
        (DetectKind::Gaps, Mode::Gfw) => (
            "Hueco según Global Fishing Watch (pipe-gaps 9d9426e3): mensajes consecutivos de un MMSI, también sin posición;\n\
             los dos extremos pueden ser dos buques. Abierto si a la medianoche siguiente dura más que el umbral.",
            "Gap as Global Fishing Watch has it (pipe-gaps 9d9426e3): consecutive messages of one MMSI, with or without a\n\
             position; the two ends can be two ships. Open if at the next midnight it is longer than the threshold.",
        ),
        (DetectKind::Loitering, Mode::Exact) => (
            "Merodeo: tramos seguidos más lentos que el límite, sin puente sobre silencios de más de una hora, que salen de\n\
             un radio de borneo.",
            "Loitering: consecutive legs slower than the limit, not bridged over silences of more than an hour, that leave a\n\
             swinging circle.",
        ),
        (DetectKind::Loitering, Mode::Gfw) => (
            "Merodeo según Global Fishing Watch (pipe-loitering 6d2c5e8f): horas de reloj UTC lentas por segmento, encadenadas\n\
             entre días. Para comparar; tiende puentes sobre silencios.",
            "Loitering as Global Fishing Watch has it (pipe-loitering 6d2c5e8f): slow UTC clock hours per segment, chained over\n\
             days. For comparison; it bridges silences.",
        ),
        (DetectKind::Stops, _) => (
            "Parada: permanencia máxima dentro de un círculo durante un tiempo mínimo, sin silencios largos.",
            "Stop: a maximal stay within a circle for a least time, without long silences.",
        ),
        (DetectKind::PortVisits, _) => (
            "Visita a puerto (pipe-anchorages e1db7c87): entrada, parada, silencio y salida junto a fondeaderos, con dos\n\
             umbrales cada uno. Confianza 4: entrada, salida y parada o hueco; 3: una de las dos y parada o hueco; 2: solo\n\
             parada o hueco; 1: solo entrada o salida.",
            "Port visit (pipe-anchorages e1db7c87): entry, stop, silence and exit at anchorages, with two thresholds each.\n\
             Confidence 4: entry, exit, and a stop or gap; 3: one of the two and a stop or gap; 2: only a stop or gap;\n\
             1: only entry or exit.",
        ),
        (DetectKind::Identity, _) => (
            "Conflicto de identidad: un MMSI oído por turnos en dos recorridos que ningún casco puede alternar, o que salta.",
            "Identity conflict: one MMSI heard in turn on two tracks that no hull can alternate between, or that jumps.",
        ),
    }
}
