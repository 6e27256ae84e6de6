"""aio-pika: connect_robust with its defaults; it declares and consumes again by itself."""

import asyncio
import os
import signal

import aio_pika
import events
import yarl

queue_name = os.environ["CLUSTER_TEST_QUEUE"]


async def on_message(message):
    events.message(message.headers, message.redelivered)
    await message.ack()


async def main():
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    events.started("aio-pika", aio_pika.__version__)
    uri = yarl.URL(os.environ["CLUSTER_TEST_URI"]).update_query(name=os.environ["CLUSTER_TEST_CLIENT_NAME"])
    connection = await aio_pika.connect_robust(uri)
    channel = await connection.channel()
    await channel.set_qos(prefetch_count=100)
    exchange = await channel.declare_exchange(queue_name, "direct", durable=True)
    queue = await channel.declare_queue(queue_name, durable=True, arguments={"x-queue-type": os.environ["CLUSTER_TEST_QUEUE_TYPE"]})
    await queue.bind(exchange, queue_name)
    await queue.consume(on_message)
    connection.close_callbacks.add(lambda _, error: events.lost(repr(error)))
    connection.reconnect_callbacks.add(lambda _: events.ready())
    events.ready()
    await stopped.wait()
    connection.close_callbacks.clear()
    await connection.close()
    events.summary()


asyncio.run(main())
