import type { list as Source } from '../es/list';
import type { Words } from '../words';

export const list: Words<typeof Source> = {
  title: 'List',
  tabs: { vessels: 'Vessels', events: 'Events', leads: 'Leads' },
  tabsLabel: 'What is listed',
  count: (shown, all) => `${shown} of ${all}`,
  search: 'Search name or MMSI',
  className: 'Type',
  kindName: 'Event',
  stateName: 'State',
  any: 'All',
  minKn: 'From kn',
  maxKn: 'To kn',
  clear: 'Clear filters',
  export: 'Export…',
  vessel: {
    name: 'Name', mmsi: 'MMSI', type: 'Type', speed: 'Speed', course: 'Course', position: 'Position', age: 'Age',
  },
  event: { kind: 'Event', vessel: 'Vessel', other: 'With', start: 'Starts', duration: 'Lasts', numbers: 'Measures', position: 'Position' },
  lead: {
    number: 'Lead', title: 'Main reason', level: 'Level', state: 'State', vessel: 'Vessel', other: 'With', updated: 'Changed', position: 'Position',
  },
  ongoing: 'goes on',
  noName: 'no name',
  page: (from, to, all) => `${from}–${to} of ${all}`,
  prevPage: 'Previous page',
  nextPage: 'Next page',
  empty: { vessels: 'No vessel meets the filters.', events: 'No event meets the filters.', leads: 'No lead meets the filters.' },
  failed: 'The list could not be read.',
  loading: 'Reading…',
  asOf: (time) => `at ${time}`,
  sortAscending: 'ascending',
  sortDescending: 'descending',
  keys: 'Arrows: rows · Enter: open · Home, End: ends',
};
