"""The tables, as numbered migrations. Never edit one that was released: add the next.

``PRAGMA user_version`` of a file is how many of them it has had.
"""

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """
        CREATE TABLE run (id INTEGER PRIMARY KEY, started_s REAL)
        """,
        """
        CREATE TABLE event (
            id INTEGER PRIMARY KEY,     -- run << 40 | seq: in the order of the stream, one run after the other
            time_s REAL NOT NULL,
            type TEXT NOT NULL,
            function TEXT,
            environment TEXT,
            request_id TEXT,
            body TEXT NOT NULL          -- the record as JSON
        )
        """,
        """
        -- one entry per attempt is enough to find everything of a request
        CREATE INDEX event_of_start ON event (request_id) WHERE type = 'platform.start'
        """,
        """
        CREATE TABLE invocation (
            id INTEGER PRIMARY KEY,
            request_id TEXT NOT NULL UNIQUE,
            function TEXT NOT NULL,
            accepted_s REAL NOT NULL,
            sample TEXT,
            call TEXT NOT NULL,         -- the Invocation as JSON, without its payload
            payload BLOB,
            payload_file TEXT,          -- in blobs/, instead of payload
            answered_s REAL,
            function_error TEXT,
            error_type TEXT,
            response BLOB,
            response_file TEXT
        )
        """,
        """
        CREATE TABLE queued (
            id INTEGER PRIMARY KEY,
            request_id TEXT NOT NULL UNIQUE,
            function TEXT NOT NULL,
            accepted_s REAL NOT NULL,   -- service clock, as due_s
            state TEXT NOT NULL,
            due_s REAL NOT NULL,
            attempts INTEGER NOT NULL,
            throttles INTEGER NOT NULL,
            error_type TEXT,
            call TEXT NOT NULL,
            payload BLOB,
            payload_file TEXT
        )
        """,
        """
        CREATE INDEX queued_unfinished ON queued (id) WHERE state IN ('waiting', 'running')
        """,
    ),
    (
        # A row and an index entry for every event slowed down the invokes that the events tell of by a quarter.
        """
        CREATE TABLE batch (
            id INTEGER PRIMARY KEY,     -- of the first event: run << 40 | seq
            last_id INTEGER NOT NULL,   -- of the last one; between them none is missing
            lines TEXT NOT NULL         -- one a line: JSON array of seq, time (µs), type, function, environment, record
        )
        """,
        """
        INSERT INTO batch SELECT id, id,
            '[' || (id & ((1 << 40) - 1)) || ',' || CAST(round(time_s * 1e6) AS INTEGER) || ',' || json_quote(type) ||
            ',' || json_quote(function) || ',' || json_quote(environment) || ',' || body || ']'
            FROM event ORDER BY id
        """,
        """
        DROP TABLE event
        """,
    ),
    (
        # An index of random ids cost more than all the rest of the rows. What is looked through to find one comes
        # first, and the long bodies last: the columns behind them would lie in other pages.
        """
        ALTER TABLE invocation RENAME TO invocation_of_before
        """,
        """
        CREATE TABLE invocation (
            id INTEGER PRIMARY KEY,     -- in the order in which they were accepted
            request_id TEXT NOT NULL,
            function TEXT NOT NULL,
            accepted_s REAL NOT NULL,
            answered_s REAL,
            function_error TEXT,
            error_type TEXT,
            sample TEXT,
            payload_file TEXT,          -- in blobs/, instead of payload
            response_file TEXT,
            call TEXT NOT NULL,         -- of the Invocation as JSON, what is not here and not as by default
            payload BLOB,
            response BLOB
        )
        """,
        """
        INSERT INTO invocation
            SELECT id, request_id, function, accepted_s, answered_s, function_error, error_type, sample,
                payload_file, response_file, call, payload, response
            FROM invocation_of_before ORDER BY id
        """,
        """
        DROP TABLE invocation_of_before
        """,
    ),
)
