"""The workbench and the dialogs that open above it."""
