/**
 * The classes that a watch filters by, from the AIS ship type of ITU-R M.1371-5 annex 8 table 53 (first digit the
 * category, 30-37 and 50-59 the special craft).
 */
import type { ShipClass } from './url.svelte';

export const SHIP_CLASSES: readonly ShipClass[] =
  ['cargo', 'tanker', 'fishing', 'passenger', 'fast', 'service', 'pleasure', 'other', 'unknown'];

export function shipClass(type: number | null): ShipClass {
  if (type === null || type <= 0) return 'unknown';
  if (type === 30) return 'fishing';
  if (type === 36 || type === 37) return 'pleasure';
  if ((type >= 31 && type <= 35) || (type >= 50 && type <= 59)) return 'service';
  if (type >= 40 && type <= 49) return 'fast';
  if (type >= 60 && type <= 69) return 'passenger';
  if (type >= 70 && type <= 79) return 'cargo';
  if (type >= 80 && type <= 89) return 'tanker';
  return 'other';
}

export const shipClassIndex = (type: number | null): number => SHIP_CLASSES.indexOf(shipClass(type));
