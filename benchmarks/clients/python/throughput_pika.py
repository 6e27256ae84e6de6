"""pika as an expert uses it: asynchronous, own window of confirms, one ack for 25 messages. Prints the same figures as bench-client."""
import json, resource, sys, time, uuid

import pika

kind, host, port, queue, size, window, prefetch, warm_up, seconds = sys.argv[1:10]
size, window, prefetch, warm_up, seconds = int(size), int(window), int(prefetch), float(warm_up), float(seconds)
ACKS_EACH = max(1, min(25, prefetch // 2))


def snapshot():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return time.monotonic(), done, used.ru_utime + used.ru_stime


done = published = lowest = 0
open_tags = set()
begin = None
body, prefix = bytes(size), uuid.uuid4().hex


def on_open(channel):
    channel.exchange_declare(queue, "direct", durable=True, callback=lambda _: channel.queue_declare(
        queue, durable=True, arguments={"x-queue-type": "quorum"}, callback=lambda _: channel.queue_bind(
            queue, queue, queue, callback=lambda _: work(channel))))


def work(channel):
    channel.connection.ioloop.call_later(warm_up, start)
    channel.connection.ioloop.call_later(warm_up + seconds, channel.connection.ioloop.stop)
    if kind == "publish":
        channel.confirm_delivery(on_confirm, callback=lambda _: publish(channel))
        channel.add_on_return_callback(lambda *_: sys.exit("a message was returned"))
    else:
        channel.basic_qos(prefetch_count=prefetch, callback=lambda _: channel.basic_consume(queue, on_message))


def start():
    global begin
    begin = snapshot()


def publish(channel):
    global published
    while len(open_tags) < window:
        published += 1
        open_tags.add(published)
        properties = pika.BasicProperties(delivery_mode=2, message_id=f"{prefix}-{published}")
        channel.basic_publish(queue, queue, body, properties, mandatory=True)


def on_confirm(frame):
    global done, lowest
    if isinstance(frame.method, pika.spec.Basic.Nack):
        sys.exit("a message was nacked")
    tag, before = frame.method.delivery_tag, len(open_tags)
    if frame.method.multiple:
        open_tags.difference_update(range(lowest, tag + 1))
        lowest = tag + 1
    else:
        open_tags.discard(tag)
    done += before - len(open_tags)
    if len(open_tags) <= window // 2:
        publish(channels[0])


def on_message(channel, method, properties, content):
    global done
    if method.delivery_tag % ACKS_EACH == 0:
        done += ACKS_EACH
        channel.basic_ack(method.delivery_tag, multiple=True)


channels = []
parameters = pika.ConnectionParameters(host, int(port))
connection = pika.SelectConnection(parameters, on_open_callback=lambda c: channels.append(c.channel(on_open_callback=on_open)))
connection.ioloop.start()
end = snapshot()
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps({"messages": end[1] - begin[1], "seconds": end[0] - begin[0], "cpu_seconds": end[2] - begin[2], "peak_bytes": peak, "all_messages": done}))
