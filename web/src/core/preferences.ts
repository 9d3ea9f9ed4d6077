/** What an officer set once on this machine and should not have to set again. A link overrides it. */
export interface Preferences {
  lang?: string; palette?: string; position?: string; time?: string; keys?: boolean; touch?: boolean;
}
const KEY = 'bitacora.preferences';

export function readPreferences(): Preferences {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}');
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    // A browser that refuses storage still gets a page, with the defaults.
    return {};
  }
}

export function writePreference<K extends keyof Preferences>(key: K, value: Preferences[K]): void {
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...readPreferences(), [key]: value }));
  } catch {
    // As above: the choice then lasts as long as the page.
  }
}
