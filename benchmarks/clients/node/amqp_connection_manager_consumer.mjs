// amqp-connection-manager on amqplib, with its defaults.
import manager from 'amqp-connection-manager';
import * as events from './events.mjs';

const { CLUSTER_TEST_URI: uri, CLUSTER_TEST_QUEUE: queue, CLUSTER_TEST_QUEUE_TYPE: type, CLUSTER_TEST_CLIENT_NAME: name } = process.env;

// Called after every connect.
async function setup(channel) {
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

events.started('amqp-connection-manager');
process.on('SIGTERM', events.end);
const connection = manager.connect([uri], { connectionOptions: { clientProperties: { connection_name: name } } });
connection.on('disconnect', ({ err }) => events.lost(err));
connection.createChannel({ setup }).on('error', () => {}); // without a listener, an error ends the process
