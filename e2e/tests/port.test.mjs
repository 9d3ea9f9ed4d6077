/** The port officer's walk: the queue, a box with its history as a picture and as a table, the draw, one more scanner hour. */
import assert from 'node:assert/strict';
import { scene, until } from '../harness.mjs';

for (const lang of ['es', 'en']) {
  scene(`a box is opened from the queue and its history is drawn (${lang})`, async (stage) => {
    const page = await stage.page({ role: 'port', hash: 'view=port', lang });
    const before = stage.faults.length;
    await page.locator('.port [data-box]').first().click();
    const number = await page.locator('.port [data-box]').first().getAttribute('data-box');
    await page.locator('.port .tl svg[role=img]').waitFor();
    assert.equal((await page.locator('#box-title').innerText()).replaceAll(' ', ''), number);
    const whole = await stage.ask(page, `port/containers/${number}`);
    assert.ok(whole.events.length > 3 && whole.alerts.length > 0, JSON.stringify(whole).slice(0, 300));
    assert.equal(new Set(whole.events.map((event) => event.id)).size, whole.events.length, 'an event told twice is shown once');
    assert.deepEqual(stage.faults.slice(before), []);
  });
}

scene('the draw of the day verifies, sealed slots give no picks, and one more hour never helps the attacker', async (stage) => {
  const page = await stage.page({ role: 'port', hash: 'view=port' });
  const draw = await stage.ask(page, 'port/draw');
  assert.equal(draw.verified, true, draw.defect);
  assert.equal(typeof draw.leaf, 'number');
  assert.ok(draw.slots.some((slot) => slot.state === 'open' && slot.picks.length > 0));
  for (const slot of draw.slots.filter((one) => one.state !== 'open')) assert.deepEqual(slot.picks, []);
  assert.equal(draw.missing_shares, 1);
  await derivedHere(stage, page);
  const more = await stage.ask(page, 'port/what-if?hours=2');
  assert.ok(more.then <= more.now, JSON.stringify(more));
  const lead = (await stage.ask(page, 'leads?state=open&limit=500')).find((one) => one.container !== null);
  assert.ok(lead && lead.lat === null && lead.mmsi === null, 'a container has its lead in the same queue');
  await until(() => page.locator('.port [data-box]').count(), 'the queue');
});

/** The officer's own browser derives the picks from the public data alone; a pick that was changed is named. */
async function derivedHere(stage, page) {
  const picks = async () => (await stage.ask(page, 'port/draw/bundle')).slots.flatMap((slot) => slot.picks).length;
  const before = await picks();
  await page.locator('.port .save button').first().click();
  await page.locator('.port [data-verdict=holds]').waitFor();
  const shown = Number(await page.locator('.port [data-picks]').getAttribute('data-picks'));
  assert.ok(before > 0 && before <= shown && shown <= await picks(), `${shown} picks derived`);
  await page.route('**/api/port/draw/bundle', async (route) => {
    const body = await (await route.fetch()).text();
    await route.fulfill({ contentType: 'application/json', body: body.replace('"picks":["', '"picks":["X') });
  });
  await page.locator('.port .save button').first().click();
  await page.locator('.port [data-verdict=fails] [data-step=picks] .c-stop').first().waitFor();
  assert.equal(await page.locator('.port [data-picks]').count(), 0);
  await page.unroute('**/api/port/draw/bundle');
  assert.deepEqual(stage.faults, []);
}

for (const lang of ['es', 'en']) {
  scene(`what a scan gave is recorded, corrected and kept (${lang})`, async (stage) => {
    const page = await stage.page({ role: 'port', hash: 'view=port', lang, viewport: { width: 1280, height: 800 } });
    const before = await stage.ask(page, 'port/draw/record');
    const draw = await stage.ask(page, 'port/draw');
    const slot = draw.slots.findLast((one) => one.state === 'open' && one.picks.some((pick) => pick.results.length === 0));
    const pick = slot.picks.find((one) => one.results.length === 0);
    const results = async () => (await stage.ask(page, 'port/draw')).slots[slot.n].picks.find((one) => one.container === pick.container).results;
    const row = page.locator('.p-draw [data-row]').filter({ hasText: pick.container.slice(4, 10) }).last();

    // By keyboard: the row, its result, the outcome, the note, the button.
    const note = `<img src=x onerror="document.title='owned'"> bolsas (${lang})`;
    await row.locator('.result').focus();
    await page.keyboard.press('Enter');
    const form = page.locator('.res form');
    await form.locator('input[value=found]').focus();
    await page.keyboard.press('Space');
    await form.locator('input[inputmode=decimal]').fill('12,5');
    await form.locator('textarea').fill(note);
    await form.locator('textarea').press('Tab');
    await page.keyboard.press('Enter');
    await page.locator('.res [role=status]').waitFor();
    const [first] = await results();
    assert.deepEqual([first.outcome, first.kilograms, first.note], ['found', 12.5, note]);
    await until(async () => (await row.innerText()).includes(note), 'the note beside the pick, as text', 10_000);
    assert.equal(await page.locator('.port img').count(), 0, 'a note is text');

    // Another post corrects it meanwhile: this page is told, and signs nothing over it.
    await page.locator('.res .btns button').first().click();
    const status = await page.evaluate(async (ask) => (await fetch('/api/port/draw/results', {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(ask),
    })).status, { draw: draw.commitment, slot: slot.n, container: pick.container, seen: 1, key: 'elsewhere', outcome: 'clean', reason: null, kilograms: null, note: '' });
    assert.equal(status, 201);
    await form.locator('button[type=submit]').click();
    await page.locator('.res [role=alert]').waitFor();
    assert.equal((await results()).length, 2);
    await until(async () => (await page.locator('.res li').count()) === 2, 'both results, the first kept', 10_000);
    await page.keyboard.press('Escape');
    await page.locator('.res').waitFor({ state: 'detached' });

    const record = await stage.ask(page, 'port/draw/record');
    assert.deepEqual([record.scans.clean, record.scans.found], [before.scans.clean + 1, before.scans.found], 'a correction is counted as it stands');
    assert.equal(record.bodies.find((body) => body.name === 'police').missing_today, 1);
    assert.ok(record.fit.p === null ? record.fit.verdict === 'too_few' : record.fit.picks >= 30, JSON.stringify(record.fit));
    await page.locator('[data-record]').waitFor();
    assert.deepEqual(stage.faults, []);
    assert.deepEqual(stage.strays, []);
  });
}

scene('an auditor sees what scans gave and may not record it', async (stage) => {
  const page = await stage.page({ role: 'auditor', hash: 'view=port' });
  const draw = await stage.ask(page, 'port/draw');
  const slot = draw.slots.findLast((one) => one.picks.length > 0);
  await page.locator('.p-draw [data-row] .result').first().click();
  await page.locator('.res').waitFor();
  assert.equal(await page.locator('.res form').count(), 0);
  const status = await page.evaluate(async (ask) => (await fetch('/api/port/draw/results', {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(ask),
  })).status, { draw: draw.commitment, slot: slot.n, container: slot.picks[0].container, seen: 0, key: 'a', outcome: 'clean', reason: null, kilograms: null, note: '' });
  assert.equal(status, 403);
});
