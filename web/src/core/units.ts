/**
 * Units and positions as people at sea write and read them. The only place where numbers become text;
 * prose follows the language's decimal mark, coordinates and codes keep the point.
 */

export type Lang = 'es' | 'en';
export type PositionFormat = 'dmm' | 'dms' | 'dec';
export interface LatLon { lat: number; lon: number }

export const METRES_PER_NM = 1852;
/** What stands where a value is not known: missing is never zero. */
export const UNKNOWN = '·';

const LOCALE: Record<Lang, string> = { es: 'es-CO', en: 'en-GB' };
const formats = new Map<string, Intl.NumberFormat>();

export function formatNumber(lang: Lang, value: number | null, digits = 0): string {
  if (value === null || !Number.isFinite(value)) return UNKNOWN;
  const key = `${lang}${digits}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.NumberFormat(LOCALE[lang], { minimumFractionDigits: digits, maximumFractionDigits: digits });
    formats.set(key, format);
  }
  return format.format(value);
}

/** A contribution with its sign, minus as U+2212 so that it lines up with plus. */
export function formatSigned(lang: Lang, value: number, digits = 1): string {
  const body = formatNumber(lang, Math.abs(value), digits);
  const isZero = Number(Math.abs(value).toFixed(digits)) === 0;
  return isZero ? body : (value < 0 ? '−' : '+') + body;
}

export function formatSpeed(lang: Lang, knots: number | null): string {
  return knots === null || !Number.isFinite(knots) ? UNKNOWN : `${formatNumber(lang, knots, 1)} kn`;
}

export function formatDistanceM(lang: Lang, metres: number | null): string {
  if (metres === null || !Number.isFinite(metres)) return UNKNOWN;
  if (metres < METRES_PER_NM) return `${formatNumber(lang, metres)} m`;
  return formatDistanceNm(lang, metres / METRES_PER_NM);
}

export function formatDistanceNm(lang: Lang, nm: number | null): string {
  if (nm === null || !Number.isFinite(nm)) return UNKNOWN;
  return `${formatNumber(lang, nm, nm < 10 ? 1 : 0)} NM`;
}

/** `008°T`: three figures, true. */
export function formatBearing(degrees: number | null): string {
  if (degrees === null || !Number.isFinite(degrees)) return UNKNOWN;
  const whole = ((Math.round(degrees) % 360) + 360) % 360;
  return `${String(whole).padStart(3, '0')}°T`;
}

/** `352 741 000`: nine figures in threes, so that they can be read aloud. */
export function formatMmsi(mmsi: number): string {
  return String(mmsi).padStart(9, '0').replace(/(\d{3})(?=\d)/g, '$1 ');
}

function split60(value: number, digits: number): [number, number] {
  const scale = 10 ** digits;
  const total = Math.round(value * 60 * scale);
  return [Math.floor(total / (60 * scale)), (total % (60 * scale)) / scale];
}

function axis(value: number, width: number, marks: string, format: PositionFormat): string {
  const mark = value < 0 ? marks.charAt(1) : marks.charAt(0);
  const size = Math.abs(value);
  if (format === 'dms') {
    const seconds = Math.round(size * 3600);
    const d = Math.floor(seconds / 3600);
    const m = Math.floor((seconds % 3600) / 60);
    return `${pad(d, width)}°${pad(m, 2)}′${pad(seconds % 60, 2)}″${mark}`;
  }
  const [d, m] = split60(size, 2);
  return `${pad(d, width)}°${m.toFixed(2).padStart(5, '0')}′${mark}`;
}
const pad = (n: number, width: number): string => String(n).padStart(width, '0');

/** `09°48.09′N 077°38.88′W`, `09°48′05″N 077°38′53″W` or `9.80150 -77.64800`. */
export function formatPosition(at: LatLon | null, format: PositionFormat = 'dmm'): string {
  if (!at || !Number.isFinite(at.lat) || !Number.isFinite(at.lon)) return UNKNOWN;
  const lon = normaliseLon(at.lon);
  if (format === 'dec') return `${at.lat.toFixed(5)} ${lon.toFixed(5)}`;
  return `${axis(at.lat, 2, 'NS', format)} ${axis(lon, 3, 'EW', format)}`;
}

export function normaliseLon(lon: number): number {
  if (lon >= -180 && lon <= 180) return lon;
  return ((((lon + 180) % 360) + 360) % 360) - 180;
}

/**
 * Reads a position in any of the three ways people write it, latitude first. Hemisphere letters may stand
 * before or after (O is west in Spanish); a decimal comma is read as a point inside one number.
 */
export function parsePosition(text: string): LatLon | null {
  let s = text.trim().toUpperCase().replace(/[’′']/g, ' ').replace(/[”″"]/g, ' ').replace(/[°º:]/g, ' ');
  s = s.replace(/(\d),(\d)/g, '$1.$2').replace(/[,;/]/g, ' ').replace(/−/g, '-');
  const tokens = s.match(/[NSEWO]|[-+]?\d+(?:\.\d+)?/g);
  if (!tokens || s.replace(/[NSEWO]|[-+]?\d+(?:\.\d+)?|\s+/g, '') !== '') return null;
  const numbers = tokens.filter((x) => !/[NSEWO]/.test(x));
  const letters = tokens.filter((x) => /[NSEWO]/.test(x));
  if (letters.length !== 0 && letters.length !== 2) return null;
  if (numbers.length !== 2 && numbers.length !== 4 && numbers.length !== 6) return null;
  const half = numbers.length / 2;
  let lat = sexagesimal(numbers.slice(0, half));
  let lon = sexagesimal(numbers.slice(half));
  if (lat === null || lon === null) return null;
  if (letters.length === 2) {
    const [first, second] = letters as [string, string];
    if (!/[NS]/.test(first) || !/[EWO]/.test(second)) return null;
    if (lat < 0 || lon < 0) return null;
    if (first === 'S') lat = -lat;
    if (second !== 'E') lon = -lon;
  }
  return Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? { lat, lon } : null;
}

function sexagesimal(parts: string[]): number | null {
  const [d, m, s] = parts.map(Number);
  if (d === undefined) return null;
  const negative = parts[0]?.startsWith('-') ?? false;
  if (parts.length > 1 && !Number.isInteger(d)) return null;
  if (m !== undefined && (m < 0 || m >= 60)) return null;
  if (s !== undefined && (s < 0 || s >= 60 || !Number.isInteger(m))) return null;
  const size = Math.abs(d) + (m ?? 0) / 60 + (s ?? 0) / 3600;
  return negative ? -size : size;
}
