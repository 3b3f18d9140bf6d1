"""Draw other examples than the gate's, for as long as is wanted: `python -m tests.longer [--minutes 60] [PYTEST ARGUMENTS]`.

For changes of the engines, of the draws and of the core. The property-based tests are run again and again with new random
examples until the time is over or one fails; what fails is printed with the lines that repeat it. Keep it as an explicit
`@example` of its test.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time


def main() -> int:
    """Run them, and return pytest's exit status: 0 where nothing was found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=60.0, help="how long new rounds begin (60)")
    options, arguments = parser.parse_known_args()
    end, rounds = time.monotonic() + 60 * options.minutes, 0
    command = [sys.executable, "-m", "pytest", "-q", "-m", "hypothesis", "--hypothesis-profile", "longer", *arguments]
    while True:
        status = subprocess.run([*command, "--hypothesis-seed", "random"], check=False).returncode
        rounds += 1
        if status or time.monotonic() > end:
            sys.stdout.write(f"{rounds} rounds\n")
            return status


if __name__ == "__main__":
    sys.exit(main())
