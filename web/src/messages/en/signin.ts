import type { signin as Source } from '../es/signin';

export const signin: typeof Source = {
  title: 'Sign in',
  system: 'The log of the watch',
  lead: 'This page shows this node\'s sea picture. Each officer enters with their own one-time link; there are no passwords.',
  steps: 'How to enter',
  step1: 'Ask the node\'s administrator for a personal link. This command issues it:',
  command: 'bitacora officer add NAME --role watch',
  step2: 'Open the link once, on the machine where you stand the watch.',
  step3: 'The session stays in this browser until you close it.',
  working: 'Checking the link…',
  welcome: (name) => `Session of ${name}`,
  role: 'Role',
  roles: {
    watch: 'Watch', port: 'Port', release: 'Releases', case: 'Cases', analyst: 'Analysis', auditor: 'Audit',
  },
  node: 'Node',
  may: 'May',
  abilities: {
    see_picture: 'see the picture', decide_lead: 'decide leads', record_outcome: 'record outcomes', record_inspection: 'record inspections', write_note: 'write notes',
    export: 'export', see_log: 'see the log', see_exchange: 'see the exchange', release_item: 'release', suspend: 'stop the exchange',
    resume: 'resume', draft_agreement: 'draft agreements', open_received: 'open what was received', report_incident: 'report incidents', sign_incident: 'sign incidents', keep_accounts: 'keep the accounts', take_sighting: 'take what platforms saw', take_indication: 'take what platforms think',
  },
  go: 'Enter the watch',
  endedTitle: 'The session ended',
  ended: 'The node no longer knows the session of this browser. What was decided and noted so far is kept; what was half written is not.',
  failedTitle: 'The link does not open a session',
  failures: {
    used: 'This link was already used. Each link opens one session only.',
    expired: 'This link has expired.',
    unknown: 'The node does not know this link. Perhaps it was copied incompletely or belongs to another node.',
    unreachable: 'The node does not answer. Check that it is still running and try again.',
    other: 'The node refused the link.',
  },
  remedy: 'Ask for another link:',
  retry: 'Try again',
  signOut: 'Sign out',
};
