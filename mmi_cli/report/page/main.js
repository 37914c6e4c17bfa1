'use strict';
// Where the page is (the table or a record), its keys, its colours.

const onTheme = [];

function route() {
  const match = /^#(\d+)(?:\.(\d+))?$/.exec(location.hash);
  if (match && records[Number(match[1])]) {
    if (!byId('home').hidden) route.scroll = scrollY;
    openRecord(Number(match[1]), match[2] === undefined ? null : Number(match[2]));
    return;
  }
  const was = open.record;
  open.wanted = null;
  open.record = null;
  byId('record').hidden = true;
  byId('record').replaceChildren();
  marks.clear();
  byId('home').hidden = false;
  document.title = `${index.title} – mmi report`;
  if (was) {
    redraw();
    scrollTo({ top: route.scroll || 0, behavior: 'instant' });
    const place = view.rows.findIndex((row) => recordOf(row) === was);
    if (place >= 0 && (view.at < 0 || recordOf(view.rows[view.at]) !== was)) view.at = place;
    if (view.at >= 0) moveTo(view.at);
  }
}

const KEYS = [
  ['j k', 'next and previous row, or record'], ['↑ ↓', 'rows; in a record its values'], ['Enter', 'open the row; play from where a value was said'], ['Esc', 'back; clear the filter'], ['/', 'filter'], ['v', 'records or values'],
  ['y', 'the value is right'], ['e', 'correct the value'], ['space', 'play and pause'], ['1 2 3', 'ways to see the file'], ['+ − 0', 'size of the page'], ['s', 'what you reviewed, as labels'], ['t', 'light or dark'], ['?', 'this help'],
];
const FILTERS = [
  ['words "two words"', 'in paths, fields and values'], ['status:failed', 'ok partial empty unsupported skipped failed'], ['modality:audio', 'document image audio video'], ['schema:invoice', ''], ['field:total', 'records that have it; its values'],
  ['conf<0.8', 'also > <= >='], ['total>=100 mood=good', 'a field and its value'], ['is:absent', 'absent found warned check wrong right reviewed open, extracted inferred abstracted'],
];

function openHelp() {
  const dialog = byId('help');
  const list = (entries) => el('dl', { class: 'keys' }, entries.map(([keys, what]) => el('div', {}, el('dt', {}, keys.includes(':') || keys.includes('<') || keys.includes('"') ? el('code', { text: keys }) : keys.split(' ').map((key) => el('kbd', { text: key }))), el('dd', { text: what }))));
  dialog.replaceChildren(el('h2', { id: 'help-title', text: 'Keyboard' }), list(KEYS), el('h2', { text: 'Filter' }), list(FILTERS), el('p', { class: 'soft', text: `Made by ${index.tool}. The page asks nobody for anything; what you review stays in this browser until you download it.` }), el('div', { class: 'dialog-row' }, el('button', { type: 'button', class: 'button', on: { click: () => dialog.close() } }, 'Close')));
  dialog.showModal();
}

function setTheme(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
  for (const draw of onTheme) draw();
}

function turnTheme() {
  const isDark = document.documentElement.dataset.theme ? document.documentElement.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  setTheme(isDark ? 'light' : 'dark');
  remembered.write('theme', isDark ? 'light' : 'dark');
}

function keyInRecord(event) {
  const leaf = marks.on === null ? null : marks.leaves.get(marks.on);
  switch (event.key) {
    case 'Escape': location.hash = '#'; return true;
    case 'j': go(1); return true;
    case 'k': go(-1); return true;
    case 'ArrowDown': stepLeaf(1); return true;
    case 'ArrowUp': stepLeaf(-1); return true;
    case 'Enter':
      if (event.target.closest('button, a, summary')) return false;
      if (leaf) marks.select(leaf.number, { from: 'play' });
      return Boolean(leaf);
    case ' ':
      if (event.target.closest('button, a, summary, video, audio') || !open.media) return false;
      open.media.toggle();
      return true;
    case 'y': if (leaf) { review.setRight(open.record, leaf.path); leaf.draw(); open.list.redrawArrays(); say(`${leaf.path} is right`); stepLeaf(1); } return Boolean(leaf);
    case 'e': if (leaf) open.list.edit(leaf.number); return Boolean(leaf);
    case '+': case '=': open.pane?.zoom?.(1.25); return true;
    case '-': open.pane?.zoom?.(0.8); return true;
    case '0': open.pane?.zoom?.(0); return true;
    default: {
      const pane = /^[1-9]$/.test(event.key) && open.panes[Number(event.key) - 1];
      if (pane) showPane(pane);
      return Boolean(pane);
    }
  }
}

function keyInTable(event) {
  switch (event.key) {
    case 'j': case 'ArrowDown': moveTo(view.at + 1); return true;
    case 'k': case 'ArrowUp': moveTo(view.at - 1); return true;
    case 'PageDown': if (view.at < 0) return false; moveTo(view.at + 12); return true;
    case 'PageUp': if (view.at < 0) return false; moveTo(view.at - 12); return true;
    case 'Home': if (view.at < 0) return false; moveTo(0); return true;
    case 'End': if (view.at < 0) return false; moveTo(view.rows.length - 1); return true;
    case 'v': setKind(view.kind === 'records' ? 'values' : 'records'); return true;
    case 'Escape': if (view.query) ask('', view.kind, false); return true;
    default: return false;
  }
}

addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || document.querySelector('dialog[open]')) return;
  const isTyping = event.target.matches?.('input, textarea, select');
  if (event.target === byId('query') && (event.key === 'Enter' || event.key === 'ArrowDown')) { event.preventDefault(); moveTo(0); return; }
  if (event.target === byId('query') && event.key === 'Escape') { event.preventDefault(); if (view.query) ask('', view.kind, false); else event.target.blur(); return; }
  if (isTyping) return;
  let isDone = true;
  if (event.key === '/') { if (open.record) location.hash = '#'; byId('query').focus(); byId('query').select(); } else if (event.key === '?') openHelp();
  else if (event.key === 't') turnTheme();
  else if (event.key === 's') { if (Object.keys(review.kept).length) openCorrections(); } else isDone = open.record ? keyInRecord(event) : keyInTable(event);
  if (isDone) event.preventDefault();
});

setTheme(remembered.read('theme'));
byId('title').textContent = index.title;
byId('theme').addEventListener('click', turnTheme);
byId('help-button').addEventListener('click', openHelp);
byId('corrections').addEventListener('click', openCorrections);
byId('query').addEventListener('input', (event) => {
  view.query = event.target.value;
  view.at = -1;
  if (open.record) location.hash = '#';
  for (const select of document.querySelectorAll('#filters select')) select.value = (parseQuery(view.query).keys[select.dataset.key] || []).map((word) => [...select.options].find((option) => option.value.toLowerCase() === word)?.value)[0] || '';
  refresh();
});
byId('table').addEventListener('click', (event) => { const row = event.target.closest('.row'); if (row) view.at = Number(row.dataset.place); });
let isAsked = false;
const drawSoon = () => { if (!isAsked) { isAsked = true; requestAnimationFrame(() => { isAsked = false; drawRows(); }); } };
addEventListener('scroll', drawSoon, { passive: true });
addEventListener('resize', () => { if (body && !byId('home').hidden) redraw(); });
addEventListener('beforeprint', () => { view.isPrinted = true; if (!open.record) drawRows(); });
addEventListener('afterprint', () => { view.isPrinted = false; if (!open.record) redraw(); });
addEventListener('hashchange', route);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => setTheme(document.documentElement.dataset.theme || null));
drawOverview();
drawFilters();
drawTable();
drawCorrections();
route();
performance.mark('ready');

// What words are looked for in is made while nobody waits: the first letter of a filter is as quick as the next.
let prepared = 0;
const whenIdle = globalThis.requestIdleCallback || ((work) => setTimeout(() => work({ timeRemaining: () => 4 }), 50));
whenIdle(function prepare(deadline) {
  while (prepared < records.length && deadline.timeRemaining() > 1) hay(records[prepared++]);
  if (prepared < records.length) whenIdle(prepare);
});
