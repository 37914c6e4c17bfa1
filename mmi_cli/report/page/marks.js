'use strict';
// Values and the places where they stand, linked both ways.

const marks = {
  leaves: new Map(), // number of the leaf → { node, value, path }
  places: new Map(), // number of the leaf → elements on the page, in order of its evidence
  on: null,
  onSelect: null,

  clear() { this.leaves.clear(); this.places.clear(); this.on = null; },

  addPlace(number, node) {
    if (!this.places.has(number)) this.places.set(number, []);
    this.places.get(number).push(node);
  },

  // An element that stands for evidence of some leaves.
  link(node, numbers) {
    node.dataset.leaves = numbers.join(' ');
    for (const number of numbers) this.addPlace(number, node);
    node.addEventListener('pointerenter', () => this.glow(numbers, true));
    node.addEventListener('pointerleave', () => this.glow(numbers, false));
    node.addEventListener('focus', () => this.glow(numbers, true));
    node.addEventListener('blur', () => this.glow(numbers, false));
    node.addEventListener('click', (event) => {
      event.stopPropagation();
      const next = numbers[(numbers.indexOf(this.on) + 1) % numbers.length];
      this.select(next, { from: 'place', place: node });
    });
    return node;
  },

  glow(numbers, isOn) {
    for (const number of numbers) {
      this.leaves.get(number)?.node.classList.toggle('is-near', isOn);
      for (const place of this.places.get(number) || []) place.classList.toggle('is-near', isOn);
    }
  },

  select(number, { from = 'value', place = null, piece = 0 } = {}) {
    if (this.on !== null) {
      this.leaves.get(this.on)?.node.classList.remove('is-on');
      for (const other of this.places.get(this.on) || []) other.classList.remove('is-on');
    }
    this.on = number;
    const leaf = this.leaves.get(number);
    if (!leaf) return;
    leaf.node.classList.add('is-on');
    const places = this.places.get(number) || [];
    for (const each of places) each.classList.add('is-on');
    if (from === 'place') leaf.node.scrollIntoView({ block: 'nearest', behavior: 'instant' });
    this.onSelect?.(number, { from, place: place || this.placeOf(number, piece), piece });
  },

  // Of the panes that show the evidence only one is seen.
  placeOf(number, piece = 0) {
    const seen = (this.places.get(number) || []).filter((node) => node.getClientRects().length);
    return seen.find((node) => node.dataset.piece === `${number}.${piece}`) || seen[0] || null;
  },
};
