/** Words of the incident register: what was reported, by whom, and how sure. */
export const incidents = {
  title: 'Registro de incidentes',
  subtitle: (n: string) => (n === '1' ? '1 incidente' : `${n} incidentes`),
  note: 'La máquina propone, un oficial firma. Nada se borra: un cambio es otro renglón.',
  caption: 'Incidentes, el más reciente primero',
  columns: { number: 'Número', at: 'Cuándo', kind: 'Clase', text: 'Qué', status: 'Estado', sources: 'Fuentes' },
  kinds: { strike: 'ataque a embarcación', death: 'muerte', injury: 'herido', violation: 'vulneración' },
  kindsPlural: { strike: 'ataques', death: 'muertes', injury: 'heridos', violation: 'vulneraciones' },
  statuses: { alleged: 'alegado', corroborated: 'corroborado', verified: 'verificado', disputed: 'discutido', unfounded: 'sin fundamento' },
  proposed: 'propuesto por la máquina, sin firma',
  none: 'El registro está vacío.', choose: 'Elija un incidente de la lista.', missing: 'El registro no tiene ese incidente.',
  loading: 'Leyendo el registro…', failed: 'No se pudo leer el registro de incidentes.', retry: 'Reintentar', toExchange: 'Intercambio',
  sourceCount: (n: string, one: boolean) => (one ? `${n} fuente` : `${n} fuentes`),
  where: 'Lugar', when: 'Cuándo', dead: 'Muertos', injured: 'Heridos', status: 'Estado',
  sources: 'Fuentes', published: (at: string) => `publicado ${at}`, grading: 'Calificación', noSources: 'Ninguna fuente.',
  history: 'Historia', historyCaption: 'Cada cambio, el más antiguo primero', historyColumns: { at: 'Hora', what: 'Qué', status: 'Estado', who: 'Quién', note: 'Nota', leaf: 'Hoja' },
  what: { reported: 'anotado', source_added: 'fuente añadida', status_changed: 'estado cambiado', proposed: 'propuesto', corrected: 'corregido' },
  machine: 'la máquina', cited: 'Lo citan', citedNone: 'Ninguna suspensión lo cita.',
  report: {
    title: 'Anotar un incidente', open: 'Anotar…', kind: 'Clase', at: 'Cuándo (UTC)', text: 'Qué ocurrió', es: 'español', en: 'inglés', place: 'Lugar, con palabras', position: 'Posición', dead: 'Muertos', injured: 'Heridos',
    source: 'Fuente', sourceRef: 'Dónde se lee', published: 'Publicado (UTC)', grading: 'Calificación A–F, 1–6', act: 'Firmar y anotar', sending: 'Firmando…', unknown: 'vacío: no se sabe',
    badTime: 'La hora no se entiende', badPosition: 'La posición no se entiende', badNumber: 'Hace falta un número entero', badGrading: 'De A a F y de 1 a 6, por ejemplo B2', missing: 'Falta el texto en ambas lenguas, o la fuente.', done: (n: string) => `Anotado: ${n}.`,
  },
  change: {
    title: 'Cambiar el estado', to: 'Nuevo estado', note: 'Por qué', act: 'Firmar el estado', noteMissing: 'Hace falta decir por qué.', done: (s: string) => `Firmado: ${s}.`,
    sign: 'Firmar lo propuesto', signNote: 'La máquina propuso este renglón; no cuenta hasta que un oficial lo firme.', addSource: 'Añadir una fuente', addAct: 'Firmar la fuente', added: 'Fuente añadida.', sending: 'Firmando…',
  },
};
