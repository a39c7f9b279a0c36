// Figures of a period as JSON.

package import Correspondence
import Reports

package struct FiguresJSON: Codable, Sendable, Equatable {
    package struct Count: Codable, Sendable, Equatable {
        package var name: String
        package var count: Int
    }
    package struct Language: Codable, Sendable, Equatable {
        package var language: String
        package var count: Int
        package var answered: Int
    }
    package struct ArticleUse: Codable, Sendable, Equatable {
        package var article: String
        package var title: String
        package var count: Int
    }
    package struct Day: Codable, Sendable, Equatable {
        package var day: String
        package var outcomes: [String: Int]
    }
    /// Seconds.
    package struct Times: Codable, Sendable, Equatable {
        package var count: Int
        @OrNull package var median: Double?
        @OrNull package var p95: Double?

        init(_ sorted: [Double]) {
            count = sorted.count
            median = ReportFigures.quantile(sorted, 0.5)
            p95 = ReportFigures.quantile(sorted, 0.95)
        }
    }
    package var from: String
    package var to: String
    package var received: Int
    package var fromPeople: Int
    /// 0 to 1; null when nobody wrote.
    @OrNull package var answeredShare: Double?
    package var outcomes: [String: Int]
    package var withoutOutcome: Int
    package var days: [Day]
    package var languages: [Language]
    package var channels: [Count]
    package var reasonsForHumans: [Count]
    package var suppressed: [Count]
    package var articles: [ArticleUse]
    package var topics: [Count]
    package var automaticAnswer: Times
    package var firstHumanReply: Times
    package var withdrawn: Int
    package var inDoubt: Int
    package var failed: Int
    /// For a person of ours.
    package var ticketsWaiting: Int
    /// Answered, and waiting for the customer.
    package var ticketsWithCustomer: Int
    /// USD; null when no price is known.
    @OrNull package var cost: Double?
    package var draftsOfUnknownCost: Int

    package init(_ figures: Figures) {
        let derived = ReportFigures(figures)
        func named(_ outcomes: [Outcome: Int]) -> [String: Int] {
            Dictionary(uniqueKeysWithValues: Outcome.allCases.map { ($0.rawValue, outcomes[$0, default: 0]) })
        }
        let offset = figures.period.offsetMinutes
        from = Timestamp(figures.period.from, offsetMinutes: offset).rfc3339
        to = Timestamp(figures.period.to, offsetMinutes: offset).rfc3339
        received = figures.received
        fromPeople = derived.fromPeople
        answeredShare = derived.answeredShare
        outcomes = named(figures.outcomes)
        withoutOutcome = figures.withoutOutcome
        days = figures.days.map {
            Day(day: Timestamp($0.day, offsetMinutes: offset).rfc3339, outcomes: named($0.outcomes))
        }
        languages = figures.languages.map { Language(language: $0.language, count: $0.count, answered: $0.answered) }
        channels = figures.channels.map {
            Count(name: "\($0.channel.kind.rawValue):\($0.channel.name)", count: $0.count)
        }
        reasonsForHumans = figures.ticketRules.map { Count(name: $0.rule, count: $0.count) }
        suppressed = figures.suppressedKinds.map { Count(name: $0.kind.rawValue, count: $0.count) }
        articles = figures.articles.map { ArticleUse(article: $0.path, title: $0.title, count: $0.count) }
        topics = figures.topics.map { Count(name: $0.topic, count: $0.count) }
        automaticAnswer = Times(figures.automaticSeconds)
        firstHumanReply = Times(figures.humanSeconds)
        withdrawn = figures.withdrawn
        inDoubt = figures.inDoubt
        failed = figures.failed
        ticketsWaiting = figures.waitingCount
        ticketsWithCustomer = figures.withCustomerCount
        cost = figures.unknownCost > 0 && figures.cost == 0 ? nil : figures.cost
        draftsOfUnknownCost = figures.unknownCost
    }
}
