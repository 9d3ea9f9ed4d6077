/**
 * The whole state of the page lives in the URL fragment, so that a link shows a colleague exactly what one
 * sees. The fragment never reaches the node: what an officer looks at is not written to any access log.
 */
import { EVENT_KINDS, type EventKind, type LeadState } from './model';
import { formatInstant, parseInstant, type TimeFormat } from './time';
import type { Lang, PositionFormat } from './units';

export type View = 'sea' | 'port' | 'guard' | 'exchange' | 'accounts' | 'inbox' | 'incidents' | 'list' | 'help' | 'print' | 'signin' | 'log' | 'quarantine';
export type Palette = 'day' | 'dusk' | 'night';
export type LeadAbout = 'vessel' | 'container';
export type Sort = 'strength' | 'newest' | 'oldest';
export type ShipClass =
  | 'cargo' | 'tanker' | 'fishing' | 'passenger' | 'fast' | 'service' | 'pleasure' | 'other' | 'unknown';
export interface Camera { lat: number; lon: number; zoom: number }

export interface PageState {
  view: View;
  lead: string | null;
  vessel: number | null;
  event: string | null;
  leaf: number | null;
  /** Epoch milliseconds of the picture; null follows the newest data. */
  t: number | null;
  /** Replay speed while playing from `t`; 0 is paused. */
  play: number;
  /** Window of the time bar in hours. */
  win: number;
  camera: Camera | null;
  follow: boolean;
  labels: boolean;
  rings: boolean;
  /** Measure: from, to; null is off, an empty list is on and waiting for points. */
  measure: { lat: number; lon: number }[] | null;
  q: string;
  classes: ShipClass[];
  minKn: number | null;
  maxKn: number | null;
  kinds: EventKind[];
  states: LeadState[];
  /** What leads are about; none named is all. */
  about: LeadAbout[];
  sort: Sort;
  palette: Palette | null;
  lang: Lang | null;
  position: PositionFormat | null;
  time: TimeFormat | null;
  /** Keys of views that keep more state, with their prefix. */
  extra: Record<string, string>;
}

export const DEFAULTS: PageState = {
  view: 'sea', lead: null, vessel: null, event: null, leaf: null, t: null, play: 0, win: 24, camera: null, follow: false,
  labels: false, rings: false, measure: null, q: '', classes: [], minKn: null, maxKn: null, kinds: [], states: [], about: [],
  sort: 'strength', palette: null, lang: null, position: null, time: null, extra: {},
};

const VIEWS: readonly View[] = ['sea', 'port', 'guard', 'exchange', 'accounts', 'inbox', 'incidents', 'list', 'help', 'print', 'signin', 'log', 'quarantine'];
const CLASSES: readonly ShipClass[] =
  ['cargo', 'tanker', 'fishing', 'passenger', 'fast', 'service', 'pleasure', 'other', 'unknown'];
export const ABOUT: readonly LeadAbout[] = ['vessel', 'container'];
const STATES: readonly LeadState[] = ['new', 'acknowledged', 'accepted', 'dismissed', 'expired', 'outcome_recorded'];

function oneOf<T extends string>(all: readonly T[], text: string | null): T | null {
  return all.find((x) => x === text) ?? null;
}
function someOf<T extends string>(all: readonly T[], text: string | null): T[] {
  const asked = (text ?? '').split(',');
  return all.filter((x) => asked.includes(x));
}
function num(text: string | null, low: number, high: number): number | null {
  if (text === null || text.trim() === '') return null;
  const n = Number(text);
  return Number.isFinite(n) && n >= low && n <= high ? n : null;
}
function points(text: string | null): { lat: number; lon: number }[] | null {
  if (text === null) return null;
  const out: { lat: number; lon: number }[] = [];
  for (const pair of text.split(';').slice(0, 2)) {
    const [a, b] = pair.split(',');
    const lat = num(a ?? null, -90, 90), lon = num(b ?? null, -180, 180);
    if (lat !== null && lon !== null) out.push({ lat, lon });
  }
  return out;
}

/** Reads a fragment. What is not understood is left at its default: an old link must still open. */
export function parse(fragment: string): PageState {
  const p = new URLSearchParams(fragment.replace(/^#\/?/, ''));
  const c = (p.get('c') ?? '').split(',');
  const lat = num(c[0] ?? null, -90, 90), lon = num(c[1] ?? null, -180, 180), zoom = num(c[2] ?? null, 0, 22);
  const extra: Record<string, string> = {};
  for (const [key, value] of p) if (/^[a-z]_/.test(key)) extra[key] = value;
  return {
    // The one-time sign-in link is `#signin=TOKEN`; its token is never kept in the state.
    view: p.has('signin') ? 'signin' : (oneOf(VIEWS, p.get('view')) ?? 'sea'),
    lead: p.get('lead'), event: p.get('event'),
    vessel: num(p.get('vessel'), 0, 999_999_999), leaf: num(p.get('leaf'), 0, Number.MAX_SAFE_INTEGER),
    t: parseInstant(p.get('t') ?? ''),
    play: num(p.get('play'), 0, 3600) ?? 0,
    win: num(p.get('win'), 1, 72) ?? DEFAULTS.win,
    camera: lat !== null && lon !== null && zoom !== null ? { lat, lon, zoom } : null,
    follow: p.has('follow'), labels: p.has('labels'), rings: p.has('rings'), measure: points(p.get('measure')),
    q: p.get('q') ?? '',
    classes: someOf(CLASSES, p.get('class')), kinds: someOf(EVENT_KINDS, p.get('kind')), states: someOf(STATES, p.get('state')), about: someOf(ABOUT, p.get('about')),
    minKn: num(p.get('min'), 0, 102), maxKn: num(p.get('max'), 0, 102),
    sort: oneOf<Sort>(['strength', 'newest', 'oldest'], p.get('sort')) ?? 'strength',
    palette: oneOf<Palette>(['day', 'dusk', 'night'], p.get('pal') ?? p.get('palette')),
    lang: oneOf<Lang>(['es', 'en'], p.get('lang')),
    position: oneOf<PositionFormat>(['dmm', 'dms', 'dec'], p.get('pos')),
    time: oneOf<TimeFormat>(['iso', 'dtg'], p.get('time')),
    extra,
  };
}

/** Writes only what differs from the default, in a fixed order: equal states give equal links. */
export function format(s: PageState): string {
  const p = new URLSearchParams();
  const put = (key: string, value: string | number | null, skip = false): void => {
    if (!skip && value !== null && value !== '') p.set(key, String(value));
  };
  put('view', s.view, s.view === 'sea');
  put('lead', s.lead); put('vessel', s.vessel); put('event', s.event); put('leaf', s.leaf);
  put('t', s.t === null ? null : formatInstant(Math.round(s.t / 1000) * 1000).replace(' ', 'T'));
  put('play', s.play, s.play === 0); put('win', s.win, s.win === DEFAULTS.win);
  put('c', s.camera && `${s.camera.lat.toFixed(4)},${s.camera.lon.toFixed(4)},${s.camera.zoom.toFixed(2)}`);
  if (s.follow) p.set('follow', '1');
  if (s.labels) p.set('labels', '1');
  if (s.rings) p.set('rings', '1');
  if (s.measure) p.set('measure', s.measure.map((x) => `${x.lat.toFixed(5)},${x.lon.toFixed(5)}`).join(';'));
  put('q', s.q); put('class', s.classes.join(',')); put('min', s.minKn); put('max', s.maxKn);
  put('kind', s.kinds.join(',')); put('state', s.states.join(',')); put('about', s.about.join(',')); put('sort', s.sort, s.sort === 'strength');
  put('pal', s.palette); put('lang', s.lang); put('pos', s.position); put('time', s.time);
  for (const key of Object.keys(s.extra).sort()) put(key, s.extra[key] ?? null);
  return `#${p.toString().replace(/%2C/g, ',').replace(/%3A/g, ':').replace(/%3B/g, ';')}`;
}

class Url {
  s = $state<PageState>({ ...DEFAULTS });
  #pending = false;

  constructor() {
    if (typeof location === 'undefined') return;
    this.s = parse(location.hash);
    const read = (): void => { this.s = parse(location.hash); };
    addEventListener('popstate', read);
    addEventListener('hashchange', read);
  }

  /** Changes state without a step in the history: map moves, filters, settings. */
  set(change: Partial<PageState>): void {
    Object.assign(this.s, change);
    // Browsers limit replaceState; one write per frame is enough for a map that moves.
    if (this.#pending) return;
    this.#pending = true;
    setTimeout(() => {
      this.#pending = false;
      history.replaceState(null, '', format(this.s));
    }, 120);
  }

  /** Changes view or selection, with a step in the history so that Back returns. */
  go(change: Partial<PageState>): void {
    Object.assign(this.s, change);
    const next = format(this.s);
    if (next !== location.hash) history.pushState(null, '', next);
  }

  href(change: Partial<PageState>): string {
    return format({ ...this.s, ...change });
  }
}

export const url = new Url();
