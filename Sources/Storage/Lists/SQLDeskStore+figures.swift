// The figures of reports: one consistent view, sums made by the database, the rest in Swift.

import Correspondence

extension SQLDeskStore: FigureStore {
    func figures(_ period: ReportPeriod) async throws(StoreError) -> Figures {
        try await look { desk in
            var counting = FigureCounting(desk: desk, period: period)
            try counting.countArrivals()
            try counting.countReplies()
            try counting.countDrafts()
            try counting.listTickets()
            try counting.listQuarantined()
            return counting.figures
        }
    }
}
