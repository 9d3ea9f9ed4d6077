/** The words by which the tests find their way, as the page writes them in each language. */
export const WORDS = {
  es: {
    queue: 'Indicios', card: 'Indicio', reasons: 'Razones', evidence: 'Evidencia', accept: 'Aceptar…', confirm: 'Aceptar y firmar',
    note: 'Nota (queda en el registro)', accepted: 'Aceptado', proof: 'prueba', holds: 'La prueba se cumple', decision: 'Decisión',
    dismiss: 'Descartar…', dismissConfirm: 'Descartar y firmar', reason: 'Motivo', fishing: 'Faena de pesca', dismissed: 'Descartado',
    before: 'llegó antes', leads: 'Indicios', vessels: 'Buques', events: 'Sucesos',
  },
  en: {
    queue: 'Leads', card: 'Lead', reasons: 'Reasons', evidence: 'Evidence', accept: 'Accept…', confirm: 'Accept and sign',
    note: 'Note (kept in the log)', accepted: 'Accepted', proof: 'proof', holds: 'The proof holds', decision: 'Decision',
    dismiss: 'Dismiss…', dismissConfirm: 'Dismiss and sign', reason: 'Reason', fishing: 'Fishing', dismissed: 'Dismissed',
    before: 'first', leads: 'Leads', vessels: 'Vessels', events: 'Events',
  },
};
