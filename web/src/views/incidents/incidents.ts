/** What an incident's form and list need to know: order, who waits for a signature, and reading what was typed. */
import type { Incident, IncidentStatus, NewIncident, Text } from '../../core/exchange';
import { parseInstant } from '../../core/time';
import { parsePosition } from '../../core/units';

/** The last line of a history tells: a machine's proposal counts nothing until an officer signs. */
export function awaitsSignature(incident: Incident): boolean {
  const last = incident.history.at(-1);
  return last?.what === 'proposed' && last.officer === null;
}

/** What waits for a signature first, then the newest. */
export function ordered(all: readonly Incident[]): Incident[] {
  return [...all].sort((a, b) => Number(awaitsSignature(b)) - Number(awaitsSignature(a)) || b.at.localeCompare(a.at));
}

/** The status that a proposal asks an officer to sign. */
export const proposedStatus = (incident: Incident): IncidentStatus => incident.history.at(-1)?.status ?? incident.status;

export interface Draft {
  kind: NewIncident['kind']; at: string; text: Text; place: string; position: string; dead: string; injured: string;
  source: string; sourceRef: string; published: string; grading: string;
}
export const EMPTY: Draft = {
  kind: 'strike', at: '', text: { es: '', en: '' }, place: '', position: '', dead: '', injured: '', source: '', sourceRef: '', published: '', grading: '',
};
export type Problem = 'badTime' | 'badPosition' | 'badNumber' | 'badGrading' | 'missing';

/** Unknown stays unknown: an empty number is null, never zero. */
function whole(text: string): number | null | 'bad' {
  if (text.trim() === '') return null;
  return /^\d{1,5}$/.test(text.trim()) ? Number(text.trim()) : 'bad';
}
/** Source A-F and information 1-6 (the grading of the exchange's agreements). */
export const isGrading = (text: string): boolean => /^[A-F][1-6]$/.test(text.trim().toUpperCase());

export function readDraft(draft: Draft): NewIncident | Problem {
  const at = parseInstant(draft.at);
  const published = draft.published.trim() === '' ? null : parseInstant(draft.published);
  if (at === null || (draft.published.trim() !== '' && published === null)) return 'badTime';
  const position = draft.position.trim() === '' ? null : parsePosition(draft.position);
  if (draft.position.trim() !== '' && position === null) return 'badPosition';
  const [dead, injured] = [whole(draft.dead), whole(draft.injured)];
  if (dead === 'bad' || injured === 'bad') return 'badNumber';
  if (!isGrading(draft.grading)) return 'badGrading';
  const text = { es: draft.text.es.trim(), en: draft.text.en.trim() };
  if (text.es === '' || text.en === '' || draft.source.trim() === '') return 'missing';
  return {
    kind: draft.kind, at: new Date(at).toISOString(), text, place: draft.place.trim(), lat: position?.lat ?? null, lon: position?.lon ?? null, dead, injured,
    source: { name: draft.source.trim(), url_text: draft.sourceRef.trim(), published: published === null ? null : new Date(published).toISOString() },
    grading: draft.grading.trim().toUpperCase(),
  };
}
