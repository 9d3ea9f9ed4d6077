/** The walk that the system is for: the demo at high speed, a lead, its reasons, a decision, the log entry, its proof. */
import assert from 'node:assert/strict';
import { LANGS, scene, until } from '../harness.mjs';
import { firstLead, mapIdle } from '../views.mjs';
import { WORDS } from './words.mjs';

for (const lang of LANGS) {
  scene(`a lead is opened, read, accepted and found in the log (${lang})`, async (stage) => {
    const w = WORDS[lang];
    const page = await stage.page({ lang });
    await mapIdle(page);
    const lead = await firstLead(stage, page);

    const row = page.getByRole('complementary', { name: w.queue, exact: true }).locator(`[data-lead="${lead.id}"]`);
    await row.click();
    const card = page.getByRole('complementary', { name: w.card, exact: true });
    await card.getByText(lead.number).waitFor();
    await card.getByRole('heading', { name: w.reasons }).waitFor();
    // The sea goes on: a revision of the lead may come between the page's answer and this one.
    await until(async () => {
      const whole = await stage.ask(page, `leads/${lead.id}`);
      assert.ok(whole.reasons.length > 0, 'the lead has reasons');
      return await card.locator('table.reasons tbody tr').count() === whole.reasons.length;
    }, 'the card to show every reason', 10_000);
    assert.doesNotMatch(await card.innerText(), /culpable|guilty/i);

    const note = `Enterado, patrulla avisada (${lang})`;
    await card.getByRole('button', { name: w.accept }).click();
    await card.getByLabel(w.note).fill(note);
    await card.getByRole('button', { name: w.confirm }).click();
    await card.getByRole('status').getByRole('link').waitFor();
    await until(async () => (await row.innerText()).includes(w.accepted), 'the queue to show the decision', 10_000);

    const decided = (await stage.ask(page, `leads/${lead.id}`)).decisions.find((d) => d.action === 'accept');
    assert.equal(decided.note, note);
    await card.getByRole('status').getByRole('link').click();
    await page.locator('[data-proof="holds"]').waitFor();
    assert.equal(new URLSearchParams(new URL(page.url()).hash.slice(1)).get('leaf'), String(decided.leaf));
    await page.getByText(w.holds).waitFor();
    const entry = await stage.ask(page, `log/entries/${decided.leaf}`);
    assert.match(entry.record, /accept/);

    await stage.go(page, `view=guard&w_kind=decision&w_text=${lead.number}`, { lang });
    const line = page.locator('.watchlog [data-row]').filter({ hasText: lead.number });
    await line.first().waitFor();
    assert.match(await line.first().innerText(), new RegExp(decided.officer.name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')));
    assert.deepEqual(stage.strays, []);
    assert.deepEqual(stage.faults, []);
  });
}

scene('the second of two officers is told who was first', async (stage) => {
  const w = WORDS.es;
  const page = await stage.page();
  const lead = await firstLead(stage, page);
  await stage.go(page, `view=sea&lead=${lead.id}`);
  const card = page.getByRole('complementary', { name: w.card, exact: true });
  await card.getByRole('button', { name: w.dismiss }).click();
  await card.getByLabel(w.reason).selectOption({ label: w.fishing });
  // Another post decides between the reading and the signature.
  const status = await page.evaluate(async ([id, seen]) => (await fetch(`/api/leads/${id}/decisions`, {
    method: 'POST', headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ action: 'accept', reason: null, note: 'desde otro puesto', seen_state: seen }),
  })).status, [lead.id, 'new']);
  assert.equal(status, 201);
  const confirm = card.getByRole('button', { name: w.dismissConfirm });
  if (await confirm.isVisible()) await confirm.click();
  await until(async () => /llegó antes|Aceptado/.test(await card.innerText()), 'the page to say that it was decided', 10_000);
  const now = await stage.ask(page, `leads/${lead.id}`);
  assert.equal(now.state, 'accepted');
  assert.equal(now.decisions.length, 1, 'the second act was not stored');
});

scene('an auditor sees a lead and may not decide it', async (stage) => {
  const page = await stage.page({ role: 'auditor' });
  const lead = await firstLead(stage, page);
  await stage.go(page, `view=sea&lead=${lead.id}`);
  const card = page.getByRole('complementary', { name: WORDS.es.card, exact: true });
  await card.getByText('Su función permite ver, no decidir.').waitFor();
  assert.equal(await card.getByRole('button', { name: WORDS.es.accept }).count(), 0);
  const status = await page.evaluate(async (id) => (await fetch(`/api/leads/${id}/decisions`, {
    method: 'POST', headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ action: 'accept', reason: null, note: '', seen_state: 'new' }),
  })).status, lead.id);
  assert.equal(status, 403);
});
