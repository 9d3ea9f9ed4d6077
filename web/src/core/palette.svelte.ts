/**
 * Day, dusk or night: one attribute on the root. Whoever paints outside CSS (the map, canvas symbols) reads the
 * tokens through `tokens()` and repaints when `palette.name` changes.
 */
import { readPreferences, writePreference } from './preferences';
import { url, type Palette } from './url.svelte';

export const PALETTES: readonly Palette[] = ['day', 'dusk', 'night'];
export type Tokens = Record<string, string>;

function initial(): Palette {
  const kept = PALETTES.find((p) => p === readPreferences().palette);
  if (kept) return kept;
  const light = typeof matchMedia !== 'undefined' && matchMedia('(prefers-color-scheme: light)').matches;
  return light ? 'day' : 'dusk';
}

class PaletteStore {
  #chosen = $state<Palette>(initial());
  get name(): Palette { return url.s.palette ?? this.#chosen; }

  use(name: Palette): void {
    this.#chosen = name;
    writePreference('palette', name);
    url.set({ palette: name });
  }
  next(): void {
    const at = PALETTES.indexOf(this.name);
    this.use(PALETTES[(at + 1) % PALETTES.length] ?? 'day');
  }
}
export const palette = new PaletteStore();

const NAMES = [
  'sea', 'land', 'coast', 'grid', 'panel', 'sunk', 'sel', 'line', 'edge', 'ink', 'ink-2', 'stale', 'focus', 'track',
  'own', 'noais', 'lead', 'speed-0', 'speed-1', 'speed-2', 'speed-3', 'speed-4',
] as const;

/** The colour tokens in force for a palette, read from the style sheet so that there is one list of colours. */
export function tokens(name: Palette): Tokens {
  const probe = document.createElement('div');
  probe.dataset['palette'] = name;
  probe.hidden = true;
  document.body.append(probe);
  const style = getComputedStyle(probe);
  const out: Tokens = {};
  for (const key of NAMES) out[key] = style.getPropertyValue(`--${key}`).trim();
  probe.remove();
  return out;
}
