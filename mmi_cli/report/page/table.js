'use strict';
// The table of records or of values: filtered by a line of words, sorted, and only as many rows in the page as are seen.

const view = { kind: 'records', sort: null, down: false, rows: [], at: -1, query: '', isPrinted: false };
const SPOKEN = { status: 'statuses', modality: 'kinds of file', schema: 'schemas', field: 'fields' };
const COLUMNS = {
  records: [
    { key: 'path', name: 'File' }, { key: 'schema', name: 'Schema' }, { key: 'status', name: 'Status' }, { key: null, name: 'Values' },
    { key: 'found', name: 'Found', end: true }, { key: 'lowest', name: 'Lowest' }, { key: 'flags', name: 'To look at' },
  ],
  values: [
    { key: 'field', name: 'Field' }, { key: 'value', name: 'Value' }, { key: 'confidence', name: 'Confidence' }, { key: 'path', name: 'File' },
    { key: 'where', name: 'Where' }, { key: 'flags', name: 'To look at' },
  ],
};
const quotedWord = (word) => (/[\s"]/.test(word) || !word ? `"${word.replaceAll('"', '')}"` : word);

// --- the line of words

function parseQuery(text) {
  const asked = { words: [], keys: {}, is: [], confidence: [], values: [] };
  for (const [, key, quoted, bare] of text.matchAll(/(?:([a-z]+):)?(?:"([^"]*)"?|(\S+))/gi)) {
    const word = (quoted ?? bare).toLowerCase();
    const bound = /^conf(?:idence)?(<=|>=|<|>)(\d*\.?\d+)$/.exec(word);
    if (key && key.toLowerCase() === 'is') asked.is.push(word);
    else if (key && Object.hasOwn(SPOKEN, key.toLowerCase())) (asked.keys[key.toLowerCase()] ||= []).push(word);
    else if (bound && !key) asked.confidence.push([bound[1], Number(bound[2])]);
    else if (!key && valueCondition(word)) asked.values.push(valueCondition(word));
    else asked.words.push(key ? `${key}:${word}`.toLowerCase() : word);
  }
  return asked;
}

// `duration_s>=120`, `resolution=resolved`: a field, and what it has to be; a list fits by one of its values.
function valueCondition(word) {
  const match = /^([^<>=\s]+)(<=|>=|=|<|>)(.+)$/.exec(word);
  if (!match) return null;
  const paths = new Set(index.paths.map((path, number) => (path.toLowerCase().replaceAll('[]', '') === match[1] ? number : -1)).filter((number) => number >= 0));
  return paths.size ? [paths, match[2], match[3]] : null;
}

function fits(value, sign, wanted) {
  if (value === null) return false;
  if (sign === '=') return shown(value).toLowerCase() === wanted;
  const number = typeof value === 'number' ? Number(wanted) : null;
  const [a, b] = number === null ? [shown(value).toLowerCase(), wanted] : [value, number];
  return sign === '<' ? a < b : sign === '<=' ? a <= b : sign === '>' ? a > b : a >= b;
}

const hasValues = (record, conditions) => conditions.every(([paths, sign, wanted]) => record.leaves.some((leaf) => paths.has(leaf[PATH]) && fits(leaf[VALUE], sign, wanted)));

const within = (confidence, bounds) => bounds.every(([sign, edge]) => confidence !== null && (sign === '<' ? confidence < edge : sign === '<=' ? confidence <= edge : sign === '>' ? confidence > edge : confidence >= edge));

function recordIs(record, what) {
  switch (what) {
    case 'wrong': return Boolean(record.judged && record.judged[1]);
    case 'right': return Boolean(record.judged && record.judged[0] && !record.judged[1]);
    case 'absent': return record.absent > 0;
    case 'found': return record.found > 0;
    case 'warned': case 'warning': return record.warnings > 0;
    case 'check': return record.failedChecks > 0;
    case 'contradicted': return record.conflicts > 0;
    case 'reviewed': return review.hasRecord(record);
    case 'open': return !review.hasRecord(record);
    default: return KINDS.includes(what) ? record.leaves.some((leaf) => KINDS[leaf[KIND] || 0] === what) : false;
  }
}

function leafIs(record, number, what) {
  const leaf = record.leaves[number];
  switch (what) {
    case 'wrong': return leaf[VERDICT] === 2;
    case 'right': return leaf[VERDICT] === 1;
    case 'absent': return leaf[VALUE] === null;
    case 'found': return leaf[VALUE] !== null;
    case 'reviewed': return review.hasLeaf(record, leafPath(leaf));
    case 'open': return !review.hasLeaf(record, leafPath(leaf));
    case 'warned': case 'warning': case 'check': case 'contradicted': return recordIs(record, what);
    default: return KINDS[leaf[KIND] || 0] === what;
  }
}

const matchesKeys = (record, keys) => ['status', 'modality', 'schema'].every((key) => !keys[key] || keys[key].includes(record[key].toLowerCase()));
const fieldMatches = (path, wanted) => wanted.some((name) => path === name || path.startsWith(`${name}[`) || path.startsWith(`${name}.`) || path.replaceAll('[]', '') === name);

function select(text) {
  const asked = parseQuery(text);
  const fields = asked.keys.field && new Set(index.paths.map((path, number) => (fieldMatches(path.toLowerCase(), asked.keys.field) ? number : -1)));
  const out = [];
  if (view.kind === 'records') {
    for (const record of records) {
      if (!matchesKeys(record, asked.keys) || !hasValues(record, asked.values) || !asked.is.every((what) => recordIs(record, what))) continue;
      if (fields && !record.leaves.some((leaf) => leaf[VALUE] !== null && fields.has(leaf[PATH]))) continue;
      if (asked.confidence.length && !record.leaves.some((leaf) => leaf[VALUE] !== null && within(leaf[CONFIDENCE], asked.confidence) && (!fields || fields.has(leaf[PATH])))) continue;
      if (asked.words.length && !asked.words.every((word) => hay(record).includes(word))) continue;
      out.push(record.number);
    }
    return out;
  }
  const names = index.paths.map((path) => path.toLowerCase());
  const inRecord = asked.words.filter((word) => !names.some((name) => name.includes(word))); // words that no field is called by
  for (const record of records) {
    if (!matchesKeys(record, asked.keys) || !hasValues(record, asked.values) || !inRecord.every((word) => hay(record).includes(word))) continue;
    const path = record.path.toLowerCase();
    for (let number = 0; number < record.leaves.length; number++) {
      const leaf = record.leaves[number];
      if (fields && !fields.has(leaf[PATH])) continue;
      if (asked.confidence.length && (leaf[VALUE] === null || !within(leaf[CONFIDENCE], asked.confidence))) continue;
      if (asked.is.length && !asked.is.every((what) => leafIs(record, number, what))) continue;
      if (asked.words.length && !asked.words.every((word) => names[leaf[PATH]].includes(word) || path.includes(word) || shown(leaf[VALUE]).toLowerCase().includes(word))) continue;
      out.push(record.number * 65536 + number);
    }
  }
  return out;
}

const leafOf = (row) => records[Math.floor(row / 65536)].leaves[row % 65536];
const recordOf = (row) => (view.kind === 'records' ? records[row] : records[Math.floor(row / 65536)]);
const flagsOf = (record) => (record.failedChecks + record.conflicts) * 1000 + (record.judged ? record.judged[1] * 100 : 0) + record.warnings;

const sortKeys = {
  path: (row) => recordOf(row).path, schema: (row) => recordOf(row).schema, status: (row) => recordOf(row).status, found: (row) => recordOf(row).found,
  lowest: (row) => recordOf(row).lowest ?? 2, flags: (row) => (view.kind === 'records' ? flagsOf(recordOf(row)) : leafOf(row)[VERDICT] || 0),
  field: (row) => leafPath(leafOf(row)), value: (row) => leafOf(row)[VALUE], confidence: (row) => leafOf(row)[CONFIDENCE], where: (row) => leafOf(row)[WHERE] || '',
};
const collator = new Intl.Collator('en', { numeric: true });

function compare(a, b) {
  if (a === b) return 0;
  if (a === null || a === undefined) return 1;
  if (b === null || b === undefined) return -1;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return collator.compare(shown(a), shown(b));
}

// --- rows

function flagsNode(record, leaf) {
  const flags = [];
  if (leaf ? leaf[VERDICT] === 2 : record.judged && record.judged[1]) flags.push(el('span', { class: 'flag is-wrong', text: leaf ? 'not the label' : `${record.judged[1]} wrong` }));
  if (leaf && leaf[VERDICT] === 1) flags.push(el('span', { class: 'flag is-right', text: 'as labelled' }));
  if (record.conflicts && !leaf) flags.push(el('span', { class: 'flag is-check', text: count(record.conflicts, 'conflict') }));
  if (record.failedChecks) flags.push(el('span', { class: 'flag is-check', text: count(record.failedChecks, 'check') }));
  if (record.warnings && !leaf) flags.push(el('span', { class: 'flag', title: record.reason, text: count(record.warnings, 'warning') }));
  if (leaf ? review.hasLeaf(record, leafPath(leaf)) : review.hasRecord(record)) flags.push(el('span', { class: 'flag is-reviewed', text: 'reviewed' }));
  return flags;
}

const cell = (attributes, ...children) => el('div', { role: 'gridcell', ...attributes, class: `cell ${attributes.class || ''}` }, children);

function recordRow(record) {
  const summary = [];
  for (const leaf of record.leaves) {
    if (leaf[VALUE] === null || summary.length > 5) continue;
    summary.push(el('span', { class: 'pair' }, el('span', { class: 'pair-name', text: leafPath(leaf).replace(/^.*\./, '').replace(/\[\d+\]$/, '') }), ' ', el('bdi', { text: shown(leaf[VALUE]).slice(0, 60) })));
  }
  const told = summary.length ? summary : [el('span', { class: 'soft', text: record.reason || 'nothing found' })];
  return [
    cell({ class: 'cell-file' }, el('span', { class: `thumb ${record.thumb ? 'has-picture' : ''}` }, record.thumb ? el('img', { src: pictureAddress(record.thumb), alt: '', loading: 'lazy', decoding: 'async' }) : el('span', { 'aria-hidden': 'true', text: (record.path.split('.').pop() || '').slice(0, 4) })), pathNode(record.path), record.segment ? el('span', { class: 'soft', text: ` · segment ${record.segment}` }) : null),
    cell({ class: 'cell-schema', text: record.schema }),
    cell({ class: 'cell-status' }, el('span', { class: `status is-${record.status}`, text: record.status })),
    cell({ class: 'cell-values' }, told),
    cell({ class: 'cell-found', text: record.leaves.length ? `${record.found}/${record.found + record.absent}` : '' }),
    cell({ class: 'cell-lowest' }, meter(record.lowest, 'lowest confidence of a value')),
    cell({ class: 'cell-flags' }, flagsNode(record, null)),
  ];
}

function valueRow(record, number) {
  const leaf = record.leaves[number];
  return [
    cell({ class: 'cell-field' }, el('span', { text: leafPath(leaf) })),
    cell({ class: 'cell-value' }, leaf[VALUE] === null ? el('span', { class: 'soft', text: 'not found' }) : el('bdi', { text: shown(leaf[VALUE]) })),
    cell({ class: `cell-confidence ${leaf[VALUE] === null ? 'is-absent' : ''}` }, meter(leaf[CONFIDENCE])),
    cell({ class: 'cell-file' }, pathNode(record.path)),
    cell({ class: 'cell-where', text: leaf[WHERE] || '' }),
    cell({ class: 'cell-flags' }, flagsNode(record, leaf)),
  ];
}

const drawn = new Map(); // place in the list → its row
let body = null;
const rowHeight = () => (matchMedia('(max-width: 760px)').matches ? 76 : 44);

function drawRow(place, height) {
  const row = view.rows[place];
  const record = recordOf(row);
  const cells = view.kind === 'records' ? recordRow(record) : valueRow(record, row % 65536);
  const target = view.kind === 'records' ? `#${record.number}` : `#${record.number}.${row % 65536}`;
  return el('a', { class: `row of-${view.kind}`, role: 'row', href: target, 'aria-rowindex': place + 2, tabindex: place === Math.max(0, view.at) ? '0' : '-1', data: { place: String(place) }, style: { transform: `translateY(${place * height}px)` } }, cells);
}

const MOST_PRINTED = 2000;

function drawRows() {
  const everything = view.isPrinted;
  if (!body || byId('home').hidden) return;
  const height = rowHeight();
  const top = body.getBoundingClientRect().top;
  const spare = 8;
  const first = everything ? 0 : Math.max(0, Math.floor(-top / height) - spare);
  const last = everything ? Math.min(view.rows.length, MOST_PRINTED) : Math.min(view.rows.length, Math.ceil((innerHeight - top) / height) + spare);
  for (const [place, node] of drawn) if (place < first || place >= last) { node.remove(); drawn.delete(place); }
  const fresh = [];
  for (let place = first; place < last; place++) {
    if (!drawn.has(place)) { const node = drawRow(place, height); drawn.set(place, node); fresh.push(node); }
  }
  if (fresh.length) body.append(...fresh);
}

function redraw() {
  drawn.clear();
  body.replaceChildren();
  body.style.setProperty('height', `${Math.max(1, view.rows.length) * rowHeight()}px`);
  body.classList.toggle('is-empty', !view.rows.length);
  if (!view.rows.length) body.append(el('p', { class: 'nothing', text: 'Nothing matches. Esc clears the filter.' }));
  drawRows();
}

function refresh() {
  view.rows = select(view.query);
  if (view.sort) {
    const key = sortKeys[view.sort];
    const keyed = view.rows.map((row, place) => [key(row), place, row]);
    const sign = view.down ? -1 : 1;
    keyed.sort((a, b) => {
      const empty = (a[0] === null || a[0] === undefined) - (b[0] === null || b[0] === undefined);
      return empty || sign * compare(a[0], b[0]) || a[1] - b[1]; // what has no value comes last either way
    });
    view.rows = keyed.map((each) => each[2]);
  }
  view.at = Math.min(view.at, view.rows.length - 1);
  const shownCount = byId('shown-count');
  if (shownCount) {
    const all = view.kind === 'records' ? records.length : records.reduce((sum, record) => sum + record.leaves.length, 0);
    const what = view.kind === 'records' ? 'record' : 'value';
    shownCount.textContent = view.rows.length === all ? count(all, what) : `${grouped.format(view.rows.length)} of ${count(all, what)}`;
  }
  byId('table').setAttribute('aria-rowcount', String(view.rows.length + 1));
  redraw();
}

// --- around the rows

function drawTable() {
  const columns = COLUMNS[view.kind];
  const head = el('div', { class: `head of-${view.kind}`, role: 'row' }, columns.map((column) => {
    const isSorted = column.key !== null && view.sort === column.key;
    return el('div', { role: 'columnheader', class: 'cell', 'aria-sort': isSorted ? (view.down ? 'descending' : 'ascending') : null },
      column.key === null ? el('span', { text: column.name }) : el('button', { type: 'button', class: `sort ${isSorted ? 'is-on' : ''}`, on: { click: () => sortBy(column.key) } }, column.name, isSorted && icon(view.down ? 'down' : 'up')));
  }));
  body = el('div', { class: 'rows', role: 'rowgroup' });
  const table = byId('table');
  table.className = `table of-${view.kind} ${index.schemas.length > 1 ? '' : 'has-one-schema'}`;
  fill(table, { role: 'grid', 'aria-label': view.kind === 'records' ? 'Records' : 'Values', 'aria-colcount': columns.length }, []);
  table.replaceChildren(head, body);
  refresh();
}

function sortBy(key) {
  if (view.sort === key) { if (view.down) { view.sort = null; view.down = false; } else view.down = true; } else { view.sort = key; view.down = key === 'flags'; }
  drawTable();
}

function drawFilters() {
  const options = { status: tally('status'), modality: tally('modality'), schema: tally('schema') };
  const fields = [...new Set(index.paths.map((path) => path.replaceAll('[]', '')))].sort(collator.compare);
  const chosen = (key) => (parseQuery(view.query).keys[key] || [])[0] || '';
  const pick = (key, entries) => entries.length > 1 && el('label', { class: 'pick' }, el('span', { class: 'visually-hidden', text: `Only one of the ${SPOKEN[key]}` }),
    el('select', { data: { key }, on: { change: (event) => setKey(key, event.target.value) } }, el('option', { value: '', text: `All ${SPOKEN[key]}` }),
      entries.map(([name, number]) => el('option', { value: name, selected: chosen(key) === name.toLowerCase(), text: number === null ? name : `${name || '–'} (${grouped.format(number)})` }))));
  const kind = (name, label) => el('button', { type: 'button', class: 'segment', 'aria-pressed': String(view.kind === name), on: { click: () => setKind(name) } }, label);
  byId('filters').replaceChildren(
    el('div', { class: 'segments', role: 'group', 'aria-label': 'Rows of the table' }, kind('records', 'Records'), kind('values', 'Values')),
    ...[pick('status', options.status), pick('modality', options.modality), pick('schema', options.schema), pick('field', fields.map((name) => [name, null]))].filter(Boolean),
    el('span', { class: 'soft', id: 'shown-count', role: 'status' }));
}

function setKey(key, value) {
  const without = view.query.replace(new RegExp(`(^|\\s)${key}:("[^"]*"?|\\S+)`, 'gi'), '$1').trim();
  ask(value ? `${without} ${key}:${quotedWord(value)}`.trim() : without, view.kind, false);
}

function setKind(kind) {
  if (view.kind === kind) return;
  Object.assign(view, { kind, sort: null, down: false, at: -1 });
  drawFilters();
  drawTable();
}

function ask(query, kind = view.kind, moves = true) {
  byId('query').value = query;
  view.query = query;
  const isOther = kind !== view.kind;
  if (isOther) Object.assign(view, { kind, sort: null, down: false });
  view.at = -1;
  drawFilters();
  drawTable();
  if (moves) byId('filters').scrollIntoView({ block: 'start', behavior: 'instant' });
}

function moveTo(place) {
  if (!view.rows.length) return;
  view.at = Math.max(0, Math.min(view.rows.length - 1, place));
  const height = rowHeight();
  const head = byId('bar').offsetHeight + 40;
  const top = body.getBoundingClientRect().top + view.at * height;
  if (top < head) scrollBy({ top: top - head, behavior: 'instant' });
  else if (top + height > innerHeight) scrollBy({ top: top + height - innerHeight + 8, behavior: 'instant' });
  drawRows();
  for (const [number, node] of drawn) node.tabIndex = number === view.at ? 0 : -1;
  drawn.get(view.at)?.focus({ preventScroll: true });
}
