'use strict';
// Recordings and videos: played from where a value was said or seen, over the shape of the sound.

function mediaPane(shownView, transcript) {
  const { media, frames = [], wave } = shownView;
  const pieces = allEvidence().filter(({ evidence }) => evidence.start_s !== undefined || evidence.frame_s !== undefined);
  if (!media && !frames.length && !wave && !pieces.length) return null;
  const node = el('div', { class: 'media' });
  let player = null;
  if (media && /^(\.\/|file:\/\/\/)|^[0-9a-f]{32}\./.test(media.href || media.src || '')) {
    const address = media.src ? pictureAddress(media.src) : media.href;
    player = el(media.kind === 'video' ? 'video' : 'audio', { controls: true, preload: 'metadata', src: address, class: 'player', 'aria-label': 'Recording', poster: media.kind === 'video' && frames[0] ? pictureAddress(frames[0].src) : null });
    const told = el('p', { class: 'note', hidden: true });
    player.addEventListener('error', () => {
      told.hidden = false;
      told.textContent = player.error?.code === 4 ? `This browser cannot play it (${media.type || 'unknown format'}), or it is not where it was. The times of the values stand all the same.` : 'The recording cannot be read.';
    });
    node.append(player, told);
  }
  const seconds = wave?.s || Math.max(1, ...pieces.map(({ evidence }) => evidence.end_s ?? evidence.start_s ?? evidence.frame_s));
  const strip = waveStrip(wave, seconds, pieces, player);
  node.append(strip.node);
  if (frames.length) node.append(framesList(frames, pieces, play));
  if (transcript) node.append(transcript.node);

  let isLine = false;
  function play(time) {
    if (!player) return;
    player.currentTime = Math.max(0, time);
    player.play().catch(() => { /* the message above says why */ });
  }
  function seek(time) { if (player && Number.isFinite(time)) player.currentTime = Math.max(0, time); }
  player?.addEventListener('timeupdate', () => { strip.at(player.currentTime); transcript?.at(player.currentTime); });
  player?.addEventListener('seeked', () => { isLine = true; strip.at(player.currentTime); });
  return { name: media?.kind === 'video' || frames.length ? 'Video' : 'Sound', node, play, seek, toggle: () => { if (!player) return; if (player.paused) player.play().catch(() => {}); else player.pause(); }, hasLine: () => isLine };
}

function waveStrip(wave, seconds, pieces, player) {
  const canvas = el('canvas', { class: 'wave-canvas', 'aria-hidden': 'true' });
  const line = el('div', { class: 'wave-line', 'aria-hidden': 'true' });
  const percentOf = (time) => `${((100 * time) / seconds).toFixed(3)}%`;
  // What was counted over the whole call, and the turns themselves, would cover everything else.
  const isPlace = ({ leaf, evidence }) => evidence.text !== '' && !/^turns\[/.test(marks.leaves.get(leaf).path);
  const spans = pieces.filter(isPlace).map(({ leaf, piece, evidence }) => {
    const from = evidence.start_s ?? evidence.frame_s;
    const to = evidence.end_s ?? from;
    const name = marks.leaves.get(leaf).path;
    return marks.link(el('button', { type: 'button', class: `span is-${level(marks.leaves.get(leaf).value.confidence)}`, data: { piece: `${leaf}.${piece}` }, style: { left: percentOf(from), width: `max(6px, ${percentOf(to - from)})` }, title: `${name}: ${evidence.text}`, 'aria-label': `${name}, at ${clock(from)}: ${evidence.text}` }), [leaf]);
  });
  const strip = el('div', { class: 'wave', on: { click: (event) => { if (player) { const { left, width } = strip.getBoundingClientRect(); player.currentTime = ((event.clientX - left) / width) * seconds; } } } }, canvas, spans, line);
  const node = el('div', { class: 'wave-holder' }, strip, el('div', { class: 'wave-times', 'aria-hidden': 'true' }, el('span', { text: '0:00' }), el('span', { text: clock(seconds / 2) }), el('span', { text: clock(seconds) })));
  const peaks = wave?.peaks ? Uint8Array.from(atob(wave.peaks), (char) => char.charCodeAt(0)) : null;
  const draw = () => {
    const { width, height } = strip.getBoundingClientRect();
    if (!width) return;
    const scale = devicePixelRatio || 1;
    canvas.width = width * scale;
    canvas.height = height * scale;
    const paint = canvas.getContext('2d');
    paint.fillStyle = getComputedStyle(canvas).color;
    if (!peaks) { paint.fillRect(0, (height * scale) / 2 - scale / 2, canvas.width, scale); return; }
    const step = 3 * scale;
    for (let x = 0; x < canvas.width; x += step) {
      const first = Math.floor((x / canvas.width) * peaks.length);
      const last = Math.max(first + 1, Math.floor(((x + step) / canvas.width) * peaks.length));
      let loudest = 0;
      for (let at = first; at < last; at++) loudest = Math.max(loudest, peaks[at]);
      const tall = Math.max(scale, (loudest / 255) * canvas.height * 0.92);
      paint.fillRect(x, (canvas.height - tall) / 2, 2 * scale, tall);
    }
  };
  new ResizeObserver(draw).observe(strip);
  onTheme.push(draw);
  return { node, at: (time) => line.style.setProperty('left', percentOf(Math.min(time, seconds))) };
}

function framesList(frames, pieces, play) {
  return el('div', { class: 'frames' }, frames.map((frame) => {
    const own = pieces.filter(({ evidence }) => evidence.frame_s !== undefined && evidence.box && Math.abs(evidence.frame_s - frame.t) < 0.26);
    return el('figure', { class: `frame ${own.length ? 'has-boxes' : ''}` },
      el('div', { class: 'sheet', style: { 'aspect-ratio': `${frame.w} / ${frame.h}` } }, el('img', { src: pictureAddress(frame.src), width: frame.w, height: frame.h, alt: `Frame at ${clock(frame.t)}`, loading: 'lazy', decoding: 'async' }), boxes(own, () => [frame.fw, frame.fh], `on the frame at ${clock(frame.t)}`)),
      el('figcaption', {}, el('button', { type: 'button', class: 'time', 'aria-label': `Play from ${clock(frame.t)}`, on: { click: () => play(frame.t) } }, icon('play'), clock(frame.t))));
  }));
}
