"""Publishes one message with a confirm: host, port."""
import sys

import pika

connection = pika.BlockingConnection(pika.ConnectionParameters(sys.argv[1], int(sys.argv[2])))
channel = connection.channel()
channel.confirm_delivery()
channel.basic_publish("cluster-test", "cluster-test", b"Cluster Test!", pika.BasicProperties(delivery_mode=2), mandatory=True)
connection.close()
