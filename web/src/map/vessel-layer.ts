/**
 * Vessels as hollow heading triangles, one instanced quad each. Shape carries the state: triangle with a heading, ring
 * without one, dashed when stale, filled when selected, square for stations that are no ships. Thousands cost one
 * buffer fill and one draw call; MapLibre's symbols cost a placement pass each.
 */
import type { CustomLayerInterface, Map as MapLibreMap } from 'maplibre-gl';
import type { Tokens } from '../core/palette.svelte';
import { STATIONS, type VesselTable } from '../core/vessel-table';
import { buildProgram, flatView, rgb, type Rgb } from './gl';

const FLOATS = 5;
/** Bits of the kind that the shader reads. */
const STALE = 1, SELECTED = 2, RING = 4, SQUARE = 8;
/** Below this speed a course over ground says nothing about where the bow points. */
const COURSE_FROM_KN = 0.6;

const VERTEX = `
layout(location=0) in vec2 corner; layout(location=1) in vec2 at; layout(location=2) in float angle;
layout(location=3) in float kind; layout(location=4) in float size;
uniform vec2 offset; uniform float scale; uniform vec2 view;
out vec2 p; flat out int k;
void main() {
  k = int(kind);
  float reach = 10.0 * size;
  vec2 px = at * scale + offset + corner * reach;
  float c = cos(angle), s = sin(angle);
  vec2 q = corner * 10.0;
  p = vec2(c * q.x + s * q.y, -s * q.x + c * q.y);
  gl_Position = vec4(px.x / view.x * 2.0, -px.y / view.y * 2.0, 0.0, 1.0);
}`;

const FRAGMENT = `
in vec2 p; flat in int k; out vec4 colour;
uniform vec3 ground; uniform vec3 line; uniform vec3 old; uniform vec3 ink; uniform float ratio;
float along = 0.0; float best = 1e9; float run = 0.0;
void edge(vec2 a, vec2 b) {
  vec2 e = b - a; vec2 w = p - a; float t = clamp(dot(w, e) / dot(e, e), 0.0, 1.0);
  float d = length(w - e * t);
  if (d < best) { best = d; along = run + t * length(e); }
  run += length(e);
}
bool inside(vec2 a, vec2 b, bool was) {
  if ((a.y > p.y) != (b.y > p.y) && p.x < (b.x - a.x) * (p.y - a.y) / (b.y - a.y) + a.x) return !was;
  return was;
}
void main() {
  bool stale = (k & 1) != 0, chosen = (k & 2) != 0;
  float d;
  if ((k & 4) != 0) { d = length(p) - 3.4; along = atan(p.y, p.x) * 3.4; }
  else if ((k & 8) != 0) { vec2 q = abs(p) - vec2(3.2); d = length(max(q, 0.0)) + min(max(q.x, q.y), 0.0); along = p.x + p.y; }
  else {
    vec2 a = vec2(0.0, -7.0), b = vec2(4.2, 5.2), c = vec2(0.0, 3.2), e = vec2(-4.2, 5.2);
    edge(a, b); edge(b, c); edge(c, e); edge(e, a);
    bool in_ = false; in_ = inside(a, b, in_); in_ = inside(b, c, in_); in_ = inside(c, e, in_); in_ = inside(e, a, in_);
    d = in_ ? -best : best;
  }
  float soft = 0.75 / ratio;
  float fill = 1.0 - smoothstep(-soft, soft, d);
  float stroke = 1.0 - smoothstep(0.62 - soft, 0.62 + soft, abs(d));
  if (stale && !chosen && mod(along, 3.8) > 2.1) stroke = 0.0;
  vec3 edgeColour = chosen ? ink : stale ? old : line;
  vec3 mixed = mix(chosen ? ink : ground, edgeColour, stroke);
  float alpha = max(fill * (stale && !chosen ? 0.7 : 0.92), stroke);
  colour = vec4(mixed * alpha, alpha);
}`;

export interface VesselsToDraw {
  table: VesselTable;
  now: number;
  /** Later fixes belong to another instant. Live there is none: what has come is shown, whatever the clock was told. */
  until: number;
  staleMs: number;
  selected: number | null;
  /** Row by row; a selected vessel is drawn whatever the filter says. */
  visible: (row: number) => boolean;
}

export class VesselLayer implements CustomLayerInterface {
  readonly id = 'vessels';
  readonly type = 'custom' as const;
  readonly renderingMode = '2d' as const;
  #map: MapLibreMap | undefined;
  #program: WebGLProgram | undefined;
  #vao: WebGLVertexArrayObject | null = null;
  #buffer: WebGLBuffer | null = null;
  #uniforms: Record<string, WebGLUniformLocation | null> = {};
  #data = new Float32Array(1024 * FLOATS);
  #count = 0;
  #dirty = false;
  #originX = 0;
  #originY = 0;
  #colours: { ground: Rgb; line: Rgb; old: Rgb; ink: Rgb } =
    { ground: [0, 0, 0], line: [1, 1, 1], old: [1, 1, 1], ink: [1, 1, 1] };

  get count(): number { return this.#count; }

  paint(t: Tokens): void {
    this.#colours = { ground: rgb(t['sea'] ?? ''), line: rgb(t['track'] ?? ''), old: rgb(t['stale'] ?? ''), ink: rgb(t['ink'] ?? '') };
    this.#map?.triggerRepaint();
  }

  /** Fills the instance buffer; nothing is allocated once the buffer is large enough. */
  update(input: VesselsToDraw): void {
    const { table, now, until, staleMs, selected, visible } = input;
    if (this.#data.length < (table.size + 1) * FLOATS) this.#data = new Float32Array((table.size + 1) * 2 * FLOATS);
    if (this.#map) {
      const view = flatView(this.#map);
      this.#originX = view.x;
      this.#originY = view.y;
    }
    const data = this.#data;
    let n = 0;
    let chosen = -1;
    const put = (i: number, kind: number): void => {
      const sog = table.sog[i] as number;
      const heading = table.heading[i] as number;
      const cog = table.cog[i] as number;
      const station = STATIONS[table.station[i] as number];
      let angle = 0;
      if (station === 'base_station' || station === 'aid_to_navigation') kind |= SQUARE;
      else if (heading === heading && heading < 360) angle = heading;
      else if (cog === cog && sog >= COURSE_FROM_KN) angle = cog;
      else kind |= RING;
      const o = n * FLOATS;
      data[o] = (table.x[i] as number) - this.#originX;
      data[o + 1] = (table.y[i] as number) - this.#originY;
      data[o + 2] = (angle * Math.PI) / 180;
      data[o + 3] = kind;
      data[o + 4] = (kind & SELECTED) !== 0 ? 1.35 : 1;
      n += 1;
    };
    for (let i = 0; i < table.size; i++) {
      const t = table.t[i] as number;
      // Rows that only lend an identity have no fix.
      if (t === Number.NEGATIVE_INFINITY || t > until) continue;
      if (table.mmsi[i] === selected) {
        chosen = i;
        continue;
      }
      if (visible(i)) put(i, now - t > staleMs ? STALE : 0);
    }
    if (chosen >= 0) put(chosen, SELECTED | (now - (table.t[chosen] as number) > staleMs ? STALE : 0));
    this.#count = n;
    this.#dirty = true;
    this.#map?.triggerRepaint();
  }

  onAdd(map: MapLibreMap, context: WebGLRenderingContext | WebGL2RenderingContext): void {
    const gl = context as WebGL2RenderingContext;
    this.#map = map;
    this.#program = buildProgram(gl, VERTEX, FRAGMENT);
    for (const name of ['offset', 'scale', 'view', 'ground', 'line', 'old', 'ink', 'ratio']) {
      this.#uniforms[name] = gl.getUniformLocation(this.#program, name);
    }
    this.#vao = gl.createVertexArray();
    gl.bindVertexArray(this.#vao);
    gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
    gl.bufferData(gl.ARRAY_BUFFER, new Float32Array([-1, -1, 1, -1, -1, 1, 1, 1]), gl.STATIC_DRAW);
    gl.enableVertexAttribArray(0);
    gl.vertexAttribPointer(0, 2, gl.FLOAT, false, 0, 0);
    this.#buffer = gl.createBuffer();
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#buffer);
    [[1, 2, 0], [2, 1, 8], [3, 1, 12], [4, 1, 16]].forEach(([location, width, offset]) => {
      gl.enableVertexAttribArray(location as number);
      gl.vertexAttribPointer(location as number, width as number, gl.FLOAT, false, FLOATS * 4, offset as number);
      gl.vertexAttribDivisor(location as number, 1);
    });
    gl.bindVertexArray(null);
    this.#dirty = true;
  }

  render(context: WebGLRenderingContext | WebGL2RenderingContext): void {
    const gl = context as WebGL2RenderingContext;
    if (!this.#map || !this.#program || this.#count === 0) return;
    const view = flatView(this.#map);
    const u = this.#uniforms;
    gl.useProgram(this.#program);
    gl.bindVertexArray(this.#vao);
    if (this.#dirty) {
      gl.bindBuffer(gl.ARRAY_BUFFER, this.#buffer);
      gl.bufferData(gl.ARRAY_BUFFER, this.#data.subarray(0, this.#count * FLOATS), gl.DYNAMIC_DRAW);
      this.#dirty = false;
    }
    gl.uniform2f(u['offset'] ?? null, (this.#originX - view.x) * view.scale, (this.#originY - view.y) * view.scale);
    gl.uniform1f(u['scale'] ?? null, view.scale);
    gl.uniform2f(u['view'] ?? null, view.width, view.height);
    gl.uniform1f(u['ratio'] ?? null, this.#map.getPixelRatio());
    for (const name of ['ground', 'line', 'old', 'ink'] as const) gl.uniform3fv(u[name] ?? null, this.#colours[name]);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, this.#count);
    gl.bindVertexArray(null);
  }
}
