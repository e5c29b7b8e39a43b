"""What Lambda's concepts are, in words for people: one page each, read by the terminal UI and the command line."""
