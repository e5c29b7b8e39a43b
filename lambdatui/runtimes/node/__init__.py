"""The Node.js runtime interface client: plain JavaScript without dependencies, Node 18 and later, inside environments.

This folder (``RUNTIME_FOLDER``) is what appears at /var/runtime; `index.mjs` is the entry point. Where it cannot be
mounted, the program names the folder itself. ``node_program`` of ``lambdatui.runtimes.node_programs`` says what to run.

`generation.cjs` decides by AWS_EXECUTION_ENV which of Lambda's two Node clients the modules behave like.
"""

from pathlib import Path

RUNTIME_FOLDER = Path(__file__).parent
ENTRY_POINT = "index.mjs"
