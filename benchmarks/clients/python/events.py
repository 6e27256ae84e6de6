"""The event lines of a consumer, as docs/events.md has them."""

import datetime
import json
import os
import time

received = outages = 0
lost_at = None  # when the connection was lost, in milliseconds; None while it is not


def say(event, **members):
    """Writes a line."""
    at = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    print(json.dumps({"event": event, "ts": at, "mono_us": time.monotonic_ns() // 1000, **members}), flush=True)


def started(program, version):
    """The first line."""
    say("started", program=program, version=version, clock=os.environ["CLUSTER_TEST_CLOCK"])


def ready():
    """It consumes, for the first time or again."""
    global lost_at
    say("ready")
    if lost_at is not None:
        say("recovered", outage_ms=time.monotonic_ns() / 1e6 - lost_at, reconnect_ms=0, attempts=1)
        lost_at = None


def message(headers, redelivered):
    """A message was received."""
    global received
    received += 1
    run, number = headers.get("cluster-test-run"), headers.get("cluster-test-sequence")
    say("received", run=run, seq=number, due_us=headers.get("cluster-test-due"), redelivered=bool(redelivered))


def lost(why):
    """The connection was lost: once for each outage, however many attempts it takes to come back."""
    global outages, lost_at
    if lost_at is None:
        outages += 1
        lost_at = time.monotonic_ns() / 1e6
        say("lost-connection", cause="connection-lost", scope="connection", detail=str(why))


def summary():
    """The last line."""
    say("consumer-summary", received=received, outages=outages)
