'use strict';
// What a person says of the values: right, or what they should be. Kept in the browser, given out as labels.

const review = {
  // record → { leaves: {path: {right} | {value}}, removed: {row: true}, added: {array: [item]}, whole: {array: true} }
  kept: remembered.read(`review.${index.key}`) || {},

  nameOf: (record) => String(record.number),
  of(record) { return this.kept[this.nameOf(record)] || { leaves: {}, removed: {}, added: {}, whole: {} }; },
  hasRecord(record) { return this.nameOf(record) in this.kept; },
  leaf(record, path) {
    const said = this.of(record);
    const own = ownOf(said.leaves, path);
    if (own) return own;
    return Object.keys(said.whole).some((array) => path.startsWith(`${array}[`)) ? { right: true } : null;
  },
  hasLeaf(record, path) { return this.hasRecord(record) && this.leaf(record, path) !== null; },

  change(record, change) {
    const said = structuredClone(this.of(record));
    change(said);
    const isEmpty = ['leaves', 'removed', 'added', 'whole'].every((kind) => !Object.keys(said[kind]).length);
    if (isEmpty) delete this.kept[this.nameOf(record)];
    else this.kept[this.nameOf(record)] = said;
    remembered.write(`review.${index.key}`, this.kept);
    drawCorrections();
  },
  setRight(record, path) { this.change(record, (said) => { if (ownOf(said.leaves, path)?.right) delete said.leaves[path]; else putOwn(said.leaves, path, { right: true }); }); },
  setValue(record, path, value) { this.change(record, (said) => { putOwn(said.leaves, path, { value }); }); },
  forget(record, path) { this.change(record, (said) => { delete said.leaves[path]; }); },
  toggleRow(record, row) { this.change(record, (said) => { if (ownOf(said.removed, row)) delete said.removed[row]; else putOwn(said.removed, row, true); }); },
  toggleWhole(record, array) { this.change(record, (said) => { if (ownOf(said.whole, array)) delete said.whole[array]; else putOwn(said.whole, array, true); }); },
  addRow(record, array, item) { this.change(record, (said) => { putOwn(said.added, array, [...(ownOf(said.added, array) || []), item]); }); },
  dropRow(record, array, at) { this.change(record, (said) => { said.added[array].splice(at, 1); if (!said.added[array].length) delete said.added[array]; }); },
};

const isLeaf = (value) => Array.isArray(value?.evidence) && value.evidence.every((piece) => piece && typeof piece === 'object' && !Array.isArray(piece));
const isArray = (value) => value?.type === 'array' && Array.isArray(value.value);
const membersOf = (value) => (value?.type === 'object' && value.value && !Array.isArray(value.value) && !isLeaf(value) ? value.value : value);

// One value as a label: { known, value, open } where `open` counts values that nobody has looked at.
function labelOf(said, value, path, isWhole) {
  if (isLeaf(value)) {
    const own = ownOf(said.leaves, path);
    if (own) return { known: true, value: own.right ? value.value : own.value, open: 0 };
    return isWhole ? { known: true, value: value.value, open: 0 } : { known: false, value: null, open: value.value === null ? 0 : 1 };
  }
  if (isArray(value)) {
    const whole = isWhole || Boolean(ownOf(said.whole, path));
    const out = [];
    let [open, isTouched] = [0, whole];
    value.value.forEach((item, row) => {
      const place = `${path}[${row}]`;
      if (ownOf(said.removed, place)) { isTouched = true; return; }
      const label = labelOf(said, item, place, whole);
      open += label.open;
      isTouched ||= label.known;
      if (label.known && label.value !== null) out.push(label.value);
    });
    for (const item of ownOf(said.added, path) || []) { out.push(item); isTouched = true; }
    // A list is a label only as a whole: a row that is not named would count as wrong.
    return { known: isTouched && open === 0, value: out, open: isTouched ? open : 0 };
  }
  const out = Object.create(null); // a field may be called `__proto__`
  let [open, isKnown] = [0, false];
  for (const [name, member] of Object.entries(membersOf(value) || {})) {
    const label = labelOf(said, member, `${path}.${name}`, isWhole);
    open += label.open;
    if (label.known) { isKnown = true; out[name] = label.value; }
  }
  return { known: isKnown, value: out, open };
}

// JSON that every reader of lines takes for one line.
const oneLine = (value) => JSON.stringify(value).replace(/[\u0085\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);

// schema → lines of labels, with how many lists wait for the rest of their rows.
async function collectLabels() {
  const bySchema = new Map();
  let waiting = 0;
  for (const record of records) {
    if (!review.hasRecord(record)) continue;
    const { fields } = await detailOf(record);
    const said = review.of(record);
    const label = Object.create(null);
    for (const [name, value] of Object.entries(fields || {})) {
      const each = labelOf(said, value, name, false);
      if (each.known) label[name] = each.value;
      else if (isArray(value) && each.open) waiting += 1;
    }
    if (!Object.keys(label).length) continue;
    const files = bySchema.get(record.schema) || bySchema.set(record.schema, new Map()).get(record.schema);
    files.set(record.path, Object.assign(files.get(record.path) || Object.create(null), label));
  }
  const texts = [...bySchema].map(([schema, files]) => ({
    schema, files: files.size, text: [...files].map(([file, fields]) => `${oneLine({ file, fields })}\n`).join(''),
  }));
  return { texts, waiting };
}

function drawCorrections() {
  const button = byId('corrections');
  const number = Object.keys(review.kept).length;
  button.hidden = number === 0;
  byId('corrections-label').textContent = `${count(number, 'record')} reviewed`;
}

async function openCorrections() {
  const { texts, waiting } = await collectLabels();
  const dialog = byId('save');
  const name = (schema) => `corrections${texts.length > 1 ? `-${schema.replace(/[^\w-]+/g, '_')}` : ''}.jsonl`;
  dialog.replaceChildren(
    el('h2', { id: 'save-title', text: 'What you reviewed, as labels' }),
    el('p', { text: 'One line a file, as mmi eval and mmi calibrate take them:' }),
    el('pre', { class: 'command', text: `mmi eval DEST ${texts.length ? name(texts[0].schema) : 'corrections.jsonl'}\nmmi calibrate DEST ${texts.length ? name(texts[0].schema) : 'corrections.jsonl'}` }),
    el('div', { class: 'dialog-row' }, texts.map(({ schema, files, text }) => el('button', { type: 'button', class: 'button is-primary', data: { labels: text }, on: { click: () => download(name(schema), text) } }, icon('save'), texts.length > 1 ? `${schema}: ${count(files, 'file')}` : `Download the labels of ${count(files, 'file')}`))),
    waiting ? el('p', { class: 'soft', text: `${count(waiting, 'list')} left out: a list becomes a label when each of its rows was looked at. “List is right” does it at once.` }) : '',
    el('div', { class: 'dialog-row' },
      el('button', { type: 'button', class: 'button', on: { click: () => dialog.close() } }, 'Close'),
      el('button', { type: 'button', class: 'button is-danger', on: { click: () => { if (confirm('Forget everything that was reviewed?')) { review.kept = {}; remembered.write(`review.${index.key}`, {}); drawCorrections(); dialog.close(); route(); } } } }, 'Forget it all')));
  dialog.showModal();
}
