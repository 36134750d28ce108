"""`python -m simulators.braze --port 9077`"""

import argparse
import sys
from collections.abc import Sequence

from simulators.braze.app import BrazeSimulator
from simulators.braze.plans import PLANS
from simulators.braze.rules import Rules, read_rules
from simulators.journal import Journal
from simulators.json_values import read_json
from simulators.keys import KeyRing
from simulators.launch import launch, options_parser
from simulators.server import Handler


def main(arguments: Sequence[str] | None = None) -> int:
    parser = options_parser(vendor="Braze", port=9077)
    parser.add_argument(
        "--plan", choices=PLANS, default="standard", help="the contract's limits (default: %(default)s)"
    )
    parser.add_argument(
        "--rules", type=_rules, default=Rules(), metavar="JSON", help='switches, such as {"errors": "codes"}'
    )
    options = parser.parse_args(arguments)

    def build(journal: Journal, keys: KeyRing) -> Handler:
        return BrazeSimulator(journal=journal, keys=keys, plan=PLANS[options.plan], rules=options.rules).answer

    return launch(vendor="Braze", options=options, build=build)


def _rules(text: str) -> Rules:
    try:
        return read_rules(read_json(text.encode()), Rules())
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


if __name__ == "__main__":
    sys.exit(main())
