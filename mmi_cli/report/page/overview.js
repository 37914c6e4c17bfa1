'use strict';
// What a run came to, before any single record.

const tally = (key) => {
  const out = new Map();
  for (const record of records) out.set(record[key], (out.get(record[key]) || 0) + 1);
  return [...out].sort((a, b) => b[1] - a[1]);
};

function card(title, ...children) {
  return el('section', { class: 'card' }, el('h2', { class: 'card-title', text: title }), children);
}

// A bar in parts, with a legend whose entries filter.
function parts(title, entries, key) {
  const all = entries.reduce((sum, [, number]) => sum + number, 0);
  const named = (name) => (key === 'status' ? `is-${name}` : '');
  return card(title,
    el('div', { class: `parts of-${key}`, 'aria-hidden': 'true' }, entries.map(([name, number], at) => el('span', { class: `part tone-${at % 6} ${named(name)}`, style: { 'flex-grow': String(number / all) } }))),
    el('ul', { class: 'legend' }, entries.slice(0, 7).map(([name, number], at) => el('li', {},
      el('button', { type: 'button', class: 'legend-entry', 'aria-label': `${name}: ${count(number, 'record')}: show them`, on: { click: () => ask(`${key}:${quotedWord(name)}`) } },
        el('span', { class: `swatch tone-${at % 6} ${named(name)}`, 'aria-hidden': 'true' }), el('span', { class: 'legend-name', text: name || '–' }), el('span', { class: 'legend-number', text: grouped.format(number) }))))));
}

function numbers(more) {
  const files = new Set(records.map((record) => record.source)).size;
  const found = records.reduce((sum, record) => sum + record.found, 0);
  const absent = records.reduce((sum, record) => sum + record.absent, 0);
  const run = index.run;
  const facts = [[grouped.format(files), files === 1 ? 'file' : 'files'], [grouped.format(records.length), records.length === 1 ? 'record' : 'records'], [grouped.format(found), 'values found'], [grouped.format(absent), 'not found']];
  const told = [];
  if (run && run.usage.pages) told.push(count(run.usage.pages, 'page'));
  if (run && run.usage.audio_seconds) told.push(`${duration(run.usage.audio_seconds)} of sound`);
  if (run && run.seconds !== null && run.seconds !== undefined) told.push(`run in ${duration(run.seconds)}`);
  if (run && run.p50) told.push(`half of the files within ${duration(run.p50)}`);
  if (run && run.started) told.push(`started ${run.started.replace('T', ' ').replace(/[+.].*/, '')} UTC`);
  return el('section', { class: 'card is-wide is-plain' }, el('dl', { class: 'numbers' }, facts.map(([number, what]) => el('div', {}, el('dt', { text: what }), el('dd', { text: number })))),
    (told.length > 0 || more) && el('p', { class: 'soft' }, told.join(' · '), told.length > 0 && more && ' · ', more));
}

function confidences() {
  const bins = Array.from({ length: 20 }, (_, at) => ({ low: at / 20, high: (at + 1) / 20, count: 0 }));
  for (const record of records) for (const leaf of record.leaves) if (leaf[VALUE] !== null && leaf[CONFIDENCE] !== null) bins[Math.min(19, Math.floor(leaf[CONFIDENCE] * 20))].count += 1;
  const told = bins.filter((bin) => bin.low >= 0.895).reduce((sum, bin) => sum + bin.count, 0);
  const all = bins.reduce((sum, bin) => sum + bin.count, 0);
  return card('Confidence of the values found', histogram(bins, {
    label: 'Number of values by confidence',
    onPick: (bin) => ask(`conf>=${bin.low.toFixed(2)}${bin.high < 1 ? ` conf<${bin.high.toFixed(2)}` : ''}`, 'values'),
  }), el('p', { class: 'soft', text: all ? `${percent(told / all)} of ${grouped.format(all)} values at 0.90 or more` : 'No value was found' }));
}

function measured() {
  const facts = index.measures;
  if (!facts) return null;
  const accepted = facts.accepted['98'];
  const line = [['F1', facts.f1], ['precision', facts.precision], ['recall', facts.recall], ['calibration error', facts.ece], ['AUROC', facts.auroc]];
  const cells = (row) => row.map((cell, at) => el(at ? 'td' : 'th', at ? {} : { scope: 'row' }, at && at < 4 ? three(cell) : String(cell)));
  const held = card('Held against labels',
    el('div', { class: 'measured' },
      reliabilityPlot(facts.bins, `Reliability: ${facts.bins.map((bin) => `at ${bin[1].toFixed(2)} ${percent(bin[2])} right`).join('; ')}`),
      el('div', { class: 'measured-facts' },
        el('dl', { class: 'facts' }, line.map(([name, value]) => el('div', {}, el('dt', { text: name }), el('dd', { text: three(value) })))),
        el('p', { class: 'soft', text: `${facts.documents_right} of ${count(facts.documents, 'document')} wholly right. ${accepted.threshold === null ? 'No value' : `${percent(accepted.share)} of the values`} can be accepted unseen at 98 % right${accepted.threshold === null ? '' : `, from ${accepted.threshold.toFixed(3)} on`}.` }),
        el('button', { type: 'button', class: 'button', on: { click: () => ask('is:wrong', 'values') } }, 'Show what is wrong'))),
    el('details', { class: 'by-field', open: facts.fields.length <= 8 }, el('summary', { class: 'soft', text: `By field (${facts.fields.length})` }), el('div', { class: 'scroll-x' }, el('table', { class: 'plain' }, el('thead', {}, el('tr', {}, ['field', 'precision', 'recall', 'F1', 'right', 'wrong', 'missed'].map((name) => el('th', { scope: 'col', text: name })))),
      el('tbody', {}, facts.fields.map((row) => el('tr', {}, cells(row))))))));
  held.classList.add('is-wide');
  return held;
}

function fileList(title, entries, none) {
  if (!entries.length) return none ? card(title, el('p', { class: 'soft', text: none })) : null;
  return card(title, el('ol', { class: 'files' }, entries.slice(0, 10).map(({ record, path, right, below }) => el('li', {},
    record ? el('a', { href: `#${record.number}`, class: 'file' }, pathNode(path)) : el('span', { class: 'file' }, pathNode(path)),
    right && el('span', { class: 'file-right', text: right }), below && el('span', { class: 'file-below', text: below })))),
  entries.length > 10 && el('p', { class: 'soft', text: `and ${entries.length - 10} more` }));
}

function drawOverview() {
  const failed = records.filter((record) => record.status === 'failed').map((record) => ({ record, path: record.path, below: record.reason }));
  const byPath = new Map(records.map((record) => [record.path, record]));
  const most = Math.max(...((index.run && index.run.slowest) || []).map((each) => each[1]), 0);
  const slow = ((index.run && index.run.slowest) || []).slice(0, 6).filter(([, seconds]) => seconds >= most / 100).map(([path, seconds]) => ({ record: byPath.get(path), path, right: duration(seconds) }));
  const schemas = tally('schema');
  const cards = [
    parts('Status', tally('status'), 'status'), parts('Kind of file', tally('modality'), 'modality'),
    schemas.length > 1 && parts('Schema', schemas, 'schema'), confidences(),
    fileList('Failed', failed), fileList('Slowest', slow),
  ].filter(Boolean);
  const overview = byId('overview');
  overview.style.setProperty('--columns', String([0, 1, 2, 3, 4, 3, 3, 4][cards.length])); // no card alone in its row
  const [more, sums] = otherTotals() || [null, null];
  overview.replaceChildren(...[numbers(more), ...callTotals(), sums, ...cards, measured()].filter(Boolean));
}
