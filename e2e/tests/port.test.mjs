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
  const more = await stage.ask(page, 'port/what-if?hours=2');
  assert.ok(more.then <= more.now, JSON.stringify(more));
  const lead = (await stage.ask(page, 'leads?state=open&limit=500')).find((one) => one.container !== null);
  assert.ok(lead && lead.lat === null && lead.mmsi === null, 'a container has its lead in the same queue');
  await until(() => page.locator('.port [data-box]').count(), 'the queue');
});
