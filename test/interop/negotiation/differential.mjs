// The same negotiation in the published package and in our library, over many generated inputs: routers, producers and
// clients of all codecs, profiles, levels, layers and extensions. Both must give the same outcome, but for random SSRCs.
//   node differential.mjs --program PATH [--cases N] [--seed N]
// Not compared, because we differ on purpose (controller/ortc.h): H265, RED, AV1 profiles, and canConsume() of a client
// that knows RTX but not the first codec of a producer with several; nor H264 level 1b, which theirs takes for the higher
// one when it is the router that names it.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import assert from 'node:assert';

const require = createRequire(import.meta.url);
const lib = new URL('../node_modules/mediasoup/node/lib/', import.meta.url).pathname;  // not among its exports
const ortc = require(`${lib}ortc.js`);
const { supportedRtpCapabilities: supported } = require(`${lib}supportedRtpCapabilities.js`);

function option(name, otherwise) {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : process.argv[at + 1];
}
const program = option('program');
const cases = Number(option('cases', 4000));
const seed = Number(option('seed', 1));

let state = seed >>> 0;
function random(limit) {
  // A linear congruential generator: the same inputs for the same seed.
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * limit);
}
const chance = (percent) => random(100) < percent;
const pick = (list) => list[random(list.length)];
const some = (list, percent) => list.filter(() => chance(percent));
const clone = (value) => structuredClone(value);

const profiles = ['42e01f', '42001f', '4d0032', '4d001f', '640032', '64001f', '640c1f', 'f4001f', '42e034', '4d000d',
  '58c01f', '4d801e', '640c0b', 'ffffff', '42e0'];
const modes = ['', 'L1T3', 'L3T3', 'L3T3_KEY', 'S3T3', 'L2T1', 'garbage'];
const feedbacks = [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }, { type: 'ccm', parameter: 'fir' },
  { type: 'goog-remb' }, { type: 'transport-cc' }, { type: 'x-other', parameter: 'y' }];

function parametersFor(mimeType) {
  const parameters = {};
  if (mimeType === 'video/H264') {
    if (chance(80)) parameters['packetization-mode'] = pick([0, 1, 1]);
    if (chance(85)) parameters['profile-level-id'] = pick(chance(60) ? profiles.slice(0, 6) : profiles);
    if (chance(60)) parameters['level-asymmetry-allowed'] = pick([0, 1, 1]);
  }
  if (mimeType === 'video/VP9' && chance(60)) parameters['profile-id'] = pick([0, 1, 2]);
  if (mimeType === 'audio/opus' && chance(50)) parameters.useinbandfec = 1;
  if (mimeType === 'video/VP8' && chance(30)) parameters['x-google-start-bitrate'] = 1500;
  return parameters;
}

const anyCase = (mimeType) => (chance(15) ? mimeType.toLowerCase() : mimeType);

function mediaCodecs() {
  const codecs = [];
  const count = 1 + random(5);
  for (let i = 0; i < count; ++i) {
    const base = clone(pick(supported.codecs));
    const codec = { kind: base.kind, mimeType: anyCase(base.mimeType), clockRate: base.clockRate,
      parameters: { ...(base.mimeType === 'audio/multiopus' ? base.parameters : {}), ...parametersFor(base.mimeType) } };
    if (base.channels) codec.channels = base.channels;
    if (chance(15)) codec.preferredPayloadType = 96 + random(32);
    if (chance(3)) codec.clockRate = 44100;
    codecs.push(codec);
  }
  return codecs;
}

// What somebody sends who picked some of the router's codecs, under numbers of his own.
function producerParameters(router) {
  const media = router.codecs.filter((c) => !/rtx$/.test(c.mimeType));
  const { kind } = pick(media);
  const ofKind = media.filter((c) => c.kind === kind);
  const chosen = some(ofKind, 60);
  const numbers = Array.from({ length: 60 }, (_, i) => 35 + i + (i > 28 ? 32 : 0)).sort(() => random(3) - 1);
  const codecs = [];
  for (const capability of chosen.length > 0 ? chosen : [pick(ofKind)]) {
    const codec = { mimeType: anyCase(capability.mimeType), payloadType: numbers.pop(), clockRate: capability.clockRate,
      parameters: clone(capability.parameters), rtcpFeedback: some(feedbacks, 60) };
    if (capability.channels) codec.channels = capability.channels;
    if (chance(40)) Object.assign(codec.parameters, parametersFor(capability.mimeType));
    codecs.push(codec);
    if (kind === 'video' && chance(70)) {
      codecs.push({ mimeType: 'video/rtx', payloadType: numbers.pop(), clockRate: codec.clockRate,
        parameters: { apt: codec.payloadType }, rtcpFeedback: [] });
    }
  }
  const uris = [...new Set(supported.headerExtensions.map((e) => e.uri))];
  const headerExtensions = some(uris, 50).map((uri, i) => ({ uri, id: i + 1, encrypt: chance(10), parameters: {} }));
  const encodings = [];
  const count = pick([1, 1, 2, 3]);
  const mode = pick(modes);
  const byRid = chance(50);
  for (let i = 0; i < count; ++i) {
    const encoding = { dtx: chance(20) };
    if (byRid) encoding.rid = `r${i}`;
    else encoding.ssrc = 1000 + i;
    if (!byRid && chance(50)) encoding.rtx = { ssrc: 2000 + i };
    if (mode) encoding.scalabilityMode = mode;
    if (chance(60)) encoding.maxBitrate = 100000 * (1 + random(9));
    encodings.push(encoding);
  }
  const rtpParameters = { codecs, headerExtensions, encodings, rtcp: { cname: `c${random(100)}`, reducedSize: true } };
  if (chance(50)) rtpParameters.mid = String(random(9));
  if (chance(50)) rtpParameters.msid = 'a b';
  return { kind, rtpParameters };
}

function clientCapabilities(router) {
  const codecs = some(router.codecs, 75).map((codec) => ({ ...clone(codec), rtcpFeedback: some(feedbacks, 60),
    parameters: { ...clone(codec.parameters), ...(chance(40) ? parametersFor(codec.mimeType) : {}) } }));
  const headerExtensions = some(router.headerExtensions, 60).map((e) => ({ ...clone(e),
    preferredId: chance(10) ? 14 : e.preferredId }));
  return { codecs, headerExtensions };
}

function attempt(action) {
  try {
    return action();
  } catch (error) {
    return { error: error.constructor.name };
  }
}

function published(input) {
  const { kind, enableRtx, pipe } = input;
  const result = {};
  result.router = attempt(() => ortc.generateRouterRtpCapabilities(clone(input.mediaCodecs)));
  if (result.router.error) return result;
  const producer = clone(input.rtpParameters);
  result.mapping = attempt(() => {
    ortc.validateAndNormalizeRtpParameters(producer);
    return ortc.getProducerRtpParametersMapping(producer, result.router);
  });
  if (result.mapping.error) return result;
  result.producer = clone(producer);
  const consumable = ortc.getConsumableRtpParameters(kind, producer, result.router, result.mapping);
  result.consumable = clone(consumable);
  result.pipeConsumer = attempt(() => ortc.getPipeConsumerRtpParameters({ consumableRtpParameters: consumable, enableRtx }));
  const capabilities = clone(input.rtpCapabilities);
  result.canConsume = attempt(() => ortc.canConsume(consumable, capabilities));
  result.consumer = attempt(() => ortc.getConsumerRtpParameters({ consumableRtpParameters: consumable,
    remoteRtpCapabilities: capabilities, pipe, enableRtx }));
  return result;
}

// One form for both: no absent fields, no defaults, SSRCs that were drawn as their distance from the first.
function normal(value, key = '') {
  if (Array.isArray(value)) return value.map((element) => normal(element));
  if (typeof value !== 'object' || value === null) return value;
  const result = {};
  for (const name of Object.keys(value).sort()) {
    const field = value[name];
    const isDefault = field === undefined || field === '' || (name === 'dtx' && field === false) ||
      (name === 'encrypt' && field === false) || (name === 'channels' && field === 1) || name === 'reason' ||
      (Array.isArray(field) && field.length === 0 && name !== 'codecs') ||
      (name === 'parameters' && Object.keys(field).length === 0);
    if (!isDefault) result[name] = normal(field, name);
  }
  return result;
}

function withoutDrawnSsrcs(outcome) {
  const relative = (encodings, field) => {
    const first = encodings?.find((e) => e[field] !== undefined)?.[field];
    const read = typeof first === 'object' ? first.ssrc : first;
    for (const e of encodings ?? []) {
      if (typeof e[field] === 'number') e[field] -= read;
      if (typeof e[field] === 'object') e[field] = { ssrc: e[field].ssrc - read };
    }
  };
  relative(outcome.mapping?.encodings, 'mappedSsrc');
  for (const name of ['consumable', 'consumer', 'pipeConsumer']) {
    relative(outcome[name]?.encodings, 'ssrc');
    relative(outcome[name]?.encodings, 'rtx');
  }
  return outcome;
}

// See above.
function differsOnPurpose(name, theirs, ours, input) {
  if (name !== 'canConsume') return false;
  const several = input.rtpParameters.codecs.filter((c) => !/rtx$/.test(c.mimeType)).length > 1;
  return several && theirs === false && ours === true;
}

function generate() {
  const codecs = mediaCodecs();
  const router = attempt(() => ortc.generateRouterRtpCapabilities(clone(codecs)));
  const known = router.error ? ortc.generateRouterRtpCapabilities([{ kind: 'audio', mimeType: 'audio/opus',
    clockRate: 48000, channels: 2 }]) : router;
  return { mediaCodecs: codecs, ...producerParameters(known), rtpCapabilities: clientCapabilities(known),
    enableRtx: chance(60), pipe: chance(30) };
}

const inputs = Array.from({ length: cases }, generate);
const run = spawnSync(program, { input: inputs.map((input) => JSON.stringify(input)).join('\n') + '\n',
  maxBuffer: 2 ** 30, encoding: 'utf8' });
assert.equal(run.status, 0, `${program} ended with ${run.status} ${run.signal}: ${run.stderr}`);
const outputs = run.stdout.trim().split('\n').map((line) => JSON.parse(line));
assert.equal(outputs.length, inputs.length);

let differences = 0;
let skipped = 0;
const count = { consumers: 0, refused: 0, routersRefused: 0 };
inputs.forEach((input, i) => {
  const theirs = normal(withoutDrawnSsrcs(published(input)));
  const ours = normal(withoutDrawnSsrcs(outputs[i]));
  if (theirs.router?.error) ++count.routersRefused;
  else if (theirs.consumer && !theirs.consumer.error) ++count.consumers;
  else ++count.refused;
  // Theirs trips over a number that a later codec prefers; ours goes round it.
  if (theirs.router?.error === 'TypeError' && ours.router.error !== 'TypeError') return void ++skipped;
  for (const name of ['router', 'mapping', 'producer', 'consumable', 'pipeConsumer', 'canConsume', 'consumer']) {
    if (differsOnPurpose(name, theirs[name], ours[name], input)) continue;
    try {
      assert.deepStrictEqual(ours[name], theirs[name]);
    } catch (error) {
      if (++differences <= 5) console.error(`case ${i}, ${name}:\n${error.message}\ninput: ${JSON.stringify(input)}\n`);
      break;
    }
  }
});
console.log(`${cases} negotiations (seed ${seed}): ${count.consumers} consumers, ${count.refused} refused, ` +
  `${count.routersRefused} routers refused, ${skipped} not compared, ${differences} differences`);
process.exit(differences === 0 && count.consumers > cases / 10 ? 0 : 1);
