import { core } from './es/core';
import { sea } from './es/sea';
import { watchlog } from './es/watchlog';
import { list } from './es/list';
import { help } from './es/help';
import { print } from './es/print';
import { signin } from './es/signin';
import { logentry } from './es/logentry';
import { exchange } from './es/exchange';
import { inbox } from './es/inbox';
import { incidents } from './es/incidents';
import { port } from './es/port';
import { accounts } from './es/accounts';
import { accountsFindings } from './es/accounts-findings';

/** Spanish is the source: a key that is missing in another language fails the build. */
export const es = { core, sea, watchlog, list, help, print, signin, logentry, exchange, inbox, incidents, port, accounts, accountsFindings };
export type Source = typeof es;
