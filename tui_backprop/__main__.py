"""`python -m tui_backprop`."""

from __future__ import annotations

import sys

from tui_backprop.cli.main import main

sys.exit(main())
