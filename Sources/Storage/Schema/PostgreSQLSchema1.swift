// The first schema of the shared store. Never edited after landing: changes are further files.

enum PostgreSQLSchema1 {
    /// Statements in order. Text is compared and ordered by bytes, as SQLite does.
    static let text = """
        CREATE TABLE counters (
            desk TEXT COLLATE "C" NOT NULL, name TEXT COLLATE "C" NOT NULL, value BIGINT NOT NULL,
            PRIMARY KEY (desk, name)
        );

        CREATE TABLE mailboxes (
            desk TEXT COLLATE "C" NOT NULL, name TEXT COLLATE "C" NOT NULL, uid_validity BIGINT NOT NULL,
            last_uid BIGINT NOT NULL,
            first_uid_next BIGINT,
            PRIMARY KEY (desk, name)
        );

        -- Raw mail, once for all arrivals of the same bytes.
        CREATE TABLE mails (
            desk TEXT COLLATE "C" NOT NULL, sha TEXT COLLATE "C" NOT NULL, bytes BYTEA NOT NULL,
            PRIMARY KEY (desk, sha)
        );

        -- The ledger. `attempts` counts failed readings; `sha` is NULL once the bytes were erased.
        CREATE TABLE arrivals (
            id TEXT COLLATE "C" NOT NULL PRIMARY KEY, desk TEXT COLLATE "C" NOT NULL,
            channel_kind TEXT COLLATE "C" NOT NULL, channel_name TEXT COLLATE "C" NOT NULL,
            key TEXT COLLATE "C" NOT NULL, received_at BIGINT NOT NULL, sha TEXT COLLATE "C", size BIGINT NOT NULL,
            is_history BIGINT NOT NULL,
            is_vouched BIGINT NOT NULL, attempts BIGINT NOT NULL, last_error TEXT COLLATE "C",
            outcome TEXT COLLATE "C", outcome_reason TEXT COLLATE "C",
            rule TEXT COLLATE "C", kind TEXT COLLATE "C", language TEXT COLLATE "C", message_id TEXT COLLATE "C",
            sender TEXT COLLATE "C", subject TEXT COLLATE "C", message TEXT COLLATE "C",
            conversation TEXT COLLATE "C",
            UNIQUE (desk, channel_kind, channel_name, key)
        );
        CREATE INDEX arrivals_by_time ON arrivals (desk, received_at);
        CREATE INDEX arrivals_by_outcome ON arrivals (desk, outcome, id);
        CREATE INDEX arrivals_by_bytes ON arrivals (desk, sha);
        CREATE INDEX arrivals_by_conversation ON arrivals (conversation) WHERE conversation IS NOT NULL;

        -- What is to be done. While `leased` is 1, `due_at` is the end of the lease.
        CREATE TABLE work (
            id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, desk TEXT COLLATE "C" NOT NULL,
            kind TEXT COLLATE "C" NOT NULL, subject TEXT COLLATE "C" NOT NULL,
            due_at BIGINT NOT NULL, leased BIGINT NOT NULL, fence BIGINT NOT NULL, attempts BIGINT NOT NULL,
            weight BIGINT NOT NULL, waits_for TEXT COLLATE "C", last_error TEXT COLLATE "C",
            UNIQUE (desk, kind, subject)
        );
        CREATE INDEX work_by_time ON work (desk, kind, due_at, id);

        CREATE TABLE conversations (
            id TEXT COLLATE "C" NOT NULL PRIMARY KEY, desk TEXT COLLATE "C" NOT NULL, number BIGINT NOT NULL,
            subject TEXT COLLATE "C" NOT NULL,
            subject_base TEXT COLLATE "C" NOT NULL, status TEXT COLLATE "C" NOT NULL,
            language TEXT COLLATE "C" NOT NULL, customer_name TEXT COLLATE "C",
            customer_address TEXT COLLATE "C", customer_key TEXT COLLATE "C", customer_role TEXT COLLATE "C",
            channel TEXT COLLATE "C" NOT NULL,
            created_at BIGINT NOT NULL,
            updated_at BIGINT NOT NULL, last_message_at BIGINT NOT NULL, version BIGINT NOT NULL,
            message_count BIGINT NOT NULL, linked_to TEXT COLLATE "C", ticket TEXT COLLATE "C",
            is_held BIGINT NOT NULL,
            UNIQUE (desk, number)
        );
        CREATE INDEX conversations_by_time ON conversations (desk, updated_at, id);
        CREATE INDEX conversations_by_status ON conversations (desk, status, updated_at, id);
        CREATE INDEX conversations_by_customer ON conversations (desk, customer_key, updated_at, id);
        CREATE INDEX conversations_by_subject ON conversations (desk, subject_base, last_message_at);
        CREATE INDEX conversations_by_link ON conversations (linked_to) WHERE linked_to IS NOT NULL;

        -- The customer and whom a verified customer put in To or Cc, by their addresses in lower case.
        CREATE TABLE participants (
            conversation TEXT COLLATE "C" NOT NULL REFERENCES conversations (id),
            address TEXT COLLATE "C" NOT NULL, desk TEXT COLLATE "C" NOT NULL,
            PRIMARY KEY (conversation, address)
        );

        CREATE TABLE messages (
            id TEXT COLLATE "C" NOT NULL PRIMARY KEY, desk TEXT COLLATE "C" NOT NULL,
            conversation TEXT COLLATE "C" REFERENCES conversations (id),
            direction TEXT COLLATE "C" NOT NULL, author_kind TEXT COLLATE "C" NOT NULL,
            author_name TEXT COLLATE "C", author_address TEXT COLLATE "C", answer_to TEXT COLLATE "C",
            message_id TEXT COLLATE "C",
            in_reply_to TEXT COLLATE "C", ancestors TEXT COLLATE "C", subject TEXT COLLATE "C" NOT NULL,
            at BIGINT NOT NULL, position BIGINT NOT NULL,
            date_at BIGINT, date_offset BIGINT, language TEXT COLLATE "C" NOT NULL, text TEXT COLLATE "C" NOT NULL,
            new_text TEXT COLLATE "C" NOT NULL,
            html TEXT COLLATE "C", attachments TEXT COLLATE "C", kind TEXT COLLATE "C" NOT NULL,
            is_verified BIGINT NOT NULL, verification TEXT COLLATE "C" NOT NULL,
            answerable BIGINT NOT NULL, answerable_reasons TEXT COLLATE "C",
            channel_kind TEXT COLLATE "C" NOT NULL, channel_name TEXT COLLATE "C" NOT NULL,
            outcome TEXT COLLATE "C", outcome_reason TEXT COLLATE "C", delivery TEXT COLLATE "C",
            sources TEXT COLLATE "C", arrival TEXT COLLATE "C"
        );
        CREATE INDEX messages_by_conversation ON messages (conversation, at, position);
        CREATE INDEX messages_by_message_id ON messages (desk, message_id);

        CREATE TABLE drafts (
            id TEXT COLLATE "C" NOT NULL PRIMARY KEY, desk TEXT COLLATE "C" NOT NULL,
            conversation TEXT COLLATE "C" NOT NULL REFERENCES conversations (id),
            made_at BIGINT NOT NULL, verdict TEXT COLLATE "C" NOT NULL, rule TEXT COLLATE "C" NOT NULL,
            confidence DOUBLE PRECISION NOT NULL, cost DOUBLE PRECISION,
            draft TEXT COLLATE "C" NOT NULL
        );
        CREATE INDEX drafts_by_conversation ON drafts (conversation, made_at);
        CREATE INDEX drafts_by_time ON drafts (desk, made_at);

        -- `rank` orders tickets: live ones first, by priority.
        CREATE TABLE tickets (
            id TEXT COLLATE "C" NOT NULL PRIMARY KEY, desk TEXT COLLATE "C" NOT NULL, number BIGINT NOT NULL,
            conversation TEXT COLLATE "C" NOT NULL UNIQUE REFERENCES conversations (id),
            status TEXT COLLATE "C" NOT NULL, priority TEXT COLLATE "C" NOT NULL,
            rank BIGINT NOT NULL, assignee TEXT COLLATE "C", reason TEXT COLLATE "C" NOT NULL,
            reasons TEXT COLLATE "C", draft TEXT COLLATE "C", opened_at BIGINT NOT NULL,
            updated_at BIGINT NOT NULL, first_response_at BIGINT, resolved_at BIGINT, version BIGINT NOT NULL,
            UNIQUE (desk, number)
        );
        CREATE INDEX tickets_by_rank ON tickets (desk, rank, opened_at, id);

        CREATE TABLE notes (
            id TEXT COLLATE "C" NOT NULL PRIMARY KEY, desk TEXT COLLATE "C" NOT NULL,
            ticket TEXT COLLATE "C" NOT NULL REFERENCES tickets (id),
            at BIGINT NOT NULL, author TEXT COLLATE "C" NOT NULL, text TEXT COLLATE "C" NOT NULL
        );
        CREATE INDEX notes_by_ticket ON notes (ticket, at, id);

        -- `asked_at`: when the oldest message that the reply answers was received.
        CREATE TABLE outbox (
            id TEXT COLLATE "C" NOT NULL PRIMARY KEY, desk TEXT COLLATE "C" NOT NULL,
            conversation TEXT COLLATE "C" REFERENCES conversations (id), record TEXT COLLATE "C",
            purpose TEXT COLLATE "C" NOT NULL, state TEXT COLLATE "C" NOT NULL,
            recipient TEXT COLLATE "C" NOT NULL, created_at BIGINT NOT NULL,
            due_at BIGINT NOT NULL, attempts BIGINT NOT NULL, last_error TEXT COLLATE "C", settled_at BIGINT,
            was_in_doubt BIGINT NOT NULL, is_chat BIGINT NOT NULL, asked_at BIGINT, confidence DOUBLE PRECISION,
            reply TEXT COLLATE "C" NOT NULL
        );
        CREATE INDEX outbox_by_conversation ON outbox (conversation, purpose) WHERE conversation IS NOT NULL;
        CREATE INDEX outbox_by_recipient ON outbox (desk, purpose, recipient, created_at);
        CREATE INDEX outbox_by_time ON outbox (desk, purpose, created_at);
        CREATE INDEX outbox_by_state ON outbox (desk, state, id);

        -- Which articles the replies rest on.
        CREATE TABLE reply_sources (
            outbox TEXT COLLATE "C" NOT NULL REFERENCES outbox (id), position BIGINT NOT NULL,
            desk TEXT COLLATE "C" NOT NULL, article TEXT COLLATE "C" NOT NULL,
            title TEXT COLLATE "C" NOT NULL, quote TEXT COLLATE "C" NOT NULL, at BIGINT NOT NULL,
            PRIMARY KEY (outbox, position)
        );
        CREATE INDEX reply_sources_by_time ON reply_sources (desk, at, article);

        CREATE TABLE history (
            sequence BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, desk TEXT COLLATE "C" NOT NULL,
            at BIGINT NOT NULL, kind TEXT COLLATE "C" NOT NULL,
            conversation TEXT COLLATE "C", ticket TEXT COLLATE "C", message TEXT COLLATE "C",
            actor TEXT COLLATE "C" NOT NULL, detail TEXT COLLATE "C" NOT NULL
        );
        CREATE INDEX history_by_conversation ON history (conversation, sequence) WHERE conversation IS NOT NULL;

        CREATE TABLE articles (
            desk TEXT COLLATE "C" NOT NULL, path TEXT COLLATE "C" NOT NULL, origin TEXT COLLATE "C" NOT NULL,
            article TEXT COLLATE "C" NOT NULL,
            PRIMARY KEY (desk, path)
        );

        CREATE TABLE access_keys (
            id TEXT COLLATE "C" NOT NULL, desk TEXT COLLATE "C" NOT NULL, name TEXT COLLATE "C" NOT NULL,
            scopes TEXT COLLATE "C" NOT NULL, hash TEXT COLLATE "C" NOT NULL,
            created_at BIGINT NOT NULL, expires_at BIGINT,
            PRIMARY KEY (desk, id), UNIQUE (desk, hash)
        );

        -- Fingerprints of each message's search terms.
        CREATE TABLE terms (
            number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, desk TEXT COLLATE "C" NOT NULL,
            conversation TEXT COLLATE "C" NOT NULL, terms TSVECTOR NOT NULL
        );
        CREATE INDEX terms_by_conversation ON terms (conversation);
        CREATE INDEX terms_by_term ON terms USING GIN (terms);
        CREATE SEQUENCE conversation_numbers;
        """
}
