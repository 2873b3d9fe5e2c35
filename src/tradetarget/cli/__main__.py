"""``python -m tradetarget.cli``, the older name of ``python -m tradetarget``."""

import sys

from tradetarget.cli import main

sys.exit(main())
