/**
 * Stands in for the training worker: tells what a message log says, ten times as fast as it was told. The test puts
 * the log in place of LOG.
 */
/* global LOG */
const speed = 10;
/** Time for the panels to be loaded and drawn before the first step, ms. */
const rest = 4000;

const revive = (value) => {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(revive);
  if (typeof value.base64 !== 'string') {
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, revive(each)]));
  }
  const bytes = Uint8Array.from(atob(value.base64), (letter) => letter.charCodeAt(0));
  return new globalThis[value.array](bytes.buffer);
};
const log = revive(LOG);

function thumbnails({ indices, size }) {
  const pixels = Uint8ClampedArray.from(
    { length: 4 * indices.length * size * size },
    (_, i) => (i * 37) & 255,
  );
  return { generation: 1, indices, size, pixels };
}

/** Sends what was told after a command, each event at its time. */
function tell(told, replyTo, whenDone) {
  const begun = performance.now();
  let next = 0;
  const go = () => {
    while (next < told.length && told[next].at / speed <= performance.now() - begun) {
      const { event } = told[next++];
      postMessage('replyTo' in event ? { ...event, replyTo } : event);
    }
    if (next < told.length) setTimeout(go, told[next].at / speed - (performance.now() - begun));
    else whenDone();
  };
  go();
}

const engine = { backend: 'webgpu', adapter: 'a message log' };
postMessage({ type: 'engine', engine });

addEventListener('message', ({ data: command }) => {
  const done = () => postMessage({ type: 'done', replyTo: command.id });
  if (command.type === 'thumbnails') {
    postMessage({ type: 'thumbnails', replyTo: command.id, thumbnails: thumbnails(command) });
    done();
  } else if (command.type === 'start') {
    const [running, ...training] = log.start;
    postMessage(running.event);
    done();
    setTimeout(tell, rest, training, command.id, () => undefined);
  } else {
    tell(log[command.type] ?? [], command.id, done);
  }
});
