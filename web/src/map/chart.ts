/**
 * The chart as one object: owns the MapLibre map and its layers, takes data and colours, tells what was clicked. It
 * knows no component, no URL and no language. North is up and the chart is flat, always.
 */
import { Map as MapLibreMap, setWorkerUrl, type GeoJSONSource, type MapMouseEvent } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import type { Feature } from 'geojson';
import type { Tokens } from '../core/palette.svelte';
import type { LatLon } from '../core/units';
import type { Camera } from '../core/url.svelte';
import type { VesselTable } from '../core/vessel-table';
import { flatView } from './gl';
import { graticule, gridStep, type GridLabel } from './graticule';
import { collection } from './overlays';
import { buildLayers, buildStyle } from './style';
import { paintSymbols } from './symbols';
import { TrailLayer } from './trail-layer';
import { VesselLayer, type VesselsToDraw } from './vessel-layer';

setWorkerUrl(workerUrl);

/** Natural Earth 1:10m is built in for this box; beyond it the coarser world is fetched from the node when it is seen. */
const REGION = { west: -120, south: -20, east: -40, north: 35 };
export const HOME: Camera = { lat: 11.6, lon: -78.4, zoom: 5.6 };
const PICK_PX = 14;
const OVERLAY_MS = 500;

export type OverlaySource = 'track' | 'events' | 'claims' | 'leads' | 'names' | 'tools';
export interface Picked { lead?: string; event?: string; vessel?: number }
export interface ChartEvents {
  pick: (picked: Picked, at: LatLon) => void;
  cursor: (at: LatLon | null) => void;
  moved: (camera: Camera) => void;
  /** Grid labels in pixels, and the ground scale. */
  framed: (labels: { x: number; y: number; text: string; axis: 'lat' | 'lon' }[], view: { lat: number; zoom: number; width: number }) => void;
  ready: () => void;
}

export function hasWebGl2(): boolean {
  try {
    const gl = document.createElement('canvas').getContext('webgl2');
    gl?.getExtension('WEBGL_lose_context')?.loseContext();
    return gl !== null;
  } catch {
    return false;
  }
}

export class Chart {
  readonly map: MapLibreMap;
  readonly vessels = new VesselLayer();
  readonly trails = new TrailLayer();
  #tokens: Tokens;
  #ready = false;
  #world = false;
  #step = 0;
  #grid: GridLabel[] = [];
  #pending = new Map<OverlaySource, Feature[]>();
  #timers = new Map<OverlaySource, ReturnType<typeof setTimeout>>();
  #table: VesselTable | null = null;
  #visible: (row: number) => boolean = () => true;
  #until = Number.POSITIVE_INFINITY;
  /** Pixels on the right that a drawer covers. */
  #covered: () => number = () => 0;

  constructor(container: HTMLElement, camera: Camera, tokens: Tokens, readonly on: ChartEvents) {
    this.#tokens = tokens;
    this.map = new MapLibreMap({
      container, style: buildStyle(tokens), center: [camera.lon, camera.lat], zoom: camera.zoom,
      minZoom: 1.5, maxZoom: 16, fadeDuration: 0, attributionControl: false, dragRotate: false, pitchWithRotate: false,
      touchPitch: false, renderWorldCopies: false, keyboard: true,
      // A print or an export of the page must hold the chart too.
      canvasContextAttributes: { preserveDrawingBuffer: true, antialias: true },
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.keyboard.disableRotation();
    this.vessels.paint(tokens);
    this.trails.paint(tokens);
    // Before the first tiles are laid out, which want the images.
    this.map.on('style.load', () => this.#load());
    this.map.on('move', () => this.#frame());
    this.map.on('resize', () => this.#frame());
    this.map.on('moveend', () => {
      const c = this.map.getCenter();
      on.moved({ lat: c.lat, lon: c.lng, zoom: this.map.getZoom() });
    });
    this.map.on('mousemove', (e) => on.cursor({ lat: e.lngLat.lat, lon: e.lngLat.lng }));
    this.map.on('mouseout', () => on.cursor(null));
    this.map.on('click', (e) => this.#click(e));
  }

  #load(): void {
    paintSymbols(this.map, this.#tokens);
    this.map.addLayer(this.trails, 'track');
    this.map.addLayer(this.vessels, 'events');
    this.#ready = true;
    for (const name of [...this.#pending.keys()]) this.#give(name);
    this.#frame();
    this.on.ready();
  }

  repaint(tokens: Tokens): void {
    this.#tokens = tokens;
    this.vessels.paint(tokens);
    this.trails.paint(tokens);
    if (!this.#ready) {
      this.map.once('style.load', () => this.repaint(this.#tokens));
      return;
    }
    for (const layer of buildLayers(tokens)) {
      for (const [key, value] of Object.entries(layer.paint ?? {})) this.map.setPaintProperty(layer.id, key as never, value as never);
      // A label's second line carries its colour in the layout.
      if (layer.id === 'lead-labels' && layer.type === 'symbol') this.map.setLayoutProperty(layer.id, 'text-field', layer.layout?.['text-field']);
    }
    paintSymbols(this.map, tokens);
  }

  drawVessels(input: VesselsToDraw): void {
    this.#table = input.table;
    this.#visible = input.visible;
    this.#until = input.until;
    this.trails.setNow(input.now, input.until);
    this.vessels.update(input);
  }

  /** At once, then at most twice a second: a fast replay changes events at every message, and each change cuts tiles anew. */
  overlay(name: OverlaySource, features: Feature[]): void {
    this.#pending.set(name, features);
    if (!this.#ready || this.#timers.has(name)) return;
    this.#give(name);
    this.#timers.set(name, setTimeout(() => {
      this.#timers.delete(name);
      const waiting = this.#pending.get(name);
      if (waiting) this.overlay(name, waiting);
    }, OVERLAY_MS));
  }
  #give(name: OverlaySource): void {
    const features = this.#pending.get(name);
    this.#pending.delete(name);
    if (features) void (this.map.getSource(name) as GeoJSONSource | undefined)?.setData(collection(features));
  }

  coveredBy(covered: () => number): void {
    this.#covered = covered;
  }

  /** Brings a place into sight without a flight: the picture must not move more than it has to. `zoom` is for a place out of sight. */
  show(at: LatLon, zoom?: number): void {
    const px = this.map.project([at.lon, at.lat]);
    const { clientWidth: w, clientHeight: h } = this.map.getCanvas();
    const inside = px.x > 60 && px.y > 60 && px.x < w - 60 - this.#covered() && px.y < h - 120;
    if (inside) return;
    if (zoom !== undefined) this.map.jumpTo({ zoom });
    this.centre(at);
  }
  centre(at: LatLon): void {
    this.map.jumpTo({ center: [at.lon, at.lat] });
    const covered = this.#covered();
    if (covered > 0) this.map.panBy([covered / 2, 0], { animate: false });
  }
  fit(points: readonly LatLon[], maxZoom = 9): void {
    const lats = points.map((p) => p.lat), lons = points.map((p) => p.lon);
    if (points.length === 0) return;
    this.map.fitBounds([[Math.min(...lons), Math.min(...lats)], [Math.max(...lons), Math.max(...lats)]], { padding: 90, maxZoom, animate: false });
  }

  /** Opens where the data is: when no vessel is in sight, the frame goes round most of them. */
  seekVessels(): void {
    const table = this.#table;
    if (!table || this.rowsInView(1).length > 0) return;
    const rows = Array.from({ length: table.size }, (_, i) => i).filter((i) => this.#shown(table, i));
    if (rows.length === 0) return;
    // A few wrong positions must not open the whole world.
    const middle = (values: number[]): [number, number] => {
      const sorted = values.sort((a, b) => a - b);
      const edge = Math.floor(sorted.length * 0.02);
      return [sorted[edge] as number, sorted[sorted.length - 1 - edge] as number];
    };
    const [south, north] = middle(rows.map((i) => table.lat[i] as number));
    const [west, east] = middle(rows.map((i) => table.lon[i] as number));
    this.fit([{ lat: south, lon: west }, { lat: north, lon: east }], 11);
  }

  /** Rows on screen, for labels. */
  rowsInView(limit: number): number[] {
    const table = this.#table;
    if (!table) return [];
    const view = flatView(this.map);
    const [dx, dy] = [view.width / 2 / view.scale, view.height / 2 / view.scale];
    const out: number[] = [];
    for (let i = 0; i < table.size && out.length < limit; i++) {
      if (Math.abs((table.x[i] as number) - view.x) < dx && Math.abs((table.y[i] as number) - view.y) < dy && this.#shown(table, i)) out.push(i);
    }
    return out;
  }
  #shown(table: VesselTable, i: number): boolean {
    const t = table.t[i] as number;
    return Number.isFinite(t) && t <= this.#until && this.#visible(i);
  }

  #click(e: MapMouseEvent): void {
    const at = { lat: e.lngLat.lat, lon: e.lngLat.lng };
    const reach: [[number, number], [number, number]] = [[e.point.x - PICK_PX, e.point.y - PICK_PX], [e.point.x + PICK_PX, e.point.y + PICK_PX]];
    const picked: Picked = {};
    const vessel = this.#nearest(e.point.x, e.point.y);
    if (vessel !== null) picked.vessel = vessel;
    const found = this.map.queryRenderedFeatures(reach, { layers: ['leads', 'events'] });
    const lead = found.find((f) => f.layer.id === 'leads');
    const event = found.find((f) => f.layer.id === 'events');
    if (lead) picked.lead = String(lead.properties['id']);
    if (event) picked.event = String(event.properties['id']);
    this.on.pick(picked, at);
  }

  #nearest(px: number, py: number): number | null {
    const table = this.#table;
    if (!table) return null;
    const view = flatView(this.map);
    let best = PICK_PX * PICK_PX, found: number | null = null;
    for (let i = 0; i < table.size; i++) {
      const dx = ((table.x[i] as number) - view.x) * view.scale + view.width / 2 - px;
      const dy = ((table.y[i] as number) - view.y) * view.scale + view.height / 2 - py;
      const d = dx * dx + dy * dy;
      if (d < best && this.#shown(table, i)) {
        best = d;
        found = table.mmsi[i] as number;
      }
    }
    return found;
  }

  #frame(): void {
    const b = this.map.getBounds();
    const bounds = { west: b.getWest(), south: b.getSouth(), east: b.getEast(), north: b.getNorth() };
    const width = this.map.getCanvas().clientWidth, height = this.map.getCanvas().clientHeight;
    if (width === 0) return;
    if (!this.#world && this.#ready && (bounds.west < REGION.west || bounds.east > REGION.east || bounds.south < REGION.south || bounds.north > REGION.north)) {
      this.#world = true;
      void (this.map.getSource('world') as GeoJSONSource | undefined)?.setData('/basemap/world.json');
    }
    const step = gridStep((bounds.east - bounds.west) / width);
    const grid = graticule(bounds, step);
    const changed = step !== this.#step || grid.labels.map((l) => l.text).join() !== this.#grid.map((l) => l.text).join();
    if (changed && this.#ready) {
      this.#step = step;
      this.#grid = grid.labels;
      void (this.map.getSource('graticule') as GeoJSONSource | undefined)?.setData(collection(grid.features));
    }
    const labels = grid.labels.map((l) => {
      const p = this.map.project(l.axis === 'lon' ? [l.at, bounds.north] : [bounds.east, l.at]);
      return { text: l.text, axis: l.axis, x: Math.round(p.x), y: Math.round(p.y) };
    }).filter((l) => (l.axis === 'lon' ? l.x > 20 && l.x < width - 70 : l.y > 30 && l.y < height - 70));
    this.on.framed(labels, { lat: (bounds.north + bounds.south) / 2, zoom: this.map.getZoom(), width });
  }

  remove(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.map.remove();
  }
}
