"""Wires: the HTTP/1.1 server and client under the Runtime API and the Invoke API. Knows no Lambda."""
