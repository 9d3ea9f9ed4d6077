/**
 * The last two hours of everybody's way: short segments in a ring buffer, coloured and widened by speed. Routine trails
 * are context and drawn at 62 %; a way between two sparse fixes is fainter still, since nobody saw it. A fix writes one
 * segment at most every minute and a half; nothing is rebuilt.
 */
import type { CustomLayerInterface, Map as MapLibreMap } from 'maplibre-gl';
import { mercatorX, mercatorY } from '../core/geo';
import type { Tokens } from '../core/palette.svelte';
import { buildProgram, flatView, rgb } from './gl';
import { speedClass } from './speed';

const FLOATS = 6;
const CAPACITY = 1 << 18;
/** Fixes closer together than this are one segment. */
const MIN_STEP_MS = 90_000;
/** Offshore, satellites pass every half hour or so: such a step is drawn, as sparse. */
const SPARSE_STEP_MS = 15 * 60_000;
/** A longer silence is a gap, not a way; a larger jump is not one either. */
const MAX_STEP_MS = 60 * 60_000;
/** Added to the speed class of a sparse step. */
const SPARSE = 8;
export const TRAIL_MS = 2 * 60 * 60_000;

const VERTEX = `
layout(location=0) in vec2 corner; layout(location=1) in vec4 ends; layout(location=2) in float speed; layout(location=3) in float at;
uniform vec2 offset; uniform float scale; uniform vec2 view; uniform float now; uniform float until; uniform float keep; uniform vec3 colours[5];
out vec3 tint; out float side; flat out float half_; flat out float weight;
void main() {
  int k = int(speed) & 7;
  weight = int(speed) >= 8 ? 0.36 : 0.62;
  float age = now - at;
  tint = colours[k];
  half_ = 0.5 + 0.16 * float(k);
  vec2 a = ends.xy * scale + offset, b = ends.zw * scale + offset;
  vec2 e = b - a; float len = max(length(e), 0.001); vec2 n = vec2(-e.y, e.x) / len;
  float reach = half_ + 1.0;
  vec2 px = mix(a, b, corner.x) + n * corner.y * reach;
  side = corner.y * reach;
  vec2 clip = vec2(px.x / view.x * 2.0, -px.y / view.y * 2.0);
  gl_Position = at > until || age > keep ? vec4(2.0, 2.0, 2.0, 1.0) : vec4(clip, 0.0, 1.0);
}`;
const FRAGMENT = `
in vec3 tint; in float side; flat in float half_; flat in float weight; out vec4 colour;
void main() {
  float alpha = (1.0 - smoothstep(half_ - 0.5, half_ + 0.5, abs(side))) * weight;
  colour = vec4(tint * alpha, alpha);
}`;

export class TrailLayer implements CustomLayerInterface {
  readonly id = 'trails';
  readonly type = 'custom' as const;
  readonly renderingMode = '2d' as const;
  #map: MapLibreMap | undefined;
  #program: WebGLProgram | undefined;
  #vao: WebGLVertexArrayObject | null = null;
  #buffer: WebGLBuffer | null = null;
  #uniforms: Record<string, WebGLUniformLocation | null> = {};
  #data = new Float32Array(CAPACITY * FLOATS);
  #next = 0;
  #filled = 0;
  #from = Number.POSITIVE_INFINITY;
  #to = 0;
  /** Times are kept as seconds after the first one, positions relative to the first one: single precision suffices. */
  #epoch = 0;
  #x = 0;
  #y = 0;
  #now = 0;
  #until = Number.POSITIVE_INFINITY;
  /** Where the trail of a vessel ends: time, latitude, longitude. */
  #ends = new Map<number, [number, number, number]>();
  #colours = new Float32Array(15);

  paint(t: Tokens): void {
    for (let i = 0; i < 5; i++) this.#colours.set(rgb(t[`speed-${i}`] ?? ''), i * 3);
    this.#map?.triggerRepaint();
  }

  clear(): void {
    this.#ends.clear();
    this.#next = 0;
    this.#filled = 0;
    this.#epoch = 0;
    this.#from = 0;
    this.#to = 0;
  }

  /** Live, `until` is without end. */
  setNow(now: number, until: number): void {
    this.#now = now;
    this.#until = until;
  }

  /** The next fix of a vessel. Silences and leaps start a new way instead of a segment. */
  add(mmsi: number, t1: number, lat1: number, lon1: number): void {
    const end = this.#ends.get(mmsi);
    if (!end) {
      this.#ends.set(mmsi, [t1, lat1, lon1]);
      return;
    }
    const [t0, lat0, lon0] = end;
    const dt = t1 - t0;
    if (dt < MIN_STEP_MS) return;
    end[0] = t1;
    end[1] = lat1;
    end[2] = lon1;
    if (dt > MAX_STEP_MS) return;
    const nm = Math.hypot((lat1 - lat0) * 60, (lon1 - lon0) * 60 * Math.cos((lat1 * Math.PI) / 180));
    const knots = nm / (dt / 3_600_000);
    if (knots > 70) return;
    if (this.#epoch === 0) {
      this.#epoch = t0;
      this.#x = mercatorX(lon0);
      this.#y = mercatorY(lat0);
    }
    const o = this.#next * FLOATS;
    this.#data[o] = mercatorX(lon0) - this.#x;
    this.#data[o + 1] = mercatorY(lat0) - this.#y;
    this.#data[o + 2] = mercatorX(lon1) - this.#x;
    this.#data[o + 3] = mercatorY(lat1) - this.#y;
    this.#data[o + 4] = speedClass(knots) + (dt > SPARSE_STEP_MS ? SPARSE : 0);
    this.#data[o + 5] = (t1 - this.#epoch) / 1000;
    this.#from = Math.min(this.#from, this.#next);
    this.#to = Math.max(this.#to, this.#next + 1);
    this.#next = (this.#next + 1) % CAPACITY;
    this.#filled = Math.min(CAPACITY, this.#filled + 1);
  }

  onAdd(map: MapLibreMap, context: WebGLRenderingContext | WebGL2RenderingContext): void {
    const gl = context as WebGL2RenderingContext;
    this.#map = map;
    this.#program = buildProgram(gl, VERTEX, FRAGMENT);
    for (const name of ['offset', 'scale', 'view', 'now', 'until', 'keep', 'colours']) {
      this.#uniforms[name] = gl.getUniformLocation(this.#program, name);
    }
    this.#vao = gl.createVertexArray();
    gl.bindVertexArray(this.#vao);
    gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
    gl.bufferData(gl.ARRAY_BUFFER, new Float32Array([0, -1, 1, -1, 0, 1, 1, 1]), gl.STATIC_DRAW);
    gl.enableVertexAttribArray(0);
    gl.vertexAttribPointer(0, 2, gl.FLOAT, false, 0, 0);
    this.#buffer = gl.createBuffer();
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#buffer);
    gl.bufferData(gl.ARRAY_BUFFER, this.#data.byteLength, gl.DYNAMIC_DRAW);
    [[1, 4, 0], [2, 1, 16], [3, 1, 20]].forEach(([location, width, offset]) => {
      gl.enableVertexAttribArray(location as number);
      gl.vertexAttribPointer(location as number, width as number, gl.FLOAT, false, FLOATS * 4, offset as number);
      gl.vertexAttribDivisor(location as number, 1);
    });
    gl.bindVertexArray(null);
    this.#from = 0;
    this.#to = this.#filled;
  }

  render(context: WebGLRenderingContext | WebGL2RenderingContext): void {
    const gl = context as WebGL2RenderingContext;
    if (!this.#map || !this.#program || this.#filled === 0) return;
    const view = flatView(this.#map);
    const u = this.#uniforms;
    gl.useProgram(this.#program);
    gl.bindVertexArray(this.#vao);
    if (this.#to > this.#from) {
      gl.bindBuffer(gl.ARRAY_BUFFER, this.#buffer);
      gl.bufferSubData(gl.ARRAY_BUFFER, this.#from * FLOATS * 4, this.#data.subarray(this.#from * FLOATS, this.#to * FLOATS));
      this.#from = Number.POSITIVE_INFINITY;
      this.#to = 0;
    }
    gl.uniform2f(u['offset'] ?? null, (this.#x - view.x) * view.scale, (this.#y - view.y) * view.scale);
    gl.uniform1f(u['scale'] ?? null, view.scale);
    gl.uniform2f(u['view'] ?? null, view.width, view.height);
    gl.uniform1f(u['now'] ?? null, (this.#now - this.#epoch) / 1000);
    gl.uniform1f(u['until'] ?? null, Number.isFinite(this.#until) ? (this.#until - this.#epoch) / 1000 : 1e9);
    gl.uniform1f(u['keep'] ?? null, TRAIL_MS / 1000);
    gl.uniform3fv(u['colours'] ?? null, this.#colours);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, this.#filled);
    gl.bindVertexArray(null);
  }
}
