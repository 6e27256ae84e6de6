"""A plain client, as anyone would write it: declares the durable quorum queue and sends or receives one message."""
import json
import sys

import pika

action, url, name = sys.argv[1:]
connection = pika.BlockingConnection(pika.URLParameters(url))
channel = connection.channel()
channel.exchange_declare(name, "direct", durable=True)
channel.queue_declare(name, durable=True, arguments={"x-queue-type": "quorum"})
channel.queue_bind(name, name, name)
if action == "send":
    channel.confirm_delivery()
    body = json.dumps({"content": "Cluster Test!", "time": 1301531152.25})
    channel.basic_publish(name, name, body, pika.BasicProperties(content_type="application/json", delivery_mode=2), mandatory=True)
else:
    method, properties, body = next(channel.consume(name, inactivity_timeout=10))
    message = json.loads(body)
    channel.basic_ack(method.delivery_tag)
    print(message["content"], type(message["time"]).__name__, properties.content_type, properties.delivery_mode)
connection.close()
