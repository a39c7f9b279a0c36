// Who asks the knowledge base, and which articles are for whom.

/// An article without an audience is for everyone. `agents` keeps it among the people who answer; every other word is
/// a role of customers, as a trusted caller of the chat tells it (`user.role`): `wholesale`.
package enum Audience: Sendable, Equatable {
    case customer(role: String?)
    /// The people who answer: they may read everything.
    case agents
}

extension Article {
    private static let everyone: Set<String> = ["", "all", "everyone", "public", "customer", "customers"]
    private static let agents: Set<String> = ["agent", "agents", "internal", "staff"]

    /// The words of `audience`, in lower case.
    private var audiences: Set<String> {
        Set((audience ?? "").lowercased().split { $0 == "," || $0.isWhitespace }.map(String.init))
    }

    /// Never to be quoted to a customer, whatever the role.
    package var isForAgents: Bool {
        let words = audiences
        return !words.isEmpty && words.isSubset(of: Self.agents)
    }

    package func isFor(_ asking: Audience) -> Bool {
        let words = audiences
        if words.isEmpty || !words.isDisjoint(with: Self.everyone) { return true }
        guard case .customer(let role) = asking else { return true }
        guard let role = role?.lowercased(), !Self.agents.contains(role) else { return false }
        return words.contains(role)
    }
}
