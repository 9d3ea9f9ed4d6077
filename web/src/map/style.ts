/**
 * The chart's layers from the colour tokens. No glyph server: `glyphs` is left out, so that letters are drawn from the
 * machine's own fonts. Nothing here asks anyone off the node for anything.
 */
import type { ExpressionSpecification, LayerSpecification, SourceSpecification, StyleSpecification } from 'maplibre-gl';
import type { Tokens } from '../core/palette.svelte';
import { PLACES } from './places';
import { SPEED_WIDTHS } from './speed';

export const EMPTY = { type: 'FeatureCollection' as const, features: [] };
/** The family names need not exist: the weight is read from the name and the family falls back to sans-serif. */
const REGULAR = ['sans-serif'];
const BOLD = ['Sans Semibold'];

const bySpeed = (values: readonly (string | number)[]): ExpressionSpecification =>
  ['match', ['get', 'speed'], 1, values[1], 2, values[2], 3, values[3], 4, values[4], values[0]] as unknown as ExpressionSpecification;

const geojson = (data: string | object): SourceSpecification =>
  ({ type: 'geojson', data, tolerance: 0.2, buffer: 32, maxzoom: 12 }) as SourceSpecification;
/** Sources that change with the data are cut without simplification. */
const live = (): SourceSpecification => ({ type: 'geojson', data: EMPTY, tolerance: 0, buffer: 64, maxzoom: 14 });

export function buildSources(): Record<string, SourceSpecification> {
  const places = PLACES.map((p) => ({
    type: 'Feature', properties: { name: p.name, from: p.from }, geometry: { type: 'Point', coordinates: [p.lon, p.lat] },
  }));
  return {
    region: geojson('/basemap/region.json'), world: geojson(EMPTY),
    places: geojson({ type: 'FeatureCollection', features: places }),
    graticule: live(), track: live(), events: live(), claims: live(), leads: live(), names: live(), tools: live(),
  };
}

export function buildLayers(t: Tokens): LayerSpecification[] {
  const c = (token: string): string => t[token] ?? '#000000';
  const layers: LayerSpecification[] = [
    { id: 'sea', type: 'background', paint: { 'background-color': c('sea') } },
    { id: 'graticule', type: 'line', source: 'graticule', paint: { 'line-color': c('grid'), 'line-width': 1 } },
  ];
  for (const source of ['world', 'region']) {
    layers.push(
      { id: `${source}-land`, type: 'fill', source, filter: ['==', ['get', 'layer'], 'land'],
        paint: { 'fill-color': c('land'), 'fill-antialias': false } },
      { id: `${source}-border`, type: 'line', source, filter: ['==', ['get', 'layer'], 'border'],
        paint: { 'line-color': c('coast'), 'line-width': 0.7, 'line-opacity': 0.7, 'line-dasharray': [5, 4] } },
      { id: `${source}-coast`, type: 'line', source, filter: ['==', ['get', 'layer'], 'coast'],
        layout: { 'line-join': 'round' }, paint: { 'line-color': c('coast'), 'line-width': 0.9 } },
    );
  }
  layers.push(
    { id: 'places', type: 'symbol', source: 'places', filter: ['<=', ['get', 'from'], ['zoom']],
      layout: {
        'icon-image': 'place', 'icon-allow-overlap': true, 'text-field': ['get', 'name'], 'text-font': REGULAR, 'text-size': 11,
        'text-variable-anchor': ['left', 'right', 'top', 'bottom'], 'text-radial-offset': 0.6, 'text-justify': 'auto', 'text-optional': true,
      },
      paint: { 'text-color': c('ink-2'), 'text-halo-color': c('sea'), 'text-halo-width': 1.4 } },
    { id: 'track', type: 'line', source: 'track', filter: ['==', ['get', 'kind'], 'track'],
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: {
        'line-color': bySpeed([0, 1, 2, 3, 4].map((k) => c(`speed-${k}`))),
        'line-width': bySpeed(SPEED_WIDTHS.map((w) => w + 0.8)),
      } },
    { id: 'gap-ground', type: 'line', source: 'track', filter: ['==', ['get', 'kind'], 'gap'],
      paint: { 'line-color': c('sea'), 'line-width': 5 } },
    { id: 'gap', type: 'line', source: 'track', filter: ['==', ['get', 'kind'], 'gap'],
      paint: { 'line-color': c('ink'), 'line-width': 1.6, 'line-dasharray': [4.5, 3.2] } },
    { id: 'gap-bars', type: 'symbol', source: 'track', filter: ['==', ['get', 'kind'], 'bar'],
      layout: { 'icon-image': 'bar', 'icon-rotate': ['get', 'turn'], 'icon-allow-overlap': true, 'icon-ignore-placement': true,
        'icon-rotation-alignment': 'map' } },
    { id: 'vector', type: 'line', source: 'track', filter: ['==', ['get', 'kind'], 'vector'],
      paint: { 'line-color': c('ink'), 'line-width': 1.2 } },
    { id: 'rings', type: 'line', source: 'tools', filter: ['==', ['get', 'kind'], 'ring'],
      paint: { 'line-color': c('own'), 'line-width': 1, 'line-dasharray': [2, 3] } },
    { id: 'measure', type: 'line', source: 'tools', filter: ['==', ['get', 'kind'], 'measure'],
      paint: { 'line-color': c('focus'), 'line-width': 1.6 } },
    { id: 'measure-ends', type: 'circle', source: 'tools', filter: ['==', ['get', 'kind'], 'end'],
      paint: { 'circle-radius': 4, 'circle-color': c('sea'), 'circle-stroke-color': c('focus'), 'circle-stroke-width': 1.6 } },
    { id: 'tool-labels', type: 'symbol', source: 'tools', filter: ['has', 'label'],
      layout: { 'text-field': ['get', 'label'], 'text-font': REGULAR, 'text-size': 11, 'text-allow-overlap': true, 'text-offset': [0, -0.9] },
      paint: { 'text-color': c('ink'), 'text-halo-color': c('sea'), 'text-halo-width': 1.6 } },
    { id: 'events', type: 'symbol', source: 'events',
      layout: { 'icon-image': ['get', 'kind'], 'icon-allow-overlap': true, 'icon-ignore-placement': true, 'symbol-sort-key': ['get', 'rank'] } },
    // Others' contacts: a hollow ring and whose it is, never the sign of a vessel that our receivers heard.
    { id: 'claims', type: 'circle', source: 'claims',
      paint: { 'circle-radius': 6, 'circle-opacity': 0, 'circle-stroke-color': ['case', ['get', 'withdrawn'], c('ink-2'), c('noais')], 'circle-stroke-width': 1.6 } },
    { id: 'claim-labels', type: 'symbol', source: 'claims',
      layout: { 'text-field': ['get', 'label'], 'text-font': REGULAR, 'text-size': 11, 'text-variable-anchor': ['left', 'right', 'top', 'bottom'], 'text-radial-offset': 0.9, 'text-optional': true },
      paint: { 'text-color': c('ink-2'), 'text-halo-color': c('sea'), 'text-halo-width': 1.4 } },
    { id: 'leads', type: 'symbol', source: 'leads',
      layout: {
        'icon-image': ['case', ['get', 'selected'], 'corners-selected', 'corners'], 'icon-allow-overlap': true, 'icon-ignore-placement': true,
        'symbol-sort-key': ['get', 'rank'],
      } },
    { id: 'names', type: 'symbol', source: 'names',
      layout: {
        'text-field': ['get', 'name'], 'text-font': REGULAR, 'text-size': 11, 'text-variable-anchor': ['left', 'right', 'top', 'bottom'],
        'text-radial-offset': 0.9, 'text-justify': 'auto',
      },
      paint: { 'text-color': c('ink-2'), 'text-halo-color': c('sea'), 'text-halo-width': 1.4 } },
    { id: 'lead-labels', type: 'symbol', source: 'leads', filter: ['has', 'title'],
      layout: {
        'text-field': ['format', ['get', 'title'], { 'text-font': ['literal', BOLD], 'font-scale': 1 }, '\n', {},
          ['get', 'line'], { 'text-font': ['literal', REGULAR], 'text-color': c('ink-2'), 'font-scale': 0.92 }] as unknown as ExpressionSpecification,
        'text-font': REGULAR, 'text-size': 12, 'text-variable-anchor': ['left', 'right', 'bottom', 'top'], 'text-radial-offset': 1.7,
        'text-justify': 'auto', 'text-max-width': 30, 'symbol-sort-key': ['get', 'rank'], 'text-line-height': 1.15,
      },
      paint: { 'text-color': c('ink'), 'text-halo-color': c('sea'), 'text-halo-width': 1.8 } },
  );
  return layers;
}

export const buildStyle = (t: Tokens): StyleSpecification => ({ version: 8, sources: buildSources(), layers: buildLayers(t) });
