/**
 * Single-key shortcuts (WCAG 2.1.4): one setting switches all of them off, none acts while a person types, and none
 * takes a key together with Ctrl, Alt or Meta. A component lists its own; the newest listener wins.
 */
import { onMount } from 'svelte';
import { settings } from './settings.svelte';

export type KeyTable = Record<string, (event: KeyboardEvent) => void>;
const tables: KeyTable[] = [];
let listening = false;

/** Keys that a focused control or the map already uses are left to it. */
function typing(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.matches('input, textarea, select, [contenteditable]')) return true;
  if (key === 'enter' || key === ' ') return target.closest('button, a, summary, [role="button"]') !== null;
  return false;
}

function onKey(event: KeyboardEvent): void {
  if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
  const key = event.key.toLowerCase();
  if (key !== 'escape' && (!settings.keys || typing(event.target, key))) return;
  for (const table of [...tables].reverse()) {
    const act = table[key];
    if (act) {
      event.preventDefault();
      act(event);
      return;
    }
  }
}

/** Registers keys for as long as the calling component is on the page. Names are lower case `event.key`. */
export function useKeys(table: KeyTable): void {
  onMount(() => {
    if (!listening) {
      addEventListener('keydown', onKey);
      listening = true;
    }
    tables.push(table);
    return () => {
      const at = tables.indexOf(table);
      if (at >= 0) tables.splice(at, 1);
    };
  });
}
