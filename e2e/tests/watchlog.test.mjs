/** The watch log: notes, filters in the URL, rows that do not move under the reader, and the hand-over sheet on paper. */
import assert from 'node:assert/strict';
import { scene, until } from '../harness.mjs';

scene('a note is logged under its officer and found again by filter', async (stage) => {
  for (const [lang, add, field, kind] of [['es', 'Anotar', 'Nota de guardia', 'note'], ['en', 'Log it', 'Watch note', 'note']]) {
    const page = await stage.page({ lang, hash: 'view=guard' });
    const text = `Faro apagado ${lang}`;
    await page.getByLabel(field, { exact: false }).fill(text);
    await page.getByRole('button', { name: add }).click();
    const row = page.locator('.watchlog [data-row]').filter({ hasText: text });
    await row.waitFor();
    const me = await stage.ask(page, 'me');
    assert.match(await row.innerText(), new RegExp(me.officer.name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')));
    await stage.go(page, `view=guard&w_kind=${kind}&w_text=${encodeURIComponent(text)}`, { lang });
    await until(async () => (await page.locator('.watchlog [data-row]').count()) === 1, 'the filter to leave one row', 15_000);
    await row.locator('td').last().getByRole('link').click();
    await page.locator('[data-proof="holds"]').waitFor();
    await page.context().close();
  }
});

scene('new entries wait while a row is in focus, then join at a press', async (stage) => {
  const page = await stage.page({ hash: 'view=guard' });
  const rows = page.locator('.watchlog [data-row]');
  await rows.first().focus();
  const before = await rows.first().innerText();
  await page.evaluate(() => fetch('/api/watchlog', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ text: 'Desde otro puesto' }) }));
  const show = page.getByRole('button', { name: 'Mostrar' });
  await show.waitFor();
  assert.equal(await rows.first().innerText(), before);
  await show.click();
  await rows.filter({ hasText: 'Desde otro puesto' }).waitFor();
});

scene('the hand-over sheet prints in either language and in both', async (stage) => {
  const expected = {
    es: ['Hoja de relevo de guardia', 'Indicios abiertos', 'Decisiones de la guardia', 'Entrega la guardia'],
    en: ['Watch hand-over sheet', 'Open leads', 'Decisions of the watch', 'Hands over the watch'],
  };
  for (const speech of ['es', 'en', 'both']) {
    const page = await stage.page({ lang: 'es', palette: 'night', hash: 'view=print&x_what=watchlog&x_format=sheet' });
    await page.evaluate(() => { globalThis.print = () => { globalThis.printed = (globalThis.printed ?? 0) + 1; }; });
    await page.getByRole('button', { name: 'Preparar la hoja' }).click();
    await page.getByText('Escriba la finalidad').waitFor();
    assert.equal(await page.locator('[data-sheet]').count(), 0, 'nothing leaves without a purpose');
    await page.getByLabel('Finalidad').fill('Relevo de prueba');
    await page.getByLabel('Idioma').selectOption(speech);
    await page.getByRole('button', { name: 'Preparar la hoja' }).click();
    const langs = speech === 'both' ? ['es', 'en'] : [speech];
    for (const lang of langs) await page.locator(`[data-sheet="${lang}"]`).waitFor();
    assert.equal(await page.locator('[data-sheet]').count(), langs.length);
    await page.waitForFunction(() => globalThis.printed === 1);
    const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true });
    assert.ok(pdf.length > 10_000 && pdf.subarray(0, 5).toString() === '%PDF-', 'a PDF with content');
    await page.emulateMedia({ media: 'print' });
    const paper = await page.locator('body').innerText();
    for (const lang of langs) for (const words of expected[lang]) assert.ok(paper.includes(words), `${lang}: ${words}`);
    assert.ok(paper.includes('Relevo de prueba'));
    assert.ok(!paper.includes('Preparar la hoja'), 'the form is not on the paper');
    const ground = await page.locator('.paper').evaluate((e) => getComputedStyle(e).backgroundColor);
    assert.equal(ground, 'rgb(255, 255, 255)', 'paper is white in the night palette');
    await page.context().close();
  }
  const page = await stage.page({ hash: 'view=guard' });
  const log = await stage.ask(page, 'watchlog?kind=export&limit=10');
  assert.equal(log.length, 3, 'each sheet is in the log');
});

scene('the watch log asks the node once for each question', async (stage) => {
  const page = await stage.page({ hash: 'view=help' });
  let asked = 0;
  page.on('request', (request) => { if (request.method() === 'GET' && request.url().includes('/api/watchlog')) asked += 1; });
  await stage.go(page, 'view=guard');
  await page.locator('.watchlog [data-row]').first().waitFor();
  await page.waitForTimeout(1500);
  assert.equal(asked, 1);
});
