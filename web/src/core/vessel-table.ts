/**
 * The newest fix of every vessel in typed columns: five thousand rows are updated, filtered and drawn without
 * making an object per vessel. Rows are never removed one by one, only `prune`d together.
 */
import { mercatorX, mercatorY } from './geo';
import type { PositionColumns, StationKind, VesselColumns } from './model';
import { shipClassIndex } from './ship-types';

export const STATIONS: readonly StationKind[] =
  ['class_a', 'class_b', 'base_station', 'sar_aircraft', 'aid_to_navigation', 'unknown'];

/** One vessel as an object, for cards and lists; the map reads the columns. */
export interface VesselRow {
  mmsi: number; t: number; lat: number; lon: number;
  sog: number | null; cog: number | null; heading: number | null;
  shipType: number | null; station: StationKind; name: string | null;
}

export type Moved = (mmsi: number, t: number, lat: number, lon: number) => void;

export class VesselTable {
  size = 0;
  mmsi = new Uint32Array(1024);
  t = new Float64Array(1024);
  lat = new Float64Array(1024);
  lon = new Float64Array(1024);
  /** Mercator plane, so that drawing and picking do no trigonometry. */
  x = new Float64Array(1024);
  y = new Float64Array(1024);
  /** NaN where not known. */
  sog = new Float32Array(1024);
  cog = new Float32Array(1024);
  heading = new Float32Array(1024);
  /** Raw ship type, -1 where not known. */
  type = new Int16Array(1024);
  shipClass = new Uint8Array(1024);
  station = new Uint8Array(1024);
  names: (string | null)[] = [];
  readonly rows = new Map<number, number>();

  #grow(): void {
    const bigger = <T extends Uint32Array | Float64Array | Float32Array | Int16Array | Uint8Array>(old: T): T => {
      const next = new (old.constructor as new (n: number) => T)(old.length * 2);
      next.set(old as never);
      return next;
    };
    this.mmsi = bigger(this.mmsi); this.t = bigger(this.t); this.lat = bigger(this.lat); this.lon = bigger(this.lon);
    this.x = bigger(this.x); this.y = bigger(this.y); this.sog = bigger(this.sog); this.cog = bigger(this.cog);
    this.heading = bigger(this.heading); this.type = bigger(this.type);
    this.shipClass = bigger(this.shipClass); this.station = bigger(this.station);
  }

  #row(mmsi: number): number {
    const found = this.rows.get(mmsi);
    if (found !== undefined) return found;
    if (this.size === this.mmsi.length) this.#grow();
    const row = this.size++;
    this.rows.set(mmsi, row);
    this.mmsi[row] = mmsi;
    this.t[row] = Number.NEGATIVE_INFINITY;
    this.heading[row] = Number.NaN;
    this.type[row] = -1;
    this.shipClass[row] = shipClassIndex(null);
    this.station[row] = STATIONS.length - 1;
    this.names[row] = null;
    return row;
  }

  #place(row: number, t: number, lat: number, lon: number, sog: number | null, cog: number | null): void {
    this.t[row] = t;
    if (this.lat[row] !== lat || this.lon[row] !== lon || this.x[row] === 0) {
      this.lat[row] = lat;
      this.lon[row] = lon;
      this.x[row] = mercatorX(lon);
      this.y[row] = mercatorY(lat);
    }
    this.sog[row] = sog ?? Number.NaN;
    this.cog[row] = cog ?? Number.NaN;
  }

  /** Takes a message of the node; an older fix never replaces a newer one. `moved` hears of each fix taken. */
  apply(c: VesselColumns, moved?: Moved): void {
    for (let i = 0; i < c.mmsi.length; i++) {
      const row = this.#row(c.mmsi[i] as number);
      const t = c.t_ms[i] as number;
      const type = c.ship_type[i] ?? null;
      if (type !== null) {
        this.type[row] = type;
        this.shipClass[row] = shipClassIndex(type);
      }
      const name = c.name[i];
      if (name) this.names[row] = name;
      const station = STATIONS.indexOf(c.station[i] as StationKind);
      if (station >= 0) this.station[row] = station;
      if (t < (this.t[row] as number)) continue;
      const lat = c.lat[i] as number, lon = c.lon[i] as number;
      moved?.(c.mmsi[i] as number, t, lat, lon);
      this.#place(row, t, lat, lon, c.sog_kn[i] ?? null, c.cog_deg[i] ?? null);
      this.heading[row] = c.heading_deg[i] ?? Number.NaN;
    }
  }

  /** Takes the fixes `[from, to)` of a stored window, which are sorted by time. */
  applyFixes(p: PositionColumns, from: number, to: number, moved?: Moved): void {
    for (let i = from; i < to; i++) {
      const row = this.#row(p.mmsi[i] as number);
      const t = p.t_ms[i] as number, lat = p.lat[i] as number, lon = p.lon[i] as number;
      moved?.(p.mmsi[i] as number, t, lat, lon);
      this.#place(row, t, lat, lon, p.sog_kn[i] ?? null, p.cog_deg[i] ?? null);
    }
  }

  /** Identities known elsewhere: stored positions carry no name or type. */
  borrowIdentities(other: VesselTable): void {
    for (let i = 0; i < other.size; i++) {
      const row = this.#row(other.mmsi[i] as number);
      this.type[row] = other.type[i] as number;
      this.shipClass[row] = other.shipClass[i] as number;
      this.station[row] = other.station[i] as number;
      this.names[row] = other.names[i] ?? null;
    }
  }

  row(mmsi: number): VesselRow | null {
    const i = this.rows.get(mmsi);
    return i === undefined || !Number.isFinite(this.t[i]) ? null : this.at(i);
  }

  at(i: number): VesselRow {
    const known = (value: number | undefined): number | null => (value === undefined || Number.isNaN(value) ? null : value);
    const type = this.type[i] as number;
    return {
      mmsi: this.mmsi[i] as number, t: this.t[i] as number, lat: this.lat[i] as number, lon: this.lon[i] as number,
      sog: known(this.sog[i]), cog: known(this.cog[i]), heading: known(this.heading[i]),
      shipType: type < 0 ? null : type, station: STATIONS[this.station[i] as number] ?? 'unknown', name: this.names[i] ?? null,
    };
  }
}
