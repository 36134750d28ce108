"""The Kafka client's own stand-in for a cluster, in a process of its own: `python broker.py` prints its address."""

import sys

from confluent_kafka.admin import AdminClient

if __name__ == "__main__":
    client = AdminClient({"test.mock.num.brokers": 1, "bootstrap.servers": "mock", "log_level": 0})
    (found,) = client.list_topics(timeout=10).brokers.values()
    sys.stdout.write(f"{found.host}:{found.port}\n")
    sys.stdout.flush()
    sys.stdin.read()
