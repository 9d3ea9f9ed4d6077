/** The inbox: what a platform hands in is read, taken or set aside by the officer it is for, and shows what its source says later. */
import assert from 'node:assert/strict';
import { scene, until } from '../harness.mjs';
import { claimOf, location } from '../views.mjs';

scene('a claim comes in, is taken with a key and signed, and shows when its source says something else', async (stage) => {
  const page = await stage.page({ hash: 'view=inbox' });
  await page.getByText('Nada por leer.').waitFor();
  // Markup in a name is a name.
  const hostile = '<img src=x onerror="document.title=1"><b>LANCHA</b>';
  const [first, second] = [location({ n: 1, name: hostile }), location({ n: 2, lat: 11.6 })];
  await stage.handIn([first, second]);

  const rows = page.locator('.inbox [data-row]');
  await until(async () => (await rows.count()) === 2, 'both claims in the open list');
  assert.ok((await rows.allInnerTexts()).some((text) => text.includes(hostile)), 'the name stands as it was sent');
  assert.equal(await page.locator('.inbox img').count(), 0);
  await stage.go(page, `view=inbox&b_id=${first.id}`);
  const card = page.locator('.inbox .card');
  await card.getByRole('heading', { name: 'contacto' }).waitFor();
  assert.match(await card.innerText(), /TLP:AMBER/);

  await page.keyboard.press('t');
  await card.getByText('No es un reporte de nuestros receptores', { exact: false }).waitFor();
  await page.keyboard.type('Visto también por la patrulla');
  await card.getByRole('button', { name: 'Firmar' }).click();
  await card.getByText('Visto también por la patrulla', { exact: false }).first().waitFor();
  const taken = await claimOf(stage, page, first.id, (claim) => claim.state === 'taken');
  assert.equal(taken.acted.act, 'take');

  // The other is set aside, and not without a reason.
  await stage.go(page, `view=inbox&b_id=${second.id}`);
  await card.getByRole('button', { name: 'Apartar' }).click();
  const sign = card.getByRole('button', { name: 'Firmar' });
  assert.equal(await sign.isDisabled(), true);
  await card.getByLabel('Motivo').selectOption('too_old');
  await sign.click();
  await claimOf(stage, page, second.id, (claim) => claim.state === 'set_aside');
  await page.getByText('Nada por leer.').waitFor();

  // The source changes its mind: what was taken stays, with the notice.
  await stage.handIn([location({ n: 1, modified: '2026-03-14T11:00:00.000Z', name: 'OTRA LANCHA', lat: 12.2 })]);
  await claimOf(stage, page, first.id, (claim) => claim.superseded);
  await stage.go(page, `view=inbox&b_state=taken&b_id=${first.id}`);
  await card.getByText('su fuente dice ahora otra cosa').waitFor();
  await card.getByRole('heading', { name: 'Lo que se tomó' }).waitFor();

  // The act is a leaf, and its proof holds.
  await card.getByRole('link', { name: /hoja/ }).last().click();
  await page.locator('[data-proof="holds"]').waitFor();
  assert.deepEqual([stage.strays, stage.faults], [[], []]);
});

scene('an officer whom a claim is not for reads it and cannot act', async (stage) => {
  const page = await stage.page({ role: 'port', lang: 'en', hash: 'view=inbox' });
  await page.getByText('Nothing to read.').waitFor();
  await stage.handIn([location()]);
  await claimOf(stage, page, location().id);
  await stage.go(page, `view=inbox&b_id=${location().id}`, { lang: 'en' });
  const card = page.locator('.inbox .card');
  await card.getByText('Another officer decides on this.').waitFor();
  await page.keyboard.press('t');
  assert.equal(await card.getByRole('button', { name: 'Sign' }).count(), 0);
});

scene('what is said of a container and taken stands on its card, with no weight', async (stage) => {
  const page = await stage.page({ role: 'analyst', lang: 'en', hash: 'view=port' });
  const { queue } = await until(async () => {
    const view = await stage.ask(page, 'port');
    return view.queue?.length > 0 ? view : null;
  }, 'containers to look at');
  const number = queue[0].container;
  const common = (type) => ({ type, spec_version: '2.1', id: `${type}--3f2c1a00-0000-4000-8000-0000000000cc`, created: '2026-03-14T10:00:00.000Z', modified: '2026-03-14T10:00:00.000Z' });
  const container = { ...common('x-container'), container_number: number };
  const note = { ...common('note'), abstract: 'DOUBLE FLOOR', content: 'A source says so.', object_refs: [container.id] };
  await stage.handIn([container, note]);
  await claimOf(stage, page, note.id);
  await stage.go(page, `view=inbox&b_id=${note.id}`, { lang: 'en' });
  await page.locator('.inbox .card').getByRole('button', { name: 'Take' }).click();
  await page.locator('.inbox .card').getByRole('button', { name: 'Sign' }).click();
  await claimOf(stage, page, note.id, (claim) => claim.state === 'taken');
  await stage.go(page, `view=port&p_box=${number}`, { lang: 'en' });
  await page.getByText('DOUBLE FLOOR').waitFor();
  await page.getByText('no weight', { exact: true }).waitFor();
});
