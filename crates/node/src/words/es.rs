//! Español.

use super::Table;

pub(super) static TABLE: Table = Table {
    source: "fuente",
    lines: "líneas",
    messages: "mensajes",
    duplicates: "duplicados",
    positions: "posiciones guardadas",
    position_not_available: "sin posición disponible",
    ignored: "ignoradas (otras sentencias, comentarios)",
    refused: "rechazadas",
    late: "tardías",
    events: "eventos",
    leads: "indicios",
    rate: "ritmo",
    per_second: "líneas/s",
    commit_mark: "asentado hasta la línea",
    quarantine_file: "cuarentena",
    type_column: "tipo",
    count_column: "cantidad",
    reason_column: "motivo de rechazo",
    nothing_usable: "no llegó nada utilizable",
    serving: "Bitácora atiende en",
    officer: "oficial",
    link_once: "enlace de ingreso, sirve una vez",
    making_theatre: "generando un teatro de 24 horas (inventado) ...",
    replay_ended: "la reproducción terminó; el nodo sigue atendiendo. Ctrl-C para salir",
    stopped: "detenido; todo lo asentado está guardado",
    error: "error",
    advice,
};

fn advice(code: &str) -> &'static str {
    match code {
        "port_in_use" => "otro programa usa ese puerto: ciérrelo o elija otro con --bind 127.0.0.1:PUERTO",
        "bind" => "elija una dirección de esta máquina con --bind",
        "no_time" => "indique la hora de la primera línea y el ritmo: --start 2026-01-31T00:00:00Z --rate 10",
        "map" => "indique las columnas: --map time=COLUMNA,mmsi=COLUMNA,lat=COLUMNA,lon=COLUMNA",
        "feed_url" => "escriba tcp://equipo:puerto o udp://equipo:puerto",
        "feed_unreachable" => "verifique el equipo y el puerto de la señal",
        "unknown_officer" => "vea los oficiales con: bitacora officer list",
        "key" => "restaure la carpeta keys/ desde su copia; sin ella no se puede firmar",
        "config" => "corrija esa línea de bitacora.toml o bórrela: todo ajuste tiene un valor por omisión",
        "store_read_only" => {
            "no se guardó nada: dé permiso de escritura a la carpeta de datos o elija otra con --data"
        }
        "store_full" => {
            "no se guardó nada más: libere espacio en el disco y repita; lo ya asentado está a salvo"
        }
        "store_not_a_folder" => "elija una carpeta con --data",
        "store_unreachable" => "verifique que PostgreSQL esté en marcha y la URL de --database",
        "store_refused" => "PostgreSQL respondió que no: verifique usuario, contraseña y nombre de la base",
        "file" => "verifique la ruta y los permisos",
        _ => "",
    }
}
