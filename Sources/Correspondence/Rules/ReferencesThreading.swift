// The REFERENCES threading algorithm of RFC 5256 section 3, as far as it says which messages belong together.

/// Steps 1 to 3 make a forest from Message-IDs: a message hangs below the last of its References; ids that no message
/// bears become *dummies*, so that two answers to a missing mail meet. Step 5 joins trees whose roots have the same
/// base subject. How a thread is shaped inside, and which root becomes whose child in step 5, does not change which
/// messages it holds, so no tree is given out. Linear in ids, but for chains that are told backwards.
package enum ReferencesThreading {
    package struct Item: Sendable, Equatable {
        package var messageID: MessageID?
        /// Oldest first.
        package var references: [MessageID]
        package var inReplyTo: [MessageID]
        package var subject: String
        /// The Date header: decides which answer to a missing mail gives its thread the subject.
        package var sentAt: Instant?

        package init(
            messageID: MessageID?, references: [MessageID] = [], inReplyTo: [MessageID] = [], subject: String = "",
            sentAt: Instant? = nil
        ) {
            self.messageID = messageID
            self.references = references
            self.inReplyTo = inReplyTo
            self.subject = subject
            self.sentAt = sentAt
        }
    }

    /// For each item the place of the first item of its thread, in the order given.
    package static func firsts(of items: [Item]) -> [Int] {
        var forest = Forest(count: items.count)
        for (index, item) in items.enumerated() {
            if let id = item.messageID { forest.claim(id, for: index) }
        }
        for (index, item) in items.enumerated() {
            forest.link(index, below: item.references.isEmpty ? Array(item.inReplyTo.prefix(1)) : item.references)
        }
        var threads = forest.roots(items.count)
        mergeBySubject(&threads, items: items, forest: forest)
        var first: [Int: Int] = [:]
        return threads.indices.map { index in
            let thread = threads[index]
            if let known = first[thread] { return known }
            first[thread] = index
            return index
        }
    }

    /// Step 5: the subject of a thread is its root's; where the root is a dummy, its earliest child's.
    private static func mergeBySubject(_ threads: inout [Int], items: [Item], forest: Forest) {
        var subjectItem: [Int: Int] = [:]
        for index in items.indices {
            let root = threads[index]
            guard root >= items.count else {
                if index == root { subjectItem[root] = index }
                continue
            }
            guard forest.isTopMessage(index, items.count) else { continue }
            guard let known = subjectItem[root] else {
                subjectItem[root] = index
                continue
            }
            // Without a date a message sorts by its place (RFC 5256 section 2.2 falls back to INTERNALDATE).
            if let mine = items[index].sentAt, let theirs = items[known].sentAt, mine < theirs {
                subjectItem[root] = index
            }
        }
        var table: [String: Int] = [:]
        var target: [Int: Int] = [:]
        for (root, index) in subjectItem.sorted(by: { $0.value < $1.value }) {
            let subject = BaseSubject.of(items[index].subject)
            guard !subject.isEmpty else { continue }
            if let known = table[subject] { target[root] = known } else { table[subject] = root }
        }
        for index in threads.indices { threads[index] = target[threads[index]] ?? threads[index] }
    }

    /// Nodes 0..<count are messages, those behind them dummies.
    private struct Forest {
        private var parent: [Int]
        private var hasChildren: [Bool]
        private var nodes: [MessageID: Int] = [:]

        init(count: Int) {
            parent = Array(repeating: -1, count: count)
            hasChildren = Array(repeating: false, count: count)
        }

        /// A Message-ID belongs to the first message that bears it; later ones count as having none.
        mutating func claim(_ id: MessageID, for index: Int) {
            if nodes[id] == nil { nodes[id] = index }
        }

        /// Step 1 for one message.
        mutating func link(_ index: Int, below ids: [MessageID]) {
            var last = -1
            for id in ids {
                let node = node(for: id)
                // 1.A: an existing parent stays.
                if last >= 0, parent[node] < 0, !wouldLoop(last, above: node) { hang(node, below: last) }
                last = node
            }
            // 1.B: the message's own word wins over what others' References said.
            parent[index] = -1
            if last >= 0, !wouldLoop(last, above: index) { hang(index, below: last) }
        }

        private mutating func node(for id: MessageID) -> Int {
            if let known = nodes[id] { return known }
            parent.append(-1)
            hasChildren.append(false)
            nodes[id] = parent.count - 1
            return parent.count - 1
        }

        private mutating func hang(_ child: Int, below node: Int) {
            parent[child] = node
            hasChildren[node] = true
        }

        private func wouldLoop(_ node: Int, above child: Int) -> Bool {
            if node == child { return true }
            guard hasChildren[child] else { return false }
            var above = node
            while above >= 0 {
                if above == child { return true }
                above = parent[above]
            }
            return false
        }

        /// The root over each message, dummies counted, found once a path.
        func roots(_ count: Int) -> [Int] {
            var known = Array(repeating: -1, count: parent.count)
            for start in 0..<count {
                var path: [Int] = []
                var node = start
                while known[node] < 0, parent[node] >= 0 {
                    path.append(node)
                    node = parent[node]
                }
                let root = known[node] < 0 ? node : known[node]
                known[node] = root
                for passed in path { known[passed] = root }
            }
            return Array(known.prefix(count))
        }

        /// Whether only dummies stand above it: step 3 makes it a child of the root, or of the one dummy that stays.
        func isTopMessage(_ index: Int, _ count: Int) -> Bool {
            var above = parent[index]
            while above >= 0 {
                if above < count { return false }
                above = parent[above]
            }
            return true
        }
    }
}
