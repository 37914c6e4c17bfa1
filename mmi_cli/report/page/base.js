'use strict';
// Small tools of the page: elements, words for numbers, what is remembered. Text of the run becomes text nodes and nothing else.

const byId = (id) => document.getElementById(id);
const SVG = 'http://www.w3.org/2000/svg';

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === 'on') for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
    else if (name === 'style') for (const [property, each] of Object.entries(value)) node.style.setProperty(property, each);
    else if (name === 'data') Object.assign(node.dataset, value);
    else if (name === 'text') node.textContent = value;
    else node.setAttribute(name, value === true ? '' : String(value));
  }
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false) node.append(child);
  }
  return node;
}

const el = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
const svg = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

// Names come from files: `constructor` is one, too.
const ownOf = (object, key) => (Object.hasOwn(object, key) ? object[key] : undefined);
const putOwn = (object, key, value) => Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });

const icons = {
  right: 'm3 8.5 3.2 3.2L13 5', edit: 'M3 13l.6-2.8L10.8 3l2.2 2.2-7.2 7.2z', play: 'M5 3.5v9l7.5-4.5z', back: 'M10 3 5 8l5 5',
  up: 'M3.5 10 8 5.5l4.5 4.5', down: 'M3.5 6 8 10.5 12.5 6', warning: 'M8 2.5 14.5 13.5h-13zM8 6.5v3.5M8 11.8v.2', close: 'm4 4 8 8m0-8-8 8',
  plus: 'M8 3.5v9M3.5 8h9', minus: 'M3.5 8h9', none: 'M4 8h8', save: 'M8 2.5v7.5m-3-3 3 3 3-3M3 13h10', undo: 'M6 3 3 6l3 3M3 6h6a4 4 0 0 1 0 8H6',
};

const icon = (name) => svg('svg', { class: 'icon', viewBox: '0 0 16 16', 'aria-hidden': 'true' }, svg('path', { d: icons[name] }));

const grouped = new Intl.NumberFormat('en');
const count = (number, one, many) => `${grouped.format(number)} ${number === 1 ? one : many || `${one}s`}`;
const percent = (share) => (share === null || share === undefined ? '–' : `${Math.round(share * 100)} %`);
const three = (share) => (share === null || share === undefined ? '–' : share.toFixed(3));

function clock(seconds) {
  const whole = Math.floor(seconds);
  const two = (number) => String(number).padStart(2, '0');
  const minutes = Math.floor(whole / 60);
  return minutes >= 60 ? `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

function duration(seconds) {
  if (seconds < 10) return `${seconds.toFixed(seconds < 1 ? 2 : 1)} s`;
  if (seconds < 100) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function bytes(size) {
  if (size < 1000) return `${size} B`;
  const unit = ['kB', 'MB', 'GB'].find((_, index) => size < 1000 ** (index + 2)) || 'GB';
  const value = size / 1000 ** (['kB', 'MB', 'GB'].indexOf(unit) + 1);
  return `${value.toFixed(value < 10 ? 1 : 0)} ${unit}`;
}

const shown = (value) => (value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value));
const level = (confidence) => (confidence === null || confidence === undefined ? 'none' : confidence >= 0.9 ? 'high' : confidence >= 0.6 ? 'middle' : 'low');

function meter(confidence, label) {
  if (typeof confidence !== 'number') return el('span', { class: 'meter is-none', text: '–' });
  return el('span', { class: `meter is-${level(confidence)}`, title: label || `confidence ${confidence}` },
    el('span', { class: 'meter-track', 'aria-hidden': 'true' }, el('span', { class: 'meter-fill', style: { width: `${confidence * 100}%` } })),
    el('span', { class: 'meter-number', text: confidence.toFixed(2) }));
}

// A path with its name in front of the eye: the folders may be cut, the name never first.
function pathNode(path) {
  const at = Math.max(path.lastIndexOf('/'), path.lastIndexOf('!'));
  return el('span', { class: 'path', title: path }, at >= 0 && el('span', { class: 'path-folder', text: path.slice(0, at + 1) }), el('bdi', { class: 'path-name', text: path.slice(at + 1) }));
}

const remembered = {
  read(key) {
    try { return JSON.parse(localStorage.getItem(`mmi-report.${key}`)); } catch { return null; }
  },
  write(key, value) {
    try { localStorage.setItem(`mmi-report.${key}`, JSON.stringify(value)); } catch { /* a browser that keeps nothing */ }
  },
};

function say(text) {
  byId('said').textContent = text;
}

function download(name, text) {
  const address = URL.createObjectURL(new Blob([text], { type: 'application/x-ndjson' }));
  el('a', { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
