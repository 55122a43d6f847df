"""The command line. One file per group of verbs; each verb imports what it needs when it is called.

Exit codes: 0 fine, 1 findings or a failed run, 2 usage. Data goes to stdout, messages to stderr.
"""

from __future__ import annotations

import sys

try:
    from wargame.cli.app import app, main
except KeyboardInterrupt:  # while the program itself was still being read
    sys.stderr.write("interrupted\n")
    raise SystemExit(130) from None

__all__ = ["app", "main"]
