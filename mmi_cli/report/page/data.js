'use strict';
// The run as the page has it: the index at once, a record's details and the text of its file when they are asked for.

const index = JSON.parse(byId('index').textContent);
byId('index').remove();

const PATH = 0, VALUE = 1, CONFIDENCE = 2, KIND = 3, WHERE = 4, ROWS = 5, VERDICT = 6; // of a leaf
const KINDS = ['extracted', 'inferred', 'abstracted'];

const records = index.records.map((row, number) => {
  const [path, status, modality, schema, segment, source, thumb, reason, warnings, failedChecks, judged, leaves, whole, conflicts] = row;
  let lowest = null, found = 0;
  for (const leaf of leaves) {
    if (leaf[VALUE] === null) continue;
    found += 1;
    if (leaf[CONFIDENCE] !== null && (lowest === null || leaf[CONFIDENCE] < lowest)) lowest = leaf[CONFIDENCE];
  }
  let absent = leaves.length - found;
  if (whole) [found, absent, lowest] = whole; // its list was too long for the table
  return {
    number, path, status: index.statuses[status], modality: index.modalities[modality], schema: index.schemas[schema], segment, source, thumb,
    reason: reason || '', warnings, failedChecks, conflicts: conflicts || 0, judged: judged || null, leaves, lowest, found, absent, hay: null,
  };
});
index.records = null;

function leafPath(leaf) {
  const rows = leaf[ROWS];
  if (!rows) return index.paths[leaf[PATH]];
  let at = 0;
  return index.paths[leaf[PATH]].replace(/\[\]/g, () => `[${rows[at++]}]`);
}

// What words are looked for in, made once a record.
function hay(record) {
  if (record.hay === null) {
    record.hay = [record.path, record.schema, record.reason, ...record.leaves.map((leaf) => shown(leaf[VALUE]))].join('\n').toLowerCase();
  }
  return record.hay;
}

async function unpack(id) {
  const holder = byId(id);
  if (!holder) return null;
  const packed = atob(holder.textContent);
  const data = new Uint8Array(packed.length);
  for (let at = 0; at < packed.length; at++) data[at] = packed.charCodeAt(at);
  const stream = new Blob([data]).stream().pipeThrough(new DecompressionStream('deflate'));
  return JSON.parse(await new Response(stream).text());
}

const unpacked = new Map(); // the last few, by id

function once(id) {
  if (!unpacked.has(id)) {
    unpacked.set(id, whenRead(id).then(unpack));
    if (unpacked.size > 12) unpacked.delete(unpacked.keys().next().value);
  }
  return unpacked.get(id);
}

// The page can be used before the browser has read all of it.
async function whenRead(id) {
  while (!byId(id) && document.readyState === 'loading') await new Promise((go) => setTimeout(go, 15));
  return id;
}

const detailOf = async (record) => (await once(`d${Math.floor(record.number / index.block)}`))[record.number % index.block];
const textOf = async (record) => (index.texts[record.source] ? once(`t${record.source}`) : null);
const pictureAddress = (name) => `${encodeURIComponent(index.files)}/${encodeURIComponent(name)}`;
const siblings = (record) => records.filter((each) => each.source === record.source);
