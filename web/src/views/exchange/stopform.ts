/**
 * The texts that a stop begins with, in both languages at once, so that one officer can stop within seconds and still
 * sign whole sentences. Every one can be rewritten before signing.
 */
import type { Incident, IncidentKind, IncidentStatus, NewStop, Text } from '../../core/exchange';
import { TABLES } from '../../core/i18n.svelte';
import { formatNumber, type Lang } from '../../core/units';

export const KINDS: readonly IncidentKind[] = ['strike', 'death', 'injury', 'violation'];
export const STATUSES: readonly IncidentStatus[] = ['alleged', 'corroborated', 'verified', 'disputed', 'unfounded'];
/** Statuses that a rule may ask for at least; the other two speak against an incident. */
export const COUNTING: readonly IncidentStatus[] = ['alleged', 'corroborated', 'verified'];

export type Rule = NonNullable<NewStop['rule']>;
export const FIRST_RULE: Rule = { kinds: ['strike'], min_status: 'alleged', days: 30 };

const both = (of: (lang: Lang) => string): Text => ({ es: of('es'), en: of('en') });

export function reasonText(incident: Incident | null): Text {
  if (incident === null) return { es: '', en: '' };
  return both((lang) => TABLES[lang].exchange.stop.reasonFrom(incident.number, incident.text[lang]));
}

export function conditionText(rule: Rule | null): Text {
  return both((lang) => {
    const words = TABLES[lang].exchange;
    if (rule === null) return words.stop.conditionPlain;
    const kinds = TABLES[lang].incidents.kindsPlural as Readonly<Record<string, string>>;
    return words.stop.conditionFrom(rule.kinds.map((k) => kinds[k] ?? k).join(words.scope.join), formatNumber(lang, rule.days));
  });
}

export const filled = (text: Text): boolean => text.es.trim() !== '' && text.en.trim() !== '';
/** A rule that counts nothing can never be met or broken; it is no rule. */
export const usable = (rule: Rule | null): Rule | null => (rule !== null && rule.kinds.length > 0 && rule.days >= 1 ? rule : null);
