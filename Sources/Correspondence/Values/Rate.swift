// So many in so long: `5/h`.

package struct Rate: Sendable, Codable, Equatable {
    package var count: Int
    package var period: Duration

    package init(count: Int, period: Duration) {
        self.count = count
        self.period = period
    }
}
