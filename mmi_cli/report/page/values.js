'use strict';
// The values of a record: single ones, lists and rows, each with its confidence, its places and what a person says of it.

function valueText(value) {
  if (value === null) return el('span', { class: 'absent', text: 'not found' });
  return el('bdi', { class: `value ${typeof value === 'number' ? 'is-number' : ''}`, text: typeof value === 'boolean' ? (value ? 'yes' : 'no') : shown(value) });
}

function placeChip(leafNumber, evidence, piece) {
  const told = [];
  if (evidence.part) told.push(evidence.part);
  if (evidence.page !== undefined) told.push(`p. ${evidence.page}`);
  if (evidence.start_s !== undefined) told.push(clock(evidence.start_s) + (evidence.speaker ? ` ${evidence.speaker}` : ''));
  if (evidence.frame_s !== undefined) told.push(`frame ${clock(evidence.frame_s)}`);
  if (evidence.cell) told.push(`${evidence.sheet}!${evidence.cell}`);
  if (evidence.slide !== undefined) told.push(`slide ${evidence.slide}`);
  if (evidence.paragraph !== undefined) told.push(`¶ ${evidence.paragraph}`);
  if (evidence.file) told.push(evidence.file);
  return el('button', { type: 'button', class: 'chip', title: `${evidence.match}: ${evidence.text}`, 'aria-label': `Show ${told.join(' ')}: ${evidence.text}`, on: { click: (event) => { event.stopPropagation(); marks.select(leafNumber, { piece, from: 'chip' }); } } }, evidence.start_s !== undefined && icon('play'), told.join(' · ') || evidence.match);
}

class ValueList {
  constructor(record, detail) {
    this.record = record;
    this.detail = detail;
    this.next = 0;
    const nodes = Object.entries(detail.fields || {}).map(([name, value]) => [this.field(name, value, name), Boolean(detail.case) && isLeaf(value) && value.kind === 'abstracted']);
    const of = (isText) => nodes.filter((each) => each[1] === isText).map(([node]) => node);
    this.node = el('div', { class: 'values' }, of(false));
    this.texts = of(true).length ? el('div', { class: 'values texts' }, of(true)) : null; // what is written about a case stands above all else
  }

  field(name, value, path) {
    if (isLeaf(value)) return this.leaf(name, value, path);
    if (isArray(value)) return this.array(name, value, path);
    return el('section', { class: 'group' }, el('h3', { class: 'group-name', text: name }), Object.entries(membersOf(value) || {}).map(([member, each]) => this.field(member, each, `${path}.${member}`)));
  }

  register(node, value, path) {
    const number = this.next++;
    marks.leaves.set(number, { node, value, path, number });
    node.dataset.leaf = String(number);
    node.addEventListener('pointerenter', () => marks.glow([number], true));
    node.addEventListener('pointerleave', () => marks.glow([number], false));
    node.addEventListener('focusin', () => marks.glow([number], true));
    node.addEventListener('focusout', () => marks.glow([number], false));
    node.addEventListener('click', (event) => { if (!event.target.closest('button, input, select, form')) { marks.select(number); node.focus({ preventScroll: true }); } });
    return number;
  }

  label(value, path, number) {
    const told = [path, value.value === null ? 'not found' : shown(value.value)];
    if (typeof value.confidence === 'number') told.push(`confidence ${value.confidence.toFixed(2)}`);
    if (!value.evidence.length && value.value !== null) told.push('no place in the file');
    const verdict = this.detail.judged?.[number];
    if (verdict) told.push(verdict[0] ? 'as labelled' : 'not the label');
    return told.join(', ');
  }

  leaf(name, value, path) {
    const node = el('div', { class: `leaf ${value.value === null ? 'is-absent' : ''}`, tabindex: '-1', role: 'group' });
    const number = this.register(node, value, path);
    const draw = () => {
      const said = review.leaf(this.record, path);
      node.setAttribute('aria-label', this.label(value, path, number));
      node.classList.toggle('is-reviewed', Boolean(said));
      node.replaceChildren(
        el('div', { class: 'leaf-name' }, el('span', { text: name }), value.kind !== 'extracted' && el('span', { class: 'kind', text: value.kind })),
        el('div', { class: 'leaf-value' }, this.valueNode(value, said), this.verdict(number)),
        el('div', { class: 'leaf-facts' }, meter(value.confidence), el('span', { class: 'chips' }, this.chips(number, value))),
        this.tools(number, value, path));
    };
    marks.leaves.get(number).draw = draw;
    draw();
    return node;
  }

  chips(number, value) {
    const most = 4;
    const out = value.evidence.slice(0, most).map((evidence, piece) => placeChip(number, evidence, piece));
    if (value.evidence.length > most) out.push(el('span', { class: 'soft', text: `+${value.evidence.length - most}` }));
    if (!value.evidence.length && value.value !== null) out.push(el('span', { class: 'soft', text: value.kind === 'extracted' ? 'no place' : '' }));
    return out;
  }

  valueNode(value, said) {
    if (said && 'value' in said) return el('span', { class: 'corrected' }, el('s', {}, value.value === null ? 'not found' : shown(value.value)), ' ', said.value === null ? el('span', { class: 'absent', text: 'not in the file' }) : el('bdi', { class: 'value', text: shown(said.value) }));
    return valueText(value.value);
  }

  verdict(number) {
    const verdict = this.detail.judged?.[number];
    if (!verdict) return null;
    if (verdict[0]) return el('span', { class: 'flag is-right', text: 'as labelled' });
    return el('span', { class: 'flag is-wrong' }, 'label: ', el('bdi', { text: verdict[1] === null ? 'nothing' : shown(verdict[1]) }));
  }

  tools(number, value, path) {
    const said = review.leaf(this.record, path);
    const isOwn = Boolean(ownOf(review.of(this.record).leaves, path));
    const again = () => { marks.leaves.get(number).draw(); this.redrawArrays(); };
    return el('div', { class: 'tools' },
      said && 'value' in said
        ? el('button', { type: 'button', class: 'tool', 'aria-label': `Undo the correction of ${path}`, title: 'Undo', on: { click: () => { review.forget(this.record, path); again(); } } }, icon('undo'))
        : el('button', { type: 'button', class: `tool is-ok ${said ? 'is-set' : ''}`, 'aria-pressed': String(Boolean(said)), disabled: said && !isOwn, 'aria-label': value.value === null ? `${path} is not in the file` : `${path} is right`, title: value.value === null ? 'Right: it is not in the file (y)' : 'Right (y)', on: { click: () => { review.setRight(this.record, path); again(); } } }, icon('right')),
      el('button', { type: 'button', class: 'tool', 'aria-label': `Correct ${path}`, title: 'Correct (e)', on: { click: () => this.edit(number) } }, icon('edit')));
  }

  edit(number) {
    const { node, value, path, draw } = marks.leaves.get(number);
    const said = review.leaf(this.record, path);
    const now = said && 'value' in said ? said.value : value.value;
    const input = value.type === 'boolean'
      ? el('select', {}, [['', 'not in the file'], ['true', 'yes'], ['false', 'no']].map(([key, text]) => el('option', { value: key, text, selected: String(now) === key })))
      : String(now ?? '').length > 60
        ? el('textarea', { rows: '4' })
        : el('input', { type: 'text', inputmode: ['number', 'integer'].includes(value.type) ? 'decimal' : 'text', placeholder: ownOf({ date: '2026-01-31', time: '14:30:00', number: '12.5', integer: '12' }, value.type) || 'empty: not in the file' });
    if (value.type !== 'boolean') input.value = now === null ? '' : shown(now);
    input.setAttribute('aria-label', `What ${path} should be; empty when it is not in the file`);
    const done = (isKept) => {
      if (isKept) {
        const typed = typedValue(input.value, value.type);
        if (typed === value.value) review.change(this.record, (each) => { putOwn(each.leaves, path, { right: true }); });
        else review.setValue(this.record, path, typed);
        say(`${path} corrected`);
      }
      draw();
      this.redrawArrays();
      node.focus({ preventScroll: true });
    };
    const form = el('form', { class: 'edit', on: {
      submit: (event) => { event.preventDefault(); done(true); },
      keydown: (event) => { event.stopPropagation(); if (event.key === 'Escape') { event.preventDefault(); done(false); } else if (event.key === 'Enter' && input.tagName === 'TEXTAREA' && (event.ctrlKey || event.metaKey)) done(true); },
    } }, input, el('button', { type: 'submit', class: 'button is-primary' }, 'Keep'), el('button', { type: 'button', class: 'button', on: { click: () => done(false) } }, 'Cancel'));
    const place = node.querySelector('.leaf-value') || node;
    if (place === node) node.replaceChildren(form);
    else place.replaceChildren(form);
    input.focus();
    input.select?.();
  }

  // --- lists

  array(name, value, path) {
    const holder = el('section', { class: 'group' });
    const items = value.value;
    const hasRows = items.length > 0 && items.every((item) => !isLeaf(item) && !isArray(item) && Object.values(membersOf(item) || {}).every(isLeaf));
    const columns = hasRows ? [...new Set(items.flatMap((item) => Object.keys(membersOf(item))))] : null;
    const head = el('div', { class: 'group-head' });
    const drawHead = () => {
      const said = review.of(this.record);
      head.replaceChildren(el('h3', { class: 'group-name' }, name, ' ', el('span', { class: 'soft', text: items.length ? count(items.length, hasRows ? 'row' : 'item') : 'none found' })),
        el('div', { class: 'group-tools' },
          el('button', { type: 'button', class: `small-button ${ownOf(said.whole, path) ? 'is-set' : ''}`, 'aria-pressed': String(Boolean(ownOf(said.whole, path))), on: { click: () => { review.toggleWhole(this.record, path); this.redraw(path); } } }, icon('right'), items.length ? 'List is right' : 'There is none'),
          el('button', { type: 'button', class: 'small-button', on: { click: () => this.askRow(path, columns, items, added) } }, icon('plus'), hasRows ? 'Row' : 'Item')));
    };
    const added = el('div', { class: 'added' });
    const drawAdded = () => {
      const rows = ownOf(review.of(this.record).added, path) || [];
      added.replaceChildren(...rows.map((item, at) => el('div', { class: 'leaf is-reviewed is-added' }, el('div', { class: 'leaf-name', text: 'added' }), el('div', { class: 'leaf-value' }, el('bdi', { text: typeof item === 'object' && item ? Object.entries(item).map(([key, each]) => `${key}: ${shown(each)}`).join(' · ') : shown(item) })),
        el('div', { class: 'tools' }, el('button', { type: 'button', class: 'tool', 'aria-label': 'Take the added row away', on: { click: () => { review.dropRow(this.record, path, at); this.redraw(path); } } }, icon('close'))))));
    };
    (this.arrays ||= []).push({ path, draw: () => { drawHead(); drawAdded(); } });
    drawHead();
    drawAdded();
    const body = hasRows ? this.rows(columns, items, path) : items.map((item, row) => {
      const place = `${path}[${row}]`;
      return isLeaf(item) ? this.leaf(String(row + 1), item, place) : this.field(String(row + 1), item, place);
    });
    return fill(holder, {}, [head, body, added]);
  }

  rows(columns, items, path) {
    const isNumber = columns.map((name) => items.some((item) => typeof membersOf(item)[name]?.value === 'number'));
    return el('div', { class: 'scroll-x' }, el('table', { class: 'rows-table' },
      el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, el('span', { class: 'visually-hidden', text: 'row' })), columns.map((name, at) => el('th', { scope: 'col', class: isNumber[at] ? 'is-number' : null, text: name })), el('th', { scope: 'col' }, el('span', { class: 'visually-hidden', text: 'review' })))),
      el('tbody', {}, items.map((item, row) => {
        const place = `${path}[${row}]`;
        const members = membersOf(item);
        const line = el('tr', {});
        // Cells are counted in the order of the record, whatever the order of the columns.
        const cells = new Map(Object.entries(members).map(([name, value]) => [name, this.cell(value, `${place}.${name}`, isNumber[columns.indexOf(name)])]));
        const remove = el('button', { type: 'button', class: 'tool' }, icon('close'));
        const drawRow = () => {
          const isRemoved = Boolean(ownOf(review.of(this.record).removed, place));
          line.classList.toggle('is-removed', isRemoved);
          remove.title = isRemoved ? 'Take the row back' : 'This row is not in the file';
          remove.setAttribute('aria-label', `${remove.title}: row ${row + 1}`);
        };
        remove.addEventListener('click', () => { review.toggleRow(this.record, place); this.redraw(path); drawRow(); });
        drawRow();
        return fill(line, {}, [el('th', { scope: 'row', text: String(row + 1) }), columns.map((name) => cells.get(name) || el('td', {})), el('td', { class: 'row-tools' }, remove)]);
      }))));
  }

  cell(value, path, isNumber) {
    const node = el('td', { class: `leaf-cell ${isNumber ? 'is-number' : ''}`, tabindex: '-1' });
    const number = this.register(node, value, path);
    const draw = () => {
      const said = review.leaf(this.record, path);
      node.className = node.className.replace(/\bis-(high|middle|low|none|reviewed|wrong)\b/g, '').trim();
      node.classList.add(`is-${level(value.value === null ? null : value.confidence)}`);
      node.classList.toggle('is-reviewed', Boolean(said));
      node.classList.toggle('is-wrong', this.detail.judged?.[number]?.[0] === 0);
      node.title = `${this.label(value, path, number)}${this.detail.judged?.[number]?.[0] === 0 ? `; label: ${shown(this.detail.judged[number][1]) || 'nothing'}` : ''}`;
      node.replaceChildren(el('span', { class: 'leaf-value' }, said && 'value' in said ? this.valueNode(value, said) : value.value === null ? el('span', { class: 'absent', text: '–' }) : valueText(value.value)), el('span', { class: 'visually-hidden', text: value.value === null ? '' : `, confidence ${value.confidence}` }));
    };
    marks.leaves.get(number).draw = draw;
    node.addEventListener('dblclick', () => this.edit(number));
    draw();
    return node;
  }

  askRow(path, columns, items, place) {
    const sample = items[0];
    const typeOf = (name) => (columns ? membersOf(sample)[name]?.type : isLeaf(sample) ? sample.type : 'string') || 'string';
    const inputs = (columns || ['']).map((name) => [name, el('input', { type: 'text', placeholder: name, 'aria-label': name || 'value' })]);
    const form = el('form', { class: 'edit is-row', on: {
      submit: (event) => {
        event.preventDefault();
        const typed = inputs.map(([name, input]) => [name, typedValue(input.value, typeOf(name))]).filter(([, each]) => each !== null);
        if (typed.length) review.addRow(this.record, path, columns ? Object.fromEntries(typed) : typed[0][1]);
        this.redraw(path);
      },
      keydown: (event) => { event.stopPropagation(); if (event.key === 'Escape') this.redraw(path); },
    } }, inputs.map((each) => each[1]), el('button', { type: 'submit', class: 'button is-primary' }, 'Add'));
    place.append(form);
    inputs[0][1].focus();
  }

  redrawArrays() { for (const array of this.arrays || []) array.draw(); }
  redraw(path) {
    this.redrawArrays();
    for (const leaf of marks.leaves.values()) if (leaf.path.startsWith(`${path}[`)) leaf.draw();
  }
}

function typedValue(text, type) {
  const plain = text.trim();
  if (!plain) return null;
  if (type === 'boolean') return plain === 'true' ? true : plain === 'false' ? false : plain;
  if (type === 'number' || type === 'integer') {
    const number = Number(plain.replace(/(?<=\d),(?=\d{3}\b)/g, ''));
    return Number.isFinite(number) ? number : plain;
  }
  return plain;
}
