/**
 * Pictures of the real page on the demo, into docs/screenshots: `node screenshots.mjs [NAME…]`. Few, and each for
 * something that the documents show. Demo only: no real recording is ever shown.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { findChromium, raise, ROOT, until } from './harness.mjs';
import { mapIdle, SIGNED_OUT } from './views.mjs';

const FOLDER = process.env.SCREENSHOTS ?? join(ROOT, 'docs', 'screenshots');
const SIZE = { width: 1440, height: 900 };
const UNDER_WAY = '2026-03-14T12:00:00';
const wanted = process.argv.slice(2);

const SHOTS = [
  { name: 'watchlog-night-es', palette: 'night', lang: 'es', hash: 'view=guard', ready: '.watchlog [data-row]' },
  { name: 'sea-dusk-es', palette: 'dusk', lang: 'es', hash: 'view=sea&lead=LEAD', map: true },
  { name: 'sea-day-es', palette: 'day', lang: 'es', hash: 'view=sea&lead=LEAD', map: true },
  { name: 'sea-night-es', palette: 'night', lang: 'es', hash: 'view=sea', map: true },
  { name: 'lead-card-en', palette: 'dusk', lang: 'en', hash: 'view=sea&lead=LEAD', map: true, only: 'aside.card' },
  { name: 'list-day-en', palette: 'day', lang: 'en', hash: 'view=list&l_tab=leads', ready: '.list [data-row]' },
  { name: 'log-entry-dusk-en', palette: 'dusk', lang: 'en', hash: 'view=log&leaf=LEAF', ready: '[data-proof="holds"]' },
];

/** The exchange, in the order in which it happens: flowing, the stop before it is signed, suspended, at the partner. */
const EXCHANGE = [
  { name: 'exchange-flowing-day-en', role: 'release', palette: 'day', lang: 'en', hash: 'view=exchange', ready: '.exchange[data-state=flowing]' },
  { name: 'incidents-dusk-es', role: 'release', palette: 'dusk', lang: 'es', hash: 'view=incidents', ready: '.incidents' },
  { name: 'exchange-stop-dusk-es', role: 'release', palette: 'dusk', lang: 'es', hash: 'view=exchange&e_act=stop', ready: '[data-preview]' },
  { name: 'exchange-suspended-dusk-es', role: 'release', palette: 'dusk', lang: 'es', hash: 'view=exchange', ready: '.ban[data-suspension]', stopped: true },
  { name: 'exchange-suspended-partner-day-en', role: 'us-watch', palette: 'day', lang: 'en', hash: 'view=exchange', ready: '.ban[data-suspension]', stopped: true },
];

/** The port officer's view: the strongest box open, and the picks derived again in the page. */
const PORT = [
  { name: 'port-dusk-es', role: 'port', palette: 'dusk', lang: 'es' },
  { name: 'port-day-en', role: 'port', palette: 'day', lang: 'en', derived: true },
];

/** The accounts: what the promise of Plan Colombia comes to, a figure's source, the table of a chart with its pooled curve. */
const ACCOUNTS = [
  { name: 'accounts-day-es', palette: 'day', lang: 'es' },
  { name: 'accounts-night-en', palette: 'night', lang: 'en', act: (page) => page.locator('.accounts [data-judged] [data-observation]').first().click() },
  { name: 'accounts-pooled-dusk-es', palette: 'dusk', lang: 'es', act: async (page) => {
    await page.locator('.accounts .side [data-part=pooled]').first().click();
    await page.locator('.accounts .side [data-pooled]').first().waitFor();
    await page.locator('.accounts .side [data-part=table]').first().click();
  } },
  { name: 'accounts-claims-day-en', palette: 'day', lang: 'en', hash: 'a_tab=claims', ready: '.accounts [data-claim]' },
];

async function accountsShots(stage) {
  for (const { name, act, hash, ready, ...as } of ACCOUNTS.filter((s) => asked(s.name))) {
    const page = await stage.page({ ...as, viewport: SIZE, hash: ['view=accounts', hash].filter(Boolean).join('&') });
    await page.locator(ready ?? '.accounts .side svg[data-chart]').first().waitFor();
    if (act) await act(page);
    await page.waitForTimeout(800);
    await page.screenshot({ path: join(FOLDER, `${name}.png`), animations: 'disabled' });
    console.log(name);
    await page.close();
  }
}

async function portShots(stage) {
  for (const { name, derived, ...as } of PORT.filter((s) => asked(s.name))) {
    const page = await stage.page({ ...as, viewport: SIZE, hash: 'view=port' });
    await page.locator('.port [data-box]').first().click();
    await page.locator('.port .tl svg[role=img]').waitFor();
    if (derived) {
      await page.locator('.port .save button').first().click();
      await page.locator('.port [data-verdict=holds]').first().waitFor();
    }
    await page.waitForTimeout(500);
    await page.screenshot({ path: join(FOLDER, `${name}.png`), animations: 'disabled' });
    console.log(name);
    await page.close();
  }
}

const post = (page, path, body) => page.evaluate(async ([to, what]) => (await fetch(`/api/${to}`, {
  method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(what),
})).json(), [path, body]);

async function report(watch) {
  await post(watch, 'incidents', {
    kind: 'strike', at: new Date().toISOString(), place: 'Cayos del Sur', lat: 13.1, lon: -78.9, dead: 3, injured: null,
    text: { es: 'Ataque a una lancha (inventado).', en: 'Strike on a boat (invented).' },
    source: { name: 'Agencia Marea', url_text: 'Marea 4417', published: null }, grading: 'C3',
  });
}

const stop = (release) => post(release, 'exchange/CO-US-MAR/stop', {
  scope: { from: null, to: null, items: [], areas: [], purposes: [] }, exceptions: [], incident: null,
  reason: { es: 'Ataque a una lancha.', en: 'A boat was struck.' },
  condition: { es: 'Mientras sigan los ataques a lanchas.', en: 'As long as attacks on boats continue.' },
});

async function exchangeShots(stage) {
  let stopped = false;
  const watch = await stage.page({ role: 'watch', lang: 'es' });
  await report(watch);
  for (const shot of EXCHANGE.filter((s) => asked(s.name))) {
    const page = await stage.page({ ...shot, viewport: SIZE });
    if (shot.stopped && !stopped) {
      console.log(JSON.stringify(await stop(shot.role === 'release' ? page : await stage.page({ role: 'release' }))));
      stopped = true;
    }
    await page.locator(shot.ready).first().waitFor();
    await page.waitForTimeout(1500);
    await page.screenshot({ path: join(FOLDER, `${shot.name}.png`), animations: 'disabled' });
    console.log(shot.name);
    await page.close();
  }
}

/** A watch at work: one lead accepted, one dismissed, a note. Answers the leaf of the decision. */
async function keepWatch(stage, page) {
  const leads = (await stage.ask(page, 'leads?state=open&limit=500')).filter((l) => l.mmsi !== null && l.state === 'new');
  const [shown, accepted, ...others] = leads;
  await post(page, 'watchlog', { text: 'Faro de Punta Gallinas apagado, avisado Capitanía' });
  const decision = await post(page, `leads/${accepted.id}/decisions`, { action: 'accept', reason: null, note: 'Avisada patrullera, se sigue', seen_state: 'new' });
  const dismissed = others.at(-1);
  if (dismissed) await post(page, `leads/${dismissed.id}/decisions`, { action: 'dismiss', reason: 'fishing', note: '', seen_state: 'new' });
  return { lead: shown.id, leaf: decision.leaf };
}

/** The sea and what an officer decided of it, once the theatre is under way. */
async function seaShots(stage, page) {
  await until(async () => (await stage.ask(page, 'status')).clock.now >= UNDER_WAY, 'the theatre to be under way', 180_000);
  const { lead, leaf } = await keepWatch(stage, page);
  for (const shot of SHOTS.filter((s) => asked(s.name))) {
    await page.goto('about:blank');
    await page.goto(stage.at({ ...shot, hash: shot.hash.replace('LEAD', lead).replace('LEAF', leaf) }));
    if (shot.ready) await page.locator(shot.ready).first().waitFor();
    if (shot.map) await mapIdle(page);
    await page.waitForTimeout(shot.map ? 7000 : 500);
    const what = shot.only ? page.locator(shot.only) : page;
    await what.screenshot({ path: join(FOLDER, `${shot.name}.png`), animations: 'disabled' });
    console.log(shot.name);
  }
}

const browser = findChromium();
if (browser === null) {
  console.log('skipped: no Chromium (apt install chromium)');
  process.exit(process.env.CI === 'true' ? 1 : 0);
}
mkdirSync(FOLDER, { recursive: true });
const stage = await raise(browser, { small: false, speed: 600 });
const asked = (name) => wanted.length === 0 || wanted.includes(name);
try {
  const page = await stage.page({ lang: 'es', viewport: SIZE, hash: 'view=help' });
  if (asked('signin-dusk-es')) {
    const out = await stage.page({ role: null, lang: 'es', palette: 'dusk', viewport: SIZE, hash: SIGNED_OUT.hash });
    await out.locator(SIGNED_OUT.ready).waitFor();
    await out.screenshot({ path: join(FOLDER, 'signin-dusk-es.png') });
    await out.close();
  }
  await portShots(stage);
  await accountsShots(stage);
  if (SHOTS.some((shot) => asked(shot.name))) await seaShots(stage, page);
  await exchangeShots(stage);
} finally {
  await stage.close();
}
