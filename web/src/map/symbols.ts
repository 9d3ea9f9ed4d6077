/**
 * The marks that stand on the chart beside the vessels, drawn once per palette on a canvas and given to the map as
 * images: ring of two, curl, doubled triangle, jump, four corners, cross-bar, place dot.
 */
import type { Map as MapLibreMap } from 'maplibre-gl';
import type { Tokens } from '../core/palette.svelte';

const EVENTS = ['encounter', 'loitering', 'identity_conflict', 'impossible_motion', 'gap'] as const;
const OTHERS = ['corners', 'corners-selected', 'bar', 'place'] as const;
type SymbolName = (typeof EVENTS)[number] | (typeof OTHERS)[number];
/** Every event also as context: the same shape, smaller, in the colour of routine traffic. */
const QUIET = 0.72;

const RATIO = 2;
const SIZE: Record<SymbolName, number> = {
  encounter: 26, loitering: 22, identity_conflict: 22, impossible_motion: 22, gap: 18, corners: 30, 'corners-selected': 32, bar: 16, place: 8,
};

/** Paths in the mock's coordinates, origin in the middle. Used by the legend too. */
export const CORNERS = 'M-13-6v-7h7M6-13h7v7M13 6v7H6M-6 13h-7V6';
export const TRIANGLE = 'M0-6.5 4 5 0 3-4 5z';
export const CURL = 'M0 0c2-2.4 4.6 .4 3 2.6C.8 5.6-4.6 3.4-4.6-.6-4.6-6 2.6-8.4 6.4-4.4';
export const JUMP = 'M-8 5-2-1M2 1 8-5M3.4-5H8v4.6';

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
  const disc = (x: number, y: number, r: number, fill: string | null, token: string | null, width = 1.6): void => {
    c.beginPath();
    c.arc(x, y, r, 0, 7);
    if (fill) {
      c.fillStyle = fill;
      c.fill();
    }
    if (token) {
      c.strokeStyle = colour(token);
      c.lineWidth = width;
      c.stroke();
    }
  };
  c.lineJoin = 'round';
  c.lineCap = 'round';
  if (name === 'encounter') {
    c.globalAlpha = 0.85;
    disc(0, 0, 11, colour('sea'), null);
    c.globalAlpha = 1;
    disc(0, 0, 11, null, 'lead');
    disc(-3, 0, 5.5, null, 'lead');
    disc(3, 0, 5.5, null, 'lead');
  } else if (name === 'loitering') {
    c.globalAlpha = 0.85;
    disc(0, 0, 9.5, colour('sea'), null);
    c.globalAlpha = 1;
    stroke(CURL, 'noais', 1.8);
    disc(0, 0, 1.2, colour('noais'), null);
  } else if (name === 'identity_conflict') {
    c.globalAlpha = 0.85;
    disc(0, 0, 9.5, colour('sea'), null);
    c.globalAlpha = 1;
    c.translate(-3, 1.5);
    stroke(TRIANGLE, 'lead', 1.4, colour('sea'));
    c.translate(6, -3);
    stroke(TRIANGLE, 'lead', 1.4, colour('sea'));
  } else if (name === 'impossible_motion') {
    c.globalAlpha = 0.85;
    disc(0, 0, 9.5, colour('sea'), null);
    c.globalAlpha = 1;
    stroke(JUMP, 'noais', 1.8);
  } else if (name === 'gap') {
    stroke('M-7-5V5M7-5V5', 'ink', 1.8);
    c.setLineDash([3, 3]);
    stroke('M-6 0H6', 'ink', 1.6);
  } else if (name === 'corners') stroke(CORNERS, 'lead', 2);
  else if (name === 'corners-selected') {
    c.scale(1.08, 1.08);
    stroke(CORNERS, 'sea', 5);
    stroke(CORNERS, 'lead', 2.6);
  } else if (name === 'bar') {
    stroke('M-6 0H6', 'sea', 4);
    stroke('M-6 0H6', 'ink', 1.8);
  } else disc(0, 0, 2, colour('ink-2'), null);
}

/** Adds the images, or redraws them in another palette. */
export function paintSymbols(map: MapLibreMap, t: Tokens): void {
  for (const name of [...EVENTS, ...OTHERS]) paint(map, name, name, t, false);
  for (const name of EVENTS) paint(map, `${name}-quiet`, name, t, true);
}

function paint(map: MapLibreMap, id: string, name: SymbolName, t: Tokens, quiet: boolean): void {
  const side = Math.round(SIZE[name] * RATIO * (quiet ? QUIET : 1));
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
