/** Every view by its link, and how to know that it has settled. */
import { until } from './harness.mjs';

export const VIEWS = [
  { name: 'sea', hash: 'view=sea', map: true, ready: '#main' },
  { name: 'lead', hash: 'view=sea', lead: true, map: true, ready: '#main' },
  { name: 'watchlog', hash: 'view=guard', ready: '.watchlog [data-row]' },
  { name: 'list-vessels', hash: 'view=list', ready: '.list [data-row]' },
  { name: 'list-events', hash: 'view=list&l_tab=events', ready: '.list' },
  { name: 'list-leads', hash: 'view=list&l_tab=leads', wait: true, ready: '.list [data-row]' },
  { name: 'list-card', hash: 'view=list&l_tab=leads', lead: true, ready: '.lcard table.reasons' },
  { name: 'log', hash: 'view=log&leaf=0', ready: '[data-proof="holds"]' },
  { name: 'help', hash: 'view=help', ready: '.help' },
  { name: 'port', hash: 'view=port', ready: '.port [data-box]' },
  { name: 'accounts', hash: 'view=accounts', ready: '.accounts [data-judged]' },
  { name: 'accounts-source', hash: 'view=accounts&a_src=1', ready: '.accounts [data-source]' },
  { name: 'accounts-programmes', hash: 'view=accounts&a_tab=programmes', ready: '.accounts [data-indicator]' },
  { name: 'accounts-claims', hash: 'view=accounts&a_tab=claims', ready: '.accounts [data-claim]' },
  { name: 'accounts-meetings', hash: 'view=accounts&a_tab=meetings', ready: '.accounts[data-as-of] .mt' },
  { name: 'accounts-read', hash: 'view=accounts&a_tab=read', ready: '.accounts [data-read]' },
  { name: 'accounts-findings', hash: 'view=accounts&a_tab=findings', ready: '.accounts [data-finding]' },
  { name: 'accounts-moved', hash: 'view=accounts&a_tab=moved', ready: '.accounts [data-moved]' },
  { name: 'exchange', hash: 'view=exchange', ready: '.exchange[data-state=flowing]' },
  { name: 'incidents', hash: 'view=incidents', ready: '.incidents h1' },
  { name: 'quarantine', hash: 'view=quarantine', ready: '.page .body :is(table, p)' },
  { name: 'inbox', hash: 'view=inbox', handed: true, ready: '.inbox [data-row]' },
  { name: 'inbox-card', hash: 'view=inbox', handed: true, claim: true, ready: '.inbox .card .act' },
  { name: 'print', hash: 'view=print', ready: '.print form' },
];
/** Needs no session. */
export const SIGNED_OUT = { name: 'signin', hash: 'view=signin', ready: '.signin' };

/** The first lead of a vessel comes in its own time; containers have theirs from the start. */
export function firstLead(stage, page, states = ['new']) {
  return until(async () => {
    const leads = await stage.ask(page, 'leads?state=all&limit=500');
    return Array.isArray(leads) ? leads.find((lead) => lead.mmsi !== null && states.includes(lead.state)) : null;
  }, `a lead in state ${states}`);
}

/** A contact that a platform reports, at the entrance of the invented sea. */
export function location({ n = 1, modified = '2026-03-14T10:00:00.000Z', name = 'LANCHA DE OTRO', lat = 11.4 } = {}) {
  return {
    type: 'location', spec_version: '2.1', id: `location--3f2c1a00-0000-4000-8000-${String(n).padStart(12, '0')}`,
    created: '2026-03-14T10:00:00.000Z', modified, latitude: lat, longitude: -74.9, observed_at: '2026-03-14T09:50:00Z',
    mmsi: '730123456', vessel_name: name, object_marking_refs: ['marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421'],
  };
}

/** The claim made of an object, once the node has read it. */
export function claimOf(stage, page, id, holds = () => true) {
  return until(async () => {
    const claim = await stage.ask(page, `claims/${id}`);
    return claim.id === id && holds(claim) ? claim : null;
  }, `the claim ${id}`);
}

/** Answers the fragment it opened, for the same view in another palette or language. */
export async function open(stage, page, view, look) {
  const found = view.lead || view.wait ? await firstLead(stage, page, ['new', 'acknowledged', 'accepted', 'dismissed']) : null;
  const lead = view.lead ? `&lead=${found.id}` : '';
  if (view.handed) {
    const objects = [1, 2].map((n) => location({ n }));
    await stage.handIn(objects);
    for (const object of objects) await claimOf(stage, page, object.id);
  }
  const more = lead + (view.claim ? `&b_id=${location().id}` : '');
  await stage.go(page, view.hash + more, look);
  await page.locator(view.ready).first().waitFor();
  if (view.map) await mapIdle(page);
  return view.hash + more;
}

/** MapLibre draws nothing when its worker failed; only its idle event tells. */
export async function mapIdle(page) {
  await page.locator('[data-idle="yes"]').waitFor({ timeout: 60_000 });
}
