import type { incidents as source } from '../es/incidents';
import type { Words } from '../words';

export const incidents: Words<typeof source> = {
  title: 'Incident register',
  subtitle: (n) => (n === '1' ? '1 incident' : `${n} incidents`),
  note: 'A machine proposes, an officer signs. Nothing is erased: a change is one more line.',
  caption: 'Incidents, newest first',
  columns: { number: 'Number', at: 'When', kind: 'Kind', text: 'What', status: 'Status', sources: 'Sources' },
  kinds: { strike: 'strike on a boat', death: 'death', injury: 'injury', violation: 'violation' },
  kindsPlural: { strike: 'strikes', death: 'deaths', injury: 'injuries', violation: 'violations' },
  statuses: { alleged: 'alleged', corroborated: 'corroborated', verified: 'verified', disputed: 'disputed', unfounded: 'unfounded' },
  proposed: 'proposed by the machine, not signed',
  none: 'The register is empty.', choose: 'Choose an incident from the list.', missing: 'The register has no such incident.',
  loading: 'Reading the register…', failed: 'The incident register could not be read.', retry: 'Try again', toExchange: 'Exchange',
  sourceCount: (n, one) => (one ? `${n} source` : `${n} sources`),
  where: 'Place', when: 'When', dead: 'Dead', injured: 'Injured', status: 'Status',
  sources: 'Sources', published: (at) => `published ${at}`, grading: 'Grading', noSources: 'No source.',
  history: 'History', historyCaption: 'Every change, oldest first', historyColumns: { at: 'Time', what: 'What', status: 'Status', who: 'Who', note: 'Note', leaf: 'Leaf' },
  what: { reported: 'reported', source_added: 'source added', status_changed: 'status changed', proposed: 'proposed', corrected: 'corrected' },
  machine: 'the machine', cited: 'Cited by', citedNone: 'No suspension cites it.',
  report: {
    title: 'Report an incident', open: 'Report…', kind: 'Kind', at: 'When (UTC)', text: 'What happened', es: 'Spanish', en: 'English', place: 'Place, in words', position: 'Position', dead: 'Dead', injured: 'Injured',
    source: 'Source', sourceRef: 'Where it can be read', published: 'Published (UTC)', grading: 'Grading A–F, 1–6', act: 'Sign and report', sending: 'Signing…', unknown: 'empty: not known',
    badTime: 'The time is not understood', badPosition: 'The position is not understood', badNumber: 'A whole number is needed', badGrading: 'A to F and 1 to 6, for example B2', missing: 'The text in both languages, or the source, is missing.', done: (n) => `Reported: ${n}.`,
  },
  change: {
    title: 'Change the status', to: 'New status', note: 'Why', act: 'Sign the status', noteMissing: 'Say why.', done: (s) => `Signed: ${s}.`,
    sign: 'Sign what is proposed', signNote: 'The machine proposed this line; it does not count until an officer signs it.', addSource: 'Add a source', addAct: 'Sign the source', added: 'Source added.', sending: 'Signing…',
  },
};
