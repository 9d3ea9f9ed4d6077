/** The yearly meeting's walk: the same promise with opposite verdicts, its figures to their sources, another day, a text accepted. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { PALETTES, scene, until } from '../harness.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const PROMISE = '.accounts tr[data-commitment="plan-colombia-50pct"]';
const WORDS = {
  es: { accounts: 'Cuentas', change: '−52,3', series: 'Serie', text: 'El Ministerio de Defensa informó que en 2024 se incautaron 848,5 toneladas de cocaína en Colombia.' },
  en: { accounts: 'Accounts', change: '−52.3', series: 'Series', text: 'The Ministry of Defence said that 848.5 tonnes of cocaine were seized in Colombia in 2024.' },
};
const inLink = (page, key) => new URLSearchParams(new URL(page.url()).hash.slice(1)).get(key);

/** Everything that opens is opened here; the plain views stand in the walk of all views. */
async function violations(page) {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(AXE);
  return page.evaluate(async (tags) => {
    const found = await globalThis.axe.run(document, { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'], iframes: false });
    return found.violations.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => `${n.target.join(' ')} ${n.any[0]?.message ?? n.all[0]?.message ?? ''}`).join(' | ')}`);
  }, TAGS);
}

for (const lang of ['es', 'en']) {
  scene(`key 4 opens the accounts: met by one method, missed by the other, and each number opens its source (${lang})`, async (stage) => {
    const w = WORDS[lang];
    const page = await stage.page({ role: 'analyst', lang, hash: 'view=help', viewport: { width: 1440, height: 900 } });
    await page.locator('.help').waitFor();
    await page.keyboard.press('4');
    await page.locator(PROMISE).first().waitFor();
    assert.equal(await page.title(), `${w.accounts} · Bitácora`);
    assert.ok((await page.locator(`${PROMISE} td[data-method="simci"][data-verdict="met"]`).count()) > 0);
    assert.ok((await page.locator(`${PROMISE} td[data-method="us_government"][data-verdict="missed"]`).count()) > 0);
    assert.equal(await page.locator(`${PROMISE} td[data-method="simci"][data-verdict="missed"]`).count(), 0);
    assert.ok((await page.locator(`${PROMISE} td[data-verdict="met"]`).first().innerText()).includes(w.change));

    // By keyboard: the row's head, its cells, the cell that is met, its explanation.
    await page.locator(`${PROMISE} th[scope=row] button`).focus();
    for (let i = 0; i < 40 && (await page.evaluate(() => document.activeElement.closest('td')?.dataset.verdict)) !== 'met'; i += 1) await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await page.locator('.accounts [data-judged="simci"] [data-observation]').first().waitFor();
    assert.equal(inLink(page, 'a_m'), 'simci');
    assert.match(inLink(page, 'a_row'), /^plan-colombia-50pct/);

    const number = page.locator('.accounts [data-judged="simci"] [data-observation]').first();
    const id = Number(await number.getAttribute('data-observation'));
    await number.focus();
    await page.keyboard.press('Enter');
    await page.locator(`[data-observation-open="${id}"] [data-source]`).waitFor();
    const known = await stage.ask(page, `accounts/observations/${id}`);
    assert.ok((await page.locator('[data-observation-open]').innerText()).includes(known.series));
    assert.equal(await page.locator('[data-observation-open] a[href^="http"]').count(), 0, 'a reference is text');
    await page.keyboard.press('Escape');
    await page.locator('[data-observation-open]').waitFor({ state: 'detached' });
    assert.ok(await number.evaluate((e) => e === document.activeElement), 'back to the number');
    assert.deepEqual(stage.faults, []);
    assert.deepEqual(stage.strays, []);
  });
}

scene('each chart has its table, CSV, sources and method, and the pooled curve says what it does not know', async (stage) => {
  const page = await stage.page({ role: 'analyst', lang: 'en', hash: 'view=accounts', viewport: { width: 1440, height: 900 } });
  await page.locator('.accounts .side svg[data-chart]').first().waitFor();
  const boxes = page.locator('.accounts .side .ct');
  for (let i = 0; i < await boxes.count(); i += 1) {
    const box = boxes.nth(i);
    assert.ok((await box.locator('svg[role=img] title').textContent()).length > 10);
    await box.locator('[data-part=table]').click();
    assert.ok((await box.locator('table tbody tr').count()) > 1);
    for (const part of ['sources', 'method']) {
      await box.locator(`[data-part=${part}]`).click();
      assert.ok((await box.locator('.under').innerText()).length > 10, part);
    }
    const csv = await box.locator('[data-part=csv]').getAttribute('href');
    const answer = await page.evaluate(async (to) => {
      const found = await fetch(to);
      return { status: found.status, text: await found.text() };
    }, csv);
    assert.equal(answer.status, 200, csv);
    assert.ok(answer.text.includes(','), csv);
  }
  await page.locator('.accounts .side [data-part=pooled]').first().click();
  await page.locator('.accounts .side [data-pooled] li').first().waitFor();
  // A point is reached by the table: its number opens the source.
  await page.locator('.accounts .side [data-part=table]').first().click();
  await page.locator('.accounts .side table [data-observation]').first().click();
  await page.locator('[data-observation-open] [data-source]').waitFor();
  assert.deepEqual(stage.faults, []);
});

scene('on an earlier day only what was known then is judged', async (stage) => {
  const page = await stage.page({ role: 'analyst', hash: 'view=accounts', viewport: { width: 1440, height: 900 } });
  await page.locator(`${PROMISE} td[data-method="simci"][data-verdict="met"]`).first().waitFor();
  const day = page.locator('.accounts .asof input').first();
  await day.fill('2008-12-31');
  await day.press('Enter');
  await page.locator('.accounts[data-as-of="2008-12-31"]').waitFor();
  assert.equal(inLink(page, 'a_day'), '2008-12-31');
  const then = await stage.ask(page, 'accounts?as_of=2008-12-31');
  const cells = then.groups.flatMap((g) => g.rows).flatMap((r) => r.cells).filter((c) => c.vintage !== 'unknown');
  assert.ok(cells.every((c) => c.vintage <= '2008-12-31'), JSON.stringify(cells.find((c) => c.vintage > '2008-12-31')));
  await day.fill('31/12/2008');
  await day.press('Tab');
  await page.locator('.accounts .asof [aria-invalid=true]').waitFor();
  assert.equal(inLink(page, 'a_day'), '2008-12-31', 'a day that is none changes nothing');
});

for (const lang of ['es', 'en']) {
  scene(`a text is read, a person settles one proposal and it enters with its words (${lang})`, async (stage) => {
    const w = WORDS[lang];
    const page = await stage.page({ role: 'analyst', lang, hash: 'view=accounts&a_tab=read', viewport: { width: 1280, height: 800 } });
    const form = page.locator('.accounts [data-read]');
    const before = (await stage.ask(page, 'accounts')).observations;
    await form.locator('textarea').fill(w.text);
    await form.locator('input').nth(0).fill('2024-12-30');
    await form.locator('input').nth(1).fill('Agencia Marea');
    await form.locator('input').nth(2).fill('<img src=x onerror="document.title=\'owned\'">');
    await form.locator('button[type=submit]').click();
    await page.locator('.accounts [data-reading]').waitFor();
    assert.equal((await stage.ask(page, 'accounts')).observations, before, 'nothing enters by being read');
    assert.match(await page.locator('.accounts [data-text] [data-quantity]').first().innerText(), /848[.,]5/, 'the very words are marked');
    const proposal = page.locator('.accounts [data-proposal]').first();
    await proposal.locator('input[type=checkbox]').check();
    await proposal.locator('[data-fix=series]').fill('co.seiz.hcl.gov');
    await proposal.locator('[data-fix=period]').fill('2024');
    await page.locator('.accounts .sign button').click();
    await page.locator('.accounts .sign [role=status]').waitFor();
    await page.locator('.accounts .sign [data-observation]').first().click();
    await page.locator('[data-observation-open] [data-source=document] mark').waitFor();
    assert.match(await page.locator('[data-observation-open] mark').innerText(), /848[.,]5/);
    assert.equal(await page.locator('.accounts img').count(), 0);
    assert.deepEqual(stage.faults, []);
    assert.deepEqual(stage.strays, []);
  });
}

scene('an action item that moved meanwhile is shown, not signed over', async (stage) => {
  const page = await stage.page({ role: 'analyst', lang: 'en', hash: 'view=accounts&a_tab=meetings', viewport: { width: 1280, height: 800 } });
  await page.locator('.accounts .left .head button').click();
  const form = page.locator('.accounts [data-new-meeting]');
  const fields = form.locator('.rowf input');
  await fields.nth(1).fill('2026-03-14');
  await fields.nth(2).fill('Cartagena');
  await form.locator('button[type=submit]').click();
  await page.locator('.accounts .new button').click();
  await page.locator('.accounts [data-new-action] input').nth(0).fill('Publish the figure of 2024 with its method');
  await page.locator('.accounts [data-new-action] input').nth(1).fill('ODC');
  await page.locator('.accounts [data-new-action] button[type=submit]').click();
  const act = page.locator('.accounts [data-action]').last();
  await act.waitFor();
  const meeting = inLink(page, 'a_meet');
  const id = await act.getAttribute('data-action');
  await act.locator('.row button').click();
  const status = await page.evaluate(async ([m, a]) => (await fetch(`/api/accounts/meetings/${m}/actions/${a}`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ state: 'in_progress', note: 'from elsewhere', seen: 'open' }),
  })).status, [meeting, id]);
  assert.equal(status, 200);
  await act.locator('select').selectOption('done');
  await act.locator('button[type=submit]').click();
  await act.locator('[role=alert]').waitFor();
  await until(async () => (await act.getAttribute('data-state')) === 'in_progress', 'what is now so', 10_000);
  await act.locator('button[type=submit]').click();
  await until(async () => (await act.getAttribute('data-state')) === 'done', 'the move, once seen', 10_000);
});

scene('the report and the bundle are links to files, with the line that checks them', async (stage) => {
  const page = await stage.page({ role: 'analyst', hash: 'view=accounts', viewport: { width: 1440, height: 900 } });
  await page.locator('.accounts .menu > button').click();
  assert.match(await page.locator('.accounts [data-report]').getAttribute('href'), /^\/api\/accounts\/report\?.*lang=es.*format=pdf/);
  assert.match(await page.locator('.accounts .menu code').innerText(), /^bitacora accounts verify /);
  await page.keyboard.press('Escape');
  await page.locator('.accounts [data-report]').waitFor({ state: 'detached' });
});

scene('axe finds nothing with everything open, in three palettes', async (stage) => {
  const faults = [];
  const page = await stage.page({ role: 'analyst', hash: 'view=accounts', viewport: { width: 1440, height: 900 } });
  await page.locator('.accounts .side [data-part=pooled]').first().click();
  await page.locator('.accounts .side [data-pooled] li').first().waitFor();
  await page.locator('.accounts .side [data-part=table]').first().click();
  await page.locator('.accounts .side .head button').last().click();
  await page.locator('.accounts .menu > button').click();
  const hash = new URL(page.url()).hash.slice(1);
  for (const palette of PALETTES) {
    await page.evaluate((next) => { location.hash = next; }, hash.replace(/pal=\w+/, `pal=${palette}`));
    await page.waitForFunction((p) => document.documentElement.dataset.palette === p, palette);
    faults.push(...(await violations(page)).map((v) => `${palette}: ${v}`));
  }
  assert.deepEqual([...new Set(faults)], []);
});
