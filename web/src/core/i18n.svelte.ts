/** Which language the page speaks: link, then earlier choice, then the browser. Spanish is the source. */
import { en } from '../messages/en';
import { es, type Source } from '../messages/es';
import type { Words } from '../messages/words';
import { readPreferences, writePreference } from './preferences';
import type { Lang } from './units';
import { url } from './url.svelte';

export type Messages = Words<Source>;
export const TABLES: Record<Lang, Messages> = { es, en };

function initial(): Lang {
  const kept = readPreferences().lang;
  if (kept === 'es' || kept === 'en') return kept;
  return typeof navigator !== 'undefined' && navigator.language.toLowerCase().startsWith('en') ? 'en' : 'es';
}

class I18n {
  #chosen = $state<Lang>(initial());

  get lang(): Lang { return url.s.lang ?? this.#chosen; }
  get t(): Messages { return TABLES[this.lang]; }

  use(lang: Lang): void {
    this.#chosen = lang;
    writePreference('lang', lang);
    url.set({ lang });
  }

  other(): Lang { return this.lang === 'es' ? 'en' : 'es'; }
}

export const i18n = new I18n();

/** The word for a code of the node; a code that this page does not know is shown as it came. */
export function word(table: Readonly<Record<string, string>>, code: string | null | undefined): string {
  if (!code) return '';
  return table[code] ?? code;
}
