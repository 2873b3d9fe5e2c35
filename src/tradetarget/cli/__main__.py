"""``python -m tradetarget.cli``."""

import sys

from tradetarget.cli import main

sys.exit(main())
