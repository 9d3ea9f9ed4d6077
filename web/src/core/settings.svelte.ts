/** Settings of this machine: formats, single-key shortcuts, large buttons. A link may override the formats. */
import { readPreferences, writePreference } from './preferences';
import type { TimeFormat } from './time';
import type { PositionFormat } from './units';
import { url } from './url.svelte';

const kept = readPreferences();

class Settings {
  #position = $state<PositionFormat>(kept.position === 'dms' || kept.position === 'dec' ? kept.position : 'dmm');
  #time = $state<TimeFormat>(kept.time === 'dtg' ? 'dtg' : 'iso');
  #keys = $state(kept.keys !== false);
  #touch = $state(kept.touch === true);

  get position(): PositionFormat { return url.s.position ?? this.#position; }
  set position(value: PositionFormat) {
    this.#position = value;
    writePreference('position', value);
    url.set({ position: value });
  }
  get time(): TimeFormat { return url.s.time ?? this.#time; }
  set time(value: TimeFormat) {
    this.#time = value;
    writePreference('time', value);
    url.set({ time: value });
  }
  get keys(): boolean { return this.#keys; }
  set keys(value: boolean) {
    this.#keys = value;
    writePreference('keys', value);
  }
  get touch(): boolean { return this.#touch; }
  set touch(value: boolean) {
    this.#touch = value;
    writePreference('touch', value);
  }
}
export const settings = new Settings();
