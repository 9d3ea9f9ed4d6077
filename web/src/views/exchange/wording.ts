/** Codes of the exchange as sentences for people. Texts of an agreement are its own words in the reader's language. */
import type { AgreementView, DecisionView, FlowView, ReasonView, StopScope, Text } from '../../core/exchange';
import { i18n, word } from '../../core/i18n.svelte';
import { show } from '../../core/show.svelte';
import { formatSpan } from '../../core/time';
import type { IconName } from '../../parts/Icon.svelte';
import { directionOf } from './scope';

export const say = (text: Text): string => text[i18n.lang];
export const list = (parts: readonly string[]): string => parts.join(i18n.t.exchange.scope.join);

export function partyName(agreement: AgreementView, code: string | null): string {
  const party = agreement.parties.find((p) => p.code === code);
  return party ? say(party.name) : (code ?? '');
}
export function areaName(agreement: AgreementView, id: string): string {
  const area = agreement.areas.find((a) => a.id === id);
  return area ? say(area.name) : id;
}
export function clauseText(agreement: AgreementView, id: string | null): string | null {
  const clause = agreement.clauses.find((c) => c.id === id);
  return clause ? say(clause.text) : null;
}

/** "Colombia → United States, all subjects, all areas" */
export function scopeWords(agreement: AgreementView, scope: StopScope, me: string): string {
  const t = i18n.t.exchange;
  const way = directionOf(scope, me);
  const other = agreement.partner.code;
  const [from, to] = way === 'in' ? [other, me] : [scope.from ?? me, scope.to ?? other];
  return list([
    way === 'both' ? t.scope.both : t.flows.direction(partyName(agreement, from), partyName(agreement, to)),
    scope.items.length === 0 ? t.scope.allItems : list(scope.items.map((k) => t.kind[k])),
    scope.areas.length === 0 ? t.scope.allAreas : list(scope.areas.map((a) => areaName(agreement, a))),
    ...(scope.purposes.length === 0 ? [] : [t.scope.onlyFor(list(scope.purposes.map((p) => t.purpose[p])))]),
  ]);
}

/** "Caribbean W, area 2 · standing · 6 NM grid" */
export function flowHow(agreement: AgreementView, flow: FlowView): string {
  const t = i18n.t.exchange;
  return [
    flow.areas.length === 0 ? t.terms.everywhere : list(flow.areas.map((a) => areaName(agreement, a))),
    flow.standing ? t.flows.standing : t.flows.byHand,
    ...(flow.officers > 1 ? [t.flows.officers(show.number(flow.officers))] : []),
    ...(flow.delay_s > 0 ? [t.flows.delay(formatSpan(flow.delay_s * 1000))] : []),
    ...(flow.grid_m > 0 ? [t.flows.grid(show.metres(flow.grid_m))] : []),
  ].join(' · ');
}

export const fieldNames = (codes: readonly string[]): string => list(codes.map((f) => word(i18n.t.exchange.field, f)));
export const purposeWord = (purpose: string): string => word(i18n.t.exchange.purpose, purpose);

export function reasonWord(reason: ReasonView): string {
  const t = i18n.t.exchange;
  return word(t.reason, reason.code) + (reason.until ? `, ${t.decisions.until(show.instant(reason.until))}` : '');
}

/** The first reason, and what was cut: the line of a decision. */
export function decisionReason(d: DecisionView): string {
  const t = i18n.t.exchange;
  const first = d.reasons[0];
  return [
    ...(first ? [reasonWord(first)] : []),
    ...(d.what === 'refused' && first?.code === 'no_such_purpose' ? [`“${d.purpose}”`] : []),
    ...(d.cut.length > 0 ? [t.decisions.cutFields(fieldNames(d.cut))] : []),
    ...(d.grid_m > 0 ? [t.decisions.position(show.metres(d.grid_m))] : []),
  ].join('; ');
}

type Tone = '' | 'ok' | 'warn' | 'stop' | 'track';
export interface Mark { icon: IconName; tone: Tone }

export const DECISION_MARK: Record<DecisionView['what'], Mark> = {
  released: { icon: 'tick', tone: 'ok' }, received: { icon: 'in', tone: 'ok' }, held: { icon: 'pause', tone: 'warn' }, refused: { icon: 'cross', tone: 'stop' },
  partner_refused: { icon: 'cross', tone: 'stop' }, exception: { icon: 'life-ring', tone: 'ok' }, cut: { icon: 'stopped', tone: 'stop' },
  withdrawn: { icon: 'dashed-diamond', tone: '' }, corrected: { icon: 'note', tone: '' },
};
export function decisionMark(d: DecisionView): Mark {
  if (d.what === 'exception' && d.reasons.some((r) => r.code === 'court_order')) return { icon: 'scales', tone: 'ok' };
  return DECISION_MARK[d.what];
}
export const EXCEPTION_ICON: Record<NonNullable<FlowView['exception']>, IconName> = { safety_of_life: 'life-ring', court_order: 'scales' };

export const AGREEMENT_MARK: Record<AgreementView['state'], Mark> = {
  starting: { icon: 'half-disc', tone: 'warn' }, flowing: { icon: 'disc', tone: 'ok' },
  part_suspended: { icon: 'stopped', tone: 'stop' }, suspended: { icon: 'stopped', tone: 'stop' },
};

/** `9b3c…e1`, for tables; the whole hash stands in the proof. */
export const shortHash = (hash: string): string => `${hash.slice(0, 4)}…${hash.slice(-2)}`;

/** A failure's sentence: the exchange's own codes first, then those of every view. */
export function failureWords(code: string): string {
  const own = i18n.t.exchange.errors as Readonly<Record<string, string>>;
  return i18n.t.core.errorWithCode(own[code] ?? word(i18n.t.core.errors, code), code);
}

/** `bitacora/CO-US-MAR/US` is the log of the US: for people the party's own name is enough. */
export const cosignerName = (name: string): string => {
  const parts = name.split('/');
  // A party's cosigner is named after its log: bitacora/AGREEMENT/PARTY/cosigner.
  return (parts.at(-1) === 'cosigner' ? parts.at(-2) : parts.at(-1)) || name;
};
