from collections.abc import Iterator

import pytest

from selfservice.embedded.services import attach, detach
from tests.flows.cutter import Cutter
from tests.flows.product import Club, Product, RemoteClub


@pytest.fixture(scope="package")
def _raised_product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """Real processes on services apart from those of the other tests, whose databases come and go."""
    folder = tmp_path_factory.mktemp("product")
    services = attach(folder=folder / "services", durable=False)
    product = Product(folder, {"DATABASE_URL": services.database_url, "REDIS_URL": services.redis_url})
    product.start("braze", "web", "worker")
    yield product
    product.stop()
    detach(folder=folder / "services")


@pytest.fixture(scope="module")
def product(_raised_product: Product) -> Iterator[Product]:
    """One for all files, since raising it takes long; the next one finds everything running and without faults."""
    yield _raised_product
    _raised_product.mend()


@pytest.fixture
def club(product: Product) -> Club:
    return Club(product)


@pytest.fixture(scope="package")
def _raised_cutter(_raised_product: Product) -> Iterator[Cutter]:
    _raised_product.start("platform")
    with Cutter(_raised_product.cutter_port, _raised_product.platform) as cutter:
        yield cutter


@pytest.fixture(scope="module")
def cutter(product: Product, _raised_cutter: Cutter) -> Iterator[Cutter]:
    """The way to the remote platform, which is started along."""
    yield _raised_cutter
    _raised_cutter.let_pass()


@pytest.fixture(scope="module")
def _remote_club(product: Product, cutter: Cutter) -> RemoteClub:
    return RemoteClub(product)


@pytest.fixture
def remote_club(_remote_club: RemoteClub, cutter: Cutter) -> Iterator[RemoteClub]:
    """One for all tests of a file, since founding it takes seconds; each test has members of its own."""
    yield _remote_club
    cutter.let_pass()
