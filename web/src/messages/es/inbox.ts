/** Words of the inbox: what platforms claim, and what an officer makes of it. */
export const inbox = {
  title: 'Buzón de plataformas',
  note: 'Lo que otros afirman. No pesa nada hasta que un oficial lo toma, y aun entonces sigue siendo de quien lo dijo.',
  statesLabel: 'Estado', states: { open: 'por leer', taken: 'tomado', set_aside: 'apartado', withdrawn: 'retirado por su fuente' },
  kinds: { contact: 'contacto', sighting: 'avistamiento', indication: 'indicio', incident: 'incidente' },
  caption: 'Afirmaciones, la más reciente primero',
  columns: { kind: 'Clase', about: 'De quién o qué', platform: 'Plataforma', handed: 'Entregado', tlp: 'TLP' },
  none: { open: 'Nada por leer.', taken: 'Nada se ha tomado.', set_aside: 'Nada se ha apartado.', withdrawn: 'Nada se ha retirado.' },
  choose: 'Elija una afirmación de la lista.', missing: 'El buzón no tiene esa afirmación.', failed: 'No se pudo leer el buzón.', older: 'Más antiguas', browse: 'recorrer',
  about: 'Quién', nobody: 'nadie nombrado', when: 'Cuándo', where: 'Dónde', motion: 'Movimiento', count: 'Veces', platform: 'Entregado por', maker: 'Hecho por', markings: 'Marcas', labels: 'Etiquetas', unread: 'Sin entender',
  unknownPlatform: 'plataforma desconocida', vesselCard: 'ficha del buque', onChart: 'en la carta',
  noTlp: 'sin TLP', otherMarking: (text: string) => `marca de otra forma: ${text}`, partOnly: (parts: string) => `(solo ${parts})`, ofHolder: '(del evento en que vino)',
  handling: {
    of: (party: string) => `de ${party}`, nobody: 'solo para quien lo originó', to: (parties: string) => `puede ir a ${parties}`, purposes: (all: string) => `para ${all}`, forbidden: (all: string) => `nunca para ${all}`,
    control: 'quien lo originó decide cada uso',
  },
  gone: { revoked: 'su fuente lo revocó', deleted: 'la plataforma lo borró', nothing_left: 'su última versión ya no dice nada' },
  superseded: 'su fuente dice ahora otra cosa', takenStays: 'Lo que se tomó queda a la vista, con este aviso', takenAs: 'Lo que se tomó',
  means: {
    contact: 'Entra en la imagen del mar como contacto de quien lo dijo. No es un reporte de nuestros receptores y ningún detector lo usa.',
    sighting: 'Entra en la imagen del mar como avistamiento de quien lo dijo. No es un reporte de nuestros receptores y ningún detector lo usa.',
    indication: 'Queda junto a la evidencia del buque o contenedor, sin peso propio.',
    incident: 'Entra en el registro como propuesta, que no cuenta hasta que un oficial la firme.',
  },
  act: {
    title: 'Acto del oficial', take: 'Tomar', aside: 'Apartar', asideNote: 'Queda en el registro, con su motivo.', reason: 'Motivo', note: 'Nota', sign: 'Firmar', sending: 'Firmando…', cancel: 'Cancelar',
    taken: 'Tomado.', wasSetAside: 'Apartado.', changed: 'La afirmación cambió mientras tanto; léala de nuevo.', notYours: 'Decide sobre esto otro oficial.',
  },
  reasons: { not_credible: 'no es creíble', already_known: 'ya se sabía', out_of_area: 'fuera de la zona', too_old: 'demasiado antiguo', not_usable: 'sus marcas no dejan usarlo', other: 'otro, según la nota' },
  history: 'Historia', changes: { told: 'dicho', withdrawn: 'retirado por su fuente', take: 'tomado', set_aside: 'apartado' }, leaf: (n: string) => `hoja ${n}`,
  claimed: 'Lo que otros afirman', claimedBy: (name: string) => `según ${name}:`, noWeight: 'sin peso', open: 'Buzón', reportedBy: (name: string) => `según ${name}`,
};
