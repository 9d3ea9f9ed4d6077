/** An entry's code and numbers as words, in the language asked for. Used by the page and by the printed sheet. */
import { word, type Messages } from '../../core/i18n.svelte';
import { reasonWord } from '../../core/lead-words';
import type { BehaviourEvent, LeadSummary, WatchLogEntry } from '../../core/model';
import { named } from '../../core/show.svelte';
import { formatMmsi, type Lang } from '../../core/units';

export function headline(entry: WatchLogEntry, t: Messages): string {
  const codes = t.watchlog.codes;
  switch (entry.kind) {
    case 'event': return word(t.core.eventKind, entry.code);
    case 'lead': return reasonWord(entry.code, t);
    case 'decision': return word(codes.decision, entry.code);
    case 'export': return word(codes.export, entry.code);
    case 'feed': return word(t.core.feed, entry.code);
    case 'sign_in': return word(codes.sign_in, entry.code);
    case 'note': return entry.text ?? '';
  }
}

/** What follows the headline: the officer's text, then the measured numbers. */
export function detail(entry: WatchLogEntry, t: Messages, lang: Lang): string {
  const text = entry.kind === 'note' ? [] : [reasonOrText(entry.text, t)];
  return [...text, ...numbers(entry.numbers, t, lang)].filter((part) => part !== '').join(' · ');
}

/** Named numbers with their units; where it was has a column of its own. */
export function numbers(values: Record<string, number>, t: Messages, lang: Lang): string[] {
  const labels: Record<string, string> = t.core.number;
  return Object.entries(values).filter(([name]) => !/_(lat|lon)$/.test(name)).map(([name, value]) => `${labels[name] ?? name} ${named(lang, name, value)}`);
}

/** An entry names one vessel; whom it met is in the event or the lead, by its id. */
export function partnersOf(events: readonly BehaviourEvent[], leads: readonly LeadSummary[]): ReadonlyMap<string, string> {
  const out = new Map<string, string>();
  for (const x of [...events, ...leads]) if (x.other !== null) out.set(x.id, vesselName({ mmsi: x.other, name: x.other_name }));
  return out;
}

/** `Encuentro con BRUMALIA BORRASQUIN`, when the picture holds the event or the lead. */
export function withPartner(text: string, entry: WatchLogEntry, partners: ReadonlyMap<string, string>, t: Messages): string {
  if (entry.kind !== 'event' && entry.kind !== 'lead') return text;
  const other = partners.get(entry.event ?? '') ?? partners.get(entry.lead ?? '');
  return other === undefined ? text : t.sea.queue.with(text, other);
}

/** A decision's text may be a bare reason code. */
function reasonOrText(text: string | null, t: Messages): string {
  if (text === null) return '';
  const reasons: Record<string, string> = { ...t.core.dismiss, ...t.core.outcome };
  return reasons[text] ?? text;
}

export function vesselName(entry: { mmsi: number | null; name: string | null }): string {
  if (entry.name) return entry.name;
  return entry.mmsi === null ? '' : formatMmsi(entry.mmsi);
}
