// amqplib: the opt-in recovery of version 2, with its defaults.
import amqplib from 'amqplib';
import * as events from './events.mjs';

const { CLUSTER_TEST_URI: uri, CLUSTER_TEST_QUEUE: queue, CLUSTER_TEST_QUEUE_TYPE: type, CLUSTER_TEST_CLIENT_NAME: name } = process.env;

// Called after every connect.
async function setup(connection) {
  const channel = await connection.createChannel();
  await channel.assertExchange(queue, 'direct', { durable: true });
  await channel.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': type } });
  await channel.bindQueue(queue, queue, queue);
  await channel.prefetch(100);
  await channel.consume(queue, (message) => {
    if (message === null) return; // the broker cancelled the consumer
    events.message(message);
    channel.ack(message);
  });
  events.ready();
}

events.started('amqplib');
process.on('SIGTERM', events.end);
const connection = await amqplib.connect(uri, { recovery: { setup }, clientProperties: { connection_name: name } });
connection.on('disconnect', events.lost);
connection.on('error', () => {}); // without a listener, an error ends the process
