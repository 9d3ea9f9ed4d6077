/** Rows of the queue and events of a container as words, and the order in which rows stand. */
import { matchesBox } from '../../core/filters';
import { findingLine } from '../../core/findings';
import { i18n, word } from '../../core/i18n.svelte';
import { reasonWord } from '../../core/lead-words';
import type { PortEvent, PortRow, SealReading } from '../../core/port';
import { show } from '../../core/show.svelte';
import { formatShort, toMs } from '../../core/time';
import type { IconName } from '../../parts/Icon.svelte';
import type { Order } from './place';

/** First tier before demoted; within a tier the node's order, or who is loaded first. Without a load time last. */
export function ordered(rows: readonly PortRow[], order: Order, find: string): PortRow[] {
  const due = (row: PortRow): number => {
    const ms = row.loaded ? Number.NaN : toMs(row.loads);
    return Number.isFinite(ms) ? ms : Number.POSITIVE_INFINITY;
  };
  const kept = rows.filter((row) => find.trim() === '' || matchesBox(find, row.container));
  const place = new Map(kept.map((row, i) => [row, i]));
  return [...kept].sort((a, b) => Number(a.tier === 'reread') - Number(b.tier === 'reread')
    || (order === 'load' && due(a) !== due(b) ? due(a) - due(b) : (place.get(a) ?? 0) - (place.get(b) ?? 0)));
}

/** What was compared; where the node gave no numbers with the row, what else counts, or ship and trip. */
export function rowLine(row: PortRow): string {
  const line = findingLine(row.title, row.numbers, row.texts, i18n.t, i18n.lang);
  if (line !== '') return line;
  const others = [...new Set(row.bars.filter(([code, nats]) => nats > 0 && code !== row.title).map(([code]) => reasonWord(code, i18n.t)))];
  if (others.length > 0) return others.join(' · ');
  const b = i18n.t.port.box;
  return [row.size_type, row.vessel && b.vessel(row.vessel), row.trip && b.trip(row.trip)].filter(Boolean).join(' · ');
}

export function loadLine(row: PortRow, asOf: string | null): string {
  const q = i18n.t.port.queue;
  if (row.loaded) return q.loaded;
  return row.loads === null ? q.noLoad : q.loads(formatShort(row.loads, asOf ?? row.loads));
}

export interface RowState { icon: IconName; tone: '' | 'ok' | 'warn' | 'stop'; text: string }
/** A demoted alert says where its re-reading stands; the others, where their lead stands. */
export function rowState(row: PortRow, asOf: string | null): RowState {
  const t = i18n.t;
  if (row.tier === 'reread') {
    const icon = row.reread === 'agreed' ? 'tick' : row.reread === 'missed' ? 'late' : 'dashed-diamond';
    return { icon, tone: row.reread === 'agreed' ? 'ok' : row.reread === 'missed' ? 'warn' : '', text: row.reread ? t.port.reread[row.reread] : t.port.rereadLikely };
  }
  const drawn = row.on_list ? t.port.queue.onList(formatShort(row.on_list.slot, asOf ?? row.on_list.slot)) : null;
  const text = drawn ?? (row.lead ? t.core.leadState[row.lead.state] : t.port.queue.noLead);
  if (!row.lead) return { icon: 'diamond', tone: 'warn', text };
  const icon: IconName = { new: 'diamond', acknowledged: 'half-diamond', accepted: 'tick', dismissed: 'dashed-diamond', expired: 'dashed-diamond', outcome_recorded: 'diamond-tick' }[row.lead.state] as IconName;
  return { icon, tone: row.lead.state === 'new' ? 'stop' : row.lead.state === 'accepted' || row.lead.state === 'outcome_recorded' ? 'ok' : '', text };
}

export function eventWord(e: PortEvent): string {
  const name = word(i18n.t.port.event, e.kind);
  return e.classifier === 'ACT' ? name : `${name}, ${i18n.t.port.classifier[e.classifier]}`;
}

export function whereOf(e: PortEvent): string {
  const w = i18n.t.port.events;
  if (e.yard) {
    return [e.yard.slot, e.yard.tier === null ? '' : w.tier(e.yard.tier), e.yard.doors ? w.doors[e.yard.doors] : '', e.yard.camera_blind ? w.blind : ''].filter(Boolean).join(', ');
  }
  return [e.facility, e.vessel, e.position ? show.position(e.position) : ''].filter(Boolean).join(', ');
}

export function sealText(s: SealReading): string {
  const w = i18n.t.port.events;
  const second = s.second_read ? w.secondRead(s.second_read) : s.read_count > 1 ? w.reads(s.read_count) : '';
  return [s.number, [s.placement === 'DOOR' ? '' : word(i18n.t.port.placement, s.placement).toLowerCase(), s.maker ?? '', second].filter(Boolean).join(', ')].filter(Boolean).join(' · ');
}

/** What else the event says: mass with its scale, what the reefer reports. */
export function massText(e: PortEvent): string {
  const w = i18n.t.port;
  const c = (value: number): string => show.number(value, 1);
  const r = e.reefer;
  return [
    e.mass ? w.compared.kg(show.number(e.mass.kg)) : '', e.mass?.scale ? w.events.scale(e.mass.scale) : '',
    r?.setpoint_celsius == null ? '' : w.events.reefer.set(c(r.setpoint_celsius)), r?.return_air_celsius == null ? '' : w.events.reefer.back(c(r.return_air_celsius)),
    r?.powered === false ? w.events.reefer.off : '', r?.defrosting ? w.events.reefer.defrost : '', r?.panel_open ? w.events.reefer.panel : '',
  ].filter(Boolean).join(', ');
}

/** Chances and stakes: two decimals, fewer than that is told as such. */
export const decimals = (value: number): string => (value > 0 && value < 0.005 ? `<${show.number(0.01, 2)}` : show.number(value, 2));
/** A p: three decimals below a tenth, and what is smaller is told as such. */
export const chanceText = (p: number): string => (p < 0.001 ? `<${show.number(0.001, 3)}` : show.number(p, p < 0.1 ? 3 : 2));
/** The next round number above: 1, 2, 4, 5 or 8 of its size. */
export function roundTop(value: number): number {
  const size = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 4, 5, 8, 10].find((n) => n * size >= value) ?? 10) * size;
}
