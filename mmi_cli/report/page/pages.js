'use strict';
// Pages, pictures and frames with boxes where values stand.

function boxStyle([x0, y0, x1, y1], [width, height], room = 0.0035) {
  const edge = (value) => `${Math.max(0, Math.min(100, value * 100)).toFixed(3)}%`;
  const [left, top] = [x0 / width - room, y0 / height - room * 0.7];
  return { left: edge(left), top: edge(top), width: edge((x1 - x0) / width + 2 * room), height: edge((y1 - y0) / height + 1.4 * room) };
}

// Evidence on one picture → buttons; several values of one place share a button.
function boxes(pieces, sizeOf, describe) {
  const byBox = new Map();
  for (const piece of pieces) {
    const key = JSON.stringify(piece.evidence.box);
    (byBox.get(key) || byBox.set(key, []).get(key)).push(piece);
  }
  return [...byBox.values()].map((same) => {
    const { evidence, piece, leaf } = same[0];
    const size = sizeOf(evidence);
    if (!size) return null;
    const numbers = [...new Set(same.map((each) => each.leaf))];
    const names = numbers.map((number) => marks.leaves.get(number)?.path).join(', ');
    const weakest = Math.min(...numbers.map((number) => marks.leaves.get(number)?.value.confidence ?? 1));
    return marks.link(el('button', { type: 'button', class: `box is-${level(weakest)} is-${evidence.match}`, style: boxStyle(evidence.box, size), data: { piece: `${leaf}.${piece}` }, title: `${names}: ${evidence.text || evidence.match}`, 'aria-label': `${names}, ${describe}: ${evidence.text || evidence.match}` }, el('span', { class: 'box-text', text: evidence.text })), numbers);
  });
}

function allEvidence() {
  const out = [];
  for (const [leaf, { value }] of marks.leaves) value.evidence.forEach((evidence, piece) => out.push({ leaf, piece, evidence }));
  return out;
}

function pagesPane(shownView) {
  const pieces = allEvidence().filter(({ evidence }) => evidence.page !== undefined && evidence.box);
  const pages = [...(shownView.pages || [])];
  const known = new Set(pages.map((page) => `${page.part || ''}\n${page.page}`));
  for (const { evidence } of pieces) { // without a picture: a sheet with the words in their places
    const key = `${evidence.part || ''}\n${evidence.page}`;
    if (!known.has(key) && evidence.page_size) { known.add(key); pages.push({ page: evidence.page, part: evidence.part || null, w: evidence.page_size[0], h: evidence.page_size[1] }); }
  }
  if (!pages.length) return null;
  pages.sort((a, b) => (a.part || '').localeCompare(b.part || '') || a.page - b.page);
  const figures = pages.map((page) => {
    const name = `${page.part ? `${page.part}, ` : ''}page ${page.page}`;
    const own = page.turned ? [] : pieces.filter(({ evidence }) => evidence.page === page.page && (evidence.part || null) === (page.part || null));
    const image = page.src && el('img', { src: pictureAddress(page.src), width: page.w, height: page.h, alt: name, loading: 'lazy', decoding: 'async' });
    image?.addEventListener('error', () => { sheet.classList.add('is-lost'); image.remove(); });
    const sheet = el('div', { class: `sheet ${page.src ? '' : 'is-blank'}`, style: { 'aspect-ratio': `${page.w} / ${page.h}` } }, image, boxes(own, (evidence) => evidence.page_size || [page.w, page.h], name));
    return el('figure', { class: 'page' }, el('figcaption', { class: 'page-name' }, name, page.turned && el('span', { text: ' · read turned; where its values stand cannot be drawn' })), sheet);
  });
  const pane = el('div', { class: 'pages', style: { '--zoom': '1' } }, figures);
  let zoom = 1;
  const set = (value) => { zoom = Math.max(0.5, Math.min(4, value)); pane.style.setProperty('--zoom', String(zoom)); label.textContent = percent(zoom); };
  const label = el('output', { class: 'zoom-number', text: '100 %' });
  const tools = el('div', { class: 'zoom', role: 'group', 'aria-label': 'Size of the page' },
    el('button', { type: 'button', class: 'button is-icon', 'aria-label': 'Smaller', title: 'Smaller (−)', on: { click: () => set(zoom / 1.25) } }, icon('minus')), label,
    el('button', { type: 'button', class: 'button is-icon', 'aria-label': 'Larger', title: 'Larger (+)', on: { click: () => set(zoom * 1.25) } }, icon('plus')));
  return { name: 'Page', node: el('div', { class: 'pane-page' }, pane), tools, zoom: (step) => set(step ? zoom * step : 1) };
}
