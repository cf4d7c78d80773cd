"""One cluster for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cluster.topology import Cluster
from tests.services import PostgresServer, RabbitServer, RedisServer


@pytest.fixture(scope="package")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Its servers are its own, since tests stop them."""
    postgres, redis_server, rabbitmq = PostgresServer(), RedisServer(), RabbitServer()
    postgres.create()
    for server in (postgres, redis_server, rabbitmq):
        server.start()
    cluster = Cluster(tmp_path_factory.mktemp("cluster"), postgres, redis_server, rabbitmq)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()
        for server in (redis_server, rabbitmq, postgres):
            server.stop()
        rabbitmq.remove()
        postgres.remove()
