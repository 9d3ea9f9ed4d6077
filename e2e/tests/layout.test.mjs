/** Texts 40 % longer must not break the layout, at 1440 px nor at 320 px (WCAG 1.4.10), in either language. */
import assert from 'node:assert/strict';
import { LANGS, scene } from '../harness.mjs';
import { open, VIEWS } from '../views.mjs';

/** Lengthens every word that the page shows, by two fifths, leaving numbers, codes and typed text alone. */
function lengthen() {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const longer = (word) => word + word.slice(0, Math.max(1, Math.round(word.length * 0.4)));
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.parentElement?.closest('script, style, code, pre, .mono, kbd, svg, option')) continue;
    node.data = node.data.replace(/\p{L}{3,}/gu, longer);
  }
}

/** What sticks out of the window, or is cut off without an ellipsis that says so. */
function overflowing() {
  const out = [];
  const wide = document.scrollingElement;
  if (wide.scrollWidth > innerWidth + 1) out.push(`page is ${wide.scrollWidth} px wide`);
  for (const e of document.querySelectorAll('main *, .signin *')) {
    const style = getComputedStyle(e);
    if (style.visibility === 'hidden' || e.closest('.sr, svg, .maplibregl-map')) continue;
    const box = e.getBoundingClientRect();
    if (box.width === 0 || box.height === 0) continue;
    const name = `${e.tagName.toLowerCase()}.${String(e.className).replace(/\s+/g, '.')} "${(e.textContent ?? '').trim().slice(0, 30)}"`;
    if (/auto|scroll/.test(style.overflowX) && e.scrollWidth > e.clientWidth + 1 && !/INPUT|TEXTAREA|SELECT/.test(e.tagName)) out.push(`${name} scrolls sideways by ${e.scrollWidth - e.clientWidth} px`);
    if (box.right > innerWidth + 1 && !e.closest('[data-scrolls-sideways]')) out.push(`${name} ends at ${Math.round(box.right)} px`);
    if (e.matches('.btn') && e.scrollWidth > e.clientWidth + 1) out.push(`${name} is cut`);
  }
  return [...new Set(out)].slice(0, 6);
}

for (const width of [1440, 320]) {
  scene(`texts 40 % longer fit at ${width} px`, async (stage) => {
    const broken = [];
    for (const lang of LANGS) {
      const page = await stage.page({ lang, viewport: { width, height: 720 } });
      for (const view of VIEWS) {
        // At 320 px the chart gives way to the tables.
        if (view.map && width === 320) continue;
        await page.goto('about:blank');
        await page.goto(stage.at({ lang }));
        await open(stage, page, view, { lang });
        for (const [state, change] of [['plain', () => {}], ['longer', lengthen]]) {
          await page.evaluate(change);
          broken.push(...(await page.evaluate(overflowing)).map((what) => `${view.name} ${lang} ${state}: ${what}`));
        }
      }
      await page.context().close();
    }
    assert.deepEqual(broken, []);
  });
}
