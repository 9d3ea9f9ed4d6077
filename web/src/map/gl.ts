/**
 * What the two hand-drawn map layers share: shader building and the flat view. The chart never turns or tilts, so a
 * point of the Mercator plane becomes a pixel by one scale and one offset, taken in double precision each frame.
 */
import type { Map as MapLibreMap } from 'maplibre-gl';

export type Rgb = readonly [number, number, number];

export interface FlatView {
  /** Pixels per unit of the Mercator plane. */
  scale: number;
  /** Mercator plane at the middle of the canvas. */
  x: number; y: number;
  width: number; height: number;
}

export function flatView(map: MapLibreMap): FlatView {
  const centre = map.getCenter();
  const canvas = map.getCanvas();
  return {
    scale: 512 * 2 ** map.getZoom(),
    x: (centre.lng + 180) / 360,
    y: 0.5 - Math.log(Math.tan(Math.PI / 4 + (centre.lat * Math.PI) / 360)) / (2 * Math.PI),
    width: canvas.clientWidth, height: canvas.clientHeight,
  };
}

export function buildProgram(gl: WebGL2RenderingContext, vertex: string, fragment: string): WebGLProgram {
  const program = gl.createProgram();
  for (const [kind, text] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]] as const) {
    const shader = gl.createShader(kind);
    if (!shader) throw new Error('the graphics context is lost');
    gl.shaderSource(shader, `#version 300 es\nprecision highp float;\n${text}`);
    gl.compileShader(shader);
    if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS)) throw new Error(gl.getShaderInfoLog(shader) ?? 'shader');
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(program) ?? 'program');
  return program;
}

/** `#16303e` to 0..1. */
export function rgb(hex: string): Rgb {
  const n = Number.parseInt(hex.replace('#', ''), 16);
  return [((n >> 16) & 255) / 255, ((n >> 8) & 255) / 255, (n & 255) / 255];
}
