"""The Python runtime interface client: standard library only, Python 3.9 and later, runs inside the user's interpreter.

In an environment this folder is the package `lambdatui_runtime`; `bootstrap.py` says how it gets that name and why.
"""
