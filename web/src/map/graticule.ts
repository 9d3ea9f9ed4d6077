/** Meridians and parallels for what is on screen, at a spacing that keeps them apart, with a label at each edge. */
import type { Feature } from 'geojson';

export interface Bounds { west: number; south: number; east: number; north: number }
export interface GridLabel { axis: 'lat' | 'lon'; at: number; text: string }

const STEPS = [30, 20, 10, 5, 2, 1, 0.5, 1 / 6, 1 / 12, 1 / 60, 1 / 120];

/** The finest spacing that leaves about 110 pixels between meridians. */
export function gridStep(degreesPerPixel: number): number {
  return [...STEPS].reverse().find((s) => s / degreesPerPixel >= 110) ?? 30;
}

function name(value: number, width: number, marks: string, step: number): string {
  const size = Math.abs(value) + 1e-9;
  const mark = Math.abs(value) < 1e-9 ? '' : value < 0 ? marks.charAt(1) : marks.charAt(0);
  const degrees = String(Math.floor(size)).padStart(width, '0');
  if (step >= 1) return `${degrees}°${mark}`;
  const minutes = (size % 1) * 60;
  const digits = step * 60 < 1 ? 1 : 0;
  return `${degrees}°${minutes.toFixed(digits).padStart(digits ? 4 : 2, '0')}′${mark}`;
}

/** Lines reach a screen beyond the frame, so that a small move needs no new ones. */
export function graticule(b: Bounds, step: number): { features: Feature[]; labels: GridLabel[] } {
  const features: Feature[] = [];
  const labels: GridLabel[] = [];
  const line = (from: [number, number], to: [number, number]): void => {
    features.push({ type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates: [from, to] } });
  };
  const wide = b.east - b.west + step, high = b.north - b.south + step;
  const south = Math.max(-85, b.south - high), north = Math.min(85, b.north + high);
  const west = b.west - wide, east = b.east + wide;
  for (let i = Math.ceil(west / step); i * step <= east; i++) {
    const lon = i * step;
    line([lon, south], [lon, north]);
    if (lon > b.west && lon < b.east) {
      const wrapped = ((((lon + 180) % 360) + 360) % 360) - 180;
      labels.push({ axis: 'lon', at: lon, text: name(wrapped, 3, 'EW', step) });
    }
  }
  for (let i = Math.ceil(south / step); i * step <= north; i++) {
    const lat = i * step;
    line([west, lat], [east, lat]);
    if (lat > b.south && lat < b.north) labels.push({ axis: 'lat', at: lat, text: name(lat, 2, 'NS', step) });
  }
  return { features, labels };
}
