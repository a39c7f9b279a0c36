// The first schema of the embedded store. Never edited after landing: changes are further files.

enum SQLiteSchema1 {
    /// Statements in order.
    static let text = """
        CREATE TABLE counters (
            desk TEXT NOT NULL, name TEXT NOT NULL, value INTEGER NOT NULL,
            PRIMARY KEY (desk, name)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE mailboxes (
            desk TEXT NOT NULL, name TEXT NOT NULL, uid_validity INTEGER NOT NULL, last_uid INTEGER NOT NULL,
            first_uid_next INTEGER,
            PRIMARY KEY (desk, name)
        ) STRICT, WITHOUT ROWID;

        -- Raw mail, once for all arrivals of the same bytes.
        CREATE TABLE mails (
            desk TEXT NOT NULL, sha TEXT NOT NULL, bytes BLOB NOT NULL,
            PRIMARY KEY (desk, sha)
        ) STRICT;

        -- The ledger. `attempts` counts failed readings; `sha` is NULL once the bytes were erased.
        CREATE TABLE arrivals (
            id TEXT NOT NULL PRIMARY KEY, desk TEXT NOT NULL, channel_kind TEXT NOT NULL,
            channel_name TEXT NOT NULL,
            key TEXT NOT NULL, received_at INTEGER NOT NULL, sha TEXT, size INTEGER NOT NULL,
            is_history INTEGER NOT NULL,
            is_vouched INTEGER NOT NULL, attempts INTEGER NOT NULL, last_error TEXT, outcome TEXT,
            outcome_reason TEXT,
            rule TEXT, kind TEXT, language TEXT, message_id TEXT, sender TEXT, subject TEXT, message TEXT,
            conversation TEXT,
            UNIQUE (desk, channel_kind, channel_name, key)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX arrivals_by_time ON arrivals (desk, received_at);
        CREATE INDEX arrivals_by_outcome ON arrivals (desk, outcome, id);
        CREATE INDEX arrivals_by_bytes ON arrivals (desk, sha);
        CREATE INDEX arrivals_by_conversation ON arrivals (conversation) WHERE conversation IS NOT NULL;

        -- What is to be done. While `leased` is 1, `due_at` is the end of the lease.
        CREATE TABLE work (
            id INTEGER PRIMARY KEY AUTOINCREMENT, desk TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL,
            due_at INTEGER NOT NULL, leased INTEGER NOT NULL, fence INTEGER NOT NULL, attempts INTEGER NOT NULL,
            weight INTEGER NOT NULL, waits_for TEXT, last_error TEXT,
            UNIQUE (desk, kind, subject)
        ) STRICT;
        CREATE INDEX work_by_time ON work (desk, kind, due_at, id);

        CREATE TABLE conversations (
            id TEXT NOT NULL PRIMARY KEY, desk TEXT NOT NULL, number INTEGER NOT NULL, subject TEXT NOT NULL,
            subject_base TEXT NOT NULL, status TEXT NOT NULL, language TEXT NOT NULL, customer_name TEXT,
            customer_address TEXT, customer_key TEXT, customer_role TEXT, channel TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL, last_message_at INTEGER NOT NULL, version INTEGER NOT NULL,
            message_count INTEGER NOT NULL, linked_to TEXT, ticket TEXT, is_held INTEGER NOT NULL,
            UNIQUE (desk, number)
        ) STRICT;
        CREATE INDEX conversations_by_time ON conversations (desk, updated_at, id);
        CREATE INDEX conversations_by_status ON conversations (desk, status, updated_at, id);
        CREATE INDEX conversations_by_customer ON conversations (desk, customer_key, updated_at, id);
        CREATE INDEX conversations_by_subject ON conversations (desk, subject_base, last_message_at);
        CREATE INDEX conversations_by_link ON conversations (linked_to) WHERE linked_to IS NOT NULL;

        -- The customer and whom a verified customer put in To or Cc, by their addresses in lower case.
        CREATE TABLE participants (
            conversation TEXT NOT NULL REFERENCES conversations (id), address TEXT NOT NULL, desk TEXT NOT NULL,
            PRIMARY KEY (conversation, address)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE messages (
            id TEXT NOT NULL PRIMARY KEY, desk TEXT NOT NULL, conversation TEXT REFERENCES conversations (id),
            direction TEXT NOT NULL, author_kind TEXT NOT NULL, author_name TEXT, author_address TEXT, answer_to TEXT,
            message_id TEXT,
            in_reply_to TEXT, ancestors TEXT, subject TEXT NOT NULL, at INTEGER NOT NULL, position INTEGER NOT NULL,
            date_at INTEGER, date_offset INTEGER, language TEXT NOT NULL, text TEXT NOT NULL,
            new_text TEXT NOT NULL,
            html TEXT, attachments TEXT, kind TEXT NOT NULL, is_verified INTEGER NOT NULL,
            verification TEXT NOT NULL,
            answerable INTEGER NOT NULL, answerable_reasons TEXT, channel_kind TEXT NOT NULL,
            channel_name TEXT NOT NULL,
            outcome TEXT, outcome_reason TEXT, delivery TEXT, sources TEXT, arrival TEXT
        ) STRICT;
        CREATE INDEX messages_by_conversation ON messages (conversation, at, position);
        CREATE INDEX messages_by_message_id ON messages (desk, message_id);

        CREATE TABLE drafts (
            id TEXT NOT NULL PRIMARY KEY, desk TEXT NOT NULL,
            conversation TEXT NOT NULL REFERENCES conversations (id),
            made_at INTEGER NOT NULL, verdict TEXT NOT NULL, rule TEXT NOT NULL, confidence REAL NOT NULL,
            cost REAL,
            draft TEXT NOT NULL
        ) STRICT;
        CREATE INDEX drafts_by_conversation ON drafts (conversation, made_at);
        CREATE INDEX drafts_by_time ON drafts (desk, made_at);

        -- `rank` orders tickets: live ones first, by priority.
        CREATE TABLE tickets (
            id TEXT NOT NULL PRIMARY KEY, desk TEXT NOT NULL, number INTEGER NOT NULL,
            conversation TEXT NOT NULL UNIQUE REFERENCES conversations (id), status TEXT NOT NULL,
            priority TEXT NOT NULL,
            rank INTEGER NOT NULL, assignee TEXT, reason TEXT NOT NULL, reasons TEXT, draft TEXT,
            opened_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL, first_response_at INTEGER, resolved_at INTEGER, version INTEGER NOT NULL,
            UNIQUE (desk, number)
        ) STRICT;
        CREATE INDEX tickets_by_rank ON tickets (desk, rank, opened_at, id);

        CREATE TABLE notes (
            id TEXT NOT NULL PRIMARY KEY, desk TEXT NOT NULL, ticket TEXT NOT NULL REFERENCES tickets (id),
            at INTEGER NOT NULL, author TEXT NOT NULL, text TEXT NOT NULL
        ) STRICT;
        CREATE INDEX notes_by_ticket ON notes (ticket, at, id);

        -- `asked_at`: when the oldest message that the reply answers was received.
        CREATE TABLE outbox (
            id TEXT NOT NULL PRIMARY KEY, desk TEXT NOT NULL, conversation TEXT REFERENCES conversations (id),
            record TEXT,
            purpose TEXT NOT NULL, state TEXT NOT NULL, recipient TEXT NOT NULL, created_at INTEGER NOT NULL,
            due_at INTEGER NOT NULL, attempts INTEGER NOT NULL, last_error TEXT, settled_at INTEGER,
            was_in_doubt INTEGER NOT NULL, is_chat INTEGER NOT NULL, asked_at INTEGER, confidence REAL,
            reply TEXT NOT NULL
        ) STRICT;
        CREATE INDEX outbox_by_conversation ON outbox (conversation, purpose) WHERE conversation IS NOT NULL;
        CREATE INDEX outbox_by_recipient ON outbox (desk, purpose, recipient, created_at);
        CREATE INDEX outbox_by_time ON outbox (desk, purpose, created_at);
        CREATE INDEX outbox_by_state ON outbox (desk, state, id);

        -- Which articles the replies rest on.
        CREATE TABLE reply_sources (
            outbox TEXT NOT NULL REFERENCES outbox (id), position INTEGER NOT NULL, desk TEXT NOT NULL,
            article TEXT NOT NULL,
            title TEXT NOT NULL, quote TEXT NOT NULL, at INTEGER NOT NULL,
            PRIMARY KEY (outbox, position)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX reply_sources_by_time ON reply_sources (desk, at, article);

        CREATE TABLE history (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT, desk TEXT NOT NULL, at INTEGER NOT NULL, kind TEXT NOT NULL,
            conversation TEXT, ticket TEXT, message TEXT, actor TEXT NOT NULL, detail TEXT NOT NULL
        ) STRICT;
        CREATE INDEX history_by_conversation ON history (conversation, sequence) WHERE conversation IS NOT NULL;

        CREATE TABLE articles (
            desk TEXT NOT NULL, path TEXT NOT NULL, origin TEXT NOT NULL, article TEXT NOT NULL,
            PRIMARY KEY (desk, path)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE access_keys (
            id TEXT NOT NULL, desk TEXT NOT NULL, name TEXT NOT NULL, scopes TEXT NOT NULL, hash TEXT NOT NULL,
            created_at INTEGER NOT NULL, expires_at INTEGER,
            PRIMARY KEY (desk, id), UNIQUE (desk, hash)
        ) STRICT, WITHOUT ROWID;

        -- Fingerprints of each message's search terms.
        CREATE TABLE terms (
            number INTEGER PRIMARY KEY, desk TEXT NOT NULL, conversation TEXT NOT NULL, terms TEXT NOT NULL
        ) STRICT;
        CREATE INDEX terms_by_conversation ON terms (conversation);
        CREATE VIRTUAL TABLE search USING fts5(
            terms, content = 'terms', content_rowid = 'number', tokenize = 'ascii', detail = 'none', columnsize = 0
        );
        """
}
