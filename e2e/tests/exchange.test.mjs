/**
 * Two nodes, both pages open, one in Spanish and one in English: leads go, Colombia stops all but safety of life, both
 * pages show it, two officers resume for seizure, and the browser checks a leaf of each log.
 */
import assert from 'node:assert/strict';
import { scene, until } from '../harness.mjs';

const AGREEMENT = 'CO-US-MAR';
const VIEW = 'view=exchange';

/** POST with the page's session, as the page itself does. */
const post = (page, path, body) => page.evaluate(async ([url, what]) => {
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(what) });
  return { status: answer.status, body: await answer.json().catch(() => null) };
}, [`/api/${path}`, body]);

const agreementOf = async (stage, page) => (await stage.ask(page, 'exchange')).agreements?.find((a) => a.id === AGREEMENT);

/** The watch officer accepts so many leads that wait. */
async function acceptLeads(stage, watch, count) {
  const leads = await until(async () => {
    // Of vessels: those have a standing flow.
    const open = await stage.ask(watch, 'leads?state=open&limit=500');
    const found = open.filter((lead) => lead.mmsi !== null);
    return found.length >= count ? found.slice(0, count) : null;
  }, `${count} leads`, 120_000);
  for (const lead of leads) {
    const done = await post(watch, `leads/${lead.id}/decisions`, { action: 'accept', reason: null, note: '', seen_state: lead.state });
    assert.equal(done.status, 201, JSON.stringify(done.body));
  }
}

async function writeBoth(page, nth, es, en) {
  await page.locator('textarea[lang=es]').nth(nth).fill(es);
  await page.locator('textarea[lang=en]').nth(nth).fill(en);
}

scene('sharing is stopped, shown on both sides, resumed in part, and checked in the browser', { speed: 2_000 }, async (stage) => {
  const watch = await stage.page({ role: 'watch' });
  const colombia = await stage.page({ role: 'release', lang: 'es', palette: 'day', hash: VIEW });
  const states = await stage.page({ role: 'us-watch', lang: 'en', palette: 'dusk', hash: VIEW });
  await colombia.locator('.exchange[data-state=flowing]').waitFor();
  await states.locator('.exchange[data-state=flowing]').waitFor();

  // A lead goes: cut, sealed, receipted, and readable at the other end.
  await acceptLeads(stage, watch, 2);
  await until(async () => (await stage.ask(states, `exchange/${AGREEMENT}/received`)).some?.((item) => item.state === 'readable'), 'a readable lead');
  await stage.go(states, `${VIEW}&e_act=received`, { lang: 'en' });
  await states.locator('[data-received=readable] button').first().click();
  await states.locator('[data-received=open]').first().waitFor();

  // The incident, then the stop, whose preview is its confirmation.
  const report = await post(watch, 'incidents', {
    kind: 'strike', at: new Date().toISOString(), place: 'Cayos del Sur', lat: 13.1, lon: -78.9, dead: 3, injured: null,
    text: { es: 'Ataque a una lancha (inventado).', en: 'Strike on a boat (invented).' },
    source: { name: 'Agencia Marea', url_text: 'Marea 4417', published: null }, grading: 'C3',
  });
  assert.equal(report.status, 201, JSON.stringify(report.body));
  await stage.go(colombia, `${VIEW}&e_act=stop`, { lang: 'es', palette: 'day' });
  await colombia.locator('[data-preview]').waitFor();
  await writeBoth(colombia, 0, 'Ataque a una lancha.', 'A boat was struck.');
  await writeBoth(colombia, 1, 'Mientras sigan los ataques a lanchas.', 'As long as attacks on boats continue.');
  await colombia.locator('.stopbtn').click();
  const banner = colombia.locator('.ban[data-suspension]');
  await banner.waitFor();
  const suspension = await banner.getAttribute('data-suspension');
  assert.match(suspension, /^sus-[0-9a-f]{20}$/);

  // Both pages, in both languages; the partner says that it saw it.
  await states.locator('.ban[data-suspension]').waitFor();
  const informed = await until(async () => {
    const found = (await agreementOf(stage, colombia)).suspensions.find((one) => one.id === suspension);
    return found?.partner_informed ? found : null;
  }, 'the partner to be informed');
  assert.ok(informed.leaf !== null && informed.gate_closed && informed.leaf_durable, JSON.stringify(informed));
  assert.match(await colombia.locator('.ban').innerText(), /Suspendido/);
  assert.match(await states.locator('.ban').innerText(), /Suspended/);

  // What is accepted meanwhile waits; nothing of the scope is recorded or written.
  await acceptLeads(stage, watch, 1);
  await until(async () => (await agreementOf(stage, colombia)).flows.some((flow) => flow.held > 0), 'a held lead');
  const interval = await stage.ask(colombia, `exchange/${AGREEMENT}/suspensions/${suspension}/interval`);
  assert.deepEqual([interval.releases_of_scope, interval.writes_started_since_closed, interval.holds], [0, 0, true], JSON.stringify(interval));

  // Two officers resume for seizure; the first signature alone changes nothing.
  const part = {
    scope: { from: 'CO', to: 'US', items: ['lead'], areas: [], purposes: ['seizure'] }, attested: true,
    condition_met: { es: 'Declaración escrita de la otra parte.', en: 'Written declaration of the other party.' },
  };
  const second = await stage.page({ role: 'release-2', lang: 'en', palette: 'day', hash: VIEW });
  const resume = `exchange/${AGREEMENT}/suspensions/${suspension}/resume`;
  assert.equal((await post(colombia, resume, part)).status, 202);
  assert.equal((await post(colombia, resume, part)).status, 202, 'the same officer signing again is still one');
  assert.equal((await post(second, resume, part)).status, 201);
  await until(async () => (await agreementOf(stage, colombia)).state === 'part_suspended', 'the part to be resumed');
  await until(async () => (await stage.ask(states, `exchange/${AGREEMENT}/received`)).filter?.((item) => item.state !== 'sealed').length >= 3, 'the held lead at the other end');

  // The log's proof, in each page.
  for (const [page, lang] of [[colombia, 'es'], [states, 'en']]) {
    await until(async () => {
      const log = (await agreementOf(stage, page)).log;
      return log.mirrored === log.size;
    }, 'the log to be mirrored');
    await stage.go(page, `${VIEW}&e_leaf=1`, { lang });
    await page.getByRole('button', { name: lang === 'es' ? 'Comprobar aquí' : 'Verify here' }).click();
    await page.locator('[data-proof="holds"]').waitFor();
  }
  assert.deepEqual(stage.strays, []);
  assert.deepEqual(stage.faults, []);
});
