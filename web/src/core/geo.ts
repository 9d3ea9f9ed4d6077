/**
 * Distances, bearings and Mercator plane for what the page draws and reads out. On the WGS 84 ellipsoid
 * (Vincenty 1975); facts come from the node, nothing computed here is stored.
 */
import { METRES_PER_NM, normaliseLon, type LatLon } from './units';

const A = 6_378_137;
const F = 1 / 298.257223563;
const B = A * (1 - F);
const RAD = Math.PI / 180;

export interface RangeBearing { nm: number; bearing: number }

/** Range and initial bearing. Near-antipodal pairs, where Vincenty does not converge, fall back to the sphere. */
export function rangeBearing(from: LatLon, to: LatLon): RangeBearing {
  const L = normaliseLon(to.lon - from.lon) * RAD;
  const u1 = Math.atan((1 - F) * Math.tan(from.lat * RAD));
  const u2 = Math.atan((1 - F) * Math.tan(to.lat * RAD));
  const [s1, c1, s2, c2] = [Math.sin(u1), Math.cos(u1), Math.sin(u2), Math.cos(u2)];
  let lambda = L;
  for (let i = 0; i < 100; i++) {
    const sl = Math.sin(lambda), cl = Math.cos(lambda);
    const sinS = Math.hypot(c2 * sl, c1 * s2 - s1 * c2 * cl);
    if (sinS === 0) return { nm: 0, bearing: 0 };
    const cosS = s1 * s2 + c1 * c2 * cl;
    const sigma = Math.atan2(sinS, cosS);
    const sinA = (c1 * c2 * sl) / sinS;
    const cos2A = 1 - sinA * sinA;
    const cos2M = cos2A === 0 ? 0 : cosS - (2 * s1 * s2) / cos2A;
    const C = (F / 16) * cos2A * (4 + F * (4 - 3 * cos2A));
    const next = L + (1 - C) * F * sinA * (sigma + C * sinS * (cos2M + C * cosS * (-1 + 2 * cos2M * cos2M)));
    if (Math.abs(next - lambda) < 1e-12) {
      const uu = (cos2A * (A * A - B * B)) / (B * B);
      const ka = 1 + (uu / 16384) * (4096 + uu * (-768 + uu * (320 - 175 * uu)));
      const kb = (uu / 1024) * (256 + uu * (-128 + uu * (74 - 47 * uu)));
      const d = kb * sinS * (cos2M + (kb / 4) * (cosS * (-1 + 2 * cos2M * cos2M)
        - (kb / 6) * cos2M * (-3 + 4 * sinS * sinS) * (-3 + 4 * cos2M * cos2M)));
      const bearing = Math.atan2(c2 * sl, c1 * s2 - s1 * c2 * cl) / RAD;
      return { nm: (B * ka * (sigma - d)) / METRES_PER_NM, bearing: (bearing + 360) % 360 };
    }
    lambda = next;
  }
  return onSphere(from, to);
}

function onSphere(from: LatLon, to: LatLon): RangeBearing {
  const [p1, p2, dl] = [from.lat * RAD, to.lat * RAD, (to.lon - from.lon) * RAD];
  const h = Math.sin((p2 - p1) / 2) ** 2 + Math.cos(p1) * Math.cos(p2) * Math.sin(dl / 2) ** 2;
  const y = Math.sin(dl) * Math.cos(p2);
  const x = Math.cos(p1) * Math.sin(p2) - Math.sin(p1) * Math.cos(p2) * Math.cos(dl);
  return { nm: (2 * 6_371_008.8 * Math.asin(Math.sqrt(h))) / METRES_PER_NM, bearing: (Math.atan2(y, x) / RAD + 360) % 360 };
}

/** Where one arrives after `nm` on the initial `bearing`. */
export function destination(from: LatLon, nm: number, bearing: number): LatLon {
  const s = nm * METRES_PER_NM;
  const a1 = bearing * RAD;
  const tanU = (1 - F) * Math.tan(from.lat * RAD);
  const cosU = 1 / Math.hypot(1, tanU), sinU = tanU * cosU;
  const sigma1 = Math.atan2(tanU, Math.cos(a1));
  const sinA = cosU * Math.sin(a1);
  const cos2A = 1 - sinA * sinA;
  const uu = (cos2A * (A * A - B * B)) / (B * B);
  const ka = 1 + (uu / 16384) * (4096 + uu * (-768 + uu * (320 - 175 * uu)));
  const kb = (uu / 1024) * (256 + uu * (-128 + uu * (74 - 47 * uu)));
  let sigma = s / (B * ka);
  let cos2M = 0;
  for (let i = 0; i < 100; i++) {
    cos2M = Math.cos(2 * sigma1 + sigma);
    const d = kb * Math.sin(sigma) * (cos2M + (kb / 4) * (Math.cos(sigma) * (-1 + 2 * cos2M * cos2M)
      - (kb / 6) * cos2M * (-3 + 4 * Math.sin(sigma) ** 2) * (-3 + 4 * cos2M * cos2M)));
    const next = s / (B * ka) + d;
    const done = Math.abs(next - sigma) < 1e-12;
    sigma = next;
    if (done) break;
  }
  const [ss, cs] = [Math.sin(sigma), Math.cos(sigma)];
  const t = sinU * ss - cosU * cs * Math.cos(a1);
  const lat = Math.atan2(sinU * cs + cosU * ss * Math.cos(a1), (1 - F) * Math.hypot(sinA, t));
  const lambda = Math.atan2(ss * Math.sin(a1), cosU * cs - sinU * ss * Math.cos(a1));
  const C = (F / 16) * cos2A * (4 + F * (4 - 3 * cos2A));
  const L = lambda - (1 - C) * F * sinA * (sigma + C * ss * (cos2M + C * cs * (-1 + 2 * cos2M * cos2M)));
  return { lat: lat / RAD, lon: normaliseLon(from.lon + L / RAD) };
}

/** Web Mercator plane, 0..1 from the north-west corner, as the map counts it. */
export const mercatorX = (lon: number): number => (lon + 180) / 360;
export const mercatorY = (lat: number): number =>
  0.5 - Math.log(Math.tan(Math.PI / 4 + (Math.max(-85.051, Math.min(85.051, lat)) * RAD) / 2)) / (2 * Math.PI);
/** Metres on the ground per pixel at a zoom level of 512-pixel tiles. */
export const metresPerPixel = (lat: number, zoom: number): number =>
  (Math.cos(lat * RAD) * 2 * Math.PI * A) / (512 * 2 ** zoom);
