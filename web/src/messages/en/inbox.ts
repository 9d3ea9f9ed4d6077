import type { inbox as source } from '../es/inbox';
import type { Words } from '../words';

export const inbox: Words<typeof source> = {
  title: 'Inbox of platforms',
  note: 'What others claim. It has no weight until an officer takes it, and even then it stays its source’s.',
  statesLabel: 'State', states: { open: 'to read', taken: 'taken', set_aside: 'set aside', withdrawn: 'taken back by its source' },
  kinds: { contact: 'contact', sighting: 'sighting', indication: 'indication', incident: 'incident' },
  caption: 'Claims, newest first',
  columns: { kind: 'Kind', about: 'About', platform: 'Platform', handed: 'Handed in', tlp: 'TLP' },
  none: { open: 'Nothing to read.', taken: 'Nothing has been taken.', set_aside: 'Nothing has been set aside.', withdrawn: 'Nothing has been taken back.' },
  choose: 'Choose a claim from the list.', missing: 'The inbox has no such claim.', failed: 'The inbox could not be read.', older: 'Older', browse: 'browse',
  about: 'About', nobody: 'nobody named', when: 'When', where: 'Where', motion: 'Motion', count: 'Times', platform: 'Handed in by', maker: 'Made by', markings: 'Markings', labels: 'Labels', unread: 'Not understood',
  unknownPlatform: 'unknown platform', vesselCard: 'vessel card', onChart: 'on the chart',
  noTlp: 'no TLP', otherMarking: (text) => `marking of another form: ${text}`, partOnly: (parts) => `(only ${parts})`, ofHolder: '(of the event it came in)',
  handling: {
    of: (party) => `of ${party}`, nobody: 'for its originator alone', to: (parties) => `may go to ${parties}`, purposes: (all) => `for ${all}`, forbidden: (all) => `never for ${all}`,
    control: 'its originator decides each use',
  },
  gone: { revoked: 'its source revoked it', deleted: 'the platform deleted it', nothing_left: 'its last version says nothing any more' },
  superseded: 'its source says something else now', takenStays: 'What was taken stays in sight, with this notice', takenAs: 'What was taken',
  means: {
    contact: 'It enters the sea picture as a contact of whoever said it. It is no report of our receivers, and no detector uses it.',
    sighting: 'It enters the sea picture as a sighting of whoever said it. It is no report of our receivers, and no detector uses it.',
    indication: 'It stands with the evidence of the vessel or container, with no weight of its own.',
    incident: 'It enters the register as a proposal, which does not count until an officer signs it.',
  },
  act: {
    title: 'Officer’s act', take: 'Take', aside: 'Set aside', asideNote: 'It stays in the log, with the reason.', reason: 'Reason', note: 'Note', sign: 'Sign', sending: 'Signing…', cancel: 'Cancel',
    taken: 'Taken.', wasSetAside: 'Set aside.', changed: 'The claim changed meanwhile; read it again.', notYours: 'Another officer decides on this.',
  },
  reasons: { not_credible: 'not credible', already_known: 'known already', out_of_area: 'out of the area', too_old: 'too old', not_usable: 'its markings do not let us use it', other: 'other, see the note' },
  history: 'History', changes: { told: 'told', withdrawn: 'taken back by its source', take: 'taken', set_aside: 'set aside' }, leaf: (n) => `leaf ${n}`,
  claimed: 'What others claim', claimedBy: (name) => `claimed by ${name}:`, noWeight: 'no weight', open: 'Inbox', reportedBy: (name) => `reported by ${name}`,
};
