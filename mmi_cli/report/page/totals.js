'use strict';
// What all records of a schema come to: tiles for the first numbers, bars for choices, a small spread for every number.

const compact = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });
const titled = (field) => { const words = field.replace(/_(s|wpm)$/, '').replaceAll('_', ' '); return words.charAt(0).toUpperCase() + words.slice(1); };

function measure(value, unit) {
  if (unit === 'seconds') return value < 60 ? `${value < 10 ? value.toFixed(1) : Math.round(value)} s` : value < 6000 ? `${clock(value)} min` : duration(value);
  if (unit === 'share') return percent(value);
  if (unit === 'wpm') return `${Math.round(value)} wpm`;
  return Math.abs(value) >= 10_000 ? grouped.format(Math.round(value)) : compact.format(Math.abs(value) < 1 ? Number(value.toFixed(2)) : value);
}

const ofSchema = (all, condition) => `${index.schemas.length > 1 ? `schema:${quotedWord(all.schema)} ` : ''}${condition}`;

function spread(all, one) {
  const [width, height] = [120, 30];
  const most = Math.max(1, ...one.bins.map((bin) => bin[2]));
  const step = width / one.bins.length;
  return svg('svg', { class: 'spread', viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none', role: 'group', 'aria-label': `Spread of ${titled(one.field)}` }, one.bins.map(([low, high, number], at) => {
    const tall = number ? Math.max(2, (number / most) * (height - 2)) : 0;
    const isLast = at === one.bins.length - 1;
    const told = `${low === high ? measure(low, one.unit) : `${measure(low, one.unit)} to ${measure(high, one.unit)}`}: ${count(number, 'record')}`;
    const show = () => ask(ofSchema(all, low === high ? `${one.field}=${low}` : `${one.field}>=${low} ${one.field}${isLast ? '<=' : '<'}${high}`), 'records');
    return svg('g', { class: 'spread-bin', tabindex: '0', role: 'button', 'aria-label': `${told}: show them`, on: { click: show, keydown: (event) => { if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); show(); } } } },
      svg('title', { text: told }), svg('rect', { class: 'hist-hit', x: at * step, y: 0, width: step, height }), svg('rect', { class: 'spread-bar', x: at * step + 0.75, y: height - tall, width: Math.max(1, step - 1.5), height: tall, rx: 1 }));
  }));
}

function tile(all, one) {
  return el('div', { class: 'tile' },
    el('p', { class: 'tile-name', text: one.title || titled(one.field), title: one.field }),
    el('p', { class: 'tile-number', text: measure(one.mean, one.unit) }),
    spread(all, one),
    el('p', { class: 'tile-told', text: `median ${measure(one.median, one.unit)} (${measure(one.low, one.unit)} – ${measure(one.high, one.unit)})` }));
}

const GOOD = { resolved: 'good', positive: 'good', follow_up: 'fair', mixed: 'fair', unresolved: 'bad', negative: 'bad' };

function bars(all, title, field, counts, told) {
  const most = Math.max(...counts.map((each) => each[1]));
  return el('div', { class: 'bars' }, el('h3', { class: 'bars-title', text: title, title: field }),
    el('ul', {}, counts.map(([name, number]) => el('li', {}, el('button', { type: 'button', class: 'bars-entry', 'aria-label': `${name}: ${count(number, 'record')}: show them`, on: { click: () => ask(ofSchema(all, /\s|"/.test(name) ? `"${field}=${name.replaceAll('"', '')}"` : `${field}=${name}`), 'records') } },
      el('span', { class: 'bars-name', text: name.replaceAll('_', ' ') }), el('span', { class: 'bars-track', 'aria-hidden': 'true' }, el('span', { class: `bars-bar ${GOOD[name] ? `is-${GOOD[name]}` : ''}`, style: { width: `${(number / most) * 100}%` } })), el('span', { class: 'bars-number', text: grouped.format(number) }))))),
    told && el('p', { class: 'tile-told', text: told }));
}

function overDays(all, one) {
  const [width, height, foot] = [300, 70, 16];
  const most = Math.max(...one.counts.map((each) => each[1]));
  const step = width / one.counts.length;
  const ends = [...new Set([0, one.counts.length - 1])];
  return el('div', { class: 'bars' }, el('h3', { class: 'bars-title', text: `${titled(one.field)}, ${one.counts[0][0].length > 7 ? 'by day' : 'by month'}` }),
    svg('svg', { class: 'chart', viewBox: `0 0 ${width} ${height + foot}`, role: 'img', 'aria-label': one.counts.map(([day, number]) => `${day}: ${number}`).join(', ') },
      svg('line', { class: 'chart-axis', x1: 0, x2: width, y1: height + 0.5, y2: height + 0.5 }),
      one.counts.map(([day, number], at) => svg('g', { class: 'spread-bin', on: { click: () => ask(ofSchema(all, `${one.field}>=${day} ${one.field}<=${day}~`), 'records') } }, svg('title', { text: `${day}: ${count(number, 'record')}` }),
        svg('rect', { class: 'spread-bar', x: at * step + 1, y: height - (number / most) * (height - 4), width: Math.max(1, Math.min(40, step - 2)), height: (number / most) * (height - 4), rx: 2 }))),
      ends.map((at) => svg('text', { class: 'chart-tick', x: at ? width - 1 : 1, y: height + 13, 'text-anchor': at ? 'end' : 'start', text: one.counts[at][0] }))));
}

const TILES = 8;
const GROUPS = 4;

function totalsOf(all) {
  const choices = all.choices.filter((one) => !all.is_calls || one.field !== 'agent_sentiment');
  const resolution = all.is_calls && choices.find((one) => one.field === 'resolution');
  const rated = (one) => {
    if (one.field === 'resolution') { const told = one.counts.reduce((sum, each) => sum + each[1], 0); return `${percent((one.counts.find((each) => each[0] === 'resolved') || [0, 0])[1] / told)} resolved${one.none ? `, ${one.none} cannot be told` : ''}`; }
    return one.none ? `${one.none} without a value` : null;
  };
  const first = all.numbers.slice(0, TILES);
  const rest = all.numbers.slice(TILES);
  const shownBars = [
    ...choices.map((one) => bars(all, all.is_calls && one.field === 'reason_category' ? 'Top reasons' : titled(one.field), one.field, one.counts.slice(0, 8), rated(one))),
    ...all.days.map((one) => overDays(all, one)),
    ...all.lists.map((one) => bars(all, titled(one.field), one.field, one.counts, null)),
  ];
  const rate = resolution && resolution.counts.reduce((sum, each) => sum + each[1], 0);
  const resolved = resolution && (resolution.counts.find((each) => each[0] === 'resolved') || [0, 0])[1];
  const heading = all.is_calls ? `Calls · ${count(all.count, 'call')}${rate ? `, ${percent(resolved / rate)} resolved` : ''}` : `${all.schema} · ${count(all.count, 'record')}`;
  const inner = [
    first.length > 0 && el('div', { class: 'tiles' }, first.map((one) => tile(all, one))),
    shownBars.length > 0 && el('div', { class: 'bar-groups' }, shownBars.slice(0, GROUPS)),
    (rest.length > 0 || shownBars.length > GROUPS) && el('details', { class: 'by-field' }, el('summary', { class: 'soft', text: `More (${rest.length + Math.max(0, shownBars.length - GROUPS)})` }),
      rest.length > 0 && el('div', { class: 'tiles' }, rest.map((one) => tile(all, one))), shownBars.length > GROUPS && el('div', { class: 'bar-groups' }, shownBars.slice(GROUPS))),
  ];
  return [heading, inner];
}

// Calls stand open; of other papers the sums are asked for, so that the table stays near.
function callTotals() {
  return index.totals.filter((all) => all.is_calls).map((all) => {
    const [heading, inner] = totalsOf(all);
    return el('section', { class: 'card is-wide totals', 'aria-label': heading }, el('h2', { class: 'card-title', text: heading }), inner);
  });
}

function otherTotals() {
  const others = index.totals.filter((all) => !all.is_calls);
  if (!others.length) return null;
  const card = el('section', { class: 'card is-wide totals', hidden: true, 'aria-label': 'Means, sums and counts' });
  const button = el('button', { type: 'button', class: 'quiet', 'aria-expanded': 'false', on: { click: () => {
    if (!card.childElementCount) card.append(...others.flatMap((all) => { const [heading, inner] = totalsOf(all); return [el('h2', { class: 'card-title', text: heading }), ...inner.filter(Boolean)]; }));
    card.hidden = !card.hidden;
    button.setAttribute('aria-expanded', String(!card.hidden));
    drawRows();
  } } }, 'means, sums and counts');
  return [button, card];
}
