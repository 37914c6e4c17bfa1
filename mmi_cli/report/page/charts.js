'use strict';
// Two pictures: how many values have which confidence, and how often values of a confidence are right.

function histogram(bins, { onPick, label }) {
  const [width, height, foot] = [300, 110, 18];
  const most = Math.max(1, ...bins.map((bin) => bin.count));
  const step = width / bins.length;
  const bars = bins.map((bin, number) => {
    const tall = bin.count ? Math.max(2, (bin.count / most) * (height - 22)) : 0;
    const told = `${count(bin.count, 'value')} with confidence ${bin.low.toFixed(2)} to ${bin.high.toFixed(2)}`;
    return svg('g', { class: `hist-bin is-${level((bin.low + bin.high) / 2)}`, tabindex: '0', role: 'button', 'aria-label': `${told}: show them`,
      on: { click: () => onPick(bin), keydown: (event) => { if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); onPick(bin); } } } },
      svg('title', { text: told }),
      svg('rect', { class: 'hist-hit', x: number * step, y: 0, width: step, height }),
      svg('rect', { class: 'hist-bar', x: number * step + 1.5, y: height - tall, width: step - 3, height: tall, rx: 2 }),
      bin.count === most && svg('text', { class: 'chart-number', x: Math.min(width - 12, Math.max(12, number * step + step / 2)), y: height - tall - 6, 'text-anchor': 'middle', text: grouped.format(bin.count) }));
  });
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((value) => svg('text', { class: 'chart-tick', x: Math.min(width - 1, Math.max(1, value * width)), y: height + 14, 'text-anchor': value === 0 ? 'start' : value === 1 ? 'end' : 'middle', text: String(value) }));
  return svg('svg', { class: 'chart', viewBox: `0 0 ${width} ${height + foot}`, role: 'group', 'aria-label': label },
    svg('line', { class: 'chart-axis', x1: 0, x2: width, y1: height + 0.5, y2: height + 0.5 }), bars, ticks);
}

function reliabilityPlot(bins, label) {
  const [side, left, top, foot] = [220, 44, 8, 40];
  const x = (value) => left + value * side;
  const y = (value) => top + (1 - value) * side;
  const most = Math.max(...bins.map((bin) => bin[3]));
  const grid = [0, 0.5, 1].flatMap((value) => [
    svg('line', { class: 'chart-grid', x1: x(0), x2: x(1), y1: y(value), y2: y(value) }),
    svg('text', { class: 'chart-tick', x: left - 6, y: y(value) + 4, 'text-anchor': 'end', text: String(value) }),
    svg('text', { class: 'chart-tick', x: x(value), y: top + side + 16, 'text-anchor': 'middle', text: String(value) }),
  ]);
  const points = bins.map(([lower, mean, share, number, low, high]) => svg('g', {},
    svg('title', { text: `confidence ${lower.toFixed(1)} to ${(lower + 0.1).toFixed(1)}, mean ${mean.toFixed(3)}: ${three(share)} of ${number} right (95 %: ${three(low)} to ${three(high)})` }),
    svg('line', { class: 'chart-range', x1: x(mean), x2: x(mean), y1: y(low), y2: y(high) }),
    svg('circle', { class: 'chart-dot', cx: x(mean), cy: y(share), r: 3.5 + 5 * Math.sqrt(number / most) })));
  return svg('svg', { class: 'chart is-square', viewBox: `0 0 ${left + side + 14} ${top + side + foot}`, role: 'img', 'aria-label': label },
    grid, svg('line', { class: 'chart-exact', x1: x(0), y1: y(0), x2: x(1), y2: y(1) }), points,
    svg('text', { class: 'chart-name', x: x(0.5), y: top + side + 34, 'text-anchor': 'middle', text: 'confidence' }),
    svg('text', { class: 'chart-name', transform: `translate(9 ${y(0.5)}) rotate(-90)`, 'text-anchor': 'middle', text: 'share right' }));
}
