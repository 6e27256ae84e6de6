"""pika: the loop of its documentation ("Connection recovery"): when the connection is lost, connect and declare again at once."""

import os
import signal
import sys
import time

import events
import pika

queue = os.environ["CLUSTER_TEST_QUEUE"]
parameters = pika.URLParameters(os.environ["CLUSTER_TEST_URI"])
parameters.client_properties = {"connection_name": os.environ["CLUSTER_TEST_CLIENT_NAME"]}


def stop(*_):
    events.summary()
    sys.exit(0)


def on_message(channel, method, properties, _body):
    events.message(properties.headers or {}, method.redelivered)
    channel.basic_ack(method.delivery_tag)


events.started("pika", pika.__version__)
signal.signal(signal.SIGTERM, stop)
while True:
    try:
        connection = pika.BlockingConnection(parameters)
        channel = connection.channel()
        channel.exchange_declare(queue, "direct", durable=True)
        channel.queue_declare(queue, durable=True, arguments={"x-queue-type": os.environ["CLUSTER_TEST_QUEUE_TYPE"]})
        channel.queue_bind(queue, queue, queue)
        channel.basic_qos(prefetch_count=100)
        channel.basic_consume(queue, on_message)
        events.ready()
        channel.start_consuming()
        events.lost("the broker cancelled the consumer")
    except pika.exceptions.AMQPError as error:
        events.lost(repr(error))
        time.sleep(0.01)  # a loop that never sleeps takes a whole processor while nothing listens
