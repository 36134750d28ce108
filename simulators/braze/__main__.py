"""`python -m simulators.braze --port 9077`"""

import sys
from collections.abc import Sequence

from simulators.braze.app import BrazeSimulator
from simulators.braze.plans import PLANS
from simulators.journal import Journal
from simulators.keys import KeyRing
from simulators.launch import launch, options_parser
from simulators.server import Handler


def main(arguments: Sequence[str] | None = None) -> int:
    parser = options_parser(vendor="Braze", port=9077)
    parser.add_argument(
        "--plan", choices=PLANS, default="standard", help="the contract's limits (default: %(default)s)"
    )
    options = parser.parse_args(arguments)

    def build(journal: Journal, keys: KeyRing) -> Handler:
        return BrazeSimulator(journal=journal, keys=keys, plan=PLANS[options.plan]).answer

    return launch(vendor="Braze", options=options, build=build)


if __name__ == "__main__":
    sys.exit(main())
