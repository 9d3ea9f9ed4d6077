/** Shapes of `/api/claims`: what platforms claim, under which markings, and what an officer made of it. */
import type { Ability, Officer } from './model';

export type ClaimKind = 'contact' | 'sighting' | 'indication' | 'incident';
export type ClaimState = 'open' | 'taken' | 'set_aside' | 'withdrawn';
export type ClaimGone = 'revoked' | 'deleted' | 'nothing_left';
export type SetAsideReason = 'not_credible' | 'already_known' | 'out_of_area' | 'too_old' | 'not_usable' | 'other';

export interface ClaimNamed {
  mmsi: number | null; imo: number | null; container: string | null; name: string | null; call_sign: string | null; flag: string | null;
}
export interface ClaimMarking {
  id: string;
  form: 'tlp' | 'statement' | 'handling' | 'other';
  text: string;
  /** Of a handling marking; null is nobody but the originator. */
  releasable_to: string[] | null;
  purposes: string[]; forbidden_purposes: string[]; handling_codes: string[]; originator_control: boolean;
  selectors: string[]; of_holder: boolean;
}
/** One version of what a source says. */
export interface ClaimSaid {
  version: string; sha256: string; kind: ClaimKind; platform: string | null; handed_in: string; maker: string | null; about: ClaimNamed[];
  lat: number | null; lon: number | null; uncertainty_m: number | null; first: string | null; last: string | null; count: number | null;
  sog_kn: number | null; cog_deg: number | null; title: string | null; text: string | null;
  tlp: string | null; markings: ClaimMarking[]; labels: string[]; unread: string[];
}
export interface ClaimActed { act: 'take' | 'set_aside'; officer: Officer | null; at: string; version: string; reason: SetAsideReason | null; note: string }
export interface ClaimChange { at: string; what: 'told' | 'withdrawn' | 'take' | 'set_aside'; by: string | null; leaf: number | null }
export interface InboxClaim {
  id: string; state: ClaimState; ability: Ability; says: ClaimSaid; taken: ClaimSaid | null; superseded: boolean; withdrawn: ClaimGone | null;
  acted: ClaimActed | null; history: ClaimChange[];
}
/** GET /api/claims, newest first. */
export interface ClaimList { counts: Record<ClaimState, number>; claims: InboxClaim[]; next: string | null }
export interface ClaimQuery { state?: ClaimState | 'all' | 'made'; kind?: ClaimKind; mmsi?: number; imo?: number; container?: string; before?: string | null }
/** POST /api/claims/{id}/acts */
export interface NewClaimAct { act: 'take' | 'set_aside'; version: string; reason: SetAsideReason | null; note: string }

/** Contacts that officers took, at the place and time that their source gave. */
export interface TakenContact { id: string; lat: number; lon: number; platform: string | null; first: string | null; withdrawn: boolean }
export function takenContacts(claims: readonly InboxClaim[]): TakenContact[] {
  return claims.flatMap(({ id, taken, withdrawn }) => {
    if (!taken || taken.lat === null || taken.lon === null || (taken.kind !== 'contact' && taken.kind !== 'sighting')) return [];
    return [{ id, lat: taken.lat, lon: taken.lon, platform: taken.platform, first: taken.first, withdrawn: withdrawn !== null }];
  });
}
