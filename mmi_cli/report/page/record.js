'use strict';
// One record: its values on the left, on the right the file with every place where one stands.

const open = { wanted: null, record: null, list: null, panes: [], pane: null, media: null };

async function openRecord(number, leaf = null) {
  const record = records[number];
  const page = byId('record');
  open.wanted = record;
  const detail = await detailOf(record);
  const text = await textOf(record);
  if (open.wanted !== record) return; // another one was opened meanwhile
  open.record = record;
  byId('home').hidden = true;
  page.hidden = false;
  marks.clear();
  onTheme.length = 0;
  const list = new ValueList(record, detail);
  open.list = list;
  const shownView = detail.view || {};
  page.replaceChildren(recordHead(record, detail), el('div', { class: 'split', data: { side: 'values' } },
    el('section', { class: 'left', 'aria-label': 'Values', tabindex: '-1' }, list.texts, notices(record, detail), conflictsNode(detail), list.node, checksNode(detail), caseNode(detail), factsNode(record, detail)),
    el('section', { class: 'right', 'aria-label': 'The file', tabindex: '-1' })));
  drawPanes(shownView, text);
  marks.onSelect = reveal;
  document.title = `${record.path} – ${index.title}`;
  scrollTo({ top: 0, behavior: 'instant' });
  page.querySelector('.left').scrollTop = 0;
  const first = leaf ?? [...marks.leaves.keys()].find((each) => marks.leaves.get(each).value.value !== null);
  if (leaf !== null && marks.leaves.has(leaf)) selectLeaf(leaf);
  else if (first !== undefined) marks.leaves.get(first).node.tabIndex = 0;
  page.querySelector('.left').focus({ preventScroll: true });
}

function recordHead(record, detail) {
  const rows = listed();
  const at = rows.indexOf(record.number);
  const same = siblings(record);
  const step = (by, name, key) => el('button', { type: 'button', class: 'button is-icon', 'aria-label': name, title: `${name} (${key})`, disabled: at < 0 || !rows[at + by] && rows[at + by] !== 0, on: { click: () => go(by) } }, icon(by < 0 ? 'up' : 'down'));
  return el('header', { class: 'record-head' },
    el('a', { class: 'button', href: '#', 'aria-label': 'Back to the table', title: 'Back (Esc)' }, icon('back'), el('span', { class: 'wide-only', text: 'All' })),
    el('h2', { class: 'record-title' }, pathNode(record.path)),
    el('span', { class: `status is-${record.status}`, text: record.status }),
    same.length > 1 ? el('nav', { class: 'segments', 'aria-label': 'Schemas' }, same.map((each) => el('a', { class: 'segment', href: `#${each.number}`, 'aria-current': each === record ? 'true' : null, text: each.segment ? `${each.schema} ${each.segment}` : each.schema }))) : el('span', { class: 'soft wide-only', text: record.schema }),
    el('div', { class: 'record-steps' }, el('span', { class: 'soft wide-only', text: at >= 0 ? `${grouped.format(at + 1)} of ${grouped.format(rows.length)}` : '' }), step(-1, 'Previous record', 'k'), step(1, 'Next record', 'j')),
    el('div', { class: 'segments sides', role: 'group', 'aria-label': 'What is shown' }, [['values', 'Values'], ['file', 'File']].map(([side, name]) => el('button', { type: 'button', class: 'segment', 'aria-pressed': String(side === 'values'), data: { side }, on: { click: () => setSide(side) } }, name))));
}

function setSide(side) {
  const split = document.querySelector('.split');
  split.dataset.side = side;
  for (const button of document.querySelectorAll('.sides .segment')) button.setAttribute('aria-pressed', String(button.dataset.side === side));
}

function listed() {
  return [...new Set(view.rows.map((row) => recordOf(row).number))];
}

function go(by) {
  const rows = listed();
  const at = rows.indexOf(open.record.number);
  const next = at < 0 ? rows[0] : rows[at + by];
  if (next !== undefined) location.hash = `#${next}`;
}

function notices(record, detail) {
  const notes = [
    ...(detail.errors || []).map((error) => ['is-error', `${error.code} while ${ownOf({ storage: 'fetching', detect: 'detecting', extract: 'reading', fill: 'filling' }, error.stage) || 'running'}`, error.message]),
    ...(detail.warnings || []).map((warning) => ['is-warning', warning.code.replaceAll('_', ' '), warning.message]),
  ];
  const many = notes.length > 3;
  const items = notes.map(([kind, title, text]) => el('li', { class: `notice ${kind}` }, el('strong', { text: title }), ' ', el('span', { text })));
  if (!items.length) return null;
  return many ? el('details', { class: 'notices' }, el('summary', { text: count(items.length, 'warning') }), el('ul', {}, items)) : el('ul', { class: 'notices' }, items);
}

// What the files of a case say differently, each value with the places where it stands.
function conflictsNode(detail) {
  const conflicts = detail.case?.conflicts || [];
  if (!conflicts.length) return null;
  return el('section', { class: 'group conflicts' }, el('h3', { class: 'group-name', text: count(conflicts.length, 'contradiction') }), el('ul', { class: 'checks' }, conflicts.map((conflict) => el('li', { class: 'check is-failed' }, el('span', { class: 'check-mark', 'aria-hidden': 'true' }, icon('close')), el('div', {}, el('code', { text: conflict.field }), conflict.values.map((version) => el('div', { class: 'conflict-value' }, valueText(version.value), ' ', el('span', { class: 'soft', text: `${percent(version.confidence)} · ${[...new Set(version.evidence.map((piece) => [piece.part, piece.page !== undefined && `p. ${piece.page}`, piece.start_s !== undefined && clock(piece.start_s)].filter(Boolean).join(', ')))].join(' · ')}` }))))))));
}

// Which papers a case has, and which it should have.
function caseNode(detail) {
  if (!detail.case) return null;
  const { files = [], missing = [], unassigned = [] } = detail.case;
  const told = (file) => (file.papers || []).map((paper) => [paper.category || '', paper.pages && paper.pages[0] !== paper.pages[1] ? `p. ${paper.pages[0]}–${paper.pages[1]}` : '', paper.status === 'ok' ? '' : paper.status].filter(Boolean).join(' ')).join(', ');
  const rows = (list) => list.map((file) => el('div', {}, el('dt', { text: told(file) || 'file' }), el('dd', { text: file.path })));
  return el('section', { class: 'group' }, el('h3', { class: 'group-name', text: count(files.length, 'file') }), el('dl', { class: 'facts' }, rows(files), missing.map((name) => el('div', {}, el('dt', { text: name }), el('dd', {}, el('span', { class: 'absent', text: 'missing' })))), unassigned.length > 0 && rows(unassigned.map((file) => ({ ...file, path: `${file.path} (names nobody)` })))));
}

function checksNode(detail) {
  if (!detail.checks?.length) return null;
  const names = { true: ['is-ok', 'holds'], false: ['is-failed', 'does not hold'], null: ['is-open', 'not decided: a field has no value'] };
  return el('section', { class: 'group' }, el('h3', { class: 'group-name', text: 'Checks' }), el('ul', { class: 'checks' }, detail.checks.map((check) => {
    const [kind, told] = ownOf(names, String(check.passed)) || names.null;
    return el('li', { class: `check ${kind}` }, el('span', { class: 'check-mark', 'aria-hidden': 'true' }, icon(check.passed ? 'right' : check.passed === false ? 'close' : 'none')), el('div', {}, el('code', { text: check.expression }), el('div', { class: 'soft', text: check.message ? `${check.message}: ${told}` : told })));
  })));
}

function factsNode(record, detail) {
  const source = detail.source || {};
  const usage = detail.usage || {};
  const facts = [
    ['file', source.uri], ['size', typeof source.size_bytes === 'number' ? bytes(source.size_bytes) : null], ['media type', source.media_type], ['SHA-256', source.sha256], ['schema', detail.schema && `${detail.schema.name} ${detail.schema.version || ''}`],
    ['segment', detail.segment && JSON.stringify(detail.segment)], ['pages', usage.pages], ['sound', usage.audio_seconds ? duration(usage.audio_seconds) : null], ['tokens', usage.model_input_tokens ? `${grouped.format(usage.model_input_tokens)} in, ${grouped.format(usage.model_output_tokens || 0)} out` : null],
    ...Object.entries(detail.engines || {}), ['record', detail.id],
  ];
  return el('details', { class: 'about' }, el('summary', { text: 'About this record' }), el('dl', { class: 'facts' }, facts.filter(([, value]) => value).map(([name, value]) => el('div', {}, el('dt', { text: name }), el('dd', { text: String(value) })))));
}

// --- the file

function drawPanes(shownView, text) {
  const right = document.querySelector('.right');
  const play = (time) => open.media?.play(time);
  const panes = [];
  const page = pagesPane(shownView);
  if (page) panes.push(page);
  const transcript = text ? transcriptPane(text, play) : null;
  open.media = shownView.media || shownView.frames || shownView.wave || transcript ? mediaPane(shownView, transcript) : mediaPane(shownView, null);
  if (open.media) panes.push(open.media);
  if (text) for (const each of [sheetsPane(text), transcript ? null : textPane(text), markdownPane(text)]) if (each) panes.push(each);
  open.panes = panes;
  const notes = (shownView.notes || []).map((note) => el('p', { class: 'note', text: note }));
  if (!panes.length) {
    const pieces = allEvidence();
    const quotes = pieces.map(({ leaf, piece, evidence }) => marks.link(el('blockquote', { class: 'quote', tabindex: '0', data: { piece: `${leaf}.${piece}` } }, el('cite', { text: marks.leaves.get(leaf).path }), el('bdi', { text: evidence.text })), [leaf]));
    panes.push({ name: 'Evidence', node: el('div', { class: 'quotes' }, quotes.length ? quotes : el('p', { class: 'soft', text: 'There is nothing to show of this file.' })) });
  }
  const tabs = el('div', { class: 'tabs', role: 'tablist', 'aria-label': 'Ways to see the file' }, panes.map((pane, at) => el('button', { type: 'button', role: 'tab', class: 'tab', id: `tab${at}`, 'aria-controls': `pane${at}`, on: { click: () => showPane(pane) } }, pane.name)));
  const tools = el('div', { class: 'pane-tools' });
  right.replaceChildren(el('div', { class: 'right-head' }, tabs, tools), ...notes, ...panes.map((pane, at) => {
    pane.at = at;
    pane.holder = el('div', { class: 'pane', role: 'tabpanel', id: `pane${at}`, 'aria-labelledby': `tab${at}`, tabindex: '0', hidden: true }, pane.node);
    return pane.holder;
  }));
  open.tools = tools;
  showPane(panes[0]);
}

function showPane(pane) {
  open.pane = pane;
  for (const each of open.panes) {
    each.holder.hidden = each !== pane;
    const tab = byId(`tab${each.at}`);
    tab.setAttribute('aria-selected', String(each === pane));
    tab.tabIndex = each === pane ? 0 : -1;
  }
  open.tools.replaceChildren(...[pane.tools].filter(Boolean));
  if (marks.on !== null) center(marks.placeOf(marks.on));
}

function center(place) {
  if (!place) return;
  const pane = place.closest('.pane');
  const [outer, inner] = [pane.getBoundingClientRect(), place.getBoundingClientRect()];
  if (inner.top < outer.top + 40 || inner.bottom > outer.bottom - 40 || inner.left < outer.left || inner.right > outer.right) {
    pane.scrollTo({ top: pane.scrollTop + inner.top - outer.top - outer.height * 0.4, left: pane.scrollLeft + inner.left - outer.left - outer.width * 0.4, behavior: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'instant' : 'smooth' });
  }
}

// A value was chosen: the file shows its place, in another way where this one does not have it.
function reveal(number, { from, place, piece }) {
  const leaf = marks.leaves.get(number);
  for (const each of marks.leaves.values()) each.node.tabIndex = each.number === number ? 0 : -1;
  if (from === 'place') { if (matchMedia('(max-width: 760px)').matches) say(`${leaf.path}: ${shown(leaf.value.value)}`); playable(leaf, piece, from); return; }
  if (!place && (marks.places.get(number) || []).length) {
    const wanted = (marks.places.get(number).find((node) => node.dataset.piece === `${number}.${piece}`) || marks.places.get(number)[0]).closest('.pane');
    const pane = open.panes.find((each) => each.holder === wanted);
    if (pane) showPane(pane);
  }
  if (from === 'chip' && matchMedia('(max-width: 760px)').matches) setSide('file');
  center(marks.placeOf(number, piece));
  playable(leaf, piece, from);
  const spot = marks.placeOf(number, piece);
  if (spot) { spot.classList.remove('is-called'); void spot.offsetWidth; spot.classList.add('is-called'); }
}

function playable(leaf, piece, from) {
  const evidence = leaf.value.evidence[piece] || leaf.value.evidence[0];
  const time = evidence && (evidence.start_s ?? evidence.frame_s);
  if (time === undefined || !open.media) return;
  if (from === 'chip' || from === 'play') open.media.play(time);
  else open.media.seek(time);
}

function selectLeaf(number) {
  marks.select(number);
  const { node } = marks.leaves.get(number);
  node.focus({ preventScroll: true });
  node.scrollIntoView({ block: 'nearest', behavior: 'instant' });
}

function stepLeaf(by) {
  const all = [...marks.leaves.keys()].sort((a, b) => (marks.leaves.get(a).node.compareDocumentPosition(marks.leaves.get(b).node) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1));
  if (!all.length) return;
  const at = marks.on === null ? (by > 0 ? -1 : all.length) : all.indexOf(marks.on);
  selectLeaf(all[Math.max(0, Math.min(all.length - 1, at + by))]);
}
