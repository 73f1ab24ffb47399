"""``python -m unfog.cli`` is ``unfog``."""

from unfog.cli.app import main

main()
