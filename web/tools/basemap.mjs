/**
 * Builds the basemap that the page carries: Natural Earth (public domain) from npm `world-atlas`, 1:10m shores and
 * borders around the western Caribbean and the eastern Pacific, 1:50m elsewhere. Written under public/basemap at each
 * build, never committed. It fetches nothing.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { feature, mesh } from 'topojson-client';

const require = createRequire(import.meta.url);
const out = join(dirname(fileURLToPath(import.meta.url)), '..', 'public', 'basemap');
/** West, south, east, north of the detailed region. */
const REGION = [-120, -20, -40, 35];
const atlas = (name) => JSON.parse(readFileSync(require.resolve(`world-atlas/${name}`), 'utf8'));
const round = (n, digits) => Math.round(n * 10 ** digits) / 10 ** digits;

/** Sutherland-Hodgman against one side. `inside` keeps, `cut` gives the crossing point. */
function clipSide(ring, inside, cut) {
  const result = [];
  for (let i = 0; i < ring.length; i++) {
    const a = ring[(i + ring.length - 1) % ring.length];
    const b = ring[i];
    if (inside(b)) {
      if (!inside(a)) result.push(cut(a, b));
      result.push(b);
    } else if (inside(a)) result.push(cut(a, b));
  }
  return result;
}
const atX = (x) => (a, b) => [x, a[1] + ((b[1] - a[1]) * (x - a[0])) / (b[0] - a[0])];
const atY = (y) => (a, b) => [a[0] + ((b[0] - a[0]) * (y - a[1])) / (b[1] - a[1]), y];

function clipRing(ring, [w, s, e, n]) {
  let r = ring.slice(0, -1);
  r = clipSide(r, (p) => p[0] >= w, atX(w));
  r = clipSide(r, (p) => p[0] <= e, atX(e));
  r = clipSide(r, (p) => p[1] >= s, atY(s));
  r = clipSide(r, (p) => p[1] <= n, atY(n));
  return r.length < 3 ? null : [...r, r[0]];
}

function polygons(geometry) {
  if (geometry.type === 'Polygon') return [geometry.coordinates];
  return geometry.type === 'MultiPolygon' ? geometry.coordinates : [];
}
function tidy(ring, digits) {
  const points = [];
  for (const p of ring) {
    const q = [round(p[0], digits), round(p[1], digits)];
    const last = points.at(-1);
    if (!last || last[0] !== q[0] || last[1] !== q[1]) points.push(q);
  }
  return points.length < 4 ? null : points;
}
const box = (ring) => ring.reduce((b, p) => [Math.min(b[0], p[0]), Math.min(b[1], p[1]), Math.max(b[2], p[0]), Math.max(b[3], p[1])],
  [180, 90, -180, -90]);
const meets = (a, b) => a[0] < b[2] && a[2] > b[0] && a[1] < b[3] && a[3] > b[1];
const within = (a, b) => a[0] >= b[0] && a[2] <= b[2] && a[1] >= b[1] && a[3] <= b[3];

/** The coarse world without the region, so that the two never overlap: four rectangles around it. */
const AROUND = [
  [-180, -90, REGION[0], 90], [REGION[2], -90, 180, 90],
  [REGION[0], REGION[3], REGION[2], 90], [REGION[0], -90, REGION[2], REGION[1]],
];

function clipLand(collection, boxes, digits) {
  const result = [];
  for (const f of collection) {
    for (const rings of polygons(f.geometry)) {
      for (const clip of boxes) {
        if (!meets(box(rings[0]), clip)) continue;
        const kept = (within(box(rings[0]), clip) ? rings : rings.map((r) => clipRing(r, clip)).filter(Boolean))
          .map((r) => tidy(r, digits)).filter(Boolean);
        if (kept.length > 0) result.push(kept);
      }
    }
  }
  return { type: 'MultiPolygon', coordinates: result };
}

const inBox = (p, b) => p[0] >= b[0] && p[0] <= b[2] && p[1] >= b[1] && p[1] <= b[3];
/** Cuts a line where it leaves all the boxes; the crossing point itself is close enough at these scales. */
function clipLines(lines, boxes, digits) {
  const result = [];
  for (const line of lines) {
    let run = [];
    for (const p of line) {
      if (boxes.some((b) => inBox(p, b))) run.push([round(p[0], digits), round(p[1], digits)]);
      else {
        if (run.length > 1) result.push(run);
        run = [];
      }
    }
    if (run.length > 1) result.push(run);
  }
  return { type: 'MultiLineString', coordinates: result };
}

/** Shore lines apart from the fill: a clipped polygon must not draw its cut as a shore. */
function shores(collection, boxes, digits) {
  const rings = collection.flatMap((f) => polygons(f.geometry).flat());
  return clipLines(rings, boxes, digits);
}

const feat = (layer, geometry) => ({ type: 'Feature', properties: { layer }, geometry });
function write(name, features) {
  const text = JSON.stringify({ type: 'FeatureCollection', features });
  writeFileSync(join(out, name), text);
  return `${name} ${(text.length / 1024).toFixed(0)} KB`;
}

mkdirSync(out, { recursive: true });
const started = process.hrtime.bigint();
const fine = atlas('countries-10m.json');
const coarse = atlas('countries-50m.json');
const fineLand = feature(fine, fine.objects.land);
const coarseLand = feature(coarse, coarse.objects.land);
const asList = (x) => (x.type === 'FeatureCollection' ? x.features : [x]);
const borders = (topology) => mesh(topology, topology.objects.countries, (a, b) => a !== b).coordinates;

const report = [
  write('region.json', [
    feat('land', clipLand(asList(fineLand), [REGION], 3)), feat('coast', shores(asList(fineLand), [REGION], 3)),
    feat('border', clipLines(borders(fine), [REGION], 3)),
  ]),
  write('world.json', [
    feat('land', clipLand(asList(coarseLand), AROUND, 2)), feat('coast', shores(asList(coarseLand), AROUND, 2)),
    feat('border', clipLines(borders(coarse), AROUND, 2)),
  ]),
];
process.stdout.write(`basemap: ${report.join(', ')}, ${Number((process.hrtime.bigint() - started) / 1_000_000n)} ms\n`);
