import { core } from './en/core';
import { sea } from './en/sea';
import { watchlog } from './en/watchlog';
import { list } from './en/list';
import { help } from './en/help';
import { print } from './en/print';
import { signin } from './en/signin';
import { logentry } from './en/logentry';
import { exchange } from './en/exchange';
import { inbox } from './en/inbox';
import { incidents } from './en/incidents';
import { port } from './en/port';
import { accounts } from './en/accounts';
import { accountsFindings } from './en/accounts-findings';
import type { Source } from './es';
import type { Words } from './words';

export const en: Words<Source> = { core, sea, watchlog, list, help, print, signin, logentry, exchange, inbox, incidents, port, accounts, accountsFindings };
