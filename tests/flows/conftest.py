from collections.abc import Iterator

import pytest

from selfservice.embedded.services import attach, detach
from tests.flows.product import Club, Product


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """Real processes on services apart from those of the other tests, whose databases come and go."""
    folder = tmp_path_factory.mktemp("product")
    services = attach(folder=folder / "services", durable=False)
    product = Product(folder, {"DATABASE_URL": services.database_url, "REDIS_URL": services.redis_url})
    product.start("braze", "web", "worker")
    yield product
    product.stop()
    detach(folder=folder / "services")


@pytest.fixture
def club(product: Product) -> Club:
    return Club(product)
