"""``python -m lambdatui.cli``: how lambdatui starts itself, whatever its console script is called."""

import sys

from lambdatui.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
