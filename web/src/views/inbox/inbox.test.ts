import { describe, expect, it } from 'vitest';
import { takenContacts, type ClaimMarking, type ClaimSaid, type InboxClaim } from '../../core/claims';
import { claimFeatures } from '../../map/overlays';
import { en } from '../../messages/en';
import { es } from '../../messages/es';
import { markingWords, namedWords, subject, tlpWord } from './inbox';

const SAID: ClaimSaid = {
  version: '2026-11-20T10:00:00Z', sha256: '00', kind: 'contact', platform: 'opencti', handed_in: '2026-11-20T10:01:00Z', maker: null, about: [],
  lat: 11.5, lon: -74.9, uncertainty_m: null, first: '2026-11-20T09:50:00Z', last: '2026-11-20T09:50:00Z', count: null, sog_kn: null, cog_deg: null,
  title: null, text: null, tlp: null, markings: [], labels: [], unread: [],
};
const CLAIM: InboxClaim = {
  id: 'location--1', state: 'taken', ability: 'take_sighting', says: SAID, taken: SAID, superseded: false, withdrawn: null, acted: null, history: [],
};
const MARKING: ClaimMarking = {
  id: 'marking-definition--1', form: 'handling', text: 'CO', releasable_to: null, purposes: [], forbidden_purposes: ['lethal_force'], handling_codes: [],
  originator_control: true, selectors: [], of_holder: false,
};

describe('markings in words', () => {
  it('a handling marking without a list goes to nobody but its originator', () => {
    expect(markingWords(MARKING, en.inbox)).toBe('of CO; for its originator alone; never for lethal_force; its originator decides each use');
    expect(markingWords({ ...MARKING, releasable_to: ['CO', 'US'] }, es.inbox)).toContain('puede ir a CO, US');
  });
  it('says what marks only a part, and what marks the event', () => {
    const marking = { ...MARKING, form: 'tlp' as const, text: 'red', selectors: ['name'], of_holder: true };
    expect(markingWords(marking, en.inbox)).toBe('TLP:RED (only name) (of the event it came in)');
  });
  it('a claim without TLP says so: it is no permission', () => expect(tlpWord(null, en.inbox)).toBe('no TLP'));
});

describe('whom a claim is about', () => {
  it('by what an officer can look up', () => {
    const named = { mmsi: 730123456, imo: null, container: null, name: 'X', call_sign: null, flag: 'CO' };
    expect(namedWords(named)).toBe('X · MMSI 730123456 · CO');
    expect(subject({ ...SAID, about: [named] }, en.inbox)).toBe('X · MMSI 730123456 · CO');
  });
  it('nobody is said', () => expect(subject(SAID, en.inbox)).toBe('nobody named'));
});

describe('taken contacts on the chart', () => {
  it('are those that an officer took, where their source said', () => {
    expect(takenContacts([CLAIM])).toHaveLength(1);
    expect(takenContacts([{ ...CLAIM, taken: null, state: 'open' }])).toEqual([]);
    expect(takenContacts([{ ...CLAIM, taken: { ...SAID, kind: 'indication' } }])).toEqual([]);
    const moved = { ...SAID, lat: 1 };
    expect(takenContacts([{ ...CLAIM, state: 'open', says: moved, superseded: true }])[0]?.lat).toBe(11.5);
  });
  it('none stands before its time, and one taken back shows it', () => {
    const all = takenContacts([{ ...CLAIM, withdrawn: 'revoked' }]);
    expect(claimFeatures(all, Date.parse('2026-11-20T09:00:00Z'), () => '')).toEqual([]);
    expect(claimFeatures(all, Number.POSITIVE_INFINITY, () => 'x')[0]?.properties).toEqual({ id: 'location--1', withdrawn: true, label: 'x' });
  });
});
