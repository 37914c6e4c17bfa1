'use strict';
// What was read: blocks with marks, sheets as grids, a transcript by speaker, the markdown as it is written.

const spansOfRecord = () => allEvidence().filter(({ evidence }) => evidence.span && evidence.match !== undefined).map(({ leaf, piece, evidence }) => ({ leaf, piece, from: evidence.span[0], to: evidence.span[0] + evidence.span[1] })).sort((a, b) => a.from - b.from || a.to - b.to);

// Text at an offset (code points) with the values in it as marks.
function marked(text, offset, spans) {
  const isSimple = !/[\ud800-\udfff]/.test(text);
  const points = isSimple ? text : Array.from(text);
  const size = points.length;
  const cut = (from, to) => (isSimple ? text.slice(from, to) : points.slice(from, to).join(''));
  const own = spans.filter((span) => span.from < offset + size && span.to > offset);
  if (!own.length) return [text];
  const edges = [...new Set([0, size, ...own.flatMap((span) => [Math.max(0, span.from - offset), Math.min(size, span.to - offset)])])].sort((a, b) => a - b);
  const out = [];
  for (let at = 0; at + 1 < edges.length; at++) {
    const [from, to] = [edges[at], edges[at + 1]];
    const over = own.filter((span) => span.from - offset <= from && span.to - offset >= to);
    if (!over.length) { out.push(cut(from, to)); continue; }
    const numbers = [...new Set(over.map((span) => span.leaf))];
    const weakest = Math.min(...numbers.map((number) => marks.leaves.get(number).value.confidence ?? 1));
    out.push(marks.link(el('mark', { class: `is-${level(weakest)}`, tabindex: '0', role: 'button', data: { piece: `${over[0].leaf}.${over[0].piece}` }, title: numbers.map((number) => marks.leaves.get(number).path).join(', '), text: cut(from, to) }), numbers));
  }
  return out;
}

function tableNode(rows, spans) {
  return el('div', { class: 'scroll-x' }, el('table', { class: 'read-table' }, el('tbody', {}, rows.map((row) => el('tr', {}, row.map(([offset, text, isHead, down, right]) => el(isHead ? 'th' : 'td', { rowspan: down > 1 ? Math.min(down, 1000) : null, colspan: right > 1 ? Math.min(right, 1000) : null }, marked(text, offset, spans))))))));
}

const HIDDEN_KINDS = new Set(['shot']);

function blockNode([kind, offset, text, more], spans) {
  if (more.rows) return tableNode(more.rows, spans);
  const inner = marked(text, offset, spans);
  switch (kind) {
    case 'title': case 'heading': return el(`h${Math.min(6, Math.max(2, (more.level || 1) + 1))}`, {}, more.label ? `${more.label} ` : '', inner);
    case 'list_item': return el('p', { class: 'item', style: { 'margin-left': `${Math.min(8, more.level || 0) * 1.5}em` } }, el('span', { class: 'item-mark', text: more.label || '•' }), el('span', {}, inner));
    case 'code': return el('pre', {}, inner);
    case 'form_field': return el('p', { class: 'read-field' }, more.label && el('span', { class: 'soft', text: `${more.label}: ` }), inner);
    case 'header': case 'footer': case 'footnote': case 'caption': case 'metadata': case 'figure': return el('p', { class: 'aside' }, more.label && kind !== 'metadata' ? `${more.label} ` : '', inner);
    case 'gap': return el('p', { class: 'gap', text: `… ${grouped.format(more.chars)} characters are left out …` });
    default: return el('p', {}, inner);
  }
}

function placeName(more) {
  const told = [];
  if (more.part) told.push(more.part);
  if (more.page) told.push(`page ${more.page}`);
  if (more.slide) told.push(`slide ${more.slide}`);
  return told.join(', ');
}

function textPane(text) {
  const blocks = (text.blocks || []).filter(([kind]) => !HIDDEN_KINDS.has(kind));
  if (!blocks.length) return null;
  const spans = spansOfRecord();
  const node = el('div', { class: 'read' });
  let before = '';
  for (const block of blocks) {
    const place = placeName(block[3]);
    if (place !== before && place) node.append(el('p', { class: 'read-place' }, el('span', { text: place })));
    before = place || before;
    node.append(blockNode(block, spans));
  }
  return { name: blocks.some((block) => block[3].slide) ? 'Slides' : 'Text', node };
}

function transcriptPane(text, play) {
  const said = (text?.blocks || []).filter(([, , , more]) => more.t !== undefined);
  if (!said.length) return null;
  const spans = spansOfRecord();
  const speakers = [...new Set(said.map(([, , , more]) => more.speaker).filter(Boolean))];
  const rows = [];
  let before = null;
  const node = el('ol', { class: 'transcript', 'aria-label': 'Transcript' }, said.map(([kind, offset, words, more]) => {
    const speaker = kind === 'on_screen_text' ? 'on screen' : more.speaker || '';
    const row = el('li', { class: `said ${speaker === before ? 'is-same' : ''} ${kind === 'on_screen_text' ? 'is-seen' : ''} speaker-${speakers.indexOf(more.speaker) % 6}` },
      el('button', { type: 'button', class: 'time', 'aria-label': `Play from ${clock(more.t)}`, on: { click: () => play(more.t) } }, icon('play'), clock(more.t)),
      el('div', {}, speaker && speaker !== before && el('div', { class: 'speaker', text: speaker }), el('p', {}, marked(words, offset, spans))));
    before = speaker;
    rows.push({ row, from: more.t, to: more.end ?? more.t });
    return row;
  }));
  let now = null;
  return { node, at(time) {
    const found = rows.find(({ from, to }) => time >= from - 0.05 && time <= to + 0.05)?.row || null;
    if (found === now) return;
    now?.classList.remove('is-now');
    found?.classList.add('is-now');
    now = found;
  } };
}

function sheetsPane(text) {
  const sheets = text.sheets || [];
  const byCell = new Map();
  for (const { leaf, piece, evidence } of allEvidence()) {
    if (!evidence.cell) continue;
    const key = `${evidence.sheet}\n${evidence.cell}`;
    (byCell.get(key) || byCell.set(key, []).get(key)).push({ leaf, piece });
  }
  if (!sheets.length) return null;
  return { name: 'Sheet', node: el('div', { class: 'grids' }, sheets.map((sheet) => {
    let last = null;
    const rows = sheet.rows.flatMap(([number, cells]) => {
      const out = [];
      if (last !== null && number > last + 1) out.push(el('tr', { class: 'grid-gap' }, el('th', { text: '⋮' }), el('td', { colspan: sheet.columns.length })));
      last = number;
      out.push(el('tr', {}, el('th', { scope: 'row', text: String(number) }), cells.map((value, at) => {
        const own = byCell.get(`${sheet.name}\n${sheet.columns[at]}${number}`);
        if (!own) return el('td', { class: value && /^[-+(]?[\s$€£¥]*[\d.,\s]+%?\)?$/.test(value[1]) ? 'is-number' : null, text: value ? value[1] : '' });
        const numbers = [...new Set(own.map(({ leaf }) => leaf))];
        const weakest = Math.min(...numbers.map((leaf) => marks.leaves.get(leaf).value.confidence ?? 1));
        return marks.link(el('td', { class: `is-marked is-${level(weakest)}`, tabindex: '0', data: { piece: `${own[0].leaf}.${own[0].piece}` }, 'aria-label': `${sheet.columns[at]}${number}: ${value ? value[1] : ''}, ${numbers.map((leaf) => marks.leaves.get(leaf).path).join(', ')}`, text: value ? value[1] : '' }), numbers);
      })));
      return out;
    });
    return el('section', { class: 'grid' }, el('h3', { text: sheet.name }), el('div', { class: 'scroll-x' }, el('table', {}, el('thead', {}, el('tr', {}, el('th', {}), sheet.columns.map((letters) => el('th', { scope: 'col', text: letters })))), el('tbody', {}, rows))), sheet.cut && el('p', { class: 'soft', text: 'Rows or columns without a value are left out.' }));
  })) };
}

function markdownPane(text) {
  if (!text.markdown) return null;
  return { name: 'Markdown', node: el('div', { class: 'markdown' }, el('pre', { text: text.markdown }), text.cut && el('p', { class: 'soft', text: 'It goes on; the report holds the beginning.' })) };
}
