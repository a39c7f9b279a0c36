// What all stations share: claim, work, again; wait when there is nothing; slow down when the store is ill.

import Correspondence
import Logging
import ServiceLifecycle

/// One round of a station: claims what is due, as far as hands are free, and works it through or leaves it to `group`,
/// where it goes on beside the next rounds. `true` when there may be more at once; `whenFree` is called later, when a
/// hand that was missed is free. Throwing means that the store could not be asked; the round is tried again later.
protocol Station: Sendable {
    var name: String { get }
    var kind: WorkKind { get }
    /// Calls beside the store's hints, nil where there are none.
    var calls: AsyncStream<Void>? { get }
    func round(_ group: inout DiscardingTaskGroup, whenFree: @escaping @Sendable () -> Void)
        async throws(StoreError) -> Bool
}

extension Station {
    var calls: AsyncStream<Void>? { nil }

    /// A round by itself: returns when all that it began has ended.
    func round() async throws(StoreError) -> Bool {
        let result: Result<Bool, StoreError> = await withDiscardingTaskGroup { group in
            do throws(StoreError) {
                return .success(try await round(&group, whenFree: {}))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}

/// Runs a station until the program stops. A hint wakes it; the poll makes up for lost hints and for leases of workers
/// that died.
struct StationService: Service {
    static let poll = Duration.seconds(1)
    static let longestPause = Duration.seconds(30)

    let station: any Station
    let store: any DeskStore
    let logger: Logger

    func run() async throws {
        let station = station
        let logger = logger
        let kind = station.kind
        let (hints, hint) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        await cancelWhenGracefulShutdown { [store] in
            await withTaskGroup(of: Void.self) { group in
                // Sources that end (a lost connection) do not end the station: it polls.
                group.addTask {
                    for await woken in store.wakeUps() where woken == kind { hint.yield() }
                    try? await Task.sleep(for: .days(36_500))
                }
                if let calls = station.calls {
                    group.addTask {
                        for await _ in calls { hint.yield() }
                        try? await Task.sleep(for: .days(36_500))
                    }
                }
                group.addTask {
                    while !Task.isCancelled {
                        hint.yield()
                        // Cancellation ends the sleep and then the loop.
                        try? await Task.sleep(for: Self.poll)
                    }
                }
                group.addTask {
                    await withDiscardingTaskGroup { crew in
                        var pause = Duration.milliseconds(200)
                        for await _ in hints {
                            do {
                                while try await station.round(&crew, whenFree: { hint.yield() }),
                                    !Task.isCancelled
                                {}
                                pause = .milliseconds(200)
                            } catch {
                                logger.error(
                                    "the store could not be asked; trying again",
                                    metadata: [
                                        "station": "\(station.name)", "error": "\(error)", "pause": "\(pause)",
                                    ])
                                try? await Task.sleep(for: pause)
                                pause = min(pause * 2, Self.longestPause)
                            }
                        }
                    }
                    hint.finish()
                }
                await group.next()
                group.cancelAll()
            }
        }
    }
}
