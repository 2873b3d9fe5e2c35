"""``python -m tradetarget``, for a machine on which the program ``tradetarget`` is not on the path."""

import sys

from tradetarget.command import main

sys.exit(main())
