"""Environments as processes of this machine: Linux namespaces and cgroups where they are allowed, plain processes
elsewhere.
"""

from lambdatui.sandbox.process.backend import ProcessBackend
from lambdatui.sandbox.process.isolation import Isolation

__all__ = ["Isolation", "ProcessBackend"]
