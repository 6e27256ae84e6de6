// amqplib as an expert uses it: a window of confirms by callback, one ack for 25 messages. Prints the same figures as bench-client.
'use strict';
const amqp = require('amqplib/callback_api');
const crypto = require('crypto');

const [kind, host, port, queue, ...numbers] = process.argv.slice(2);
const [size, window, prefetch, warmUp, seconds] = numbers.map(Number);
const acksEach = Math.max(1, Math.min(25, Math.floor(prefetch / 2)));
let done = 0;
let begin;

const snapshot = () => {
  const { user, system } = process.cpuUsage();
  return { at: process.hrtime.bigint(), done, cpu: (user + system) / 1e6 };
};
const must = (next) => (error, value) => {
  if (error) throw error;
  next(value);
};

function publish(channel) {
  const body = Buffer.alloc(size);
  const prefix = crypto.randomUUID();
  let published = 0;
  let open = 0;
  channel.on('return', () => { throw new Error('a message was returned'); });
  const fill = () => {
    while (open < window) {
      open++;
      published++;
      channel.publish(queue, queue, body, { persistent: true, mandatory: true, messageId: `${prefix}-${published}` }, must(() => {
        done++;
        open--;
        if (open === Math.floor(window / 2)) setImmediate(fill);
      }));
    }
  };
  fill();
}

function consume(channel) {
  channel.prefetch(prefetch);
  let open = 0;
  channel.consume(queue, (message) => {
    if (++open === acksEach) {
      open = 0;
      done += acksEach;
      channel.ack(message, true);
    }
  }, {}, must(() => {}));
}

amqp.connect(`amqp://guest:guest@${host}:${port}`, { noDelay: true }, must((connection) => {
  const open = kind === 'publish' ? 'createConfirmChannel' : 'createChannel';
  connection[open](must((channel) => {
    channel.assertExchange(queue, 'direct', { durable: true });
    channel.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
    channel.bindQueue(queue, queue, queue, {}, must(() => {
      setTimeout(() => { begin = snapshot(); }, warmUp * 1000);
      setTimeout(() => {
        const end = snapshot();
        const line = JSON.stringify({
          messages: end.done - begin.done,
          seconds: Number(end.at - begin.at) / 1e9,
          cpu_seconds: end.cpu - begin.cpu,
          peak_bytes: process.resourceUsage().maxRSS * 1024,
          all_messages: done,
        });
        process.stdout.write(`${line}\n`, () => process.exit(0));
      }, (warmUp + seconds) * 1000);
      (kind === 'publish' ? publish : consume)(channel);
    }));
  }));
}));
