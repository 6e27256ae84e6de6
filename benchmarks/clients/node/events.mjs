// The event lines of a consumer, as docs/events.md has them.
import { readFileSync, writeSync } from 'node:fs';

let received = 0;
let outages = 0;
let lostAt = null; // when the connection was lost, in milliseconds; null while it is not

const now = () => Number(process.hrtime.bigint() / 1000n) / 1000;

function say(event, members) {
  const line = { event, ts: new Date().toISOString(), mono_us: Math.round(now() * 1000), ...members };
  writeSync(1, `${JSON.stringify(line)}\n`);
}

// The first line. package.json has exact versions.
export function started(program) {
  const { dependencies } = JSON.parse(readFileSync(new URL('package.json', import.meta.url)));
  say('started', { program, version: dependencies[program], clock: process.env.CLUSTER_TEST_CLOCK });
}

// It consumes, for the first time or again.
export function ready() {
  say('ready');
  if (lostAt !== null) {
    say('recovered', { outage_ms: now() - lostAt, reconnect_ms: 0, attempts: 1 });
    lostAt = null;
  }
}

// A message was received.
export function message({ fields, properties: { headers } }) {
  received += 1;
  const [run, seq, due_us] = ['run', 'sequence', 'due'].map((name) => headers[`cluster-test-${name}`]);
  say('received', { run, seq, due_us, redelivered: fields.redelivered });
}

// The connection was lost: once for each outage, however many attempts it takes to come back.
export function lost(why) {
  if (lostAt === null) {
    outages += 1;
    lostAt = now();
    say('lost-connection', { cause: 'connection-lost', scope: 'connection', detail: String(why) });
  }
}

// The last line, and the end.
export function end() {
  say('consumer-summary', { received, outages });
  process.exit(0);
}
