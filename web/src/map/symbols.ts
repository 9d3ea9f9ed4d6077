/**
 * The marks that stand on the chart beside the vessels, drawn once per palette on a canvas and given to the map as
 * images: a sign for each kind of event, four corners, cross-bar, place dot.
 */
import type { Map as MapLibreMap } from 'maplibre-gl';
import { EVENT_KINDS, type EventKind } from '../core/model';
import type { Tokens } from '../core/palette.svelte';

const OTHERS = ['corners', 'corners-selected', 'bar', 'place'] as const;
type SymbolName = EventKind | (typeof OTHERS)[number];
/** Every event also as context: the same shape, smaller, in the colour of routine traffic. */
const QUIET = 0.72;

const RATIO = 2;
const SIZE: Partial<Record<SymbolName, number>> = { encounter: 26, transshipment_posture: 26, gap: 18, corners: 30, 'corners-selected': 32, bar: 16, place: 8 };
const EVENT_SIZE = 22;

/** Paths in the mock's coordinates, origin in the middle. Used by the legend too. */
export const CORNERS = 'M-13-6v-7h7M6-13h7v7M13 6v7H6M-6 13h-7V6';
export const TRIANGLE = 'M0-6.5 4 5 0 3-4 5z';

type Tone = 'lead' | 'noais' | 'ink' | 'track';
/** A line of a sign; `fill` paints what it encloses in the colour of the sea. */
export interface Stroke { d: string; tone: Tone; width?: number; dash?: readonly number[]; fill?: boolean }
/** A sign and the disc of sea behind it, by its radius. */
export interface EventSign { ground: number; strokes: readonly Stroke[] }

const ring = (x: number, y: number, r: number): string => `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`;
const triangle = (x: number, y: number): string => `M${x} ${y - 6.5} ${x + 4} ${y + 5} ${x} ${y + 3} ${x - 4} ${y + 5}z`;
const sign = (tone: Tone, ...paths: string[]): EventSign => ({ ground: 9.5, strokes: paths.map((d) => ({ d, tone, width: 1.8 })) });

/** One sign for each kind of event: shape and text carry the meaning, colour repeats it. */
export const EVENT_SIGNS: Readonly<Record<EventKind, EventSign>> = {
  gap: { ground: 0, strokes: [{ d: 'M-7-5V5M7-5V5', tone: 'ink', width: 1.8 }, { d: 'M-6 0H6', tone: 'ink', dash: [3, 3] }] },
  encounter: { ground: 11, strokes: [{ d: ring(0, 0, 11), tone: 'lead' }, { d: ring(-3, 0, 5.5), tone: 'lead' }, { d: ring(3, 0, 5.5), tone: 'lead' }] },
  loitering: sign('noais', 'M0 0c2-2.4 4.6 .4 3 2.6C.8 5.6-4.6 3.4-4.6-.6-4.6-6 2.6-8.4 6.4-4.4'),
  transshipment_posture: { ground: 11, strokes: [
    { d: ring(0, 0, 11), tone: 'noais' }, { d: ring(-3, 0, 5.5), tone: 'noais' }, { d: ring(3, 0, 5.5), tone: 'noais', dash: [2, 2.6] }] },
  drift: sign('noais', 'M-9 1.5C-6.5-2.5-4.5-2.5-2 1.5S2.5 5.5 5 1.5L7-2', 'M3.2-1.6 7.2-2.4 7.8 1.6'),
  identity_conflict: { ground: 9.5, strokes: [{ d: triangle(-3, 1.5), tone: 'lead', fill: true }, { d: triangle(3, -1.5), tone: 'lead', fill: true }] },
  identity_contradiction: sign('lead', 'M-7-2.6H7M-7 2.6H7', 'M3.4-7.4-3.4 7.4'),
  mmsi_change: sign('lead', 'M-8-6V6M8-6V6', 'M-5 0H4.4M1.2-3.2 4.4 0 1.2 3.2'),
  impossible_motion: sign('noais', 'M-8 5-2-1M2 1 8-5M3.4-5H8v4.6'),
  motion_contradiction: sign('noais', 'M-5 7V-6M-8-3-5-6-2-3', 'M-5 7 7 2M3.2 .2 7 2 5.4 5.8'),
  circular_track: sign('noais', 'M6.4 0A6.4 6.4 0 1 1 2.2-6', 'M5.6-8.4 2.2-6 4.8-2.8'),
  copied_track: sign('lead', 'M-9 1.5-5-5-1 1.5 3-5', 'M-4.5 6.5-.5 0 3.5 6.5 7.5 0'),
  unusual_departure: sign('noais', ring(-4.6, 4.6, 2.6), 'M-2.4 2.4 6.6-6.6M1.6-6.6H6.6v5'),
  area_entry: sign('ink', 'M-1-7H7V7H-1', 'M-8.6 0H2.4M-1-3.4 2.4 0-1 3.4'),
  stop: sign('track', 'M-5-5H5V5H-5z'),
  port_visit: sign('track', ring(0, -6.4, 1.8), 'M0-4.6V7M-3.6-2H3.6', 'M-6.6 2C-6 6-2.6 7 0 7S6 6 6.6 2'),
  speed_change: sign('track', 'M-8 5H-1V-4H8', 'M4.8-7.2 8-4 4.8-.8'),
  mmsi_near_miss: sign('track', triangle(-2.4, 0), 'M4-5.6H8V-1.6H4z'),
  on_land: sign('track', triangle(0, -2.4), 'M-9 5.4H9M-6 8.4-4 5.4M-1 8.4 1 5.4M4 8.4 6 5.4'),
  receiver_contradiction: sign('track', 'M0 8V-2M-4 8H4', 'M-4-2A5.6 5.6 0 0 1 4-2M-7-5A9.6 9.6 0 0 1 7-5', 'M-7 6 7-8'),
  clock_fault: sign('track', ring(0, 0, 7), 'M0-4.4V0L3.4 2.2'),
};

function draw(c: CanvasRenderingContext2D, name: SymbolName, t: Tokens, quiet: boolean): void {
  const colour = (token: string): string => t[quiet && (token === 'lead' || token === 'noais') ? 'track' : token] ?? '#000';
  const stroke = (path: string, token: string, width: number, fill?: string): void => {
    const p = new Path2D(path);
    if (fill) {
      c.fillStyle = fill;
      c.fill(p);
    }
    c.strokeStyle = colour(token);
    c.lineWidth = width;
    c.stroke(p);
  };
  const disc = (r: number, fill: string): void => {
    c.beginPath();
    c.arc(0, 0, r, 0, 7);
    c.fillStyle = fill;
    c.fill();
  };
  c.lineJoin = 'round';
  c.lineCap = 'round';
  if (name === 'corners') stroke(CORNERS, 'lead', 2);
  else if (name === 'corners-selected') {
    c.scale(1.08, 1.08);
    stroke(CORNERS, 'sea', 5);
    stroke(CORNERS, 'lead', 2.6);
  } else if (name === 'bar') {
    stroke('M-6 0H6', 'sea', 4);
    stroke('M-6 0H6', 'ink', 1.8);
  } else if (name === 'place') disc(2, colour('ink-2'));
  else {
    const { ground, strokes } = EVENT_SIGNS[name];
    c.globalAlpha = 0.85;
    disc(ground, colour('sea'));
    c.globalAlpha = 1;
    for (const one of strokes) {
      c.setLineDash([...(one.dash ?? [])]);
      stroke(one.d, one.tone, one.width ?? 1.6, one.fill ? colour('sea') : undefined);
    }
  }
}

/** Adds the images, or redraws them in another palette. */
export function paintSymbols(map: MapLibreMap, t: Tokens): void {
  for (const name of [...EVENT_KINDS, ...OTHERS]) paint(map, name, name, t, false);
  for (const name of EVENT_KINDS) paint(map, `${name}-quiet`, name, t, true);
}

function paint(map: MapLibreMap, id: string, name: SymbolName, t: Tokens, quiet: boolean): void {
  const side = Math.round((SIZE[name] ?? EVENT_SIZE) * RATIO * (quiet ? QUIET : 1));
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = side;
  const c = canvas.getContext('2d');
  if (!c) return;
  c.translate(side / 2, side / 2);
  c.scale(RATIO * (quiet ? QUIET : 1), RATIO * (quiet ? QUIET : 1));
  draw(c, name, t, quiet);
  const image = c.getImageData(0, 0, side, side);
  if (map.hasImage(id)) map.updateImage(id, image);
  else map.addImage(id, image, { pixelRatio: RATIO });
}
