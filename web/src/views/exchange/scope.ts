/**
 * The scope of a stop or a resumption as an officer marks it, and what it touches. Empty lists mean all, as in the
 * signed record. Tells the officer's own marks only; what really stops is the node's answer to the preview.
 */
import type { AgreementView, FlowView, ItemKind, Purpose, StopPreview, StopScope, SuspensionView } from '../../core/exchange';

export const PURPOSES: readonly Purpose[] = ['seizure', 'arrest', 'rescue', 'prosecution'];
export type Direction = 'out' | 'in' | 'both';

export function scopeOf(direction: Direction, me: string, partner: string): StopScope {
  const [from, to] = direction === 'both' ? [null, null] : direction === 'out' ? [me, partner] : [partner, me];
  return { from, to, items: [], areas: [], purposes: [] };
}

export function directionOf(scope: StopScope, me: string): Direction {
  if (scope.from === null && scope.to === null) return 'both';
  return scope.from === me || (scope.from === null && scope.to !== me) ? 'out' : 'in';
}

export function toggle<T>(list: readonly T[], one: T): T[] {
  return list.includes(one) ? list.filter((x) => x !== one) : [...list, one];
}

/** Marking everything says the same as marking nothing; the signed record keeps the shorter form. */
export function tidy(scope: StopScope, offered: Offered): StopScope {
  const short = <T>(marked: T[], all: readonly T[]): T[] => {
    const known = all.filter((x) => marked.includes(x));
    return known.length === all.length ? [] : known;
  };
  return {
    ...scope,
    items: short(scope.items, offered.items), areas: short(scope.areas, offered.areas), purposes: short(scope.purposes, offered.purposes),
  };
}

export interface Offered { items: ItemKind[]; areas: string[]; purposes: Purpose[] }

/** What can be marked: what the flows in that direction speak of. Exceptions cannot be stopped by their subject. */
export function offered(agreement: Pick<AgreementView, 'flows'>, direction: Direction, me: string, within?: StopScope): Offered {
  const flows = agreement.flows.filter((flow) => flow.exception === null
    && (direction === 'both' || (direction === 'out' ? flow.from === me : flow.to === me)));
  const allowed = <T>(found: T[], limit: readonly T[] | undefined): T[] => {
    const once = [...new Set(found)];
    return limit && limit.length > 0 ? once.filter((x) => limit.includes(x)) : once;
  };
  return {
    items: allowed(flows.flatMap((flow) => flow.items), within?.items),
    areas: allowed(flows.flatMap((flow) => flow.areas), within?.areas),
    purposes: allowed(PURPOSES.filter((p) => flows.some((flow) => flow.purposes.includes(p))), within?.purposes),
  };
}

/** Suspensions that have not ended, newest first. */
export function inForce(agreement: Pick<AgreementView, 'suspensions'>): SuspensionView[] {
  return agreement.suspensions.filter((s) => s.ended === null).sort((a, b) => b.gate_closed.localeCompare(a.gate_closed));
}

export type FlowMark = 'stops' | 'stays' | 'untouched';

/** What a preview says of one flow; `untouched` names its direction, so that a clause of both ways is told apart. */
export function markOf(flow: Pick<FlowView, 'clause' | 'from' | 'to' | 'exception'>, preview: StopPreview): FlowMark {
  if (preview.untouched.some((u) => u.clause === flow.clause && u.from === flow.from && u.to === flow.to)) return 'untouched';
  if (preview.stays.some((s) => s.clause === flow.clause)) return 'stays';
  return preview.stops.some((s) => s.clause === flow.clause) ? 'stops' : 'untouched';
}

/** The exception clauses that a stop leaves open. Safety of life stays, whatever is asked to be closed. */
export function openExceptions(flows: readonly Pick<FlowView, 'clause' | 'exception'>[], closed: readonly string[]): string[] {
  const open = flows.filter((f) => f.exception === 'safety_of_life' || (f.exception !== null && !closed.includes(f.clause)));
  return [...new Set(open.map((f) => f.clause))];
}
