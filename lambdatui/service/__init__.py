"""The Lambda service: functions, placement, asynchronous queue, reload, clock; the engine composes them."""
